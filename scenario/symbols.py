"""The symbols of the course: each has one meaning, declared once, in all lessons."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from scenario.lesson import Lesson, Question, Words
from scenario.lessons import FOLDER

_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
_TOKEN = re.compile(r"\\mathbf\s+\w|\\[a-zA-Z]+|[a-zA-Z]|[α-ωΑ-Ω]")
_WRITTEN_OUT = re.compile(r"\\text\s*\{[^}]*\}|\\(?:begin|end)\s*\{[^}]*\}")
_COMMAND = re.compile(r"\\[a-zA-Z]+")
_LAYOUT = frozenset(
    _COMMAND.findall(
        r"\frac \tfrac \sqrt \left \right \quad \qquad \leftarrow \approx \cdot \dots \times \pm \sum \partial \infty \pi"
        r"\lVert \rVert \ln \cos \tanh \det \min \max \bigl \bigr"
    )
)
"""Commands that arrange a formula or always mean the same, and so need no declaration."""
_GREEK = dict(zip("αβγδεηκλξρσ", _COMMAND.findall(r"\alpha\beta\gamma\delta\epsilon\eta\kappa\lambda\xi\rho\sigma"), strict=True))


@dataclass(frozen=True)
class Symbol:
    """A symbol.

    Attributes:
        latex: as it stands in formulas, without indices.
        meaning: the only thing that it stands for.
        words: by which lessons call it.
    """

    latex: str
    meaning: str
    words: tuple[str, ...]

    @property
    def shown(self) -> str:
        """A formula that shows it by itself."""
        return {r"\nabla": r"\nabla f", r"\hat": r"\hat m"}.get(self.latex, self.latex)


@cache
def symbols() -> dict[str, Symbol]:
    """Every symbol of the course by its LaTeX, in the order of the list."""
    declared = tomllib.loads((FOLDER / "symbols.toml").read_text(encoding="utf-8"))["symbol"]
    return {entry["latex"]: Symbol(entry["latex"], entry["meaning"], tuple(entry["words"])) for entry in declared}


def symbols_in(text: str) -> set[str]:
    """The symbols in a text's formulas, which stand between dollars, and the Greek letters outside them, as LaTeX without indices."""
    found = {name for formula in _formulas(text) for name in _names(formula)}
    outside = _FORMULA.sub(" ", text)
    return found | {_GREEK.get(letter, letter) for letter in re.findall("[α-ωΑ-Ω]", outside)}


def symbols_of(lesson: Lesson) -> set[str]:
    """The symbols that a lesson uses anywhere: in its words, questions, choices and titles."""
    return symbols_in(text_of(lesson))


def text_of(lesson: Lesson) -> str:
    """All that a student can read in a lesson, formulas included."""
    texts = [lesson.title, lesson.about]
    for part in lesson.parts:
        if isinstance(part, Words):
            texts.append(part.text)
        elif isinstance(part, Question):
            texts += [part.question, *part.choices, part.because, *part.why.values()]
        else:
            texts.append(getattr(part, "title", ""))
    return "\n\n".join(texts)


def _formulas(text: str) -> Iterator[str]:
    for display, inline in _FORMULA.findall(text):
        yield display or inline


def _names(formula: str) -> Iterator[str]:
    for token in _TOKEN.findall(_WRITTEN_OUT.sub(" ", formula)):
        if token not in _LAYOUT:
            yield " ".join(token.split())
