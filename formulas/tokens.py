"""Formula text as people type it -> the tokens of the grammar in `formulas.syntax`.

Everything that is a matter of writing alone is settled here: `f(x, y) =` before the formula and `;` after it, signs and letters that ASCII
has not (·, −, ², √, π, Greek letters), decimal commas, capital X and Y, and words that are a product, such as `xy`. Tokens keep the column
at which they stand in the text, counted from 1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from formulas.letters import GREEK, VARIANTS
from formulas.tree import CONSTANTS, FormulaError

MAX_LENGTH = 500


class Token(NamedTuple):
    """A piece of a formula.

    Attributes:
        kind: "number", "name", "operator", "superscript" (its text is a whole number), "root" (the sign, by its function) or "end".
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
    dict.fromkeys("·×⋅∙∗•＊", "*")
    | dict.fromkeys("÷∕⁄／", "/")
    | dict.fromkeys("−–—‒﹣－", "-")
    | {"＋": "+", "（": "(", "）": ")"}
    | {"≤": "<=", "≥": ">=", "≠": "!="}
)
_ROOTS = {"√": "sqrt", "∛": "cbrt"}
_FRACTIONS = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅛": "0.125"}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_WIDTHLESS = "\u200b\u200c\u200d\u2060\ufeff"
"""Characters of no width, which copied text may hold."""

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*[₀-₉]*)"
    rf"|(?P<greek>[{''.join(_LETTERS)}](?:_[A-Za-z0-9]+|[0-9₀-₉]*))"
    r"|(?P<superscript>[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    r"|(?P<operator>\*\*|[<>=!]=|[-+*/^(),;|<>])"
)
_HINTS = {
    "[": "subscripts are not part of a formula; for grouping use parentheses ( )",
    "]": "subscripts are not part of a formula; for grouping use parentheses ( )",
    ".": "attributes are not part of a formula; a decimal point needs a digit after it",
    "'": "texts in quotes are not part of a formula",
    '"': "texts in quotes are not part of a formula",
    "=": "a formula is no equation; write only the loss, such as f(x, y) = x^2 + 3*y^2",
    "{": "use parentheses ( )",
    "}": "use parentheses ( )",
    "%": "there is no percent sign; write 0.05 for 5 %, and mod(x, 2) for a remainder",
    "⌊": "write floor(x)",
    "⌈": "write ceil(x)",
    "‖": "write norm(x, y)",
    "°": "angles are in radians; write *pi/180 for degrees",
    "!": "there is no factorial",
    "∞": "infinity is no number to compute with",
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
    begin, end = _formula_in(text, variables)
    if not text[begin:end].strip():
        raise FormulaError("the formula is empty; write one in x and y, for example x**2 + 3*y**2")
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"the formula has {len(text)} characters; at most {MAX_LENGTH} are allowed")
    words = _Words(variables, arity)
    found: list[Token] = []
    for token, after in pairwise([*_pieces(text[:end], begin), Token("end", "the end", end + 1)]):
        found += words.parts(token, after.text == "(") if token.kind == "name" else [token]
    return [*_with_decimals(found, arity), Token("end", "the end", end + 1)]


def takes_one(counts: Collection[int]) -> bool:
    """Whether a function may stand before its argument without parentheses: not one of any number of arguments, such as max."""
    return 1 in counts and 3 not in counts


def _formula_in(text: str, variables: Collection[str]) -> tuple[int, int]:
    """Where the formula itself begins and ends in a text: after `f(x, y) =` and before any `;`."""
    end = len(text.rstrip("; \t\r\n"))
    left = re.match(r"\s*(?:(?P<name>[^\W\d]\w*)\s*(?:\((?P<names>[^()=]*)\))?\s*)?:?=(?!=)", text[:end])
    if not left or not {"x", "y"} <= set(variables):
        return 0, end
    if (name := left["name"]) and name.lower() in ("x", "y"):
        raise FormulaError(
            f"'=' at column {left.end()}: a formula is no equation for {name}; write only the loss, as in f(x, y) = x^2 + 3*y^2"
        )
    others = [other for other in re.split(r"[\s,;]+", (left["names"] or "").strip()) if other.lower() not in ("", "x", "y")]
    if others:
        raise FormulaError(f"{others[0]!r} at column {text.index('(') + 2}: the two variables are called x and y here; write f(x, y) = ...")
    return left.end(), end


