"""What the app keeps for one browser tab between two runs of its script: one typed value.

The setup that is shown, the panels it is looked at in and each page's own settings are the state of the app. A widget shows a part of
it and, when the user moves it, asks for a change; where that is not possible, the setup stays as it is and the reason is shown at the
widget. All pages show the same scenario, and that of networks an experiment. This module alone touches Streamlit's own session state.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import SafeSessionState

from app_pages.kept import Chapter, Desk, Note, Widget
from app_pages.places import UNSEEN_ON, desk_on, first_on, kinds_on, opening_desks, opening_on, page_for
from exports.playlist import Playlist
from scenario import Choice, Experiment, Scenario, View, address
from scenario.panels import ordered
from scenario.setup import Setup
from scenario.view import pairs_of

if TYPE_CHECKING:
    from exports.files import FileTask
    from lab.executors import Task

_KEY = "session"
_TYPED: dict[tuple[type[Setup], str], Callable[[Any], object]] = {
    (Scenario, "formula"): lambda scenario: (scenario.landscape.name, scenario.formula),
    (Scenario, "points"): lambda scenario: (scenario.landscape.name, scenario.starts, scenario.points),
    (Experiment, "widths"): lambda experiment: experiment.widths,
    (Experiment, "points"): lambda experiment: (experiment.plane, experiment.points),
    (Experiment, "table"): lambda experiment: (experiment.data, experiment.table),
}
"""What a text in a field stands for, by the kind of setup and the field's name; see `_meant_by` for numbers."""
Pairs = list[tuple[str, str]]
"""The names and values of an address, in their order, not escaped."""


class Halted(ValueError):
    """The user has stopped what a page would have had to wait for; at its place stands how to go on."""


