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
import simulation
from exports import torch_script
from exports.torch_optimizers import Entrants
from formulas import evaluate, parse
from optimizers import Optimizer
from optimizers.common import learning_rate
from parameters import Array, Param
from scenario import CUSTOM, Choice, Scenario
from simulation import Run

torch = importlib.import_module("torch") if os.environ.get("DESCENT_TORCH") == "required" else pytest.importorskip("torch")
LEFT_OUT = {"newton", "saddle_free_newton", "bfgs", "conjugate_gradient", "nelder_mead", "cma_es"}
"""They take a Hessian, or search by losses; no short class of PyTorch does."""
NAMES = [name for name in optimizers.names() if name not in LEFT_OUT]


def other_settings(name: str) -> dict[str, float]:
    """Settings of a method, none of them at its default; but for that its steps are not much longer."""
    if name == "l_bfgs":
        return {"lr": 0.3, "memory": 3, "search": False}
    declared = [parameter for parameter in optimizers.get(name).parameters if not parameter.name.startswith("change")]
    return {parameter.name: OTHER.get(parameter.name, _near(parameter)) for parameter in declared}


OTHER: dict[str, float] = {"eps": 1e-4, "weight_decay": 0.1, "change_at": 0, "lowest": -0.001, "begin": 20, "ramp": 30}


def _near(parameter: Param) -> float:
    if isinstance(parameter.default, bool):
        return not parameter.default
    return parameter.default * (0.9 if parameter.default * 0.9 >= parameter.low else 1.1) or 0.5


def simplest(name: str) -> dict[str, float]:
    """Its defaults, but for a search that torch's L-BFGS has not."""
    return {"search": False} if name == "l_bfgs" else {}


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
    assert float(names["median"](torch.tensor([3.0, 1.0, float("nan"), 2.0]))) == 2.5, "as in Descent: what diverged is infinitely high"
    return names


def torch_shows(run: Run) -> Array:
    """The path of what torch keeps in place of x, where that is another point of the same method."""
    if not run.optimizer.torch_point or run.schedule is not None:
        return run.positions
    velocity = np.diff(run.positions, axis=0, prepend=run.positions[:1])
    names = {"x": run.positions, "v": velocity, **run.optimizer.values}
    return np.asarray(evaluate(parse(run.optimizer.torch_point, tuple(names)), names))


@pytest.mark.parametrize("name", NAMES)
def test_the_code_takes_the_same_path(name: str) -> None:
    for schedule, settings in ((Choice.of("cosine", warmup=5), other_settings(name)), (Choice("constant"), simplest(name))):
        scenario = Scenario(
            landscape=Choice.of("ravine", condition=12.0, angle=20.0),
            optimizers=(Choice.of(name, **settings),),
            starts=Choice.of("ring", n=3),
            steps=40,
            schedule=schedule,
            l2=0.05,
        )
        (run,) = scenario.race().runs
        (path,) = paths_of(scenario)["paths"].values()
        np.testing.assert_allclose(path.numpy(), torch_shows(run), rtol=1e-9, atol=1e-9)


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
            Choice.of("sam", change_at=20.0),
            Choice.of("nesterov", change_at=40.0),
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
    assert list(paths) == ["SGD", "Adam", "Lion"]
    for run, path in zip(race.runs, paths.values(), strict=True):
        np.testing.assert_allclose(path.numpy(), run.positions, rtol=1e-8, atol=1e-8)


def test_noise_is_as_strong() -> None:
    scenario = Scenario(optimizers=(Choice.of("sgd", lr=0.01),), starts=Choice.of("ring", n=100, radius=0.0), steps=30, noise=2.0)
    (path,), (again,) = (paths_of(scenario)["paths"].values() for _ in range(2))
    assert torch.equal(path, again)
    (run,) = scenario.race().runs
    ours, theirs = run.positions[-1].std(axis=1), path[-1].numpy().std(axis=1)
    np.testing.assert_allclose(theirs, ours, rtol=0.3)


def test_a_method_of_ones_own_is_a_class_by_itself() -> None:
    """With what no method of the catalogue has: a name that Python keeps, choices among tensors, a state that begins with the rate."""
    own = Optimizer(
        "My 2nd try",
        family="Own",
        parameters=[learning_rate(0.02), Param("lambda", 0.5, help="A share."), Param("fast", True, help="A switch.")],
        state={"d": "lr*2", "m": "0", "k": "3", "z": "x + 1"},
        step="""
            g = gradient(x)
            u = choose(g, 1, -1)*choose(fast, 1, 2)
            w = min(max(choose(t - 2, 0.5, g), -1), lambda)
            q = atan2(g, 1) + relu(g) + less(g, 0) + clip(g, -1, 1)
            m = lambda*m + (1 - lambda)*w
            d = max(d*0.99, 1e-3*norm(m))
            k = k + 1
            z = z*0.9 + x*0.1
            x = x - lr*(u*d + m + 0.01*q) - 0.001*z/k
        """,
        source="Own",
        about="Nothing.",
    )
    bowl = landscapes.from_formula("x**2 + 3*y**2", ((-3, 3), (-3, 3)))
    run = simulation.run(bowl, own, np.array([[-2.0], [1.0]]), 20)
    torch.set_default_dtype(torch.float64)
    names: dict[str, Any] = {"torch": torch, "optim": torch.optim}
    exec(Entrants([own], ["Mine"], False).classes, names)
    point = torch.tensor([-2.0, 1.0], requires_grad=True)
    optimizer = names["My2ndTry"]([point])

    def closure() -> Any:
        optimizer.zero_grad()
        value = point[0] ** 2 + 3 * point[1] ** 2
        value.backward()
        return value

    for _ in range(20):
        optimizer.step(closure)
    np.testing.assert_allclose(point.detach().numpy(), run.positions[-1, :, 0], rtol=1e-12)
