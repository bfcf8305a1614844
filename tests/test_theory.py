"""Theory on quadratics: what is declared, what the step's own matrix says, and what runs do, are one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from lab.axes import Axis
from lab.executors import run_task
from lab.sweeps import Sweep
from lab.theory import predicted, quadratic_curvatures, spectral_radius
from optimizers import Optimizer
from optimizers.quadratics import Quadratics
from scenario import Choice, Scenario

LINEAR = ("sgd", "momentum", "nesterov")
CURVED = np.array([[1.0], [20.0]])
RATES, MOMENTA = Axis("optimizers.0.lr", 1e-3, 10.0, 9, "log"), Axis("optimizers.0.momentum", 0.0, 0.99, 9, "one minus")
CONDITIONS = Axis("landscape.condition", 2.0, 200.0, 9, "log")
QUADRATIC = {
    "ravine": (1.0, 20.0),
    "matyas": (0.04, 1.0),
    "booth": (2.0, 18.0),
    "pure_saddle": (-2.0, 2.0),
    "sphere": (2.0, 2.0),
    "trid": (1.0, 3.0),
}
"""By hand: (x² + 20 y²)/2; .26(x² + y²) - .48xy; (x + 2y - 7)² + (2x + y - 5)²; x² - y²; x² + y²; (x - 1)² + (y - 1)² - xy."""


@pytest.mark.parametrize("name", landscapes.names())
def test_which_surfaces_are_quadratic_is_found_out(name: str) -> None:
    curvatures = quadratic_curvatures(landscapes.get(name))
    if name in QUADRATIC:
        assert curvatures is not None
        assert curvatures[:, 0] == pytest.approx(QUADRATIC[name])
    else:
        assert curvatures is None


def test_penalties_and_parameters() -> None:
    ravine = landscapes.get("ravine")
    bent = quadratic_curvatures(ravine.penalized(l2=3.0))
    assert bent is not None
    assert bent[:, 0] == pytest.approx([4.0, 23.0])
    assert quadratic_curvatures(ravine.penalized(l1=0.1)) is None
    turned = quadratic_curvatures(landscapes.get("ravine", condition=np.array([5.0, 50.0]), angle=30.0), 2)
    assert turned is not None
    np.testing.assert_allclose(turned, [[1.0, 1.0], [5.0, 50.0]])


def test_which_methods_are_linear_is_found_out() -> None:
    linear = [name for name in optimizers.names() if spectral_radius(optimizers.get(name), CURVED) is not None]
    assert linear == [*LINEAR, "newton", "saddle_free_newton"]


@pytest.mark.parametrize("rate", [0.01, 0.07, 0.11])
def test_the_radius_of_gradient_descent_by_hand(rate: float) -> None:
    radius = spectral_radius(optimizers.get("sgd", lr=rate), CURVED)
    assert radius == pytest.approx([max(abs(1 - rate), abs(1 - 20 * rate))])


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("decay", [0.0, 0.5])
def test_the_declared_limit_is_where_the_radius_crosses_one(name: str, decay: float) -> None:
    momenta = np.array([0.0, 0.3, 0.6, 0.9, 0.97])
    others: dict[str, Any] = {"weight_decay": decay} | ({} if name == "sgd" else {"momentum": momenta})
    optimizer = optimizers.get(name, **others)
    assert optimizer.on_quadratics is not None
    limit = np.broadcast_to(optimizer.on_quadratics.value_of(optimizer.on_quadratics.limit, 20.0, 1.0, optimizer.values), 5)
    curvatures = np.repeat(CURVED, 5, axis=1)
    for factor, stable in ((1 - 1e-6, True), (1 + 1e-6, False)):
        radius = spectral_radius(optimizer.with_parameters(lr=limit * factor), curvatures)
        assert radius is not None
        assert ((radius < 1) == stable).all()


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("decay", [0.0, 0.5])
def test_nothing_is_faster_than_what_is_declared_best(name: str, decay: float) -> None:
    facts = optimizers.get(name).on_quadratics
    assert facts is not None
    given = {"weight_decay": decay}
    best: dict[str, Any] = {key: float(facts.value_of(formula, 20.0, 1.0, given)) for key, formula in facts.best.items()}
    rate = float(facts.value_of(facts.rate, 20.0, 1.0, given))
    reached = spectral_radius(optimizers.get(name, **best, **given), CURVED)
    assert reached is not None
    assert reached[0] == pytest.approx(rate, abs=2e-8)  # a double root: the radius is known to half the digits
    rates, momenta = (grid.ravel() for grid in np.meshgrid(np.geomspace(0.003, 0.3, 300), np.linspace(0.0, 0.95, 200)))
    others = {"momentum": momenta} if "momentum" in best else {}
    radius = spectral_radius(optimizers.get(name, lr=rates, **others, **given), np.repeat(CURVED, rates.size, axis=1))
    assert radius is not None
    assert radius.min() >= rate - 1e-9
    assert radius.min() == pytest.approx(rate, abs=0.01)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("sgd", {"lr": 0.02}),
        ("momentum", {"lr": 0.02, "momentum": 0.6}),
        ("nesterov", {"lr": 0.04, "momentum": 0.7}),
        ("sgd", {"lr": 0.01, "weight_decay": 0.5}),
        ("momentum", {"lr": 0.02, "momentum": 0.6, "weight_decay": 0.1}),
        ("nesterov", {"lr": 0.02, "momentum": 0.5, "weight_decay": 0.5}),
        ("newton", {"lr": 0.1}),
    ],
)
def test_runs_shrink_by_the_radius_at_each_step(name: str, settings: dict[str, Any]) -> None:
    optimizer = optimizers.get(name, **settings)
    run = simulation.run(landscapes.get("ravine"), optimizer, [[3.0], [1.5]], 400)
    radius = spectral_radius(optimizer, CURVED)
    assert radius is not None
    error = np.linalg.norm(run.positions[:, :, 0], axis=1)
    measured = (error[300:340].max() / error[100:140].max()) ** (1 / 200)
    assert measured == pytest.approx(radius[0], rel=2e-3)


CLOUD = {"starts": Choice.of("anywhere", n=9), "steps": 400}
MAPS = [(name, Axis("optimizers.0.momentum", 0.0, 0.95, 9, "one minus")) for name in LINEAR if name != "sgd"]
MAPS += [(name, Axis("landscape.condition", 2.0, 200.0, 9, "log")) for name in LINEAR]


@pytest.mark.parametrize(("name", "up"), MAPS, ids=lambda part: getattr(part, "key", part))
def test_the_measured_limit_of_stability_falls_on_the_predicted_one_to_a_cell(name: str, up: Axis) -> None:
    scenario = Scenario(optimizers=(Choice(name),), **CLOUD)  # type: ignore[arg-type]
    sweep = Sweep(scenario, Axis("optimizers.0.lr", 1e-3, 2.0, 41, "log"), up)
    result, theory = run_task(sweep), predicted(sweep)
    assert theory is not None
    for row in range(up.count):
        unstable = np.flatnonzero(result.climbed[row] > 0.5)
        assert unstable.size
        measured = int(unstable[0])
        assert (np.diff(unstable) == 1).all()
        fine = int(np.argmin(np.abs(theory.y.coordinates - up.coordinates[row])))
        radius = np.interp(sweep.x.coordinates, theory.x.coordinates, theory.radius[fine])
        expected = int(np.flatnonzero(radius >= 1)[0])
        assert abs(measured - expected) <= 1


def test_what_theory_says_of_a_sweep() -> None:
    momentum = Scenario(optimizers=(Choice("momentum"),))
    rates, momenta = Axis("optimizers.0.lr", 1e-3, 1.0, 9, "log"), Axis("optimizers.0.momentum", 0.0, 0.99, 9, "one minus")
    theory = predicted(Sweep(momentum, rates, momenta))
    assert theory is not None
    root = np.sqrt(20.0)
    assert theory.best[:, 0] == pytest.approx([4 / (root + 1) ** 2, ((root - 1) / (root + 1)) ** 2])
    assert theory.rates == pytest.approx([(root - 1) / (root + 1)])
    assert r"\lambda_{\max}" in theory.limit
    line = predicted(Sweep(Scenario(optimizers=(Choice("sgd"),)), rates, Axis("landscape.condition", 4.0, 100.0, 9, "log")))
    assert line is not None
    assert line.best[0] == pytest.approx(2 / (1 + line.best[1]))
    assert line.rates == pytest.approx((line.best[1] - 1) / (line.best[1] + 1))


@pytest.mark.parametrize(
    "changed",
    [{"landscape": Choice("rosenbrock")}, {"optimizers": (Choice("adam"),)}, {"schedule": Choice("cosine")}, {"l1": 0.5}],
    ids=["not quadratic", "not linear", "scheduled", "bent"],
)
def test_theory_is_silent_where_it_does_not_hold(changed: dict[str, Any]) -> None:
    scenario = Scenario(optimizers=(Choice("sgd"),)).replace(**changed)
    assert predicted(Sweep(scenario, Axis("optimizers.0.lr", 1e-3, 1.0, 5, "log"), Axis("noise", 0.0, 1.0, 3))) is None


# ---- what is no plain bowl


@pytest.mark.parametrize("formula", ["x**2 + y**2 + abs(x - 15)", "x**2 + y**2 + 0.01*abs(y - 16)", "log(x) + y**2"])
def test_a_bend_anywhere_in_the_window_is_noticed(formula: str) -> None:
    """The window lies away from the origin, and the bends away from its middle."""
    assert quadratic_curvatures(landscapes.from_formula(formula, window=((10, 19), (11, 20)))) is None


def test_along_a_flat_direction_nothing_has_to_move() -> None:
    valley = landscapes.from_formula("(x + 2*y)**2", window=((-2, 2), (-2, 2)))
    curvatures = quadratic_curvatures(valley)
    assert curvatures is not None
    assert curvatures[:, 0] == pytest.approx([0.0, 10.0], abs=1e-12)
    radius = spectral_radius(optimizers.get("sgd", lr=0.15), curvatures)
    assert radius == pytest.approx([0.5])
    own = Scenario(landscape=Choice("own"), formula="(x + 2*y)**2", window=((-2, 2), (-2, 2)), optimizers=(Choice("sgd"),))
    theory = predicted(Sweep(own, RATES, Axis("noise", 0.0, 1.0, 3)))
    assert theory is not None
    assert theory.line[0] == pytest.approx(0.2)


def test_without_a_minimum_there_is_nothing_to_predict() -> None:
    saddle = Scenario(landscape=Choice("pure_saddle"), optimizers=(Choice("sgd"),))
    assert predicted(Sweep(saddle, RATES, Axis("noise", 0.0, 1.0, 3))) is None


# ---- the limit as a line


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize("decay", [0.0, 2.0])
def test_the_line_is_the_declared_limit(name: str, decay: float) -> None:
    """Across (lr, condition) and turned round; to the rounding of the radius."""
    choice = Choice.of(name, weight_decay=decay)
    optimizer = optimizers.get(name, weight_decay=decay)
    facts = optimizer.on_quadratics
    assert facts is not None
    theory = predicted(Sweep(Scenario(optimizers=(choice,)), RATES, CONDITIONS))
    turned = predicted(Sweep(Scenario(optimizers=(choice,)), CONDITIONS, RATES))
    assert theory is not None
    assert turned is not None
    limit = facts.value_of(facts.limit, theory.line[1], 1.0, optimizer.values)
    np.testing.assert_allclose(theory.line[0], limit, rtol=1e-5)
    np.testing.assert_allclose(turned.line, theory.line[::-1], rtol=1e-5)
    assert (theory.stable, turned.stable) == ("to the left", "below")


def test_more_momentum_can_make_a_large_step_stable() -> None:
    theory = predicted(Sweep(Scenario(optimizers=(Choice.of("momentum", lr=0.15),)), MOMENTA, Axis("noise", 0.0, 1.0, 3)))
    assert theory is not None
    assert theory.stable == "to the right"
    assert theory.line[0] == pytest.approx(0.5, abs=1e-5)  # (2 + 2*0.5)/20 = 0.15


def test_a_map_that_is_stable_everywhere_has_no_line() -> None:
    theory = predicted(Sweep(Scenario(optimizers=(Choice("sgd"),)), Axis("optimizers.0.lr", 1e-3, 0.09, 5), Axis("noise", 0.0, 1.0, 3)))
    assert theory is not None
    assert theory.line.shape == (2, 0)
    assert theory.stable == ""


@pytest.mark.parametrize("name", LINEAR)
def test_the_rate_in_a_cell_is_what_its_run_shows(name: str) -> None:
    settings = {"momentum": 0.5} if name != "sgd" else {}
    sweep = Sweep(Scenario(optimizers=(Choice.of(name, **settings),), steps=300), Axis("optimizers.0.lr", 0.01, 0.04, 3), CONDITIONS)
    theory = predicted(sweep)
    assert theory is not None
    assert theory.rate.shape == (9, 3)
    run = sweep.cell(1, 2).race().runs[0]
    error = np.linalg.norm(run.positions[:, :, 0], axis=1)
    assert (error[300] / error[200]) ** (1 / 100) == pytest.approx(theory.rate[2, 1], rel=1e-3)


def test_limits_in_words() -> None:
    texts = {name: facts.limit_in_text(optimizer.symbols, optimizer.values) for name, optimizer, facts in declared()}
    assert texts == {"sgd": "2/λₘₐₓ", "momentum": "(2 + 2ρ)/λₘₐₓ", "nesterov": "(2 + 2ρ)/((1 + 2ρ)λₘₐₓ)"}
    for _, optimizer, facts in declared():
        decaying = optimizer.with_parameters(weight_decay=0.1)
        assert "(λₘₐₓ + λ)" in facts.limit_in_text(decaying.symbols, decaying.values)
        assert r"\left(\lambda_{\max} + \lambda\right)" in facts.limit_in_latex(decaying.symbols, decaying.values)


def declared() -> list[tuple[str, Optimizer, Quadratics]]:
    found = [(name, optimizers.get(name)) for name in optimizers.names()]
    return [(name, optimizer, optimizer.on_quadratics) for name, optimizer in found if optimizer.on_quadratics]
