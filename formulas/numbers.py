"""Numbers as people type them into a box: 0.203, -2,5, 2e-3, 1/3, 2π."""

from __future__ import annotations

import re
from functools import lru_cache

from formulas.signs import without_looks
from formulas.syntax import constant_value, parse, unknown_names
from formulas.tree import FormulaError

_EXAMPLES = "type one such as 0.203, 2.5e-3 or 1/3"
_DIGITS = r"[-+−]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)"
_SHARES = {"%": 100, "‰": 1000}


@lru_cache(maxsize=4096)  # every box reads what it shows, in every run of a page
def read_number(text: str) -> float:
    """The number that a text is, written as numbers are in formulas: `0.203`, `-2,5`, `2e-3`, `1/3`, `2π`.

    Raises:
        FormulaError: it is none, or can be read in two ways; the message says what to write instead, in words of numbers.
    """
    typed = without_looks(text).strip()
    if not typed:
        raise FormulaError("there is no number; type one, such as 0.203")
    if re.search(r"[0-9.][eE]\s*[-+]?\s*$", typed):
        raise FormulaError(f"{typed!r} has no exponent after its e; write one such as 2.5e-3")
    if advice := _advice(typed):
        raise FormulaError(f"{typed!r} is no number here: {advice}")
    try:
        if not unknown_names(typed, ()):
            value = constant_value(parse(typed, ()))
            assert value is not None
            return value
        reason = ""
    except FormulaError as error:
        reason = str(error)
    if "divides by 0" in reason:
        raise FormulaError(f"{typed!r} is no number: it divides by 0")
    if "not a finite number" in reason or "too large" in reason:
        raise FormulaError(f"{typed!r} is no finite number; {_EXAMPLES}")
    if thousands := re.fullmatch(r"([-+−]?[0-9]+),([0-9]{3})", typed):
        whole, part = thousands.groups()
        raise FormulaError(f"{typed!r} can be {whole}.{part} or {whole}{part}; write one of the two")
    raise FormulaError(f"{typed!r} is no number; {_EXAMPLES}")


def _advice(typed: str) -> str:
    """What to write for what people write for numbers, and what would be read as something else or not at all."""
    if share := re.fullmatch(rf"({_DIGITS})\s*([%‰])", typed):
        number = float(share[1].replace(",", ".").replace("−", "-")) / _SHARES[share[2]]
        return f"write {number:.15g}"
    if re.fullmatch(r"[-+−]?[0-9]{1,3}(?:[\s_'’][0-9]{3})+(?:[.,][0-9]+)?", typed):
        return "write " + re.sub(r"[\s_'’]", "", typed).replace(",", ".")
    if re.fullmatch(r"[-+−]?\s*(?:∞|inf|infinity)", typed, re.IGNORECASE):
        return "write a large one, such as 1e6"
    if re.fullmatch(r"[-+]?0[xX][0-9A-Fa-f]+", typed):
        return f"write {int(typed, 16)}"
    return ""
