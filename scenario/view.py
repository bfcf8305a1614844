"""A scenario with the panels it is looked at in, as a link and as a file, and the way back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from scenario.experiment import Experiment
from scenario.in_full import about
from scenario.panels import DEFAULT_PANELS, ordered, unknown_panels
from scenario.scenario import Scenario
from scenario.setup import Setup
from scenario.text import (
    ABOUT_FIELD,
    BOM,
    PANELS_FIELD,
    PLAYLIST_FIELD,
    TABLE_FIELD,
    VERSION_FIELD,
    Fields,
    field_of,
    fields_of_json,
    fields_of_query,
    is_list,
    query_of,
)
from version import VERSION

_LONGEST = 1_000_000
LONGEST_TABLE = 1_500
"""Characters of one's own data in a link. A longer address is cut off by some of the programs through which it is sent."""
KINDS: tuple[type[Setup], ...] = (Scenario, Experiment)
"""What a link or a file may hold. Each kind is known by the first field that its texts always name; the first is meant where none is."""
MOST_OPTIMIZERS = 12
"""So many have room in the page: what a link or a file has beyond them is left out. A scenario from Python may have more."""
S = TypeVar("S", bound=Setup)


@dataclass(frozen=True)
class View:
    """A scenario, or another setup, and how it is looked at.

    Attributes:
        setup: what is shown.
        panels: in which panels, by their names.
        notes: a sentence for everything that had to be changed in what was opened.
    """

    setup: Setup
    panels: tuple[str, ...] = DEFAULT_PANELS
    notes: tuple[str, ...] = ()

    @property
    def scenario(self) -> Scenario:
        """The setup where it is a scenario. Errors as for `of_kind`."""
        return self.of_kind(Scenario)

    def of_kind(self, kind: type[S]) -> S:
        """The setup where it is of this kind.

        Raises:
            ValueError: it is of another; the message says where it can be opened.
        """
        if isinstance(self.setup, kind):
            return self.setup
        raise ValueError(f"this belongs to the page {self.setup.page}; open it there")


def pairs_of(view: View) -> list[tuple[str, str]]:
    """The names and values of the link's query, not yet escaped; without one's own data where they are too long for a link.

    It names the version, which tells the defaults of what it leaves unsaid (`Param.formerly`). Naming all values instead made links 2.7
    times as long (the median preset: 385 letters in place of 145), and their QR codes 77 squares wide in place of 53.
    """
    shown = [] if view.panels == view.setup.usual_panels else [(PANELS_FIELD, ".".join(view.panels))]
    pairs = [(name, value) for name, value in view.setup.pairs if name != TABLE_FIELD or len(value) <= LONGEST_TABLE]
    return [*pairs, *shown, (VERSION_FIELD, VERSION)]


def is_whole(view: View) -> bool:
    """Whether a link to the view holds all of it."""
    return len(dict(view.setup.pairs).get(TABLE_FIELD, "")) <= LONGEST_TABLE


def link_to(view: View, page: str) -> str:
    """The link to a view: the page's address, with a path, and the query."""
    return f"{page}{'' if urlsplit(page).path else '/'}?{query_of(pairs_of(view))}"


def to_file(view: View) -> str:
    """The view as JSON: `Setup.to_json` with the panels, where they are not the usual ones; and, for people and other programs, title,
    formula, link and every setting, those at their default too."""
    content = json.loads(view.setup.to_json())
    content[ABOUT_FIELD] = about(view.setup)
    if view.panels != view.setup.usual_panels:
        content[PANELS_FIELD] = list(view.panels)
    return json.dumps(content, ensure_ascii=False, indent=1)


def opened(text: str) -> View:
    """The view that a saved file's text, a link or a link's query stands for.

    What is malformed or out of range in it is changed to what is valid, with a note; so is what an older version wrote otherwise.

    Raises:
        ValueError: it is nothing that Descent has written, or a newer version has; the message says which.
    """
    text = _stripped(text)
    return _of_json(text) if text.startswith(("{", "[", '"')) else _of_link(text)


