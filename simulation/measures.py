"""Measures of a run: functions of it, each giving one value for every trajectory.

A loss is measured from the landscape's lowest known value. On an unbounded landscape there is none, and what depends on it is NaN or -1.
Measures of the path need a run that kept it, and raise ValueError for another.
"""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from landscapes import Landscape, StationaryPoint, grid
from parameters import Array
from simulation.attractors import NEAR, attractor_lookup, attractors, is_global, lowest_loss, usual_height
from simulation.run import Run


class Outcome(IntEnum):
    """How a trajectory can end."""

    GLOBAL_MINIMUM = 0
    """At a lowest minimum."""
    LOCAL_MINIMUM = 1
    """At another minimum."""
    STALLED = 2
    """At a saddle or a maximum."""
    MOVING = 3
    """At none of these yet."""
    DIVERGED = 4
    """Outside float range."""
    FALLING = 5
    """On its way outside of the window, lower than all that is in it, or out of float range from there: it leaves for ever lower ground."""

    @property
    def label(self) -> str:
        """Its name in words: "global minimum"."""
        return self.name.lower().replace("_", " ")


TOLERANCE = 1e-3
"""How far above the lowest a loss counts as reached, as a share of the rise from the lowest to the window's median loss."""


@lru_cache(maxsize=64)
def default_tolerance(landscape: Landscape) -> float:
    """A loss this far above the lowest counts as reached: a thousandth of the rise to the window's median loss."""
    return TOLERANCE * usual_height(landscape) if np.isfinite(lowest_loss(landscape)) else float("nan")


def best_loss(run: Run) -> Array:
    """The lowest loss along the path, shape (N,)."""
    check_path(run)
    lowest: Array = np.fmin.reduce(run.losses, axis=0)
    return lowest


def final_loss(run: Run) -> Array:
    """The loss at the end, shape (N,); NaN if it diverged."""
    losses: Array = run.losses[-1]
    return losses


def path_length(run: Run) -> Array:
    """The length of the path, in units of the coordinates, shape (N,); NaN if it diverged."""
    check_path(run)
    steps = np.diff(run.positions, axis=0)
    lengths: Array = np.sqrt((steps**2).sum(axis=1)).sum(axis=0)
    return lengths


def gradient_norms(run: Run) -> Array:
    """The length of the gradient, without noise, at every point of the path, shape (steps + 1, N); NaN after divergence."""
    with np.errstate(all="ignore"):
        norms: Array = np.sqrt((_gradients(run) ** 2).sum(axis=1))
    return norms


def effective_rates(run: Run) -> Array:
    """How far each step went along each axis per unit of the slope there, |change| / |slope|, shape (steps, d, N).

    For SGD it is the learning rate; what a method adds to that by velocity or by scaling shows as the difference. NaN where there is no
    slope, and after divergence.
    """
    with np.errstate(all="ignore"):
        rates: Array = rates_of(np.diff(run.positions, axis=0), _gradients(run)[:-1])
    return rates


def rates_of(moves: Any, slopes: Any) -> Any:
    """The effective rates of moves where there are these slopes, both of one shape."""
    rates = np.abs(moves / slopes)
    return np.where(np.isfinite(rates), rates, np.nan)


def alignments(run: Run) -> Array:
    """The cosine of the angle between each step and the direction of steepest descent where it began, shape (steps, N).

    1 is downhill, 0 along a contour line, -1 uphill. NaN where there is no slope or no step, and after divergence.
    """
    with np.errstate(all="ignore"):
        cosines: Array = cosines_of(np.diff(run.positions, axis=0), _gradients(run)[:-1])
    return cosines


def cosines_of(moves: Any, slopes: Any) -> Any:
    """The cosines of the angles between moves and the direction of steepest descent, of slopes, both of shape (..., d, N)."""
    along, lengths = np.add.reduce(moves * slopes, axis=-2), [np.add.reduce(vectors**2, axis=-2) for vectors in (moves, slopes)]
    return -along / np.sqrt(lengths[0] * lengths[1])


def check_path(run: Run) -> None:
    """Raise ValueError where a run has not kept every step of its path."""
    if run.kept.size <= run.steps:
        raise ValueError(f"this run kept {run.kept.size} of its {run.steps + 1:,} points; run it with keep='path' to measure its path")


