"""What the pages that tune have in common: settings that each of them declares as its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import limits
from app_pages.jobs import jobs, watch
from app_pages.session import capitalized, session
from app_pages.settings import Selection, Setting
from app_pages.widgets import number_box, show_problem
from lab.costs import MOST_BUDGET, NETWORK_UNITS, NOT_COUNTED, UNITS, Budget, Where
from lab.executors import Task
from lab.jobs import Job
from lab.judged import CLOSE_ENOUGH, SEEDS, Judged, counted, more_seeds
from lab.network_place import TUNED_BY
from lab.search import OBJECTIVES
from lab.seeded import SeededTask
from parameters import Param
from scenario import Experiment, Scenario

T = TypeVar("T", bound=Any)
_SEEDS = {str(seed): str(seed) for seed in range(10)}


def objective(page: str, default: str, label: str, help: str) -> Selection:
    """A page's choice of what is minimized."""
    return Selection(page, "objective", default, label, {name: capitalized(title) for name, title in OBJECTIVES.items()}, help)


AS_NEEDED = "auto"
"""The choice of as many seeds as it takes to know shares well, as links have it."""
_FIRST = 10
"""With how many seeds that begins."""
_SEED_COUNTS = {AS_NEEDED: "Auto"} | {str(count): str(count) for count in SEEDS}


_RUNS = {str(count): str(count) for count in (1, 2, 3, 5, 10)}
_TRAININGS = {count: f"{count} each" for count in ("10", "20", "60", "200")}


def trainings(page: str) -> Selection:
    """A page's choice of how many trials there are for networks."""
    return Selection(page, "trainings", "20", "Trials", _TRAININGS, "Every optimizer gets the same number of settings to try.")


def runs(page: str, default: str = "2") -> Selection:
    """A page's choice of how often a network is trained."""
    words = "With each seed a trial is trained so often, with other first weights and other batches; as many other runs judge the result."
    return Selection(page, "runs", default, "Runs", _RUNS, words)


def tuned_by(page: str) -> Selection:
    """A page's choice of what networks are tuned for."""
    words = (
        "What tuning looks for: the loss on a fifth of the examples to learn from, held back meanwhile, or on all of them. The test loss "
        "tunes nothing: it judges."
    )
    return Selection(page, "tuned_by", "validation loss", "Tuned by", TUNED_BY, words)


def seeds(page: str) -> Selection:
    """A page's choice of how many seeds there are."""
    words = (
        "Everything is done with so many seeds, each with trials and starts of its own: who can be told apart is known from "
        f"them. Auto is {_FIRST}, and more until every share is known to within {CLOSE_ENOUGH * 100:.0f} points, whoever is ahead."
    )
    return Selection(page, "seeds", AS_NEEDED, "Seeds", _SEED_COUNTS, words)


def seed(page: str) -> Selection:
    """A page's choice of the seed of its trials and starts."""
    return Selection(page, "tuning", "0", "First seed", _SEEDS, "The first of the seeds; others choose other trials and starts.")


def first_seeds(seeds: Selection) -> int:
    """With how many seeds a page begins."""
    return _FIRST if seeds.value == AS_NEEDED else int(seeds.value)


def watch_seeds(seeds: Selection, task: Task[Any], doing: str, line: DeltaGenerator) -> Job[Any] | None:
    """Watch a task; where its page takes as many seeds as are needed, go on with more while what there is can be looked at.

    Args:
        seeds: the page's choice.
        task: what to compute first.
        doing: what is being done, in a few words.
        line: where it stands how well shares are known, how far the next seeds are, and the button that takes them.

    Returns:
        The job with the most seeds whose result is there, or that of the task; None where the user stopped it.
    """
    kind = type(task).__name__
    _leave_others(task, kind)
    job = watch(task, lambda _: doing)
    while job and job.result:
        session().tasks[kind] = job.task  # whose result is shown, and taken along
        with line.container(key=f"shares known with {job.result.task.seeds}", horizontal=True, vertical_alignment="center", gap="small"):
            following = _rise(seeds, job.task, job.result)
        if following is None:
            return job
        line.empty()
        job = following
    return job


def _leave_others(task: Any, kind: str) -> None:
    """Stop what takes more seeds of another task."""
    now = session()
    for name, more in list(now.tasks.items()):
        if name.startswith(f"{kind} with ") and replace(cast(Any, more), seeds=task.seeds) != task:
            jobs().leave(now.tasks.pop(name), now.name)
            now.unfinished.discard(name)


