"""The raw results of the lab: what is saved reads back exactly, and all that the pages tell follows from it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np
import pytest

import optimizers
import simulation
from exports.lab_tables import cell_of, judged_of, run_of, settings_of, tables_of
from exports.table import Table, read_table
from lab.axes import default_axes
from lab.basins import Basins
from lab.executors import run_task
from lab.places import resolution
from lab.quantities import alone
from lab.sweeps import Sweep
from lab.tournament import Tournament
from lab.tuning import Tuning
from scenario import Choice, Scenario
from simulation import measures
from simulation.attractors import lowest_loss
from simulation.measures import Outcome
from version import PROGRAM

DAY = date(2026, 11, 29)
SCENARIO = Scenario(Choice("himmelblau"), (Choice("sgd"), Choice("adam")), steps=40)


def reread(table: Table) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """A table after it was saved both ways, which have to say the same."""
    text, packed = read_table(table.to_csv(DAY).encode()), read_table(table.to_parquet(DAY))
    assert text[0] == packed[0] == json.loads(json.dumps(table.settings))
    for name, values in packed[1].items():
        np.testing.assert_array_equal(values, text[1][name], name)
    return packed


def test_every_start_of_basins_is_there() -> None:
    maps = run_task(Basins(SCENARIO, 64))
    offered = tables_of(maps)["Starts"]
    settings, columns = reread(offered.make())
    assert offered.rows == len(columns["x"]) == 2 * 64 * 64
    assert settings["scenario"]["optimizers"][1]["settings"]["beta2"] == 0.999
    mine = np.array(columns["outcome"])[np.array(columns["optimizer"]) == "Adam"]
    for outcome in Outcome:
        assert np.mean(mine == outcome.label) == maps.shares(1)[outcome.label]
    steps = [step for step, who in zip(columns["steps"], columns["optimizer"], strict=True) if who == "Adam" and step is not None]
    assert np.median(steps) == maps.median_steps(1)


def test_every_cell_of_a_sweep_is_there_and_raced_again() -> None:
    own = alone(SCENARIO, 0).replace(noise=0.4, starts=Choice.of("anywhere", n=3))
    result = run_task(Sweep(own, *default_axes(own, 4), seeds=3))
    settings, columns = reread(tables_of(result)["Cells"].make())
    for number in (1, 6, 8):
        cells = [cell_of(settings, number, seed) for seed in range(3)]
        runs = [cell.race().runs[0] for cell in cells if isinstance(cell, Scenario)]
        last = np.concatenate([run.losses[-1] for run in runs])
        above = np.nan_to_num(last, nan=np.inf) - lowest_loss(runs[0].landscape)
        assert np.median(above) == columns["final_loss"][number]
    for row in (16, 1_000_000, -1, 1.5):
        with pytest.raises(ValueError, match=f"there is no row {row}: the table has 16 rows; choose a whole number from 0 to 15"):
            cell_of(settings, row)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="there is no seed 3: each cell was run with 3 seeds"):
        cell_of(settings, 0, seed=3)
    assert np.array_equal(columns["final_loss"], result.final.ravel())
    column, row = 2, 1
    assert columns["optimizers.0.lr"][row * 4 + column] == result.cell(column, row).optimizers[0].replace().settings[0][1]


def test_the_verdicts_of_a_fair_race_follow_from_its_starts() -> None:
    task = Tuning(SCENARIO, 5, 4, seeds=6)
    tuned = run_task(task)
    tables = tables_of(tuned)
    held_out, landscape = tables["Held-out starts"].make(), SCENARIO.build_landscape()
    within, lowest = measures.default_tolerance(landscape), lowest_loss(landscape)
    assert f"within {within!r} of the lowest, which is {lowest!r}" in held_out.meanings["reached"]
    assert "from n - max(1, n // 20, min(3, n // 2)) on" in held_out.meanings["steps"]
    assert all(measures.rest(n) == max(1, n // 20, min(3, n // 2)) for n in range(200)), "the rule that the legend tells"
    settings, columns = reread(held_out)
    labels, judged = judged_of(columns, settings["objective"])
    assert labels == list(SCENARIO.labels())
    assert judged.in_words(labels) == tuned.judged.in_words(labels)
    assert np.array_equal(judged.places, tuned.judged.places)
    assert judged.share_intervals == tuned.judged.share_intervals
    at = columns["seed"].index(1000)
    start = task.scenario_of(1000, held_out=True).start_points()[:, 0]
    assert [columns["x"][at], columns["y"][at]] == start.tolist()
    assert json.loads(columns["settings"][at]) == dict(tuned.chosen[0][1].settings)
    _, trials = reread(tables["Trials"].make())
    best = trials["chosen"].index(True)
    assert trials["lr"][best] == dict(tuned.chosen[0][0].settings)["lr"]
    assert trials["beta1"][best] is None


def test_a_row_of_a_noisy_race_is_run_again_from_what_it_says() -> None:
    """Of any seed, not of the first alone, and on any landscape."""
    noisy = SCENARIO.replace(noise=0.8, schedule=Choice("cosine"), clip_norm=5.0)
    race, held = Tuning(noisy, 3, 3, seeds=3), Tournament(SCENARIO.optimizers, ("ravine", "beale"), 25, 3, 3, seeds=2, like=noisy)
    for result in (run_task(race), run_task(held)):
        settings, columns = reread(tables_of(result)["Held-out starts"].make())
        with pytest.raises(ValueError, match=f"there is no row -1: the table has {len(columns['x'])} rows"):
            run_of(settings, columns, -1)
        for row in range(0, len(columns["x"]), 2):
            again = run_of(settings, columns, row)
            above = max(again.losses[-1, 0] - lowest_loss(again.landscape), resolution(again.landscape))
            reached, stayed = (int(found[0]) for found in measures.reached_and_stayed(again))
            told = [columns[name][row] for name in ("final_loss", "reached", "steps")]
            assert [above, *(step if step >= 0 else np.inf for step in (reached, stayed))] == told
    at = columns["seed"].index(1000)
    by_hand = simulation.run(
        optimizer=optimizers.get("sgd", **json.loads(columns["settings"][at])).clipped(clip_norm=5.0),
        landscape=columns["landscape"][at],
        starts=[[columns["x"][at]], [columns["y"][at]]],
        steps=25,
        schedule="cosine",
        noise=0.8,
        seed=columns["noise_seed"][at],
        numbers=[columns["noise_number"][at]],
    )
    assert by_hand.losses[-1, 0] == run_of(settings, columns, at).losses[-1, 0]


def test_what_is_saved_names_the_version_and_the_day_and_other_files_are_refused() -> None:
    table = Table("numbers", {"n": "a number"}, settings_of(Basins(SCENARIO, 64)), {"n": np.arange(3)})
    assert table.to_csv(DAY).startswith(f"# {PROGRAM}: numbers\n# written: 2026-11-29\n# n: a number\n# all settings: {{")
    for foreign in (b"a,b\n1,2\n", b"PAR1 not", b"\xff\xfe"):
        with pytest.raises(ValueError, match="this is no table that Descent has written"):
            read_table(foreign)
    with pytest.raises(ValueError, match="of m, n either the meaning or the values are missing"):
        Table("numbers", {"m": ""}, {}, {"n": [1]})
    with pytest.raises(ValueError, match="only rows of sweeps are cells"):
        cell_of(table.settings, 0)
    with pytest.raises(TypeError, match=r"there are no tables of Scenario; there are of Tuned, Standings, BasinMaps"):
        tables_of(SCENARIO)
