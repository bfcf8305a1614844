"""The course: files are read or refused in words, and everything that a lesson claims is true of its own scenarios."""

from __future__ import annotations

import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from figures import DARK, LIGHT
from figures.lessons import LESSON_FIGURES
from lab.stationarity import SAMPLES, share_of_minima
from scenario import Experiment, Scenario
from scenario.course import by_part, story
from scenario.lesson import Drawing, Lesson, Question, Words
from scenario.lessons import FOLDER, LessonError, lessons, parse, read_lesson
from scenario.symbols import symbols, symbols_in, symbols_of, text_of
from scenario.text import query_of
from scenario.view import is_known, setup_of
from tests.lesson_checks import ANSWERS, CLAIMS, Races

for checks in sorted(Path(__file__).parent.glob("lesson_checks_*.py")):  # which register themselves
    import_module(f"tests.{checks.stem}")
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
[why]
"Momentum" = "No."
[places]
"SGD" = [[0, 0], [1, 1]]
"Momentum" = [[2, 0.5]]
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
    assert lesson.questions[0].opening == lesson.questions[0].scenario


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
        ("landscape=ravine&optimizer=momentum", "landscape=ravine&optimizer=momentum~lr:-1", 13, "learning rate = -1"),
        ('"map"\n[', '"map.hologram"\n[', 5, "there is no view 'hologram'; there are map, maps, surface, surfaces, loss, gradient, rate"),
        ('show = "map"\n[', 'show = "map"\nlead = "loss"\n[', 6, "none of the views that the lesson shows; choose one of map"),
        ('"map.loss"', '"map.step"', 21, "there is no view 'step'"),
        ("```show", "```shwo", 11, "there is no block 'shwo'"),
        ("momentum\"\n```", "momentum\"\n", 12, "= value"),
        ('right = "SGD"', 'right = "Adam"', 16, "it is one of SGD, Momentum"),
        ('["SGD", "Momentum"]', '["SGD"]', 18, "at least two different"),
        ('"Momentum" = "No."', '"SGD" = "No."', 16, "[why] must say of each wrong choice"),
        ('[[2, 0.5]]', "[2, 0.5]", 25, "not two numbers between brackets"),
        ('"Momentum" = [[2, 0.5]]', '"Adam" = [[2, 0.5]]', 16, "[places] has Adam, which is none of the choices"),
        ('"SGD" = [[0, 0], [1, 1]]\n', "", 16, "[places] must say where the run ends"),
        ('because = "So."', 'because = "So."\nfollow = [3, 1]', 16, "an optimizer of 1 to 2 and a start of 1 to 1"),
        ('landscape=ravine&optimizer=sgd"\nshow', 'data=moons"\nshow', 5, "no view 'map'; there are landscape, surface"),
        ('landscape=ravine&optimizer=sgd&optimizer=momentum"\nshow = "map.loss"', 'data=moons"', 16, "are marked on the map"),
        ("The loss\nfalls.", "It rises.", 7, "the claim 'falls' is not in the words"),
        ('name = "share of minima"\n```', 'name = "share of minima"', 29, "the block that begins here has no end"),
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


def test_no_two_files_have_one_number_or_name(tmp_path: Path) -> None:
    for files, problem in ((("02-one.md", "02-two.md"), "two lessons 2;"), (("03-one.md", "04-one.md"), "two lessons have one name")):
        folder = tmp_path / files[1][:2]
        folder.mkdir()
        for name in files:
            (folder / name).write_text(GOOD)
        with pytest.raises(LessonError, match=problem):
            lessons(folder)
    (tmp_path / "notes.md").write_text(GOOD)
    with pytest.raises(LessonError, match=r"notes.md: .* like 03-ravine.md"):
        read_lesson(tmp_path / "notes.md")