@dataclass
class Session:
    """Everything that is kept for one browser tab.

    Attributes:
        desks: what is shown, by the name of the desk (`places.desk_on`).
        page: the name of the page that is shown; "" before the first is open.
        kinds: the kind of setup that a page shows, by its name, where that was chosen.
        leads_to: the name of the page that is to be shown instead, since something was opened that only it can show.
        settings: each page's own settings that were set, by the page's name and theirs.
        address: the names and values in the browser's address, as they are or will be once it has drawn the page.
        entered_with: what the query of the address may be with which a page was opened, by whatever way, until that is drawn.
        unheard: whether Streamlit in the browser has not been told of the query that this was replaced by.
        outdated: whether something was changed since the whole page was drawn last.
        notes: what was changed on the user's behalf, as it is shown.
        problems: why the last change asked for at a field was not possible, by the field's name.
        widgets: what the browser knows of each widget, by its name.
        formula: the user's own formula that was used last, "" if none was.
        table: likewise the user's own data.
        to_tune: the network to whose plane learning rates are to be tuned once it is there.
        typing: what its box was drawn with, and what has been typed in it since; None if nothing was.
        plays: how often a stop of a lesson was played, which makes the player begin anew.
        progress: the choices made in each lesson, by its name, as the browser keeps them; None until it has told what it has kept.
        forgotten: how often the student began the course anew.
        playlist: the teacher's list, which may be too long for the address.
        playlist_in_link: its text and its position, as they were last put into the address.
        turned_to: the chapter's key of the entry that was turned to last.
        presentations: how often presenting was started from the page.
        enlarged: whether the large code is to be shown.
        chosen: numbers chosen for what is taken along, by their widgets' names.
        file: the file that was made last to be taken along: the task to make it, and its content.
        name: tells this session from others, so that a job stops when the last one who wants it has left.
        tasks: the last task asked for, by its kind.
        stopped: of each kind the task that the user stopped.
        halted: likewise of what a page waits for, by what is being done, in words.
        room: the code and the secret of the room in which a class answers by phone; None where there is none.
        asked: what the browser is told of what was asked there last; None before something was.
        to_ask: the name of what is to be asked of what is shown, as soon as it is played; "" for nothing.
        unfinished: the kinds of tasks that were under way when the page was drawn last.
        was: the name of the session that the tab had with a server that was stopped since, or has forgotten it.
        returns: how often the tab's connection to the server has come back.
        draws: how often a page was drawn.
        named: what the address has to name of the present page's settings though they are at their default, since a later version may
            choose another one.
        inside: whether there was room for it on this server.
    """

    desks: dict[str, Desk] = field(default_factory=opening_desks)
    page: str = ""
    kinds: dict[str, type[Setup]] = field(default_factory=dict)
    leads_to: str = ""
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    address: Pairs = field(default_factory=list)
    entered_with: tuple[str, ...] = ()
    unheard: bool = False
    outdated: bool = False
    notes: list[Note] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    widgets: dict[str, Widget] = field(default_factory=dict)
    formula: str = ""
    table: str = ""
    to_tune: str = ""
    typing: tuple[str, str] | None = None
    plays: int = 0
    progress: dict[str, str] | None = None
    forgotten: int = 0
    playlist: Playlist = field(default_factory=Playlist)
    playlist_in_link: tuple[str, str] = ("", "")
    turned_to: str = ""
    presentations: int = 0
    enlarged: bool = False
    chosen: dict[str, float] = field(default_factory=dict)
    file: tuple[FileTask, bytes] | None = None
    name: str = field(default_factory=lambda: uuid.uuid4().hex)
    tasks: dict[str, Task[Any]] = field(default_factory=dict)
    stopped: dict[str, Task[Any]] = field(default_factory=dict)
    halted: dict[str, Hashable] = field(default_factory=dict)
    room: tuple[str, str] | None = None
    asked: dict[str, str | int] | None = None
    to_ask: str = ""
    unfinished: set[str] = field(default_factory=set)
    was: str = ""
    returns: int = 0
    draws: int = 0
    named: dict[str, str] = field(default_factory=dict)
    inside: bool = False

    # ---- what is shown

    @property
    def desk(self) -> Desk:
        """What is shown on the present page."""
        return self.desk_on(self.page, self.kind_on(self.page))

    def desk_on(self, page: str, kind: type[Setup]) -> Desk:
        """What a page shows of a kind of setup."""
        return self.desks[desk_on(page, kind)]

    def kind_on(self, page: str) -> type[Setup]:
        """The kind of setup that the page with this name shows."""
        return self.kinds.get(page) or kinds_on(page)[0]

    @property
    def setup(self) -> Setup:
        """The scenario, or on the page of networks, and in some lessons, the experiment."""
        return self.desk.setup

    @property
    def scenario(self) -> Scenario:
        """What optimizers race on, and who races; on all pages but that of networks."""
        setup = self.desk_on(self.page, Scenario).setup
        assert isinstance(setup, Scenario)
        return setup

    @property
    def experiment(self) -> Experiment:
        """What networks are trained with, and who trains."""
        setup = self.desk_on(self.page, Experiment).setup
        assert isinstance(setup, Experiment)
        return setup

    @property
    def panels(self) -> tuple[str, ...]:
        """The panels that the setup is looked at in, by the player's names."""
        return self.desk.panels

    @property
    def chapter(self) -> Chapter:
        """What was chosen by its title last."""
        return self.desk.chapter

    @property
    def view(self) -> View:
        """The setup with the panels it is looked at in."""
        return View(self.setup, self.panels)

    def change(self, field: str, make: Callable[[Any], Setup], note: str = "") -> None:
        """Change the setup, for a widget's callback. Once it is another, what was not possible before is not spoken of, with one
        exception: a text that could not be used stays as it was typed, until what it stands for is another.

        Args:
            field: which widget asks; if the change is not possible, the reason is kept under this name.
            make: the changed setup from the present one; it may raise KeyError, TypeError or ValueError.
            note: what to tell the user once it is done.
        """
        self.outdated = True
        try:
            changed = make(self.setup)
        except (KeyError, TypeError, ValueError) as error:
            self.refuse(field, error)
            return
        self.problems.pop(field, None)
        if changed != self.setup:
            self.outdated, self.notes = True, [note for note in self.notes if note.lasting or note.holds_for(self.setup, changed)]
            self.problems = {
                field: problem
                for field, problem in self.problems.items()
                if (meant := _meant_by(field, self.setup)) is not None and _meant_by(field, changed) == meant
            }
            if self.panels == self.setup.usual_panels:
                self.desk.panels = changed.usual_panels
            self.desk.setup = changed
        if note:
            self.tell(note)

    def refuse(self, field: str, error: Exception) -> None:
        """Say at a field why what it asks for is not possible, for a widget's callback."""
        self.outdated = True
        self.problems[field] = sentence(error)

    def open(self, read: Callable[[], View], field: str = "open") -> bool:
        """Show a view that is read from somewhere, for a callback; whether that is possible. What had to be changed in it is told.

        A view that this page cannot show leads to the page that can (`leads_to`).

        Args:
            read: the view; it may raise ValueError, and the reason is then kept under the field's name.
            field: which widget asks.
        """
        try:
            view = read()
        except (KeyError, TypeError, ValueError) as error:
            self.refuse(field, error)
            return False
        kind = type(view.setup)
        if kind in kinds_on(self.page):
            self.kinds[self.page] = kind
        else:
            self.page = self.leads_to = page_for(view)
        self.change(field, lambda _: view.setup)
        self.desk.panels, self.problems = view.panels, {}
        self.notes = [Note(note, lasting=True) for note in view.notes]
        return True

    def open_elsewhere(self, page: str, view: View, title: str) -> None:
        """Show a view on another page, which can show it, for a callback.

        Args:
            page: its name.
            view: what to show.
            title: what it is called there.
        """
        self.page = self.leads_to = page
        self.change("open", lambda _: view.setup)
        self.desk.panels, self.problems = view.panels, {}
        self.begin(title, view.setup)

    def show_kind(self, kind: type[Setup]) -> None:
        """Show another kind of setup on this page, for a callback: where nothing was chosen of that kind yet, what the page begins with."""
        self.kinds[self.page], self.problems, self.notes = kind, {}, []
        first = first_on(self.page, kind)
        if self.desk.chapter.number == 0 and self.desk.setup == self.desk.chapter.scenario != first.scenario:
            self.desk.setup, self.desk.panels = first.scenario, first.panels
            self.begin(first.title, first.scenario)
        self.outdate()

    def choose_panels(self, names: Sequence[str]) -> None:
        """Look at the setup in other panels."""
        self.desk.panels = ordered(names, self.setup.known_panels)
        self.outdated = True

    def begin(self, title: str, setup: Setup) -> None:
        """Let a setup that was just chosen by its title be the present chapter; no other one, on whatever page, has its number."""
        latest = max(desk.chapter.number for desk in self.desks.values())
        self.desk.chapter = Chapter(latest + 1, title, setup)

    def note(self, text: str, network: str = "") -> None:
        """Tell the user of something in a link that had to be changed, until it is closed; with the query of the network it is about."""
        note = Note(text, lasting=True, network=network)
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
        self.outdate()
        self.change("optimizers", lambda now: now.replace(optimizers=entrants))

    def outdate(self) -> None:
        """Something was changed: the page is to be drawn anew, without the notes that were to stay until then."""
        self.outdated = True
        self.notes = [note for note in self.notes if note.lasting]

    def forget(self) -> None:
        """The user has read the notes, for a callback."""
        self.notes = []

    def pairs(self, page: str, defaults: dict[str, str]) -> Pairs:
        """The names and values of an address that shows the setup on a page, with those of its settings that are not at their default.

        Args:
            page: its name.
            defaults: its settings' defaults, by their names.
        """
        kept = self.settings.get(page, {})
        settings = {**kept, **{name: value for name, value in self.named.items() if not kept.get(name)}} if page == self.page else kept
        changed = [(name, settings[name]) for name, default in defaults.items() if settings.get(name, default) != default]
        desk = self.desk_on(page, self.kind_on(page))
        view = View(desk.setup, desk.panels)
        unnamed = page in UNSEEN_ON and view == opening_on(page, self.kind_on(page))
        return changed if unnamed else [*pairs_of(view), *changed]

    # ---- what the browser knows

    def drawn(self, name: str, value: Any, subject: Hashable = None) -> Widget:
        """The widget that shows a value under a name: the one there is if it shows that value in the browser already, else a new one.

        With any message a browser sends the values of all its widgets. Those of one that it has not drawn yet are older than what is shown,
        and cannot be told from what the user wants unless the widget is another one.
        """
        known = self.widgets.get(name)
        if known is None or not known.is_for(value, subject):
            known = self.widgets[name] = Widget(value, subject, known.number + 1 if known else 0)
        return known

    def take_report(self, name: str, widget: Widget, value: Any) -> bool:
        """Note the value that a widget reports; whether the user has moved it to another one, and it still belongs to the same subject."""
        if widget.showing(value):
            return False
        widget.shows = value
        return self.widgets[name].subject == widget.subject

    def reported(self, name: str, otherwise: Any) -> Any:
        """What the widget with this name showed last; something else if there was none yet."""
        return self.widgets[name].shows if name in self.widgets else otherwise


