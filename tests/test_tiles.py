"""Batches and tiles: what differs from lane to lane, what is told of it, and that cutting changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from app_pages.seconds import in_words
from lab.executors import Meter, gather, local_executor
from lab.quantities import alone, build_with, distinct, quantities
from lab.tiles import OUTPUTS, Batch, batch, cut
from scenario import Choice, Scenario
from scenario.address import get, with_value, with_values
from simulation import Cancelled, measures
from simulation.progress import Remaining
from simulation.starts import uniform

ADAM = Scenario(landscape=Choice("rosenbrock"), optimizers=(Choice("adam"),), steps=40, seed=5, schedule=Choice("cosine"))
WINDOW = ((-2.0, 2.0), (-1.0, 3.0))
COUNT = 300


def swept(wanted: tuple[str, ...] = ("final", "reached"), **values: Any) -> Batch:
    numbers = np.arange(COUNT) % 7
    return batch(ADAM, uniform(WINDOW, COUNT, seed=1), wanted, values, numbers, goal=np.linspace(0.1, 5.0, COUNT))


RATES = np.geomspace(1e-4, 2.0, COUNT)
VARIED: list[dict[str, Any]] = [
    {},
    {"optimizers.0.lr": RATES},
    {"optimizers.0.lr": RATES, "optimizers.0.beta1": np.linspace(0.0, 0.99, COUNT)},
    {"landscape.b": np.geomspace(1.0, 1000.0, COUNT), "noise": np.linspace(0.0, 3.0, COUNT)},
    {"noise": np.full(COUNT, 0.5), "l1": np.linspace(0.0, 2.0, COUNT)},
]


@pytest.mark.parametrize("values", VARIED, ids=lambda values: ", ".join(values) or "nothing")
def test_every_lane_is_the_run_with_its_own_numbers(values: dict[str, Any]) -> None:
    """Lane by lane, each built the plain way from a scenario with its values set."""
    whole = swept(**values)
    (told,) = gather(local_executor(Meter(whole.work)), [whole])
    for lane in range(0, COUNT, 41):
        own = with_values(ADAM, {key: float(array[lane]) for key, array in values.items()})
        start = whole.starts[:, [lane]]
        run = simulation.run(
            own.build_landscape(),
            own.build_optimizers()[0],
            start,
            own.steps,
            own.build_schedule(),
            own.noise,
            own.seed,
            numbers=[int(whole.numbers[lane])],
        )
        assert isinstance(whole.goal, np.ndarray)
        np.testing.assert_allclose(told["final"][lane], measures.final_loss(run)[0], rtol=1e-9)
        assert told["reached"][lane] == measures.steps_below(run, float(whole.goal[lane]))[0]


@pytest.mark.parametrize("lanes", [1, 7, 64, 299])
@pytest.mark.parametrize("values", VARIED, ids=lambda values: ", ".join(values) or "nothing")
def test_how_it_is_cut_changes_nothing(values: dict[str, Any], lanes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = swept(**values)
    expected = whole.run()
    monkeypatch.setattr("lab.tiles.LANES", lanes)
    places = [place for place, _ in cut(whole)]
    assert [place.start for place in places] == list(range(0, COUNT, lanes))
    (told,) = gather(local_executor(Meter(whole.work), workers=2), [whole])
    for name in whole.outputs:
        assert np.array_equal(told[name], expected[name], equal_nan=True)


def test_attractors_outcomes_and_arrivals_are_those_of_the_whole_path() -> None:
    scenario = Scenario(landscape=Choice("himmelblau"), optimizers=(Choice.of("momentum", lr=0.02),), steps=120)
    starts = uniform(((-6, 6), (-6, 6)), 500, seed=2)
    told = batch(scenario, starts, ("final", "attractor", "outcome", "arrival")).run()
    run = simulation.run(landscapes.get("himmelblau"), optimizers.get("momentum", lr=0.02), starts, 120)
    assert 0 < (run.diverged_at >= 0).sum() < 500
    assert np.array_equal(told["attractor"], measures.final_attractor(run))
    assert np.array_equal(told["outcome"], measures.outcomes(run))
    assert np.array_equal(told["final"], run.losses[-1], equal_nan=True)
    assert ((told["arrival"] >= 0) == (told["attractor"] >= 0)).all()


def test_no_more_points_are_kept_than_needed() -> None:
    assert swept(("final",)).kept.tolist() == [40]
    assert swept(("final", "reached")).kept.tolist() == [40]
    assert 5 < len(swept(("attractor", "arrival")).kept) < 25
    few = batch(ADAM.replace(steps=100_000), np.zeros((2, 100_000)), ("attractor",))
    assert all(tile.count * 3 * 8 * len(tile.kept) <= 128 * 1024**2 for _, tile in cut(few))


@pytest.mark.parametrize("name", OUTPUTS)
def test_what_is_told_has_the_type_that_it_is_kept_in(name: str) -> None:
    wanted = ("attractor", name) if name in ("outcome", "arrival") else (name,)
    told = batch(ADAM, np.zeros((2, 3)), wanted, goal=1.0).run()
    assert told[name].dtype == OUTPUTS[name].dtype
    assert told[name].shape == (3,)


def test_progress_is_told_and_stops() -> None:
    whole = swept()
    meter = Meter(2 * whole.work)
    gather(local_executor(meter), [whole])
    assert meter.fraction == pytest.approx(0.5)
    meter.stop()
    with pytest.raises(Cancelled):
        gather(local_executor(meter), [whole])


def test_the_time_that_is_left_is_told_once_it_is_known_and_does_not_leap() -> None:
    now = 0.0
    remaining = Remaining(lambda: now)
    told = []
    for fraction in (0.01, 0.03, 0.05, 0.06, 0.07, 0.08, 0.5):  # a second each: the machine was busy, and then was not
        now += 1
        told.append(remaining.after(fraction))
    assert told[:2] == [None, None]
    known = [left for left in told if left is not None]
    assert known[0] == pytest.approx(3 / 0.05 * 0.95)
    assert known[-1] > 7.0, "not at once what the last second alone says"
    for _ in range(20):
        now += 1
        settled = remaining.after(0.5)
    assert settled == pytest.approx(now, rel=0.25)
    assert [in_words(seconds) for seconds in (0.2, 7.4, 43, 200)] == ["1 s", "7 s", "45 s", "3 min"]


# ---- the quantities


def test_all_numbers_can_be_swept_and_no_switch() -> None:
    found = quantities(ADAM)
    assert list(found) == [
        *(f"optimizers.0.{name}" for name in ("lr", "beta1", "beta2", "eps", "weight_decay")),
        *("landscape.a", "landscape.b"),
        *("noise", "clip_norm", "clip_value", "l1", "l2"),
    ]
    changing = ADAM.replace(optimizers=(Choice.of("adam", change_at=5.0),))
    assert set(quantities(changing)) - set(found) == {"optimizers.0.change_by"}
    assert found["optimizers.0.lr"].title == "learning rate"
    assert found["landscape.b"].value == 100.0


@pytest.mark.parametrize("name", optimizers.names())
def test_every_quantity_of_every_optimizer_can_be_set_and_varied(name: str) -> None:
    scenario = Scenario(optimizers=(Choice(name),))
    for key, quantity in quantities(scenario).items():
        low, high = quantity.param.slider_range
        assert get(with_value(scenario, key, high), key) == high
        landscape, optimizer, noise = build_with(scenario, {key: np.array([low, high])})
        holders = [*optimizer.settings.values(), *landscape.values.values(), *landscape.penalty.values(), noise]
        assert any(isinstance(value, np.ndarray) and value.tolist() == [low, high] for value in holders)


def test_what_cannot_be_set_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="Adam: beta1"):
        build_with(ADAM, {"optimizers.0.beta1": np.array([0.5, 2.0])})
    with pytest.raises(ValueError, match="one optimizer at a time; this scenario has 5"):
        quantities(Scenario())
    assert alone(Scenario(), 4).optimizers == (Choice("adam"),)


def test_distinct_combinations_are_found_once() -> None:
    values = {"a": np.array([1.0, 2.0, 1.0, 2.0]), "b": np.array([5.0, 5.0, 5.0, 6.0])}
    columns, which = distinct(values)
    assert sorted(zip(columns["a"], columns["b"], strict=True)) == [(1.0, 5.0), (2.0, 5.0), (2.0, 6.0)]
    assert columns["a"][which].tolist() == values["a"].tolist()
    assert columns["b"][which].tolist() == values["b"].tolist()