def test_adding_a_lesson_is_adding_a_file(tmp_path: Path) -> None:
    for name in ("07-second.md", "01-first.md"):
        (tmp_path / name).write_text(GOOD)
    assert [(lesson.number, lesson.name) for lesson in lessons(tmp_path).values()] == [(1, "first"), (7, "second")]


def test_what_follows_an_open_question_is_not_shown() -> None:
    question = GOOD[GOOD.index("```predict") : GOOD.index("```figure")]
    lesson = parse(GOOD.replace("```figure", question.replace("Which?", "And now?") + "```figure"), "01-t.md")
    assert len(lesson.questions) == 2
    for answers, shown in (((None, None), 4), (("Momentum", "SGD"), 4), (("SGD", None), 5), (("SGD", "Momentum"), 5), (("SGD", "SGD"), 6)):
        assert lesson.until_open(answers) == lesson.parts[:shown]


@pytest.mark.parametrize(
    ("mark", "choice"), [((0.2, 0.1), "SGD"), ((1.2, 1.4), "SGD"), ((1.9, 0.4), "Momentum"), ((9.0, -9.0), "Momentum")]
)
def test_a_mark_stands_for_the_choice_with_the_nearest_place(mark: tuple[float, float], choice: str) -> None:
    assert parse(GOOD, "01-t.md").questions[0].marked(mark) == choice


# ---- the course


def test_every_claim_has_a_check_and_every_check_a_claim() -> None:
    assert set(CLAIMS) == {(lesson.name, name) for lesson in COURSE.values() for name in lesson.claims}
    assert set(ANSWERS) == set(QUESTIONS)


@pytest.mark.parametrize(("lesson", "name"), list(CLAIMS))
def test_what_a_lesson_claims_is_so(lesson: str, name: str) -> None:
    CLAIMS[lesson, name](Races(COURSE[lesson]))


@pytest.mark.parametrize(("lesson", "place"), QUESTIONS)
def test_the_answer_that_a_lesson_calls_right_is_right(lesson: str, place: int) -> None:
    assert ANSWERS[lesson, place](Races(COURSE[lesson])) == COURSE[lesson].questions[place].right


@pytest.mark.parametrize(("lesson", "place"), QUESTIONS)
def test_a_mark_where_the_run_really_ends_is_the_right_answer(lesson: str, place: int) -> None:
    question = COURSE[lesson].questions[place]
    if not question.places:
        return
    optimizer, start = question.follow
    assert isinstance(question.scenario, Scenario)
    assert isinstance(question.opening, Scenario)
    x, y = question.scenario.race().runs[optimizer - 1].positions[-1, :, start - 1]
    assert question.marked((x, y)) == question.right
    for choice, places in question.places.items():
        for at in places:
            assert question.marked(at) == choice
            assert all(low <= number <= high for number, (low, high) in zip(at, question.opening.build_landscape().window, strict=True))


def test_an_answer_can_be_marked_where_a_question_asks_for_a_place() -> None:
    assert {lesson for lesson, place in QUESTIONS if COURSE[lesson].questions[place].places} == {
        lesson for lesson, place in QUESTIONS if re.search(r"Where (does|will|is)", COURSE[lesson].questions[place].question)
    }


@pytest.mark.parametrize("lesson", COURSE.values(), ids=list(COURSE))
def test_nothing_above_a_question_is_its_answer(lesson: Lesson) -> None:
    """The words, the headings, and the titles of the pictures before it; its scenario is played by no other stop before it."""
    for question in lesson.questions:
        before = lesson.parts[: lesson.parts.index(question)]
        words = " ".join([lesson.about, *(getattr(part, "text", getattr(part, "title", "")) for part in before)])
        if len(question.right.split()) > 2:
            assert question.right.lower() not in " ".join(words.lower().split())
        because = [sentence for sentence in question.because.split(": ") if len(sentence) > 20]
        assert not [sentence for sentence in because if sentence in words]
        earlier = [stop.scenario for stop in lesson.stops[: lesson.stops.index(question)]]
        assert question.scenario not in earlier