def _meant_by(field: str, setup: Setup) -> object:
    """What a text in a field stands for: a number's address is its field, too. None for fields that hold no text."""
    if (type(setup), field) in _TYPED:
        return _TYPED[type(setup), field](setup)
    return address.numbers(setup).get(field)


def sentence(error: Exception) -> str:
    """What an error says, as a sentence."""
    text = str(error.args[0] if len(error.args) == 1 else error) or type(error).__name__
    return f"{capitalized(text)}."


def capitalized(text: str) -> str:
    """A text with a capital first letter; the others stay as they are."""
    return text[:1].upper() + text[1:]


# ---- where Streamlit keeps it


_found: WeakKeyDictionary[SafeSessionState, Session] = WeakKeyDictionary()
"""The session of each tab whose script runs: a run asks a hundred times, and Streamlit takes 50 µs for an answer."""


def session() -> Session:
    """The session of the browser tab that the script runs for."""
    context = get_script_run_ctx(suppress_warning=True)
    found = _found.get(context.session_state) if context else None
    if found is None:
        if _KEY not in st.session_state:
            st.session_state[_KEY] = Session()
        found = st.session_state[_KEY]
        if context:
            _found[context.session_state] = found
    return found


def value_of(key: str) -> Any:
    """What the widget or component with a key of Streamlit's reports; None if there is none."""
    return st.session_state.get(key)


def set_value(key: str, value: Any) -> None:
    """Let the widget with a key of Streamlit's show a value, before it is drawn or from a callback."""
    if st.session_state.get(key) != value:
        st.session_state[key] = value


def keep_value(key: str) -> None:
    """Let a widget that is about to be another one under its key of Streamlit's show what it shows."""
    if key in st.session_state:
        st.session_state[key] = st.session_state[key]
