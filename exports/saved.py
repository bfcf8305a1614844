"""A scenario with the panels it is looked at in, as a file and as a link, and the way back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from player import PANELS
from scenario import Scenario
from scenario.text import VIEW, fields_of_json, fields_of_query, is_known, nearest, query_of, to_pairs

FIRST = ("map", "surface", "loss")
"""The panels of a page that was just opened."""
_LONGEST = 1_000_000


@dataclass(frozen=True)
class View:
    """A scenario and how it is looked at.

    Attributes:
        scenario: what is shown.
        panels: in which panels, by the player's names.
        notes: a sentence for everything that had to be changed in what was opened.
    """

    scenario: Scenario
    panels: tuple[str, ...] = FIRST
    notes: tuple[str, ...] = ()


def pairs_of(view: View) -> list[tuple[str, str]]:
    """The names and values of the link's query, not yet escaped."""
    shown = [] if view.panels == FIRST else [(VIEW, ".".join(view.panels))]
    return [*to_pairs(view.scenario), *shown]


def link_to(view: View, page: str) -> str:
    """The link to a view: the page's address, with a path, and the query."""
    return f"{page}{'' if urlsplit(page).path else '/'}?{query_of(pairs_of(view))}"


def to_file(view: View) -> str:
    """The view as JSON: `Scenario.to_json` with the panels, where they are not the usual ones."""
    content = json.loads(view.scenario.to_json())
    if view.panels != FIRST:
        content[VIEW] = list(view.panels)
    return json.dumps(content, ensure_ascii=False, indent=1)


def opened(text: str) -> View:
    """The view that a saved file's text, a link or a link's query stands for.

    What is malformed or out of range in it is mended, with a note; so is what an older version wrote otherwise.

    Raises:
        ValueError: it is nothing that Descent has written, or a newer version has; the message says which.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        raise ValueError(f"this has {len(text):,} letters, and no scenario needs more than {_LONGEST:,}; choose another file")
    return _of_json(text) if text.startswith(("{", "[", '"')) else _of_link(text)


def chosen_panels(names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The panels with these names in the player's order, and a note on names that no panel has."""
    unknown = [name for name in names if name not in PANELS]
    note = (f"there is no view {', '.join(map(repr, unknown))}; there are {', '.join(PANELS)}",) if unknown else ()
    return tuple(name for name in PANELS if name in names), note


def of_pairs(pairs: Sequence[tuple[str, str]]) -> View:
    """The view that the names and values of a link's query stand for, mended where they cannot be."""
    shown = [value for name, value in pairs if name == VIEW]
    panels, note = chosen_panels([name for name in shown[-1].split(".") if name]) if shown else (FIRST, ())
    scenario, notes = nearest(fields_of_query(pairs))
    return View(scenario, panels or FIRST, (*notes, *note))


def _of_link(text: str) -> View:
    query = text.partition("?")[2] if "?" in text else text
    pairs = parse_qsl(query.partition("#")[0], keep_blank_values=True)
    if not any(is_known(name) for name, _ in pairs):
        raise ValueError("this is no link to a scenario: it should have ?landscape=... in it, as the address of this page has")
    return of_pairs(pairs)


def _of_json(text: str) -> View:
    found = fields_of_json(text)
    names = json.loads(text).get(VIEW)
    panels, note = chosen_panels([str(name) for name in names]) if isinstance(names, list) else (FIRST, ())
    scenario, notes = nearest(found)
    return View(scenario, panels or FIRST, (*notes, *note))