def test_a_symbol_has_one_meaning_in_the_whole_course() -> None:
    meanings = [symbol.meaning for symbol in symbols().values()]
    assert len(set(meanings)) == len(meanings)
    used = {name: symbols_of(lesson) for name, lesson in COURSE.items()}
    assert set().union(*used.values()) == set(symbols()), "a symbol is declared where it is used, and only then"
    for name, lesson in COURSE.items():
        text = " ".join(text_of(lesson).split())
        unsaid = [symbol for symbol in used[name] if not any(word in text for word in symbols()[symbol].words)]
        assert not unsaid, f"lesson {name} never says what these are: {unsaid}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"a velocity $v_t = \rho v_{t-1}$ and 2/λ", {"v", "t", r"\rho", r"\lambda"}),
        (r"$$\frac{\hat s}{B} \text{ by } \lVert\mathbf x\rVert$$ in a row", {r"\hat", "s", "B", r"\mathbf x"}),
        ("no formula, $\\begin{gathered} \\ln 2 \\end{gathered}$ either", set()),
    ],
)
def test_symbols_are_found_in_formulas(text: str, found: set[str]) -> None:
    assert symbols_in(text) == found


@pytest.mark.parametrize("lesson", COURSE.values(), ids=list(COURSE))
def test_no_sentence_is_cut_in_two_by_a_button(lesson: Lesson) -> None:
    for part, following in pairwise(lesson.parts):
        if isinstance(part, Words):
            text = re.sub(r"\n+#+ [^\n]*$", "", part.text)
            assert text.startswith("##") or text[-1] in ".?!:*", text[-60:]
            assert not re.search(r"\b(called|and|with|by|that)[\s:]*$", text), text[-60:]
        if isinstance(following, Words):
            assert re.match(r"[A-Z0-9$*#\[(]", following.text), following.text[:60]


@pytest.mark.parametrize("lesson", COURSE.values(), ids=list(COURSE))
def test_lessons_do_not_change_with_the_app_s_defaults(lesson: Lesson) -> None:
    """Every rate, every start and every length of a run that a lesson speaks of stands in its own file."""
    text = (FOLDER / f"{lesson.number:02}-{lesson.name}.md").read_text(encoding="utf-8")
    queries = re.findall(r'^(?:scenario|before) = "(.*)"$', text, re.MULTILINE)
    assert len(queries) >= len(lesson.stops)
    for query in queries:
        pairs = parse_qsl(query, keep_blank_values=True)
        assert all("~lr:" in value for name, value in pairs if name == "optimizer"), query
        if isinstance(setup_of(query), Experiment):
            assert re.match(r"data=\w+~n:\d+~noise:", query), query
            assert {"widths", "activation", "initial", "seed"} <= set(dict(pairs)), query
        else:
            assert "point=" in query or re.search(r"starts=(grid~n|cloud~x:[^~]+~y:[^~]+~n):", query), query
        assert "&steps=" in query


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
            assert path in ("sweeps", "fair", "basins", "tournament", "network", "network_sweeps", "transfer", "./"), (
                "the app works offline"
            )
            kind = Experiment if path == "network" or "data=" in query else Scenario
            kind.from_query(query_of([(name, value) for name, value in parse_qsl(query) if is_known(name, kind)]))


def test_the_course_has_parts_that_hold_every_lesson_once() -> None:
    parts = by_part(COURSE.values())
    assert f"{('no', 'one', 'two', 'three', 'four', 'five')[len(parts)]} parts" in story()
    assert [lesson for own in parts.values() for lesson in own] == list(COURSE.values())
    for part, own in parts.items():
        assert own[0].number == part.first
        assert part.about.endswith(".")
        networks = [isinstance(lesson.scenario, Experiment) or lesson.name == "two-weights" for lesson in own]
        assert all(networks) if part.title == "Networks" else not any(networks)


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
