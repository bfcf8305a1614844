"""Time for each step of many trajectories: Descent against plain NumPy, torch.optim and compiled optax."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import product
from typing import Any

import numpy as np

import landscapes
from benchmarks.peers.limit import divisions_and_roots
from benchmarks.peers.problem import History, Problem
from benchmarks.support.report import Report, installed
from benchmarks.support.timing import QUICK, Effort, Timing, in_turn, ratio
from benchmarks.support.workers import Worker
from simulation import starts

RATES = {
    ("sgd", "rosenbrock"): 1e-4,
    ("sgd", "rastrigin"): 1e-3,
    ("momentum", "rosenbrock"): 1e-5,
    ("momentum", "rastrigin"): 1e-3,
    ("adam", "rosenbrock"): 1e-2,
    ("adam", "rastrigin"): 1e-2,
}
"""Learning rates with which no trajectory leaves float range: numbers beyond it may take another time."""
OTHERS = {"sgd": {}, "momentum": {"momentum": 0.9}, "adam": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8}}
OPTIMIZERS, SURFACES = tuple(OTHERS), ("rosenbrock", "rastrigin")
SIZES, QUICK_SIZES = (1, 100, 10_000, 100_000), (1, 100, 10_000)

OURS, MACHINE, PLAIN, TORCH = "Descent", "Descent, machine code", "plain NumPy, (N, 2)", "torch.optim"
LIMIT = "divisions and roots alone"
SCANNED, MAPPED = "optax, jit(scan)", "optax, jit(vmap(scan))"
LAST = "last point only"
MODULES = {
    "descent": (OURS, f"{OURS}, {LAST}", "Descent, a rate for each", MACHINE, f"{MACHINE}, {LAST}"),
    "limit": (LIMIT,),
    "plain": (PLAIN,),
    "torch_optim": (TORCH, "torch.optim, fused"),
    "compiled_optax": (SCANNED, MAPPED, f"{SCANNED}, {LAST}", f"{MAPPED}, {LAST}"),
    "compiled_numba": ("numba", f"numba, {LAST}"),
}
"""Modules of `benchmarks.peers` and their contestants."""
OWN = ("descent", "limit")
"""Those that always take part."""
NEEDS = {"limit": ("llvmlite",), "torch_optim": ("torch",), "compiled_optax": ("jax", "optax"), "compiled_numba": ("numba",)}
"""Packages without which a module cannot take part."""

TARGETS = (
    (PLAIN, 10_000, 3.5),
    (TORCH, 10_000, 10.0),
    (SCANNED, 10_000, 2.0),
    (MAPPED, 10_000, 2.0),
    (SCANNED, 100_000, 2.0),
    (MAPPED, 100_000, 2.0),
)
"""How many times longer than Descent others should take with Adam on Rosenbrock: contestant, trajectories, times."""
STEP_TARGET = 8.0
"""Microseconds that a step of Adam on Rosenbrock may take with 10 to 100 trajectories."""

EFFORT = Effort(rounds=(5, 15), seconds=1.5)

Timings = Mapping[str, Timing]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument("--sizes", type=int, nargs="+", default=None, metavar="N", help=f"numbers of trajectories, if not {SIZES}")
    parser.add_argument("--optimizers", nargs="+", default=OPTIMIZERS, choices=OPTIMIZERS, help="which optimizers")
    parser.add_argument("--surfaces", nargs="+", default=SURFACES, choices=SURFACES, help="which landscapes")
    peers = tuple(module for module in MODULES if module not in OWN)
    parser.add_argument("--peers", nargs="*", default=peers, choices=peers, help="against whom")
    help_bits = "how wide a vector of machine code may be: those of a narrower processor"
    parser.add_argument("--vector-bits", choices=("128", "256", "512"), default=None, help=help_bits)


def run(options: argparse.Namespace) -> int:
    """Check that all contestants compute the same, time them, print the tables."""
    if options.vector_bits:
        os.environ["DESCENT_VECTOR_BITS"] = options.vector_bits  # which the contestants' processes inherit
    report = Report("engine", ("torch", "jax", "optax", "numba", "llvmlite"), options.json)
    report.say("Everyone keeps the whole history (x, y, loss) in float64, in a process of its own; all on one core.")
    with ExitStack() as stack:
        workers = {
            name: stack.enter_context(Worker(f"benchmarks.peers.{module}", name))
            for module in _available((*OWN, *options.peers), report)
            for name in MODULES[module]
            if installed("llvmlite") or not name.startswith(MACHINE)
        }
        agree = all(_compare(landscape, optimizer, workers, options, report) for landscape, optimizer in _pairs(options))
    report.close()
    return 0 if agree else 1


def steps_for(count: int, quick: bool) -> int:
    """How many steps to take with so many trajectories."""
    steps = 1000 if count <= 1000 else 200 if count <= 10_000 else 100
    return steps // 2 if quick else steps


def disagreements(histories: Mapping[str, History]) -> Iterator[str]:
    """What is wrong with those whose numbers are not Descent's. One that keeps the last point only is compared with that."""
    ours = histories[OURS]
    for name, history in histories.items():
        rows = len(history.losses)
        if rows not in (1, len(ours.losses)):
            yield f"{name} kept {rows} rows instead of {len(ours.losses)}"
        elif not all(np.allclose(theirs, our[-rows:], rtol=1e-8, atol=1e-10) for theirs, our in zip(history, ours, strict=True)):
            yield f"{name} differs, in the loss by up to {np.abs(history.losses - ours.losses[-rows:]).max():.1e}"


