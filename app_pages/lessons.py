"""The Lessons page: the words of a lesson beside the player, which shows what they speak of."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from app_pages.address import pairs_for
from app_pages.frame import frame
from app_pages.picks import picked
from app_pages.races import race_of
from app_pages.session import Pairs, session, value_of
from app_pages.settings import Setting, defaults_on, number_below
from app_pages.widgets import attempt, show_problem, theme
from figures.lessons import LESSON_FIGURES
from player.chart import chart
from player.component import player
from scenario.lessons import Checkpoint, Drawing, Lesson, Question, Words, lessons
from scenario.panels import STEP
from scenario.view import is_known

_KEY = "lesson player"
_LESSON = Setting("lessons", "lesson")
"""The name of the lesson, the first of the course if none is named."""
_STOP = Setting("lessons", "at")
"""Which of its stops is shown, counted from 0 (`Lesson.stops`); none before the lesson's own scenario was shown."""
_ANSWERS = Setting("lessons", "said")
"""The choices made at the lesson's questions, counted from 0, joined by dots."""
_DONE = Setting("lessons", "done")
"""The lessons that are done, joined by dots."""
_BETWEEN = "."
_PICTURE_HEIGHT = 300


def page() -> None:
    """Draw the page."""
    frame("lessons", _header, _page, title=lambda: f"{_lesson().number} · {_lesson().title}")


def pairs() -> Pairs:
    """The names and values of the link to what this page will show, so that coming here is one step in the browser's history."""
    if _STOP.value or not session().page:
        return pairs_for("lessons")
    first = _lesson().stops[0]
    return replace(session(), scenario=first.scenario, panels=first.show, settings={"lessons": {_STOP.name: "0"}}).pairs(
        "lessons", defaults_on("lessons")
    )


# ---- where the student is


def _lesson() -> Lesson:
    course = lessons()
    if _LESSON.value and _LESSON.value not in course:
        _LESSON.refuse(f"is no lesson; there are {', '.join(course)}")
    return course[_LESSON.value] if _LESSON.value else next(iter(course.values()))


def _stop() -> Lesson | Checkpoint | Question:
    """What the lesson shows now."""
    stops = _lesson().stops
    if _STOP.value not in map(str, range(len(stops))):
        _STOP.refuse(f"is no picture of this lesson; they are numbered from 0 to {len(stops) - 1}", "0")
    return stops[int(_STOP.value)]


def _answered(question: int) -> int | None:
    """The number of the choice that was made at a question, None if none was."""
    choices = _lesson().questions[question].choices
    answer = [*_ANSWERS.value.split(_BETWEEN), *[""] * (question + 1)][question]
    return number_below(len(choices), answer)


def _done() -> list[str]:
    """The names of the lessons that are done, in the course's order."""
    named = _DONE.value.split(_BETWEEN)
    return [name for name in lessons() if name in named]


# ---- where the student goes


def _open(lesson: Lesson) -> None:
    _LESSON.set(lesson.name)
    _ANSWERS.set("")
    _play(lesson, 0)


def _play(lesson: Lesson, index: int) -> None:
    """Play one of a lesson's stops from its start."""
    stop, now = lesson.stops[index], session()
    _STOP.set(str(index))
    now.choose_panels(stop.show)
    now.change("lesson", lambda _: stop.scenario)
    now.plays += 1


def _answer(lesson: Lesson, question: int, choice: int) -> None:
    """Take an answer, and play what shows whether it is right; a lesson whose questions are all answered is done."""
    answers = [_answered(number) for number in range(len(lesson.questions))]
    answers[question] = choice
    _ANSWERS.set(_BETWEEN.join("" if answer is None else str(answer) for answer in answers))
    if None not in answers:
        _DONE.set(_BETWEEN.join(dict.fromkeys([*_done(), lesson.name])))
    _play(lesson, lesson.stops.index(lesson.questions[question]))


# ---- the page


