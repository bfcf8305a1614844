"""A network's loss on a plane as the landscape of a scenario: raced on, mapped and swept as any other, in links and files."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import optimizers
import simulation
from app_pages.making import first_that_writes
from exports import python_script, to_csv, torch_script
from exports.caption import caption_of
from figures import LIGHT, curves
from lab.axes import Axis
from lab.basins import Basins
from lab.executors import run_task
from lab.quantities import quantities
from lab.sweeps import Sweep
from lab.theory import predicted
from landscapes import ComputedLandscape, stationary_points
from player.payload import landscape_bytes
from scenario import PLANE, Choice, Experiment, Scenario
from scenario.network_plane import landscape_of, query_of
from scenario.text import fields_of_query
from scenario.view import View, opened, to_file
from simulation.attractors import all_known, attractors
from simulation.dissect import dissect

SMALL = Experiment(
    data=Choice.of("moons", n=40),
    widths=(2,),
    optimizers=(Choice.of("sgd", lr=1.0), Choice.of("adam", lr=0.3)),
    steps=150,
    seed=1,
    points=((0.0, 0.0),),
)
_RACE = Scenario(landscape=Choice(PLANE), network=query_of(SMALL), optimizers=(Choice.of("adam", lr=0.2),), steps=60)


def test_a_plane_travels_in_links_and_files() -> None:
    assert Scenario.from_query(_RACE.to_query()) == _RACE
    assert "point" not in _RACE.network  # where networks train from, too, makes it no other plane
    view = opened(to_file(View(_RACE)))
    assert (view.setup, view.notes) == (_RACE, ())
    assert _RACE.title == _RACE.build_landscape().name == "Moons, 2-2-1 Tanh, on a plane"
    assert f"network={_RACE.network!r}" in python_script(_RACE)
    ends = _RACE.replace(network=query_of(SMALL.replace(plane=Choice("ends"))))
    assert [caption_of(race).essentials[0] for race in (_RACE, ends)] == ["plane PCA", "plane Ends first network 1, second network 2"]
    assert not {"L1 penalty", "L2 penalty", "formula"} & {title for title, _ in caption_of(_RACE).settings}, "planes have none of them"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("landscape=plane", "there is none"),
        ("landscape=plane&network=data%3Dmoonz", "did you mean 'moons'?); the usual landscape is shown"),
        ("landscape=plane&network=optimizer%3Dadam", "not said on which data"),
        ("landscape=ravine&network=data%3Dmoons", "goes with the landscape 'plane'"),
        ("landscape=plane&network=data%3Dmoons%26widths%3D999&l2=1", "999"),
        ("landscape=plane&network=data%3Dmoons&l2=1", "l2 is a penalty of x and y"),
    ],
)
def test_what_a_link_says_wrong_of_a_plane_is_told(query: str, told: str) -> None:
    _, notes = Scenario.nearest(fields_of_query(query))
    assert told in " ".join(notes)
    with pytest.raises(ValueError, match=re.escape(told)):
        Scenario.from_query(query)


def test_penalties_of_its_coordinates_are_refused() -> None:
    assert not {"l1", "l2"} & set(quantities(_RACE))
    with pytest.raises(ValueError, match="no weights on a plane"):
        _RACE.replace(l2=0.1)
    with pytest.raises(ValueError, match="penalties of them mean nothing"):
        _RACE.build_landscape().penalized(l1=1.0)


def test_its_numbers_are_those_of_the_network() -> None:
    landscape, trained = _RACE.build_landscape(), SMALL.replace(points=()).train()
    points = np.array([[0.0, 1.5, -2.0], [0.0, -0.5, 1.0]])
    losses = trained.network.loss(trained.plane.points(points), trained.data.x, trained.data.y)
    np.testing.assert_allclose(landscape.value(points), losses, rtol=1e-14)
    h = 1e-5
    for axis in (0, 1):
        aside = h * np.eye(2)[:, axis : axis + 1]
        rises = (landscape.value(points + aside) - landscape.value(points - aside)) / 2 / h
        np.testing.assert_allclose(landscape.gradient(points)[axis], rises, atol=1e-8)
        slopes = (landscape.gradient(points + aside) - landscape.gradient(points - aside)) / 2 / h
        np.testing.assert_allclose(landscape.hessian(points)[axis], slopes, atol=1e-6)
    (start,) = _RACE.start_points().T
    np.testing.assert_allclose(start, trained.plane.project(trained.runs[0].weights[0]))


def test_its_minima_are_found_from_a_grid_and_no_list_of_them_is_called_whole() -> None:
    landscape = _RACE.build_landscape()
    found = stationary_points(landscape)
    assert found
    assert not found.complete
    assert not all_known(landscape)
    places = np.array([(point.x, point.y) for point in found]).T
    assert np.abs(landscape.gradient(places)).max() < 1e-7
    assert list(attractors(landscape)) == list(found)


def test_it_is_raced_on_mapped_and_swept() -> None:
    race = _RACE.race()
    assert race.runs[0].losses[-1, 0] < race.runs[0].losses[0, 0]
    newton = simulation.run(race.landscape, _RACE.replace(optimizers=(Choice("newton"),)).build_optimizers()[0], race.starts, 3)
    assert np.isfinite(newton.losses).all()
    assert "a plane of principal components" in to_csv(race)
    maps = run_task(Basins(_RACE.replace(steps=20), 64))
    assert maps.attractor.max() >= 0
    sweep = Sweep(_RACE.replace(steps=20), Axis("optimizers.0.lr", 0.01, 1.0, 3, "log"), Axis("optimizers.0.beta1", 0.5, 0.9, 3))
    assert np.isfinite(run_task(sweep).final).all()
    assert predicted(sweep) is None


@pytest.mark.parametrize("name", optimizers.names())
def test_every_optimizer_runs_on_it(name: str) -> None:
    race, trained = _RACE.replace(optimizers=(Choice(name),), steps=5), SMALL.replace(points=()).train()
    landscape, method = race.build_landscape(), race.build_optimizers()[0]
    starts = np.array([[0.0, 1.5, -2.0], [0.0, -0.5, 1.0]])
    run = simulation.run(landscape, method, starts, 5)
    assert (run.positions[-1] != starts).any(axis=0).all()
    for lane in range(3):
        losses = trained.network.loss(trained.plane.points(run.positions[:, :, lane].T), trained.data.x, trained.data.y)
        np.testing.assert_allclose(run.losses[:, lane], losses, rtol=1e-12)
    alone = simulation.run(landscape, method, starts[:, 1:2], 5, numbers=[1])
    np.testing.assert_array_equal(alone.positions[:, :, 0], run.positions[:, :, 1])
    assert dissect(run, 2).count == 5


def test_the_browser_is_sent_the_network() -> None:
    landscape = _RACE.build_landscape()
    assert isinstance(landscape, ComputedLandscape)
    block = json.loads(landscape_bytes(landscape, LIGHT))
    assert block["plane"]["network"]["sizes"] == [2, 2, 1]
    assert block["program"] is None
    scene = block["surface"]["layout"]["scene"]
    assert [scene[axis]["title"]["text"] for axis in ("xaxis", "yaxis")] == ["component 1", "component 2"], "as on the page of the networks"
    assert curves(_RACE.race(), "position").layout.yaxis.title.text == "position: component 1 thick, component 2 thin"


def test_a_plane_that_moves_stands_still_while_it_is_raced_on_and_says_so() -> None:
    moving = SMALL.replace(plane=Choice("moving"))
    trained = moving.train()
    landscape = landscape_of(trained)
    assert "stands still" in landscape.about
    assert "moves" not in landscape.about
    last = trained.runs[0].weights[-1]
    there = landscape.value(trained.plane.project(last)[:, None])
    assert there == pytest.approx(trained.network.loss(last[None], trained.data.x, trained.data.y), rel=1e-12)
    assert moving.build_plane().at_rest == "at that network's last weights"


def test_no_short_pytorch_code_gives_it_and_the_page_opens_on_what_does() -> None:
    languages = {"In PyTorch": torch_script, "With this library": python_script}
    assert [first_that_writes(languages, race) for race in (_RACE, Scenario())] == ["With this library", "In PyTorch"]
    with pytest.raises(ValueError, match="no formula gives this landscape"):
        torch_script(_RACE)