def _pieces(text: str, begin: int) -> Iterator[Token]:
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
            yield _piece(str(match.lastgroup), match.group(), column, gap)
            position = match.end()
        else:
            yield _sign(sign, column, gap)
            position += 1
        gap = ""


def _piece(kind: str, text: str, column: int, gap: str) -> Token:
    if text in KEYWORDS:
        raise FormulaError(f"{text!r} at column {column}: a formula holds no Python; {KEYWORDS[text]}")
    if text in _RESERVED:
        raise FormulaError(f"{text!r} at column {column}: {_RESERVED[text]}")
    if kind == "superscript":
        return Token(kind, str(int(text.translate(_SUPERSCRIPTS))), column, gap)
    if kind == "greek":
        return Token("name", (_LETTERS[text[0]] + text[1:]).translate(_SUBSCRIPTS), column, gap)
    return Token(kind, text.translate(_SUBSCRIPTS) if kind == "name" else text, column, gap)


def _sign(sign: str, column: int, gap: str) -> Token:
    """A sign that ASCII has not, as what it stands for."""
    for kind, known in (("operator", _SIGNS), ("root", _ROOTS), ("number", _FRACTIONS)):
        if sign in known:
            return Token(kind, known[sign], column, gap)
    hint = _HINTS.get(sign, f"it is not part of a formula; {_ALLOWED}")
    if sign.isalpha() and not sign.isascii():
        hint = f"this letter is a {unicodedata.name(sign, 'letter from elsewhere').lower()}; names are made of a to z and Greek letters"
    raise FormulaError(f"{sign!r} at column {column}: {hint}")


# ---- words


class _Words:
    """Takes words apart that are products or a function of a product: `xy`, `ax`, `pix`, `sinx`.

    Only where x and y are the variables, and only words that have no meaning of their own: declared names stand for themselves.
    """

    def __init__(self, variables: Collection[str], arity: Mapping[str, Collection[int]]) -> None:
        self.variables, self.functions = variables, {name.lower(): name for name in arity}
        self.known = {*variables, *CONSTANTS, *arity, *GREEK}
        self.splits = {"x", "y"} <= set(variables)
        factors = "|".join([*sorted(GREEK, key=len, reverse=True), "[A-Za-z]"])
        self.product = re.compile(rf"(?P<left>[xy]*)(?P<other>{factors})?(?P<right>[xy]*)")
        longest_first = sorted(self.functions, key=len, reverse=True)
        bare = "|".join(name for name in longest_first if takes_one(arity[self.functions[name]])) or "(?!)"
        self.bare_call = re.compile(rf"(?P<before>[xy]*)(?P<function>{bare})(?P<number>[0-9]*)(?P<argument>[xy]+)")
        self.call = re.compile(rf"(?P<before>[xy]+)(?P<function>{'|'.join(longest_first) or '(?!)'})")
        names = "|".join(longest_first)
        self.glued = re.compile(
            rf"[A-Za-z]?[xy]+[0-9]+|(?=.*[0-9])[xy]*[A-Za-z]?[xy0-9]+[xy]|[A-Za-z]+_?[0-9]+[xy]+|(?=.*[xy]$)(?:[xy]|{names or '(?!)'})+"
        )

    def parts(self, token: Token, called: bool) -> list[Token]:
        """The tokens that a word stands for.

        Args:
            token: the word.
            called: whether a parenthesis opens after it.
        """
        word = token.text
        if word in ("Pi", "PI") and word not in self.variables:
            return [token._replace(text="pi")]
        if word in self.known or not self.splits:
            return [token]
        same = re.sub("[XY]", lambda letter: letter.group().lower(), word)
        if same in self.known or word.lower() in self.functions:
            return [token._replace(text=same if same in self.known else self.functions[word.lower()])]
        if match := self.bare_call.fullmatch(same) or (self.call.fullmatch(same) if called else None):
            found = match.groupdict("")
            parts = [*(("name", name) for name in found["before"]), ("name", self.functions[found["function"]])]
            parts += [("number", found["number"])] if found.get("number") else []
            return _in_a_row(token, [*parts, *(("name", name) for name in found.get("argument", ""))])
        if len(word) > 1 and (match := self.product.fullmatch(same)) and (match["left"] or match["right"]):
            other = [match["other"]] if match["other"] else []
            return _in_a_row(token, [("name", name) for name in (*match["left"], *other, *match["right"])])
        if self.glued.fullmatch(same):
            raise FormulaError(
                f"{word!r} at column {token.column} can be read in several ways: write x^2 for a power, 2*x for a product, x and y for the "
                "variables, and give a parameter another name"
            )
        return [token]


