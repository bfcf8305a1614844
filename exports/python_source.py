"""A formula's tree as Python source, for code that somebody reads, runs and changes."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping

from formulas import Tree, names_in
from formulas.functions import FUNCTIONS, SMOOTH
from formulas.tree import Call, Name, Number

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)
_CONSTANTS = {"pi": "math.pi", "e": "math.e"}
_OTHERWISE = {"abs": "abs({a})", "min": "min({a}, {b})", "max": "max({a}, {b})", "sign": "(({a} > 0) - ({a} < 0))"} | {
    "choose": "({a} if {c} > 0 else {b})"
}
ON_NUMBERS = {
    name: _OTHERWISE.get(name, f"math.{name}({', '.join(f'{{{argument}}}' for argument in function.arguments)})")
    for name, function in FUNCTIONS.items()
}
"""How plain Python calls a formula's functions on numbers."""
ON_TENSORS = {name: f"torch.{name}({', '.join(f'{{{argument}}}' for argument in FUNCTIONS[name].arguments)})" for name in SMOOTH} | {
    "min": "torch.minimum({a}, {b})",
    "max": "torch.maximum({a}, {b})",
}
"""How PyTorch calls a landscape's functions on tensors."""


def python_name(name: str, taken: set[str]) -> str:
    """A formula's name as one that Python can use and that is none of those taken."""
    usable = name.replace(" ", "_")
    while keyword.iskeyword(usable) or usable in taken:
        usable += "_"
    return usable


def numbers_source(tree: Tree, names: Mapping[str, str] | None = None) -> str:
    """A formula as an expression of plain Python with `math`.

    Args:
        tree: what `formulas.parse` returned.
        names: how its names are called in Python, where otherwise.
    """
    return _Writer(names or {}, ON_NUMBERS, lambda operand, text: text).write(tree)[0]


def tensors_source(tree: Tree, names: Mapping[str, str] | None = None) -> str:
    """A landscape's formula as an expression of PyTorch, every name in it a tensor. Arguments as for `numbers_source`."""
    return _Writer(names or {}, ON_TENSORS, lambda operand, text: text if names_in(operand) else f"torch.tensor({text})").write(tree)[0]


class _Writer:
    """Writes a tree with the parentheses that Python needs, and no others; `argument` completes what a function is given."""

    def __init__(self, names: Mapping[str, str], functions: Mapping[str, str], argument: Callable[[Tree, str], str]) -> None:
        self.names, self.functions, self.argument = _CONSTANTS | dict(names), functions, argument

    def write(self, tree: Tree) -> tuple[str, int]:
        """The source of a node and how tightly it binds."""
        if isinstance(tree, Number):
            return number_source(tree.value), _ATOM
        if isinstance(tree, Name):
            return self.names.get(tree.name, tree.name), _ATOM
        if isinstance(tree, Call):
            operands = [self.argument(operand, self.write(operand)[0]) for operand in tree.operands]
            return self.functions[tree.function].format(**dict(zip(FUNCTIONS[tree.function].arguments, operands, strict=True))), _ATOM
        if len(tree.operands) == 1:
            return "-" + self.at_least(tree.operands[0], _SIGN), _SIGN
        left, right = tree.operands
        if tree.symbol in "+-":
            return f"{self.at_least(left, _SUM)} {tree.symbol} {self.at_least(right, _PRODUCT)}", _SUM
        if tree.symbol == "**":
            return f"{self.at_least(left, _ATOM)}**{self.at_least(right, _SIGN)}", _POWER
        return f"{self.at_least(left, _PRODUCT)}{tree.symbol}{self.at_least(right, _SIGN)}", _PRODUCT

    def at_least(self, tree: Tree, binding: int) -> str:
        """The node's source, in parentheses where it binds less tightly."""
        text, own = self.write(tree)
        return text if own >= binding else f"({text})"


def number_source(value: float) -> str:
    """The shortest text that Python reads as the same number; whole numbers without a point, as one writes exponents."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
