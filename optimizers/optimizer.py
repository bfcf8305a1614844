"""An optimizer: hyper-parameters, state, and one step written as the equations of its paper."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from formulas import Tree, aligned, evaluate, latex, symbol
from formulas.statements import parse_statements
from formulas.tree import Call, Name, names_in, walk
from optimizers import update_rules
from optimizers.options import CLIPPING, RATE_CHANGE
from optimizers.preconditioner import Preconditioner
from optimizers.quadratics import Quadratics
from optimizers.step_program import PLANE, SHAPES, StepProgram, begins_with, compile_step, parse_initial
from parameters import Array, Declared, Param, Value, fill

_ARITY = {name: len(function.arguments) for name, function in update_rules.FUNCTIONS.items()}


class Optimizer(Declared):
    """A way to take one step.

    Args:
        name: its title ("Schedule-free SGD"); in code it is found by the same words in lower case, joined by "_".
        family: the heading it stands under.
        parameters: its hyper-parameters. The one called `lr` is multiplied by the learning-rate schedule; a method whose step reads it
            gets those of `options.RATE_CHANGE`, too.
        state: what it remembers from step to step, by name, with its initial value: a formula in `x` (the start), the hyper-parameters,
            `e1` and `e2` (the axes' directions); or `I` (the identity matrix), or `none` (a memory of vectors that is still empty).
        step: one `name = formula  # caption` a line, computed in order. Beside the common functions a formula may call those of
            `update_rules`, first of all `gradient(point)`. It may use `x` (the point), `t` (the step's number, from 1), the
            hyper-parameters, the state, and what stands above. Names assigned here that are `x` or a state are its new value.
        source: where it comes from.
        about: one line on what it is good and bad at.
        torch: the call of torch.optim that takes the same path, the hyper-parameters' names in braces ("Adam(lr={lr}, ...)"); "" where
            torch.optim has no such method. See `in_torch`.
        torch_settings: the values of hyper-parameters, beside those in the call, with which alone it takes the same path; those that are
            not given here must be at their default.
        torch_differs: a sentence that says why that call, or what is nearest to it, takes another path, where it does.
        torch_point: what that call shows in place of x, as a formula in x and the state, where it is the same method after such a change
            of variable (while the learning rate is constant).
        torch_refuses: values of hyper-parameters that torch.optim does not accept.
        on_quadratics: what its papers say of it on quadratic surfaces, if they do.
        preconditioner: what it divides slopes by, axis by axis, where its steps are those of momentum but for that.

    Attributes:
        calls: the functions that its step calls.
        points: the states that are points, as the trajectory's own is: those that begin at the start or near it.
        pointwise: the states that differ from axis to axis from the start on; others may come to.
        bound_to_plane: what its step calls and its states begin with that is declared in two dimensions.
    """

    def __init__(
        self,
        name: str,
        *,
        family: str,
        parameters: Iterable[Param],
        step: str,
        source: str,
        about: str,
        state: Mapping[str, str] | None = None,
        torch: str = "",
        torch_settings: Mapping[str, float] | None = None,
        torch_differs: str = "",
        torch_point: str = "",
        torch_refuses: Mapping[str, float] | None = None,
        on_quadratics: Quadratics | None = None,
        preconditioner: Preconditioner | None = None,
    ) -> None:
        own = tuple(parameters)
        known = ("x", "t", *(parameter.name for parameter in own), *(state or {}))
        self.statements = parse_statements(step, known, _ARITY)
        scheduled = any("lr" in names_in(statement.tree) for statement in self.statements)
        super().__init__(name, (*own, *(RATE_CHANGE if scheduled else ())))
        self.family, self.source, self.about = family, source, about
        self.torch, self.torch_differs, self.torch_point = torch, torch_differs, torch_point
        self._torch_settings, self._torch_refuses = dict(torch_settings or {}), dict(torch_refuses or {})
        self.on_quadratics, self.preconditioner = on_quadratics, preconditioner
        self._state = dict(state or {})
        self._own = tuple(parameter.name for parameter in own)
        self._clipping: dict[str, Value] = {}
        self.calls = frozenset(node.function for line in self.statements for node in walk(line.tree) if isinstance(node, Call))
        begun = {state: begins_with(text, self._own) for state, text in self._state.items()}
        self.points = frozenset(state for state, names in begun.items() if "x" in names)
        self.pointwise = frozenset(state for state, names in begun.items() if names & {"x", *PLANE, *SHAPES})
        functions = [name for name, function in update_rules.FUNCTIONS.items() if name in self.calls and function.dimension]
        self.bound_to_plane = tuple(functions + sorted(set(PLANE) & set().union(*begun.values())))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "program"}  # which holds functions, and is kept elsewhere

    @property
    def state(self) -> Mapping[str, str]:
        """The initial value of what it remembers, by name, as a formula."""
        return MappingProxyType(self._state)

    @property
    def torch_settings(self) -> Mapping[str, float]:
        """The hyper-parameters' values with which alone the call of torch.optim takes the same path, beside those in the call."""
        return MappingProxyType(self._torch_settings)

    @property
    def torch_refuses(self) -> Mapping[str, float]:
        """The values of hyper-parameters that torch.optim does not accept."""
        return MappingProxyType(self._torch_refuses)

    @property
    def definition(self) -> Hashable:
        """The equations of its step and the initial values of its state."""
        return self.statements, tuple(self.state.items())

    @property
    def settings(self) -> Mapping[str, Value]:
        """Its hyper-parameters' values and the limits of the gradient by name, numbers or arrays of shape (N,)."""
        return {**self._values, **self._clipping}

    @property
    def clipping(self) -> Mapping[str, Value]:
        """The limits of the gradient ("clip_norm", "clip_value"), those that are not zero."""
        return MappingProxyType(self._clipping)

    def for_networks(self) -> Self:
        """The same with the defaults for training a network in place of those for surfaces, where they differ."""
        known = [(entry, entry.on_networks) for entry in self.parameters]
        declared = tuple(
            entry if default is None else replace(entry, default=default, formerly=entry.formerly_on_networks) for entry, default in known
        )
        other = {entry.name: default for entry, default in known if default is not None}
        return self._changed(parameters=declared).with_parameters(**other)

    def clipped(self, **limits: Any) -> Self:
        """The same method with gradients clipped to the given limits, in place of any it had; see `options.clip`.

        Args:
            limits: `clip_norm`, of the gradient's length, and `clip_value`, of its components; 0 is off. They may be arrays of shape (N,).

        Raises:
            TypeError, ValueError: there is no such limit, or it is no number from 0.
        """
        checked = fill(CLIPPING, limits, self.name)
        return self._changed(_clipping={name: value for name, value in checked.items() if np.any(value)})

    @cached_property
    def changes_rate(self) -> bool:
        """Whether its learning rate changes in mid-run."""
        return bool(np.any(self._values.get("change_at", 0)))

    def rate_factor(self, t: npt.ArrayLike, values: Mapping[str, Value] | None = None) -> Any:
        """What the learning rate is multiplied by in step `t`, from 1, beside the schedule: 1 until it changes in mid-run.

        Args:
            t: a number or an array, which broadcasts with the hyper-parameters.
            values: hyper-parameters to use in place of its own.
        """
        own = values or self._values
        if not self.changes_rate:
            return 1.0
        return np.where(np.greater(own["change_at"], 0) & np.greater_equal(t, own["change_at"]), own["change_by"], 1.0)

    @property
    def looks_ahead(self) -> bool:
        """Whether it takes its first gradient elsewhere than at the point itself (Nesterov's look-ahead)."""
        return not any(_calls_at_x(statement.tree) for statement in self.statements)

    @property
    def dimension(self) -> int | None:
        """The only number of dimensions in which it is defined, by what its step and its states call for; None where it is in any."""
        return 2 if self.bound_to_plane else None

    @property
    def decays_apart(self) -> bool:
        """Whether it has a weight decay apart from its slopes: where that is added to them, it is a penalty on the squares (L2)."""
        added = (statement.tree for statement in self.statements if "weight_decay" in names_in(statement.tree))
        return "weight_decay" in self._own and not any(
            isinstance(node, Call) and node.function == "gradient" for t in added for node in walk(t)
        )

    @property
    def takes_hessian(self) -> bool:
        """Whether its step asks for the Hessian."""
        return "hessian" in self.calls

    @property
    def takes_gradient(self) -> bool:
        """Whether its step asks for a gradient; else noise and clipping do not reach it."""
        return "gradient" in self.calls

    @property
    def couples(self) -> bool:
        """Whether its step looks at all coordinates of a point at once, so that none of them moves by itself."""
        return any(name != "gradient" and name in self.calls and not each.elementwise for name, each in update_rules.FUNCTIONS.items())

    @property
    def draws(self) -> int:
        """How many random points it draws in each step."""
        return update_rules.CHILDREN if "generation" in self.calls else 0

    @property
    def searches(self) -> bool:
        """Whether it searches for the length of its steps, so that a step takes as many trials as it takes."""
        program = self.program.program
        return any(program.graph.nodes[node].operation in ("step_length", "wolfe_length") for node in program.late)

    def check_dimension(self, dimension: int, where: str) -> None:
        """Refuse to work in a number of dimensions in which the method is not defined.

        Args:
            dimension: how many coordinates there are.
            where: what has them, for the message: the name of an objective.

        Raises:
            ValueError: the method is defined in another number of dimensions.
        """
        if self.dimension not in (None, dimension):
            raise ValueError(
                f"{self.name} works in {self.dimension} dimensions only, because it is declared by {', '.join(self.bound_to_plane)}; "
                f"{where} has {dimension}: choose a method that works with the gradient alone, Adam for example"
            )

    @cached_property
    def symbols(self) -> dict[str, str]:
        """The LaTeX symbol of every name in its step."""
        names = {statement.name for statement in self.statements} | set(self.state) | {"x", "t"}
        return {name: symbol(name) for name in names} | {entry.name: entry.symbol or symbol(entry.name) for entry in self.parameters}

    @cached_property
    def latex(self) -> str:
        """Its step as aligned LaTeX equations, a line a statement."""
        changed = {"x", *self.state}
        return aligned(
            (
                self.symbols[statement.name],
                r"\leftarrow" if statement.name in changed else "=",
                latex(statement.tree, self.symbols, update_rules.FUNCTIONS),
            )
            for statement in self.statements
        )

    def initial_state(self, starts: Array, values: Mapping[str, Value] | None = None) -> dict[str, Array]:
        """The state before the first step.

        Args:
            starts: shape (d, N).
            values: hyper-parameters to use in place of its own (those of some of the trajectories).

        Returns:
            Arrays of shape (d, N), or (3, N) for a matrix (xx, xy, yy), or the rows of a memory, by name.

        Raises:
            ValueError: the method is not defined in d dimensions.
        """
        return {name: np.array(view) for name, view in self.initial_views(starts, values).items()}

    def initial_views(self, starts: Array, values: Mapping[str, Value] | None = None) -> dict[str, Array]:
        """As `initial_state`, to be read only: a number that all trajectories begin with is not written down for each of them."""
        dimension, count = starts.shape
        self.check_dimension(dimension, "the start")
        names = {**(values or self._values), "x": starts, **PLANE}
        state = {}
        for name, text in self.state.items():
            value = 0.0 if text == "none" else np.asarray(evaluate(parse_initial(text, self._own), names), dtype=float)
            rows = update_rules.rows_of(SHAPES.get(text, "vector"), dimension)
            state[name] = np.broadcast_to(value, (rows, count))
        return state

    def terms(
        self, points: Array, state: Mapping[str, Array], t: int, oracles: Mapping[str, Callable[..., Array]], factor: float = 1.0
    ) -> dict[str, Array]:
        """Every term of one step by its name, the new point and state among them, computed plainly from the equations.

        Args:
            points: shape (d, N).
            state: before the step, as from `initial_state` or a former call.
            t: the number of the step, from 1.
            oracles: those of `update_rules.FUNCTIONS` that the step asks of the objective, as functions of arrays of shape (d, N).
            factor: what the schedule multiplies the learning rate by at this step.

        Returns:
            Arrays of shape (d, N), or (3, N) for a matrix; terms that depend on t alone are numbers.
        """
        functions = update_rules.on_rows(oracles, len(points))
        names: dict[str, Any] = {**self._values, **state, "x": points, "t": float(t)}
        if "lr" in names:
            names["lr"] = names["lr"] * (factor * self.rate_factor(t))
        terms = {}
        with np.errstate(all="ignore"):
            for statement in self.statements:
                names[statement.name] = terms[statement.name] = evaluate(statement.tree, names, functions)
        return terms

    @cached_property
    def program(self) -> StepProgram:
        """The step as an in-place program. Hyper-parameters that are exactly 0 or 1 are built in, so what is switched off costs nothing."""
        literal = tuple(
            (name, float(value))
            for name, value in self._values.items()
            if name in self._own and name != "lr" and not isinstance(value, np.ndarray) and value in (0, 1)
        )
        return compile_step(self.statements, self._own, tuple(self.state.items()), literal)


def _calls_at_x(tree: Tree) -> bool:
    return any(isinstance(node, Call) and node.function == "gradient" and node.operands == (Name("x", 0),) for node in walk(tree))
