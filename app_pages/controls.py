"""The sidebar: every part of the scenario under its own heading, the most used first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import landscapes
import optimizers
from app_pages.picks import read_points, written_points
from app_pages.state import ALL, change, current, heard, problem, show, standing, stay
from app_pages.widgets import complain, fold, parameter
from figures.theme import styles
from formulas import unknown_names
from parameters import Param
from scenario import NUMBERS, OWN, PATTERNS, Choice, Scenario
from scenario.tuned_rates import with_tuned_rates

_OWN_EXAMPLE = "x**2 + k*y**2 + sin(3*x)*sin(3*y)"
_OWN_WINDOW = ((-4.0, 4.0), (-4.0, 4.0))
_SUITED = "The learning rates were set to suit this landscape."
_MOST_ENTRANTS = 12
_LAST_FORMULA = "last formula"


def sidebar(without: Collection[str] = ()) -> None:
    """All controls.

    Args:
        without: those that cannot matter on this page: "landscape", "starts", "rest".
    """
    with st.sidebar:
        if "landscape" not in without:
            _landscape()
        _optimizers()
        if "starts" not in without:
            _starts()
        if "rest" not in without:
            _rest()


def _rest() -> None:
    with fold("Steps and schedule", "fold schedule", ":material/timeline:") as is_open:
        if is_open:
            _number("steps")
            _schedule()
    with fold("Noise and penalty", "fold noise", ":material/grain:") as is_open:
        for name in NUMBERS if is_open else ():
            if name not in ("steps", "seed") or (name == "seed" and current().noise):
                _number(name)


# ---- landscape


def _landscape() -> None:
    scenario = current()
    kind = landscapes.OWN if scenario.landscape.name == OWN else landscapes.get(scenario.landscape.name).kind
    kinds = [*landscapes.KINDS, landscapes.OWN]
    st.pills(
        "Landscape",
        kinds,
        default=kind,
        key=show("kind", kind),
        format_func=str.capitalize,
        on_change=heard("kind", _choose_kind),
        required=True,
        help="What to race on, by what it teaches.",
    )
    if kind == landscapes.OWN:
        _own_formula()
    else:
        names = [name for name in landscapes.names() if landscapes.get(name).kind == kind]
        st.selectbox(
            "Surface",
            names,
            index=names.index(scenario.landscape.name),
            key=show("surface", scenario.landscape.name),
            format_func=lambda name: landscapes.get(name).name,
            on_change=heard("surface", _choose_landscape),
            label_visibility="collapsed",
        )
        complain("surface")
    landscape = scenario.build_landscape()
    with st.container(key="formula"):
        st.latex("f(x, y) = " + landscape.latex)
    if landscape.about:
        st.caption(landscape.about)
    _settings(landscape.parameters, "landscape", scenario.landscape, lambda now, choice: now.replace(landscape=choice))


def _choose_kind(kind: str | None) -> None:
    if kind == landscapes.OWN:
        text = st.session_state.get(_LAST_FORMULA, _OWN_EXAMPLE)
        change("formula", lambda now: _with_formula(now, text), _SUITED, ALL)
    elif kind:
        _choose_landscape(next(name for name in landscapes.names() if landscapes.get(name).kind == kind))


def _choose_landscape(name: str) -> None:
    """Another landscape, with its own start, and learning rates that suit it."""
    change("surface", lambda now: with_tuned_rates(_elsewhere(now).replace(landscape=Choice(name), formula="", window=None)), _SUITED, ALL)


def _elsewhere(scenario: Scenario) -> Scenario:
    """The scenario without the places that belong to its present landscape."""
    kept = {name: value for name, value in scenario.starts.settings if name not in ("x", "y")}
    return scenario.replace(points=(), starts=Choice.of(scenario.starts.name, **kept))


def _own_formula() -> None:
    scenario = current()
    st.session_state[_LAST_FORMULA] = scenario.formula
    key = standing("own text") if problem("formula") else show("own text", scenario.formula)
    st.text_area(
        "Formula in x and y",
        scenario.formula,
        key=key,
        height=90,
        max_chars=None,
        on_change=heard("own text", lambda text: change("formula", lambda now: _with_formula(now, text), _SUITED, ("starts", "rest"))),
        help="Numbers, + - * / ** ( ), pi, e, and sin cos tan asin acos atan sinh cosh tanh exp log sqrt abs sign min max hypot. "
        "Any other name becomes a parameter with a slider.",
    )
    complain("formula")
    (x0, x1), (y0, y1) = scenario.window or _OWN_WINDOW
    for row, names in ((0, ("x from", "x to")), (1, ("y from", "y to"))):
        for column, name in zip(st.columns(2), names, strict=True):
            value = ((x0, x1), (y0, y1))[row][names.index(name)]
            column.number_input(
                name,
                value=float(value),
                key=show(f"window {name}", float(value)),
                step=1.0,
                format="%g",
                on_change=heard(f"window {name}", lambda _: _window_moved()),
            )
    complain("window")


def _window_moved() -> None:
    x0, x1, y0, y1 = (st.session_state[standing(f"window {name}")] for name in ("x from", "x to", "y from", "y to"))
    change("window", lambda now: now.replace(window=((x0, x1), (y0, y1))), groups=("starts",))


def _with_formula(scenario: Scenario, text: str) -> Scenario:
    """The scenario with the user's formula; parameters that it had already keep their values, new ones start at 1."""
    before = dict(scenario.landscape.settings) if scenario.landscape.name == OWN else {}
    settings = {name: before.get(name, 1.0) for name in unknown_names(text, ("x", "y"))}
    window = scenario.window or _OWN_WINDOW
    place = scenario if scenario.landscape.name == OWN else _elsewhere(scenario)
    return with_tuned_rates(place.replace(landscape=Choice.of(OWN, **settings), formula=text, window=window))


