"""The Lessons page: the words of a lesson beside the player, which shows what they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import streamlit as st

from app_pages.classroom import class_screen
from app_pages.controls import sidebar
from app_pages.course import (
    STOP,
    answer,
    hint,
    lesson_shown,
    lessons_done,
    mark,
    open_lesson,
    open_question,
    play,
    start_over,
    stop_shown,
)
from app_pages.frame import frame
from app_pages.lesson_words import words
from app_pages.network_controls import network_sidebar
from app_pages.picks import picked
from app_pages.races import comparison_of, measured, race_of
from app_pages.refined import refine_landscape
from app_pages.session import session, value_of
from app_pages.settings import number_below
from app_pages.widgets import attempt, show_problem, theme
from player.component import player, reader, trainer
from player.payload import Prediction
from scenario import Experiment, Scenario
from scenario.course import by_part, course_parts, part_of, story
from scenario.lesson import Lesson, usual_panels
from scenario.lessons import beside, lessons
from scenario.panels import STEP
from scenario.setup import Setup
from scenario.text import written
from scenario.view import kind_of_pairs

_KEY = "lesson player"


def page() -> None:
    """Draw the page."""
    frame(
        "lessons", _header, _page, title=lambda: f"{lesson_shown().number} · {lesson_shown().title}", controls=_sidebar, afterwards=_refine
    )


def _sidebar(told: str) -> None:
    """The controls of what the lesson plays: a race, or networks."""
    if session().kind_on("lessons") is Experiment:
        network_sidebar(told)
    else:
        sidebar(told=told)


def _header() -> None:
    lesson, course = lesson_shown(), list(lessons().values())
    if not STOP.value:
        play(lesson, 0)
    elif kind_of_pairs(session().address) is None:  # a link by hand that leaves the scenario to the stop
        play(lesson, lesson.stops.index(stop_shown()))
    with st.popover("Lessons", icon=":material/list:", key="lessons", help="All lessons, and which are done"):
        _overview(course)
    for step, icon, key, where in ((-1, "chevron_left", "PageUp", "previous"), (1, "chevron_right", "PageDown", "next")):
        neighbour = beside(lesson, step)
        st.button(
            where.capitalize(),
            icon=f":material/{icon}:",
            key=f"{where} lesson",
            help=f"The {where} lesson (shift and page {'up' if step < 0 else 'down'})",
            shortcut=f"Shift+{key}",
            disabled=neighbour is None,
            on_click=open_lesson,
            args=(neighbour or lesson,),
        )
    st.caption(f"{len(lessons_done())} of {len(course)} done", width="content")


def _overview(course: list[Lesson]) -> None:
    """The whole course in its parts, from one knob to a network, and which of its lessons are done."""
    done = lessons_done()
    with st.container(key="overview"):
        st.caption(story())
        columns = st.columns(2, gap="medium")
        for place, (part, own) in enumerate(by_part(course).items()):
            with columns[2 * place // len(course_parts())]:
                st.markdown(f"**Part {place + 1} · {part.title}**")
                st.caption(part.about)
                for lesson in own:
                    st.button(
                        f"{lesson.number} · {lesson.title}",
                        key=f"open {lesson.name}",
                        icon=":material/check_circle:" if lesson.name in done else ":material/circle:",
                        help=lesson.about,
                        type="tertiary",
                        on_click=open_lesson,
                        args=(lesson,),
                    )
        st.button("Start over", icon=":material/restart_alt:", help="Forget what is done", type="tertiary", on_click=start_over)


def _page() -> None:
    with st.container(key="lesson"):
        left, right = st.columns([2, 3], gap="medium")
        with right, st.container(key="lesson_player"):
            _picture()
        with left, st.container(key=f"lesson_text_{lesson_shown().name}"):
            part = part_of(lesson_shown())
            st.caption(f"Part {course_parts().index(part) + 1} of {len(course_parts())} · {part.title}")
            words(lesson_shown())
    reader("lessons", session().progress, session().forgotten, session().plays, _KEY, _restore)
    class_screen(_revealed, _asked_again)


def _restore() -> None:
    """Take over what the browser has kept of this student's answers, but for those given since."""
    found = value_of(f"{_KEY} reader").progress
    course = lessons()
    kept = {str(name): str(said) for name, said in found.items() if name in course} if isinstance(found, Mapping) else {}
    session().progress = {**kept, **(session().progress or {})}


def _revealed(source: str) -> None:
    """Show the class what is right, by playing it, as if it had been answered so."""
    if found := _asked(source):
        lesson, number = found
        answer(lesson, number, lesson.questions[number].choices.index(lesson.questions[number].right))


def _asked_again(source: str) -> None:
    """Let the question be open again."""
    if found := _asked(source):
        answer(*found, None)


def _asked(source: str) -> tuple[Lesson, int] | None:
    """The lesson that is shown and the number of its question that a class was asked; None where it was another lesson's."""
    name, _, number = source.rpartition(".")
    lesson = lesson_shown()
    place = number_below(len(lesson.questions), number)
    return (lesson, place) if name == lesson.name and place is not None else None


def _picture() -> None:
    question, setup = open_question(), session().setup
    prediction: Prediction = {
        "open": question is not None,
        "mark": mark(),
        "hint": hint(question) if question else "",
        "lead": lesson_shown().lead,
    }
    chapter = f"{lesson_shown().name} {session().plays}"
    panels = usual_panels(setup)[:1] if question else _panels()
    if question:
        setup = _asked_of(setup)
    if isinstance(setup, Experiment):
        comparison = attempt(lambda: comparison_of(setup))
        if comparison:
            measured(comparison, panels)
            trainer(comparison, theme(), panels, _KEY, _picked, chapter, not question, ahead=False, prediction=prediction)
    elif isinstance(setup, Scenario):
        race = attempt(lambda: race_of(setup))
        if race:
            player(race, theme(), panels, _KEY, _picked, chapter, not question, ahead=False, prediction=prediction)
    for field in ("pick", "lesson"):
        show_problem(field)


def _refine() -> None:
    """Show a landscape of networks from more points, once all else is there."""
    setup = session().setup
    if isinstance(setup, Experiment) and not open_question():
        with suppress(ValueError):  # which stands in the picture's place
            refine_landscape(comparison_of(setup), _panels(), _KEY)


def _asked_of(setup: Setup) -> Setup:
    """What is shown while a question is open: the browser is not even sent what would answer it."""
    return setup.replace(steps=1)


def _panels() -> tuple[str, ...]:
    """What is shown of what is played."""
    return tuple(name for name in session().panels if name != STEP) or stop_shown().show


def _picked() -> None:
    """Play from what was clicked, added or moved in a map or a landscape, or with numbers that were turned; where a question is open the
    click is the answer."""
    pick = value_of(_KEY).pick
    if pick["kind"] not in ("start", "add", "move", "set"):
        return
    question = open_question()
    if question is None:
        session().change("pick", lambda now: picked(now, pick))
    elif question.places and "at" in pick:
        if pick.get("of") not in (None, _asked_of(session().setup).to_query()):
            session().refuse("pick", ValueError("the place was marked on what was shown before; mark it here"))
            return
        x, y = (float(number) for number in pick["at"])
        choice = question.choices.index(question.marked((x, y)))
        answer(lesson_shown(), lesson_shown().questions.index(question), choice, f"{written(x)},{written(y)}")
