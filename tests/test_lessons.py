"""The course: files are read or refused in words, and everything that a lesson claims is true of its own scenarios."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from figures import DARK, LIGHT
from figures.lessons import LESSON_FIGURES
from lab.stationarity import SAMPLES, share_of_minima
from scenario import Scenario
from scenario.lessons import Drawing, Lesson, LessonError, Question, Words, lessons, parse, read_lesson
from scenario.text import query_of
from scenario.view import is_known
from tests import lesson_checks_methods, lesson_checks_practice  # noqa: F401, they register their checks
from tests.lesson_checks import ANSWERS, CLAIMS, Races

COURSE = lessons()
QUESTIONS = [(lesson.name, place) for lesson in COURSE.values() for place in range(len(lesson.questions))]
LINK = re.compile(r"\]\(([^)]*)\)")
GOOD = """+++
title = "T"
about = "A"
scenario = "landscape=ravine&optimizer=sgd"
show = "map"
[claims]
falls = "The loss falls"
+++
The loss
falls.
```show
title = "With momentum"
scenario = "landscape=ravine&optimizer=momentum"
```
More words.
```predict
question = "Which?"
choices = ["SGD", "Momentum"]
right = "SGD"
scenario = "landscape=ravine&optimizer=sgd&optimizer=momentum"
show = "map.loss"
because = "So."
```
```figure
name = "share of minima"
```
"""


def test_a_file_becomes_a_lesson() -> None:
    lesson = parse(GOOD, "01-t.md")
    assert [type(part).__name__ for part in lesson.parts] == ["Words", "Checkpoint", "Words", "Question", "Drawing"]
    assert lesson.parts[0] == Words("The loss\nfalls.")
    assert [stop.show for stop in lesson.stops] == [("map",), ("map",), ("map", "loss")]
    assert lesson.stops[1].scenario == Scenario.from_query("landscape=ravine&optimizer=momentum")
    assert lesson.questions[0].right == "SGD"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("+++\ntitle", "title", 1, "a lesson begins with a line +++"),
        ("loss falls\"\n+++", "loss falls\"", 1, "put a line +++ before the words"),
        ('title = "T"\n', "", 1, "title must be given here"),
        ('title = "T"', "title = T", 2, "texts between quotes"),
        ('about = "A"', 'abuot = "A"', 1, "about must be given"),
        ('show = "map"\n[', 'shwo = "map"\n[', 5, "there is no 'shwo' here"),
        ("ravine&optimizer=sgd\"\nshow", "ravin&optimizer=sgd\"\nshow", 4, "there is no landscape 'ravin'"),
        ("landscape=ravine&optimizer=momentum", "landscape=ravine&optimizer=momentum~lr:-1", 13, "lr = -1"),
        ('"map"\n[', '"map.hologram"\n[', 5, "there is no view 'hologram'; there are map, maps, surface, surfaces, loss, gradient, rate"),
        ('"map.loss"', '"map.step"', 21, "there is no view 'step'"),
        ("```show", "```shwo", 11, "there is no block 'shwo'"),
        ("momentum\"\n```", "momentum\"\n", 12, "= value"),
        ('right = "SGD"', 'right = "Adam"', 16, "it is one of SGD, Momentum"),
        ('["SGD", "Momentum"]', '["SGD"]', 18, "at least two different"),
        ("The loss\nfalls.", "It rises.", 7, "the claim 'falls' is not in the words"),
        ('name = "share of minima"\n```', 'name = "share of minima"', 24, "the block that begins here has no end"),
    ],
)  # fmt: skip
def test_a_malformed_file_is_refused_with_its_line_and_what_to_do(old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    with pytest.raises(LessonError) as refused:
        parse(GOOD.replace(old, new, 1), "07-t.md")
    message = str(refused.value)
    assert message.startswith("07-t.md, line")
    assert words in message
    assert re.search(rf"\bline {line}\b", message), message


def test_files_are_numbered_from_one_without_gaps(tmp_path: Path) -> None:
    (tmp_path / "02-second.md").write_text(GOOD)
    with pytest.raises(LessonError, match="lesson 1 is missing"):
        lessons(tmp_path)
    (tmp_path / "notes.md").write_text(GOOD)
    with pytest.raises(LessonError, match=r"notes.md: .* like 03-ravine.md"):
        read_lesson(tmp_path / "notes.md")


def test_adding_a_lesson_is_adding_a_file(tmp_path: Path) -> None:
    for name in ("02-second.md", "01-first.md"):
        (tmp_path / name).write_text(GOOD)
    assert [(lesson.number, lesson.name) for lesson in lessons(tmp_path).values()] == [(1, "first"), (2, "second")]


# ---- the course


def test_every_claim_has_a_check_and_every_check_a_claim() -> None:
    assert set(CLAIMS) == {(lesson.name, name) for lesson in COURSE.values() for name in lesson.claims}
    assert set(ANSWERS) == set(QUESTIONS)


@pytest.mark.parametrize(("lesson", "name"), CLAIMS)
def test_what_a_lesson_claims_is_so(lesson: str, name: str) -> None:
    CLAIMS[lesson, name](Races(COURSE[lesson]))


@pytest.mark.parametrize(("lesson", "place"), QUESTIONS)
def test_the_answer_that_a_lesson_calls_right_is_right(lesson: str, place: int) -> None:
    assert ANSWERS[lesson, place](Races(COURSE[lesson])) == COURSE[lesson].questions[place].right


@pytest.mark.parametrize("lesson", COURSE.values(), ids=list(COURSE))
def test_a_lesson_is_whole(lesson: Lesson) -> None:
    assert lesson.claims
    assert 1 <= len(lesson.questions) <= 2, "a lesson asks, or it is only read"
    assert len(lesson.stops) > 2
    words = " ".join(part.text for part in lesson.parts if isinstance(part, Words))
    assert 250 <= len(words.split()) <= 550
    for part in lesson.parts:
        if isinstance(part, Drawing):
            assert part.name in LESSON_FIGURES
        if isinstance(part, Question):
            assert part.because.endswith(".")


@pytest.mark.parametrize("lesson", COURSE.values(), ids=list(COURSE))
def test_links_in_a_lesson_lead_to_a_scenario(lesson: Lesson) -> None:
    for part in lesson.parts:
        for address in LINK.findall(part.text) if isinstance(part, Words) else ():
            path, _, query = address.partition("?")
            assert path in ("sweeps", "fair", "basins", "tournament", "./"), "the app works offline"
            pairs = [(name, value) for name, value in parse_qsl(query) if is_known(name)]
            Scenario.from_query(query_of(pairs))


# ---- the plot of stationary points


@pytest.mark.parametrize(("dimension", "exact"), [(1, 1 / 2), (2, 1 / 4)])
def test_the_share_of_minima_is_right_where_it_is_known(dimension: int, exact: float) -> None:
    """On a line every second stationary point is a minimum. In the plane minima and maxima together are as many as saddles (Morse)."""
    found = share_of_minima(dimension, seed=1)
    assert abs(found.value - exact) <= 4 * found.error + 1e-12
    assert found.error < 0.005


def test_a_lesson_says_how_many_samples_the_plot_has() -> None:
    assert f"{SAMPLES:,} of them for each dimension" in COURSE["saddles"].text
    assert share_of_minima(10).value + 3 * share_of_minima(10).error < 0.001, "fewer than one in a thousand in ten dimensions"


def test_minima_get_rarer_with_every_dimension() -> None:
    shares = [share_of_minima(dimension).value for dimension in range(1, 8)]
    assert all(after < 0.6 * before for before, after in pairwise(shares))


def test_a_dimension_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="must be at least 1, not 0"):
        share_of_minima(0)


def test_every_plot_is_drawn() -> None:
    for theme in (LIGHT, DARK):
        for draw in LESSON_FIGURES.values():
            assert draw(theme).data
