"""What any method can be given: clipped gradients, and a learning rate that changes in mid-run."""

from __future__ import annotations

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from lab.quantities import build_with
from lab.theory import spectral_radius
from optimizers import schedules
from parameters import Array
from scenario import Choice, Scenario, address
from simulation.dissect import dissect

RAVINE = landscapes.get("ravine", condition=20.0, angle=0.0)
ROSENBROCK = landscapes.get("rosenbrock")
STARTS = np.array([[3.0, -0.5, 0.01], [1.0, 2.0, 0.002]])
NAMES = optimizers.names()


def same(a: Array, b: Array) -> bool:
    return np.array_equal(a, b, equal_nan=True)


# ---- clipping


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"clip_norm": 5.0}, (3 * 5 / (np.hypot(3, 20) + 1e-6), 20 * 5 / (np.hypot(3, 20) + 1e-6))),
        ({"clip_norm": 50.0}, (3.0, 20.0)),
        ({"clip_value": 5.0}, (3.0, 5.0)),
        ({"clip_norm": 5.0, "clip_value": 2.0}, (3 * 5 / (np.hypot(3, 20) + 1e-6), 2.0)),
    ],
)
def test_the_gradient_is_clipped_as_torch_does(limits: dict[str, float], expected: tuple[float, float]) -> None:
    """At (3, 1) on the ravine it is (3, 20): times norm/(length + 1e-6) where that is below 1, and then each component."""
    run = simulation.run(RAVINE, optimizers.get("sgd", lr=0.1).clipped(**limits), STARTS[:, :1], 1)
    np.testing.assert_allclose(-np.diff(run.positions, axis=0)[0, :, 0] / 0.1, expected, rtol=1e-12)