def _header() -> None:
    lesson, course = _lesson(), list(lessons().values())
    if not _STOP.value:
        _play(lesson, 0)
    elif not any(is_known(name) for name, _ in session().address):  # a link by hand that leaves the scenario to the stop
        _play(lesson, lesson.stops.index(_stop()))
    with st.popover("Lessons", icon=":material/list:", key="lessons", help="All lessons, and which are done"):
        for other in course:
            icon = ":material/check_circle:" if other.name in _done() else ":material/circle:"
            st.button(
                f"{other.number} · {other.title}",
                key=f"open {other.name}",
                icon=icon,
                help=other.about,
                type="tertiary",
                on_click=_open,
                args=(other,),
            )
    for step, icon, key, where in ((-1, "chevron_left", "PageUp", "previous"), (1, "chevron_right", "PageDown", "next")):
        there = 1 <= lesson.number + step <= len(course)
        st.button(
            where.capitalize(),
            icon=f":material/{icon}:",
            key=f"{where} lesson",
            help=f"The {where} lesson (page {'up' if step < 0 else 'down'})",
            shortcut=key,
            disabled=not there,
            on_click=_open,
            args=(course[lesson.number - 1 + step] if there else lesson,),
        )
    st.caption(f"{len(_done())} of {len(course)} done", width="content")


def _page() -> None:
    with st.container(key="lesson"):
        left, right = st.columns([2, 3], gap="medium")
        with right, st.container(key="lesson_player"):
            _picture()
        with left, st.container(key=f"lesson_text_{_lesson().name}"):
            _words(_lesson())


def _picture() -> None:
    race = attempt(lambda: race_of(session().scenario))
    if race is None:
        return
    shown = tuple(name for name in session().panels if name != STEP) or _lesson().show
    player(race, theme(), shown, _KEY, _picked, f"{_lesson().name} {session().plays}")
    for field in ("pick", "lesson"):
        show_problem(field)


def _picked() -> None:
    """Play from the start that was clicked, added or moved in the map."""
    pick = value_of(_KEY).pick
    if pick["kind"] != "follow":
        session().change("pick", lambda now: picked(now, pick))


# ---- the words


def _words(lesson: Lesson) -> None:
    for part in lesson.parts:
        if isinstance(part, Words):
            st.markdown(part.text)
        elif isinstance(part, Checkpoint):
            _checkpoint(lesson, part)
        elif isinstance(part, Question):
            _question(lesson, lesson.questions.index(part))
        else:
            _drawing(part)
    _onwards(lesson)


def _checkpoint(lesson: Lesson, part: Checkpoint) -> None:
    index = lesson.stops.index(part)
    shown = _stop() is part and session().scenario == part.scenario
    st.button(
        part.title,
        key=f"show {lesson.name} {index}",
        icon=":material/replay:" if shown else ":material/play_arrow:",
        type="primary" if shown else "secondary",
        on_click=_play,
        args=(lesson, index),
    )


def _question(lesson: Lesson, number: int) -> None:
    question, said = lesson.questions[number], _answered(number)
    with st.container(border=True, key=f"question_{lesson.name}_{number}", gap="small"):
        st.markdown(f"**Predict:** {question.question}")
        with st.container(horizontal=True, gap="small"):
            for index, choice in enumerate(question.choices):
                st.button(
                    choice,
                    key=f"answer {lesson.name} {number} {index}",
                    type="primary" if said == index else "secondary",
                    on_click=_answer,
                    args=(lesson, number, index),
                )
        if said is None:
            return
        if question.choices[said] == question.right:
            st.success(f"Right. {question.because}", icon=":material/check:")
        else:
            st.info(f"Not yet: **{question.right}** is right. {question.because}", icon=":material/lightbulb:")


def _drawing(part: Drawing) -> None:
    colours = theme()
    chart(LESSON_FIGURES[part.name](colours), colours, f"drawing {part.name}", height=_PICTURE_HEIGHT)


def _onwards(lesson: Lesson) -> None:
    """What stands under the words: the way back to the lesson's own picture, and on."""
    course = list(lessons().values())
    with st.container(horizontal=True, gap="small", key="onwards"):
        if session().scenario != lesson.scenario:
            st.button("First picture of this lesson", key="first picture", icon=":material/restart_alt:", on_click=_play, args=(lesson, 0))
        if lesson.number < len(course):
            onward = course[lesson.number]
            st.button(
                f"Next: {onward.title}", key="onward", icon=":material/arrow_forward:", type="primary", on_click=_open, args=(onward,)
            )