def _gradients(run: Run) -> Array:
    """The gradient, without noise, at every point of the path, shape (steps + 1, d, N)."""
    check_path(run)
    if run.objective.per_lane:
        return np.stack([run.objective.gradient(points) for points in run.positions])
    rows, dimension, count = run.positions.shape
    points = run.positions.swapaxes(0, 1).reshape(dimension, -1)
    return run.objective.gradient(points).reshape(dimension, rows, count).swapaxes(0, 1)


def distance_to_minimum(run: Run) -> Array:
    """How far from the nearest global minimum it ended, in units of x and y, shape (N,); NaN if it diverged or there is none."""
    targets = [(point.x, point.y) for point in attractors(run.landscape) if is_global(point, run.landscape)]
    if not targets:
        return np.full(run.count, np.nan)
    apart = run.positions[-1][:, :, None] - np.array(targets).T[:, None, :]
    nearest: Array = np.sqrt((apart**2).sum(axis=0)).min(axis=1)
    return nearest


def steps_to(run: Run, tolerance: float | None = None) -> npt.NDArray[np.int64]:
    """The first step at which the loss is within `tolerance` of the lowest, shape (N,); -1 where it never is.

    Args:
        run: with its path.
        tolerance: by default `default_tolerance` of the landscape.
    """
    allowed = default_tolerance(run.landscape) if tolerance is None else tolerance
    return steps_below(run, lowest_loss(run.landscape) + allowed)


def steps_below(run: Run, goal: float | Array) -> npt.NDArray[np.int64]:
    """The first kept step at which the loss is at most `goal`, a number or one for each trajectory: shape (N,), -1 where it never is."""
    inside = run.losses <= goal
    return np.where(inside.any(axis=0), run.kept[inside.argmax(axis=0)], -1)


def until(run: Run, taken: npt.NDArray[np.int64]) -> Run:
    """A run in which each trajectory stops after so many of its steps, shape (N,), and stays where it is then."""
    check_path(run)
    rows = np.minimum(np.arange(run.steps + 1)[:, None], taken)
    lanes = np.arange(run.count)
    trials = None if run.trials is None else run.trials[rows, lanes]
    positions = np.take_along_axis(run.positions, rows[:, None, :], axis=0)
    losses, gone, frozen = run.losses[rows, lanes], run.diverged_at, run.frozen_at
    ends = {"diverged_at": np.where(gone <= taken, gone, -1), "frozen_at": np.where(frozen <= taken, frozen, -1)}
    return replace(run, positions=positions, losses=losses, reached=None, trials=trials, **ends)  # type: ignore[arg-type]


def held(run: Run, steps: int) -> Run:
    """A run with its path, in which each trajectory stays where it has ended until a later step."""
    more = steps - run.steps
    trials = None if run.trials is None else np.pad(run.trials, ((0, more), (0, 0)), "edge")
    paths = {
        "positions": np.pad(run.positions, ((0, more), (0, 0), (0, 0)), "edge"),
        "losses": np.pad(run.losses, ((0, more), (0, 0)), "edge"),
    }
    return replace(run, steps=steps, kept=np.arange(steps + 1), trials=trials, **paths)  # type: ignore[arg-type]


def cut(run: Run, steps: int) -> Run:
    """The first steps of a run with its path."""
    stopped, rows = until(run, np.full(run.count, steps)), slice(steps + 1)
    trials = None if stopped.trials is None else stopped.trials[rows]
    first = {"positions": stopped.positions[rows], "losses": stopped.losses[rows], "kept": run.kept[rows]}
    return replace(stopped, steps=steps, trials=trials, **first)  # type: ignore[arg-type]


