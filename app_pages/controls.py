"""The sidebar: every part of the scenario under its own heading, the most used first."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import streamlit as st

import landscapes
import optimizers
from app_pages.formula import breakable
from app_pages.formula_box import choose_own_formula, formula_box
from app_pages.gallery import gallery
from app_pages.picks import read_points, without_positions, written_points
from app_pages.session import session, set_value
from app_pages.suited import change_and_tune
from app_pages.widgets import acts_on, expander, parameter, show_problem, shows
from figures.theme import styles
from optimizers import Schedule
from optimizers.options import RATE_CHANGE
from parameters import short
from player.markdown import plain
from scenario import CUSTOM, NUMBERS, PATTERNS, Choice, Scenario, address
from scenario.tuned_rates import with_tuned_rates
from scenario.view import MOST_OPTIMIZERS
from simulation.attractors import all_known

_ADDITIONS = 300
"""The height of the list of all methods, in pixels: it opens above its button, where a low screen has no more room."""
_CHANGE = "From a step of your choice on, the learning rate is another: what a schedule does, by hand."
_ADD = "add"
"""The list of optimizers to add, which closes with a choice."""


def sidebar(without: Collection[str] = (), told: str = "") -> None:
    """All controls.

    Args:
        without: those that cannot matter on this page: "landscape", "starts", "training".
        told: the sentence under the page's title, which is not said again.
    """
    with st.sidebar:
        if "landscape" not in without:
            _landscape(told)
        _optimizers()
        if "starts" not in without:
            _starts()
        if "training" not in without:
            _training()


def _number(at: str, name: str | None = None) -> None:
    """A slider or switch for the number at an address of the scenario; under another name where a second one is for the same number."""
    number, name = address.find(session().scenario, at), name or at

    def moved(value: float) -> None:
        session().change(name, lambda now: address.with_value(now, at, value))

    parameter(number.param, number.value, name, moved)


def _numbers(part: str, without: Collection[str] = ()) -> None:
    """Sliders for all numbers in a part of the scenario, but for some."""
    for at in address.numbers(session().scenario):
        if address.split(at)[0] == part and at not in without:
            _number(at)


def _training() -> None:
    with expander("Steps and schedule", "expander schedule", ":material/timeline:") as is_open:
        if is_open:
            _number("steps")
            _schedule()
    with expander("Noise, clipping, penalty", "expander noise", ":material/grain:") as is_open:
        for name in NUMBERS if is_open else ():
            if name == "seed" and session().scenario.noise:
                _number(name, "seed of the noise")  # scattered starts have a slider for it, too
            elif name not in ("steps", "seed"):
                _number(name)


# ---- landscape


def _landscape(told: str) -> None:
    scenario = session().scenario
    own = scenario.landscape.name == CUSTOM
    kinds = [*landscapes.KINDS, landscapes.OWN_FORMULA]
    lit = landscapes.OWN_FORMULA if own else next((kind for kind in landscapes.KINDS if _first_of(kind) == scenario.landscape.name), None)
    st.pills(
        "Landscape",
        kinds,
        default=lit,
        format_func=str.capitalize,
        required=True,
        help="The first of each kind, by what it teaches. All of them are in the list below.",
        **shows("kind", lit, _choose_kind),
    )
    if own:
        formula_box()
    else:
        gallery(scenario.landscape.name, _choose_landscape)
        show_problem("surface")
    landscape = scenario.build_landscape()
    if not own:
        with st.container(key="formula"):
            st.markdown(f"$f(x, y) = {breakable(landscape.latex)}$")
    if landscape.about and plain(landscape.about) not in told:
        st.caption(landscape.about)
    if not all_known(landscape):
        st.caption("Its minima and saddles are too many, or too close together, to list them all: the lowest minima are known.")
    _numbers(address.LANDSCAPE)


def _choose_kind(kind: str | None) -> None:
    if kind == landscapes.OWN_FORMULA:
        choose_own_formula()
    elif kind:
        _choose_landscape(_first_of(kind))


def _first_of(kind: str) -> str:
    """The landscape that a kind's button chooses."""
    return next(name for name in landscapes.names() if landscapes.get(name).kind == kind)


def _choose_landscape(name: str) -> None:
    """Another landscape, with its own start, and learning rates that are tuned to it."""
    change_and_tune("surface", lambda now: without_positions(now).replace(landscape=Choice(name), formula="", window=None))


# ---- optimizers


