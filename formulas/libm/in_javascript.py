"""The functions in JavaScript, for the player: `python -m formulas.libm.in_javascript` writes player/js/libm.js."""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Sequence as Many

from formulas.libm.definitions import DEFINITIONS, NAMES, sequence
from formulas.libm.sequence import Sequence, Step

_HEAD = """\
// The elementary functions, operation by operation as `formulas/libm` defines them, so that their bits are those of Python.
// Written by `python -m formulas.libm.in_javascript > player/js/libm.js`: change the definitions, not this file.

export const LIBM = (() => {
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer); // the low half stands first on all processors that browsers run on

  /** Whether a whole number is. @param {number} whole */
  const odd = (whole) => whole % 2 !== 0;
  /** 2 to the power of a whole number from -1022 to 1023. @param {number} whole */
  const pow2 = (whole) => {
    words[0] = 0;
    words[1] = (whole + 1023) << 20;
    return number[0];
  };
  /** The exponent of 2 in a positive normal number. @param {number} a */
  const logb = (a) => {
    number[0] = a;
    return ((words[1] >>> 20) & 2047) - 1023;
  };
  /** What a positive normal number is beside its power of 2, from 1 to 2. @param {number} a */
  const mant = (a) => {
    number[0] = a;
    words[1] = (words[1] & 0xfffff) | 0x3ff00000;
    return number[0];
  };
  /** The number with its lowest 27 bits cleared. @param {number} a */
  const high = (a) => {
    number[0] = a;
    words[0] &= 0xf8000000;
    return number[0];
  };
  /** The size of one number with the sign of another. @param {number} size @param {number} sign */
  const copysign = (size, sign) => {
    number[0] = sign;
    return words[1] >>> 31 ? -Math.abs(size) : Math.abs(size);
  };
  /** The entry of a table at a whole number, that of the nearest end beyond it. @param {number} index @param {number[]} table */
  const lookup = (index, table) => table[Math.max(0, Math.min(table.length - 1, index)) | 0];
"""
_INFIX = {
    "or": ("||", 1),
    "and": ("&&", 2),
    "less": ("<", 3),
    "less_equal": ("<=", 3),
    "equal": ("===", 3),
    "+": ("+", 4),
    "-": ("-", 4),
    "*": ("*", 5),
    "/": ("/", 5),
}
"""The operators, and how tightly they hold together."""
_LOOSE, _SIGN, _TIGHT = 0, 6, 7
_CALLED = {"abs": "Math.abs", "sqrt": "Math.sqrt", "floor": "Math.floor"} | {
    name: name for name in ("copysign", "odd", "pow2", "logb", "mant", "high")
}
_WIDE = 120
"""A formula that would be longer gets lines of its own for its parts."""


def javascript() -> str:
    """The module's text."""
    writer = _Module()
    for name in sorted(NAMES):
        writer.add(name)
    names = "".join(f"    {name},\n" for name in sorted(NAMES))
    return f"{_HEAD}\n{''.join(writer.parts)}\n  return {{\n{names}  }};\n}})();\n"


_Formula = tuple[str, int]
"""A text, and how tightly it holds together."""


class _Module:
    """The functions, each after those that it calls, and tables."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._bodies: dict[Sequence, str] = {}
        self._tables: dict[tuple[float, ...], str] = {}

    def add(self, name: str) -> None:
        """A function of `NAMES`."""
        about = (DEFINITIONS[name][0].__doc__ or "").strip()
        self._function(name, sequence(name), about, name)

    def body(self, name: str, steps: Sequence) -> str:
        """The name of a function for rare numbers of another, which may have it in common with a third."""
        if steps not in self._bodies:
            self._bodies[steps] = f"rare{len(self._bodies)}"
            self._function(self._bodies[steps], steps, f"Of numbers that are rare in {name}.", name)
        return self._bodies[steps]

    def table(self, values: tuple[float, ...]) -> str:
        """The name of a table."""
        if values not in self._tables:
            self._tables[values] = f"table{len(self._tables)}"
            lines = [", ".join(_literal(value)[0] for value in values[first : first + 12]) for first in range(0, len(values), 12)]
            self.parts.append(f"  const {self._tables[values]} = [\n" + "".join(f"    {line},\n" for line in lines) + "  ];\n")
        return self._tables[values]

    def _function(self, name: str, steps: Sequence, about: str, within: str) -> None:
        arguments = ["a", "b", "c"][: steps.arguments]
        lines = _Lines(self, within, steps, arguments).lines
        types = " ".join(f"@param {{number}} {one}" for one in arguments)
        body = "".join(f"    {line}\n" for line in lines)
        self.parts.append(f"  /** {about} {types} */\n  const {name} = ({', '.join(arguments)}) => {{\n{body}  }};\n")


class _Lines:
    """The lines of one function; what is used once stands where it is used."""

    def __init__(self, module: _Module, name: str, steps: Sequence, arguments: Many[str]) -> None:
        self._module, self._name = module, name
        uses = Counter(cell for step in steps.steps for cell in step.operands if isinstance(cell, int))
        self._cells: list[_Formula] = [(argument, _TIGHT) for argument in arguments]
        self.lines: list[str] = []
        for index, step in enumerate(steps.steps):
            formula = self._formula(step, [self._cells[one] if isinstance(one, int) else _literal(one) for one in step.operands])
            if uses[len(arguments) + index] > 1 or len(formula[0]) > _WIDE:
                self.lines.append(f"const v{index} = {formula[0]};")
                formula = f"v{index}", _TIGHT
            self._cells.append(formula)
        (result,) = steps.results
        self.lines.append(f"return {self._cells[result][0]};")

    def _formula(self, step: Step, operands: list[_Formula]) -> _Formula:
        plain = ", ".join(text for text, _ in operands)
        first, *others = operands
        if step.operation in _INFIX:
            sign, level = _INFIX[step.operation]
            if step.operation == "*" and step.operands[0] == 1.0 and isinstance(step.operands[0], float):
                return others[0]  # which ESLint would take for a conversion
            return f"{_held(first, level)} {sign} {_held(others[0], level + 1)}", level
        if step.operation in _CALLED:
            return f"{_CALLED[step.operation]}({plain})", _TIGHT
        if step.operation == "where":
            return self._choice(first, *others)
        if step.operation == "rare":
            assert step.body is not None
            given = ", ".join(text for text, _ in others[1:])
            return self._choice(first, (f"{self._module.body(self._name, step.body)}({given})", _TIGHT), others[0])
        if step.operation == "lookup":
            return f"lookup({plain}, {self._module.table(step.table)})", _TIGHT
        return {"negate": "-", "not": "!"}[step.operation] + _held(first, _TIGHT), _SIGN

    @staticmethod
    def _choice(condition: _Formula, one: _Formula, other: _Formula) -> _Formula:
        return f"{_held(condition, _LOOSE + 1)} ? {_held(one, _LOOSE + 1)} : {_held(other, _LOOSE + 1)}", _LOOSE


def _held(formula: _Formula, level: int) -> str:
    """A formula as an operand of what holds together as tightly as that."""
    text, own = formula
    return text if own >= level else f"({text})"


def _literal(value: float) -> _Formula:
    if math.isnan(value):
        return "NaN", _TIGHT
    text = "Infinity" if math.isinf(value) else repr(abs(value)).removesuffix(".0")
    return (f"-{text}", _SIGN) if math.copysign(1.0, value) < 0 else (text, _TIGHT)


if __name__ == "__main__":
    sys.stdout.write(javascript())
