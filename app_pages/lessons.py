"""The Lessons page: the words of a lesson beside the player, which shows what they speak of."""

from __future__ import annotations

import streamlit as st

from app_pages.frame import frame
from app_pages.picks import picked
from app_pages.races import race_of
from app_pages.state import ALL, change, choose_panels, complaint, current, panels, put, setting, setting_among
from app_pages.widgets import complain, theme
from player import STEP
from scenario.lessons import Checkpoint, Drawing, Lesson, Question, Words, lessons

_KEY = "lesson player"
_PLAYS = "plays"
OWN = {"lesson": "", "at": "", "said": "", "done": ""}
"""The page's own settings: the lesson (the first if none is named), which of its stops is shown (`Lesson.stops`; none before the lesson's
own scenario was put in place), the choices made at its questions, counted from 0, and the lessons that are done, each list joined by dots.
"""
_APART = "."
_PICTURE_HEIGHT = 300


def page() -> None:
    """Draw the page."""
    frame("lessons", _header, _page, OWN, title=lambda: f"{_lesson().number} · {_lesson().title}")


# ---- where the student is


def _lesson() -> Lesson:
    course = lessons()
    name = setting_among("lesson", ["", *course], "")
    return course[name] if name else next(iter(course.values()))


def _stop() -> Lesson | Checkpoint | Question:
    """What the lesson shows now."""
    stops = _lesson().stops
    return stops[int(setting_among("at", [str(place) for place in range(len(stops))], "0"))]


def _said(question: int) -> int | None:
    """The number of the choice that was made at a question, None if none was."""
    choices = _lesson().questions[question].choices
    answer = [*setting("said").split(_APART), *[""] * (question + 1)][question]
    return int(answer) if answer.isdecimal() and int(answer) < len(choices) else None


def _done() -> list[str]:
    """The names of the lessons that are done, in the course's order."""
    named = setting("done").split(_APART)
    return [name for name in lessons() if name in named]


# ---- where the student goes


def _open(lesson: Lesson) -> None:
    put(lesson=lesson.name, said="")
    _go(lesson, 0)


def _go(lesson: Lesson, place: int) -> None:
    """Play a lesson's stop from its start."""
    stop = lesson.stops[place]
    put(at=str(place))
    choose_panels(stop.show)
    change("lesson", lambda now: stop.scenario, groups=ALL)
    st.session_state[_PLAYS] = st.session_state.get(_PLAYS, 0) + 1


def _answer(lesson: Lesson, question: int, choice: int) -> None:
    """Take an answer, and play what shows whether it is right; a lesson whose questions are all answered is done."""
    answers = [_said(place) for place in range(len(lesson.questions))]
    answers[question] = choice
    put(said=_APART.join("" if answer is None else str(answer) for answer in answers))
    if None not in answers:
        put(done=_APART.join(dict.fromkeys([*_done(), lesson.name])))
    _go(lesson, lesson.stops.index(lesson.questions[question]))


# ---- the page


def _header() -> None:
    lesson, course = _lesson(), list(lessons().values())
    if not setting("at"):
        _go(lesson, 0)
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
    from player.component import player

    try:
        race = race_of(current())
    except ValueError as error:
        st.error(complaint(error), icon=":material/error:")
        return
    shown = tuple(name for name in panels() if name != STEP) or _lesson().show
    player(race, theme(), shown, _KEY, _picked, f"{_lesson().name} {st.session_state.get(_PLAYS, 0)}")
    for place in ("pick", "lesson"):
        complain(place)


def _picked() -> None:
    """Play from the start that was clicked, added or moved in the map."""
    pick = st.session_state[_KEY].pick
    if pick["kind"] != "follow":
        change("pick", lambda now: picked(now, pick), groups=("starts",))


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
    place = lesson.stops.index(part)
    shown = _stop() is part and current() == part.scenario
    st.button(
        part.title,
        key=f"show {lesson.name} {place}",
        icon=":material/replay:" if shown else ":material/play_arrow:",
        type="primary" if shown else "secondary",
        on_click=_go,
        args=(lesson, place),
    )


def _question(lesson: Lesson, number: int) -> None:
    question, said = lesson.questions[number], _said(number)
    with st.container(border=True, key=f"question_{lesson.name}_{number}", gap="small"):
        st.markdown(f"**Predict:** {question.question}")
        with st.container(horizontal=True, gap="small"):
            for place, choice in enumerate(question.choices):
                st.button(
                    choice,
                    key=f"answer {lesson.name} {number} {place}",
                    type="primary" if said == place else "secondary",
                    on_click=_answer,
                    args=(lesson, number, place),
                )
        if said is None:
            return
        if question.choices[said] == question.right:
            st.success(f"Right. {question.because}", icon=":material/check:")
        else:
            st.info(f"Not yet: **{question.right}** is right. {question.because}", icon=":material/lightbulb:")


def _drawing(part: Drawing) -> None:
    from figures.lessons import DRAWINGS
    from player.chart import chart

    colours = theme()
    chart(DRAWINGS[part.name](colours), colours, f"drawing {part.name}", height=_PICTURE_HEIGHT)


def _onwards(lesson: Lesson) -> None:
    """What stands under the words: the way back to the lesson's own picture, and on."""
    course = list(lessons().values())
    with st.container(horizontal=True, gap="small", key="onwards"):
        if current() != lesson.scenario:
            st.button("First picture of this lesson", key="first picture", icon=":material/restart_alt:", on_click=_go, args=(lesson, 0))
        if lesson.number < len(course):
            onward = course[lesson.number]
            st.button(
                f"Next: {onward.title}", key="onward", icon=":material/arrow_forward:", type="primary", on_click=_open, args=(onward,)
            )
