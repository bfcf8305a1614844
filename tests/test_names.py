"""Names stand for what they name, and what is mistaken for something else is refused in a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import figures
import landscapes
import networks
import optimizers
import player
import simulation
from exports import to_csv, to_npz
from exports.film import film
from exports.picture import picture
from scenario import Choice, Experiment, Scenario

START = np.array([[-1.2], [1.0]])


def test_a_run_takes_names() -> None:
    named = simulation.run("rosenbrock", "adam", START, 20, "cosine")
    run = simulation.run(landscapes.get("rosenbrock"), optimizers.get("adam"), START, 20, optimizers.schedules.get("cosine"))
    assert np.array_equal(named.positions, run.positions)
    assert named.landscape is run.landscape


def test_a_training_takes_names_and_the_defaults_for_networks() -> None:
    net = networks.Network((2, 3, 1))
    weights = net.initial("xavier")
    named = networks.train(net, "moons", "adam", weights, 3, schedule="cosine")
    adam, cosine = optimizers.get("adam").for_networks(), optimizers.schedules.get("cosine")
    assert np.array_equal(named.weights, networks.train(net, networks.datasets.get("moons"), adam, weights, 3, schedule=cosine).weights)


def test_a_scenario_and_an_experiment_take_names() -> None:
    written = Scenario("himmelblau", ["sgd", Choice.of("adam", lr=0.2)], starts="ring", schedule="cosine")  # type: ignore[arg-type]
    choices = (Choice("sgd"), Choice.of("adam", lr=0.2))
    assert written == Scenario(Choice("himmelblau"), choices, starts=Choice("ring"), schedule=Choice("cosine"))
    experiment = Experiment("circles", initials=["he"], optimizers=["adam"], activation="relu")  # type: ignore[arg-type]
    assert experiment == Experiment(Choice("circles"), initials=(Choice("he"),), optimizers=(Choice("adam"),), activation=Choice("relu"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"landscape": landscapes.get("himmelblau")},
            r"landscape takes a name or a Choice, Choice.of\(name, \.\.\.\), not <Landscape Himmelblau",
        ),
        ({"optimizers": (optimizers.get("adam"),)}, "optimizers takes a name or a Choice, .* not <Optimizer Adam"),
        ({"optimizers": "adam"}, "optimizers takes a list of names and of Choices, .* not 'adam'"),
        ({"starts": [(1, 2)]}, r"starts takes a name or a Choice, .* not \[\(1, 2\)\]"),
    ],
)
def test_things_that_are_no_choices_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        Scenario(**changes)


RACE = Scenario(steps=2).race()
MISTAKEN: dict[str, Any] = {"theme": "dark", "panels": "map"}
DRAWING: list[Callable[[Any], object]] = [
    figures.contour_map,
    figures.surface,
    figures.loss_curves,
    partial(figures.curves, name="rate"),
    player.as_page,
    to_csv,
    to_npz,
    lambda race: picture(race, "png", (300, 200)),  # type: ignore[arg-type]
    lambda race: film(race, "gif", (300, 200)),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("draw", DRAWING)
def test_what_is_no_race_is_refused(draw: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError, match=r"a Race is asked for, not a Run; Scenario\(\.\.\.\)\.race\(\) gives one"):
        draw(RACE.runs[0])
    with pytest.raises(TypeError, match=r"a Race is asked for, not a Scenario; call its race\(\)"):
        draw(RACE.scenario)


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        *((draw, r"size must be a Size, exports\.size\.Size\(1280, 720\) say, not \(300, 200\)") for draw in DRAWING[-2:]),
        (partial(figures.contour_map, theme=MISTAKEN["theme"]), "theme must be figures.LIGHT or figures.DARK, not 'dark'"),
        (partial(player.as_page, panels=MISTAKEN["panels"]), r"panels must be a list of names, \('map',\) say, not the text 'map'"),
        (
            lambda _: landscapes.stationary_points("ravine"),  # type: ignore[arg-type]
            "stationary points are of a landscape, .* not of 'ravine'",
        ),
    ],
)
def test_other_mistakes_are_refused(draw: Callable[[Any], object], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        draw(RACE)


def test_panels_and_curves_that_there_are_not_are_refused() -> None:
    with pytest.raises(ValueError, match="there is no view 'cube'; there are map"):
        player.as_page(RACE, panels=("cube",))
    with pytest.raises(ValueError, match="no panel is to be shown; choose among map"):
        player.as_page(RACE, panels=())
    with pytest.raises(KeyError, match=r"no curve is called 'rates' \(did you mean 'rate'\?\)"):
        figures.curves(RACE, "rates")


def test_a_range_is_told_to_its_last_digit() -> None:
    with pytest.raises(ValueError, match=r"beta1 = 1 is outside its range; choose a number from 0 to 0\.999999$"):
        optimizers.get("adam", beta1=1)
    with pytest.raises(ValueError, match=r"beta1 = 0\.9999999 is outside"):
        optimizers.get("adam", beta1=0.9999999)
