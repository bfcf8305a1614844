"""The pieces of a formula's text, each by itself: numbers, names and signs, those that ASCII has not among them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from formulas.letters import GREEK, VARIANTS
from formulas.tree import FormulaError


class Token(NamedTuple):
    """A piece of a formula.

    Attributes:
        kind: "number", "name", "operator", "superscript" (its text is a whole number), "root" (the sign, by its function, or "∜") or "end".
        text: as the grammar has it: "*" for "×", "alpha" for "α", "2.5" for "2,5".
        column: where it begins, counted from 1.
        gap: what white space stands before it: "", " ", or "\n" where a line ends there.
    """

    kind: str
    text: str
    column: int
    gap: str = ""


_LETTERS = {letter: name for name, letter in GREEK.items()} | VARIANTS
_SIGNS = (
    dict.fromkeys("·×✕✖⨯⋅∙∗•", "*")
    | dict.fromkeys("÷∕⁄", "/")
    | dict.fromkeys("−–—‒‐‑", "-")
    | {"≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!="}
)
_ROOTS = {"√": "sqrt", "∛": "cbrt", "∜": "∜"}
_FRACTIONS = dict(zip("½¼¾⅕⅖⅗⅘⅛⅜⅝⅞⅒", (".5", ".25", ".75", ".2", ".4", ".6", ".8", ".125", ".375", ".625", ".875", ".1"), strict=True))
"""The digits of fractions that have few of them after the point."""
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_WIDTHLESS = "\u200b\u200c\u200d\u2060\ufeff"
"""Characters of no width, which copied text may hold."""

_LOOKS = ("<font>", "<wide>", "<narrow>", "<small>")
"""How Unicode says that a character is another one by its looks only: 𝑥, ｘ and （."""
_TOKEN = re.compile(
    r"(?P<based>0(?:[xX](?=[A-Fa-f]*[0-9])[0-9A-Fa-f]+|[bB][01]+|[oO][0-7]+)(?![A-Za-z_0-9]))"
    r"|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+−]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*[₀-₉]*)"
    rf"|(?P<greek>[{''.join(_LETTERS)}](?:_[A-Za-z0-9]+|[0-9₀-₉]*))"
    r"|(?P<superscript>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<operator>\*\*|[<>=!]=|[-+*/^(),;|<>])"
)
_HINTS = {
    "[": "for grouping use parentheses ( ); subscripts are not part of a formula",
    "]": "for grouping use parentheses ( ); subscripts are not part of a formula",
    ".": "attributes are not part of a formula; a decimal point needs a digit after it",
    "'": "texts in quotes are not part of a formula",
    '"': "texts in quotes are not part of a formula",
    "=": "a formula is no equation; write only the loss, such as f(x, y) = x^2 + 3*y^2",
    "{": "use parentheses ( )",
    "}": "use parentheses ( )",
    "%": "there is no percent sign; write 0.05 for 5%, and mod(x, 2) for a remainder",
    "⌊": "write floor(x)",
    "⌈": "write ceil(x)",
    "‖": "write norm(x, y)",
    "°": "angles are in radians; write *pi/180 for degrees",
    "!": "there is no factorial",
    "∞": "infinity is no number to compute with; write a large one, such as 1e6",
    "\\": "LaTeX is not read; write x^2/2 for \\frac{x^2}{2}",
    "$": "LaTeX is not read; leave the $ out",
}
_ALLOWED = "allowed are numbers, names, + - * / ^ ( ) | and ,"
_RESERVED = {"window": "that is what is shown of the formula; choose another name"} | dict.fromkeys(
    ("inf", "Inf", "infinity", "Infinity", "nan", "NaN"), "that is no number to compute with"
)
_CHOICE = "write where(x < 0, a, b) for a where x < 0 and b elsewhere"
KEYWORDS = {
    "if": _CHOICE,
    "else": _CHOICE,
    "and": "multiply the two conditions: (x > 0)*(x < 1)",
    "or": "write max(a, b) of the two conditions",
    "not": "write 1 - a for a condition a",
} | dict.fromkeys(("for", "in", "import", "is"), _ALLOWED)
"""Words of Python that no formula may hold, and what to write instead."""


def pieces(text: str, begin: int) -> Iterator[Token]:
    """The pieces of a text from a place on, each by itself."""
    position, gap = begin, ""
    while position < len(text):
        sign = text[position]
        if sign in _WIDTHLESS:
            position += 1
            continue
        if sign.isspace():
            gap = "\n" if sign in "\r\n" or gap == "\n" else " "
            position += 1
            continue
        column, match = position + 1, _TOKEN.match(text, position)
        if match:
            position = match.end()
            part = _FRACTIONS.get(text[position : position + 1], "") if match.group().isdecimal() else ""
            yield _piece(str(match.lastgroup), match.group().replace("−", "-") + part, column, gap)
            position += bool(part)  # 1½ is one number
        else:
            yield _sign(sign, column, gap)
            position += 1
        gap = ""


def without_looks(text: str) -> str:
    """A text in which letters, digits and signs that are others by their looks only are those, each in its place."""
    if text.isascii():
        return text
    return "".join(unicodedata.normalize("NFKC", sign) if unicodedata.decomposition(sign).startswith(_LOOKS) else sign for sign in text)


def _piece(kind: str, text: str, column: int, gap: str) -> Token:
    if text in KEYWORDS:
        raise FormulaError(f"{text!r} at column {column}: a formula holds no Python; {KEYWORDS[text]}")
    if text in _RESERVED:
        raise FormulaError(f"{text!r} at column {column}: {_RESERVED[text]}")
    if kind == "based":
        raise FormulaError(f"{text!r} at column {column}: numbers are decimal here; write {int(text, 0)}, or a product as 0*x")
    if kind == "superscript":
        return Token(kind, str(int(text.translate(_SUPERSCRIPTS))), column, gap)
    if kind == "greek":
        return Token("name", (_LETTERS[text[0]] + text[1:]).translate(_SUBSCRIPTS), column, gap)
    return Token(kind, text.translate(_SUBSCRIPTS) if kind == "name" else text, column, gap)


def _sign(sign: str, column: int, gap: str) -> Token:
    """A sign that ASCII has not, as what it stands for."""
    if sign in _FRACTIONS:
        return Token("number", f"0{_FRACTIONS[sign]}", column, gap)
    for kind, known in (("operator", _SIGNS), ("root", _ROOTS)):
        if sign in known:
            return Token(kind, known[sign], column, gap)
    hint = _HINTS.get(sign, f"it is not part of a formula; {_ALLOWED}")
    if "<fraction>" in unicodedata.decomposition(sign):
        hint = f"write ({unicodedata.normalize('NFKC', sign).replace('⁄', '/')})"
    if sign.isalpha() and not sign.isascii():
        hint = f"this letter is a {unicodedata.name(sign, 'letter from elsewhere').lower()}; names are made of a to z and Greek letters"
    raise FormulaError(f"{sign!r} at column {column}: {hint}")
