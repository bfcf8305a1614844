"""A formula's tree as Python source, for code that somebody reads, runs and changes."""

from __future__ import annotations

import keyword
from collections.abc import Callable, Mapping

from formulas import Tree, names_in, parse
from formulas.functions import FUNCTIONS
from formulas.tree import Call, Name, Number, odd_root, substitute

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)
_CONSTANTS = {"pi": "math.pi", "e": "math.e"}


def _templates(module: str, otherwise: Mapping[str, str]) -> dict[str, str]:
    """How a call of each function is written that is not written by its definition."""
    return {
        name: otherwise[name] or f"{module}.{name}({', '.join(f'{{{argument}}}' for argument in function.arguments)})"
        for name, function in FUNCTIONS.items()
        if not function.definition
    }


ON_NUMBERS = _templates("math", {name: function.python for name, function in FUNCTIONS.items()})
"""How plain Python calls a formula's functions on numbers."""
ON_TENSORS = _templates("torch", {name: function.torch for name, function in FUNCTIONS.items()})
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
    return Writer(names or {}, ON_NUMBERS).write(tree)[0]


def tensors_source(tree: Tree, names: Mapping[str, str] | None = None) -> str:
    """A landscape's formula as an expression of PyTorch, every name in it a tensor. Arguments as for `numbers_source`."""
    return Writer(names or {}, ON_TENSORS, lambda operand, text: text if names_in(operand) else f"torch.tensor({text})").write(tree)[0]


class Writer:
    """Writes a tree with the parentheses that Python needs, and no others; `argument` completes what a function is given."""

    def __init__(
        self, names: Mapping[str, str], functions: Mapping[str, str], argument: Callable[[Tree, str], str] = lambda operand, text: text
    ) -> None:
        self.names, self.functions, self.argument = _CONSTANTS | dict(names), functions, argument

    def write(self, tree: Tree) -> tuple[str, int]:
        """The source of a node and how tightly it binds."""
        if isinstance(tree, Number):
            return number_source(tree.value), _ATOM
        if isinstance(tree, Name):
            return self.names.get(tree.name, tree.name), _ATOM
        if isinstance(tree, Call) and tree.function in FUNCTIONS and FUNCTIONS[tree.function].definition:
            function = FUNCTIONS[tree.function]
            definition = parse(function.definition, function.arguments, FUNCTIONS)
            return self.write(substitute(definition, dict(zip(function.arguments, tree.operands, strict=True))))
        if isinstance(tree, Call):
            return self.call(tree), _ATOM
        if len(tree.operands) == 1:
            return "-" + self.at_least(tree.operands[0], _SIGN), _SIGN
        left, right = tree.operands
        if tree.symbol == "**" and (root := odd_root(right)) is not None:
            if root.numerator % 2:
                return self.write(Call("odd_power", tree.operands, 0))
            return f"{self.write(Call('abs', (left,), 0))[0]}**{self.at_least(right, _SIGN)}", _POWER
        if tree.symbol in "+-":
            return f"{self.at_least(left, _SUM)} {tree.symbol} {self.at_least(right, _PRODUCT)}", _SUM
        if tree.symbol == "**":
            return f"{self.at_least(left, _ATOM)}**{self.at_least(right, _SIGN)}", _POWER
        return f"{self.at_least(left, _PRODUCT)}{tree.symbol}{self.at_least(right, _SIGN)}", _PRODUCT

    def call(self, tree: Call) -> str:
        """The source of a call."""
        operands = [self.argument(operand, self.write(operand)[0]) for operand in tree.operands]
        return self.functions[tree.function].format(**dict(zip(FUNCTIONS[tree.function].arguments, operands, strict=True)))

    def at_least(self, tree: Tree, binding: int) -> str:
        """The node's source, in parentheses where it binds less tightly."""
        text, own = self.write(tree)
        return text if own >= binding else f"({text})"


def number_source(value: float) -> str:
    """The shortest text that Python reads as the same number; whole numbers without a point, as one writes exponents."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
