"""The words of a lesson, with buttons, questions and plots between them."""

from __future__ import annotations

import streamlit as st

from app_pages.classroom import ask_class
from app_pages.course import MARK, answer, answers_in, choices_in, hint, mark, open_lesson, open_question, play, stop_shown
from app_pages.session import session
from app_pages.widgets import theme
from figures.lessons import LESSON_FIGURES
from player.chart import chart
from scenario.lesson import Checkpoint, Drawing, Lesson, Question, Words
from scenario.lessons import beside
from scenario.symbols import symbols, symbols_of
from votes import Poll
from votes.asking import of_lesson

_PICTURE_HEIGHT = 300


def words(lesson: Lesson) -> None:
    """Show a lesson up to its first open question."""
    shown = lesson.until_open(choices_in(lesson))
    for part in shown:
        if isinstance(part, Words):
            st.markdown(part.text)
        elif isinstance(part, Checkpoint):
            _checkpoint(lesson, part)
        elif isinstance(part, Question):
            _question(lesson, lesson.questions.index(part))
        else:
            _drawing(part)
    is_open = len(shown) < len(lesson.parts)
    if is_open:
        st.caption(":material/lock: The lesson goes on here once you have answered.")
    _onwards(lesson, is_open)
    if not is_open:
        _symbols(lesson)


def _symbols(lesson: Lesson) -> None:
    """What the symbols in the lesson's formulas mean."""
    used = symbols_of(lesson)
    rows = [f"- ${symbol.shown}$: {symbol.meaning}" for name, symbol in symbols().items() if name in used]
    if rows:
        with st.expander("Symbols in this lesson", icon=":material/function:"):
            st.markdown("\n".join(rows))


def _checkpoint(lesson: Lesson, part: Checkpoint) -> None:
    index = lesson.stops.index(part)
    shown = stop_shown() is part and session().setup == part.scenario
    st.button(
        part.title,
        key=f"show {lesson.name} {index}",
        icon=":material/replay:" if shown else ":material/play_arrow:",
        type="primary" if shown else "secondary",
        on_click=play,
        args=(lesson, index),
    )


def _question(lesson: Lesson, number: int) -> None:
    question, said = lesson.questions[number], answers_in(lesson)[number]
    with st.container(border=True, key=f"question_{lesson.name}_{number}", gap="small"):
        st.markdown(f"**Predict:** {question.question}")
        with st.container(horizontal=True, gap="small"):
            for index, choice in enumerate(question.choices):
                right = choice == question.right
                st.button(
                    choice,
                    key=f"answer {lesson.name} {number} {index}",
                    icon=None if said != index else ":material/check:" if right else ":material/close:",
                    type="primary" if said == index and right else "secondary",
                    disabled=said is not None and not right and question.choices[said] == question.right,
                    on_click=answer,
                    args=(lesson, number, index),
                )
        if said is None:
            _unanswered(lesson, number)
        else:
            _answered(lesson, number, question.choices[said])


def _unanswered(lesson: Lesson, number: int) -> None:
    """Under a question that is still open: its picture at the start, in which the answer may be marked."""
    question = lesson.questions[number]
    is_shown = open_question() is question
    if is_shown:
        st.caption(hint(question) + (" Or choose one of these." if question.places else ""))
    with st.container(horizontal=True, gap="small"):
        if not is_shown:
            place = lesson.stops.index(question)
            label = "Mark it on the map" if question.places else "Show where it begins"
            icon = ":material/place:" if question.places else ":material/visibility:"
            st.button(label, key=f"ask {lesson.name} {number}", icon=icon, type="tertiary", on_click=play, args=(lesson, place))
        _ask_class(lesson, number)


def _ask_class(lesson: Lesson, number: int) -> None:
    """A button that lets the class answer a question, which is played once the answer is revealed."""
    question = lesson.questions[number]

    def begin() -> Poll:
        answer(lesson, number, None)  # it is open, and its picture at its start
        return of_lesson(question)

    ask_class("Ask the class", f"ask class {lesson.name} {number}", begin, f"{lesson.name}.{number}")


def _answered(lesson: Lesson, number: int, choice: str) -> None:
    """Under a question that has an answer: whether it is right, and why or why not; and what shows it again."""
    question, place = lesson.questions[number], lesson.stops.index(lesson.questions[number])
    right = choice == question.right
    marked = f"Your mark stands for “{choice}”. " if mark() and stop_shown() is question else ""
    if right:
        st.success(f"Right. {marked}{question.because}", icon=":material/check:")
    else:
        st.warning(
            f"Not so. {marked}{question.why[choice]} Watch the {question.scenario.event}, and answer again.", icon=":material/close:"
        )
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Play the {question.scenario.event} again",
            key=f"again {lesson.name} {number}",
            icon=":material/replay:",
            type="tertiary",
            on_click=play,
            args=(lesson, place, MARK.value if stop_shown() is question else ""),
        )
        if question.places and not right:
            st.button(
                "Mark it again",
                key=f"ask {lesson.name} {number}",
                icon=":material/place:",
                type="tertiary",
                on_click=answer,
                args=(lesson, number, None),
            )
        if not right:
            _ask_class(lesson, number)


def _drawing(part: Drawing) -> None:
    colours = theme()
    chart(LESSON_FIGURES[part.name](colours), colours, f"drawing {part.name}", height=_PICTURE_HEIGHT)


def _onwards(lesson: Lesson, is_open: bool) -> None:
    """What stands under the words: the way back to the lesson's own picture, and on where no question is open."""
    onward = beside(lesson, 1)
    with st.container(horizontal=True, gap="small", key="onwards"):
        if session().setup != lesson.scenario:
            st.button("First picture of this lesson", key="first picture", icon=":material/restart_alt:", on_click=play, args=(lesson, 0))
        if onward and not is_open:
            st.button(
                f"Next: {onward.title}", key="onward", icon=":material/arrow_forward:", type="primary", on_click=open_lesson, args=(onward,)
            )
