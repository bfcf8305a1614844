"""A step taken apart as what the browser shows of it: equations in which every symbol has its number, and the parts of the move.

The numbers are named here, and what is said of them; what they are follows from whatever the step was taken apart with: arrays with a
column for each step, or entries of a tape by which the browser computes them itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from figures.theme import part_colours
from formulas import Tree, latex
from formulas.function import Function
from formulas.functions import FUNCTIONS
from formulas.mathml import mathml
from formulas.tree import Call, Name, Number, Operation, names_in, walk
from optimizers import Optimizer, update_rules
from optimizers.parts import Anatomy, Part, accumulators, bias_correction, vector_names

_MOST_ROWS = 6
"""Rows that a symbol has room for: three vectors of those that a memory or a generation holds."""
_FUNCTIONS = {**FUNCTIONS, **update_rules.FUNCTIONS}
_ONLY_A_LETTER = re.compile(r"(alpha|beta|gamma|rho)\d*")
"""Names that say no more than the symbol."""
_NUMBER = re.compile(r'<mstyle class="raised">.*?</mstyle>|<mrow class="number"[^>]*>.*?</mrow>')


class StepData:
    """A step taken apart as data for the browser: its lines, its parts, and the planes of numbers that they refer to.

    Args:
        optimizer: what steps.
        anatomy: its steps taken apart, by arrays or by what writes down how they are computed; of those nothing is known to be zero.
        t: the numbers of the steps, from 1.
        rate: the learning rate of each step; None where there is none.
        array: what of the anatomy's values becomes an array: numbers with a column for each step, or the entries of a tape in one column.
        count: how many columns there are.

    Attributes:
        parts: of the move, and the marks that go with them, each with the names of its planes.
        planes: the numbers, by name: (rows, count) with one, two or three rows, or up to six for several vectors.
    """

    def __init__(
        self, optimizer: Optimizer, anatomy: Anatomy, t: Any, rate: Any, array: Callable[[Any], npt.NDArray[Any]], count: int
    ) -> None:
        self.optimizer, self.anatomy, self.rate, self.array, self.count = optimizer, anatomy, rate, array, count
        self.vectors = vector_names(optimizer)
        self.sources = {source: f"source:{number}" for number, source in enumerate(anatomy.sources)}
        self.planes: dict[str, npt.NDArray[Any]] = {}
        self.keep("t", t, False)
        for name, value in anatomy.before.items():
            self.keep(f"before:{name}", value, name in self.vectors)
        for number, (line, value) in enumerate(zip(optimizer.statements, anatomy.values, strict=True)):
            self.keep(f"line:{number}", value, line.name in self.vectors)
        for source, name in self.sources.items():
            self.keep(name, anatomy.sources[source], True)
        if rate is not None:
            self.keep("rate", rate, False)
        own = [(number, part) for number, part in enumerate(anatomy.candidates) if np.any(part.vectors)]
        self.parts = [self.part(number, part) for number, part in own]
        self.of_source = {part.source: f"part:{number}" for number, part in own}
        self.parts += self.plain_step()

    def words(self) -> dict[str, Any]:
        """What does not depend on any number: the equations, what stands under them, and the boxes."""
        return {"lines": self.lines(), "where": self.where(), "boxes": self.boxes()}

    def keep(self, name: str, value: Any, vector: bool) -> None:
        """Keep numbers under a name; one row where both axes have the same, and of many vectors the first few."""
        array = self.array(value)
        array = array[:_MOST_ROWS] if array.ndim == 2 else array
        rows = np.broadcast_to(array, (max(2, len(np.atleast_2d(array))), self.count))
        self.planes[name] = rows if vector else rows[:1]

    # ---- the parts

    def part(self, number: int, part: Part) -> dict[str, Any]:
        """`StepPart` of js/types.d.ts, without its colour."""
        entry: dict[str, Any] = {"key": f"part:{number}", "role": part.role, "line": part.line, "label": self.label(part)}
        self.keep(entry["key"], part.vectors, True)
        for name in ("at", "matrix", "product"):
            value = getattr(part, name)
            if value is not None:
                self.keep(f"{name}:{number}", value, True)
                entry[name] = f"{name}:{number}"
        if part.at_tree is not None:
            used = [number for number, line in enumerate(self.optimizer.statements[: part.line]) if line.name in names_in(part.at_tree)]
            entry |= {"atLabel": _plain(part.at_tree), "atLine": max(used, default=part.line)}
        return entry

    def label(self, part: Part) -> str:
        """Where a part comes from, in a few words: it is a share of the move, not that quantity itself."""
        if part.role == "shrink":
            return "from weight decay"
        if part.role == "gradient":
            return "from the gradient" if part.at_tree is None else f"from the gradient at {_plain(part.at_tree)}"
        if part.role == "kept":
            return f"from kept {_plain(part.source)}"
        if part.role == "towards":
            return f"towards {_plain(part.source)}"
        named = [line.name for line in self.optimizer.statements if line.tree in (part.source, Operation("-", (part.source,), 0))]
        return f"from {_letters(named[0]) if named else _plain(part.source)}"

    def plain_step(self) -> list[dict[str, Any]]:
        """What the same gradient and learning rate alone would do, where the optimizer makes something else of them."""
        source = next((source for source in self.sources if isinstance(source, Call) and source.function == "gradient"), None)
        if source is None or self.rate is None:
            return []
        plain = -self.rate * self.anatomy.sources[source]
        line = next(number for number, found in enumerate(self.anatomy.sums) if source in found)
        entry = {"key": "plain", "role": "plain", "line": line, "label": "plain gradient step"}
        own = next((part.vectors for part in self.anatomy.candidates if part.source == source), None)
        if own is not None and np.any(own):
            apart = _apart(own, plain)
            if not np.any(apart):
                return []
            self.keep("apart", apart, False)
            entry |= {"own": self.of_source[source], "apart": "apart"}
        self.keep("plain", plain, True)
        return [entry]

    def made(self) -> dict[str, list[tuple[str, Any]]]:
        """Of each symbol the keys of the parts that it is made of, and with which factors: what is 0 in all steps is not there."""
        keys = [*sorted(f"before:{name}" for name in self.anatomy.before), *self.sources.values()]
        keys += [f"line:{number}" for number in range(len(self.anatomy.sums))]
        found = {}
        for key in keys:
            own = self.sum_of(key)
            made = [(part, own[source]) for source, part in self.of_source.items() if source in own and np.any(own[source])]
            if made:
                found[key] = made
        return found

    def sum_of(self, key: str) -> Mapping[Tree, Any]:
        """The sources that a symbol's quantity is a sum of, with their factors."""
        kind, _, name = key.partition(":")
        if kind == "before":
            return {Name(name, 0): 1.0}
        return self.anatomy.sums[int(name)] if kind == "line" else {source: 1.0 for source, own in self.sources.items() if own == key}

    def boxes(self) -> list[dict[str, Any]]:
        """The sizes that are kept for each axis: the plane of each, and of what corrects it."""
        boxes = []
        names = [line.name for line in self.optimizer.statements]
        for name in accumulators(self.optimizer):
            better = bias_correction(self.optimizer, name)
            box: dict[str, Any] = {"name": name, "title": _letters(name), "line": names.index(name), "plane": f"line:{names.index(name)}"}
            if better is not None:
                box |= {"corrected": f"line:{better}", "correctedName": _letters(names[better]), "correctedLine": better}
            boxes.append(box)
        return boxes

    # ---- the equations

    def lines(self) -> list[dict[str, Any]]:
        """Every equation as MathML, in which each symbol tells where its number stands: in a plane, or among the values."""
        lines = []
        for number, line in enumerate(self.optimizer.statements):
            symbols = {name: rf"\mark{{{key}}}{{{symbol}}}" for name, symbol, key in self.known(number)}
            left = rf"\mark{{line:{number}}}{{{self.optimizer.symbols[line.name]}}}"
            relation = r"\leftarrow" if line.name in {"x", *self.optimizer.state} else "="
            text = f"{left} {relation} {latex(self.switched(line.tree), symbols, self.functions(line.tree))}"
            lines.append({"name": line.name, "caption": line.caption, "math": mathml(text, self.mark, stretch=False)})
        return lines

    def switched(self, tree: Tree) -> Tree:
        """A formula without its switches: what one has turned off is left out, and what is on stands there as if there were none."""
        switches = {
            parameter.name: float(self.optimizer.values[parameter.name]) for parameter in self.optimizer.parameters if parameter.switch
        }
        return with_numbers(tree, switches)

    def where(self) -> list[dict[str, str]]:
        """What the hyper-parameters in the equations are: the name of each, its symbol as MathML, and what it is called."""
        used = {name for line in self.optimizer.statements for name in names_in(self.switched(line.tree))}
        return [
            {
                "name": parameter.name,
                "math": mathml(self.optimizer.symbols[parameter.name], stretch=False),
                "title": parameter.help.rstrip(".").lower() if _ONLY_A_LETTER.fullmatch(parameter.title) else parameter.title,
                "about": parameter.help,
            }
            for parameter in self.optimizer.parameters
            if parameter.name in used
        ]

    def known(self, number: int) -> list[tuple[str, str, str]]:
        """Each name that a line may use, with its symbol and the key of its number there."""
        above = {line.name: f"line:{index}" for index, line in enumerate(self.optimizer.statements[:number])}
        keys = {name: f"value:{name}" for name in self.optimizer.values} | {"t": "t"}
        keys |= {name: f"before:{name}" for name in self.anatomy.before} | above
        if "lr" in self.optimizer.values:
            keys["lr"] = "rate"
        return [(name, self.optimizer.symbols[name], key) for name, key in keys.items()]

    def functions(self, tree: Tree) -> dict[str, Function]:
        """The functions with those marked that a part of the move comes from: in one line no two calls are of the same function."""
        marked = dict(update_rules.FUNCTIONS)
        for source, key in self.sources.items():
            if isinstance(source, Call) and source in walk(tree):
                template = _FUNCTIONS[source.function]
                marked[source.function] = replace(template, latex=rf"\mark{{{{{key}}}}}{{{{{template.latex}}}}}")
        return marked

    def mark(self, key: str, body: str, small: bool, power: str) -> str:
        """A symbol with room for its number under it, which is raised to the power that the symbol is raised to."""
        if small:
            return f'<mrow class="term" data-key="{key}">{body}</mrow>'
        if key.startswith("source:"):
            body = _NUMBER.sub("<mrow></mrow>", body)  # the numbers inside stand where those symbols come from
        number = f'<mrow class="number" data-plane="{key}"><mtext></mtext></mrow>'
        if power:
            over = f'<mpadded width="0" height="0" depth="0" voffset="0.15em"><msup><mrow></mrow>{power}</msup></mpadded>'
            number = f'<mstyle class="raised"><mrow>{number}{over}</mrow></mstyle>'
        return f'<munder class="term" data-key="{key}">{body}{number}</munder>'


