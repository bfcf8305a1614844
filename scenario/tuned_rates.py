"""Learning rates that suit a scenario, found by trying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

import landscapes
import optimizers
import simulation
from landscapes import ComputedLandscape, Landscape
from optimizers import Optimizer, Schedule
from parameters import Array, short
from scenario.choice import Choice
from scenario.scenario import Scenario
from simulation.attractors import lowest_loss
from simulation.measures import default_tolerance
from simulation.run import Run
from simulation.verdicts import Ending, verdicts

_STARTS = 8
_STEPS = 300
_SEEN = 0.02
"""Who moves less than this share of the window stays where it is, to the eye."""
_TAIL = 4
"""Whether a trajectory has settled is judged by the last one in so many of its steps."""
_RESTLESS = 0.25
"""Who travels this much further in them than it gets, in windows, has not settled at all."""
_LONG_WAY = 0.1
"""What one window of the way costs, when all that can be gained is 1."""
_A_WHILE = 2.0
"""Who is outside the window for a quarter of the time has the fault of that whole, a half."""
_CIRCLING = 1.75
"""How late who circles is, where another rate ends lower without: a small circle is no other fault, and comes down as soon."""
_CLIFF = 1.0
"""By how much worse at most the next rate counts: at the brink of what is too much there is often the best."""
_SIMILAR = 2.0
"""An experiment whose middle rate is within this factor of the best is about the best as it is."""
_DIGITS = 3


def with_tuned_rates(scenario: Scenario) -> Scenario:
    """The same scenario with every learning rate at the round number that serves best from its starts.

    All rates of an optimizer's slider run at once, from up to eight of the starts for up to 300 steps, without noise. Several entrants of
    one method are an experiment: the one whose rate is in the middle gets the best, and the others keep their ratios to it. All are left
    alone where the middle is near the best already, so that too large a rate stays too large, and where one would be out of its range.
    """
    landscape, schedule = scenario.build_landscape(), scenario.build_schedule()
    starts, numbers, steps = _trial_of(scenario)
    chosen, built = list(scenario.optimizers), scenario.build_optimizers()
    for name in dict.fromkeys(choice.name for choice in chosen):
        declared = next((parameter for parameter in optimizers.get(name).parameters if parameter.name == "lr"), None)
        if declared is None:
            continue
        group = sorted((index for index, choice in enumerate(chosen) if choice.name == name), key=lambda index: _rate(chosen[index]))
        middle = group[len(group) // 2]
        best = best_rate(landscape, built[middle], starts, steps, schedule, scenario.seed, numbers)
        if best is not None:
            scaled = _scaled([_rate(chosen[index]) for index in group], best)
            if scaled and max(scaled) <= declared.high:
                for index, rate in zip(group, scaled, strict=True):
                    chosen[index] = chosen[index].replace(lr=rate)
    return scenario.replace(optimizers=tuple(chosen))


@dataclass(frozen=True)
class Tried:
    """The learning rate that was best of those that were tried.

    Attributes:
        rate: the best.
        count: how many were tried.
        starts, steps: from how many starts, and over how many steps.
    """

    rate: float
    count: int
    starts: int
    steps: int


def tried_rates(scenario: Scenario) -> tuple[Tried | None, ...]:
    """For each optimizer the rate that `with_tuned_rates` would give it alone, None where it has none."""
    landscape, schedule = scenario.build_landscape(), scenario.build_schedule()
    starts, numbers, steps = _trial_of(scenario)
    found = []
    for method in scenario.build_optimizers():
        best = best_rate(landscape, method, starts, steps, schedule, scenario.seed, numbers)
        found.append(None if best is None else Tried(best, len(_rates(method)), len(numbers), steps))
    return tuple(found)


def _trial_of(scenario: Scenario) -> tuple[Array, npt.NDArray[np.intp], int]:
    """The starts from which rates are tried, shape (2, N), their numbers, and the steps."""
    starts = scenario.start_points()
    numbers = np.linspace(0, starts.shape[1] - 1, min(_STARTS, starts.shape[1])).astype(int)
    return starts[:, numbers], numbers, min(scenario.steps, _STEPS)


def changed_rates(before: Scenario, after: Scenario) -> str:
    """The learning rates that differ between two scenarios with the same optimizers, in words: "SGD 0.15 → 0.05, Adam 0.1 → 0.5"."""
    changes: dict[str, list[tuple[str, str]]] = {}
    for old, new in zip(before.optimizers, after.optimizers, strict=True):
        if old != new:
            changes.setdefault(optimizers.get(new.name).name, []).append((short(_rate(old)), short(_rate(new))))
    return ", ".join(
        f"{name} {' and '.join(old for old, _ in rates)} → {' and '.join(new for _, new in rates)}" for name, rates in changes.items()
    )


def best_rate(
    landscape: Landscape,
    optimizer: Optimizer,
    starts: Array,
    steps: int,
    schedule: Schedule | None,
    seed: int,
    numbers: npt.NDArray[np.intp],
) -> float | None:
    """The learning rate, among the stops of its slider, that gets down soonest, settles there, and does not take the long way.

    The mean over the starts of `_faults` is made as small as possible; what the next lower and higher rate do counts a quarter, so that
    a rate that is good by luck is not chosen. A method that draws at random draws what it will draw in the run itself, by its seed and
    by the starts' `numbers` there.

    Returns:
        None where the optimizer has no learning rate.
    """
    rates = _rates(optimizer)
    if not rates:
        return None
    alike = _with_rate(optimizer, rates[0])  # the rate that it has does not count
    if isinstance(landscape, ComputedLandscape):  # which may be large
        return _tried(landscape, alike, starts, steps, schedule, seed, numbers)
    return _kept_rate(landscape, alike, starts.tobytes(), steps, schedule, seed, numbers.tobytes())


@lru_cache(maxsize=128)
def _kept_rate(
    landscape: Landscape, optimizer: Optimizer, starts: bytes, steps: int, schedule: Schedule | None, seed: int, numbers: bytes
) -> float:
    """The same, kept for who asks again: a class that tries all landscapes from one link has the same found for it."""
    points = np.frombuffer(starts).reshape(2, -1)
    return _tried(landscape, optimizer, points, steps, schedule, seed, np.frombuffer(numbers, dtype=np.intp))


@lru_cache(maxsize=512)
def _with_rate(optimizer: Optimizer, rate: float) -> Optimizer:
    return optimizer.with_parameters(lr=rate)


@lru_cache(maxsize=512)
def _rates(optimizer: Optimizer) -> list[float]:
    return [stop for parameter in optimizer.parameters if parameter.name == "lr" for stop in parameter.stops()]


def _tried(
    landscape: Landscape,
    optimizer: Optimizer,
    starts: Array,
    steps: int,
    schedule: Schedule | None,
    seed: int,
    numbers: npt.NDArray[np.intp],
) -> float:
    rates, count = _rates(optimizer), starts.shape[1]
    lanes = optimizer.with_parameters(lr=np.repeat(rates, count))
    drawn = np.tile(numbers, len(rates))
    run = simulation.run(landscape, lanes, np.tile(starts, len(rates)), steps, schedule, seed=seed, numbers=drawn)
    faults = _faults(run, len(rates)).mean(axis=1)
    lower, higher = np.append(faults[:1], faults[:-1]), np.append(faults[1:], faults[-1:])
    beside = np.minimum(lower, faults + _CLIFF) + np.minimum(higher, faults + _CLIFF)
    return float(rates[int(np.argmin(4 * faults + beside))])


def _faults(run: Run, rates: int) -> Array:
    """What is wrong with each trajectory of runs with so many rates, shape (rates, starts): the sum of six faults.

    Slow: the mean over its steps of the logarithm of the loss above the lowest, from 0 for the best rate to 1 for the height of the start.
    Late: its verdict, see `_late`. Restless: in the last quarter it travels further than it
    gets, or it ends outside the window. Long: its whole way, in windows. Away: how far outside the window it was, and for how long: a
    brief step beyond the edge is a lesser fault than a crawl. Idle: it does not visibly move.
    """
    (x0, x1), (y0, y1) = run.landscape.window
    low, size = np.array([[x0], [y0]]), np.array([[x1 - x0], [y1 - y0]])
    shape = (rates, run.count // rates)
    with np.errstate(all="ignore"):
        places = (run.positions - low) / size
        inside = ((places >= 0) & (places <= 1)).all(axis=1)
        height = _height(run, inside)
        mean = height.mean(axis=0).reshape(shape)
        best = mean.min(axis=0)
        slow = np.clip((mean - best) / np.maximum(height[0].reshape(shape) - best, 1e-12), 0.0, 1.0).ravel()
        hops = np.abs(np.diff(places, axis=0)).max(axis=1)
        last = max(run.steps // _TAIL, 1)
        tail = places[-last - 1 :]
        wandered = hops[-last:].sum(axis=0) - np.abs(tail[-1] - tail[0]).max(axis=0)
        restless = np.where(np.ptp(tail, axis=0).max(axis=0) > _SEEN, np.clip(wandered / _RESTLESS, 0.0, 1.0), 0.0)
        long = np.where(np.isfinite(places[-1]).all(axis=0), np.clip(_LONG_WAY * hops.sum(axis=0), 0.0, 1.0), 1.0)
        beyond = np.nan_to_num(np.maximum(-places, places - 1).max(axis=(0, 1)), nan=np.inf)
        away = np.clip(beyond, 0.0, 0.5) + np.clip(_A_WHILE * (1 - inside.mean(axis=0)), 0.0, 0.5)
        idle = np.abs(places - places[0]).max(axis=(0, 1)) < _SEEN
    faults = slow + _late(run, shape) + np.where(inside[-1], restless, 1.0) + long + away + idle
    return np.asarray(faults.reshape(shape))


def _late(run: Run, shape: tuple[int, int]) -> Array:
    """How late each trajectory settles, by its verdict, shape (N,): up to a half for who arrives, more for the others.

    Who circles is latest of all where another rate gets lower without. Where none does, circling may be the best there is,
    and counts as still going does.
    """
    told = verdicts(run)
    late = np.full(run.count, 0.75)
    for ending, least in ((Ending.ARRIVED, 0.0), (Ending.LOCAL_MINIMUM, 0.5)):
        settled = told.ending == ending
        late[settled] = least + 0.5 * told.since[settled] / max(run.steps, 1)
    circling = told.ending == Ending.CIRCLING
    with np.errstate(all="ignore"):  # losses near the end of float range
        low = run.losses[-max(run.steps // _TAIL, 1) :].mean(axis=0)
    others = np.where(circling | (told.ending >= Ending.LEFT), np.inf, low).reshape(shape)
    late[circling & (np.broadcast_to(np.fmin.reduce(others, axis=0), shape).ravel() < low)] = _CIRCLING
    late[told.ending >= Ending.LEFT] = 1.0
    return late


def _height(run: Run, inside: npt.NDArray[np.bool_]) -> Array:
    """How high each trajectory is at each step, shape (steps + 1, N): the logarithm of its loss above the lowest, down to what counts as
    reached, where a lowest is known. Outside the window it is as high as the window's highest point."""
    values = run.landscape.value(landscapes.grid(run.landscape.window, 64))
    height = np.where(inside, run.losses, values[np.isfinite(values)].max())
    lowest = lowest_loss(run.landscape)
    if not np.isfinite(lowest):
        return height
    return np.asarray(np.log10(np.maximum(height - lowest, default_tolerance(run.landscape))))


def _scaled(rates: Sequence[float], best: float) -> list[float]:
    """The rates of an experiment, in rising order, with the best in the middle and the same ratios; empty where they are left alone."""
    middle = rates[len(rates) // 2]
    if len(rates) > 1 and (not middle or best / _SIMILAR <= middle <= best * _SIMILAR):
        return []
    return [best if rate == middle else float(f"{best * rate / middle:.{_DIGITS}g}") for rate in rates]


def _rate(choice: Choice) -> float:
    return float(optimizers.get(choice.name, **dict(choice.settings)).values["lr"])
