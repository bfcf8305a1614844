"""Formula text as people type it -> the tokens of the grammar in `formulas.syntax`.

Everything that is a matter of writing alone is settled here: `f(x, y) =` before the formula and `;` after it, signs and letters that ASCII
has not (·, −, ², √, π, Greek letters), decimal commas, capital X and Y, and words that are a product, such as `xy`. Tokens keep the column
at which they stand in the text, counted from 1.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from itertools import pairwise

from formulas.decimals import with_decimals
from formulas.signs import Token, pieces, without_looks
from formulas.tree import FormulaError
from formulas.words import Words

MAX_LENGTH = 500
_LEFT = re.compile(r"\s*(?:(?P<name>[^\W\d]\w*)\s*(?:\((?P<names>[^()=]*)\))?\s*)?:?=(?!=)")
"""What may stand to the left of a formula."""


def tokens(text: str, variables: Collection[str], arity: Mapping[str, Collection[int]]) -> list[Token]:
    """The tokens of a formula, with one of the kind "end" at its end.

    Args:
        text: the formula, at most 500 characters.
        variables: the names that stand for themselves, whatever they look like.
        arity: the functions that may be called, and how many arguments each may have, which tells commas that separate arguments from
            decimal commas.

    Raises:
        FormulaError: it holds something that no formula may hold, or can be read in two ways; the message says what to write instead.
    """
    if not isinstance(text, str):
        raise FormulaError(f"a formula is a text, not {type(text).__name__}")
    text = without_looks(text)
    begin, end = _formula_in(text, variables)
    if not text[begin:end].strip():
        raise FormulaError("the formula is empty; write one in x and y, for example x**2 + 3*y**2")
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters; at most {MAX_LENGTH} are allowed")
    words = Words(variables, arity)
    found: list[Token] = []
    for token, after in pairwise([*pieces(text[:end], begin), Token("end", "the end", end + 1)]):
        found += words.parts(token, after) if token.kind == "name" else [token]
    return [*with_decimals(found, arity), Token("end", "the end", end + 1)]


def _formula_in(text: str, variables: Collection[str]) -> tuple[int, int]:
    """Where the formula itself begins and ends in a text: after `f(x, y) =`, or `z = f(x, y) =`, and before any `;`."""
    end = len(text.rstrip("; \t\r\n"))
    begin = 0
    while {"x", "y"} <= set(variables) and (left := _LEFT.match(text, begin, end)):
        if (name := left["name"]) and name.lower() in ("x", "y"):
            raise FormulaError(
                f"'=' at column {left.end()}: a formula is no equation for {name}; write only the loss, as in f(x, y) = x^2 + 3*y^2"
            )
        others = [other for other in re.split(r"[\s,;]+", (left["names"] or "").strip()) if other.lower() not in ("", "x", "y")]
        if others:
            column = text.index(others[0], left.start("names")) + 1
            raise FormulaError(f"{others[0]!r} at column {column}: the two variables are called x and y here; write f(x, y) = ...")
        begin = left.end()
    return begin, end
