"""A tournament: optimizers on several landscapes, each tuned with the same budget, judged on starts that none has seen."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np

import landscapes
import optimizers
from lab.costs import step_cost
from lab.executors import Executor, Publish
from lab.search import OBJECTIVES, Search, TrialBatch, check_size, entrants, ranks, run_trials, score, search_all
from lab.tuning import MOST_SEED, MOST_STARTS, MOST_TRIALS, scattered
from parameters import Array
from scenario import Choice, Scenario
from simulation import measures

TUNED = {"for each": "For each landscape", "once": "Once for all landscapes"}
"""Whether every landscape gets settings of its own, by name."""

_OF_EACH_KIND = 2


def eligible() -> list[str]:
    """The landscapes that can take part: those with a lowest loss."""
    return [name for name in landscapes.names() if not landscapes.get(name).unbounded]


def usual() -> tuple[str, ...]:
    """Those of a tournament where none is chosen: the first few of each kind, without the bowls, on which everyone does well."""
    difficult = [kind for kind in landscapes.KINDS if kind != "bowl"]
    of_kind = {kind: [name for name in eligible() if landscapes.get(name).kind == kind] for kind in difficult}
    return tuple(name for names in of_kind.values() for name in names[:_OF_EACH_KIND])


@dataclass(frozen=True)
class Tournament:
    """The task to compare optimizers on several landscapes.

    Args:
        entrants: the optimizers; settings outside their search spaces stay as they are, what is searched is left out, and those that then
            are the same take part once.
        landscapes: by name, at their default parameters.
        steps: how many steps each run takes.
        count: trials for each optimizer, on each landscape.
        starts: how many tuning starts a landscape has, and how many held-out ones, anywhere in its window.
        seed: chooses trials and starts.
        tuned: one of `TUNED`. Once for all: every trial is run on all landscapes, and the one with the least mean rank is chosen.
        objective: one of `lab.search.OBJECTIVES`, the median over a landscape's starts, that is minimized and ranked by.

    Raises:
        KeyError, TypeError, ValueError: an unknown name or setting, a landscape without a lowest loss, a number out of range, or more work
            than can be done.
    """

    entrants: tuple[Choice, ...]
    landscapes: tuple[str, ...]
    steps: int = 200
    count: int = 40
    starts: int = 16
    seed: int = 0
    tuned: str = "for each"
    objective: str = "steps"

    def __post_init__(self) -> None:
        for what, given in (("optimizer", self.entrants), ("landscape", self.landscapes)):
            if not given:
                raise ValueError(f"no {what} takes part; choose at least one")
        if len(set(self.landscapes)) < len(self.landscapes):
            raise ValueError(f"a landscape takes part twice; choose each only once: {', '.join(self.landscapes)}")
        for name, value, most in (("trials", self.count, MOST_TRIALS), ("starts", self.starts, MOST_STARTS)):
            if not 2 <= value <= most:
                raise ValueError(f"a tournament needs 2 to {most} {name}, not {value}")
        if not 0 <= self.seed <= MOST_SEED:
            raise ValueError(f"the seed must be from 0 to {MOST_SEED}, not {self.seed}")
        for kind, chosen, known in (("way of tuning", self.tuned, TUNED), ("objective", self.objective, OBJECTIVES)):
            if chosen not in known:
                raise ValueError(f"there is no {kind} {chosen!r}; choose one of {', '.join(known)}")
        without = [name for name in self.landscapes if landscapes.get(name).unbounded]
        if without:
            raise ValueError(f"a landscape without a lowest loss has no winner; leave out {' and '.join(without)}")
        checked = Scenario(optimizers=self.entrants, steps=self.steps).optimizers
        object.__setattr__(self, "entrants", entrants(checked))
        check_size(len(self.entrants) * len(self.landscapes) * self.count * self.starts, self.work)

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return len(self.entrants) * len(self.landscapes) * (self.count + 1) * self.starts * self.steps

    def scenario(self, landscape: str, held_out: bool) -> Scenario:
        """A landscape with its tuning starts or its held-out ones."""
        plain = Scenario(landscape=Choice(landscape), optimizers=self.entrants, steps=self.steps)
        return scattered(plain, self.starts, "anywhere", 2 * self.seed + held_out)

    def compute(self, execute: Executor, publish: Publish[Standings]) -> Standings:
        """Tune every optimizer, then run all of them on all landscapes from the held-out starts."""
        scenarios = [self.scenario(name, held_out=False) for name in self.landscapes]
        if self.tuned == "once":
            searches = [Search(choice, self.seed, len(scenarios)) for choice in self.entrants]
            search_all(execute, searches, [scenarios] * len(searches), self.count, self.objective)
            chosen = [(search.best,) * len(scenarios) for search in searches]
        else:
            searches = [Search(choice, self.seed) for choice in self.entrants for _ in scenarios]
            search_all(execute, searches, [[scenario] for _ in self.entrants for scenario in scenarios], self.count, self.objective)
            found = iter(search.best for search in searches)
            chosen = [tuple(next(found) for _ in scenarios) for _ in self.entrants]
        judged = [self.scenario(name, held_out=True) for name in self.landscapes]
        tried = [TrialBatch(scenario, choice, {}, 1) for settings in chosen for choice, scenario in zip(settings, judged, strict=True)]
        results = run_trials(execute, tried)
        shape = (len(self.entrants), len(self.landscapes))
        final, steps = (np.array([result[part][0] for result in results]).reshape(*shape, self.starts) for part in (0, 1))
        return Standings(self, tuple(chosen), final, steps)


@dataclass(frozen=True, eq=False)
class Standings:
    """The result of a tournament.

    Attributes:
        task: what was asked for.
        chosen: for each optimizer its settings on each landscape.
        final: the final loss above the lowest from each held-out start, infinite for what diverged, shape (optimizers, landscapes, starts).
        steps: the steps to the tolerance, infinite for what never gets there, of the same shape.
    """

    task: Tournament
    chosen: tuple[tuple[Choice, ...], ...]
    final: Array
    steps: Array

    @property
    def nbytes(self) -> int:
        """The memory that it takes, in bytes."""
        return self.final.nbytes + self.steps.nbytes

    @property
    def reached(self) -> Array:
        """The share of the starts that ever came within the tolerance, shape (optimizers, landscapes)."""
        return np.asarray(np.isfinite(self.steps).mean(axis=2))

    @property
    def median_steps(self) -> Array:
        """The median steps to the tolerance, infinite where most never get there, shape (optimizers, landscapes)."""
        return measures.median(self.steps)

    @property
    def median_final(self) -> Array:
        """The median final loss above the lowest, shape (optimizers, landscapes)."""
        return measures.median(self.final)

    @property
    def ranks(self) -> Array:
        """The rank of each optimizer on each landscape, from 1; ties share their mean. Shape (optimizers, landscapes).

        By the objective's median over the held-out starts. Steps that most starts never need have none: there the share that arrives
        decides, so that no optimizer stands before one that arrives more often.
        """
        scores = np.stack([score(*measured, self.task.objective) for measured in zip(*self._by_landscape, strict=True)], axis=2)
        if self.task.objective == "steps":
            scores[0] = np.where(np.isfinite(scores[0]), scores[0], self.task.steps + 2 - self.reached)
        return np.stack([ranks(column) for column in scores.transpose(2, 0, 1)], axis=1)

    @property
    def _by_landscape(self) -> tuple[Array, Array]:
        """Final losses and steps, shape (landscapes, optimizers, starts)."""
        return self.final.swapaxes(0, 1), self.steps.swapaxes(0, 1)

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each optimizer."""
        return Scenario(optimizers=self.task.entrants).labels()

    def race(self, landscape: int) -> Scenario:
        """The race of all optimizers on one of the landscapes, from its held-out starts with the settings found."""
        scenario = self.task.scenario(self.task.landscapes[landscape], held_out=True)
        return scenario.replace(optimizers=tuple(settings[landscape] for settings in self.chosen))

    def profile(self, entrant: int) -> tuple[Array, Array]:
        """The performance profile of an optimizer: the share of problems that it solves within a multiple of the best one's steps.

        Every held-out start of every landscape is a problem, the steps to the tolerance are its cost. Dolan and More 2002,
        doi:10.1007/s101070100263, equation 2.1 and the definition of rho after it.

        Returns:
            Ratios from 1, rising, at which the share steps up, and the share from there on, 0 to 1.
        """
        ratios = performance_ratios(self.steps.reshape(len(self.steps), -1))[entrant]
        solved = np.sort(ratios[np.isfinite(ratios)])
        steps_up, counts = np.unique(solved, return_counts=True)
        shares = np.cumsum(counts) / ratios.size
        if not steps_up.size or steps_up[0] > 1:
            steps_up, shares = np.append(1.0, steps_up), np.append(0.0, shares)
        return steps_up, shares

    def to_csv(self) -> str:
        """The table as CSV, a row for each optimizer on each landscape, under comment lines that explain the columns."""
        task, out = self.task, io.StringIO()
        out.write(
            f"# Descent tournament: {len(task.entrants)} optimizers on {len(task.landscapes)} landscapes, {task.steps} steps\n"
            f"# tuned {TUNED[task.tuned].lower()} with {task.count} trials each, by {OBJECTIVES[task.objective]} (median over the starts)\n"
            f"# {task.starts} tuning starts and {task.starts} other starts that judge, anywhere in the window; seed {task.seed}\n"
            "# rank: from 1, ties share their mean; by steps where most starts arrive, else by the share that does, if ranked by steps\n"
            "# reached: share of starts that came within the tolerance, 0 to 1\n"
            "# steps: median to the tolerance, inf if most never get there; final_loss: median above the lowest, inf if most diverged\n"
            "# operations: of a step, for one trajectory, with one trial where it searches; a_trial: those of each further trial\n"
        )
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["optimizer", "landscape", "rank", "reached", "steps", "final_loss", "operations", "a_trial", "settings"])
        table = np.stack([self.ranks, self.reached, self.median_steps, self.median_final], axis=2)
        for label, settings, rows in zip(self.labels, self.chosen, table.tolist(), strict=True):
            for name, choice, numbers in zip(task.landscapes, settings, rows, strict=True):
                cost = step_cost(landscapes.get(name), choice)
                operations = ["", ""] if isinstance(cost, str) else [cost.total, cost.of_a_trial]
                writer.writerow([label, name, *map(repr, numbers), *operations, settings_in_words(choice)])
        return out.getvalue()


def performance_ratios(costs: Array) -> Array:
    """How many times the cost of the best each solver needed for each problem, shape (solvers, problems); infinite where it failed.

    Args:
        costs: of the same shape, infinite where a solver failed. A cost of 0 counts as 1: both are the best there can be.
    """
    counted = np.maximum(costs, 1.0)
    best = counted.min(axis=0)
    return np.where(np.isfinite(counted), counted / np.where(np.isfinite(best), best, 1.0), np.inf)


def settings_in_words(choice: Choice) -> str:
    """All hyper-parameters of an optimizer, with all their digits: "learning rate 0.1, momentum 0.9, weight decay 0"."""
    chosen = optimizers.get(choice.name, **dict(choice.settings))
    return ", ".join(f"{parameter.title} {float(chosen.values[parameter.name]):.12g}" for parameter in chosen.parameters)
