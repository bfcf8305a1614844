"""What the app keeps for one browser tab between two runs of its script: one typed value.

The scenario that is shown, the panels it is looked at in and each page's own settings are the state of the app. A widget shows a part of
it and, when the user moves it, asks for a change; where that is not possible, the scenario stays as it is and the reason is shown at the
widget. All pages show the same scenario. This module alone touches Streamlit's own session state.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from exports.playlist import Playlist
from scenario import Choice, Scenario, View, address
from scenario.panels import DEFAULT_PANELS, ordered
from scenario.presets import OPENING
from scenario.view import pairs_of

if TYPE_CHECKING:
    from lab.executors import Task

_KEY = "session"
_TYPED: dict[str, Callable[[Scenario], object]] = {
    "formula": lambda scenario: (scenario.landscape.name, scenario.formula),
    "points": lambda scenario: (scenario.landscape.name, scenario.starts, scenario.points),
}
"""What a text in a field stands for, by the field's name; see `_meant_by` for numbers."""
Pairs = list[tuple[str, str]]
"""The names and values of an address, in their order, not escaped."""


@dataclass(frozen=True)
class Note:
    """Something that was changed on the user's behalf.

    Attributes:
        text: a sentence.
        lasting: whether it stays until it is closed, as for what had to be changed in a link; otherwise it goes with the next change.
        entrants: the optimizers as they were, if it was they who were changed and the user may want them back.
    """

    text: str
    lasting: bool
    entrants: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Chapter:
    """A scenario that was chosen by its title: it is played from its start, and a reset goes back to it.

    Attributes:
        number: of the choices made in this session, 0 for the picture at opening.
        title: what the scenario is called.
        scenario: as it was chosen.
    """

    number: int = 0
    title: str = OPENING.title
    scenario: Scenario = OPENING.scenario

    @property
    def key(self) -> str:
        """What the player tells chapters apart by; "" before any was chosen."""
        return str(self.number or "")


@dataclass
class Widget:
    """What the browser knows of a widget.

    Attributes:
        shows: the value it was last drawn with, or that it reported since: a browser sends no other one unless the user moves it.
        subject: what the value belongs to where that can change under one name, a parameter's declaration say.
        number: how many widgets there were under this name before.
    """

    shows: Any
    subject: Hashable = None
    number: int = 0

    def key(self, name: str) -> str:
        """What Streamlit tells it by from those that had its name before."""
        return f"{name} {self.number}" if self.number else name


