"""The sidebar: every part of the scenario under its own heading, the most used first."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

import landscapes
import optimizers
from app_pages.claims import called
from app_pages.entrants import Entrants, optimizer_list, schedule_choice
from app_pages.formula import breakable
from app_pages.formula_box import choose_own_formula, formula_box
from app_pages.gallery import gallery
from app_pages.ground import choose_plane, plane_told
from app_pages.numbers import number, numbers
from app_pages.picks import read_points, without_positions, written_points
from app_pages.session import session
from app_pages.suited import change_and_tune
from app_pages.widgets import expander, show_problem, shows
from player.markdown import plain
from scenario import CUSTOM, NUMBERS, PATTERNS, Choice, Scenario, address
from scenario.tuned_rates import with_tuned_rates
from scenario.view import MOST_OPTIMIZERS
from simulation.attractors import all_known

_NETWORK = "plane of a network"
"""The kind of a landscape that is the plane of a network."""
_SOME_OF_MANY = "Its minima and saddles are too many, or too close together, to list them all: the lowest minima are known."
_LOOKED_FOR = "Minima and saddles were looked for from a grid. Two that lie in one of its cells, and minima at kinks, may be missing."


def sidebar(without: Collection[str] = (), told: str = "") -> None:
    """All controls.

    Args:
        without: those that cannot matter on this page: "landscape", "starts", "training", and of the last "steps".
        told: the sentence under the page's title, which is not said again.
    """
    with st.sidebar:
        if "landscape" not in without:
            _landscape(told)
        optimizer_list(Entrants(optimizers.names(), optimizers.get, _fresh, MOST_OPTIMIZERS, tune=_tune))
        if "starts" not in without:
            _starts()
        if "training" not in without:
            _training(with_steps="steps" not in without)


def _training(with_steps: bool) -> None:
    with expander("Steps and schedule" if with_steps else "Schedule", "expander schedule", ":material/timeline:") as is_open:
        if is_open:
            if with_steps:
                number("steps")
            schedule_choice()
    with expander("Noise, clipping, penalty", "expander noise", ":material/grain:") as is_open:
        for name in NUMBERS if is_open else ():
            if name == "seed" and session().scenario.noise:
                number(name, "seed of the noise")  # scattered starts have a slider for it, too
            elif name not in ("steps", "seed") and name in address.numbers(session().scenario):
                number(name)


# ---- landscape


def _landscape(told: str) -> None:
    scenario = session().scenario
    own, plane = scenario.landscape.name == CUSTOM, bool(scenario.network)
    kinds = [*landscapes.KINDS, landscapes.OWN_FORMULA, _NETWORK]
    special = {landscapes.OWN_FORMULA: own, _NETWORK: plane}
    chosen = next(filter(special.get, special), None)
    lit = chosen or next((kind for kind in landscapes.KINDS if _first_of(kind) == scenario.landscape.name), None)
    st.pills(
        "Landscape",
        kinds,
        default=lit,
        format_func=str.capitalize,
        required=True,
        help="The first of each kind, by what it teaches. All of them are in the list below.",
        **shows("kind", lit, _choose_kind),
    )
    if plane:
        plane_told()
    elif own:
        formula_box()
    else:
        gallery(scenario.landscape.name, _choose_landscape)
        show_problem("surface")
    landscape = scenario.build_landscape()
    if landscape.formula and not own:
        with st.container(key="formula"):
            st.markdown(f"$f(x, y) = {breakable(landscape.latex)}$")
    said = (landscape.about, called()[1])  # a preset's words stand in its place: no slider moves under the hand that changes the preset
    if landscape.about and not any(plain(text) in told for text in said):
        st.caption(landscape.about)
    if not all_known(landscape):
        st.caption(_SOME_OF_MANY if landscape.formula else _LOOKED_FOR)
    numbers(address.LANDSCAPE)


def _choose_kind(kind: str | None) -> None:
    if kind == landscapes.OWN_FORMULA:
        choose_own_formula()
    elif kind == _NETWORK:
        choose_plane()
    elif kind:
        _choose_landscape(_first_of(kind))


def _first_of(kind: str) -> str:
    """The landscape that a kind's button chooses."""
    return next(name for name in landscapes.names() if landscapes.get(name).kind == kind)


def _choose_landscape(name: str) -> None:
    """Another landscape, with its own start, and learning rates that are tuned to it."""
    change_and_tune("surface", lambda now: without_positions(now, landscape=Choice(name), formula="", window=None, network=""))


# ---- optimizers


def _tune() -> None:
    change_and_tune("optimizers", lambda now: now)


def _fresh(now: Scenario, name: str) -> Choice:
    """An optimizer that is added, with a rate that suits what there is."""
    return with_tuned_rates(now.replace(optimizers=(Choice(name),))).optimizers[0]


# ---- starts


def _starts() -> None:
    with expander("Starts", "expander starts", ":material/flag:") as is_open:
        if is_open:
            _pattern()


def _pattern() -> None:
    scenario = session().scenario
    st.segmented_control(
        "Starts",
        list(PATTERNS),
        default=scenario.starts.name,
        format_func=lambda name: PATTERNS[name].title,
        label_visibility="collapsed",
        required=True,
        **shows("pattern", scenario.starts.name, _choose_pattern),
    )
    st.caption(PATTERNS[scenario.starts.name].about)
    if scenario.starts.name == "points":
        _points(scenario)
    numbers(address.STARTS)
    if scenario.starts.name in ("cloud", "anywhere"):
        number("seed")
    show_problem("pattern")


def _choose_pattern(name: str) -> None:
    session().change("pattern", lambda now: now.replace(starts=Choice(name), points=()))


def _points(scenario: Scenario) -> None:
    now = session()
    text = written_points(scenario.start_points().T.tolist())
    text = now.reported("points", text) if "points" in now.problems else text
    st.text_input(
        "Points x, y",
        text,
        help="Separate coordinates by a comma and points by a semicolon: -3, 1; 2, 0.5",
        **shows("points", text, lambda typed: session().change("points", lambda now: now.replace(points=read_points(typed)))),
    )
    show_problem("points")
