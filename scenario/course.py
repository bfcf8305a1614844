"""The course in parts, each some lessons that follow each other: from one knob to a network."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from scenario.lesson import Lesson
from scenario.lessons import FOLDER


@dataclass(frozen=True)
class CoursePart:
    """A part of the course.

    Attributes:
        title, about: what it is called, and its place in the story, in a sentence.
        first: the number from which on lessons belong to it, up to those of the next part.
    """

    title: str
    about: str
    first: int


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "parts.toml").read_text(encoding="utf-8"))


def story() -> str:
    """What the parts tell together, in a sentence."""
    return str(_declared()["story"])


@cache
def course_parts() -> tuple[CoursePart, ...]:
    """The parts in their order."""
    return tuple(CoursePart(**entry) for entry in _declared()["part"])


def part_of(lesson: Lesson) -> CoursePart:
    """The part that a lesson belongs to."""
    return [part for part in course_parts() if part.first <= lesson.number][-1]


def by_part(lessons: Iterable[Lesson]) -> dict[CoursePart, list[Lesson]]:
    """Lessons by the part that they belong to."""
    found: dict[CoursePart, list[Lesson]] = {part: [] for part in course_parts()}
    for lesson in lessons:
        found[part_of(lesson)].append(lesson)
    return found
