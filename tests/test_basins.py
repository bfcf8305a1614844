"""Basins of attraction: each start's end is what a run of that start alone gives, however the map is refined and cut."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import simulation
from figures import DARK, LIGHT, Theme
from figures.basins import FILLS, MORE_FILLS, attractor_colours, basin_legend, basin_picture
from lab.basins import BasinMaps, Basins, cell_centres, new_cells
from lab.executors import Meter, local_executor, run_task
from lab.quantities import alone
from lab.tiles import checkpoints
from landscapes import get
from limits import BASIN_STEPS
from player.shares import shares_table
from scenario import Choice, Scenario
from simulation import measures
from simulation.attractors import attractors
from simulation.measures import Outcome

WELLS = Scenario(
    landscape=Choice("two_wells"),
    optimizers=(Choice.of("sgd", lr=0.06), Choice.of("momentum", lr=0.04), Choice.of("rmsprop", lr=0.02), Choice.of("adam", lr=0.4)),
    steps=150,
)


KEPT = checkpoints(WELLS.steps)


@pytest.fixture(scope="module")
def wells() -> BasinMaps:
    return run_task(Basins(WELLS, 64))


@pytest.mark.parametrize("entrant", range(4))
def test_every_start_ends_as_a_run_of_it_alone_does(wells: BasinMaps, entrant: int) -> None:
    """A run of one trajectory at a time, whole path and all, for every 31st start; and the shares of all of them in one plain run."""
    scenario = alone(WELLS, entrant)
    landscape, optimizer = scenario.build_landscape(), scenario.build_optimizers()[0]
    rows, columns = (index.ravel() for index in np.mgrid[:64, :64])
    starts = cell_centres(landscape.window, 64, rows, columns)
    for lane in range(0, 4096, 31):
        run = simulation.run(landscape, optimizer, starts[:, [lane]], WELLS.steps)
        assert wells.outcome[entrant, rows[lane], columns[lane]] == measures.outcomes(run)[0]
        ended = measures.final_attractor(run)
        assert wells.attractor[entrant, rows[lane], columns[lane]] == ended[0]
        looked = replace(run, positions=run.positions[KEPT], losses=run.losses[KEPT], kept=KEPT)
        assert wells.arrival[entrant, rows[lane], columns[lane]] == measures.arrival(looked, ended)[0]
    assert wells.shares(entrant) == pytest.approx(measures.shares(simulation.run(landscape, optimizer, starts, WELLS.steps)))


def test_checkpoints_tell_arrivals_to_fifteen_per_cent() -> None:
    for steps in (1, 2, 40, 150, 1000, 100_000):
        kept = checkpoints(steps)
        assert kept[0] == 0
        assert kept[-1] == steps
        assert {*measures.looks(steps)} <= {*kept}
        assert (np.diff(kept) <= np.maximum(1, np.ceil(0.15 * kept[:-1]) + 1)).all()
        assert len(kept) < 90


def test_momentum_carries_more_starts_into_the_deeper_well_than_sgd(wells: BasinMaps) -> None:
    deeper = [wells.shares(entrant)["global minimum"] for entrant in range(2)]
    assert deeper[1] > deeper[0] + 0.1
    deep = int(np.argmin([end.value for end in attractors(WELLS.build_landscape())]))
    assert [wells.share_of_attractor(entrant, deep) for entrant in range(2)] == deeper


def test_refining_runs_every_start_once_and_gives_the_same_as_all_at_once() -> None:
    scenario = WELLS.replace(optimizers=WELLS.optimizers[:2], steps=40, noise=0.5, seed=3)
    task = Basins(scenario, 256)
    meter = Meter(task.work)
    published: list[int] = []
    maps = task.compute(local_executor(meter, 1), lambda partial: published.append(partial.size))
    assert meter.fraction == pytest.approx(1.0)
    assert task.work == 2 * 256**2 * 40
    assert published == sorted(published)
    assert {*published} == {64, 128, 256}
    rows, columns = (index.ravel() for index in np.mgrid[:256, :256])
    starts = cell_centres(scenario.build_landscape().window, 256, rows, columns)
    for entrant, optimizer in enumerate(scenario.build_optimizers()):
        plain = simulation.run(scenario.build_landscape(), optimizer, starts, 40, noise=0.5, seed=3)
        assert np.array_equal(maps.attractor[entrant].ravel(), measures.final_attractor(plain))
        assert np.array_equal(maps.outcome[entrant].ravel(), measures.outcomes(plain))


def test_tiles_change_nothing(wells: BasinMaps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.tiles.LANES", 333)
    again = run_task(Basins(WELLS, 64), workers=1)
    assert np.array_equal(again.attractor, wells.attractor)
    assert np.array_equal(again.outcome, wells.outcome)
    assert np.array_equal(again.arrival, wells.arrival)


def test_a_coarse_map_is_part_of_the_finer_one() -> None:
    scenario = WELLS.replace(optimizers=WELLS.optimizers[:1], steps=30)
    partial: dict[int, np.ndarray] = {}
    fine = Basins(scenario, 128).compute(local_executor(Meter(1)), lambda maps: partial.update({maps.size: maps.attractor.copy()}))
    assert np.array_equal(partial[64], fine.attractor[:, ::2, ::2])


def test_new_places_complete_the_grid() -> None:
    coarse, fine = (set(zip(*(index.tolist() for index in new_cells(level)), strict=True)) for level in (64, 128))
    assert len(coarse) == 64**2
    assert {(2 * row, 2 * column) for row, column in coarse} | fine == {(row, column) for row in range(128) for column in range(128)}
    assert len(fine) == 128**2 - 64**2


def test_what_diverges_and_what_is_under_way_is_told_apart() -> None:
    scenario = Scenario(landscape=Choice("rosenbrock"), optimizers=(Choice.of("momentum", lr=0.002),), steps=60)
    maps = run_task(Basins(scenario, 64))
    assert {Outcome.MOVING, Outcome.DIVERGED} <= set(np.unique(maps.outcome))
    assert (maps.attractor[maps.outcome == Outcome.DIVERGED] == -1).all()
    shares = maps.shares(0)
    assert shares["diverged"] == np.mean(maps.outcome == Outcome.DIVERGED)
    assert shares["moving"] == np.mean(maps.outcome == Outcome.MOVING)
    assert sum(shares.values()) == pytest.approx(1.0)


def test_who_leaves_for_ever_lower_ground_is_told_apart_from_who_wanders() -> None:
    maps = run_task(Basins(Scenario(landscape=Choice("pure_saddle"), optimizers=(Choice("sgd"),)), 64))
    assert maps.shares(0)["falling"] == 1.0
    assert np.isnan(maps.median_steps(0))
    assert [entry.brief for entry in basin_legend(get("pure_saddle"), falls=True)][-3:] == ["ever lower", "wandering", "diverged"]
    assert "<th" in (table := shares_table(maps, LIGHT))
    assert "Leaves for ever lower ground" in table
    drawn = pixels(maps, 0).reshape(-1, 3)
    assert len(np.unique(drawn, axis=0)) == 1


def test_steps_are_of_those_that_arrive_at_a_minimum_and_it_is_said_how_many_do() -> None:
    """SGD on the saddle: who starts on its ridge stalls there, at once, and is no quick arrival."""
    maps = BasinMaps(WELLS, *(np.zeros((4, 2, 2), kind) for kind in (np.int16, np.int8, np.int32)))
    maps.outcome[0], maps.arrival[0] = [[0, 1], [2, 3]], [[10, 20], [1, -1]]
    assert maps.median_steps(0) == 15
    assert maps.arrived(0) == 0.5
    assert "15 <small>of 50%</small>" in shares_table(maps, LIGHT)


def test_no_colour_comes_twice_where_there_are_enough() -> None:
    for name in ("himmelblau", "six_hump_camel", "easom", "styblinski_tang"):
        landscape = get(name)
        minima = [
            colour
            for colour, point in zip(attractor_colours(landscape, LIGHT), attractors(landscape), strict=True)
            if point.kind == "minimum"
        ]
        assert len(set(minima)) == len(minima)


def test_starts_of_the_scenario_do_not_matter() -> None:
    assert Basins(WELLS, 64) == Basins(WELLS.replace(starts=Choice("grid")), 64)
    assert hash(Basins(WELLS, 64)) == hash(Basins(WELLS.replace(points=((1.0, 1.0),)), 64))


@pytest.mark.parametrize("size", [0, 63, 100, 2048])
def test_other_sizes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"cannot have {size} starts along each side; choose one of 64, 128, 256, 512, 1024"):
        Basins(WELLS, size)


def test_more_steps_than_can_be_mapped_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BASIN_STEPS.variable, "1000")
    with pytest.raises(ValueError, match=r"64 x 64 starts are [\d,]+ steps, and at most 1,000 can be mapped; choose fewer starts"):
        Basins(WELLS, 64)


# ---- the picture


def pixels(maps: BasinMaps, entrant: int, theme: Theme = LIGHT, **options: int) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(basin_picture(maps, entrant, theme, **options))).convert("RGB"))


def test_the_picture_stands_upright_and_tells_the_minima_apart(wells: BasinMaps) -> None:
    """The deep well lies at the left; its colour fills the picture there, and another one the right."""
    picture = pixels(wells, 0)
    assert picture.shape == (64, 64, 3)
    left, right = picture[32, 16], picture[32, 47]
    assert np.abs(left.astype(int) - right).sum() > 60
    tall = Scenario(landscape=Choice("mccormick"), optimizers=(Choice.of("sgd", lr=0.02),), steps=300)
    maps = run_task(Basins(tall, 64))
    drawn = pixels(maps, 0)
    assert np.array_equal(drawn[::-1][0, 0], drawn[63, 0])
    colours = {ended: drawn[::-1][maps.attractor[0] == ended] for ended in np.unique(maps.attractor[0]) if ended >= 0}
    assert len(colours) == 2
    first, second = ({tuple(colour) for colour in found.tolist()} for found in colours.values())
    assert not first & second


def test_a_slow_start_is_paler(wells: BasinMaps) -> None:
    picture = pixels(wells, 0)[::-1].astype(int)
    ended, arrived = wells.attractor[0], wells.arrival[0]
    deep = ended == np.bincount(ended[ended >= 0]).argmax()
    order = np.argsort(arrived[deep])
    brightness = picture[deep].sum(axis=1)[order]
    assert (np.diff(brightness) >= 0).all()
    assert brightness[0] < brightness[-1]


def test_a_large_picture_can_be_thinned(wells: BasinMaps) -> None:
    assert np.array_equal(pixels(wells, 0, most=32)[::-1], pixels(wells, 0)[::-1][::2, ::2])


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_minima_next_to_each_other_differ_in_colour(theme: Theme) -> None:
    landscape = get("rastrigin")
    colours, points = attractor_colours(landscape, theme), attractors(landscape)
    minima = [index for index in range(len(points)) if points[index].kind == "minimum"]
    for index in minima:
        here_at = (points[index].x, points[index].y)
        beside = [other for other in minima if 0.5 < np.hypot(points[other].x - here_at[0], points[other].y - here_at[1]) < 1.05]
        assert beside
        assert all(colours[other] != colours[index] for other in beside)
        assert colours[index] in FILLS + MORE_FILLS


def test_the_key_names_everything_once() -> None:
    key = basin_legend(get("himmelblau"))
    assert [line.outcome for line in key] == [Outcome.GLOBAL_MINIMUM] * 4 + [Outcome.STALLED, Outcome.MOVING, Outcome.DIVERGED]
    assert "(3, 2)" in key[0].label
    assert len({line.colours for line in key}) == len(key)
    many = basin_legend(get("rastrigin"))
    assert many[1].brief == "☆ 120"
    curve = basin_legend(get("linear_network"))
    assert "curve" in curve[0].label
    assert curve[0].colours == (FILLS[0],)
