"""An activation: what a unit makes of the sum that reaches it, declared as one formula."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from collections.abc import Sequence as Many
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas import latex, parse, symbol
from formulas.function import POINT
from formulas.graph import Graph
from formulas.libm.sequence import Sequence, Step
from formulas.program import Call, Program
from formulas.tree import Call as FunctionCall
from formulas.tree import Name, walk
from networks import kernels
from parameters import Array, Declared, Param

Kernel = Callable[[Array, npt.NDArray[Any] | None, dict[str, float]], list[Call]]
"""The calls that replace sums by activations in place and then, if wanted, write the slopes; given the parameters' values."""
_KINKS = ("where", "max", "min", "abs", "sign")
_FASTER = {"erf": kernels.erf}


class Activation(Declared):
    """A function of one number that every unit of a hidden layer applies to its sum.

    From the formula alone come the value, the derivative and the LaTeX. At a kink the derivative is that of the common deep-learning
    library, which is said by `where(x > 0, ...)`.

    Args:
        name: its title; in code it is found by the same words in lower case, joined by "_".
        formula: in `x` (the sum) and the parameters.
        parameters: the numbers in the formula that can be set.
        computed: a formula with the same values that is computed instead, where the first would overflow or take longer.
        kernel: how both are computed faster than by the formula: the derivative from the activation's own value, say.
        masks: whether its slopes are 0 or 1, so that they are kept as truth values.
        torch: the module of torch.nn that computes it, the parameters' names in braces.
        source: where it comes from.
        about: one line on what it is good and bad at.
    """

    takes_arrays = False

    def __init__(
        self,
        name: str,
        *,
        formula: str,
        torch: str,
        source: str,
        about: str,
        parameters: Many[Param] = (),
        computed: str = "",
        kernel: Kernel | None = None,
        masks: bool = False,
    ) -> None:
        super().__init__(name, parameters)
        self.formula, self.torch, self.source, self.about = formula, torch, source, about
        names = ("x", *(parameter.name for parameter in self.parameters))
        self.tree = parse(formula, names)
        self._as_computed = parse(computed or formula, names)
        self._kernel, self._masks = kernel, masks

    @property
    def definition(self) -> Hashable:
        """The formula."""
        return self.formula

    def __getstate__(self) -> dict[str, Any]:
        """Without its programs, which another process compiles anew."""
        return {name: value for name, value in vars(self).items() if name not in self._computed}

    @cached_property
    def latex(self) -> str:
        """The formula in LaTeX."""
        symbols = {parameter.name: parameter.symbol or symbol(parameter.name) for parameter in self.parameters}
        return rf"\phi(x) = {latex(self.tree, symbols)}"

    @cached_property
    def linear(self) -> bool:
        """Whether it gives out what comes in, so that there is nothing to compute."""
        return isinstance(self.tree, Name)

    @property
    def kinked(self) -> bool:
        """Whether its slope jumps somewhere."""
        return any(isinstance(node, FunctionCall) and node.function in _KINKS for node in walk(self.tree))

    @cached_property
    def steepest(self) -> float:
        """The largest slope, on a grid from -10 to 10: what "saturated" is measured by."""
        return float(self.derivative(np.linspace(-10, 10, 4001)).max())

    @property
    def slope_type(self) -> npt.DTypeLike:
        """The type of the array that `bind` writes slopes into."""
        return np.bool_ if self._masks else np.float64

    def value(self, sums: npt.ArrayLike) -> Array:
        """The activations, an array of the same shape."""
        result = np.array(sums, dtype=np.float64)
        self._run(self.bind(result))
        return result

    def derivative(self, sums: npt.ArrayLike) -> Array:
        """The slopes there, an array of the same shape."""
        values = np.array(sums, dtype=np.float64)
        slopes = np.ones(values.shape, self.slope_type)
        self._run(self.bind(values, slopes))
        return np.asarray(slopes, dtype=np.float64)

    def by_formula(self, sums: npt.ArrayLike) -> tuple[Array, Array]:
        """Activations and slopes by the formula alone, whatever faster way is declared."""
        values = np.array(sums, dtype=np.float64)
        slopes = np.empty(values.shape)
        self._run(self._bound(self._both, values, slope=slopes))
        return values, slopes

    def bind(self, sums: Array, slopes: npt.NDArray[Any] | None = None) -> list[Call]:
        """The calls that replace sums by activations in place and, if wanted, write the slopes there.

        Args:
            sums: any shape; its content changes between the calls, the array stays.
            slopes: of the same shape and of `slope_type`; None if they are not wanted. Not touched where the activation is linear.
        """
        if self.linear:
            return []
        if self._kernel:
            return self._kernel(sums, slopes, {name: float(value) for name, value in self._values.items()})
        return self._bound(self._value, sums) if slopes is None else self._bound(self._both, sums, slope=slopes)

    def as_data(self) -> dict[str, Any]:
        """What computes it, as plain data for an interpreter in another language; see `formulas.program.Program.as_data`.

        The input is the cell of "x", and so is the output.
        """
        data = self._value.as_data({name: float(value) for name, value in self._values.items()})
        return {"name": self.key, **data}

    def as_sequence(self) -> Sequence:
        """Its value and its slope at a sum, as operations one after the other, by the formula."""
        from formulas.derivatives import differentiate  # as below

        graph, nodes = differentiate(self.tree, [parameter.name for parameter in self.parameters], {})
        values = {name: float(value) for name, value in self._values.items()}
        steps: list[Step] = []
        known: dict[int, int | float] = {}
        for index in range(max(nodes["value"], nodes["dx"]) + 1):
            node = graph.nodes[index]
            if node.operation == "number":
                known[index] = node.value
            elif node.operation == "input":
                known[index] = values.get(node.name, 0)  # cell 0 is the sum, y is asked for nowhere
            elif node.operation == "copy":
                known[index] = known[node.operands[0]]
            elif node.operation == "flat":
                known[index] = 0.0  # at a kink, too, where `where` says which side's slope counts
            else:
                steps.append(Step(node.operation, tuple(known[operand] for operand in node.operands)))
                known[index] = len(steps)
        results = []
        for name in ("value", "dx"):
            found = known[nodes[name]]
            if isinstance(found, float):
                steps.append(Step("+", (found, 0.0)))
                found = len(steps)
            results.append(found)
        return Sequence(1, tuple(steps), tuple(results))

    @cached_property
    def _graph(self) -> tuple[Any, dict[str, int]]:
        from formulas.derivatives import differentiate  # SymPy takes long to import, and a page that only shows its controls needs none

        return differentiate(self._as_computed, [parameter.name for parameter in self.parameters], {})

    @cached_property
    def _value(self) -> Program:
        match self._as_computed:
            case FunctionCall(function=function, operands=(Name(),)):  # tanh(x), say, has one step, and no need of SymPy
                graph = Graph()
                x, _ = (graph.input(name, POINT) for name in "xy")
                return self._program(Program(graph, {"x": graph.call(function, x)}))
        graph, nodes = self._graph
        return self._program(Program(graph, {"x": nodes["value"]}))

    @cached_property
    def _both(self) -> Program:
        graph, nodes = self._graph
        return self._program(Program(graph, {"x": nodes["value"], "slope": nodes["dx"]}))

    def _program(self, program: Program) -> Program:
        program.routines |= _FASTER
        return program

    def _bound(self, program: Program, sums: Array, **arrays: Array) -> list[Call]:
        early = {name: float(value) for name, value in self._values.items()}
        return program.bind({"vector": sums.shape}, {"x": sums, "y": sums, **arrays}, early, dtype=sums.dtype.type).calls

    def _run(self, calls: list[Call]) -> None:
        with np.errstate(all="ignore"):
            for routine, arguments in calls:
                routine(*arguments)
