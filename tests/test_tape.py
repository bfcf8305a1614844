"""A tape does what the engine does, bit for bit, and can be read."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from landscapes import Landscape
from optimizers import Optimizer, schedules
from tape import own, shared, tape_of, why_none
from tape.entries import LEAVES
from tape.tape import Tape
from tape.trace import Traced, Untraceable
from tests import tape_oracle

ROSENBROCK = landscapes.get("rosenbrock")
STARTS = np.array([[-1.5, 0.3, 1.9, 0.0, -0.2, 1.0], [1.2, -0.7, 0.4, 0.0, 2.1, 1.0]])
COUNT = STARTS.shape[1]
RISING = np.linspace(0.1, 0.9, COUNT)


def same_as_the_engine(landscape: Landscape, optimizer: Optimizer, **more: Any) -> bool:
    run = simulation.run(landscape, optimizer, STARTS, 12, **more)
    positions, losses = tape_oracle.path(landscape, optimizer, STARTS, 12, **more)
    assert np.isfinite(run.losses).all()
    return np.array_equal(run.positions, positions) and np.array_equal(run.losses[:-1], losses)


@pytest.mark.parametrize("name", optimizers.names())
def test_every_method_is_the_same_on_the_tape(name: str) -> None:
    optimizer = optimizers.get(name)
    if "lr" in optimizer.values:
        optimizer = optimizer.with_parameters(lr=optimizer.values["lr"] / 100)
    assert same_as_the_engine(ROSENBROCK, optimizer)
    if "lr" in optimizer.values:
        each = {"lr": optimizer.values["lr"] * RISING} | {beta: RISING for beta in ("beta1", "momentum") if beta in optimizer.values}
        assert same_as_the_engine(ROSENBROCK, optimizer.with_parameters(**each), schedule=schedules.get("cosine"))


@pytest.mark.parametrize("name", ["rastrigin", "peaks"])
def test_so_is_every_kind_of_operation(name: str) -> None:
    assert same_as_the_engine(landscapes.get(name), optimizers.get("adam"))


def test_whatever_a_run_can_be_given_is_on_the_tape() -> None:
    adam = optimizers.get("adam", lr=0.01)
    penalized = landscapes.get("rosenbrock", b=100 * RISING).penalized(l1=0.1, l2=RISING)
    assert same_as_the_engine(penalized, adam, noise=RISING, seed=3)
    assert same_as_the_engine(ROSENBROCK, adam.clipped(clip_norm=RISING, clip_value=0.5), noise=0.1)
    assert same_as_the_engine(ROSENBROCK, adam.with_parameters(change_at=5, change_by=0.1))
    assert same_as_the_engine(
        ROSENBROCK, adam.with_parameters(change_at=np.arange(COUNT), change_by=RISING), schedule=schedules.get("step")
    )
    assert same_as_the_engine(ROSENBROCK, optimizers.get("schedule_free_sgd", lr=1e-4 * RISING, momentum=0.0))


def test_a_very_long_gradient_is_clipped_as_the_engine_does() -> None:
    """Its square overflows, so that its length is found in another way."""
    steep = Landscape("Steep", formula="1e200*x + y**2", window=((-1, 1), (-1, 1)))
    assert same_as_the_engine(steep, optimizers.get("sgd").clipped(clip_norm=1.0))


def test_a_tape_is_made_once_for_all_values_of_the_parameters() -> None:
    tape = tape_of(ROSENBROCK, optimizers.get("adam"))
    assert tape_of(landscapes.get("rosenbrock", b=3.0), optimizers.get("adam", lr=0.5, beta1=0.3)) is tape
    others = [
        tape_of(ROSENBROCK, optimizers.get("adam", lr=RISING)),
        tape_of(ROSENBROCK, optimizers.get("adam").clipped(clip_norm=1.0)),
        tape_of(ROSENBROCK, optimizers.get("adam"), noisy=True),
        tape_of(ROSENBROCK, optimizers.get("adam", beta1=0.0)),
        tape_of(landscapes.get("rosenbrock", b=100 * RISING), optimizers.get("adam")),
        tape_of(ROSENBROCK.penalized(l1=1.0), optimizers.get("adam")),
    ]
    assert len({id(other) for other in (tape, *others)}) == len(others) + 1


def test_it_reads_like_the_algorithm() -> None:
    text = str(tape_of(ROSENBROCK, optimizers.get("momentum")))
    assert text.splitlines()[0] == "Momentum on Rosenbrock: 16 operations a step"
    for line in ("    c3 = momentum", "the gradient and the loss:", "    loss = v0*v0 + c2*v1*v1", "    x' = x - c4*v.x'"):
        assert line in text.splitlines(), text


def test_its_operations_are_what_a_step_costs() -> None:
    counts = tape_of(ROSENBROCK, optimizers.get("adam")).operations()
    assert counts["/"] == counts["sqrt"] == 2
    more = tape_of(ROSENBROCK, optimizers.get("adam")).operations(with_loss=True)
    assert sum(more.values()) == sum(counts.values()) + 4  # (1 - x)**2 + b*(...)**2, whose brackets are known from the gradient
    plain, switched_off = (tape_of(ROSENBROCK, optimizers.get("sgd", weight_decay=decay)).operations() for decay in (0.1, 0.0))
    assert sum(plain.values()) == sum(switched_off.values()) + 4


def test_the_browser_is_sent_plain_data() -> None:
    tape = tape_of(ROSENBROCK, optimizers.get("adam"))
    data = json.loads(json.dumps(tape.as_data()))
    assert data["state"] == ["x", "y", "m.x", "m.y", "v.x", "v.y"]
    assert len(data["new"]) == len(data["state"])
    for index, (name, *operands) in enumerate(data["entries"]):
        assert name in LEAVES or all(operand < index for operand in operands)
    given = shared(tape, ROSENBROCK, optimizers.get("adam"), 7)
    assert given.constants.shape == (len(data["constants"]),)
    assert given.table.shape == (7, len(data["columns"]))
    assert own(tape, ROSENBROCK, optimizers.get("adam"), STARTS).state.shape == (len(data["state"]), COUNT)


def test_a_search_is_a_loop_that_reads_like_its_algorithm() -> None:
    tape = tape_of(ROSENBROCK, optimizers.get("bfgs"))
    text = str(tape)
    assert text.splitlines()[0].endswith("; and 26 a trial")
    lines = [line for line in text.splitlines() if "length" in line or "again" in line]
    assert lines[0].strip().startswith("trials until the loss falls enough, at most 1100, from length = 1, where and(less(abs(loss), inf),")
    assert {"        length' = where(v32, length, where(v34, v33, 0))", "        again where v35"} <= set(lines)
    assert text.splitlines().count("BFGS:") == 1
    plain = tape_of(ROSENBROCK, optimizers.get("l_bfgs", search=False))
    assert not plain.loops
    assert plain.operations_of_a_trial() == {}


def test_what_a_trial_may_lack_is_watched() -> None:
    """Where a formula's repair may fill something in within a trial, the loop carries it out, whether or not losses are wanted."""
    surface = Landscape("Gap", formula="sin(x)/x + x**2 + y**2", window=((-1, 1), (-1, 1)))
    tape = tape_of(surface, optimizers.get("bfgs"))
    (loop,) = tape.loops
    assert loop.names == ("length", "missing")
    (carried,) = [entry for entry in tape.watched if tape.entries[entry].operation == "found"]
    assert carried in tape.needed(False)
    assert not set(loop.body) & {*tape.watched, *tape.needed(True)}


def test_what_has_no_tape_says_so() -> None:
    assert why_none(ROSENBROCK, "adam") == "'adam' is no optimizer; optimizers.get makes one"
    with pytest.raises(ValueError, match="no tape of Adam on bowl: bowl has no formula"):
        tape_of(cast(Any, SimpleNamespace(name="bowl")), optimizers.get("adam"))


def test_a_function_that_cannot_be_written_down_is_refused() -> None:
    tape = Tape("nothing")
    array: Any = Traced.of(tape, [tape.number(1.0), tape.number(2.0)])
    with pytest.raises(Untraceable, match=r"numpy\.spacing is no operation"):
        np.spacing(array)
    with pytest.raises(Untraceable, match=r"numpy\.argsort is nothing that can be written"):
        np.argsort(array)
