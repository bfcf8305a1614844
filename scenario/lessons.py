"""Lessons: Markdown files that carry the scenarios they speak of.

A lesson is one file, `lessons/03-ravine.md`: they follow each other by their numbers, and the rest is the name in links. Between two lines
`+++` stands, as TOML, what `Lesson` needs; then come the words, with blocks between them that the page makes alive:

    ```show         a button that changes the scenario: the fields of `Checkpoint`
    ```predict      a question to answer before the answer is played: the fields of `Question`
    ```figure       a plot, by its name: the fields of `Drawing`

Scenarios, and experiments with networks, are written as a link's query and read strictly; a checkpoint or question without `show` keeps the
lesson's panels, where they are of the same kind.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from scenario.lesson import Checkpoint, Drawing, Lesson, Part, Point, Question, Words, usual_panels
from scenario.panels import of_kind, unknown_panels
from scenario.scenario import Scenario
from scenario.setup import Setup
from scenario.view import setup_of

FOLDER = Path(__file__).parent.parent / "lessons"
_KINDS = ("picture", "curve")
"""Of panels: a lesson cannot show a step taken apart, since nothing on its page says which optimizer's."""
_FENCE, _MARK = "```", "+++"
_NAME = re.compile(r"(\d+)-([a-z][a-z0-9-]*)\.md")


class LessonError(ValueError):
    """A lesson's file cannot be used: which one, in which line, and what to do."""


_BLOCKS: Mapping[str, type[Checkpoint | Question | Drawing]] = {"show": Checkpoint, "predict": Question, "figure": Drawing}
_HEAD = ("title", "about", "scenario", "show", "lead", "claims")


def beside(lesson: Lesson, step: int) -> Lesson | None:
    """The lesson so many after another in the course, or before it; None where there is none."""
    course = list(lessons().values())
    place = course.index(lesson) + step
    return course[place] if 0 <= place < len(course) else None


@cache
def lessons(folder: Path = FOLDER) -> dict[str, Lesson]:
    """The course by name, in its order.

    Raises:
        LessonError: a file cannot be used, or two have one number or name.
    """
    read = sorted((read_lesson(path) for path in folder.glob("*.md")), key=lambda lesson: lesson.number)
    for before, lesson in pairwise(read):
        if lesson.number == before.number:
            raise LessonError(f"{folder.name}: there are two lessons {lesson.number}; give every file a number of its own")
    course = {lesson.name: lesson for lesson in read}
    if len(course) < len(read):
        raise LessonError(f"{folder.name}: two lessons have one name; give every file another one behind its number")
    return course


def read_lesson(path: Path) -> Lesson:
    """The lesson in a file.

    Raises:
        LessonError: it cannot be used.
    """
    found = _NAME.fullmatch(path.name)
    if not found:
        raise LessonError(f"{path.name}: a lesson's file is called by its number and name, like 03-ravine.md; rename it")
    lesson = parse(path.read_text(encoding="utf-8"), path.name)
    return replace(lesson, number=int(found[1]), name=found[2])


def parse(text: str, file: str) -> Lesson:
    """The lesson that a file's text describes, without number and name.

    Args:
        text: all of it.
        file: its name, for the messages.

    Raises:
        LessonError: it cannot be used.
    """
    lines = text.splitlines()
    if not lines or lines[0].strip() != _MARK:
        raise LessonError(f"{file}, line 1: a lesson begins with a line {_MARK}, its title and scenario, and another line {_MARK}")
    end = next((number for number, line in enumerate(lines[1:], start=2) if line.strip() == _MARK), None)
    if end is None:
        raise LessonError(f"{file}, line 1: the part that begins here has no end; put a line {_MARK} before the words")
    head = Lesson(**_values(Lesson, _HEAD, lines[1 : end - 1], 2, file))
    head = replace(head, show=head.show or usual_panels(head.scenario))
    if head.lead and head.lead not in head.show:
        number = next((at for at, line in enumerate(lines, start=1) if line.startswith("lead")), 1)
        views = ", ".join(head.show)
        raise LessonError(f"{file}, line {number}: lead = {head.lead!r} is none of the views that the lesson shows; choose one of {views}")
    lesson = replace(head, parts=tuple(_with_panels(part, head) for part in _parts(lines[end:], end + 1, file)))
    for name, claim in lesson.claims.items():
        if " ".join(str(claim).split()) not in lesson.text:
            number = next((at for at, line in enumerate(lines, start=1) if line.startswith(f"{name} ")), 1)
            raise LessonError(f"{file}, line {number}: the claim {name!r} is not in the words; write it there exactly as here: {claim}")
    return lesson


def _with_panels(part: Part, head: Lesson) -> Part:
    if not isinstance(part, Checkpoint | Question) or part.show:
        return part
    return replace(part, show=head.show if type(part.scenario) is type(head.scenario) else usual_panels(part.scenario))


def _parts(lines: list[str], first: int, file: str) -> Iterator[Part]:
    """The parts under the head; `first` is the number of the first line."""
    words: list[str] = []
    rest = iter(enumerate(lines, start=first))
    for number, line in rest:
        if not line.startswith(_FENCE):
            words.append(line)
            continue
        if written := "\n".join(words).strip():
            yield Words(written)
        words = []
        yield _block(line.removeprefix(_FENCE).strip(), _until_fence(rest, number, file), number, file)
    if written := "\n".join(words).strip():
        yield Words(written)