def _rise(seeds: Selection, task: Any, result: Any) -> Job[Any] | None:
    """Say how well shares are known, and take more seeds or offer them; returns the job that took more, once that is done."""
    judged = result.judged
    within, count = more_seeds(task.seeds, [judged] if isinstance(judged, Judged) else judged)
    st.caption(f"Shares are known to within {counted(round(within * 100), 'point')} with {counted(task.seeds, 'seed')}.", width="stretch")
    if not count:
        return None
    following, most, kind = _with(task, count), _most(task), f"{type(task).__name__} with {count}"
    if seeds.value == AS_NEEDED and following and count <= most and _may_begin(following, kind):
        more = watch(following, lambda _: f"{count} of at most {most} seeds", kind=kind)
        return more if more and more.result else None
    about = f"Until that is {CLOSE_ENOUGH * 100:.0f}, whoever is ahead. All seeds are counted, also in links and in all that is saved."
    st.button(f"Take {count} seeds", icon=":material/add:", key=f"more {seeds.page}", help=about, on_click=seeds.set, args=(str(count),))
    return None


def _may_begin(following: Any, kind: str) -> bool:
    """Whether more seeds are under way already, or may be: nobody is to wait for them."""
    known = jobs().find(following) is not None or session().stopped.get(kind) == following
    return known or not jobs().waiting


def _with(task: T, count: int) -> T | None:
    """The same with more seeds; None where that is more than can be done."""
    try:
        return replace(task, seeds=count)
    except ValueError:
        return None


def _most(task: Any) -> int:
    """How many seeds may be taken without being asked for."""
    able = [count for count in SEEDS if (more := _with(task, count)) and more.work <= limits.RAISED_STEPS.value]
    return max(able, default=0)


_COST = Param("budget", 200, 1, MOST_BUDGET, help="What a run may cost.")


OPERATIONS = f"Operations are not counted: {NOT_COUNTED}."
"""Why the budget of networks is not counted in operations."""


class BudgetChoice:
    """A page's choice of what each run may cost.

    Args:
        page: the name of the page.
        networks: whether it is that of networks.
    """

    def __init__(self, page: str, networks: bool = False) -> None:
        words = "Everybody's runs may cost as much: in steps, or in what steps ask for. Who asks for more takes fewer steps."
        if networks:
            words += f" {OPERATIONS}"
        kind, units = ("networks_", NETWORK_UNITS) if networks else ("", UNITS)
        self._of = (Experiment if networks else Scenario).noun
        self._amount = Setting(page, f"{kind}budget")
        self._unit = Selection(page, f"{kind}unit", "steps", "Budget in", units, words, (self._amount,))
        self._name = f"{page}.{kind}budget"
        self._width = 1.5 if networks else 1.1

    @property
    def columns(self) -> list[float]:
        """How wide its lists are: of the unit, and of how much it is where it is not counted in steps."""
        return [self._width, 0.9] if self._unit.value != "steps" else [self._width]

    def choose(self, columns: list[DeltaGenerator], where: Where, steps: int) -> tuple[str, int]:
        """Show it in its columns; returns the unit and the amount, 0 for what so many steps cost."""
        unit, amount = self._unit.choose(columns[0]), self.checked()
        if unit == "steps":
            return unit, amount
        told = Budget.of(where, steps, unit, amount).amount
        with columns[1]:
            number_box("A run", told, self._name, self._type, help="At first what the steps of gradient descent cost.")
            show_problem(self._name)
        return unit, amount

    def checked(self) -> int:
        """The amount in the link, 0 where it says none. One that is not possible is refused, also where its box is not shown."""
        text = self._amount.value
        if text and self._unit.value == "steps":
            self._amount.refuse(f"was left out: a budget in steps is the steps of the {self._of}")
        elif text:
            try:
                return _amount(text)
            except ValueError:
                self._amount.refuse("is no budget; it was left out")
        return 0

    def _type(self, value: float) -> None:
        try:
            self._amount.set(str(_amount(value)))
        except ValueError as error:
            session().refuse(self._name, error)


def told_budget(task: SeededTask[Any]) -> str:
    """What each run may cost, in sentences that follow others; "" where that is so many steps."""
    if task.unit == "steps":
        return ""
    return f" {task.budget_in_words()}.{f' {OPERATIONS}' if task.units is NETWORK_UNITS else ''}"


def _amount(given: float | str) -> int:
    """The amount of a budget.

    Raises:
        ValueError: it is none.
    """
    return int(_COST.check(float(given), "the budget"))
