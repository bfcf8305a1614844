"""The Lessons page: the words of a lesson beside the player, which shows what they speak of."""

from __future__ import annotations

import math
from collections.abc import Mapping

import streamlit as st

from app_pages.address import pairs_for
from app_pages.frame import frame
from app_pages.picks import picked
from app_pages.races import race_of
from app_pages.session import Pairs, session, value_of
from app_pages.settings import Setting, number_below
from app_pages.widgets import attempt, show_problem, theme
from figures.lessons import LESSON_FIGURES
from parameters import short
from player.chart import chart
from player.component import player, reader
from player.payload import Prediction
from scenario.lessons import Checkpoint, Drawing, Lesson, Question, Words, lessons
from scenario.panels import STEP
from scenario.symbols import symbols, symbols_of
from scenario.text import written
from scenario.view import View, is_known, pairs_of

_KEY = "lesson player"
_LESSON = Setting("lessons", "lesson")
"""The name of the lesson, the first of the course if none is named."""
_STOP = Setting("lessons", "at")
"""Which of its stops is shown, counted from 0 (`Lesson.stops`); none before the lesson's own scenario was shown."""
_ANSWERS = Setting("lessons", "said")
"""The choices made at the lesson's questions, counted from 0, joined by dots."""
_MARK = Setting("lessons", "mark")
"""Where the student has marked the end of the run that is shown, "x,y"; none if the answer was not marked."""
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
    return [*pairs_of(View(first.scenario, first.show)), (_STOP.name, "0")]


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


def _answers(lesson: Lesson) -> list[int | None]:
    """The number of the choice made at each question, None where none was: what the link says, or else what the browser has kept."""
    kept = (session().progress or {}).get(lesson.name, "")
    said = (_ANSWERS.value if lesson.name == _lesson().name else "") or kept
    answers = [*said.split(_BETWEEN), *[""] * len(lesson.questions)]
    return [number_below(len(question.choices), answer) for question, answer in zip(lesson.questions, answers, strict=False)]


def _choices(lesson: Lesson) -> list[str | None]:
    """The choice that was made at each question, None where none was."""
    answers = zip(lesson.questions, _answers(lesson), strict=True)
    return [None if answer is None else question.choices[answer] for question, answer in answers]


def _done() -> list[str]:
    """The lessons whose questions are all answered rightly, by name in the course's order, as the link or the browser remembers them."""
    named = _DONE.value.split(_BETWEEN)
    return [lesson.name for lesson in lessons().values() if lesson.name in named or _all_right(lesson)]


def _all_right(lesson: Lesson) -> bool:
    return _choices(lesson) == [question.right for question in lesson.questions]


def _waiting() -> Question | None:
    """The question that is to be answered before its race is played, where its picture is shown."""
    stop = _stop()
    if not isinstance(stop, Question) or session().scenario != stop.opening:
        return None
    return stop if _choices(_lesson())[_lesson().questions.index(stop)] is None else None


def _mark() -> tuple[float, float] | None:
    """Where the student has marked the end of the run."""
    try:
        x, y = (float(number) for number in _MARK.value.split(","))
    except ValueError:
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) else None


# ---- where the student goes


def _open(lesson: Lesson) -> None:
    _LESSON.set(lesson.name)
    _ANSWERS.set("")
    _play(lesson, 0)


def _play(lesson: Lesson, index: int, mark: str = "") -> None:
    """Play one of a lesson's stops from its start; a question that is still open only shows where it begins."""
    stop, now = lesson.stops[index], session()
    _STOP.set(str(index))
    _MARK.set(mark)
    is_open = isinstance(stop, Question) and _choices(lesson)[lesson.questions.index(stop)] is None
    now.choose_panels(stop.show)
    now.change("lesson", lambda _: stop.opening if is_open and isinstance(stop, Question) else stop.scenario)
    now.plays += 1


def _answer(lesson: Lesson, question: int, choice: int | None, mark: str = "") -> None:
    """Take an answer, and play what shows whether it is right, or None to take it back. A lesson with all answers right is done."""
    now, answers = session(), _answers(lesson)
    answers[question] = choice
    _ANSWERS.set(_written(answers))
    right = [said if word == asked.right else None for said, word, asked in zip(answers, _choices(lesson), lesson.questions, strict=True)]
    now.progress = {**(now.progress or {}), lesson.name: _written(right)}  # what was wrong is asked again another day
    _DONE.set(_BETWEEN.join(_done()))
    _play(lesson, lesson.stops.index(lesson.questions[question]), mark)


def _written(answers: list[int | None]) -> str:
    """The numbers of choices as a link has them."""
    return _BETWEEN.join("" if answer is None else str(answer) for answer in answers)


