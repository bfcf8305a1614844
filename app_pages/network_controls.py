"""The sidebar of the page of networks: data, the network, how its weights begin, and who trains it."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

import streamlit as st

from app_pages.entrants import Entrants, colour_chips, optimizer_list, schedule_choice
from app_pages.formula import breakable
from app_pages.numbers import number, numbers
from app_pages.own_data import choose_own_data, own_data
from app_pages.plane_controls import plane_and_points
from app_pages.session import session, set_value
from app_pages.variant_controls import styled_by, variant_list
from app_pages.widgets import acts_on, expander, show_problem, shows
from formulas import read_number
from networks import activations, datasets, initializers
from player.markdown import plain
from scenario import Choice, Experiment
from scenario.network_parts import MOST_RUNS, OWN, initial, optimizer, optimizer_names, source_title, sources
from scenario.setup import labels_of

_ADD = "add initialization"


def network_sidebar(told: str, both: bool = False, without: Collection[str] = ()) -> None:
    """All controls.

    Args:
        told: the sentence under the page's title, which is not said again.
        both: whether networks are trained without and with batch normalization, in sweeps, so that its switch has nothing to say; neither
            have variants and points of the landscape.
        without: what else cannot matter on this page: "data", "variants" (and points), "seed".
    """
    with st.sidebar:
        if "data" not in without:
            _data(told)
        _network(both)
        _initials()
        now = session().experiment
        most = MOST_RUNS // (len(now.build_variants()) * (len(now.initials) + len(now.points)))
        styled = styled_by() == "optimizers"
        optimizer_list(Entrants(optimizer_names(), optimizer, lambda now, name: Choice(name), most, styled=styled))
        if not (both or "variants" in without):
            variant_list()
            plane_and_points()
        with expander("Steps, batches, schedule", "expander training", ":material/timeline:") as is_open:
            if is_open:
                _steps()
        named = "Regularization, noise" if "seed" in without else "Regularization, noise, seed"
        with expander(named, "expander regularization", ":material/casino:") as is_open:
            for name in ("dropout", "l1", "l2", "noise", "frozen", "stop", "seed") if is_open else ():
                if name not in without and (name != "frozen" or now.widths):
                    number(name)


def _steps() -> None:
    """How long and on how many examples at a time everybody trains."""
    number("steps")
    number("batch")
    now = session().experiment
    if now.batch_norm and now.widths and any(way.number("batch") == 1 for way in now.build_variants()):
        st.caption(
            "Of one example the mean is the example itself, so that batch normalization makes every sum 0: nothing passes. Take at least 2."
        )
    schedule_choice()


# ---- data


def _data(told: str) -> None:
    experiment = session().experiment
    name = experiment.data.name
    st.pills(
        "Data",
        sources(),
        default=name,
        format_func=source_title,
        required=True,
        help="What the networks are to learn.",
        **shows("data", name, _choose_data),
    )
    if name == OWN:
        own_data()
    elif (about := datasets.source(name).about) and plain(about) not in told:
        st.caption(about)
    show_problem("data")
    with expander("Examples and noise", "expander data", ":material/scatter_plot:") as is_open:
        if is_open:
            numbers("data")


def _choose_data(name: str | None) -> None:
    if name == OWN:
        choose_own_data()
    elif name:
        session().change("data", lambda now: now.replace(data=Choice(name), table="", points=()))


# ---- the network


def _network(both: bool) -> None:
    st.markdown("**Network**")
    network = session().experiment.build_network()
    st.caption(f"{network}: {network.size:,} weights")
    number("depth")
    if session().experiment.widths:
        number("width")
    with expander("Layers and activation", "expander layers", ":material/layers:") as is_open:
        if is_open:
            _widths()
            _activation()
            if both:
                st.caption("Batch normalization: both are trained here, one map without it and one with it.")
            else:
                number("batch_norm")
    show_problem("widths")


def _widths() -> None:
    """The units of each layer one by one, in a box."""
    now = session()
    text = ", ".join(map(str, now.experiment.widths))
    text = now.reported("widths", text) if "widths" in now.problems else text
    st.text_input(
        "Units, layer by layer", text, help="From the input on, separated by commas: 32, 16, 8", **shows("widths", text, _type_widths)
    )


def _type_widths(text: str) -> None:
    session().change("widths", lambda now: now.replace(widths=read_widths(text)))


def read_widths(text: str) -> tuple[float, ...]:
    """The units of each layer that a text names, "32, 16, 8"; none if it is empty.

    Raises:
        ValueError: a piece of it is no number.
    """
    pieces = text.replace("-", ",").replace(";", ",").split(",") if text.strip() else []
    try:
        return tuple(read_number(piece) for piece in pieces)
    except ValueError:
        raise ValueError(f"{text.strip()!r} is no list of layers; write the units of each, separated by commas: 32, 16, 8") from None


def _activation() -> None:
    name, names = session().experiment.activation.name, activations.names()
    st.segmented_control(
        "Activation",
        names,
        default=name,
        format_func=lambda each: activations.get(each).name,
        required=True,
        **shows("activation", name, lambda chosen: session().change("activation", lambda now: now.replace(activation=Choice(chosen)))),
    )
    chosen = activations.get(name, **dict(session().experiment.activation.settings))
    st.latex(breakable(chosen.latex))
    st.caption(f"{chosen.about} Source: {chosen.source}")
    numbers("activation")
    show_problem("activation")


# ---- how the weights begin


def _initials() -> None:
    st.markdown("**Initialization**")
    experiment = session().experiment
    begun = experiment.build_initials()
    styled = styled_by() == "initials"
    if styled:
        colour_chips([experiment.optimizers[0].name] * len(begun))
    for index, (each, label) in enumerate(zip(begun, labels_of(begun), strict=True)):
        key = f"optimizer_{index}" if styled else f"initial_{index}"
        with st.container(key=key), expander(plain(label), f"expander initial {index} {each.key}") as is_open:
            if is_open:
                st.caption(each.about)
                numbers(f"initials.{index}")
                st.latex(breakable(each.latex))
                st.caption(f"Source: {each.source}")
                if len(begun) > 1:
                    st.button("Remove", icon=":material/close:", **acts_on(f"remove initial {index}", _begun, partial(_remove, index)))
    full = (len(begun) + 1 + len(experiment.points)) * len(experiment.optimizers) * len(experiment.build_variants()) > MOST_RUNS
    adding = st.popover("Add", icon=":material/add:", disabled=full, key=_ADD, on_change="rerun")
    if adding.open:
        with adding, st.container(horizontal=True, gap="small"):
            for name in initializers.names():
                declared = initializers.get(name)
                st.button(declared.name, key=f"add initial {name}", help=declared.about, on_click=_add, args=(name,))
    show_problem("initials")


def _begun() -> tuple[str, ...]:
    return tuple(choice.name for choice in session().experiment.initials)


def _add(name: str) -> None:
    """One more initialization; a second of the same sort starts with ten times the scale, so that the two differ."""

    def more(now: Experiment) -> Experiment:
        same = [choice for choice in now.initials if choice.name == name]
        added: Any = Choice(name)
        if same:
            scale = initial(name, **dict(same[-1].settings)).scale
            added = same[-1].replace(scale=scale * (10 if scale <= 10 else 0.1))
        return now.replace(initials=(*now.initials, added))

    set_value(_ADD, False)
    session().change("initials", more)


def _remove(index: int) -> None:
    session().change("initials", lambda now: now.replace(initials=(*now.initials[:index], *now.initials[index + 1 :])))
