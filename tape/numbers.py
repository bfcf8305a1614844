"""The numbers that go with a tape in one run: its constants, its table, what each trajectory has its own of, and the state at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.graph import Graph
from formulas.program import Program
from landscapes import Landscape
from optimizers import Optimizer, Schedule
from optimizers.step_program import StepProgram
from parameters import Array, Value
from tape.early import CHANGE_AT, CHANGE_BY, FACTOR, STEP_NUMBER
from tape.source import LANDSCAPE, OPTIMIZER, RUN, Source
from tape.step import TRIALS, row_names
from tape.tape import Tape


@dataclass(frozen=True)
class Shared:
    """What all trajectories of a run are given.

    Attributes:
        constants: shape (constants,).
        table: a row for each step, shape (steps, columns).
    """

    constants: Array
    table: Array


@dataclass(frozen=True)
class Own:
    """What each trajectory has its own of.

    Attributes:
        lanes: shape (lanes, N).
        state: before the first step, shape (numbers of the state, N).
    """

    lanes: Array
    state: Array


def shared(tape: Tape, landscape: Landscape, optimizer: Optimizer, steps: int, schedule: Schedule | None = None) -> Shared:
    """The numbers of a run that all trajectories share.

    Args:
        tape: made for this landscape and this optimizer, by `tape.tape_of`.
        landscape, optimizer: their parameters are numbers or arrays of shape (N,).
        steps: how many.
        schedule: what the learning rate is multiplied by at each step.
    """
    keep = steps * len(tape.columns) <= _SHORT and not landscape.per_lane and not optimizer.per_lane
    make = _kept_shared if keep else _shared
    return make(tape, landscape, optimizer, steps, schedule)


def _shared(tape: Tape, landscape: Landscape, optimizer: Optimizer, steps: int, schedule: Schedule | None) -> Shared:
    found = _of_sources(tape.constants, landscape, optimizer, slice(None))
    constants = np.array([float(found[source]) for source in tape.constants])
    made = Shared(constants, _table(tape, optimizer, steps, schedule))
    for array in (made.constants, made.table):
        array.setflags(write=False)
    return made


_kept_shared = lru_cache(maxsize=32)(_shared)
_SHORT = 32_768
"""Numbers of a table that is kept for the next run: to make it takes longer than a short run itself."""


def own(tape: Tape, landscape: Landscape, optimizer: Optimizer, starts: Array, lanes: slice | npt.NDArray[np.intp] = slice(None)) -> Own:
    """The numbers that some trajectories have their own of.

    Args:
        tape, landscape, optimizer: as for `shared`.
        starts: of these trajectories, shape (2, N).
        lanes: which of the values of parameters that are arrays are theirs.
    """
    rows = own_rows(tape, landscape, optimizer, starts, lanes)
    first, count = len(tape.state), starts.shape[1]
    return Own(_rows(rows[first:], count), _rows(rows[:first], count))


def own_rows(
    tape: Tape, landscape: Landscape, optimizer: Optimizer, starts: Array, lanes: slice | npt.NDArray[np.intp] = slice(None)
) -> list[Any]:
    """The same as a list of rows, the state's first, each an array of shape (N,) or a number that all trajectories have."""
    found = _of_sources(tape.lanes, landscape, optimizer, lanes)
    return [*_first_state(tape, optimizer, starts, lanes), *(found[source] for source in tape.lanes)]


def constants_of(tape: Tape, landscape: Landscape) -> Array:
    """The constants of a tape that belong to its landscape all of them, shape (constants,)."""
    nodes = tuple(source.node for source in tape.constants)
    values = _values(landscape.compiled(("value",)).graph, nodes, landscape.formula_values) if nodes else {}
    return np.array([float(values[node]) for node in nodes])


def _some(values: Mapping[str, Value], lanes: slice | npt.NDArray[np.intp]) -> dict[str, Value]:
    return {name: value[lanes] if isinstance(value, np.ndarray) and value.ndim else value for name, value in values.items()}


def _rows(rows: Sequence[Any], count: int) -> Array:
    result = np.empty((len(rows), count))
    for target, row in zip(result, rows, strict=True):
        target[:] = row
    return result


def _of_run(optimizer: Optimizer, lanes: slice | npt.NDArray[np.intp]) -> dict[Source, Value]:
    """What a run itself knows: the limits of the gradient, and when a rate changes."""
    given: dict[Source, Value] = {Source(RUN, -1, name): value for name, value in _some(optimizer.clipping, lanes).items()}
    if "change_at" in optimizer.values:
        values = _some(optimizer.values, lanes)
        at = np.asarray(values["change_at"], dtype=np.float64)
        given |= {CHANGE_AT: np.where(at > 0, at, np.inf), CHANGE_BY: np.asarray(values["change_by"], dtype=np.float64)}
    return given


