"""Where a student is in the course, what was answered and what is done, and where one goes from there."""

from __future__ import annotations

import math

from app_pages.address import pairs_for
from app_pages.session import Pairs, session
from app_pages.settings import Setting, number_below
from scenario import Scenario
from scenario.lesson import Checkpoint, Lesson, Question
from scenario.lessons import lessons
from scenario.view import View, pairs_of

LESSON = Setting("lessons", "lesson")
"""The name of the lesson, the first of the course if none is named."""
STOP = Setting("lessons", "at", label="Picture")
"""Which of its stops is shown, counted from 0 (`Lesson.stops`); none before the lesson's own scenario was shown."""
ANSWERS = Setting("lessons", "said")
"""The choices made at the lesson's questions, counted from 0, joined by dots."""
MARK = Setting("lessons", "mark")
"""Where the student has marked the end of the run that is shown, "x,y"; none if the answer was not marked."""
DONE = Setting("lessons", "done")
"""The lessons that are done, joined by dots."""
_BETWEEN = "."


def pairs() -> Pairs:
    """The names and values of the link to what this page will show, so that coming here is one step in the browser's history."""
    if STOP.value or not session().page:
        return pairs_for("lessons")
    first = lesson_shown().stops[0]
    return [*pairs_of(View(first.scenario, first.show)), (STOP.name, "0")]


# ---- where the student is


def lesson_shown() -> Lesson:
    """The lesson that the link names, or the first."""
    course = lessons()
    if LESSON.value and LESSON.value not in course:
        LESSON.refuse(f"is no lesson; there are {', '.join(course)}")
    return course[LESSON.value] if LESSON.value else next(iter(course.values()))


def stop_shown() -> Lesson | Checkpoint | Question:
    """What the lesson shows now."""
    stops = lesson_shown().stops
    if STOP.value not in map(str, range(len(stops))):
        STOP.refuse(f"is no picture of this lesson; they are numbered from 0 to {len(stops) - 1}", "0")
    return stops[int(STOP.value)]


def answers_in(lesson: Lesson) -> list[int | None]:
    """The number of the choice made at each question, None where none was: what the link says, or else what the browser has kept."""
    kept = (session().progress or {}).get(lesson.name, "")
    said = (ANSWERS.value if lesson.name == lesson_shown().name else "") or kept
    answers = [*said.split(_BETWEEN), *[""] * len(lesson.questions)]
    return [number_below(len(question.choices), answer) for question, answer in zip(lesson.questions, answers, strict=False)]


def choices_in(lesson: Lesson) -> list[str | None]:
    """The choice that was made at each question, None where none was."""
    answers = zip(lesson.questions, answers_in(lesson), strict=True)
    return [None if answer is None else question.choices[answer] for question, answer in answers]


def lessons_done() -> list[str]:
    """The lessons whose questions are all answered rightly, by name in the course's order, as the link or the browser remembers them."""
    named = DONE.value.split(_BETWEEN)
    return [lesson.name for lesson in lessons().values() if lesson.name in named or _all_right(lesson)]


def _all_right(lesson: Lesson) -> bool:
    return choices_in(lesson) == [question.right for question in lesson.questions]


def open_question() -> Question | None:
    """The question that is to be answered before its race is played, where its picture is shown."""
    stop = stop_shown()
    if not isinstance(stop, Question) or session().setup != stop.opening:
        return None
    return stop if choices_in(lesson_shown())[lesson_shown().questions.index(stop)] is None else None


def mark() -> tuple[float, float] | None:
    """Where the student has marked the end of the run."""
    try:
        x, y = (float(number) for number in MARK.value.split(","))
    except ValueError:
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) else None


# ---- where the student goes


def open_lesson(lesson: Lesson) -> None:
    """Turn to a lesson."""
    LESSON.set(lesson.name)
    ANSWERS.set("")
    play(lesson, 0)


def play(lesson: Lesson, index: int, mark: str = "") -> None:
    """Play one of a lesson's stops from its start; a question that is still open only shows where it begins."""
    stop, now = lesson.stops[index], session()
    STOP.set(str(index))
    MARK.set(mark)
    is_open = isinstance(stop, Question) and choices_in(lesson)[lesson.questions.index(stop)] is None
    now.kinds["lessons"] = type(stop.scenario)
    now.choose_panels(stop.show)
    now.change("lesson", lambda _: stop.opening if is_open and isinstance(stop, Question) else stop.scenario)
    now.plays += 1


def answer(lesson: Lesson, question: int, choice: int | None, mark: str = "") -> None:
    """Take an answer, and play what shows whether it is right, or None to take it back. A lesson with all answers right is done."""
    now, answers = session(), answers_in(lesson)
    answers[question] = choice
    ANSWERS.set(_written(answers))
    right = [said if word == asked.right else None for said, word, asked in zip(answers, choices_in(lesson), lesson.questions, strict=True)]
    now.progress = {**(now.progress or {}), lesson.name: _written(right)}  # what was wrong is asked again another day
    DONE.set(_BETWEEN.join(lessons_done()))
    play(lesson, lesson.stops.index(lesson.questions[question]), mark)


def _written(answers: list[int | None]) -> str:
    """The numbers of choices as a link has them."""
    return _BETWEEN.join("" if answer is None else str(answer) for answer in answers)


def start_over() -> None:
    """Begin the course anew: nothing is done, and nothing answered."""
    now = session()
    now.progress, now.forgotten = {}, now.forgotten + 1
    for setting in (DONE, ANSWERS):
        setting.set("")
    play(lesson_shown(), 0)


def hint(question: Question) -> str:
    """What to do on the map of a question that is still open."""
    if not question.places or not isinstance(question.scenario, Scenario):
        return "Here it begins. It is played once you have answered."
    return f"Click on the map where {question.followed} will end{question.then}."
