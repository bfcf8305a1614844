"""Pages that play one thing each: the presets, and whatever a lesson's words link to."""

from __future__ import annotations

import hashlib
from html import escape

from exports.site.page import Body, Page, player_place
from exports.site.shelf import Shelf
from exports.site.stops import stop_of
from scenario.presets import Preset
from scenario.setup import Setup
from scenario.text import query_of
from scenario.view import View, pairs_of


def played_page(path: str, setup: Setup, panels: tuple[str, ...], title: str, about: str) -> Page:
    """A page that plays a setup in some panels, with a sentence on what there is to see in it."""

    def make(shelf: Shelf) -> Body:
        stop = stop_of(shelf, setup, panels, title, about)
        claim = f'<p class="claim">{escape(about)}</p>' if about else ""
        return Body(escape(title), f'<main class="single">{claim}{player_place()}</main>', [stop])

    return Page(path, f"{title} · Descent", "single", make)


def preset_page(preset: Preset[Setup]) -> Page:
    """The page of a preset."""
    return played_page(f"presets/{_slug(preset.title)}.html", preset.scenario, preset.panels, preset.title, preset.about)


def linked_path(view: View, name: str = "race") -> str:
    """Where the page of what a lesson links to is on the site; `name` says what is made of it."""
    told = hashlib.sha1(query_of(pairs_of(view)).encode(), usedforsecurity=False).hexdigest()[:8]
    return f"linked/{name}-{told}.html"


def linked_page(view: View) -> Page:
    """A page that plays what a lesson links to."""
    setup = view.setup
    return played_page(linked_path(view), setup, view.panels, f"{setup.title}: {', '.join(setup.labels())}", "")


def _slug(title: str) -> str:
    """A title as the name of a file."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in title.lower()).split())
