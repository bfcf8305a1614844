"""The starts of basins, and the cells of sweeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from exports.data import units_of
from exports.lab_tables.offered import Offered, Tables, check_row, settings_of, tables_of
from exports.table import Table
from lab.axes import Axis
from lab.basins import BasinMaps, cell_centres
from lab.judged import counted
from lab.network_sweeps import NORMALIZATIONS, NetworkSweep
from lab.sweeps import Sweep, SweepMap
from scenario import Experiment, Scenario
from simulation.attractors import attractors
from simulation.measures import Outcome


@tables_of.register
def _(maps: BasinMaps) -> Tables:
    return {"Starts": Offered(maps.attractor.size, lambda: _starts(maps))}


def _starts(maps: BasinMaps) -> Table:
    landscape, size = maps.scenario.build_landscape(), maps.size
    rows, columns = np.divmod(np.arange(size * size), size)
    x, y = cell_centres(landscape.window, size, rows, columns)
    count = len(maps.attractor)
    attractor, arrival = maps.attractor.reshape(count, -1), maps.arrival.reshape(count, -1)
    rest = np.array([(point.x, point.y) for point in attractors(landscape)] + [(np.nan, np.nan)])
    words = np.array([Outcome(number).label for number in range(len(Outcome))])
    return Table(
        f"basins of attraction on {landscape.name}, a row for each optimizer and start",
        {
            "optimizer": "who ran",
            "x": f"of the start, in {units_of(landscape)}",
            "y": "of the start",
            "outcome": "how the run ended",
            "rest_x": "where it came to rest, if it did at a known point",
            "rest_y": "likewise",
            "steps": "from which step on it stayed there, looked at every 15%; empty where it did not",
        },
        {"scenario": maps.scenario.in_full(), "starts along each side": size},
        {
            "optimizer": np.repeat(maps.scenario.labels(), size * size),
            "x": np.tile(x, count),
            "y": np.tile(y, count),
            "outcome": words[maps.outcome.ravel()],
            "rest_x": rest[attractor.ravel(), 0],
            "rest_y": rest[attractor.ravel(), 1],
            "steps": [int(step) if step >= 0 else None for step in arrival.ravel()],
        },
    )


@tables_of.register
def _(result: SweepMap) -> Tables:
    return {"Cells": Offered(result.final.size, lambda: _cells(result))}


def _cells(result: SweepMap) -> Table:
    sweep, (rows, columns) = result.sweep, result.final.shape
    measures = {
        "final_loss": (result.final, "median over starts and seeds of the last loss above the lowest; inf where most diverged"),
        "steps": (result.steps, "median number of steps until the loss is within the tolerance; inf where half of them are never"),
        "converged": (result.converged, "share of trajectories that end within the tolerance, 0 to 1"),
        "climbed": (result.climbed, "share that end higher than they started, or diverge"),
        "diverged": (result.diverged, "share that left float range"),
    }
    axes = {axis.key: values for axis, values in ((sweep.x, np.tile(sweep.x.values, rows)), (sweep.y, np.repeat(sweep.y.values, columns)))}
    return Table(
        f"a sweep on {sweep.scenario.title}, a row for each cell; its trajectories are those of exports.lab_tables.cell_of, with each seed",
        {**{axis.key: axis.title for axis in (sweep.x, sweep.y)}, **{name: meaning for name, (_, meaning) in measures.items()}},
        settings_of(sweep),
        {**axes, **{name: values.ravel() for name, (values, _) in measures.items()}},
    )


def cell_of(settings: Mapping[str, Any], row: int, seed: int = 0) -> Scenario | Experiment:
    """What was run in a cell of a sweep, from the settings of its table: `race()` gives its trajectories with one of the seeds anew, to the
    last bit, and `train()` its network, which a sweep trains in single precision.

    Args:
        settings: of the table, as `exports.table.read_table` gives them.
        row: which of its rows, from 0.
        seed: which of the seeds that each cell was run with, from 0; of networks there is one.

    Raises:
        ValueError: it is of another table, or there is no such row or seed.
    """
    if settings.get("task") not in ("Sweep", "NetworkSweep"):
        raise ValueError("only rows of sweeps are cells")
    x, y, networks = Axis(**settings["x"]), Axis(**settings["y"]), settings["task"] == "NetworkSweep"
    row, seeds = check_row(row, x.count * y.count * (len(NORMALIZATIONS) if networks else 1)), settings.get("seeds", 1)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < seeds:
        raise ValueError(f"there is no seed {seed!r}: each cell was run with {counted(seeds, 'seed')}; they are counted from 0")
    normalized, (up, across) = row // (x.count * y.count), divmod(row % (x.count * y.count), x.count)
    if networks:
        return NetworkSweep(Experiment.from_full(settings["experiment"]), x, y).cell(across, up, bool(normalized))
    return Sweep(Scenario.from_full(settings["scenario"]), x, y, seeds).cell(across, up, int(seed))
