"""The plane of a network as the landscape of a race: found before the page is drawn, since all of the page speaks of it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app_pages.picks import without_positions
from app_pages.places import LANDSCAPE
from app_pages.races import comparison_of, refuse_too_long, with_bar
from app_pages.session import Halted, sentence, session
from app_pages.widgets import hand_over
from figures.loss_grid import FINEST, loss_grid
from figures.surface import GRID
from scenario import PLANE, Choice, Comparison, Experiment, Scenario, View
from scenario.landscape_presets import SHOWN
from scenario.network_plane import is_known, landscape_of, query_of, remember
from scenario.tuned_rates import changed_rates, with_tuned_rates
from simulation.attractors import attractors
from simulation.progress import Progress, heeding

_USUAL = "ravine"
"""What is raced on where a plane cannot be."""
_MOST_STEPS = 1000


def ground_ready() -> bool:
    """Find the plane that the scenario races on, if it does, with a progress bar if that takes long; else another landscape and why.

    Returns:
        Whether there is something to race on; not where the user has stopped it, which is then said, with the way on and another one.
    """
    now = session()
    setup = now.setup
    if not isinstance(setup, Scenario) or not setup.network:
        return True
    if not is_known(setup.network):
        try:
            experiment = Experiment.from_query(setup.network)
            refuse_too_long(experiment)
            _find(comparison_of(experiment, stoppable=True))
        except Halted:
            st.markdown("This race is on the landscape of trained networks, which has to be there first.")
            st.button("Race on another landscape", icon=":material/landscape:", on_click=_give_up)
            return False
        except ValueError as error:
            now.change("surface", _elsewhere)
            now.note(f"The plane cannot be raced on: {sentence(error)}", setup.network)
            return True
    if now.to_tune != setup.network or _tuned(setup):
        now.to_tune = ""
    return True


def _find(comparison: Comparison) -> None:
    """Its relief, flat and raised, and its minima: the page needs all three."""
    landscape, query = landscape_of(comparison), query_of(comparison.experiment)

    def look(report: Progress) -> None:
        for done, side in enumerate((FINEST, GRID)):
            with heeding(partial(_between, report, done / 3, (done + 1) / 3)):
                loss_grid(landscape, side)
        with heeding(partial(_between, report, 2 / 3, 2 / 3)):  # which asks many times: none tells how far the search is
            attractors(landscape)

    with_bar(look, "Looking at the landscape", query)
    remember(landscape, query)


def _between(report: Progress, low: float, high: float, fraction: float) -> object:
    return report(low + fraction * (high - low))


def _tuned(scenario: Scenario) -> bool:
    """Give each optimizer a rate that suits the plane, on which coordinates are other numbers than weights.

    Returns:
        Whether that is done; not where the user has stopped it: then they race with the rates that they have.
    """

    def tuned(report: Progress) -> Scenario:
        found: list[Choice] = []
        for done, choice in enumerate(scenario.optimizers):
            report(done / len(scenario.optimizers))
            with heeding(partial(_between, report, *[done / len(scenario.optimizers)] * 2)):
                found += with_tuned_rates(scenario.replace(optimizers=(choice,))).optimizers
        return scenario.replace(optimizers=tuple(found))

    try:
        after = with_bar(tuned, "Tuning the learning rates", scenario.network)
    except Halted:
        return False
    session().change("optimizers", lambda _: after)
    if changes := changed_rates(scenario, after):
        session().tell(f"The learning rates were tuned to this plane: {changes}.", scenario.optimizers)
    return True


def _give_up() -> None:
    session().change("surface", _elsewhere)


def _elsewhere(scenario: Scenario) -> Scenario:
    return without_positions(scenario, landscape=Choice(_USUAL), network="")


# ---- ways to it and back


def race_button(comparison: Comparison) -> None:
    """A button that leads to the Race page with this plane as its landscape."""
    words = "On this plane optimizers can race as on any other landscape: with two coordinates in place of all weights."
    about = "Opens the Race page on this plane: any optimizer, maps, 3-D, step by step; and from there its basins and sweeps."
    hand_over(words, "Race on this plane", ":material/sprint:", lambda: _go(comparison), about, share=3)


def _go(comparison: Comparison) -> None:
    experiment = comparison.experiment
    names = dict.fromkeys(choice.name for choice in experiment.optimizers)
    race = Scenario(optimizers=tuple(map(Choice, names)), steps=min(experiment.steps, _MOST_STEPS))
    session().to_tune = query_of(experiment)
    session().open(lambda: View(_on_plane(race, experiment)))


def choose_plane() -> None:
    """Race on the plane of the page of real landscapes, for a widget's callback."""
    experiment = session().desks[LANDSCAPE].setup
    assert isinstance(experiment, Experiment)
    session().to_tune = query_of(experiment)
    session().change("surface", lambda now: _on_plane(now, experiment))


def _on_plane(scenario: Scenario, experiment: Experiment) -> Scenario:
    plain = without_positions(scenario, landscape=Choice(_USUAL), formula="", window=None, l1=0.0, l2=0.0)
    return plain.replace(landscape=Choice(PLANE), network=query_of(experiment))


def plane_told() -> None:
    """Whose plane it is, and the way to where it was trained."""
    experiment = Experiment.from_query(session().scenario.network)
    kind = experiment.build_plane()
    where = f"which stands still here, exact {kind.at_rest}" if kind.at_rest else f"exact {kind.exact}"
    st.markdown(f"{experiment.title}. Plane: {kind.name}, {where}.")
    st.button(
        "See how it was trained",
        icon=":material/landscape:",
        width="stretch",
        on_click=_show,
        args=(experiment,),
        help="Opens the Real landscape page with this network.",
    )


def network_button(query: str) -> None:
    """The way to the network whose plane cannot be raced on, with the settings that its link has."""
    about = "Opens the Real landscape page with this network, where its settings can be changed."
    icon = ":material/landscape:"
    st.button("Open the network", icon=icon, key="open network", type="tertiary", on_click=_open, args=(query,), help=about)


def _open(query: str) -> None:
    _show(Experiment.from_query(query))


def _show(experiment: Experiment) -> None:
    session().open(lambda: View(experiment, SHOWN))