def reached_and_stayed(run: Run, taken: npt.NDArray[np.int64] | None = None) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """When each trajectory first was within the tolerance, and from which kept step on it stayed there, each of shape (N,).

    To be within the tolerance is to have a loss at most so far above the lowest, and no further below it: what is lower than the lowest of
    the window is another landscape's minimum, or none. To have stayed is to be there at every kept step of the run's `rest`, at least, and
    to end in the window. -1 stands for never, and for who did not stay: a trajectory that only passes by is not one that arrives.

    Args:
        run: with its path, or with some rows.
        taken: how many steps each trajectory has taken, shape (N,), where some have stopped; see `until`.
    """
    last = np.full(run.count, run.steps) if taken is None else taken
    lowest, tolerance = lowest_loss(run.landscape), default_tolerance(run.landscape)
    inside = (run.losses <= lowest + tolerance) & (run.losses >= lowest - tolerance)
    away = inside[::-1].argmin(axis=0)  # how many rows from the end it was away last; 0 if at the end, or if never
    first = np.append(run.kept, run.steps + 1)[np.where(inside.all(axis=0), 0, len(inside) - away)]
    settled = (
        inside[-1]
        & (first <= last - np.array([rest(steps) for steps in range(run.steps + 1)])[last])
        & _inside(run.landscape, run.positions[-1])
    )
    reached = np.where(inside.any(axis=0), run.kept[inside.argmax(axis=0)], -1)
    return reached, np.where(settled, first, -1)


def _inside(landscape: Landscape, places: Array) -> npt.NDArray[np.bool_]:
    """Whether places, shape (2, N), are in the window, or as near to it as an attractor at its edge reaches, shape (N,)."""
    low, high = np.array(landscape.window).T[:, :, None]
    slack = NEAR * (high - low)
    found: npt.NDArray[np.bool_] = ((places >= low - slack) & (places <= high + slack)).all(axis=0)
    return found


def final_attractor(run: Run) -> npt.NDArray[np.int64]:
    """The attractor at which each trajectory came to rest, as an index into `attractors` of the landscape, shape (N,); -1 for none.

    It came to rest if it is at an attractor at the end, and was there at each of the steps of `looks`, or at the last kept step before it.
    Where no such step was kept the end alone decides, so that a trajectory that is just passing an attractor is counted, too. To be at
    an attractor is to be within a hundredth of the window of it, at a loss within a hundredth of the landscape's usual height of its own.
    """
    rows = _looked_at(run)
    lookup = attractor_lookup(run.landscape)
    at_end = lookup.at(run.positions[-1])
    return np.where(lookup.settled_row(run.positions[rows], run.losses[rows], at_end) == 0, at_end, -1)


def _looked_at(run: Run) -> npt.NDArray[np.intp]:
    """The rows of a run that belong to `looks`, or to the last kept step before each."""
    return np.unique(np.maximum(np.searchsorted(run.kept, looks(run.steps), side="right") - 1, 0))