def _in_a_row(token: Token, parts: list[tuple[str, str]]) -> list[Token]:
    """Parts that stand next to each other in the place of a token."""
    row, column = [], token.column
    for index, (kind, text) in enumerate(parts):
        row.append(Token(kind, text, column, "" if index else token.gap))
        column += len(text)
    return row


# ---- decimal commas


class _Group:
    """What stands between two parentheses, or outside all of them, with the places of its commas and semicolons among the tokens."""

    def __init__(self, counts: Collection[int] = ()) -> None:
        self.counts = counts  # how many arguments may stand here, if they are those of a function
        self.commas: list[int] = []
        self.semicolons: list[int] = []


def _with_decimals(found: list[Token], arity: Mapping[str, Collection[int]]) -> list[Token]:
    """The tokens with each number that is written with a decimal comma as one of them, and with commas for semicolons between arguments."""
    groups, nested = [_Group()], [0]
    for index, token in enumerate(found):
        if token.kind != "operator":
            continue
        if token.text == "(":
            before = found[index - 1].text if index else ""
            nested.append(len(groups))
            groups.append(_Group(arity.get(before, ())))
        elif token.text == ")" and len(nested) > 1:
            nested.pop()
        elif token.text in ",;":
            group = groups[nested[-1]]
            (group.commas if token.text == "," else group.semicolons).append(index)
    decimal = {index for group in groups for index in _decimal_commas(group, found)}
    separating = {index for group in groups if group.counts for index in group.semicolons}
    joined: list[Token] = []
    for index, token in enumerate(found):
        if index in decimal:
            joined[-1] = _decimal(joined[-1], found[index + 1])
        elif index - 1 not in decimal:
            joined.append(token._replace(text=",") if index in separating else token)
    return joined


def _decimal_commas(group: _Group, found: list[Token]) -> list[int]:
    """Which of a group's commas are decimal commas."""
    tight = [index for index in group.commas if _between_digits(found, index)]
    if not tight or not group.counts or group.semicolons:
        return tight
    arguments = len(group.commas) + 1
    if arguments not in group.counts and len(group.counts) > 3:  # any number of them, but not so many
        return []
    if arguments not in group.counts:
        return tight if arguments - len(tight) in group.counts else []
    spaced = any(found[index + 1].gap for index in group.commas)
    if (spaced or len(group.counts) < 4) and arguments - len(tight) in group.counts:
        left, comma, right = found[tight[0] - 1 : tight[0] + 2]
        raise FormulaError(
            f"the comma at column {comma.column} can be a decimal comma or separate two arguments; write {left.text}.{right.text}, "
            "or ; between the arguments"
        )
    return []


def _between_digits(found: list[Token], index: int) -> bool:
    """Whether a comma stands right between two numbers that could be one number with it."""
    if not 0 < index < len(found) - 1:
        return False
    left, comma, right = found[index - 1 : index + 2]
    follows_comma = index > 1 and found[index - 2].text == "," and not left.gap
    whole = left.text.isdecimal() and re.fullmatch(r"[0-9]+(?:[eE][+-]?[0-9]+)?", right.text)
    return bool(whole) and not comma.gap and not right.gap and not follows_comma


def _decimal(left: Token, right: Token) -> Token:
    if len(right.text) == 3 and right.text.isdecimal() and len(left.text) <= 3 and left.text[0] != "0":
        raise FormulaError(
            f"'{left.text},{right.text}' at column {left.column} can be {left.text}.{right.text} or {left.text}{right.text}; "
            "write one of the two"
        )
    return left._replace(text=f"{left.text}.{right.text}")
