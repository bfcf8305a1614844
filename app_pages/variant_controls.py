"""The variants of a training in the sidebar: each with the numbers in which it differs, and a list of what can be varied."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app_pages.entrants import colour_chips
from app_pages.numbers import number
from app_pages.session import capitalized, session, set_value
from app_pages.widgets import acts_on, expander, show_problem, shows
from networks import transfer
from player.markdown import plain
from scenario import Choice, Experiment
from scenario.address import join
from scenario.network_parts import MOST_RUNS
from scenario.variants import SCRATCH, VARYING, no_decay, variant_labels, variant_names, with_another

_ADD = "add variant"
_HELP = "Ways to train this one network, side by side: each variant sets some numbers that the others leave as they are."


def styled_by() -> str:
    """What the colours in the picture tell apart: the "optimizers", the "variants" or the "initials" of the experiment."""
    experiment = session().experiment
    if len(experiment.optimizers) > 1:
        return "optimizers"
    return "variants" if len(experiment.variants) > 1 else "initials"


def variant_list() -> None:
    """The variants, each with its numbers, and a list of what can be varied."""
    st.markdown("**Variants**", help=_HELP)
    experiment = session().experiment
    built, styled = experiment.build_variants(), styled_by() == "variants"
    if styled:
        colour_chips([experiment.optimizers[0].name] * len(built))
    labels = variant_labels(built, len(experiment.widths) + 1) if experiment.variants else ()
    for index, label in enumerate(labels):
        key = f"optimizer_{index}" if styled else f"variant_{index}"
        with st.container(key=key), expander(plain(label), f"expander variant {index}") as is_open:
            if is_open:
                _variant(index)
    runs = len(experiment.optimizers) * (len(experiment.initials) + len(experiment.points))
    full = max(len(built) + 1, 2) * runs > MOST_RUNS
    adding = st.popover("Add", icon=":material/add:", disabled=full, key=_ADD, on_change="rerun", help=_full_help() if full else None)
    if adding.open:
        with adding:
            _additions()
    show_problem("variants")


def _full_help() -> str:
    return f"At most {MOST_RUNS} networks have room: remove optimizers, initializations or points of the landscape."


def _variant(index: int) -> None:
    """One variant: where its weights come from, and every number in which one of them differs."""
    experiment = session().experiment
    source = experiment.variants[index].name
    st.selectbox(
        "Weights",
        variant_names(),
        index=variant_names().index(source),
        format_func=_source_title,
        help="Drawn by the initialization, or learned on another task before, all layers but the last.",
        **shows(f"variants.{index}.source", source, partial(_choose_source, index)),
    )
    if source != SCRATCH:
        st.caption(transfer.get(source).about)
    differing = {name for choice in experiment.variants for name, _ in choice.settings}
    for declared in VARYING:
        if declared.name in differing and not (declared.name == "frozen" and not experiment.widths):
            number(join(f"variants.{index}", declared.name))
    st.button("Remove", icon=":material/close:", **acts_on(f"remove variant {index}", _labels, partial(_remove, index)))


def _source_title(name: str) -> str:
    return "From the initialization" if name == SCRATCH else f"Learned in advance: {transfer.get(name).name}"


def _choose_source(index: int, name: str) -> None:
    def changed(now: Experiment) -> Experiment:
        chosen = list(now.variants)
        chosen[index] = Choice(name, chosen[index].settings)
        return now.replace(variants=tuple(chosen))

    session().change("variants", changed)


def _additions() -> None:
    """A button for everything that a variant can have of its own."""
    experiment = session().experiment
    st.caption("One more variant, with another …")
    with st.container(horizontal=True, gap="small"):
        for declared in VARYING:
            impossible = not experiment.widths and declared.name in ("frozen", "dropout")
            decays = declared.name != "weight_decay" or not any(map(no_decay, experiment.build_optimizers()))
            if decays and not impossible:
                st.button(
                    capitalized(declared.title), key=f"vary {declared.name}", help=declared.help, on_click=_add, args=(declared.name,)
                )
    tasks = [name for name in transfer.names() if transfer.get(name).inputs == experiment.build_data().inputs]
    if tasks and experiment.widths:
        st.caption("… or with weights learned in advance")
        with st.container(horizontal=True, gap="small"):
            for name in tasks:
                task = transfer.get(name)
                st.button(task.name, key=f"vary {name}", help=task.about, on_click=_add, args=(name,))


def _labels() -> tuple[str, ...]:
    """The variants as they are now."""
    experiment = session().experiment
    return variant_labels(experiment.build_variants(), len(experiment.widths) + 1)


def _add(name: str) -> None:
    set_value(_ADD, False)
    session().change("variants", lambda now: now.replace(variants=with_another(now.variants, name, now.steps, len(now.widths))))


def _remove(index: int) -> None:
    """Take one away; a last one that sets nothing is none."""

    def fewer(now: Experiment) -> Experiment:
        left = (*now.variants[:index], *now.variants[index + 1 :])
        return now.replace(variants=() if left == (Choice(SCRATCH),) else left)

    session().change("variants", fewer)