def test_a_gradient_whose_square_overflows_keeps_its_direction() -> None:
    """What clipping is for: without it the run is lost at once, and a length of infinity would leave nothing of the gradient."""
    steep = landscapes.from_formula("1e200*(3*x + 4*y)", ((-5, 5), (-5, 5)))
    run = simulation.run(steep, optimizers.get("sgd", lr=1.0).clipped(clip_norm=1.0), [[0.0], [0.0]], 1)
    np.testing.assert_allclose(run.positions[1, :, 0], [-0.6, -0.8], rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_limits_that_nothing_exceeds_change_no_bit_and_low_ones_tame_every_method(name: str) -> None:
    optimizer = optimizers.get(name)
    plain = simulation.run(ROSENBROCK, optimizer.with_parameters(lr=1e-4), STARTS, 20)
    assert same(
        simulation.run(ROSENBROCK, optimizer.with_parameters(lr=1e-4).clipped(clip_norm=1e6), STARTS, 20).positions, plain.positions
    )
    if name == "polyak_step_size":  # which divides by the gradient's length: a short one is a long step
        return
    low = simulation.run(ROSENBROCK, optimizer.clipped(clip_norm=1e-3, clip_value=1e-3), STARTS, 5, noise=1.0)
    assert low.diverged_at.tolist() == [-1, -1, -1]


def test_a_limit_for_each_trajectory_is_as_many_limits_with_noise_too() -> None:
    limits = np.array([0.0, 1.0, 30.0])
    optimizer = optimizers.get("adam", lr=0.01)
    several = simulation.run(ROSENBROCK, optimizer.clipped(clip_norm=limits, clip_value=limits / 2), STARTS, 20, noise=0.5, chunk=2)
    for lane, limit in enumerate(limits.tolist()):
        clipped = optimizer.clipped(clip_norm=limit, clip_value=limit / 2)
        alone = simulation.run(ROSENBROCK, clipped, STARTS[:, [lane]], 20, noise=0.5, numbers=[lane])
        assert same(alone.positions[:, :, 0], several.positions[:, :, lane])
    with pytest.raises(ValueError, match="clip_norm holds 3 values for 2 starts"):
        simulation.run(ROSENBROCK, optimizer.clipped(clip_norm=limits), STARTS[:, :2], 3)


def test_limits_are_checked_and_make_another_optimizer() -> None:
    adam = optimizers.get("adam")
    with pytest.raises(ValueError, match=r"Adam: clip_norm = -1 is outside its range"):
        adam.clipped(clip_norm=-1.0)
    with pytest.raises(TypeError, match="clip_value"):
        adam.clipped(clip=1.0)
    assert adam.clipped(clip_norm=0.0) == adam
    assert adam.clipped(clip_norm=1.0) != adam
    assert adam.clipped(clip_norm=1.0).with_parameters(lr=0.2).clipping == {"clip_norm": 1.0}


# ---- a rate that changes


def by_hand(lr: float, at: int, by: float, steps: int) -> Array:
    """The path of SGD on the ravine from (3, 1)."""
    x, y = 3.0, 1.0
    path = [(x, y)]
    for t in range(1, steps + 1):
        rate = lr * by if t >= at else lr
        x, y = x - rate * x, y - rate * 20 * y
        path.append((x, y))
    return np.array(path)


def test_from_its_step_on_the_rate_is_another() -> None:
    """Step 6 leads from point 5 to point 6: it is the first with the new rate."""
    run = simulation.run(RAVINE, optimizers.get("sgd", lr=0.04, change_at=6, change_by=0.25), STARTS[:, :1], 12)
    np.testing.assert_allclose(run.positions[:, :, 0], by_hand(0.04, 6, 0.25, 12), rtol=1e-13)
    plain = simulation.run(RAVINE, optimizers.get("sgd", lr=0.04), STARTS[:, :1], 12)
    assert same(run.positions[:6], plain.positions[:6])
    assert not np.isclose(run.positions[6:], plain.positions[6:]).any()


CHANGING = [name for name in NAMES if "change_at" in optimizers.get(name).values]


def test_methods_whose_steps_do_not_read_the_rate_cannot_change_it() -> None:
    assert "rprop" not in CHANGING
    assert {"sgd", "adam", "bfgs", "schedule_free_adamw"} <= set(CHANGING)


@pytest.mark.parametrize("name", CHANGING)
def test_a_change_for_each_trajectory_is_as_many_changes_on_top_of_a_schedule(name: str) -> None:
    rate = 0.02 * float(np.asarray(optimizers.get(name).values["lr"]))
    steps, factors = np.array([0, 4, 9]), np.array([0.5, 2.0, 0.1])
    optimizer = optimizers.get(name, lr=rate)
    for schedule in (None, schedules.get("linear")):
        several = simulation.run(ROSENBROCK, optimizer.with_parameters(change_at=steps, change_by=factors), STARTS, 12, schedule, chunk=2)
        for lane in range(3):
            changed = optimizer.with_parameters(change_at=steps[lane], change_by=factors[lane])
            alone = simulation.run(ROSENBROCK, changed, STARTS[:, [lane]], 12, schedule)
            assert same(alone.positions[:, :, 0], several.positions[:, :, lane])
    plain = simulation.run(ROSENBROCK, optimizer, STARTS, 12)
    later = simulation.run(ROSENBROCK, optimizer.with_parameters(change_at=9, change_by=2.0), STARTS, 12)
    assert same(later.positions[:9], plain.positions[:9])


def test_a_step_taken_apart_knows_both() -> None:
    optimizer = optimizers.get("momentum", lr=0.001, change_at=5, change_by=0.1).clipped(clip_norm=2.0)
    run = simulation.run(ROSENBROCK, optimizer, STARTS, 10, schedules.get("linear"), noise=0.3)
    dissection = dissect(run, 1)
    np.testing.assert_allclose(dissection.anatomy.move, np.diff(run.positions[:, :, 1].T), rtol=1e-9, atol=1e-15)
    assert dissection.rates == pytest.approx([0.001 * (1 - t / 10) * (0.1 if t >= 4 else 1.0) for t in range(10)])


def test_theory_does_not_speak_of_them() -> None:
    curved = np.array([[1.0], [20.0]])
    assert spectral_radius(optimizers.get("sgd"), curved) is not None
    assert spectral_radius(optimizers.get("sgd", change_at=5), curved) is None
    assert spectral_radius(optimizers.get("sgd").clipped(clip_value=1.0), curved) is None


# ---- in a scenario


def test_both_have_addresses_travel_in_the_link_and_leave_older_links_as_they_were() -> None:
    old = Scenario(optimizers=(Choice("sgd"), Choice("adam")))
    assert "clip" not in old.to_query()
    assert "change" not in old.to_query()
    new = address.with_values(old, {"optimizers.1.change_at": 60, "optimizers.1.change_by": 0.5, "clip_norm": 2.0})
    assert "optimizer=adam~change_at:60~change_by:0.5" in new.to_query()
    assert new.to_query().endswith("&clip_norm=2")
    assert Scenario.from_query(new.to_query()) == new == Scenario.from_json(new.to_json())
    sgd, adam = new.race().runs
    assert sgd.optimizer.clipping == adam.optimizer.clipping == {"clip_norm": 2.0}
    assert adam.optimizer.changes_rate
    assert not sgd.optimizer.changes_rate
    assert new.replace(optimizers=(Choice("adam"), Choice.of("adam", change_at=9.0))).labels()[1] == "Adam, rate changes at step 9"


def test_the_lab_sweeps_limits() -> None:
    scenario = Scenario(optimizers=(Choice("adam"),), clip_value=3.0)
    _, optimizer, _ = build_with(scenario, {"clip_norm": np.array([1.0, 2.0])})
    assert optimizer.clipping["clip_value"] == 3.0
    assert optimizer.clipping["clip_norm"].tolist() == [1.0, 2.0]  # type: ignore[union-attr]
