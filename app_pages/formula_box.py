"""The box for a formula of one's own, with what is understood of it under it while it is typed, and the window that it is shown in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import streamlit as st

from app_pages.formula import breakable
from app_pages.picks import without_positions
from app_pages.session import capitalized, session, value_of
from app_pages.suited import change_and_tune
from app_pages.widgets import number_box, show_problem, shows
from formulas import FormulaError, latex
from formulas.functions import SMOOTH
from formulas.letters import GREEK
from formulas.words import listed
from landscapes.custom import read_formula
from player.markdown import plain
from scenario import CUSTOM, Choice, Scenario
from scenario.landscape import CUSTOM_WINDOW, custom_settings

_EXAMPLE = "x^2 + k y^2 + sin(3x) sin(3y)"
_BOX, _PART, _TYPING = "own formula", "own_formula", "formula typing"
_HELP = (
    "Write it as on paper: 2x, x y, |x|, x², √x, sin(x), e^x, π. Signs: + - * / ^ ( ) < >. "
    f"Any other name becomes a parameter with a slider. Functions: {', '.join(listed(SMOOTH))}."
)
_LISTEN = f"""
const parts = new WeakMap(); // what the part's listeners report to, the latest of Streamlit's calls
const PAUSE = 150; // milliseconds without a key after which the text is read

export default ({{ parentElement, setTriggerValue }}) => {{
  const part = parentElement.closest(".st-key-{_PART}");
  const known = parts.get(part);
  parts.set(part, setTriggerValue);
  part.querySelector(".st-key-reading")?.setAttribute("aria-live", "polite");
  if (known) return;
  let timer = 0;
  part.addEventListener("input", ({{ target }}) => {{
    clearTimeout(timer);
    if (target.matches("textarea")) timer = setTimeout(() => parts.get(part)("typed", target.value), PAUSE);
  }});
  part.addEventListener("keydown", (event) => {{
    const plain = event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.isComposing;
    if (!plain || !event.target.matches("textarea")) return;
    event.preventDefault(); // Enter applies the formula, which Streamlit's box does with Ctrl+Enter only; Shift+Enter begins a line
    clearTimeout(timer);
    const applying = {{ key: "Enter", code: "Enter", ctrlKey: true, bubbles: true, cancelable: true }};
    event.target.dispatchEvent(new KeyboardEvent("keydown", applying));
  }});
}};
"""
"""Reports what stands in the box while it is typed: Streamlit's own box reports it only when it is left. Text and focus stay untouched."""


@dataclass(frozen=True)
class Reading:
    """What is understood of a formula's text.

    Attributes:
        latex: the formula; "" where the text is none.
        parameters: its parameters, in the order in which they appear.
        problem: why it is none, as a sentence; "" where it is one.
    """

    latex: str = ""
    parameters: tuple[str, ...] = ()
    problem: str = ""


def reading(text: str, scenario: Scenario) -> Reading:
    """What would be understood of a text if it were applied to a scenario."""
    try:
        parameters = tuple(custom_settings(text, _settings(scenario)))
        return Reading(latex(read_formula(text, parameters)), parameters)
    except FormulaError as error:
        return Reading(problem=f"{capitalized(str(error))}.")


def formula_box() -> None:
    """The box, its reading, and its window."""
    now = session()
    now.formula = now.scenario.formula
    text = now.reported(_BOX, now.formula) if "formula" in now.problems else now.formula
    with st.container(key=_PART):
        st.text_area("Formula in x and y", text, height="content", help=plain(_HELP), **shows(_BOX, text, _apply))
        _show_reading(text)
    with st.container(key="sides"):
        for axis, names in enumerate((("x from", "x to"), ("y from", "y to"))):
            for end, (column, name) in enumerate(zip(st.columns(2), names, strict=True)):
                value = float((now.scenario.window or CUSTOM_WINDOW)[axis][end])
                with column:
                    number_box(name, value, f"window {name}", partial(_move_window, axis, end))
                    show_problem(f"window {name}")
    show_problem("window")


@st.fragment
def _show_reading(text: str) -> None:
    """What is understood of what stands in the box now. As a fragment: while one types nothing else is drawn anew.

    Args:
        text: what the box was drawn with.
    """
    now = session()
    typed = now.typing[1] if now.typing and now.typing[0] == text else text
    found = reading(typed, now.scenario)
    applied = typed == now.scenario.formula
    with st.container(key="reading"):
        if found.latex:
            shown = now.scenario.build_landscape().latex if applied else found.latex
            st.markdown(f"$f(x, y) = {breakable(shown)}$")
        if not applied and typed != text:  # what was applied and could not be used is told in full under the box
            st.caption(plain(found.problem or _to_apply(found)))
        if typed == text:  # while another is typed, nothing speaks of the one before
            show_problem("formula")
    _listening()(key=_TYPING, on_typed_change=partial(_take_typed, text), height=1)


def _to_apply(found: Reading) -> str:
    """How to apply a formula, and which sliders it brings."""
    new = [GREEK.get(name, name) for name in found.parameters if name not in _settings(session().scenario)]
    sliders = f" {', '.join(new)} will have {'a slider' if len(new) == 1 else 'sliders'}." if new else ""
    return f"Enter applies it.{sliders}"


def _take_typed(drawn: str) -> None:
    session().typing = (drawn, str(value_of(_TYPING).typed))


@cache
def _listening() -> Any:
    return st.components.v2.component("descent_typing", js=_LISTEN, isolate_styles=False)


# ---- what is applied


def _apply(text: str) -> None:
    session().typing = None
    change_and_tune("formula", lambda now: _with_formula(now, text))


def choose_own_formula() -> None:
    """Race on the formula that was used last, or on an example."""
    _apply(session().formula or _EXAMPLE)


def _settings(scenario: Scenario) -> dict[str, float]:
    """The values of the parameters of the scenario's own formula, if it has one."""
    return dict(scenario.landscape.settings) if scenario.landscape.name == CUSTOM else {}


def _with_formula(scenario: Scenario, text: str) -> Scenario:
    """The scenario with the user's formula; parameters that it had already keep their values, new ones start at 1."""
    settings = custom_settings(text, _settings(scenario))
    window = scenario.window or CUSTOM_WINDOW
    kept = scenario if scenario.landscape.name == CUSTOM else without_positions(scenario)
    return kept.replace(landscape=Choice.of(CUSTOM, **settings), formula=text, window=window, network="")


def _move_window(axis: int, end: int, value: float) -> None:
    """Move one of the window's four sides."""

    def moved(now: Scenario) -> Scenario:
        sides = [list(sides) for sides in now.window or CUSTOM_WINDOW]
        sides[axis][end] = value
        (x0, x1), (y0, y1) = sides
        return now.replace(window=((x0, x1), (y0, y1)))

    session().change("window", moved)
