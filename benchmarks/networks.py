"""Time for each step of many networks: Descent against plain NumPy, PyTorch one at a time and by vmap, and compiled JAX."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, NamedTuple

import numpy as np

import networks
from benchmarks.peers.network_problem import NetworkProblem
from benchmarks.peers.problem import History
from benchmarks.support.report import Report, installed
from benchmarks.support.timing import QUICK, Effort, Timing, in_turn, ratio
from benchmarks.support.workers import Worker


class Case(NamedTuple):
    """One kind of network and how many examples it sees in a step."""

    sizes: tuple[int, ...]
    activation: str
    loss: str
    data: str
    examples: int
    rate: float
    work: int
    """Network-steps in one measurement, about."""


CASES = {
    "2-16-16-1": Case((2, 16, 16, 1), "tanh", "logistic", "moons", 64, 0.1, 4000),
    "2-32-32-32-2": Case((2, 32, 32, 32, 2), "relu", "softmax", "moons", 128, 0.05, 600),
    "8x64": Case((64, *[64] * 8, 10), "tanh", "softmax", "digits", 128, 0.05, 40),
}
RUNS, QUICK_RUNS = (1, 10, 100, 1000), (1, 100)
OURS, PLAIN, EINSUM, ONE, MAPPED, JAX = (
    "Descent",
    "plain NumPy, (R, n, units)",
    "einsum",
    "torch, one at a time",
    "torch, vmap",
    "jax, jit(vmap)",
)
MODULES = {"networks_here": (OURS,), "networks_plain": (PLAIN, EINSUM), "networks_torch": (ONE, MAPPED), "networks_jax": (JAX,)}
"""Modules of `benchmarks.peers` and their contestants."""
NEEDS = {"networks_torch": ("torch",), "networks_jax": ("jax",)}
FEW = {EINSUM: 10, ONE: 100, PLAIN: 1000}
"""Of how many networks at most a contestant is asked: what is slow for each is as slow for more."""
SMALLEST_TARGET = 7.0
"""Microseconds for each network and step of 100 networks of 2-16-16-1 in float64, on a processor with AVX-512."""
TARGETS = ((PLAIN, 1.3), (ONE, 8.0))
"""How many times longer others should take there."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument("--networks", nargs="+", choices=CASES, default=list(CASES), help="kinds of networks")
    parser.add_argument("--runs", nargs="+", type=int, default=None, metavar="R", help="how many at once, if not 1 10 100 1000")
    parser.add_argument(
        "--peers", nargs="*", choices=[name for name in MODULES if name != "networks_here"], default=None, help="if not all"
    )
    parser.add_argument("--single", action="store_true", help="float32, too")


def run(options: argparse.Namespace) -> int:
    """Check that all contestants learn the same, time them, print the tables."""
    for library in ("OPENBLAS", "OMP", "MKL"):  # before the contestants' processes start
        os.environ[f"{library}_NUM_THREADS"] = "1"
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    report = Report("networks", ("torch", "jax", "threadpoolctl"), options.json)
    report.say("Gradient descent on the whole set, the weights at the end kept. Everyone works with one thread.")
    chosen = ["networks_here", *(options.peers if options.peers is not None else list(MODULES)[1:])]
    runs = options.runs or (QUICK_RUNS if options.quick else RUNS)
    effort = QUICK if options.quick else Effort(rounds=(5, 15), seconds=4.0, sample=0.02)
    with ExitStack() as stack:
        workers: dict[str, Worker] = {}
        for module in chosen:
            lacking = [package for package in NEEDS.get(module, ()) if not installed(package)]
            if lacking:
                report.say(f"No rows for {', '.join(MODULES[module])}: {', '.join(lacking)} is not installed.")
                continue
            workers |= {name: stack.enter_context(Worker(f"benchmarks.peers.{module}", name)) for name in MODULES[module]}
        for name in options.networks:
            for single in (False, True) if options.single else (False,):
                if not _compare(report, name, single, runs, workers, effort):
                    report.close()
                    return 1
    report.close()
    return 0


def problem_of(case: Case, runs: int, single: bool, steps: int = 0) -> NetworkProblem:
    """So many networks of a kind, from LeCun's initialization."""
    net = networks.Network(case.sizes, case.activation, loss=case.loss)
    data = networks.datasets.get(case.data, n=case.examples, test=10)
    steps = steps or max(25, min(200, case.work // runs))
    return NetworkProblem(
        case.sizes, case.activation, case.loss, net.initial("lecun", runs), data.x, np.asarray(data.y), case.rate, steps, single
    )


def _compare(report: Report, name: str, single: bool, runs: Any, workers: Mapping[str, Worker], effort: Effort) -> bool:
    rows, samples, targets = [], [], []
    for count in runs:
        problem = problem_of(CASES[name], count, single)
        able = {who: worker for who, worker in workers.items() if count <= FEW.get(who, count)}
        for worker in able.values():
            worker.prepare(problem)
        differing = list(disagreements({who: worker.history() for who, worker in able.items()}, 1e-3 if single else 1e-9))
        if differing:
            report.say(f"{name}: {'; '.join(differing)}. They do not do the same work, so nothing is compared.")
            return False
        timings = in_turn({who: worker.clocked for who, worker in able.items()}, effort)
        rows += list(_rows(count, problem.steps, timings))
        samples += [{"runs": count, "contestant": who, "processor": timing.processor} for who, timing in timings.items()]
        targets += list(_targets(name, single, count, problem.steps, timings))
    report.table(f"{name}, {CASES[name].examples} examples, {'float32' if single else 'float64'}", rows, samples)
    if targets:
        report.table(f"Targets, {name}", targets)
    return True


def disagreements(histories: Mapping[str, History], most: float) -> Iterator[str]:
    """Who has learnt something else than Descent, in words."""
    ours = histories[OURS].positions
    for who, history in histories.items():
        apart = float(np.abs(history.positions - ours).max()) if history.positions.shape == ours.shape else np.inf
        if not apart <= most:
            yield f"{who} differs by up to {apart:.1e}"


def _rows(count: int, steps: int, timings: Mapping[str, Timing]) -> Iterator[dict[str, Any]]:
    for who, timing in timings.items():
        times = ratio(timing, timings[OURS])
        yield {
            "networks": count,
            "contestant": who,
            "us/step/network": timing.seconds / steps / count * 1e6,
            "x Descent": times.middle,
            "least..most": times.spread,
            "cores": timing.cores,
        }


def _targets(name: str, single: bool, count: int, steps: int, timings: Mapping[str, Timing]) -> Iterator[dict[str, Any]]:
    def target(what: str, unit: str, wanted: str, reached: float, met: bool) -> dict[str, Any]:
        return {"networks": count, "what": what, "unit": unit, "wanted": wanted, "reached": reached, "met": "yes" if met else "no"}

    for who, wanted in TARGETS:
        if who in timings:
            times = ratio(timings[who], timings[OURS]).middle
            least = wanted if (name, count) == ("2-16-16-1", 100) and not single else 1.0
            if who == PLAIN or least > 1.0:
                yield target(who, "x Descent", f">= {least}", times, times >= least)
    if (name, count) == ("2-16-16-1", 100) and not single:
        micros = timings[OURS].seconds / steps / count * 1e6
        yield target(OURS, "us/step/network", f"<= {SMALLEST_TARGET}", micros, micros <= SMALLEST_TARGET)
