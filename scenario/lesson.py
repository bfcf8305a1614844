"""A lesson as it is shown: words, and between them what to look at, questions and plots. `scenario.lessons` reads them from files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from parameters import short
from scenario.scenario import Scenario
from scenario.setup import Setup

_USUAL: Mapping[type[Setup], tuple[str, ...]] = {Scenario: ("map", "loss")}
"""What a lesson is looked at in where it does not say; networks in what they are usually looked at in."""
Point = tuple[float, float]


@dataclass(frozen=True)
class Words:
    """Markdown, with formulas between dollars."""

    text: str


@dataclass(frozen=True)
class Checkpoint:
    """A button that shows another scenario, or an experiment."""

    title: str
    scenario: Setup
    show: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question to answer before the race is shown: once a choice is made, the scenario is played and the reason given.

    Attributes:
        question, choices, right: what is asked, what can be answered, and which of that is so.
        because: why it is so.
        why: for each other choice, what is wrong with it. What is right the race shows, and the question is asked again.
        scenario, show: what is played once there is an answer, a scenario or an experiment.
        places: where on the map the followed run ends, for each choice that has such places, if the answer can be marked there. A mark
            stands for the choice that has the nearest place.
        follow: the optimizer and the start whose end is marked, both counted from 1.
        before: what the map shows while an answer is marked, where the landscape of the scenario would tell it.
    """

    question: str
    choices: tuple[str, ...]
    right: str
    because: str
    why: Mapping[str, str]
    scenario: Setup
    show: tuple[str, ...] = ()
    places: Mapping[str, tuple[Point, ...]] = field(default_factory=dict)
    follow: tuple[int, int] = (1, 1)
    before: Setup | None = None

    @property
    def opening(self) -> Setup:
        """What is shown at its start while the answer is open."""
        return self.before or self.scenario

    @property
    def followed(self) -> str:
        """Whose end is marked: "SGD", or "SGD from (0.5, −1.2)" where there are several starts; what is played where nothing is marked."""
        if not self.places or not isinstance(self.scenario, Scenario):
            return f"the {self.scenario.event}"
        optimizer, start = self.follow
        which, points = self.scenario.labels()[optimizer - 1], self.scenario.points
        if len(points) > 1:
            x, y = points[start - 1]
            which += f" from ({short(x)}, {short(y)})".replace("-", "−")
        return which

    @property
    def then(self) -> str:
        """What is to be said with that where the map shows something else: it would tell."""
        return " after the change" if self.before else ""

    def marked(self, at: Point) -> str:
        """The choice that a mark on the map stands for."""
        return min(self.places, key=lambda choice: min(math.dist(at, place) for place in self.places[choice]))


@dataclass(frozen=True)
class Drawing:
    """A plot of `figures.lessons`, by its name."""

    name: str


Part = Words | Checkpoint | Question | Drawing


def usual_panels(setup: Setup) -> tuple[str, ...]:
    """What a lesson shows a setup in where it does not say. The first of them is all that is shown while a question is open."""
    return _USUAL.get(type(setup), setup.usual_panels)


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes:
        title, about: what it is called, and a line on what is in it.
        scenario, show: what is shown at first, a scenario or an experiment, and in which panels, by the names of its `known_panels`.
        lead: which of these panels it is about, where that is not the first one of them: while all are presented it is the largest.
        claims: the sentences on what optimizers do, as they stand in the words; the tests hold each against the scenarios.
        number, name: by which it has its place in the course, and what links call it.
        parts: words, checkpoints, questions and plots, from top to bottom.
    """

    title: str
    about: str
    scenario: Setup
    claims: Mapping[str, str]
    show: tuple[str, ...] = ()
    lead: str = ""
    number: int = field(default=0, kw_only=True)
    name: str = field(default="", kw_only=True)
    parts: tuple[Part, ...] = field(default=(), kw_only=True)

    @property
    def stops(self) -> tuple[Lesson | Checkpoint | Question, ...]:
        """What has a scenario: the lesson itself, then its checkpoints and questions in their order."""
        return (self, *(part for part in self.parts if isinstance(part, Checkpoint | Question)))

    @property
    def questions(self) -> tuple[Question, ...]:
        """What it asks."""
        return tuple(part for part in self.parts if isinstance(part, Question))

    @property
    def text(self) -> str:
        """All the text in one line: the words, the questions, and the reasons behind the answers."""
        texts: list[str] = []
        for part in self.parts:
            if isinstance(part, Words):
                texts.append(part.text)
            elif isinstance(part, Question):
                texts += [part.question, part.because, *part.why.values()]
        return " ".join(" ".join(texts).split())

    def until_open(self, answers: Sequence[str | None]) -> tuple[Part, ...]:
        """The parts up to the first question that is not answered rightly: what follows would give its answer away.

        Args:
            answers: the choice made at each question, None where none was.
        """
        open_ones = [question for question, answer in zip(self.questions, answers, strict=True) if answer != question.right]
        return self.parts[: self.parts.index(open_ones[0]) + 1] if open_ones else self.parts
