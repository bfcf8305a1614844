"""A syntax tree as LaTeX, in the order in which its author wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from formulas.function import Function
from formulas.functions import COMPARISONS, FUNCTIONS
from formulas.letters import GREEK
from formulas.tree import Call, Name, Number, Tree
from parameters import Param

_CASES, _SUM, _PRODUCT, _POWER, _ATOM = range(5)
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def latex(tree: Tree, symbols: Mapping[str, str] | None = None, functions: Mapping[str, Function] | None = None) -> str:
    """LaTeX of a formula.

    Args:
        tree: what `parse` returned.
        symbols: the LaTeX of names that should not be set by `symbol`'s rule.
        functions: further functions than the common ones.
    """
    return _Printer(symbols or {}, {**FUNCTIONS, **(functions or {})}).write(tree)[0]


def symbol(name: str) -> str:
    r"""A name as a LaTeX symbol: `beta1` -> \beta_{1}, `m_hat` -> \hat{m}, `g_old` -> g_{\mathrm{old}}, `depth` -> \mathrm{depth}."""
    stem, _, suffix = name.strip("_").partition("_")
    digits = re.search(r"\d+$", stem)
    letters = stem[: digits.start()] if digits else stem
    body = "\\" + letters if letters in GREEK else letters or r"\_" if len(letters) <= 1 else rf"\mathrm{{{letters}}}"
    if suffix in ("hat", "bar", "tilde"):
        return rf"\{suffix}{{{body}}}" + (f"_{{{digits.group()}}}" if digits else "")
    below = [digits.group()] if digits else []
    if suffix:
        below.append(suffix if len(suffix) == 1 else rf"\mathrm{{{suffix.replace('_', ' ')}}}")
    return body + (f"_{{{','.join(below)}}}" if below else "")


def aligned(equations: Iterable[tuple[str, str, str]]) -> str:
    """Equations (left side, relation, right side) as a LaTeX block, aligned at their relations."""
    lines = [f"{left} &{relation} {right}" for left, relation, right in equations]
    return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"


def in_unicode(symbol: str) -> str:
    r"""A LaTeX symbol as plain text: `\beta_{1}` -> β₁, `\mathrm{depth}` -> depth; "" where plain text has no such sign."""
    text = re.sub(r"\\mathrm\{(\w+)\}", r"\1", symbol)
    text = re.sub(r"\\([A-Za-z]+)", lambda found: GREEK.get(found[1], found[0]), text)
    text = re.sub(r"_\{?(\d+)\}?", lambda found: found[1].translate(_LOWERED), text)
    return "" if re.search(r"[\\{}^_]", text) else text


def with_sign(declared: Param, title: str = "") -> str:
    """What a parameter is called, or its title, with its symbol in the formula, "Condition κ"; where its name is the symbol, that alone."""
    title = title or declared.title
    sign = in_unicode(declared.symbol or symbol(declared.name))
    if declared.switch or not sign or (len(sign) > 1 and sign.isascii()):
        return title
    is_name = sign == declared.title or (declared.symbol is None and declared.title == declared.name)
    return sign if is_name else f"{title} {sign}"


def sign_of(declared: Param) -> str:
    """What stands before a parameter's number where there is little room, "β₁" say; a learning rate's is "lr", as in all of the app."""
    if declared.switch or (declared.name == "lr" and not declared.words):
        return declared.title if declared.switch else declared.name
    return in_unicode(declared.symbol or symbol(declared.name)) or declared.title


class _Printer:
    def __init__(self, symbols: Mapping[str, str], functions: Mapping[str, Function]) -> None:
        self.symbols, self.functions = symbols, functions

    def write(self, tree: Tree) -> tuple[str, int]:
        """The LaTeX of a node and how tightly it binds."""
        if isinstance(tree, Number):
            return self.number(tree.text)
        if isinstance(tree, Name):
            return self.symbols.get(tree.name) or symbol(tree.name), _ATOM
        if isinstance(tree, Call):
            return self.call(tree)
        if len(tree.operands) == 1:
            return "-" + self.right_of_sign(tree.operands[0], _PRODUCT), _PRODUCT
        left, right = tree.operands
        if tree.symbol in "+-":
            return f"{self.at_least(left, _SUM)} {tree.symbol} {self.right_of_sign(right, _PRODUCT if tree.symbol == '-' else _SUM)}", _SUM
        if tree.symbol == "*":
            return self.product(left, right), _PRODUCT
        if tree.symbol == "/":
            return rf"\frac{{{self.write(left)[0]}}}{{{self.write(right)[0]}}}", _PRODUCT
        return f"{self.at_least(left, _ATOM)}^{{{self.write(right)[0]}}}", _POWER

    def number(self, text: str) -> tuple[str, int]:
        digits, _, exponent = text.lower().partition("e")
        digits = ("0" + digits if digits.startswith(".") else digits).removesuffix(".")
        if not exponent:
            return digits, _ATOM
        power = f"10^{{{int(exponent)}}}"
        return (power, _POWER) if digits == "1" else (rf"{digits} \cdot {power}", _PRODUCT)

    def call(self, tree: Call) -> tuple[str, int]:
        function = self.functions[tree.function]
        raised = [f"{{{name}}}^" in function.latex or r"\bmod" in function.latex for name in function.arguments]
        if function.any_number:  # not its operands beside their row: what is nested deeply would be written twice at each level
            begin, between, end = (part.format() for part in re.split(r"\{[ab]\}", function.latex))
            return begin + between.join(self.in_a_row(tree, raised[0])) + end, _ATOM
        loosest = _SUM if tree.function in COMPARISONS.values() else _CASES
        operands = [self.at_least(operand, _ATOM if power else loosest) for operand, power in zip(tree.operands, raised, strict=True)]
        if tree.function == "where":
            operands[0] = self.condition(tree.operands[0], self.at_least(tree.operands[0], _SUM))
        text = function.latex.format(**dict(zip(function.arguments, operands, strict=True)))
        if tree.function in ("where", "choose"):
            return text, _CASES  # where the last case ends is not seen without parentheses
        return text, _POWER if tree.function in ("exp", "power") else _ATOM

    def in_a_row(self, tree: Call, raised: bool) -> list[str]:
        """The arguments of a function of any number of them, which are nested calls of two: max(a, b, c) is max(max(a, b), c)."""
        first, last = tree.operands
        nested = isinstance(first, Call) and first.function == tree.function
        before = self.in_a_row(first, raised) if isinstance(first, Call) and nested else [self.at_least(first, _ATOM if raised else _SUM)]
        return [*before, self.at_least(last, _ATOM if raised else _SUM)]

    def condition(self, tree: Tree, text: str) -> str:
        """What decides, as a relation: a comparison without its brackets, anything else by whether it is 0."""
        compares = isinstance(tree, Call) and tree.function in COMPARISONS.values()
        return text.removeprefix(r"\left[").removesuffix(r"\right]") if compares else rf"{text} \ne 0"

    def product(self, left: Tree, right: Tree) -> str:
        first, second = self.at_least(left, _PRODUCT), self.right_of_sign(right, _PRODUCT)
        glue = r" \cdot " if second[0].isdigit() or (first.endswith("}") and second.startswith(r"\frac")) else r"\, "
        return first + glue + second

    def at_least(self, tree: Tree, binding: int) -> str:
        """The node's LaTeX, in parentheses where it binds less tightly."""
        text, own = self.write(tree)
        return text if own >= binding else rf"\left({text}\right)"

    def right_of_sign(self, tree: Tree, binding: int) -> str:
        """The same for what follows an operator, where a leading minus needs parentheses too."""
        text = self.at_least(tree, binding)
        return rf"\left({text}\right)" if text.startswith("-") else text