def with_numbers(tree: Tree, values: Mapping[str, float]) -> Tree:
    """A formula with numbers, 0 or 1, in place of some names, and what then has no effect left out."""
    if isinstance(tree, Name) and tree.name in values:
        return Number(values[tree.name], f"{values[tree.name]:g}")
    if not isinstance(tree, Operation | Call):
        return tree
    operands = tuple(with_numbers(operand, values) for operand in tree.operands)
    if operands == tree.operands:
        return tree
    if isinstance(tree, Call) and tree.function == "choose" and isinstance(operands[0], Number):
        return operands[1] if operands[0].value > 0 else operands[2]
    if isinstance(tree, Operation) and len(operands) == 2:
        (left, right), numbers = operands, [operand.value if isinstance(operand, Number) else None for operand in operands]
        if tree.symbol == "*" and 0 in numbers:
            return Number(0.0, "0")
        if tree.symbol in "*/" and numbers[1] == 1:
            return left
        if (tree.symbol == "*" and numbers[0] == 1) or (tree.symbol == "+" and numbers[0] == 0):
            return right
        if tree.symbol in "+-" and numbers[1] == 0:
            return left
    return replace(tree, operands=operands)


def _letters(name: str) -> str:
    """A name as it is written in plain letters: a hat stands over its letter."""
    letter = name.removesuffix("_hat")
    return letter if letter == name else f"{letter}\N{COMBINING CIRCUMFLEX ACCENT}"