@dataclass
class Session:
    """Everything that is kept for one browser tab.

    Attributes:
        scenario: what is shown.
        panels: the panels it is looked at in, by the player's names.
        page: the name of the page that is shown; "" before the first is open.
        settings: each page's own settings that were set, by the page's name and theirs.
        address: the names and values in the browser's address, as they are or will be once it has drawn the page.
        opened_with: the query of the address that the tab was opened with, until the first page is drawn.
        outdated: whether something was changed since the whole page was drawn last.
        notes: what was changed on the user's behalf, as it is shown.
        problems: why the last change asked for at a field was not possible, by the field's name.
        widgets: what the browser knows of each widget, by its name.
        formula: the user's own formula that was used last, "" if none was.
        typing: what its box was drawn with, and what has been typed in it since; None if nothing was.
        chapter: what was chosen by its title last.
        plays: how often a stop of a lesson was played, which makes the player begin anew.
        progress: the choices made in each lesson, by its name, as the browser keeps them; None until it has told what it has kept.
        forgotten: how often the student began the course anew.
        playlist: the teacher's list, which may be too long for the address.
        playlist_in_link: its text and its position, as they were last put into the address.
        turned_to: the chapter's key of the entry that was turned to last.
        presentations: how often presenting was started from the page.
        enlarged: whether the large code is to be shown.
        chosen: numbers chosen for what is taken along, by their widgets' names.
        file: the file that was made last to be taken along: what it depends on, and its content.
        name: tells this session from others, so that a job stops when the last one who wants it has left.
        tasks: the last task asked for, by its kind.
        stopped: the task that the user stopped.
    """

    scenario: Scenario = OPENING.scenario
    panels: tuple[str, ...] = DEFAULT_PANELS
    page: str = ""
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    address: Pairs = field(default_factory=list)
    opened_with: str | None = None
    outdated: bool = False
    notes: list[Note] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    widgets: dict[str, Widget] = field(default_factory=dict)
    formula: str = ""
    typing: tuple[str, str] | None = None
    chapter: Chapter = field(default_factory=Chapter)
    plays: int = 0
    progress: dict[str, str] | None = None
    forgotten: int = 0
    playlist: Playlist = field(default_factory=Playlist)
    playlist_in_link: tuple[str, str] = ("", "")
    turned_to: str = ""
    presentations: int = 0
    enlarged: bool = False
    chosen: dict[str, float] = field(default_factory=dict)
    file: tuple[Hashable, bytes] | None = None
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    tasks: dict[str, Task[Any]] = field(default_factory=dict)
    stopped: Task[Any] | None = None

    # ---- what is shown

    @property
    def view(self) -> View:
        """The scenario with the panels it is looked at in."""
        return View(self.scenario, self.panels)

    def change(self, field: str, make: Callable[[Scenario], Scenario], note: str = "") -> None:
        """Change the scenario, for a widget's callback. Once it is another, what was not possible before is not spoken of, with one
        exception: a text that could not be used stays as it was typed, until what it stands for is another.

        Args:
            field: which widget asks; if the change is not possible, the reason is kept under this name.
            make: the changed scenario from the present one; it may raise KeyError, TypeError or ValueError.
            note: what to tell the user once it is done.
        """
        self.outdated = True
        try:
            changed = make(self.scenario)
        except (KeyError, TypeError, ValueError) as error:
            self.refuse(field, error)
            return
        self.problems.pop(field, None)
        if changed != self.scenario:
            self.outdate()
            self.problems = {
                field: problem
                for field, problem in self.problems.items()
                if (meant := _meant_by(field, self.scenario)) is not None and _meant_by(field, changed) == meant
            }
            self.scenario = changed
        if note:
            self.tell(note)

    def refuse(self, field: str, error: Exception) -> None:
        """Say at a field why what it asks for is not possible, for a widget's callback."""
        self.outdated = True
        self.problems[field] = sentence(error)

    def open(self, read: Callable[[], View], field: str = "open") -> bool:
        """Show a view that is read from somewhere, for a callback; whether that is possible. What had to be changed in it is told.

        Args:
            read: the view; it may raise ValueError, and the reason is then kept under the field's name.
            field: which widget asks.
        """
        read_view: list[View] = []

        def replaced(now: Scenario) -> Scenario:
            read_view.append(read())
            return read_view[0].scenario

        self.change(field, replaced)
        if field in self.problems:
            return False
        self.panels, self.problems = read_view[0].panels, {}
        self.notes = [Note(note, lasting=True) for note in read_view[0].notes]
        return True

    def choose_panels(self, names: Sequence[str]) -> None:
        """Look at the scenario in other panels."""
        self.panels = ordered(names)
        self.outdated = True

    def begin(self, title: str, scenario: Scenario) -> None:
        """Let a scenario that was just chosen by its title be the present chapter."""
        self.chapter = Chapter(self.chapter.number + 1, title, scenario)

    def note(self, text: str) -> None:
        """Tell the user of something in a link that had to be changed, until it is closed."""
        note = Note(text, lasting=True)
        self.notes = [*(other for other in self.notes if other != note), note]

    def tell(self, text: str, entrants: tuple[Choice, ...] = ()) -> None:
        """Tell the user what came of something just done, until the next change, for a callback.

        Args:
            text: a sentence.
            entrants: the optimizers as they were, to be had back with one click.
        """
        self.outdate()
        self.notes = [*self.notes, Note(text, False, entrants)]

    def bring_back(self, entrants: tuple[Choice, ...]) -> None:
        """Let the optimizers be as they were, for a callback."""
        self.change("optimizers", lambda now: now.replace(optimizers=entrants))

    def outdate(self) -> None:
        """Something was changed: the page is to be drawn anew, without the notes that were to stay until then."""
        self.outdated = True
        self.notes = [note for note in self.notes if note.lasting]

    def forget(self) -> None:
        """The user has read the notes, for a callback."""
        self.notes = []

    def pairs(self, page: str, defaults: dict[str, str]) -> Pairs:
        """The names and values of an address that shows the scenario on a page, with those of its settings that are not at their default.

        Args:
            page: its name.
            defaults: its settings' defaults, by their names.
        """
        settings = self.settings.get(page, {})
        changed = [(name, settings[name]) for name, default in defaults.items() if settings.get(name, default) != default]
        return [*pairs_of(self.view), *changed]

    # ---- what the browser knows

    def drawn(self, name: str, value: Any, subject: Hashable = None) -> Widget:
        """The widget that shows a value under a name: the one there is if it shows that value in the browser already, else a new one.

        With any message a browser sends the values of all its widgets. Those of one that it has not drawn yet are older than what is shown,
        and cannot be told from what the user wants unless the widget is another one.
        """
        known = self.widgets.get(name)
        if known is None or not _same(known.shows, value) or known.subject != subject:
            known = self.widgets[name] = Widget(value, subject, known.number + 1 if known else 0)
        return known

    def take_report(self, name: str, widget: Widget, value: Any) -> bool:
        """Note the value that a widget reports; whether the user has moved it to another one, and it still belongs to the same subject."""
        if _same(widget.shows, value):
            return False
        widget.shows = value
        return self.widgets[name].subject == widget.subject

    def reported(self, name: str, otherwise: Any) -> Any:
        """What the widget with this name showed last; something else if there was none yet."""
        return self.widgets[name].shows if name in self.widgets else otherwise


def _meant_by(field: str, scenario: Scenario) -> object:
    """What a text in a field stands for: a number's address is its field, too. None for fields that hold no text."""
    if field in _TYPED:
        return _TYPED[field](scenario)
    return address.numbers(scenario).get(field)


def _same(shown: Any, value: Any) -> bool:
    """Whether a widget that shows one value shows the other; of lists of options the order, in which they were chosen, does not count."""
    if isinstance(shown, list) and isinstance(value, list):
        return sorted(shown) == sorted(value)
    return bool(shown == value)


def sentence(error: Exception) -> str:
    """What an error says, as a sentence."""
    text = str(error.args[0] if len(error.args) == 1 else error) or type(error).__name__
    return f"{capitalized(text)}."


def capitalized(text: str) -> str:
    """A text with a capital first letter; the others stay as they are."""
    return text[:1].upper() + text[1:]


# ---- where Streamlit keeps it


def session() -> Session:
    """The session of the browser tab that the script runs for."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Session()
    kept: Session = st.session_state[_KEY]
    return kept


def value_of(key: str) -> Any:
    """What the widget or component with a key of Streamlit's reports; None if there is none."""
    return st.session_state.get(key)


def set_value(key: str, value: Any) -> None:
    """Let the widget with a key of Streamlit's show a value, before it is drawn or from a callback."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value