# ---- optimizers


def _optimizers() -> None:
    scenario = current()
    st.markdown("**Optimizers**")
    chosen = scenario.build_optimizers()
    colours = [style.colour for style in styles([optimizer.key for optimizer in chosen])]
    dots = "".join(f".st-key-entrant_{place} {{--chip: {colour};}}" for place, colour in enumerate(colours))
    st.html(f"<style>{dots}</style>")
    for place, (choice, label) in enumerate(zip(scenario.optimizers, scenario.labels(), strict=True)):
        with st.container(key=f"entrant_{place}"), fold(label, f"fold {place} {choice.name}") as is_open:
            if is_open:
                _optimizer(place, choice, len(scenario.optimizers) > 1)
    left, right = st.columns(2, vertical_alignment="bottom")
    adding = left.popover("Add", icon=":material/add:", width="stretch", disabled=len(chosen) >= _MOST_ENTRANTS, key="add", on_change=stay)
    if adding.open:
        _additions(adding)
    right.button(
        "Suit rates",
        icon=":material/tune:",
        width="stretch",
        help="Sets every learning rate to the one that brings the loss down soonest here.",
        on_click=lambda: change("optimizers", with_tuned_rates, _SUITED, ("rest",)),
    )
    complain("optimizers")


def _additions(place: DeltaGenerator) -> None:
    """A button for every optimizer, by family."""
    with place:
        families: dict[str, list[str]] = {}
        for name in optimizers.names():
            families.setdefault(optimizers.get(name).family, []).append(name)
        for family, names in families.items():
            st.caption(family)
            with st.container(horizontal=True, gap="small"):
                for name in names:
                    added = optimizers.get(name)
                    st.button(added.name, key=f"add {name}", help=added.about, on_click=_add, args=(name,))


def _optimizer(place: int, choice: Choice, removable: bool) -> None:
    declared = optimizers.get(choice.name)
    st.caption(declared.about)

    def put(now: Scenario, changed: Choice) -> Scenario:
        return now.replace(optimizers=(*now.optimizers[:place], changed, *now.optimizers[place + 1 :]))

    _settings(declared.parameters, f"entrant {place} {choice.name}", choice, put)
    st.latex(declared.latex)
    st.caption(f"Source: {declared.source}")
    if removable:
        st.button("Remove", key=f"remove {place}", icon=":material/close:", on_click=_remove, args=(place,))