def _optimizers() -> None:
    scenario = session().scenario
    st.markdown("**Optimizers**")
    chosen = scenario.build_optimizers()
    looks = styles([optimizer.key for optimizer in chosen])
    chips = "".join(f".st-key-optimizer_{index} {{{look.css}}}" for index, look in enumerate(looks))
    st.html(f"<style>{chips}</style>")
    for index, (choice, label) in enumerate(zip(scenario.optimizers, scenario.labels(), strict=True)):
        with st.container(key=f"optimizer_{index}"), expander(plain(label), f"expander {index} {choice.name}") as is_open:
            if is_open:
                _optimizer(index, choice, len(scenario.optimizers) > 1)
    left, right = st.columns(2, vertical_alignment="bottom")
    adding = left.popover(
        "Add", icon=":material/add:", width="stretch", disabled=len(chosen) >= MOST_OPTIMIZERS, key=_ADD, on_change="rerun"
    )
    if adding.open:
        with adding:
            _additions()
    right.button(
        "Tune rates",
        icon=":material/tune:",
        width="stretch",
        help="Gives each optimizer the rate that gets down soonest here and settles. Several rates of one optimizer keep their ratios.",
        on_click=lambda: change_and_tune("optimizers", lambda now: now),
    )
    show_problem("optimizers")


def _additions() -> None:
    """A list to find an optimizer in by typing, and a button for every one, by family."""
    st.selectbox(
        "Find a method",
        optimizers.names(),
        index=None,
        placeholder="Find a method: type its name",
        format_func=lambda name: optimizers.get(name).name,
        label_visibility="collapsed",
        **shows("find a method", None, _add_found),
    )
    families: dict[str, list[str]] = {}
    for name in optimizers.names():
        families.setdefault(optimizers.get(name).family, []).append(name)
    with st.container(height=_ADDITIONS, border=False):
        for family, names in families.items():
            st.caption(family)
            with st.container(horizontal=True, gap="small"):
                for name in names:
                    added = optimizers.get(name)
                    st.button(added.name, key=f"add {name}", help=added.about, on_click=_add, args=(name,))


def _optimizer(index: int, choice: Choice, removable: bool) -> None:
    declared = optimizers.get(choice.name)
    st.caption(declared.about)
    part = address.optimizer(index)
    options = [address.join(part, option.name) for option in RATE_CHANGE]
    _numbers(part, without=options)
    _rate_change(index, choice, *options)
    st.latex(declared.latex)
    st.caption(f"Source: {declared.source}")
    if removable:
        st.button("Remove", icon=":material/close:", **acts_on(f"remove {index}", _names, lambda: _remove(index)))


def _rate_change(index: int, choice: Choice, at: str, by: str) -> None:
    """Whether the learning rate is another from some step on, and if so from which, and how much."""
    scenario = session().scenario
    optimizer = scenario.build_optimizers()[index]
    if "change_at" not in optimizer.values:
        return
    changes = optimizer.changes_rate
    halfway = max(scenario.steps // 2, 1)
    switch = partial(_switch_change, at, halfway)
    st.toggle("Change the rate in mid-run", changes, help=_CHANGE, **shows(f"change {index} {choice.name}", changes, switch))
    if changes:
        _number(at)
        _number(by)
        before, step = float(optimizer.values["lr"]), int(optimizer.values["change_at"])
        after = before * float(optimizer.values["change_by"])
        late = f" That is after the last step, {scenario.steps}." if step > scenario.steps else ""
        st.caption(f"From step {step} on the learning rate is {short(after)} in place of {short(before)}.{late}")


def _switch_change(at: str, step: int, on: bool) -> None:
    session().change(at, lambda now: address.with_value(now, at, step if on else 0))


def _add(name: str) -> None:
    """One more optimizer; a second of the same sort starts with half the learning rate, so that the two differ."""

    def more(now: Scenario) -> Scenario:
        fresh = with_tuned_rates(now.replace(optimizers=(Choice(name),))).optimizers[0]
        same = [choice for choice in now.optimizers if choice.name == name]
        if same and "lr" in optimizers.get(name).values:
            rate = optimizers.get(name, **dict(same[-1].settings)).values["lr"]
            fresh = same[-1].replace(lr=float(rate) / 2)
        return now.replace(optimizers=(*now.optimizers, fresh))

    set_value(_ADD, False)
    session().change("optimizers", more)


def _add_found(name: str | None) -> None:
    if name:
        _add(name)


def _names() -> tuple[str, ...]:
    """Who takes part now."""
    return tuple(choice.name for choice in session().scenario.optimizers)


def _remove(index: int) -> None:
    session().change("optimizers", lambda now: now.replace(optimizers=(*now.optimizers[:index], *now.optimizers[index + 1 :])))


# ---- starts and schedule


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
    _numbers(address.STARTS)
    if scenario.starts.name in ("cloud", "anywhere"):
        _number("seed")
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


def _schedule() -> None:
    scenario = session().scenario
    names = optimizers.schedules.names()
    st.selectbox(
        "Learning-rate schedule",
        names,
        index=names.index(scenario.schedule.name),
        format_func=lambda name: optimizers.schedules.get(name).name,
        **shows("schedule", scenario.schedule.name, _choose_schedule),
    )
    schedule = scenario.build_schedule()
    st.caption(f"{schedule.about} {_first_and_last(schedule, scenario.steps)}")
    _numbers(address.SCHEDULE)
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
