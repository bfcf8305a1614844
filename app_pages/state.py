"""The one scenario that a session shows, in its link and in its widgets.

The scenario is the only state, with the names of the panels it is looked at in and each page's own settings. A widget shows a part of it
and, when it is moved, asks for a changed scenario; where that cannot be, the scenario stays and the widget's place shows why, in words. The
page's address always is a link to it, so the browser's back and forward buttons undo and redo. All pages show the same scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import streamlit as st

from exports.saved import View, chosen_panels, link_to, of_pairs, pairs_of
from scenario import Scenario

_SCENARIO, _PANELS, _NOTES, _PROBLEMS, _LINK, _CHANGED, _RENEWED = "scenario", "panels", "notes", "problems", "link", "changed", "renewed"
_PAGE, _SETTINGS = "page", "settings"
ALL = ("starts", "text", "rest")
"""The groups of widgets that `renew` knows."""

Pairs = list[tuple[str, str]]


def open_link(page: str = "race", own: Mapping[str, str] | None = None) -> None:
    """Take over the address at first, and when the user went back or forward: where it is not the one shown last, and no widget was used.

    Args:
        page: the name of the page that is shown now.
        own: the page's own settings: their names in the link, and what they are where it does not say.
    """
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    known = _SCENARIO in st.session_state
    shown, st.session_state[_LINK] = st.session_state.get(_LINK), sorted(pairs)
    st.session_state[_PAGE] = page
    defaults = dict(own or {})
    settings: dict[str, dict[str, str]] = st.session_state.setdefault(_SETTINGS, {})
    if known and (st.session_state.pop(_CHANGED, False) or sorted(pairs) == shown):
        settings[page] = defaults | settings.get(page, {})
        return
    for group in ALL if known else ():
        renew(group)
    settings[page] = defaults | {name: value for name, value in pairs if name in defaults}
    opened = of_pairs([(name, value) for name, value in pairs if name not in defaults])
    st.session_state[_SCENARIO], st.session_state[_PANELS] = opened.scenario, opened.panels
    st.session_state[_NOTES] = [(note, True) for note in opened.notes]
    st.session_state[_PROBLEMS] = {}


def setting(name: str) -> str:
    """What one of the shown page's own settings is."""
    value: str = st.session_state[_SETTINGS][st.session_state[_PAGE]][name]
    return value


def setting_among(name: str, allowed: Sequence[str], usual: str) -> str:
    """The same for a setting that can only be one of some; what a link says otherwise is told and set to the usual."""
    value = setting(name)
    if value in allowed:
        return value
    refuse(name, usual, f"cannot be; it is one of {', '.join(allowed)}")
    return usual


def refuse(name: str, instead: str, why: str) -> None:
    """Put something else in the place of one of the shown page's own settings, and tell why what the link says cannot be."""
    note(f"{name} = {setting(name)!r} {why}")
    mend(**{name: instead})


def note(text: str) -> None:
    """Tell the user of something in the link that had to be changed, until it is closed."""
    st.session_state[_NOTES] = [*st.session_state[_NOTES], (text, True)]


def changed() -> bool:
    """Whether something was changed since the whole page was drawn last."""
    return bool(st.session_state.get(_CHANGED, False))


def put(**values: str) -> None:
    """Set some of the shown page's own settings, for a widget's callback."""
    mend(**values)
    stay()


def mend(**values: str) -> None:
    """Set some of the shown page's own settings while it is drawn, where the link is silent or says what cannot be."""
    st.session_state[_SETTINGS][st.session_state[_PAGE]].update(values)


def stay() -> None:
    """Keep to what is shown, for the callback of a widget that changes nothing of it.

    The address that a browser sends with its message may be older than what is shown, since it hears of a new one at a page's end.
    """
    st.session_state[_CHANGED] = True


def draw_anew() -> NoReturn:
    """Draw the whole page again, from within a fragment."""
    stay()
    st.rerun(scope="app")


def current() -> Scenario:
    """The session's scenario."""
    scenario: Scenario = st.session_state[_SCENARIO]
    return scenario


def panels() -> tuple[str, ...]:
    """The panels that the scenario is looked at in, by the player's names."""
    chosen: tuple[str, ...] = st.session_state[_PANELS]
    return chosen


def choose_panels(names: Sequence[str]) -> None:
    """Look at the scenario in other panels."""
    st.session_state[_PANELS], _ = chosen_panels(names)
    stay()


def view() -> View:
    """The session's scenario with the panels it is looked at in."""
    return View(current(), panels())


