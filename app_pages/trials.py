"""What the pages that tune have in common: settings that each of them declares as its own."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages.session import capitalized, session
from app_pages.settings import Selection, Setting
from app_pages.widgets import number_box
from lab.costs import MOST_BUDGET, UNITS, Budget
from lab.judged import CLOSE_ENOUGH, SEEDS, Judged, counted, more_seeds
from lab.network_place import TUNED_BY
from lab.search import OBJECTIVES
from lab.tournament import TournamentTask
from lab.tuning import TuningTask
from landscapes import Landscape
from parameters import Param

_SEEDS = {str(seed): str(seed) for seed in range(10)}


def objective(page: str, default: str, label: str, help: str) -> Selection:
    """A page's choice of what is minimized."""
    return Selection(page, "objective", default, label, {name: capitalized(title) for name, title in OBJECTIVES.items()}, help)


_SEED_COUNTS = {str(count): str(count) for count in SEEDS}


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
    words = "Everything is done with so many seeds, each with trials and starts of its own: who can be told apart is known from them."
    return Selection(page, "seeds", "10", "Seeds", _SEED_COUNTS, words)


def seed(page: str) -> Selection:
    """A page's choice of the seed of its trials and starts."""
    return Selection(page, "tuning", "0", "First seed", _SEEDS, "The first of the seeds; others choose other trials and starts.")


def offer_seeds(seeds: Selection, task: TuningTask | TournamentTask, judged: Sequence[Judged]) -> None:
    """How well shares are known, and a button for more seeds where that is not close."""
    within, following = more_seeds(task.seeds, judged)
    told = f"With {counted(task.seeds, 'seed')} every share is known to within {within * 100:.0f} points."
    if not following:
        st.caption(told)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            f"{told} More are taken until that is {CLOSE_ENOUGH * 100:.0f}, whoever is ahead; all of them are counted.", width="stretch"
        )
        about = "Those that there are, and others; their number is in the link and in all that is saved."
        label = f"Take {following} seeds"
        st.button(label, icon=":material/add:", key=f"more {seeds.page}", help=about, on_click=seeds.set, args=(str(following),))


_COST = Param("budget", 200, 1, MOST_BUDGET, help="What a run may cost.")


class BudgetChoice:
    """A page's choice of what each run may cost.

    Args:
        page: the name of the page.
    """

    def __init__(self, page: str) -> None:
        words = "Everybody's runs may cost as much: in steps, or in what steps ask for. Who asks for more takes fewer steps."
        self._amount = Setting(page, "budget")
        self._unit = Selection(page, "unit", "steps", "Budget in", UNITS, words, (self._amount,))
        self._name = f"{page}.budget"

    @property
    def columns(self) -> list[float]:
        """How wide its lists are: of the unit, and of how much it is where it is not counted in steps."""
        return [0.95, 0.8] if self._unit.value != "steps" else [0.95]

    def choose(self, columns: list[DeltaGenerator], landscape: Landscape, steps: int) -> tuple[str, int]:
        """Show it in its columns; returns the unit and the amount, 0 for what so many steps cost."""
        unit, amount = self._unit.choose(columns[0]), 0
        if unit == "steps":
            return unit, amount
        if self._amount.value:
            try:
                amount = _amount(self._amount.value)
            except ValueError:
                self._amount.refuse("is no budget; it was left out")
        told = Budget.of(landscape, steps, unit, amount).amount
        with columns[1]:
            number_box("A run", told, self._name, self._type, help="At first what the steps of gradient descent cost.")
        return unit, amount

    def _type(self, value: float) -> None:
        try:
            self._amount.set(str(_amount(value)))
        except ValueError as error:
            session().refuse(self._name, error)


def _amount(given: float | str) -> int:
    """The amount of a budget.

    Raises:
        ValueError: it is none.
    """
    return int(_COST.check(float(given), "the budget"))
