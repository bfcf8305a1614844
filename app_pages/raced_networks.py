"""The experiment that a fair race or a tournament of networks is held with: one initialization of it, without variants and points."""

from __future__ import annotations

from streamlit.delta_generator import DeltaGenerator

from app_pages.races import comparison_of, measured
from app_pages.session import session
from app_pages.settings import Setting
from app_pages.sweep_boxes import numbers_of
from app_pages.trials import BudgetChoice
from app_pages.widgets import attempt, shows, theme
from player.component import trainer
from scenario import Experiment
from scenario.setup import labels_of


def raced(begun: Setting) -> Experiment:
    """The experiment of the present page.

    Args:
        begun: the page's choice of the initialization, counted from 0.
    """
    now = session().experiment
    (index,) = numbers_of(begun, len(now.initials)) or (0,)
    return now.replace(initials=(now.initials[index],), variants=(), points=())


def check(begun: Setting, budget: BudgetChoice) -> None:
    """Refuse what the link says of networks and is not possible, where none are shown."""
    raced(begun)
    budget.checked()


def choose_initial(begun: Setting, column: DeltaGenerator) -> None:
    """The list of the initializations, of which there are several."""
    now = session().experiment
    labels = labels_of(now.build_initials())
    index = now.initials.index(raced(begun).initials[0])
    column.selectbox(
        "Initialization",
        range(len(labels)),
        index=index,
        format_func=labels.__getitem__,
        help="A fair race begins from one of them.",
        **shows(f"{begun.page}.{begun.name}", index, lambda at: begun.set(str(at))),
    )


def several_initials() -> bool:
    """Whether there is one to choose."""
    return len(session().experiment.initials) > 1


def play(experiment: Experiment, key: str) -> None:
    """Train the networks of an experiment and play them."""
    if comparison := attempt(lambda: comparison_of(experiment)):
        panels = ("boundary", "loss") if comparison.data.inputs <= 2 else ("loss", "accuracy")
        measured(comparison, panels)
        trainer(comparison, theme(), panels, key, board=False)


def use(experiment: Experiment, page: str, note: str) -> None:
    """Give the page of networks an experiment with the settings found, for a callback."""
    session().change(page, lambda now: experiment, note)