def _plain(tree: Tree) -> str:
    """A short formula in plain letters."""
    if isinstance(tree, Name):
        return _letters(tree.name)
    if isinstance(tree, Call):
        return f"{tree.function}({', '.join(map(_plain, tree.operands))})"
    if isinstance(tree, Operation) and len(tree.operands) == 2:
        return f" {tree.symbol} ".join(map(_plain, tree.operands))
    return " ".join(sorted(names_in(tree)))


def coloured_parts(parts: Sequence[dict[str, Any]], colour: str, roles: Sequence[str]) -> list[dict[str, Any]]:
    """Parts with their colours, which they have however many of all that there may be are there.

    Args:
        parts: from `StepData.parts`.
        colour: the optimizer's own.
        roles: of all candidates of the anatomy.
    """
    colours = {f"part:{number}": own for number, own in enumerate(part_colours(colour, roles))}
    return [{**part, "colour": colours[part["key"]]} if part["key"] in colours else part for part in parts]


def _apart(a: Any, b: Any) -> Any:
    """Where vectors of shape (2, N) point neither the same nor the opposite way, shape (N,)."""
    with np.errstate(all="ignore"):
        (ax, ay), (bx, by) = a / np.abs(a).max(axis=0), b / np.abs(b).max(axis=0)
        return np.abs(ax * by - ay * bx) > 1e-9
