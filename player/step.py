"""The block of steps taken apart that the browser is sent: an optimizer's equations with their numbers, and the parts of each step.

It is a block of its own, so that choosing another trajectory sends nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

import numpy as np

from figures import Theme, state_curves
from figures.figure import as_json
from figures.theme import part_colours, race_styles
from formulas import Tree, latex
from formulas.function import Function
from formulas.functions import FUNCTIONS
from formulas.mathml import mathml
from formulas.tree import Call, Name, Number, Operation, names_in, walk
from optimizers import update_rules
from optimizers.parts import Part, accumulators, bias_correction, vector_names
from parameters import Array, short
from player.payload import token
from scenario import Race
from simulation.dissect import Dissection, dissect

_MOST_ROWS = 6
"""Rows that a symbol has room for: three vectors of those that a memory or a generation holds."""
_FUNCTIONS = {**FUNCTIONS, **update_rules.FUNCTIONS}
_ONLY_A_LETTER = re.compile(r"(alpha|beta|gamma|rho)\d*")
"""Names that say no more than the symbol."""
_NUMBER = re.compile(r'<mrow class="number"[^>]*>.*?</mrow>')


def step_bytes(race: Race, index: int, trajectory: int, theme: Theme) -> bytes:
    """The steps of one trajectory of a race, taken apart.

    Args:
        race: what is played.
        index: the run's number in the race.
        trajectory: its number among the starts.
        theme: the colours of its curves.

    Returns:
        The length of a JSON header (4 bytes, little-endian), the header, and planes in double precision, in the order of the header's
        "planes": [name, rows], each of as many columns as steps were taken apart.
    """
    dissection = dissect(race.runs[index], trajectory)
    style = race_styles(race)[index]
    data = _StepData(dissection, style.colour)
    header = {
        "token": token(race, theme),
        "run": index,
        "trajectory": trajectory,
        "count": dissection.count,
        "diverged": int(dissection.run.diverged_at[0]),
        "lines": data.lines(),
        "where": data.where(),
        "parts": data.parts,
        "boxes": data.boxes(),
        "curves": as_json(state_curves, dissection, style.colour, theme),
        "planes": [[name, len(plane)] for name, plane in data.planes.items()],
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    planes = [plane.astype(np.float64).tobytes() for plane in data.planes.values()]
    return b"".join([len(text).to_bytes(4, "little"), text, *planes])


class _StepData:
    """A dissection as data for the browser: its lines, its parts, and the planes of numbers that they refer to.

    Attributes:
        parts: of the move, and the marks that go with them, each with the names of its planes.
        planes: the numbers, by name: (rows, count) with one, two or three rows.
    """

    def __init__(self, dissection: Dissection, colour: str) -> None:
        self.dissection, self.anatomy, self.optimizer = dissection, dissection.anatomy, dissection.run.optimizer
        self.vectors = vector_names(self.optimizer)
        self.sources = {source: f"source:{number}" for number, source in enumerate(self.anatomy.sources)}
        self.planes: dict[str, Array] = {"t": np.arange(1.0, dissection.count + 1)[None]}
        for name, value in self.anatomy.before.items():
            self.keep(f"before:{name}", value, name in self.vectors)
        for number, (line, value) in enumerate(zip(self.optimizer.statements, self.anatomy.values, strict=True)):
            self.keep(f"line:{number}", value, line.name in self.vectors)
        for source, name in self.sources.items():
            self.keep(name, self.anatomy.sources[source], True)
        if "lr" in self.optimizer.values:
            self.keep("rate", dissection.rates, False)
        colours = part_colours(colour, [part.role for part in self.anatomy.parts])
        self.parts = [self.part(number, part, colours[number]) for number, part in enumerate(self.anatomy.parts)]
        self.of_source = {part.source: entry["key"] for part, entry in zip(self.anatomy.parts, self.parts, strict=True)}
        self.parts += self.plain_step()

    def keep(self, name: str, value: Any, vector: bool) -> None:
        """Keep numbers under a name; one row where both axes have the same, and of many vectors the first few."""
        value = value[:_MOST_ROWS] if np.ndim(value) == 2 else value
        rows = np.broadcast_to(value, (max(2, len(np.atleast_2d(value))), self.dissection.count))
        self.planes[name] = rows if vector else rows[:1]

    # ---- the parts

    def part(self, number: int, part: Part, colour: str) -> dict[str, Any]:
        entry: dict[str, Any] = {"key": f"part:{number}", "role": part.role, "line": part.line, "colour": colour, "label": self.label(part)}
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
        if source is None or "rate" not in self.planes:
            return []
        plain = -self.dissection.rates * self.anatomy.sources[source]
        own = [part.vectors for part in self.anatomy.parts if part.source == source]
        if own and _parallel(own[0], plain):
            return []
        self.keep("plain", plain, True)
        line = next(number for number, found in enumerate(self.anatomy.contents) if source in found)
        return [{"key": "plain", "role": "plain", "line": line, "label": "plain gradient step"}]

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
        """Every equation as MathML, in which each symbol tells which plane its number stands in and which parts it is made of."""
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
        """What the hyper-parameters in the equations are: the symbol of each as MathML, its name and its value."""
        used = {name for line in self.optimizer.statements for name in names_in(self.switched(line.tree))}
        return [
            {
                "math": mathml(self.optimizer.symbols[parameter.name], stretch=False),
                "title": parameter.help.rstrip(".").lower() if _ONLY_A_LETTER.fullmatch(parameter.title) else parameter.title,
                "about": parameter.help,
                "value": short(float(self.optimizer.values[parameter.name])),
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

    def mark(self, key: str, body: str, small: bool) -> str:
        """A symbol with room for its number under it."""
        made = self.made_of(key)
        own = " ".join(made)
        if small:
            return f'<mrow class="term" data-key="{key}" data-parts="{own}">{body}</mrow>'
        if key.startswith("source:"):
            body = _NUMBER.sub("<mrow></mrow>", body)  # the numbers inside stand where those symbols come from
        name = key.removeprefix("value:")
        constant = escape(short(float(self.optimizer.values[name]))) if name != key else ""
        number = f'<mrow class="number" data-plane="{key}"><mtext>{constant}</mtext></mrow>'
        return f'<munder class="term" data-key="{key}" data-parts="{own}">{body}{number}</munder>'

    def made_of(self, key: str) -> list[str]:
        """The keys of the parts that a symbol's quantity is made of."""
        kind, _, name = key.partition(":")
        if kind == "before":
            found: set[Tree] = {Name(name, 0)}
        elif kind == "line":
            found = set(self.anatomy.contents[int(name)])
        else:
            found = {source for source, own in self.sources.items() if own == key}
        return [part for source, part in self.of_source.items() if source in found]


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


def _parallel(a: Array, b: Array) -> bool:
    """Whether vectors of shape (2, N) point the same or the opposite way, column by column."""
    with np.errstate(all="ignore"):
        (ax, ay), (bx, by) = a / np.abs(a).max(axis=0), b / np.abs(b).max(axis=0)
        return not np.any(np.abs(ax * by - ay * bx) > 1e-9)
