"""The verdict of a run: how each trajectory ends, since when, and that in words. Tables, captions and exports say it with these words.

A verdict is an `Ending` and a step. It holds from that step on; a player that shows an earlier one says `UNDERWAY`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from formulas.libm.functions import hypot
from landscapes import Landscape, Window, grid
from parameters import Array
from simulation import measures
from simulation.attractors import attractors, lowest_loss
from simulation.measures import Outcome
from simulation.run import Run

Integers = npt.NDArray[np.int64]

UNDERWAY = "on the way"
"""What is said before the step of the verdict."""


class Ending(IntEnum):
    """How a trajectory ends, from the best to the worst."""

    ARRIVED = 0
    """At a lowest minimum, to stay: within a hundredth of the map and of its usual height, for the last twentieth of the run at least."""
    LOCAL_MINIMUM = 1
    """At another minimum, or at a minimum of a landscape of which no lowest is known."""
    GOING = 2
    """At none of the others yet."""
    CIRCLING = 3
    """Round about, or to and fro, without getting lower."""
    SADDLE = 4
    MAXIMUM = 5
    FLAT = 6
    """At a stationary point whose Hessian does not tell what it is."""
    STILL = 7
    """Where there is a slope, or none to speak of, but not one step is taken any more."""
    FROZEN = 8
    """Where what the optimizer remembers has overflowed, so that it stands still for ever (`Run.frozen_at`)."""
    DECAYING = 9
    """The same, but that weight decay still moves it, whatever the slope."""
    LEFT = 10
    """Outside the window, and not seen to come back, whatever it does there. Who began outside and moves no more stands still there."""
    FALLING = 11
    """The same, lower than all that is in it: also who overflows on the way down."""
    UNDEFINED = 12
    """Outside where the formula has a value."""
    OVERFLOWED = 13
    """Outside float range."""

    @property
    def words(self) -> str:
        """It in words: "arrived"."""
        return _WORDS[self]

    def since(self, step: int) -> str:
        """It in words with its step, where that tells something: "arrived at step 47"."""
        return f"{self.words} at step {step:,}" if self in DATED else self.words


_WORDS = {
    Ending.ARRIVED: "arrived",
    Ending.LOCAL_MINIMUM: "in a local minimum",
    Ending.GOING: "still going",
    Ending.CIRCLING: "circling",
    Ending.SADDLE: "stalled at a saddle",
    Ending.MAXIMUM: "stalled at a maximum",
    Ending.FLAT: "stalled where it is flat",
    Ending.STILL: "standing still",
    Ending.FROZEN: "frozen: the squared slope overflows",
    Ending.DECAYING: "only decaying: the squared slope overflows",
    Ending.LEFT: "left the map",
    Ending.FALLING: "left for ever lower ground",
    Ending.UNDEFINED: "left the formula's domain",
    Ending.OVERFLOWED: "overflowed",
}
DATED = (Ending.ARRIVED, Ending.LEFT, Ending.FALLING, Ending.UNDEFINED, Ending.OVERFLOWED)
STALLED = {"saddle": Ending.SADDLE, "maximum": Ending.MAXIMUM, "degenerate": Ending.FLAT}
_LOOKED = 64
"""Points along each axis, over three widths of the window, at which the formula is asked whether it has a value."""
_MODEST = 1e50
"""From losses below this no single step overflows, where slopes are of a like size."""
_TAIL = 4
"""Whether a trajectory circles or stands still is judged by the last one in so many of its steps."""
_FEWEST = 12
"""Of fewer steps nothing is said but that it is still going."""
_STILL = 1e-6
"""Who moves less than this share of the window in that time stands still."""
_ROUNDS = 4.0
"""Who circles travels so many times as far as across all that it visits in that time."""
_LOWER = 0.2
"""Who circles does not get lower by this share of what is left from one half of that time to the next, in the mean."""


@dataclass(frozen=True, eq=False)
class Verdicts:
    """The verdicts of a run.

    Attributes:
        ending: the `Ending` of each trajectory, shape (N,).
        since: the step from which on it holds, shape (N,).
    """

    ending: Integers
    since: Integers

    @property
    def words(self) -> str:
        """The run in words: of one trajectory "arrived at step 47", of several the two largest shares, "62% arrived, 30% circling"."""
        if self.ending.size == 1:
            return Ending(int(self.ending[0])).since(int(self.since[0]))
        return in_shares({ending.words: share for ending, share in self.shares().items()})

    def shares(self) -> dict[Ending, float]:
        """The share of trajectories, 0 to 1, with each ending that there is, the largest first."""
        counts = np.bincount(self.ending, minlength=len(Ending))
        found = sorted((ending for ending in Ending if counts[ending]), key=lambda ending: -counts[ending])
        return {ending: float(counts[ending] / self.ending.size) for ending in found}

    def over_time(self, steps: int) -> dict[Ending, Array]:
        """For each ending that there is, the share of trajectories of which it holds at each step, shape (steps + 1,)."""
        found = {}
        for ending in self.shares():
            begun = np.bincount(self.since[self.ending == ending], minlength=steps + 1)
            found[ending] = np.cumsum(begun) / self.ending.size
        return found


def in_shares(shares: dict[str, float]) -> str:
    """The two largest shares in words, "62% arrived, 30% circling"; "all arrived" where there is one only."""
    (first, share), *others = sorted(shares.items(), key=lambda item: -item[1])
    if not others:
        return f"all {first}"
    return ", ".join(f"{_percent(part)} {words}" for words, part in [(first, share), *others[:1]])


def _percent(share: float) -> str:
    """A share that is neither none nor all is never written as one of them."""
    return f"{min(99, max(1, round(100 * share)))}%"


def verdicts(run: Run) -> Verdicts:
    """The verdict on each trajectory of a run.

    Raises:
        ValueError: the run has not kept its path, or is of an objective that is no landscape.
    """
    measures.check_path(run)
    attractor = measures.final_attractor(run)
    since = measures.arrival(run, attractor)
    attractor[since > run.steps - measures.rest(run.steps)] = -1  # it was elsewhere between two looks
    since[attractor < 0] = run.steps
    outcome = measures.outcomes(run, attractor)
    falls, gone = outcome == Outcome.FALLING, run.diverged_at >= 0
    outcome[falls & ~gone] = Outcome.MOVING  # of which more is said here
    ending = np.full(run.count, Ending.GOING, dtype=np.int64)
    ending[outcome == Outcome.GLOBAL_MINIMUM] = Ending.ARRIVED
    ending[outcome == Outcome.LOCAL_MINIMUM] = Ending.LOCAL_MINIMUM
    points = attractors(run.landscape)
    for lane in np.flatnonzero(outcome == Outcome.STALLED):
        ending[lane] = STALLED[points[attractor[lane]].kind]
    ending[gone], since[gone] = Ending.OVERFLOWED, run.diverged_at[gone]
    ending[gone & _without_value(run)] = Ending.UNDEFINED
    for lane in np.flatnonzero(falls & (ending == Ending.OVERFLOWED)):
        ending[lane], since[lane] = Ending.FALLING, _last_run(_outside(_in_shares_of_the_window(run, [lane]))[: run.diverged_at[lane]])[0]
    moving = np.flatnonzero(outcome == Outcome.MOVING)
    if moving.size:
        ending[moving], since[moving] = _of_moving(run, moving)
        ending[falls & (ending == Ending.LEFT)] = Ending.FALLING
    frozen = (outcome == Outcome.MOVING) & (run.frozen_at >= 0)
    end = run.positions[-1]
    decaying = ((end != run.positions[max(run.steps - 1, 0)]) | (end == 0)).all(axis=0)
    ending[frozen], since[frozen] = np.where(decaying, Ending.DECAYING, Ending.FROZEN)[frozen], run.frozen_at[frozen]
    return Verdicts(ending, since)


def _without_value(run: Run) -> npt.NDArray[np.bool_]:
    """Whether each trajectory ended beside an area where the formula has no value, at a height from which nothing overflows.

    The point that it jumped to is not kept. A step that overflows ends far up or far away, or the formula has a value everywhere near.
    """
    wide = _wide(run.landscape)
    if not lacks_values(run.landscape):
        return np.zeros(run.count, dtype=bool)
    (x0, x1), (y0, y1) = wide
    before, lanes = np.maximum(run.diverged_at - 1, 0), np.arange(run.count)
    x, y = run.positions[before, :, lanes].T
    with np.errstate(invalid="ignore"):
        near: npt.NDArray[np.bool_] = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1) & (np.abs(run.losses[before, lanes]) < _MODEST)
    return near


@lru_cache(maxsize=64)
def lacks_values(landscape: Landscape) -> bool:
    """Whether the formula has no value somewhere near."""
    return bool(np.isnan(landscape.value(grid(_wide(landscape), _LOOKED))).any())


def _wide(landscape: Landscape) -> Window:
    """Three widths of the window."""
    (x0, x1), (y0, y1) = landscape.window
    return (x0 - (x1 - x0), x1 + (x1 - x0)), (y0 - (y1 - y0), y1 + (y1 - y0))


def _in_shares_of_the_window(run: Run, lanes: npt.NDArray[np.intp] | list[np.intp]) -> Array:
    (x0, x1), (y0, y1) = run.landscape.window
    shares: Array = (run.positions[:, :, lanes] - np.array([[x0], [y0]])) / np.array([[x1 - x0], [y1 - y0]])
    return shares


def _of_moving(run: Run, lanes: npt.NDArray[np.intp]) -> tuple[Integers, Integers]:
    """The ending, and the step since when, of trajectories that are at no attractor at the end."""
    places = _in_shares_of_the_window(run, lanes)
    ending = np.full(lanes.size, Ending.GOING, dtype=np.int64)
    since = np.full(lanes.size, run.steps, dtype=np.int64)
    outside = _outside(places)
    left, gone = outside[-1], _last_run(outside)
    ending[left], since[left] = Ending.LEFT, gone[left]
    if run.steps < _FEWEST:
        return ending, since
    tail = places[-(max(run.steps // _TAIL, _FEWEST) + 1) :]
    low, high = tail.min(axis=0), tail.max(axis=0)
    travelled, across = hypot(*np.diff(tail, axis=0).swapaxes(0, 1)).sum(axis=0), hypot(*(high - low))
    here = ~((gone > 0) & (gone <= run.steps + 1 - len(tail)))  # not who left the map before: far away, nothing seems to move
    still = here & (travelled < _STILL)
    circling = here & ~still & (travelled >= _ROUNDS * across) & ~_gets_lower(run, lanes, len(tail))
    for found, word, margin in ((still, Ending.STILL, _STILL), (circling, Ending.CIRCLING, 0.0)):
        ending[found] = word
        inside = ((places >= low - margin) & (places <= high + margin)).all(axis=1)
        since[found] = _last_run(inside)[found]
    return ending, since


def _outside(places: Array) -> npt.NDArray[np.bool_]:
    """Where trajectories are outside the window, shape (rows, lanes), from their places in shares of it."""
    return np.asarray(((places < 0) | (places > 1)).any(axis=1))


def _gets_lower(run: Run, lanes: npt.NDArray[np.intp], rows: int) -> npt.NDArray[np.bool_]:
    """Whether the mean loss falls from the first to the second half of the last `rows`, clearly: by a share of what is left above the
    lowest, and by more than two standard errors of such a difference, so that noise is not taken for progress.
    """
    losses, half = run.losses[-rows:, lanes], rows // 2
    lowest = lowest_loss(run.landscape)
    with np.errstate(all="ignore"):  # losses near the end of float range
        fall = losses[:half].mean(axis=0) - losses[half:].mean(axis=0)
        left = losses[:half].mean(axis=0) - (lowest if np.isfinite(lowest) else losses.min(axis=0))
        lower: npt.NDArray[np.bool_] = (fall > _LOWER * left) & (fall > 2 * np.sqrt(2 / half) * losses.std(axis=0))
    return lower


def _last_run(holds: npt.NDArray[np.bool_]) -> Integers:
    """The first row from which on it holds to the end, for rows x trajectories; the number of rows where it does not at the end."""
    back = holds[::-1]
    return np.where(back.all(axis=0), 0, len(holds) - (~back).argmax(axis=0)).astype(np.int64)
