"""What the divider takes for the divisions and roots of a step with nothing else to do, on vectors.

Who is faster finds some of the roots by multiplying (`machine.balance`)."""

from __future__ import annotations

import numpy as np

import landscapes
import machine
import optimizers
import tape
from benchmarks.peers.problem import History, Prepared, Problem
from machine.kernel import BLOCK
from tape import Tape


def divisions_and_roots(problem: Problem) -> tuple[int, int]:
    """How many of them a step of the problem takes for each trajectory, the loss included."""
    counts = tape.tape_of(landscapes.get(problem.landscape), optimizers.get(problem.optimizer, **problem.values)).operations(True)
    return counts.get("/", 0), counts.get("sqrt", 0)


def prepare(problem: Problem) -> Prepared:
    """As many of each, none of which waits for another, for one vector after the other."""
    divisions, roots = divisions_and_roots(problem)
    alone = Tape("divisions and roots")
    numbers = [alone.remember(f"number {index}") for index in range(max(divisions, roots, 2))]
    alone.new, alone.loss = list(numbers), numbers[0]
    for index, number in enumerate(numbers):
        if index < roots:
            alone.new[index] = alone.apply("sqrt", number)
        if index < divisions:
            alone.new[index] = alone.apply("/", alone.number(2.0), alone.new[index])
    kind = machine.Kind(losses=False, goals=False, history=False, path=False, width=machine.widest())
    kernel = machine.Compiled(alone, kind, balanced=False)
    count = problem.starts.shape[1]
    memory = kernel.memory(count)
    memory[:, : len(numbers), :BLOCK] = 1.5
    constants, table = np.empty(0), np.empty((problem.steps, 0))

    def run() -> None:
        kernel(memory, count, constants, table)

    return Prepared(run, lambda _: History(np.empty((0, 2, 0)), np.empty((0, 0))))


CONTESTANTS = {"divisions and roots alone": prepare}