def rest(steps: int) -> int:
    """For how many of its last steps a run has to stay to have come to rest: a twentieth of them, and at least three if it has six."""
    return max(1, steps // 20, min(3, steps // 2))


STAYED = (
    "to have stayed is to have been there at every step from n - max(1, n // 20, min(3, n // 2)) on, at least, where n are the steps "
    f"taken, and to end in the window, or not further from it than {NEAR:.0%} of its side"
)
"""What `reached_and_stayed` asks for, with the `rest` of a run, in words."""


def looks(steps: int) -> npt.NDArray[np.int64]:
    """The steps at which `final_attractor` looks whether a run stays: few, so that they can be kept where a path cannot.

    They are the beginning and the middle of its `rest`, and the last four, at one of which every cycle of up to four steps is away.
    """
    last = rest(steps)
    return steps - np.unique(np.minimum([0, 1, 2, 3, last // 2, last], last))[::-1]


def arrival(run: Run, attractor: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The first of the kept steps from which on each trajectory stayed at its attractor, shape (N,); -1 where it has none.

    Args:
        run: with the steps to look at.
        attractor: what `final_attractor` gives for it.
    """
    first = attractor_lookup(run.landscape).settled_row(run.positions, run.losses, attractor)
    return np.append(run.kept, -1)[first]


def attractor_and_arrival(run: Run) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """What `final_attractor` and `arrival` give, in one look back: who stays at all kept steps from some on does so at fewer of them."""
    rows = _looked_at(run)
    lookup = attractor_lookup(run.landscape)
    attractor = lookup.at(run.positions[-1])
    first = lookup.settled_row(run.positions, run.losses, attractor)
    unsure = np.flatnonzero((attractor >= 0) & (first > rows[0]))  # away between two looks, or at one of them
    if unsure.size:
        places, losses = (np.take(kept[rows], unsure, axis=-1) for kept in (run.positions, run.losses))
        attractor[unsure[lookup.settled_row(places, losses, attractor[unsure]) > 0]] = -1
    return attractor, np.where(attractor >= 0, np.append(run.kept, -1)[first], -1)


def outcomes(run: Run, attractor: npt.NDArray[np.integer] | None = None) -> npt.NDArray[np.int64]:
    """The `Outcome` of each trajectory, shape (N,).

    Args:
        run: with any steps.
        attractor: what `final_attractor` gives for it, where that is known already.
    """
    at_rest = attractor_outcomes(run.landscape)[final_attractor(run) if attractor is None else attractor]
    ended: npt.NDArray[np.int64] = np.where(run.diverged_at >= 0, Outcome.DIVERGED, at_rest)
    nowhere = np.flatnonzero((ended == Outcome.MOVING) | (ended == Outcome.DIVERGED))
    if nowhere.size:
        ended[nowhere[falling(run, nowhere)]] = Outcome.FALLING
    return ended


def falling(run: Run, lanes: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Whether some trajectories were last outside the window, and lower than all that is in it, shape (lanes,).

    Of one that has left float range its last kept point before that tells: a loss may fall until it is no number any more.
    """
    left = run.diverged_at[lanes]
    rows = np.where(left >= 0, np.searchsorted(run.kept, left), run.kept.size) - 1
    known = rows >= 0
    place, loss = run.positions[rows, :, lanes].T, run.losses[rows, lanes]
    lower: npt.NDArray[np.bool_] = known & (loss < lowest_ground(run.landscape)) & ~_inside(run.landscape, place)
    return lower


@lru_cache(maxsize=64)
def lowest_ground(landscape: Landscape) -> float:
    """Below which loss a trajectory is lower than all of the window."""
    if np.isfinite(lowest := lowest_loss(landscape)):
        return lowest - default_tolerance(landscape)
    values = landscape.value(grid(landscape.window, 64))
    return float(np.min(values, where=np.isfinite(values), initial=np.inf)) if np.isfinite(values).any() else float("-inf")


@lru_cache(maxsize=64)
def attractor_outcomes(landscape: Landscape) -> npt.NDArray[np.int64]:
    """The `Outcome` of coming to rest at each of the landscape's attractors; and last, where the index -1 finds it, `Outcome.MOVING`."""
    return np.array([_outcome(point, landscape) for point in attractors(landscape)] + [Outcome.MOVING], dtype=np.int64)


def shares(run: Run) -> dict[str, float]:
    """The share of trajectories, 0 to 1, with each `Outcome`, by its label."""
    return shares_of(outcomes(run))


def shares_of(ended: npt.NDArray[np.integer]) -> dict[str, float]:
    """The share, 0 to 1, of each `Outcome` by its label among outcomes in an array of any shape."""
    counts = np.bincount(ended.ravel(), minlength=len(Outcome))
    return {outcome.label: count / ended.size for outcome, count in zip(Outcome, counts.tolist(), strict=True)}


def _outcome(point: StationaryPoint, landscape: Landscape) -> Outcome:
    if is_global(point, landscape):
        return Outcome.GLOBAL_MINIMUM
    return Outcome.LOCAL_MINIMUM if point.kind == "minimum" else Outcome.STALLED


# ---- summaries over trajectories, in which what failed counts as the worst


def diverged_as_infinity(values: Array) -> Array:
    """The same with infinity for NaN, so that a trajectory that diverged is worse than any other."""
    return np.where(np.isnan(values), np.inf, values)


def never_as_infinity(steps: npt.NDArray[np.integer]) -> Array:
    """Numbers of steps as float64, with infinity for -1, so that never is later than any step."""
    return np.where(steps >= 0, steps, np.inf)


def median(values: Array, axis: int = -1) -> Array:
    """The median along an axis. NaN, what diverged, counts as infinitely high: where most diverged the median is infinite."""
    return np.asarray(np.median(diverged_as_infinity(values), axis=axis))