def _add(name: str) -> None:
    """One more optimizer; a second of the same sort starts with half the learning rate, so that the two differ."""

    def more(now: Scenario) -> Scenario:
        fresh = with_tuned_rates(now.replace(optimizers=(Choice(name),))).optimizers[0]
        same = [choice for choice in now.optimizers if choice.name == name]
        if same and "lr" in optimizers.get(name).values:
            rate = optimizers.get(name, **dict(same[-1].settings)).values["lr"]
            fresh = same[-1].replace(lr=float(rate) / 2)
        return now.replace(optimizers=(*now.optimizers, fresh))

    change("optimizers", more)


def _remove(place: int) -> None:
    change("optimizers", lambda now: now.replace(optimizers=(*now.optimizers[:place], *now.optimizers[place + 1 :])), groups=("rest",))


# ---- the rest


def _starts() -> None:
    with fold("Starts", "fold starts", ":material/flag:") as is_open:
        if is_open:
            _pattern()


def _pattern() -> None:
    scenario = current()
    st.segmented_control(
        "Starts",
        list(PATTERNS),
        default=scenario.starts.name,
        key=show("pattern", scenario.starts.name),
        format_func=lambda name: PATTERNS[name].title,
        on_change=heard("pattern", lambda name: change("pattern", lambda now: now.replace(starts=Choice(name), points=()))),
        label_visibility="collapsed",
        required=True,
    )
    pattern = PATTERNS[scenario.starts.name]
    st.caption(pattern.about)
    if scenario.starts.name == "points":
        _points(scenario)
    x, y = scenario.build_landscape().start
    _settings(pattern.parameters, "starts", scenario.starts, lambda now, choice: now.replace(starts=choice), {"x": x, "y": y})
    if scenario.starts.name in ("cloud", "anywhere"):
        _number("seed")
    complain("pattern")


def _points(scenario: Scenario) -> None:
    text = written_points(scenario.start_points().T.tolist())
    key = standing("points text") if problem("points") else show("points text", text)
    st.text_input(
        "Points x, y",
        text,
        key=key,
        help="Separate coordinates by a comma and points by a semicolon: -3, 1; 2, 0.5",
        on_change=heard("points text", lambda typed: change("points", lambda now: now.replace(points=read_points(typed)))),
    )
    complain("points")


def _schedule() -> None:
    scenario = current()
    st.selectbox(
        "Learning-rate schedule",
        optimizers.schedules.names(),
        index=optimizers.schedules.names().index(scenario.schedule.name),
        key=show("schedule", scenario.schedule.name),
        format_func=lambda name: optimizers.schedules.get(name).name,
        on_change=heard("schedule", lambda name: change("schedule", lambda now: now.replace(schedule=Choice(name)))),
    )
    declared = scenario.build_schedule()
    st.caption(declared.about)
    _settings(declared.parameters, "schedule", scenario.schedule, lambda now, choice: now.replace(schedule=choice))
    complain("schedule")


def _number(name: str) -> None:
    key = f"number {name}"
    parameter(NUMBERS[name], getattr(current(), name), key, lambda value: change(key, lambda now: now.replace(**{name: value})))


def _settings(
    declared: tuple[Param, ...],
    place: str,
    choice: Choice,
    put: Callable[[Scenario, Choice], Scenario],
    own: Mapping[str, float] | None = None,
) -> None:
    """Sliders for the settings of a choice.

    Args:
        declared: its parameters.
        place: the part of the page, for the widgets' keys.
        choice: what is set now.
        put: the scenario with a changed choice in place of this one.
        own: defaults that do not come from the declaration.
    """
    values = {parameter.name: float(parameter.default) for parameter in declared} | dict(own or {}) | dict(choice.settings)
    for entry in declared:
        key = f"{place} {entry.name}"

        def changed(value: float, name: str = entry.name, key: str = key) -> None:
            change(key, lambda now: put(now, choice.replace(**{name: value})))

        parameter(entry, values[entry.name], key, changed)
