"""Several formulas in order, one `name = formula  # caption` a line: update rules and schedules are written so."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from formulas.functions import ALL
from formulas.syntax import parse
from formulas.tree import FormulaError, Tree


@dataclass(frozen=True)
class Statement:
    """One line: what is computed, from what, and what it means in plain words."""

    name: str
    tree: Tree
    caption: str


def parse_statements(text: str, known: Iterable[str], arity: Mapping[str, int] | None = None) -> tuple[Statement, ...]:
    """The statements of a text.

    Args:
        text: the lines; each may use the names of those above it.
        known: the names that the first line may use.
        arity: the number of arguments of functions beside the common ones.

    Raises:
        FormulaError: a line is no `name = formula`, or its formula is none.
    """
    names = list(known)
    statements = []
    for line in textwrap.dedent(text).strip().splitlines():
        code, _, caption = line.partition("#")
        name, equals, formula = (part.strip() for part in code.partition("="))
        if not equals or not name.isidentifier():
            raise FormulaError(f"{line.strip()!r} is not of the form: name = formula")
        statements.append(Statement(name, parse(formula, names, ALL, dict(arity or {})), caption.strip()))
        names.append(name)
    return tuple(statements)
