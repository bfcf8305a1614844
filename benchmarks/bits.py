"""Whether machine code, or the browser, has the NumPy engine's bits, for every method on every landscape; and how long compiling takes."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any

import numpy as np

import landscapes
import optimizers
import simulation
from benchmarks.support.browser_bits import in_browser
from benchmarks.support.report import Report
from formulas import FormulaError
from formulas.functions import FUNCTIONS, SMOOTH
from landscapes import Landscape
from optimizers import Optimizer, schedules
from simulation import starts
from simulation.choice import why_not

COUNT, STEPS = 301, 60
TOLD = ("positions", "losses", "diverged_at", "frozen_at", "reached")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument("--surfaces", nargs="+", default=landscapes.names(), metavar="NAME", help="which landscapes, if not all")
    parser.add_argument("--optimizers", nargs="+", default=optimizers.names(), metavar="NAME", help="which methods, if not all")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="so many formulas, methods and settings by chance instead")
    parser.add_argument("--seed", type=int, default=0, help="chooses them")
    parser.add_argument(
        "--browser", action="store_true", help="WebAssembly in Chromium, with parameters turned there, in place of machine code"
    )


def run(options: argparse.Namespace) -> int:
    """Compare all pairs, and print a row for each landscape."""
    report = Report("bits", ("llvmlite",), options.json)
    if options.browser:
        rows = list(in_browser(options.surfaces, options.optimizers, options.quick))
        report.table("The browser and NumPy", rows)
        report.close()
        return 1 if any(row["runs that differ"] for row in rows) else 0
    if options.random:
        found = _by_chance(options)
        report.table("Formulas, methods and settings by chance", [found])
        report.close()
        return 1 if found["runs that differ"] else 0
    rows = [_landscape(name, options) for name in options.surfaces]
    report.table("Machine code and NumPy", rows)
    refused = {why_not(landscapes.get(surface), optimizers.get(name)) for surface, name in product(options.surfaces, options.optimizers)}
    for reason in sorted(refused - {""}):
        report.say(f"Not on machine code: {reason}.")
    report.close()
    return 1 if any(row["runs that differ"] for row in rows) else 0


def differing(landscape: Landscape, optimizer: Optimizer, points: Any, **more: Any) -> list[str]:
    """What of a run is not the same to the last bit, signs of zeros among them."""
    one, other = (simulation.run(landscape, optimizer, points, STEPS, engine=engine, **more) for engine in ("numpy", "machine"))
    pairs = [(name, getattr(one, name), getattr(other, name)) for name in TOLD]
    return [name for name, a, b in pairs if a is not None and not _same(a, b)]


def _same(a: Any, b: Any) -> bool:
    known = ~np.isnan(a)
    return np.array_equal(a, b, equal_nan=True) and np.array_equal(np.signbit(a[known]), np.signbit(b[known]))


def _landscape(name: str, options: argparse.Namespace) -> dict[str, Any]:
    landscape = landscapes.get(name)
    points = starts.uniform(landscape.window, COUNT, seed=3)
    runs, wrong, first = 0, [], []
    for optimizer in map(optimizers.get, options.optimizers):
        if why_not(landscape, optimizer):
            continue
        begun = time.process_time()
        simulation.run(landscape, optimizer, points[:, :1], 1, engine="machine")
        first.append(time.process_time() - begun)
        for other, method, more in _variants(landscape, optimizer, points, options.quick):
            runs += 1
            found = differing(other, method, points, **more)
            wrong += [f"{method.name}: {', '.join(found)}"] if found else []
    return {
        "landscape": name,
        "runs": runs,
        "runs that differ": len(wrong),
        "first run, ms of the processor": float(np.median(first)) * 1e3,
        "the worst": max(first) * 1e3,
        "which": "; ".join(wrong[:3]),
    }


def _variants(
    landscape: Landscape, optimizer: Optimizer, points: Any, quick: bool
) -> Iterator[tuple[Landscape, Optimizer, dict[str, Any]]]:
    """The kinds of runs: what is kept, and what can be given."""
    goal = float(np.nanquantile(landscape.value(points), 0.2))
    yield landscape, optimizer, {}
    yield landscape, optimizer, {"keep": "last", "goal": goal, "noise": 0.1}
    if quick:
        return
    yield landscape, optimizer, {"keep": "last"}
    yield landscape, optimizer, {"keep": [7, 33, STEPS], "schedule": schedules.get("cosine"), "chunk": 100}
    clipped = optimizer.clipped(clip_norm=np.linspace(0, 1, COUNT), clip_value=0.5)
    yield landscape.penalized(l1=0.1, l2=np.linspace(0, 1, COUNT)), clipped, {"noise": np.linspace(0, 0.1, COUNT)}
    if "lr" in optimizer.values:
        each = optimizer.with_parameters(lr=np.geomspace(1e-3, 10, COUNT) * optimizer.values["lr"])
        yield landscape, each, {"schedule": schedules.get("cosine")}
        yield landscape, each, {"keep": "last", "goal": goal}


_EACH = 5
"""Pairs of a method and settings that each formula is tried with."""
_SIGNS = ("+", "-", "*", "/")


def formula_by_chance(chance: np.random.Generator, depth: int) -> str:
    """A formula in x and y, whatever it may be like."""
    kind = chance.integers(0, 6) if depth else 5
    if kind == 5:
        return str(chance.choice(["x", "y", "x*y", f"{chance.uniform(0.1, 3):.3f}"]))
    if kind >= 3:
        name = str(chance.choice(SMOOTH))
        arguments = [formula_by_chance(chance, depth - 1) for _ in FUNCTIONS[name].arguments]
        return f"{name}({', '.join(arguments)})"
    one = formula_by_chance(chance, depth - 1)
    if kind == 2:
        return f"({one})**{chance.choice(['2', '3', '4', '0.5', '(1/3)', '2.7', '-1'])}"
    return f"({one}) {chance.choice(_SIGNS)} ({formula_by_chance(chance, depth - 1)})"


def settings_by_chance(
    landscape: Landscape, optimizer: Optimizer, chance: np.random.Generator
) -> tuple[Landscape, Optimizer, dict[str, Any]]:
    """What a run is given: numbers or arrays of them, what is kept, noise, a goal, a schedule, limits, penalties."""

    def number(low: float, high: float) -> Any:
        return np.geomspace(low, high, COUNT) if chance.random() < 0.5 else float(chance.uniform(low, high))

    if "lr" in optimizer.values and chance.random() < 0.6:
        optimizer = optimizer.with_parameters(lr=number(1e-4, 1))
    if chance.random() < 0.3:
        optimizer = optimizer.clipped(clip_norm=number(0.1, 10), clip_value=number(0.1, 10))
    if chance.random() < 0.3:
        landscape = landscape.penalized(l1=number(1e-3, 1), l2=number(1e-3, 1))
    keeps: tuple[Any, ...] = ("path", "last", [3, 17, STEPS])
    return (
        landscape,
        optimizer,
        {
            "keep": keeps[chance.integers(3)],
            "noise": number(1e-3, 1) if chance.random() < 0.5 else 0.0,
            "seed": int(chance.integers(2**62)),
            "goal": number(0.1, 1) if chance.random() < 0.3 else None,
            "schedule": schedules.get(str(chance.choice(schedules.names()))) if chance.random() < 0.4 else None,
            "chunk": 100 if chance.random() < 0.3 else None,
        },
    )


def pairs_by_chance(seed: int, methods: Sequence[str] = ()) -> Iterator[tuple[str, Landscape, Optimizer, dict[str, Any]]]:
    """Formulas, each with some methods and settings, without end; those that a program cannot hold are passed over."""
    chance = np.random.default_rng(seed)
    known = [name for name in methods or optimizers.names() if not why_not(landscapes.get("rosenbrock"), optimizers.get(name))]
    while True:
        formula = formula_by_chance(chance, 3)
        try:
            landscape = Landscape("by chance", formula=f"{formula} + 0.01*(x**2 + y**2)", window=((-2, 2), (-2, 2)))
            landscape.compiled(("dx", "dy"))
        except (FormulaError, ValueError):
            continue
        for name in chance.choice(known, _EACH):
            yield formula, *settings_by_chance(landscape, optimizers.get(str(name)), chance)


def _by_chance(options: argparse.Namespace) -> dict[str, Any]:
    """Runs of random formulas by random methods with random settings."""
    wrong, refused = [], 0
    for index, (formula, landscape, optimizer, more) in enumerate(
        islice(pairs_by_chance(options.seed, options.optimizers), options.random)
    ):
        if why_not(landscape, optimizer):
            refused += 1
            continue
        found = differing(landscape, optimizer, starts.uniform(landscape.window, COUNT, seed=index), **more)
        wrong += [f"{optimizer.name} on {formula}, {more}: {', '.join(found)}"] if found else []
    runs = options.random - refused
    return {"runs": runs, "not on machine code": refused, "runs that differ": len(wrong), "which": "; ".join(wrong[:5])}