def open_view(read: Callable[[], View], place: str = "open") -> None:
    """Take over a view that is read from somewhere, with what had to be changed in it told until it is closed.

    Args:
        read: the view; it may raise ValueError, which is then shown at the place.
        place: which widget asks.
    """
    taken: list[View] = []

    def replaced(now: Scenario) -> Scenario:
        taken.append(read())
        return taken[0].scenario

    change(place, replaced, groups=ALL)
    for opened in taken:
        st.session_state[_PANELS] = opened.panels
        st.session_state[_NOTES] = [(note, True) for note in opened.notes]


def link() -> str:
    """The link to what is shown: the page's own address."""
    return link_to(view(), st.context.url or "")


def notes() -> list[tuple[str, bool]]:
    """What was changed on the user's behalf, told once; with True what had to be changed in a link, which stays until it is closed."""
    told: list[tuple[str, bool]] = st.session_state.get(_NOTES, [])
    st.session_state[_NOTES] = []
    return told


def change(place: str, make: Callable[[Scenario], Scenario], note: str = "", groups: Sequence[str] = ()) -> None:
    """Change the scenario, for a widget's callback.

    Args:
        place: which widget asks; if the change cannot be, the reason is kept under this name.
        make: the changed scenario from the present one; it may raise KeyError, TypeError or ValueError.
        note: what to tell the user once it is done.
        groups: whose widgets then show something else, of `ALL`, beside the one that asks.
    """
    problems: dict[str, str] = st.session_state[_PROBLEMS]
    stay()
    try:
        st.session_state[_SCENARIO] = make(current())
    except (KeyError, TypeError, ValueError) as error:
        problems[place] = complaint(error)
        return
    problems.pop(place, None)
    for group in groups:
        renew(group)
    if note:
        st.session_state[_NOTES] = [(note, False)]


def complaint(error: Exception) -> str:
    """What an error says, as a sentence."""
    text = str(error.args[0] if len(error.args) == 1 else error) or type(error).__name__
    return f"{text[0].upper()}{text[1:]}."


def problem(place: str) -> str | None:
    """Why the last change that a widget asked for could not be."""
    found: dict[str, str] = st.session_state.get(_PROBLEMS, {})
    return found.get(place)


def pairs_for(page: str, own: Mapping[str, str]) -> Pairs:
    """The names and values of a link that shows the scenario on a page, with that page's own settings where they are not as usual.

    Args:
        page: its name.
        own: its own settings, with what they are if nothing is said.
    """
    if _SCENARIO not in st.session_state:  # the first page is not open yet
        return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    settings: dict[str, str] = st.session_state[_SETTINGS].get(page, {})
    return [*pairs_of(view()), *((name, settings[name]) for name, usual in own.items() if settings.get(name, usual) != usual)]


def show_in_link(own: Mapping[str, str] | None = None) -> None:
    """Let the page's address be a link to the present scenario, with the page's own settings."""
    st.session_state[_CHANGED] = False  # what was changed while the page was drawn is in the link from here on
    pairs = pairs_for(st.session_state[_PAGE], own or {})
    shown = sorted(pairs)
    if shown == st.session_state[_LINK]:
        return
    st.session_state[_LINK] = shown
    wanted: dict[str, list[str]] = {}
    for name, value in pairs:
        wanted.setdefault(name, []).append(value)
    st.query_params.from_dict(wanted)


def show(key: str, value: Any) -> str:
    """Let the widget with this key show the value; returns the key under which it stands in the session."""
    name = standing(key)
    if st.session_state.get(name, None) != value:
        st.session_state[name] = value
    return name


def standing(key: str) -> str:
    """The key under which a widget stands in the session: another one whenever its group was renewed."""
    number = st.session_state.get(_RENEWED, {}).get(_group(key), 0)
    return f"{key} {number}" if number else key


def heard(key: str, moved: Callable[[Any], None]) -> Callable[[], None]:
    """The callback for the widget that stands under this key now.

    Once it was renewed nothing is done: a browser that draws a part of the page anew still sends what the widgets before showed, and
    Streamlit takes it for a change.

    Args:
        key: of the widget, as for `show`.
        moved: called with what it shows after the user has moved it.
    """
    name = standing(key)
    return lambda: moved(st.session_state[name]) if standing(key) == name else None


def renew(group: str) -> None:
    """Make the widgets of a group new ones, since something else has changed what they show.

    A browser that has not been told yet would send their old values with its next message, and they would be taken for the user's wish.
    """
    numbers: dict[str, int] = st.session_state.setdefault(_RENEWED, {})
    numbers[group] = numbers.get(group, 0) + 1


def _group(key: str) -> str:
    if key.startswith(("pattern", "points text", "starts ")):
        return "starts"
    return "text" if key.startswith(("own text", "window ")) else "rest"
