"""Time for value and gradient of every surface: the compiled program against NumPy by hand and sympy.lambdify."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from sympy.core.cache import clear_cache

import landscapes
from benchmarks.peers.by_hand import BY_HAND
from benchmarks.peers.lambdified import lambdified
from benchmarks.peers.problem import Array
from benchmarks.support.report import Report
from benchmarks.support.timing import QUICK, Effort, Timing, Work, clocked, in_turn, measure, ratio
from formulas.derivatives import differentiate
from formulas.program import Program
from landscapes import Landscape
from simulation import starts

WANTED = ("value", "dx", "dy")
LOOP, CALL, LAMBDIFIED = "Descent, bound once and run", "Descent, evaluate(...)", "sympy.lambdify(cse=True)"
TARGET = 1.2
"""How many times longer than the best code by hand the bound program may take."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument("--points", type=int, default=10_000, metavar="N", help="points at a time")
    parser.add_argument("--surfaces", nargs="+", default=landscapes.names(), choices=landscapes.names(), metavar="NAME", help="which ones")


def run(options: argparse.Namespace) -> int:
    """Time every surface; compare those that were written by hand too, once they agree."""
    report = Report("landscapes", ("sympy",), options.json)
    effort = QUICK if options.quick else Effort(rounds=(7, 25), seconds=1.0, sample=0.005)
    chosen = [landscapes.get(name) for name in options.surfaces]
    rivals = [landscape for landscape in chosen if landscape.key in BY_HAND]
    differing = [text for landscape in rivals for text in disagreements(landscape, _points(landscape, options.points))]
    if differing:
        report.say(f"{'; '.join(differing)}. They do not compute the same, so nothing is compared.")
        report.close()
        return 1
    rows = [_catalogue_row(landscape, options.points, effort) for landscape in chosen]
    report.table(f"Value and gradient at {options.points:,} points", rows)
    for landscape in rivals:
        contestants, _ = _contestants(landscape, _points(landscape, options.points))
        timings = in_turn({name: clocked(work) for name, work in contestants.items()}, effort)
        report.table(f"{landscape.name}, against others", _rival_rows(timings, options.points), _samples(timings))
        report.say(_verdict(landscape, timings))
    report.close()
    return 0


def disagreements(landscape: Landscape, points: Array) -> Iterator[str]:
    """What is wrong with those who do not compute what Descent computes."""
    expected = landscape.evaluate(WANTED, points)
    contestants, results = _contestants(landscape, points)
    for name, work in contestants.items():
        returned = work()
        result = results[name] if returned is None else np.array(returned)
        if not np.allclose(result, expected, rtol=1e-9, atol=1e-9 * float(np.abs(expected).max())):
            yield f"{landscape.name}: {name} differs by up to {np.abs(result - expected).max():.1e}"


def _points(landscape: Landscape, count: int) -> Array:
    return starts.uniform(landscape.window, count, seed=1)


def _contestants(landscape: Landscape, points: Array) -> tuple[dict[str, Work], Mapping[str, Array]]:
    """What is timed, by name; it returns its result, or leaves it in the array of that name."""
    results = {name: np.empty((3, points.shape[1])) for name in (LOOP, *BY_HAND[landscape.key])}
    contestants: dict[str, Work] = {LOOP: _bound(landscape, points, results[LOOP]), CALL: _evaluate(landscape, points)}
    for name, binder in BY_HAND[landscape.key].items():
        contestants[name] = binder(*points, *results[name])
    function = lambdified(landscape)
    contestants[LAMBDIFIED] = lambda: function(*points)
    return contestants, results


def _bound(landscape: Landscape, points: Array, result: Array) -> Callable[[], None]:
    return landscape.bind_arrays(dict(zip(("x", "y", *WANTED), (*points, *result), strict=True))).run


def _evaluate(landscape: Landscape, points: Array) -> Callable[[], Array]:
    return lambda: landscape.evaluate(WANTED, points)


def _compile(landscape: Landscape) -> None:
    graph, nodes = differentiate(landscape.tree, list(landscape.values), {})
    Program(graph, {name: nodes[name] for name in WANTED})


def _catalogue_row(landscape: Landscape, count: int, effort: Effort) -> dict[str, Any]:
    clear_cache()
    seconds, _ = measure(lambda: _compile(landscape), 1, warm=False)
    points, result = _points(landscape, count), np.empty((3, count))
    timings = in_turn({LOOP: clocked(_bound(landscape, points, result)), CALL: clocked(_evaluate(landscape, points))}, effort)
    calls = len(landscape.bind_arrays(dict.fromkeys(("x", "y", *WANTED), result[0])).calls)
    return {
        "surface": landscape.key,
        "NumPy calls": calls,
        "ns/point, bound": timings[LOOP].seconds / count * 1e9,
        "ns/point, evaluate": timings[CALL].seconds / count * 1e9,
        "compiling, ms": seconds * 1e3,
    }


def _rival_rows(timings: Mapping[str, Timing], count: int) -> Iterator[dict[str, Any]]:
    for name, timing in timings.items():
        times = ratio(timing, timings[LOOP])
        yield {
            "contestant": name,
            "ns/point": timing.seconds / count * 1e9,
            "x Descent": times.middle,
            "least..most": times.spread,
            "cores": timing.cores,
        }


def _verdict(landscape: Landscape, timings: Mapping[str, Timing]) -> str:
    best = min(BY_HAND[landscape.key], key=lambda name: timings[name].seconds)
    reached = ratio(timings[LOOP], timings[best])
    met = "met" if reached.middle <= TARGET else "missed"
    return f"Descent / best ({best}): {reached.middle:.2f} ({reached.spread}); target <= {TARGET}: {met}"


def _samples(timings: Mapping[str, Timing]) -> list[dict[str, Any]]:
    return [{"contestant": name, "seconds": timing.wall, "processor": timing.processor} for name, timing in timings.items()]
