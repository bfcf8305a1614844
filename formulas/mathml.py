r"""LaTeX as MathML, which browsers draw by themselves: the part of LaTeX that `formulas.latex`, symbols and lessons are written in.

Beside that part there is `\mark{key}{body}`, for a piece of a formula that a page wants to find again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from formulas.letters import GREEK
from formulas.tree import FormulaError

Mark = Callable[[str, str, bool, str], str]
"""MathML for a marked piece, from its key, its own MathML, and whether it stands in an exponent or index."""

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[0-9]+(?:\.[0-9]+)?|\s+|.", re.DOTALL)
_NAMES = {**GREEK, "epsilon": "ϵ", "phi": "ϕ", "nabla": "∇", "partial": "∂", "infty": "∞"}  # LaTeX has two of the letters in other forms
_OPERATORS = {"cdot": "·", "leftarrow": "←", "lVert": "‖", "rVert": "‖", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉"} | {
    "le": "≤",
    "ge": "≥",
    "ne": "≠",
    "bmod": "mod",
    "approx": "≈",
    "times": "×",
    "pm": "±",
    "sum": "∑",
    "dots": "…",
}
_FUNCTION_NAMES = "sin cos tan sec csc cot arcsin arccos arctan sinh cosh tanh coth exp ln log min max det"
_FUNCTIONS = frozenset(_FUNCTION_NAMES.split())
_ACCENTS = {"hat": "ˆ", "bar": "¯", "tilde": "~"}
_SPACES = {r"\,": "0.17em", r"\ ": "0.25em", r"\quad": "1em", r"\qquad": "2em"}
_TABLES = {"cases": ("left", "<mo>{</mo>"), "gathered": ("center", "")}
"""How the cells of an environment stand, and what stands before them."""
_APPLIED = "<mo>&#x2061;</mo>"
"""Stands, unseen, between a function and what it is applied to."""
_SUM = "<mo>∑</mo>"
_BOLD_A, _BOLD_a = 0x1D400, 0x1D41A  # of Unicode: MathML has no other bold letters
_WORDS = ("mathrm", "operatorname", "text")
_ENDS = ("}", r"\right", r"\end", "&", r"\\")


def mathml(latex: str, mark: Mark | None = None, stretch: bool = True) -> str:
    r"""The MathML of a formula, to be put inside `<math>`.

    Args:
        latex: the formula.
        mark: what becomes of `\mark{key}{body}`; left out, the body stands alone.
        stretch: let parentheses grow with what they hold.

    Raises:
        FormulaError: the formula holds something that is not in the part of LaTeX known here.
    """
    return _Writer(latex, mark, stretch).all()


class _Writer:
    """Recursive descent over the tokens; every method returns the MathML of what it has read."""

    def __init__(self, latex: str, mark: Mark | None, stretch: bool) -> None:
        self.tokens = _TOKEN.findall(latex)
        self.mark, self.fence = mark, "" if stretch else ' stretchy="false"'
        self.position = 0
        self.scripts = 0

    def all(self) -> str:
        text = self.row()
        if self.peek:
            raise FormulaError(f"{self.peek!r} ends something that was not begun")
        return text

    @property
    def peek(self) -> str:
        """The next token that is no space, empty at the end."""
        while self.position < len(self.tokens) and self.tokens[self.position].isspace():
            self.position += 1
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self) -> str:
        if not (token := self.peek):
            raise FormulaError("the formula ends too early")
        self.position += 1
        return token

    def expect(self, token: str) -> None:
        if (found := self.take()) != token:
            raise FormulaError(f"{found!r} stands where {token!r} should")

    def row(self) -> str:
        """Everything up to what ends a row."""
        pieces = []
        while self.peek and self.peek not in _ENDS:
            pieces.append(self.scripted())
        return pieces[0] if len(pieces) == 1 else f"<mrow>{''.join(pieces)}</mrow>"

    def scripted(self) -> str:
        """An atom with its index and exponent; those of a marked piece belong to the mark."""
        marked = self.peek == r"\mark"
        key = self.mark_key() if marked else ""
        base = self.group() if marked else self.atom()
        text = self.with_scripts(base)
        if not marked or not self.mark:
            return text
        raised = f"<msup>{base}"
        power = text.removeprefix(raised).removesuffix("</msup>") if text.startswith(raised) and text.endswith("</msup>") else ""
        return self.mark(key, text, self.scripts > 0, power)

    def with_scripts(self, base: str) -> str:
        below = above = ""
        applied = _APPLIED if base.endswith(_APPLIED) else ""
        base = base.removesuffix(applied)
        while self.peek in ("_", "^"):
            sign = self.take()
            self.scripts += 1
            script = self.group().removesuffix(_APPLIED)
            self.scripts -= 1
            below, above = (script, above) if sign == "_" else (below, script)
        if not below and not above:
            return base + applied
        under, over = ("under", "over") if base == _SUM else ("sub", "sup")
        kind = (under if below else "") + (over if above else "")
        return f"<m{kind}>{base}{below}{above}</m{kind}>{applied}"

    def group(self) -> str:
        """What stands in braces, or a single atom."""
        if self.peek != "{":
            return self.atom()
        self.take()
        text = self.row()
        self.expect("}")
        return text

    def in_brackets(self) -> str:
        """The degree of a root: a single atom."""
        self.expect("[")
        text = self.atom()
        self.expect("]")
        return text

    def words(self) -> str:
        """The text in braces as it stands, spaces too."""
        self.expect("{")
        begin = self.position
        while self.take() != "}":
            pass
        return "".join(self.tokens[begin : self.position - 1])

    def atom(self) -> str:
        token = self.take()
        if token == "{":
            self.position -= 1
            return self.group()
        if token[0].isdigit():
            return f"<mn>{token}</mn>"
        if token.isalpha():
            return f"<mi>{token}</mi>"
        if token in _SPACES:
            return f'<mspace width="{_SPACES[token]}"></mspace>'
        if token.startswith("\\"):
            return self.command(token[1:])
        return f"<mo{self.fence if token in '()[]|' else ''}>{'−' if token == '-' else escape(token)}</mo>"

    def command(self, name: str) -> str:
        if name in ("frac", "tfrac"):
            return f"<mfrac>{self.group()}{self.group()}</mfrac>"
        if name == "sqrt":
            if self.peek == "[":
                degree = self.in_brackets()
                return f"<mroot>{self.group()}{degree}</mroot>"
            return f"<msqrt>{self.group()}</msqrt>"
        if name in _ACCENTS:
            return f'<mover accent="true">{self.group()}<mo stretchy="false">{_ACCENTS[name]}</mo></mover>'
        if name in _WORDS:
            return _upright(self.words(), operator=name == "operatorname")
        if name == "left":
            return self.fenced()
        if name in ("bigl", "bigr"):
            return self.delimiter()
        if name == "begin":
            return self.rows()
        if name == "mathbf":
            return f"<mi>{_bold(self.take())}</mi>"
        if name in _NAMES:
            return f"<mi>{_NAMES[name]}</mi>"
        if name in _OPERATORS:
            return f"<mo>{_OPERATORS[name]}</mo>"
        if name in _FUNCTIONS:
            return _upright(name, operator=True)
        if name in ("_", "%", "#"):
            return f"<mi>{name}</mi>"
        raise FormulaError(f"\\{name} is not known here")

    def mark_key(self) -> str:
        self.take()
        return self.words()

    def fenced(self) -> str:
        opening = self.delimiter()
        body = self.row()
        self.expect(r"\right")
        return f"<mrow>{opening}{body}{self.delimiter()}</mrow>"

    def delimiter(self) -> str:
        token = self.take()
        return f"<mo{self.fence}>{escape(_OPERATORS.get(token[1:], token))}</mo>"

    def rows(self) -> str:
        """The rows of an environment."""
        kind = self.words()
        if kind not in _TABLES:
            raise FormulaError(f"\\begin{{{kind}}} is not known here")
        side, before = _TABLES[kind]
        rows, cells = [], [""]
        while True:
            cells[-1] = self.row()
            token = self.take()
            if token == "&":
                cells.append("")
                continue
            rows.append("<mtr>" + "".join(f'<mtd style="text-align: {side}">{cell}</mtd>' for cell in cells) + "</mtr>")
            cells = [""]
            if token == r"\end":
                self.words()
                return f'<mrow>{before}<mtable class="{kind}">{"".join(rows)}</mtable></mrow>'


def _bold(letter: str) -> str:
    first = ord(letter[-1])
    return chr(_BOLD_a + first - ord("a") if letter.islower() else _BOLD_A + first - ord("A"))


def _upright(words: str, operator: bool) -> str:
    """A name of several letters; MathML sets those upright by itself, but not a single one."""
    single = ' mathvariant="normal"' if len(words) == 1 else ""
    return f"<mi{single}>{escape(words)}</mi>{_APPLIED if operator else ''}"
