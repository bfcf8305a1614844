"""A page of the site as HTML: what all pages have around what each has of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from exports.site.shelf import COLOURS, Block, Shelf
from exports.site.stops import Stop
from figures import DARK, LIGHT, Theme
from player.free_controls import FREE_STYLE
from player.modules import HERE, classic_script
from player.scoreboard import SCOREBOARD_STYLE
from scenario.lesson import Question
from scenario.lessons import lessons

STYLE = Path(__file__).with_name("site.css")
SHARED = "shared"
"""The folder of what all pages use."""

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{folder}shared/site.css">
<body class="{kind}">
<header>
<a class="home" href="{folder}index.html">Descent</a>
<h1>{heading}</h1>
{beside}
<button class="theme" type="button" title="Light or dark" aria-label="Light or dark"></button>
</header>
{content}
<script type="application/json" id="told">{told}</script>
<script src="{folder}shared/site.js"></script>
</body>
</html>
"""


@dataclass(frozen=True)
class Body:
    """What is on a page.

    Attributes:
        heading: as HTML.
        content: likewise.
        stops: what its player shows, the first of them at first.
        lesson: what a lesson's page is told beside that (`SitePage` of player/js/types.d.ts).
        beside: what stands at its heading, as HTML.
        free: what a free race chooses from (`FreeTold`).
    """

    heading: str
    content: str
    stops: Sequence[Stop] = ()
    lesson: dict[str, Any] | None = field(default=None)
    beside: str = ""
    free: dict[str, Any] | None = field(default=None)


@dataclass(frozen=True)
class Page:
    """A page that can be made.

    Attributes:
        path: within the site.
        title: of the page, as text.
        kind: a word for the style sheet.
        make: what is on it.
        weight: how much there is to make, in pages of the usual kind.
    """

    path: str
    title: str
    kind: str
    make: Callable[[Shelf], Body]
    weight: int = 1

    @property
    def folder(self) -> str:
        """The way from it to the site's folder."""
        return "../" * self.path.count("/")

    def html(self, shelf: Shelf) -> bytes:
        """The page; what it plays is put on the shelf."""
        body = self.make(shelf)
        told = {"folder": self.folder, "stops": list(body.stops), "lesson": body.lesson, "free": body.free}
        text = _PAGE.format(
            title=escape(self.title),
            kind=self.kind,
            folder=self.folder,
            heading=body.heading,
            beside=body.beside,
            content=body.content,
            told=json.dumps(told, separators=(",", ":")).replace("<", "\\u003c"),
        )
        return text.encode()


def shared_files() -> dict[str, bytes]:
    """What all pages use, but for Plotly's library: the style and the script."""
    course = {lesson.name: ".".join(_right(question) for question in lesson.questions) for lesson in lessons().values()}
    told = json.dumps({"colours": COLOURS, "course": course}, separators=(",", ":"))
    return {
        f"{SHARED}/site.js": classic_script("sitepage", f"openPage({told});").encode(),
        f"{SHARED}/site.css": style_sheet().encode(),
    }


def style_sheet() -> str:
    """The style of all pages."""
    styles = [HERE / "player.css", HERE / "chart.css", SCOREBOARD_STYLE, FREE_STYLE, HERE / "link.css", STYLE]
    return "\n".join([_colours(), *(path.read_text(encoding="utf-8") for path in styles)])


def _right(question: Question) -> str:
    return str(question.choices.index(question.right))


def _colours() -> str:
    """The pages' own colours, from the themes."""

    def of(theme: Theme) -> str:
        names = ("background", "text", "line", "accent")
        return f"color-scheme: {theme.name}; {' '.join(f'--{name}: {getattr(theme, name)};' for name in names)}"

    dark = f":root:not([data-theme=light]) {{ {of(DARK)} }}"
    return f":root {{ {of(LIGHT)} }}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n:root[data-theme=dark] {{ {of(DARK)} }}"


def chart_place(block: Block, height: int) -> str:
    """The place of a chart that `player.chart.chart_bytes` wrote."""
    return f'<figure class="descent-chart" style="height: {height}px" data-chart="{escape(json.dumps(block))}"></figure>'


def player_place() -> str:
    """The place of a page's player."""
    return '<div id="player" class="descent-root"></div>'
