"""A page for each lesson: its words, and the player that shows what they speak of."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from exports.site.page import Body, Page, chart_place, player_place
from exports.site.shelf import Shelf
from exports.site.stops import Stop, stop_of
from exports.site.words import Link, as_html, in_line
from figures.lessons import LESSON_FIGURES
from player.chart_payload import chart_bytes
from player.payload import Prediction
from scenario.course import course_parts, part_of
from scenario.lesson import Checkpoint, Drawing, Lesson, Question, Words, usual_panels
from scenario.lessons import beside
from scenario.symbols import symbols, symbols_of

_CHART = 300
"""CSS pixels of a lesson's chart."""


def path_of(lesson: Lesson) -> str:
    """Where its page is on the site."""
    return f"lessons/{lesson.name}.html"


def lesson_page(lesson: Lesson, link: Link) -> Page:
    """The page of a lesson; `link` tells where on the site links of the app lead, from the site's folder."""

    def make(shelf: Shelf) -> Body:
        words = _Words(lesson, shelf, link)
        return Body(
            heading=f"{lesson.number} · {escape(lesson.title)}",
            content=f'<main class="lesson"><article id="words">{words.html()}</article>{player_place()}</main>',
            stops=[_stop(shelf, lesson, stop) for stop in lesson.stops],
            lesson={"name": lesson.name, "questions": [_question(shelf, lesson, question) for question in lesson.questions]},
            beside=_beside(lesson),
        )

    return Page(path_of(lesson), f"{lesson.title} · Descent", "lesson", make)


def hint(question: Question) -> str:
    """What to do on the map of a question that is still open."""
    if not question.places:
        return "Here it begins. It is played once you have answered."
    return f"Click on the map where {question.followed} will end{question.then}."


def _beside(lesson: Lesson) -> str:
    """The way to the lessons before and after."""
    places = []
    for step, rel, name in ((-1, "prev", "Previous"), (1, "next", "Next")):
        if neighbour := beside(lesson, step):
            title = f"{escape(neighbour.title)} (shift and page {'up' if step < 0 else 'down'})"
            places.append(f'<a class="button" rel="{rel}" href="../{path_of(neighbour)}" title="{title}">{name}</a>')
    return f'<nav aria-label="Lessons">{"".join(places)}</nav><span class="progress"></span>'


def _stop(shelf: Shelf, lesson: Lesson, stop: Lesson | Checkpoint | Question) -> Stop:
    setup = stop.scenario
    return stop_of(
        shelf,
        setup,
        stop.show or usual_panels(setup),
        stop.title if not isinstance(stop, Question) else "",
        ahead=False,
        prediction=_prediction(lesson),
    )


def _question(shelf: Shelf, lesson: Lesson, question: Question) -> dict[str, Any]:
    """A question, with its picture at its start: the page shows nothing of what would answer it."""
    setup = question.opening
    opening = stop_of(
        shelf,
        setup.replace(steps=1),
        usual_panels(setup)[:1],
        board=False,
        ahead=False,
        prediction=_prediction(lesson) | {"open": True, "hint": hint(question)},
    )
    places = [question.places.get(choice, ()) for choice in question.choices] if question.places else None
    return {"stop": lesson.stops.index(question), "opening": opening, "right": question.choices.index(question.right), "places": places}


def _prediction(lesson: Lesson) -> Prediction:
    return {"open": False, "mark": None, "hint": "", "lead": lesson.lead}


class _Words:
    """Writes what stands beside the player."""

    def __init__(self, lesson: Lesson, shelf: Shelf, link: Link) -> None:
        self.lesson, self.shelf = lesson, shelf
        self.link: Link = lambda to: f"../{found}" if (found := link(to)) else None
        self.writers: dict[type[Any], Callable[[Any], str]] = {
            Words: lambda part: f'<section class="words">{as_html(part.text, self.link)}</section>',
            Checkpoint: self.checkpoint,
            Question: self.question,
            Drawing: self.drawing,
        }

    def html(self) -> str:
        """All of it, in its order."""
        part = part_of(self.lesson)
        above = f'<p class="about always">Part {course_parts().index(part) + 1} of {len(course_parts())} · {escape(part.title)}</p>'
        own = [self.writers[type(each)](each) for each in self.lesson.parts]
        locked = '<p class="locked" hidden>The lesson goes on here once you have answered.</p>'
        return "\n".join([above, *own, locked, self.onwards(), self.symbols()])

    def checkpoint(self, part: Checkpoint) -> str:
        at = self.lesson.stops.index(part)
        return f'<p class="show"><button class="stop" type="button" data-stop="{at}">{escape(part.title)}</button></p>'

    def question(self, part: Question) -> str:
        number, place = self.lesson.questions.index(part), self.lesson.stops.index(part)
        choices = "".join(f'<button type="button" data-choice="{at}">{in_line(choice)}</button>' for at, choice in enumerate(part.choices))
        more = " Or choose one of these." if part.places else ""
        begin = "Mark it on the map" if part.places else "Show where it begins"
        again = f'<button class="again plain" type="button" data-stop="{place}">Play the {part.scenario.event} again</button>'
        mark = '<button class="mark-again plain" type="button">Mark it again</button>' if part.places else ""
        return (
            f'<section class="question" id="question-{number}"><p><strong>Predict:</strong> {in_line(part.question, self.link)}</p>'
            f'<div class="choices">{choices}</div><p class="hint">{escape(hint(part))}{more}</p>'
            f'<div class="told" role="status" hidden></div>'
            f'<div class="choices"><button class="begin plain" type="button" data-stop="{place}">{begin}</button>{again}{mark}</div>'
            f"{''.join(self.answer(part, at) for at in range(len(part.choices)))}</section>"
        )

    def answer(self, part: Question, at: int) -> str:
        """What is said of a choice."""
        choice = part.choices[at]
        marked = f'<span class="marked">Your mark stands for “{in_line(choice)}”. </span>'
        if choice == part.right:
            told = f"<strong>Right.</strong> {marked}{in_line(part.because, self.link)}"
        else:
            told = f"<strong>Not so.</strong> {marked}{in_line(part.why[choice], self.link)}"
            told += f" Watch the {part.scenario.event}, and answer again."
        return f'<template data-answer="{at}"><p>{told}</p></template>'

    def drawing(self, part: Drawing) -> str:
        draw = LESSON_FIGURES[part.name]
        chart = self.shelf.text(lambda theme: chart_bytes(draw(theme), theme, picks=False, box=False, height=_CHART))
        return chart_place(chart, _CHART)

    def onwards(self) -> str:
        """What stands under the words: the lesson's own picture, and the way on."""
        onward = beside(self.lesson, 1)
        on = f'<p class="end"><a class="button first" href="../{path_of(onward)}">Next: {escape(onward.title)}</a></p>' if onward else ""
        return f'{on}<p class="always"><button class="stop plain" type="button" data-stop="0">First picture of this lesson</button></p>'

    def symbols(self) -> str:
        """What the symbols in the lesson's formulas mean."""
        used = symbols_of(self.lesson)
        rows = [f"<li>{in_line(f'${symbol.shown}$: {symbol.meaning}')}</li>" for name, symbol in symbols().items() if name in used]
        return f'<details class="end"><summary>Symbols in this lesson</summary><ul>{"".join(rows)}</ul></details>' if rows else ""