def _available(modules: tuple[str, ...], report: Report) -> Iterator[str]:
    for module in modules:
        missing = [package for package in NEEDS.get(module, ()) if not installed(package)]
        if missing:
            report.say(f"No rows for {', '.join(MODULES[module])}: {' and '.join(missing)} not installed.")
        else:
            yield module


def _pairs(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    return product(options.surfaces, options.optimizers)


def _problem(landscape: str, optimizer: str, count: int, steps: int) -> Problem:
    points = starts.uniform(landscapes.get(landscape).window, count, seed=1)
    return Problem(landscape, optimizer, {"lr": RATES[optimizer, landscape], **OTHERS[optimizer]}, points, steps)


def _compare(landscape: str, optimizer: str, workers: Mapping[str, Worker], options: argparse.Namespace, report: Report) -> bool:
    """Tables for one optimizer on one landscape; whether all contestants do the same work, which is looked at first."""
    first = _problem(landscape, optimizer, 100, 20)
    if not any(divisions_and_roots(first)):
        workers = {name: worker for name, worker in workers.items() if name != LIMIT}
    _prepare(workers, first)
    differing = list(disagreements({name: worker.history() for name, worker in workers.items() if name != LIMIT}))
    if differing:
        report.say(f"\n{optimizer} on {landscape}: {'; '.join(differing)}. They do not do the same work, so nothing is compared.")
        return False
    timings = {}
    for count in options.sizes or (QUICK_SIZES if options.quick else SIZES):
        steps = steps_for(count, options.quick)
        _prepare(workers, _problem(landscape, optimizer, count, steps))
        effort = QUICK if options.quick else EFFORT
        timings[steps, count] = in_turn({name: worker.clocked for name, worker in workers.items()}, effort)
    rows = [row for (steps, count), timing in timings.items() for row in _rows(count, steps, timing)]
    report.table(f"{optimizer} on {landscape}", rows, _samples(timings))
    targets = list(_targets(timings)) if (optimizer, landscape) == ("adam", "rosenbrock") else []
    if targets:
        report.table("Targets, adam on rosenbrock", targets)
    return True


def _prepare(workers: Mapping[str, Worker], problem: Problem) -> None:
    for worker in workers.values():
        worker.prepare(problem)


def _rows(count: int, steps: int, timings: Timings) -> Iterator[dict[str, Any]]:
    for name, timing in timings.items():
        times = ratio(timing, timings[OURS])
        yield {
            "trajectories": count,
            "steps": steps,
            "contestant": name,
            "us/step": timing.seconds / steps * 1e6,
            "ns/step/trajectory": timing.seconds / steps / count * 1e9,
            "x Descent": times.middle,
            "least..most": times.spread,
            "cores": timing.cores,
        }


def _targets(timings: Mapping[tuple[int, int], Timings]) -> Iterator[dict[str, Any]]:
    for (steps, count), timing in timings.items():
        if 10 <= count <= 100:
            micros = timing[OURS].seconds / steps * 1e6
            yield _target(f"{OURS}, N = {count:,}", "us/step", f"<= {STEP_TARGET}", micros, micros <= STEP_TARGET)
        yield from _machine_targets(count, timing)
        for name, size, wanted in TARGETS:
            if size == count and name in timing:
                reached = ratio(timing[name], timing[OURS]).middle
                yield _target(f"{name}, N = {count:,}", "x Descent", f">= {wanted}", reached, reached >= wanted)


def _machine_targets(count: int, timing: Timings) -> Iterator[dict[str, Any]]:
    """What machine code should reach, against NumPy and against what the processor allows."""
    last = f"{MACHINE}, {LAST}"
    if last in timing and count >= 10_000:
        for name, other, wanted in ((last, f"{OURS}, {LAST}", 6.0), (MACHINE, OURS, 5.0)):
            reached = ratio(timing[other], timing[name]).middle
            yield _target(f"{name}, N = {count:,}", "x as fast as NumPy", f">= {wanted}", reached, reached >= wanted)
        for name, end in ((last, f", {LAST}"), (MACHINE, "")):
            others = [timing[one + end] for one in (SCANNED, MAPPED) if one + end in timing]
            if others:
                reached = min(ratio(one, timing[name]).middle for one in others)
                yield _target(f"{name}, N = {count:,}", "x as fast as compiled optax", ">= 2.5", reached, reached >= 2.5)
        if LIMIT in timing:
            reached = ratio(timing[last], timing[LIMIT]).middle
            yield _target(f"{last}, N = {count:,}", f"x {LIMIT}", "<= 1.3", reached, reached <= 1.3)
    if MACHINE in timing and count == 100:
        reached = ratio(timing[OURS], timing[MACHINE]).middle
        yield _target(f"{MACHINE}, N = {count:,}", "x as fast as NumPy", ">= 10.0", reached, reached >= 10.0)


def _target(what: str, unit: str, wanted: str, reached: float, met: bool) -> dict[str, Any]:
    return {"what": what, "unit": unit, "wanted": wanted, "reached": reached, "met": "yes" if met else "no"}


def _samples(timings: Mapping[tuple[int, int], Timings]) -> list[dict[str, Any]]:
    return [
        {"steps": steps, "trajectories": count, "contestant": name, "seconds": timing.wall, "processor": timing.processor}
        for (steps, count), by_name in timings.items()
        for name, timing in by_name.items()
    ]
