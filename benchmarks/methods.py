"""How many times faster machine code is than NumPy with every method, and how long its kernels take to compile."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator
from functools import partial
from statistics import median
from typing import Any
from unittest.mock import patch

import landscapes
import optimizers
import simulation
from benchmarks.support.report import Report
from benchmarks.support.timing import Effort, clocked, in_turn, ratio
from formulas.libm import kept_code
from simulation import starts
from simulation.choice import why_not

COUNT, STEPS = 10_000, 200
SURFACES = ("rosenbrock", "rastrigin")
RATES = {"sgd": 1e-4, "nesterov": 1e-5, "momentum": 1e-5}
"""Rates with which nobody leaves float range on Rosenbrock's slopes; other methods take their own, up to a hundredth."""
EFFORT, QUICK = Effort(rounds=(3, 3), seconds=0.0), Effort(rounds=(1, 1), seconds=0.0)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument("--surfaces", nargs="+", default=SURFACES, metavar="NAME", help="which landscapes")
    parser.add_argument("--optimizers", nargs="+", default=optimizers.names(), metavar="NAME", help="which methods, if not all")
    parser.add_argument("--keep", choices=("last", "path"), default="last", help="what is kept")
    parser.add_argument("--vector-bits", choices=("128", "256", "512"), default=None, help="how wide a vector of machine code may be")


def run(options: argparse.Namespace) -> int:
    """A table for each landscape."""
    if options.vector_bits:
        os.environ["DESCENT_VECTOR_BITS"] = options.vector_bits
    report = Report("methods", ("llvmlite",), options.json)
    for surface in options.surfaces:
        with patch.object(kept_code, "directory", lambda: None):  # so that everything is compiled here
            rows = list(_rows(surface, options))
        report.table(f"{surface}, {COUNT:,} trajectories, keep={options.keep!r}", rows)
        times, compiling = ([row[name] for row in rows] for name in ("times", "ms to compile"))
        report.say(f"Median over {len(rows)} methods: {median(times):.2f} times; {median(compiling):.0f} ms, at most {max(compiling):.0f}.")
    report.close()
    return 0


def _rows(surface: str, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    landscape = landscapes.get(surface)
    points = starts.uniform(landscape.window, COUNT, seed=1)
    steps = STEPS // 4 if options.quick else STEPS
    for name in options.optimizers:
        method = optimizers.get(name)
        if "lr" in method.values:
            method = method.with_parameters(lr=RATES.get(name, min(method.values["lr"], 0.01)))
        if why_not(landscape, method):
            continue
        work = partial(simulation.run, landscape, method, points, steps, keep=options.keep, workers=1)
        begun = time.process_time()
        simulation.run(landscape, method, points[:, :1], steps, keep=options.keep, engine="machine")
        compiling = time.process_time() - begun
        each = {engine: clocked(partial(work, engine=engine)) for engine in ("numpy", "machine")}
        timing = in_turn(each, QUICK if options.quick else EFFORT)
        yield {
            "method": name,
            **{f"{engine}, ns": timing[engine].seconds / steps / COUNT * 1e9 for engine in each},
            "times": ratio(timing["numpy"], timing["machine"]).middle,
            "ms to compile": compiling * 1e3,
        }