def _until_fence(rest: Iterator[tuple[int, str]], number: int, file: str) -> list[str]:
    block: list[str] = []
    for _, line in rest:
        if line.rstrip() == _FENCE:
            return block
        block.append(line)
    raise LessonError(f"{file}, line {number}: the block that begins here has no end; close it with a line {_FENCE}")


def _block(kind: str, lines: list[str], number: int, file: str) -> Part:
    made = _BLOCKS.get(kind)
    if made is None:
        raise LessonError(f"{file}, line {number}: there is no block {kind!r}; write one of {', '.join(_BLOCKS)} behind {_FENCE}")
    part = made(**_values(made, tuple(entry.name for entry in fields(made)), lines, number + 1, file))
    if isinstance(part, Question) and (problem := _problem(part)):
        raise LessonError(f"{file}, line {number}: {problem}")
    return part


def _problem(question: Question) -> str:
    """What does not fit together in a question, "" if everything does."""
    choices = ", ".join(question.choices)
    if question.right not in question.choices:
        return f"right = {question.right!r} is none of the choices; it is one of {choices}"
    wrong = [choice for choice in question.choices if choice != question.right]
    if set(question.why) != set(wrong):
        return f"[why] must say of each wrong choice what is wrong with it, and of nothing else; they are {', '.join(wrong)}"
    if unknown := set(question.places) - set(question.choices):
        return f"[places] has {', '.join(sorted(unknown))}, which is none of the choices; they are {choices}"
    if question.places and question.right not in question.places:
        return f"[places] must say where the run ends that the question asks for: at {question.right!r} = [[x, y]]"
    if type(question.opening) is not type(question.scenario):
        return f"before must be of the same kind as the scenario, which is {question.scenario.noun}"
    if not isinstance(question.scenario, Scenario):
        return "[places] are marked on the map of a scenario, and this has no map; leave them out" if question.places else ""
    optimizers, starts = len(question.scenario.optimizers), question.scenario.start_points().shape[1]
    if not (1 <= question.follow[0] <= optimizers and 1 <= question.follow[1] <= starts):
        return f"follow = {list(question.follow)} must be an optimizer of 1 to {optimizers} and a start of 1 to {starts}"
    return ""


# ---- what stands in a block


def _values(made: type[Part | Lesson], names: tuple[str, ...], lines: list[str], first: int, file: str) -> dict[str, Any]:
    """The values of a block of TOML, checked; `first` is the number of its first line."""
    try:
        found = tomllib.loads("\n" * (first - 1) + "\n".join(lines))  # the message then counts the lines of the file
    except tomllib.TOMLDecodeError as error:
        raise LessonError(f"{file}, line {first} and after: {error}; write name = value, and texts between quotes") from None
    needed = {entry.name for entry in fields(made) if entry.name in names and entry.default is MISSING and entry.default_factory is MISSING}
    if missing := sorted(needed - set(found)):
        raise LessonError(f"{file}, line {first - 1}: {', '.join(missing)} must be given here; write {missing[0]} = ...")
    for name in sorted(found, key="show".__eq__):  # which panels there are depends on what is to be shown
        value = found[name]
        line = next((number for number, text in enumerate(lines, start=first) if text.startswith((name, f"[{name}]"))), first)
        if name not in names:
            raise LessonError(f"{file}, line {line}: there is no {name!r} here; there are {', '.join(names)}")
        read: Callable[[Any], Any] = _READERS.get(name, _text)
        try:
            found[name] = _panels(value, found["scenario"]) if name == "show" else read(value)
        except ValueError as error:
            raise LessonError(f"{file}, line {line}: {name} = {value!r} is not possible: {error}") from None
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("write a text between quotes")
    return value


def _panels(value: Any, setup: Setup) -> tuple[str, ...]:
    names = tuple(_text(value).split("."))
    if unknown := unknown_panels(names, of_kind(*_KINDS, known=setup.known_panels)):
        raise ValueError(f"{unknown}; write some of them with dots between")
    return names


def _choices(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) < 2 or len(set(map(str, value))) < len(value):
        raise ValueError('write at least two different ones, like ["SGD", "Momentum"]')
    return tuple(_text(choice) for choice in value)


def _texts(value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise ValueError('write its name between brackets and, in the lines under it, name = "sentence"')
    return {name: _text(text) for name, text in value.items()}


def _places(value: Any) -> Mapping[str, tuple[Point, ...]]:
    if not isinstance(value, dict) or not all(isinstance(places, list) and places for places in value.values()):
        raise ValueError('write [places] and, in the lines under it, "choice" = [[x, y]]')
    return {choice: tuple(_pair(place) for place in places) for choice, places in value.items()}


def _pair(value: Any) -> Any:
    if not isinstance(value, list) or len(value) != 2 or not all(type(number) in (int, float) for number in value):
        raise ValueError(f"{value!r} is not two numbers between brackets; write [1, 2]")
    return tuple(value)


def _scenario(value: Any) -> Setup:
    return setup_of(_text(value))


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "scenario": _scenario,
    "before": _scenario,
    "choices": _choices,
    "claims": _texts,
    "why": _texts,
    "places": _places,
    "follow": _pair,
}