def opened_file(content: bytes) -> View:
    """The view that a saved file stands for. Notes and errors as for `opened`."""
    try:
        text = _stripped(content.decode())
    except UnicodeDecodeError:
        raise ValueError('this is no scenario file: it holds no text; choose one that "Save as a file" has written') from None
    if not text:
        raise ValueError('this file is empty; choose one that "Save as a file" has written')
    return _of_json(text)


def is_known(name: str, kind: type[Setup] = Scenario) -> bool:
    """Whether a link's query means a part of a scenario, or of another kind of setup, by this name."""
    return field_of(name) in kind.names()


def of_pairs(pairs: Sequence[tuple[str, str]], kind: type[Setup] = Scenario) -> View:
    """The view that the names and values of a link's query stand for; what is not valid is changed, with a note."""
    shown = [value for name, value in pairs if name == PANELS_FIELD]
    names = [name for value in shown for name in value.split(".") if name]
    view = _view(names, fields_of_query(pairs), kind)
    return replace(view, notes=(*view.notes, *_said_twice(pairs, kind)))


def _said_twice(pairs: Sequence[tuple[str, str]], kind: type[Setup]) -> list[str]:
    """A sentence for everything that a link's query says more than once and that can be but one; the last is what it means."""
    told = dict(pairs)
    count = Counter(name for name, _ in pairs if name == VERSION_FIELD or (is_known(name, kind) and not is_list(name)))
    return [f"{name} is given {times} times; the last, {told[name]!r}, counts" for name, times in count.items() if times > 1]


def setup_of(query: str) -> Setup:
    """The setup that a link's query tells, of whatever kind it is.

    Raises:
        ValueError: something in it is malformed, unknown or out of range; the message says what.
    """
    return (_kind_of(fields_of_query(query)) or KINDS[0]).from_query(query)


def kind_of_pairs(pairs: Sequence[tuple[str, str]]) -> type[Setup] | None:
    """The kind of setup that the names and values of a link's query are of; None where they are of none."""
    return _kind_of(dict.fromkeys(field_of(name) for name, _ in pairs))


def _kind_of(found: Fields) -> type[Setup] | None:
    """The kind of setup that a text's fields are of; None where they are of none."""
    named = (kind for kind in KINDS if kind.always[0] in found)
    return next(named, None) or next((kind for kind in KINDS if set(found) & set(kind.names())), None)


def _stripped(text: str) -> str:
    text = text.removeprefix(BOM).strip()
    if len(text) > _LONGEST:
        raise ValueError(f"this has {len(text):,} letters, and no scenario needs more than {_LONGEST:,}; choose another file")
    return text


def _of_link(text: str) -> View:
    query = text.partition("?")[2] if "?" in text else text
    pairs = parse_qsl(query.partition("#")[0], keep_blank_values=True)
    kind = kind_of_pairs(pairs)
    if kind is None:
        raise ValueError("this is no link to a scenario: it should have ?landscape=... in it, as the address of this page has")
    return of_pairs(pairs, kind)


def _of_json(text: str) -> View:
    found = fields_of_json(text)
    if PLAYLIST_FIELD in found:
        raise ValueError("this is a playlist; open it under Playlist")
    kind = _kind_of(found)
    if kind is None:
        raise ValueError("this is no scenario file: nothing in it is a part of a scenario, a landscape or an optimizer say")
    names = json.loads(text).get(PANELS_FIELD)
    return _view([str(name) for name in names] if isinstance(names, list) else [], found, kind)


def _view(names: Sequence[str], found: Fields, kind: type[Setup]) -> View:
    scenario, told = kind.nearest(found)
    if isinstance(scenario, Scenario) and len(scenario.optimizers) > MOST_OPTIMIZERS:
        told.append(f"only the first {MOST_OPTIMIZERS} of {len(scenario.optimizers)} optimizers can take part; the others were left out")
        scenario = scenario.replace(optimizers=scenario.optimizers[:MOST_OPTIMIZERS])
    if unknown := unknown_panels(names, kind.known_panels):
        told.append(unknown)
    return View(scenario, ordered(names, kind.known_panels) or scenario.usual_panels, tuple(told))
