"""The first page of the site: the course in its parts, the presets, and the lab."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from exports.site.page import Body, Page
from exports.site.shelf import Shelf
from exports.site.words import in_line
from scenario.course import by_part, story
from scenario.lesson import Lesson

Card = tuple[Page, str, str]
"""A page, and its title and a sentence on it, as text."""


def index_page(course: Sequence[tuple[Lesson, Page]], lists: Sequence[tuple[str, Sequence[Card]]]) -> Page:
    """The index.

    Args:
        course: the lessons, and their pages.
        lists: the other pages, by what they are.
    """

    def make(shelf: Shelf) -> Body:
        parts = "".join(_part(*each) for each in enumerate(_by_part(course), start=1) if each[1][2])
        others = "".join(_list(title, cards) for title, cards in lists if cards)
        bar = f'<p class="kept"><progress max="{len(course)}" value="0"></progress> <span class="progress"></span>'
        bar += ' <button class="forget plain" type="button">Start over</button></p>'
        content = f'<p class="claim">{escape(story())}</p>{bar}<div class="parts">{parts}</div>{others}'
        return Body("How optimizers find their way", f'<main class="index">{content}</main>')

    return Page("index.html", "Descent", "index", make)


def _by_part(course: Sequence[tuple[Lesson, Page]]) -> list[tuple[str, str, list[tuple[Lesson, Page]]]]:
    pages = {lesson.name: page for lesson, page in course}
    parts = by_part(lesson for lesson, _ in course)
    return [(part.title, part.about, [(lesson, pages[lesson.name]) for lesson in own]) for part, own in parts.items()]


def _part(number: int, part: tuple[str, str, list[tuple[Lesson, Page]]]) -> str:
    title, about, own = part
    rows = "".join(
        f'<li data-lesson="{lesson.name}"><a href="{page.path}">{lesson.number} · {escape(lesson.title)}</a>'
        f"<span>{in_line(lesson.about)}</span></li>"
        for lesson, page in own
    )
    return f'<section><h2>Part {number} · {escape(title)}</h2><p class="about">{escape(about)}</p><ol>{rows}</ol></section>'


def _list(title: str, cards: Iterable[Card]) -> str:
    rows = "".join(f'<li><a href="{page.path}">{escape(name)}</a><span>{escape(about)}</span></li>' for page, name, about in cards)
    return f'<section class="cards"><h2>{escape(title)}</h2><ul>{rows}</ul></section>'
