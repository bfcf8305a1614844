"""The PyTorch code run by PyTorch: the same surfaces, and the same paths.

Where there is no PyTorch these are skipped, or fail if the environment has DESCENT_TORCH=required.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import landscapes
import optimizers
from exports import torch_script
from scenario import CUSTOM, Choice, Scenario

torch = importlib.import_module("torch") if os.environ.get("DESCENT_TORCH") == "required" else pytest.importorskip("torch")
SETTINGS: dict[str, dict[str, float]] = {
    "sgd": {"lr": 0.03, "weight_decay": 0.1},
    "momentum": {"lr": 0.01, "momentum": 0.8, "weight_decay": 0.1},
    "adagrad": {"lr": 0.3, "eps": 1e-6, "weight_decay": 0.1},
    "adadelta": {"lr": 0.5, "decay": 0.95, "eps": 1e-2, "weight_decay": 0.1},
    "rmsprop": {"lr": 0.01, "decay": 0.95, "momentum": 0.5, "centered": True, "eps": 0.1, "weight_decay": 0.1},
    "adam": {"lr": 0.05, "beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "weight_decay": 0.1},
    "adamw": {"lr": 0.05, "beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "weight_decay": 0.2},
    "adamax": {"lr": 0.05, "beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "weight_decay": 0.1},
    "amsgrad": {"lr": 0.05, "beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "weight_decay": 0.1},
    "nadam": {"lr": 0.05, "beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "momentum_decay": 0.01, "weight_decay": 0.1},
    "radam": {"lr": 0.05, "beta1": 0.8, "beta2": 0.99, "eps": 1e-4, "weight_decay": 0.1},
    "l_bfgs": {"lr": 0.3, "memory": 3, "search": False},
    "adafactor": {"lr": 0.02, "decay": -0.6, "eps1": 0.5, "eps2": 0.01, "d": 1.5, "weight_decay": 0.1},
    "rprop": {"lr": 0.1, "shrink": 0.6, "grow": 1.1, "shortest": 1e-4, "longest": 0.5},
}
"""None of them at its default."""


@pytest.fixture(autouse=True)
def the_precision_is_left_as_it_was() -> Iterator[None]:
    """The code sets it for itself."""
    usual = torch.get_default_dtype()
    yield
    torch.set_default_dtype(usual)


def paths_of(scenario: Scenario) -> dict[str, Any]:
    """What the code leaves behind, by its names."""
    names: dict[str, Any] = {}
    exec(torch_script(scenario), names)
    return names


def test_every_method_that_torch_has_is_tried() -> None:
    there = {name for name in optimizers.names() if optimizers.get(name).torch and not optimizers.get(name).torch_differs}
    assert there == set(SETTINGS)


@pytest.mark.parametrize("schedule", [Choice("constant"), Choice.of("cosine", warmup=5), Choice.of("step", every=20)], ids=lambda s: s.name)
@pytest.mark.parametrize("name", SETTINGS)
def test_the_code_takes_the_same_path(name: str, schedule: Choice) -> None:
    scenario = Scenario(
        landscape=Choice.of("ravine", condition=12.0, angle=20.0),
        optimizers=(Choice.of(name, **SETTINGS[name]),),
        starts=Choice.of("ring", n=6),
        steps=80,
        schedule=schedule,
        l2=0.05,
    )
    (run,) = scenario.race().runs
    (path,) = paths_of(scenario)["paths"].values()
    np.testing.assert_allclose(path.numpy(), run.positions, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", landscapes.names())
def test_the_code_has_the_same_surface_and_gradient(name: str) -> None:
    landscape = landscapes.get(name)
    points = landscapes.grid(landscape.window, 9) + 1e-3
    loss = paths_of(Scenario(landscape=Choice(name), optimizers=(Choice.of("sgd", lr=1e-9),), steps=1))["loss"]
    at = torch.tensor(points, requires_grad=True)
    values = loss(*at)
    values.sum().backward()
    np.testing.assert_allclose(values.detach().numpy(), landscape.value(points), rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(at.grad.numpy(), landscape.gradient(points), rtol=1e-9, atol=1e-9)


def test_clipped_gradients_and_a_rate_that_changes_take_the_same_path() -> None:
    scenario = Scenario(
        landscape=Choice.of("ravine", condition=12.0, angle=20.0),
        optimizers=(
            Choice.of("momentum", lr=0.02, change_at=30.0),
            Choice.of("adam", lr=0.05, change_at=50.0, change_by=2.5),
            Choice("rprop"),
        ),
        starts=Choice.of("ring", n=6),
        steps=80,
        clip_norm=3.0,
        clip_value=2.0,
    )
    for schedule in (Choice("constant"), Choice("linear")):
        race, paths = scenario.replace(schedule=schedule).race(), paths_of(scenario.replace(schedule=schedule))["paths"]
        for run, path in zip(race.runs, paths.values(), strict=True):
            np.testing.assert_allclose(path.numpy(), run.positions, rtol=1e-9, atol=1e-9)


def test_a_formula_of_ones_own_with_penalties_takes_the_same_path() -> None:
    scenario = Scenario(
        landscape=Choice.of(CUSTOM, k=2.5),
        formula="k*x**2 + min(y, 3)**2 - sin(x*y) + 2*max(x, 0.5) + abs(y)**1.5",
        window=((-3, 3), (-2, 4)),
        optimizers=(Choice.of("sgd", lr=0.01), Choice.of("adam", lr=0.02), Choice("lion")),
        starts=Choice.of("grid", n=9),
        steps=60,
        l1=0.1,
    )
    race, paths = scenario.race(), paths_of(scenario)["paths"]
    assert list(paths) == ["SGD", "Adam"]
    for run, path in zip(race.runs, paths.values(), strict=False):
        np.testing.assert_allclose(path.numpy(), run.positions, rtol=1e-8, atol=1e-8)


def test_noise_is_as_strong() -> None:
    scenario = Scenario(optimizers=(Choice.of("sgd", lr=0.01),), starts=Choice.of("ring", n=100, radius=0.0), steps=30, noise=2.0)
    torch.manual_seed(0)
    (path,) = paths_of(scenario)["paths"].values()
    (run,) = scenario.race().runs
    ours, theirs = run.positions[-1].std(axis=1), path[-1].numpy().std(axis=1)
    np.testing.assert_allclose(theirs, ours, rtol=0.3)
