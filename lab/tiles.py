"""Many trajectories of one optimizer as a batch, and how it is cut into tiles that know nothing of each other.

Everything that the lab computes, maps, sweeps, trials, tournaments, is batches, of trajectories or of networks (`lab.network_tiles`). A
tile is a part of a batch, and itself one: it holds all that its trajectories depend on, so it gives the same numbers wherever and whenever
it runs, and can be sent to another machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

import simulation
from lab.costs import Budget
from lab.quantities import build_with
from parameters import Array
from scenario import Choice, Scenario
from simulation import Run, measures
from simulation.attractors import lowest_loss
from simulation.progress import Progress

Result = Mapping[str, npt.NDArray[Any]]
"""The outputs of a batch or a tile by name: arrays of shape (N,), or (N, ...) where the type is one of arrays."""
Computed = dict[str, npt.NDArray[Any]]
"""Those that are there already."""
LANES = 65_536
"""Trajectories in a tile, at most: enough to keep NumPy busy, few enough for a bar that moves."""
BYTES = 128 * 1024**2
"""What the history of a tile may take while it runs."""
SEARCH_WORK = 2_000_000
"""The cost of searching a landscape for its lowest loss, counted in steps of one trajectory: 0.02 to 0.3 s."""
_GROWTH = 1.15
"""Steps at which it is looked whether a trajectory has arrived lie this factor apart."""


class Divisible(Protocol):
    """Lanes that know nothing of each other, trajectories or networks, so that they can be cut into tiles."""

    @property
    def count(self) -> int:
        """The number of lanes."""

    @property
    def at_once(self) -> int:
        """How many of them a tile may hold."""

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""

    @property
    def dtypes(self) -> Mapping[str, npt.DTypeLike]:
        """The types of its results, by their names: those of numbers, or of arrays."""

    def part(self, lanes: slice) -> Self:
        """Some of its lanes."""

    def run(self, progress: Progress | None = None, workers: int | None = None) -> Result:
        """Run it in this process; `progress` and `workers` as for `Batch.run`."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Trajectories of one optimizer, each with its start and perhaps with numbers of its own.

    Args:
        scenario: with one optimizer; what all trajectories have in common. Its own starts do not matter.
        starts: shape (2, N).
        outputs: what to compute of each trajectory, names among `OUTPUTS`.
        values: the quantities in which trajectories differ, by address (`scenario.address`): arrays of shape (N,).
        numbers: what chooses each trajectory's noise, shape (N,); its index in the batch if not given.
        goal: the loss that counts as reached, a number or one for each trajectory, shape (N,).
        budget: what each trajectory may cost, where that can be fewer than all steps; only where "taken" is among the outputs.
    """

    scenario: Scenario
    starts: Array
    outputs: tuple[str, ...]
    values: Mapping[str, Array]
    numbers: npt.NDArray[np.int64]
    goal: float | Array = float("nan")
    budget: Budget | None = None

    @property
    def count(self) -> int:
        """The number of trajectories."""
        return int(self.starts.shape[1])

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return self.count * max(self.scenario.steps, 1) + sum(OUTPUTS[name].extra_work for name in self.outputs)

    @property
    def at_once(self) -> int:
        """How many of them a tile may hold."""
        return max(1, min(LANES, BYTES // ((3 + 3 * ("taken" in self.outputs)) * 8 * len(self.kept))))

    @property
    def dtypes(self) -> Mapping[str, type]:
        """The types of its outputs, by their names."""
        return {name: OUTPUTS[name].dtype for name in self.outputs}

    def part(self, lanes: slice) -> Batch:
        """Some of its trajectories."""
        goal = self.goal[lanes] if isinstance(self.goal, np.ndarray) else self.goal
        values = {key: array[lanes] for key, array in self.values.items()}
        return replace(self, starts=self.starts[:, lanes], values=values, numbers=self.numbers[lanes], goal=goal)

    @property
    def kept(self) -> npt.NDArray[np.int64]:
        """The steps whose points are kept while it runs: no more than the outputs need."""
        steps = self.scenario.steps
        needed = [OUTPUTS[name].kept(steps) for name in self.outputs]
        return np.unique(np.concatenate([*needed, np.array([steps])]))

    def run(self, progress: Progress | None = None, workers: int | None = None) -> Result:
        """Run it in this process.

        Args:
            progress: called now and then with the fraction done; if it returns False, the run stops.
            workers: threads; they do not change the numbers.

        Raises:
            ValueError: a value is outside its range, or the attractors of a landscape that differs between trajectories are asked for.
            simulation.Cancelled: `progress` returned False.
        """
        landscape, optimizer, noise = build_with(self.scenario, self.values)
        scenario = self.scenario
        schedule = None if scenario.schedule == Choice("constant") else scenario.build_schedule()
        run = simulation.run(
            landscape,
            optimizer,
            self.starts,
            scenario.steps,
            schedule,
            noise,
            scenario.seed,
            self.kept.tolist(),
            numbers=self.numbers,
            goal=self.goal if "reached" in self.outputs and "stayed" not in self.outputs else None,
            progress=progress,
            workers=workers,
            trials="taken" in self.outputs and optimizer.searches,
        )
        computed: Computed = {}
        if "taken" in self.outputs:
            computed["taken"] = (taken := self._taken(run)).astype(np.int32)
            run = run if (taken == run.steps).all() else measures.until(run, taken)
        for name in self.outputs:
            if name not in computed:
                computed[name] = OUTPUTS[name].compute(run, self, computed)
        return {name: computed[name] for name in self.outputs}

    def _taken(self, run: Run) -> npt.NDArray[np.int64]:
        """How many steps each trajectory takes, where it is counted."""
        if self.budget is None or run.trials is None:
            return np.full(run.count, run.steps)
        return self.budget.taken(self.scenario.build_landscape(), self.scenario.optimizers[0], run.trials)


def batch(
    scenario: Scenario,
    starts: Array,
    outputs: tuple[str, ...],
    values: Mapping[str, Array] | None = None,
    numbers: npt.NDArray[np.int64] | None = None,
    goal: float | Array = float("nan"),
) -> Batch:
    """A batch; see `Batch` for what is not given."""
    return Batch(scenario, starts, outputs, values or {}, np.arange(starts.shape[1]) if numbers is None else numbers, goal)


W = TypeVar("W", bound=Divisible)


def cut(whole: W) -> Iterator[tuple[slice, W]]:
    """The tiles of a batch, each with the slice of the batch that it is. How a batch is cut changes none of its numbers."""
    size = whole.at_once
    for first in range(0, whole.count, size):
        lanes = slice(first, min(first + size, whole.count))
        yield lanes, whole.part(lanes)


# ---- what can be computed of a trajectory


@dataclass(frozen=True)
class Output:
    """Something that can be computed of every trajectory.

    Args:
        kept: from the number of steps, the steps whose points it needs.
        compute: its values, shape (N,), from the run, the batch, and the outputs computed before it, among which it may put another that
            is found together with it.
        dtype: of its values, as small as will do: there may be a million of them.
        extra_work: what computing it costs for each tile on top of the run, counted in steps of one trajectory.
    """

    kept: Callable[[int], npt.NDArray[np.int64]]
    compute: Callable[[Run, Batch, Computed], npt.NDArray[Any]]
    dtype: type
    extra_work: int = 0


@lru_cache(maxsize=64)
def checkpoints(steps: int) -> npt.NDArray[np.int64]:
    """Steps from 0 to the last, each about 15% after the one before, and those at which `final_attractor` looks."""
    powers = np.arange(int(np.log(max(steps, 1)) / np.log(_GROWTH)) + 1)
    early = np.rint(_GROWTH**powers).astype(np.int64)
    return np.unique(np.clip([0, *early, *measures.looks(steps)], 0, steps))


def _last(steps: int) -> npt.NDArray[np.int64]:
    return np.array([steps])


def _reached(run: Run, tile: Batch, computed: Computed) -> npt.NDArray[Any]:
    assert run.reached is not None
    return run.reached.astype(np.int32)


def _stayed(run: Run, tile: Batch, computed: Computed) -> npt.NDArray[Any]:
    computed["reached"], stayed = (found.astype(np.int32) for found in measures.reached_and_stayed(run, computed.get("taken")))
    return stayed


def _taken(run: Run, tile: Batch, computed: Computed) -> npt.NDArray[Any]:
    return np.full(run.count, run.steps, dtype=np.int32)


def _trials(run: Run, tile: Batch, computed: Computed) -> npt.NDArray[Any]:
    if run.trials is None:
        return np.zeros(run.count)
    stayed = computed["stayed"]
    trials: npt.NDArray[Any] = run.trials[np.where(stayed >= 0, stayed, run.steps), np.arange(run.count)]
    return trials


def _lowest(run: Run, tile: Batch, computed: Computed) -> npt.NDArray[Any]:
    return np.full(run.count, lowest_loss(run.landscape))


def _tolerance(run: Run, tile: Batch, computed: Computed) -> npt.NDArray[Any]:
    return np.full(run.count, measures.default_tolerance(run.landscape))


def _attractor(run: Run, tile: Batch, computed: Computed) -> npt.NDArray[Any]:
    attractor, arrival = measures.attractor_and_arrival(run)
    computed["arrival"] = arrival.astype(np.int32)
    return attractor.astype(np.int16)


def _outcome(run: Run, tile: Batch, computed: Computed) -> npt.NDArray[Any]:
    return measures.outcomes(run, computed["attractor"]).astype(np.int8)


def _arrival(run: Run, tile: Batch, computed: Computed) -> npt.NDArray[Any]:
    return measures.attractor_and_arrival(run)[1].astype(np.int32)


OUTPUTS = {
    "final": Output(_last, lambda run, tile, computed: measures.final_loss(run), np.float64),
    "stayed": Output(lambda steps: np.arange(steps + 1), _stayed, np.int32),
    "reached": Output(_last, _reached, np.int32),
    "taken": Output(_last, _taken, np.int32),
    "trials": Output(_last, _trials, np.float64),
    "attractor": Output(checkpoints, _attractor, np.int16),
    "outcome": Output(checkpoints, _outcome, np.int8),
    "arrival": Output(checkpoints, _arrival, np.int32),
    "lowest": Output(_last, _lowest, np.float64, SEARCH_WORK),
    "tolerance": Output(_last, _tolerance, np.float64),
}
"""By name:

final: the final loss; NaN if it diverged.
stayed, reached: `measures.reached_and_stayed`, of a landscape which must be one for all trajectories; "stayed" stands first, and keeps the
    whole path.
reached: without "stayed" before it, the first step at which the loss is at most the goal; -1 if it never is.
taken: how many steps it has taken: all, or as many as the budget pays for; what else is found out ends there.
trials: how many step lengths it had tried by the step of "stayed", which stands before it, or by its end; 0 where it does not search.
attractor: where it came to rest, as an index into `simulation.attractors.attractors`; -1 for nowhere.
outcome: how it ended, a `measures.Outcome`; wanted after "attractor".
arrival: the first of the `checkpoints` from which on it stayed at its attractor, -1 if it has none; found together with "attractor".
lowest, tolerance: of the landscape, which must be one for all trajectories: the lowest loss, and how far above it counts as reached; NaN
    where there is no lowest.
"""