def _of_sources(
    sources: Sequence[Source], landscape: Landscape, optimizer: Optimizer, lanes: slice | npt.NDArray[np.intp]
) -> dict[Source, Any]:
    """The numbers of sources that do not change from step to step."""
    given = _of_run(optimizer, lanes)
    found: dict[Source, Any] = {source: given[source] for source in sources if source.owner == RUN}
    owners: dict[str, tuple[Graph, Mapping[str, Value]]] = {
        LANDSCAPE: (landscape.compiled(("value",)).graph, landscape.formula_values),
        OPTIMIZER: (optimizer.program.program.graph, {**optimizer.values, "t": 1.0}),
    }
    for owner, (graph, inputs) in owners.items():
        nodes = tuple(source.node for source in sources if source.owner == owner)
        if nodes:
            values = _values(graph, nodes, _some(inputs, lanes))
            found |= {source: values[source.node] for source in sources if source.owner == owner}
    return found


@lru_cache(maxsize=256)
def _program(graph: Graph, nodes: tuple[int, ...]) -> Program:
    """What computes nodes that are known before the points are."""
    return Program(graph, {}, kept=nodes)


def _values(graph: Graph, nodes: tuple[int, ...], inputs: Mapping[str, Any]) -> Mapping[int, Array]:
    return _program(graph, nodes).early_values(inputs)[0]


def _first_state(tape: Tape, optimizer: Optimizer, starts: Array, lanes: slice | npt.NDArray[np.intp]) -> list[Array]:
    """The rows of the state before the first step: the start, what is remembered of it, and what differs and depends on the step alone."""
    state = optimizer.initial_views(starts, _some(optimizer.values, lanes)) | {"x": starts}
    rows: dict[str, Array | float] = {TRIALS: 0.0}
    rows |= {row: array for name, array in state.items() for row, array in zip(row_names(name, len(array)), array, strict=True)}
    return [np.asarray(rows[name]) if name in rows else state[name][0] for name in tape.state]


def _table(tape: Tape, optimizer: Optimizer, steps: int, schedule: Schedule | None) -> Array:
    """What depends on the step alone, worked out for all steps, with the same operations as `simulation.step_values` does."""
    table = np.empty((steps, len(tape.columns)))
    t = np.arange(1.0, steps + 1)
    factors = schedule.factors(steps) if schedule else np.ones(steps)
    if optimizer.changes_rate and not any(map(np.ndim, (optimizer.values["change_at"], optimizer.values["change_by"]))):
        factors = factors * optimizer.rate_factor(t)
    given = {STEP_NUMBER: t, FACTOR: factors}
    nodes = tuple(source.node for source in tape.columns if source.owner == OPTIMIZER)
    values = _columns(optimizer, nodes, t, factors) if nodes else {}
    for column, source in enumerate(tape.columns):
        table[:, column] = given[source] if source.owner == RUN else values[source.node]
    return table


def _columns(optimizer: Optimizer, nodes: tuple[int, ...], t: Array, factors: Array) -> Mapping[int, Array]:
    """The values of nodes in all steps."""
    step = optimizer.program
    uniform = {name: np.asarray(value, dtype=np.float64) for name, value in optimizer.values.items() if not np.ndim(value)}
    rate = uniform.get("lr")
    graph = step.program.graph
    if not step.carried:
        rates = {} if rate is None else {"lr": rate * factors}
        return _values(graph, nodes, {**uniform, **rates, "t": t})
    return _carried(step, nodes, optimizer, uniform, rate, factors)


def _carried(
    step: StepProgram, nodes: tuple[int, ...], optimizer: Optimizer, uniform: dict[str, Array], rate: Array | None, factors: Array
) -> Mapping[int, Array]:
    """The same where states depend on the step alone, step after step."""
    graph = step.program.graph
    needed = {name: node for name, node in step.carried if _is_uniform(graph, node, {*uniform, "t", *dict(step.carried)})}
    program = _program(graph, (*nodes, *needed.values()))
    t = np.ones(())
    scaled = {} if rate is None else {"lr": rate.copy()}
    first = optimizer.initial_state(np.zeros((2, 1)), uniform)
    cells = {name: np.array(first[name].reshape(-1)[0]) for name in needed}
    values, each_step = program.early_values({**uniform, **cells, **scaled, "t": t})
    for name, node in needed.items():
        np.copyto(values[node], cells[name])  # so that the first step carries over what it starts from
    table: npt.NDArray[Any] = np.empty((len(factors), len(nodes)))
    with np.errstate(all="ignore"):
        for row, factor in enumerate(factors):
            t[()] = row + 1
            if rate is not None:
                np.multiply(rate, factor, scaled["lr"])
            for name, node in needed.items():
                np.copyto(cells[name], values[node])
            for routine, arguments in each_step:
                routine(*arguments)
            table[row] = [values[node] for node in nodes]
    return dict(zip(nodes, table.T, strict=True))


def _is_uniform(graph: Graph, node: int, known: set[str]) -> bool:
    """Whether a node follows from these inputs alone."""
    entry = graph.nodes[node]
    if entry.operation == "input":
        return entry.name in known
    return all(_is_uniform(graph, operand, known) for operand in entry.operands)