def _forget() -> None:
    """Begin the course anew: nothing is done, and nothing answered."""
    now = session()
    now.progress, now.forgotten = {}, now.forgotten + 1
    for setting in (_DONE, _ANSWERS):
        setting.set("")
    _play(_lesson(), 0)


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
        st.button("Start over", icon=":material/restart_alt:", help="Forget what is done and answered", type="tertiary", on_click=_forget)
    for step, icon, key, where in ((-1, "chevron_left", "PageUp", "previous"), (1, "chevron_right", "PageDown", "next")):
        there = 1 <= lesson.number + step <= len(course)
        st.button(
            where.capitalize(),
            icon=f":material/{icon}:",
            key=f"{where} lesson",
            help=f"The {where} lesson (shift and page {'up' if step < 0 else 'down'})",
            shortcut=f"Shift+{key}",
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
    reader(session().progress, session().forgotten, session().plays, _KEY, _restore)


def _restore() -> None:
    """Take over what the browser has kept of this student's answers, but for those given since."""
    found = value_of(f"{_KEY} reader").progress
    course = lessons()
    kept = {str(name): str(said) for name, said in found.items() if name in course} if isinstance(found, Mapping) else {}
    session().progress = {**kept, **(session().progress or {})}


def _picture() -> None:
    waiting = _waiting()
    # the browser is not even sent what would answer the question
    race = attempt(lambda: race_of(session().scenario.replace(steps=1) if waiting else session().scenario))
    if race is None:
        return
    shown = tuple(name for name in session().panels if name != STEP) or _lesson().show
    prediction: Prediction = {"open": waiting is not None, "mark": _mark(), "hint": _hint(waiting) if waiting else ""}
    chapter = f"{_lesson().name} {session().plays}"
    player(
        race,
        theme(),
        ("map",) if waiting else shown,
        _KEY,
        _picked,
        chapter,
        board=not waiting,
        ahead=False,
        prediction=prediction,
    )
    for field in ("pick", "lesson"):
        show_problem(field)


def _hint(question: Question) -> str:
    """What to do on the map of a question that is still open."""
    if not question.places:
        return "Here it begins. It is played once you have answered."
    optimizer, start = question.follow
    which, points = question.scenario.labels()[optimizer - 1], question.scenario.points
    if len(points) > 1:
        x, y = points[start - 1]
        which += f" from ({short(x)}, {short(y)})".replace("-", "−")
    then = " after the change" if question.before else ""  # which the map does not show: it would tell
    return f"Click on the map where {which} will end{then}."


def _picked() -> None:
    """Play from the start that was clicked, added or moved in the map; where a question is open the click is the answer."""
    pick = value_of(_KEY).pick
    if pick["kind"] not in ("start", "add", "move"):
        return
    question = _waiting()
    if question is None:
        session().change("pick", lambda now: picked(now, pick))
    elif question.places:
        x, y = (float(number) for number in pick["at"])
        choice = question.choices.index(question.marked((x, y)))
        _answer(_lesson(), _lesson().questions.index(question), choice, f"{written(x)},{written(y)}")


# ---- the words


def _words(lesson: Lesson) -> None:
    shown = lesson.until_open(_choices(lesson))
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
    question, said = lesson.questions[number], _answers(lesson)[number]
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
                    on_click=_answer,
                    args=(lesson, number, index),
                )
        if said is None:
            _unanswered(lesson, number)
        else:
            _answered(lesson, number, question.choices[said])


def _unanswered(lesson: Lesson, number: int) -> None:
    """Under a question that is still open: its picture at the start, in which the answer may be marked."""
    question = lesson.questions[number]
    if _waiting() is question:
        st.caption(_hint(question) + (" Or choose one of these." if question.places else ""))
        return
    place = lesson.stops.index(question)
    label = "Mark it on the map" if question.places else "Show where it begins"
    icon = ":material/place:" if question.places else ":material/visibility:"
    st.button(label, key=f"ask {lesson.name} {number}", icon=icon, type="tertiary", on_click=_play, args=(lesson, place))


def _answered(lesson: Lesson, number: int, choice: str) -> None:
    """Under a question that has an answer: whether it is right, and why or why not; and the race again."""
    question, place = lesson.questions[number], lesson.stops.index(lesson.questions[number])
    right = choice == question.right
    marked = f"Your mark stands for “{choice}”. " if _mark() and _stop() is question else ""
    if right:
        st.success(f"Right. {marked}{question.because}", icon=":material/check:")
    else:
        st.warning(f"Not so. {marked}{question.why[choice]} Watch the race, and answer again.", icon=":material/close:")
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Play the race again",
            key=f"again {lesson.name} {number}",
            icon=":material/replay:",
            type="tertiary",
            on_click=_play,
            args=(lesson, place, _MARK.value if _stop() is question else ""),
        )
        if question.places and not right:
            st.button(
                "Mark it again",
                key=f"ask {lesson.name} {number}",
                icon=":material/place:",
                type="tertiary",
                on_click=_answer,
                args=(lesson, number, None),
            )


def _drawing(part: Drawing) -> None:
    colours = theme()
    chart(LESSON_FIGURES[part.name](colours), colours, f"drawing {part.name}", height=_PICTURE_HEIGHT)


def _onwards(lesson: Lesson, is_open: bool) -> None:
    """What stands under the words: the way back to the lesson's own picture, and on where no question is open."""
    course = list(lessons().values())
    with st.container(horizontal=True, gap="small", key="onwards"):
        if session().scenario != lesson.scenario:
            st.button("First picture of this lesson", key="first picture", icon=":material/restart_alt:", on_click=_play, args=(lesson, 0))
        if not is_open and lesson.number < len(course):
            onward = course[lesson.number]
            st.button(
                f"Next: {onward.title}", key="onward", icon=":material/arrow_forward:", type="primary", on_click=_open, args=(onward,)
            )
