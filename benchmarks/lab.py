"""Trajectory-steps per second of a map of basins and of a sweep, against the engine alone, the same without machine code, plain NumPy and a
Dask cluster; and a tournament and a fair race with machine code and without, and what their intervals cost."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

import simulation
from benchmarks.peers import plain_lab
from benchmarks.peers.problem import Problem
from benchmarks.support.report import Report, installed
from benchmarks.support.timing import QUICK, Effort, Timing, clocked, in_turn, ratio
from lab.axes import Axis
from lab.basins import SIZES, Basins, cell_centres
from lab.cluster import dask_executor
from lab.executors import Meter, Task, local_executor, run_task
from lab.standings import Standings
from lab.sweeps import Sweep
from lab.tiles import checkpoints
from lab.tournament import USUAL, Tournament
from lab.tuning import Tuning
from parameters import Array
from scenario import Choice, Scenario
from simulation.attractors import LOW, NEAR, attractors, usual_height
from simulation.choice import VARIABLE as ENGINE
from simulation.measures import default_tolerance, looks

OURS, BARE, PLAIN = "Descent", "engine, keep='last'", "plain NumPy, (N, 2)"
BY_NUMPY = f"{OURS}, NumPy's engine"
MAP_TARGET, SECONDS_TARGET = 1.2, 1.0
"""How many times longer than the engine alone a map may take, and how many seconds one of 1024 x 1024 starts and 500 steps."""
MAP = Scenario(landscape=Choice("rosenbrock"), optimizers=(Choice.of("adam", lr=0.05),), steps=500)
SWEPT = Scenario(landscape=Choice("rosenbrock"), optimizers=(Choice("momentum"),), starts=Choice.of("anywhere", n=16), steps=200)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument(
        "--size", type=int, choices=SIZES, default=None, help="starts along each side of the map, if not 1024 (256 if quick)"
    )
    parser.add_argument("--cells", type=int, default=None, metavar="N", help="cells along each side of the sweep, if not 81 (41 if quick)")
    parser.add_argument(
        "--trials",
        type=int,
        default=None,
        metavar="N",
        help="of the tournament and the fair race, if not the pages' own; 0 leaves both out",
    )
    parser.add_argument("--cluster", action="store_true", help="also the map on a Dask cluster of two worker processes on this machine")


def run(options: argparse.Namespace) -> int:
    """Check that all contestants find the same, time them, print the tables."""
    report = Report("lab", ("distributed",), options.json)
    report.say("Everyone works with one thread, in float64.")
    effort = QUICK if options.quick else Effort(rounds=(3, 7), seconds=5.0, sample=0.1)
    size, cells = options.size or (256 if options.quick else 1024), options.cells or (41 if options.quick else 81)
    differing = [*_differing_maps(64), *_differing_sweeps(11)]
    if differing:
        report.say(f"{'; '.join(differing)}. They do not do the same work, so nothing is compared.")
        report.close()
        return 1
    timings = in_turn({name: clocked(work) for name, work in _maps(size).items()}, effort)
    report.table(f"Basins, adam on rosenbrock, {size:,} x {size:,} starts, {MAP.steps} steps", _rows(timings, size**2 * MAP.steps))
    report.say(_verdict(size, timings))
    sweep = _sweep(cells)
    timings = in_turn({name: clocked(work) for name, work in _sweeps(sweep).items()}, effort)
    report.table(f"Sweep, momentum on rosenbrock, {cells} x {cells} cells, 16 starts, {SWEPT.steps} steps", _rows(timings, sweep.work))
    for title, task in (_tasks(options.trials) if options.trials != 0 else {}).items():
        timings = in_turn({name: clocked(work) for name, work in _by_both(task).items()}, effort)
        report.table(title, _rows(timings, task.work))
        report.say(_judging(task, timings[OURS].seconds))
    if options.cluster:
        _cluster(report, (64, 128, 256) if options.quick else (64, 128, 256, 512, 1024))
    report.close()
    return 0


def _judging(task: Tournament | Tuning, seconds: float) -> str:
    """What intervals and places cost on top of a task that takes so many seconds."""
    found: Any = run_task(task, workers=1)
    judged = found.judged if isinstance(found, Standings) else (found.judged,)
    began = time.perf_counter()
    for each in judged:
        assert (len(each.share_intervals), len(each.step_intervals), len(each.places)) == (len(each.steps),) * 3
    took = time.perf_counter() - began
    return f"Intervals (jackknife, bootstrap) and places over {task.seeds} seeds take {took:.3f} s more, {took / seconds:.0%} of that."


def _by_both(task: Task[Any]) -> dict[str, Callable[[], Any]]:
    """A task as it is, and without machine code."""
    return {OURS: lambda: run_task(task, workers=1), BY_NUMPY: lambda: _without_machine_code(task)}


def _without_machine_code(task: Task[Any]) -> Any:
    before = os.environ.get(ENGINE)
    os.environ[ENGINE] = "numpy"
    try:
        return run_task(task, workers=1)
    finally:
        del os.environ[ENGINE]
        os.environ.update({} if before is None else {ENGINE: before})


# ---- a tournament and a fair race


def _tasks(trials: int | None) -> dict[str, Tournament | Tuning]:
    """The tasks that the pages begin with."""
    entrants, places = Scenario().optimizers, USUAL
    tournament, tuning = Tournament(entrants, places), Tuning(MAP.replace(optimizers=entrants, steps=200))
    if trials is not None:
        tournament, tuning = replace(tournament, count=trials), replace(tuning, count=trials)
    told = f"{len(entrants)} optimizers"
    return {
        f"Tournament, {told} on {len(places)} landscapes, {tournament.count} trials, {tournament.starts} starts, 200 steps": tournament,
        f"Fair race, {told} on rosenbrock, {tuning.count} trials, {tuning.starts} starts, 200 steps": tuning,
    }


# ---- a map of basins


def _maps(size: int) -> dict[str, Callable[[], Any]]:
    landscape, optimizer = MAP.build_landscape(), MAP.build_optimizers()[0]
    starts = _grid(size)
    return {
        **_by_both(Basins(MAP, size)),
        BARE: lambda: simulation.run(landscape, optimizer, starts, MAP.steps, keep="last", workers=1),
        PLAIN: lambda: _plain_map(starts),
    }


def _grid(size: int) -> Array:
    rows, columns = (index.ravel() for index in np.mgrid[:size, :size])
    return cell_centres(MAP.build_landscape().window, size, rows, columns)


def _plain_map(starts: Array) -> tuple[Any, Any]:
    landscape = MAP.build_landscape()
    window = np.array(landscape.window)
    values = {name: float(value) for name, value in MAP.build_optimizers()[0].values.items()}
    problem = Problem("rosenbrock", "adam", values, starts, MAP.steps)
    points = np.array([(point.x, point.y) for point in attractors(landscape)])
    at, low = checkpoints(MAP.steps).tolist(), LOW * usual_height(landscape)
    return plain_lab.basin_map(problem, points, window[:, 1] - window[:, 0], at, len(looks(MAP.steps)), NEAR, low)


def _differing_maps(size: int) -> Iterator[str]:
    ours = run_task(Basins(MAP, size), workers=1)
    ended, look = _plain_map(_grid(size))
    share = float(np.mean(ours.attractor.ravel() != ended))
    arrived = np.append(checkpoints(MAP.steps), -1)[look]
    late = float(np.mean(ours.arrival.ravel() != arrived))
    if share > 0.002 or late > 0.01:  # Adam on Rosenbrock is chaotic: the last digit decides for a few starts
        yield f"the maps differ at {share:.2%} of the starts, the arrivals at {late:.2%}"


def _verdict(size: int, timings: Mapping[str, Timing]) -> str:
    times = ratio(timings[OURS], timings[BARE])
    met = "met" if times.middle <= MAP_TARGET else "not met"
    text = f"The map takes {times.middle:.2f} ({times.spread}) times as long as the engine alone; at most {MAP_TARGET} is wanted: {met}."
    if size == SIZES[-1]:
        seconds = timings[OURS].seconds
        text += f" It takes {seconds:.1f} s; at most {SECONDS_TARGET:g} are wanted: {'met' if seconds <= SECONDS_TARGET else 'not met'}."
    return text


# ---- a sweep


def _sweep(cells: int) -> Sweep:
    return Sweep(SWEPT, Axis("optimizers.0.lr", 1e-5, 1e-2, cells, "log"), Axis("optimizers.0.momentum", 0.0, 0.99, cells, "one minus"))


def _sweeps(sweep: Sweep) -> dict[str, Callable[[], Any]]:
    problem, rates, momenta, count, goal = _lanes(sweep)
    landscape, optimizer = SWEPT.build_landscape(), SWEPT.build_optimizers()[0].with_parameters(lr=rates, momentum=momenta)
    return {
        **_by_both(sweep),
        BARE: lambda: simulation.run(landscape, optimizer, problem.starts, SWEPT.steps, keep="last", workers=1),
        PLAIN: lambda: plain_lab.sweep_map(problem, rates, momenta, count, goal),
    }


def _lanes(sweep: Sweep) -> tuple[Problem, Array, Array, int, float]:
    """What each trajectory of the sweep is, cell by cell."""
    starts, landscape = SWEPT.start_points(), SWEPT.build_landscape()
    momenta, rates = (grid.ravel() for grid in np.meshgrid(sweep.y.values, sweep.x.values, indexing="ij"))
    count = starts.shape[1]
    problem = Problem("rosenbrock", "momentum", {}, np.tile(starts, rates.size), SWEPT.steps)
    return problem, rates.repeat(count), momenta.repeat(count), count, default_tolerance(landscape)


def _differing_sweeps(cells: int) -> Iterator[str]:
    sweep = _sweep(cells)
    ours = run_task(sweep, workers=1)
    problem, rates, momenta, count, goal = _lanes(sweep)
    final, steps = plain_lab.sweep_map(problem, rates, momenta, count, goal)
    other = float(np.mean(~np.isclose(ours.final.ravel(), final, rtol=1e-6) | (ours.steps.ravel() != steps)))
    if other > 0.02:  # near the limit of stability the last digit decides in a cell or two
        yield f"the sweeps differ in {other:.1%} of the cells"


# ---- a cluster


def _cluster(report: Report, sizes: tuple[int, ...]) -> None:
    """The same maps in this process and on a cluster of two worker processes, in wall-clock time."""
    if not installed("distributed"):
        report.say("No rows for a cluster: distributed is not installed.")
        return
    from distributed import LocalCluster

    rows = []
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", silence_logs=60) as running:
        address = running.scheduler_address
        _seconds(Basins(MAP, SIZES[0]), lambda meter: dask_executor(meter, address))  # workers import what they need
        for size in sizes:
            task = Basins(MAP, size)
            one, both = (_seconds(task, partial(local_executor, workers=threads)) for threads in (1, 2))
            there = _seconds(task, lambda meter: dask_executor(meter, address))
            rows.append({"starts": size**2, "one thread, s": one, "two threads, s": both, "cluster, s": there, "x cluster": both / there})
    report.table("Basins, adam on rosenbrock, 500 steps: here, and on two workers of a cluster on this machine, wall-clock time", rows)


def _seconds(task: Basins, executor: Callable[[Meter], Any]) -> float:
    began = time.perf_counter()
    task.compute(executor(Meter(task.work)), lambda partial: None)
    return time.perf_counter() - began


# ---- tables


def _rows(timings: Mapping[str, Timing], work: int) -> Iterator[dict[str, Any]]:
    for name, timing in timings.items():
        times = ratio(timing, timings[OURS])
        yield {
            "contestant": name,
            "seconds": timing.seconds,
            "million steps/s": work / timing.seconds / 1e6,
            "x Descent": times.middle,
            "least..most": times.spread,
            "cores": timing.cores,
        }
