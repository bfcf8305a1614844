"""Who trains: the optimizers of what is shown, and how their learning rates decay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

import optimizers
from app_pages.numbers import number, numbers
from app_pages.session import session, set_value
from app_pages.widgets import acts_on, expander, show_problem, shows
from figures.theme import styles
from optimizers import Optimizer, Schedule
from optimizers.options import RATE_CHANGE
from parameters import short
from player.markdown import plain
from scenario import Choice, address
from scenario.setup import labels_of

_ADDITIONS = 300
"""The height of the list of all methods, in pixels: it opens above its button, where a low screen has no more room."""
_CHANGE = "From a step of your choice on, the learning rate is another: what a schedule does, by hand."
_ADD = "add"
"""The list of optimizers to add, which closes with a choice."""


@dataclass(frozen=True)
class Entrants:
    """Who can take part in a kind of setup.

    Attributes:
        names: of all methods that can.
        get: the method of a name, with its settings.
        fresh: the choice of one that is added, of which there is none yet.
        most: how many can take part now.
        styled: whether each has the colour that it has in the picture.
        tune: what "Tune rates" does; None if there is no such button.
    """

    names: Sequence[str]
    get: Callable[..., Optimizer]
    fresh: Callable[[Any, str], Choice]
    most: int
    styled: bool = True
    tune: Callable[[], None] | None = None


def optimizer_list(entrants: Entrants) -> None:
    """The optimizers that take part, each with its numbers, and a list of those that can be added."""
    st.markdown("**Optimizers**")
    chosen = session().setup.build_optimizers()
    if entrants.styled:
        colour_chips([optimizer.key for optimizer in chosen])
    for index, (optimizer, label) in enumerate(zip(chosen, labels_of(chosen), strict=True)):
        key = f"optimizer_{index}" if entrants.styled else f"method_{index}"
        with st.container(key=key), expander(plain(label), f"expander {index} {optimizer.key}") as is_open:
            if is_open:
                _optimizer(index, optimizer, len(chosen) > 1)
    left, right = st.columns(2, vertical_alignment="bottom")
    adding = left.popover("Add", icon=":material/add:", width="stretch", disabled=len(chosen) >= entrants.most, key=_ADD, on_change="rerun")
    if adding.open:
        with adding:
            _additions(entrants)
    if entrants.tune:
        right.button(
            "Tune rates",
            icon=":material/tune:",
            width="stretch",
            help="Gives each optimizer the rate that gets down soonest here and settles. Several rates of one optimizer keep their ratios.",
            on_click=entrants.tune,
        )
    show_problem("optimizers")


def colour_chips(methods: Sequence[str]) -> None:
    """Give what stands in the containers "optimizer_0", "optimizer_1", ... the colours that the picture has for these methods."""
    chips = "".join(f".st-key-optimizer_{index} {{{look.css}}}" for index, look in enumerate(styles(list(methods))))
    st.html(f"<style>{chips}</style>")


def _additions(entrants: Entrants) -> None:
    """A list to find an optimizer in by typing, and a button for every one, by family."""
    st.selectbox(
        "Find a method",
        entrants.names,
        index=None,
        placeholder="Find a method: type its name",
        format_func=lambda name: optimizers.get(name).name,
        label_visibility="collapsed",
        **shows("find a method", None, lambda name: _add(entrants, name) if name else None),
    )
    families: dict[str, list[str]] = {}
    for name in entrants.names:
        families.setdefault(optimizers.get(name).family, []).append(name)
    with st.container(height=_ADDITIONS, border=False):
        for family, names in families.items():
            st.caption(family)
            with st.container(horizontal=True, gap="small"):
                for name in names:
                    added = optimizers.get(name)
                    st.button(added.name, key=f"add {name}", help=added.about, on_click=_add, args=(entrants, name))


def _optimizer(index: int, chosen: Optimizer, removable: bool) -> None:
    st.caption(chosen.about)
    part = address.optimizer(index)
    options = [address.join(part, option.name) for option in RATE_CHANGE]
    numbers(part, without=options)
    _rate_change(index, chosen, *options)
    st.latex(chosen.latex)
    st.caption(f"Source: {chosen.source}")
    if removable:
        st.button("Remove", icon=":material/close:", **acts_on(f"remove {index}", _names, lambda: _remove(index)))


def _rate_change(index: int, optimizer: Optimizer, at: str, by: str) -> None:
    """Whether the learning rate is another from some step on, and if so from which, and how much."""
    steps: int = address.get(session().setup, "steps")  # type: ignore[assignment]
    if "change_at" not in optimizer.values:
        return
    changes = optimizer.changes_rate
    halfway = max(steps // 2, 1)
    switch = partial(_switch_change, at, halfway)
    st.toggle("Change the rate in mid-run", changes, help=_CHANGE, **shows(f"change {index} {optimizer.key}", changes, switch))
    if changes:
        number(at)
        number(by)
        before, step = float(optimizer.values["lr"]), int(optimizer.values["change_at"])
        after = before * float(optimizer.values["change_by"])
        late = f" That is after the last step, {steps}." if step > steps else ""
        st.caption(f"From step {step} on the learning rate is {short(after)} in place of {short(before)}.{late}")


def _switch_change(at: str, step: int, on: bool) -> None:
    session().change(at, lambda now: address.with_value(now, at, step if on else 0))


def _add(entrants: Entrants, name: str) -> None:
    """One more optimizer; a second of the same sort starts with half the learning rate, so that the two differ."""

    def more(now: Any) -> Any:
        same = [choice for choice in now.optimizers if choice.name == name]
        if same and "lr" in optimizers.get(name).values:
            rate = entrants.get(name, **dict(same[-1].settings)).values["lr"]
            added = same[-1].replace(lr=float(rate) / 2)
        else:
            added = entrants.fresh(now, name)
        return now.replace(optimizers=(*now.optimizers, added))

    set_value(_ADD, False)
    session().change("optimizers", more)


def _names() -> tuple[str, ...]:
    """Who takes part now."""
    return tuple(optimizer.key for optimizer in session().setup.build_optimizers())


def _remove(index: int) -> None:
    session().change("optimizers", lambda now: now.replace(optimizers=(*now.optimizers[:index], *now.optimizers[index + 1 :])))


def schedule_choice() -> None:
    """The learning-rate schedule, and its numbers."""
    setup, names = session().setup, optimizers.schedules.names()
    schedule = setup.build_schedule()
    st.selectbox(
        "Learning-rate schedule",
        names,
        index=names.index(schedule.key),
        format_func=lambda name: optimizers.schedules.get(name).name,
        **shows("schedule", schedule.key, _choose_schedule),
    )
    st.caption(f"{schedule.about} {_first_and_last(schedule, int(address.get(setup, 'steps')))}")
    numbers(address.SCHEDULE)
    show_problem("schedule")


def _first_and_last(schedule: Schedule, steps: int) -> str:
    """What the schedule makes of the learning rate in the first and in the last step, as a sentence; "" where it stays as it is."""
    factors = schedule.factors(steps)
    if (factors == 1).all():
        return ""
    first, last = (short(float(factor)) for factor in (factors[0], factors[-1]))
    return f"Step 1 goes at {first} times the learning rate, the last one, step {steps}, at {last} times."


def _choose_schedule(name: str) -> None:
    session().change("schedule", lambda now: now.replace(schedule=Choice(name)))
