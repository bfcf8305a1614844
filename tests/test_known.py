"""What is marked of theory at the numbers of a method: limits that hold, where they hold."""

from __future__ import annotations

import numpy as np
import pytest

import landscapes
import optimizers
from lab.known import known_of
from lab.theory import quadratic_curvatures, spectral_radius
from parameters import short
from simulation import run


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov"])
def test_the_marks_are_where_a_step_begins_to_diverge_and_where_it_shrinks_fastest(name: str) -> None:
    ravine = landscapes.get("ravine", condition=50.0, angle=20.0)
    curvatures = quadratic_curvatures(ravine)
    assert curvatures is not None
    method = optimizers.get(name)
    marks = {(at, mark.kind): mark.value for at, found in known_of(ravine, method).items() for mark in found}
    limit = marks.pop(("lr", "limit"))
    for share, stable in ((0.999, True), (1.001, False)):
        radius = spectral_radius(method.with_parameters(lr=limit * share), curvatures)
        assert radius is not None
        assert (radius[0] < 1) == stable
    best = {at: value for (at, _), value in marks.items()}
    radii = []
    for factor in (0.97, 1.0, 1.03):
        radius = spectral_radius(method.with_parameters(**{**best, "lr": best["lr"] * factor}), curvatures)
        assert radius is not None
        radii.append(radius[0])
    assert radii[1] < min(radii[0], radii[2])


def test_where_theory_is_silent_there_are_no_marks() -> None:
    ravine, rosenbrock = landscapes.get("ravine"), landscapes.get("rosenbrock")
    assert known_of(ravine, optimizers.get("adam")) == {}
    assert known_of(ravine, optimizers.get("sgd"), "cosine") == {}
    for kept in ({"clip_norm": 1.0}, {"clip_value": 1.0}):
        assert known_of(ravine, optimizers.get("sgd").clipped(**kept)) == {}, "clipped, it circles where it would diverge"
    assert known_of(ravine, optimizers.get("sgd", change_at=3, change_by=0.1)) == {}, "a rate that changes may begin beyond the limit"
    assert known_of(landscapes.get("ackley"), optimizers.get("sgd")) == {}, "the tip of a cone: at no constant rate does it come to rest"
    assert known_of(landscapes.get("ackley"), optimizers.get("momentum")) == {}
    assert known_of(rosenbrock, optimizers.get("sgd", weight_decay=0.1)) == {}, "weight decay has moved the minimum"
    (at_minimum, *_) = known_of(rosenbrock, optimizers.get("sgd"))["lr"]
    largest = np.linalg.eigvalsh(rosenbrock.hessian(np.ones((2, 1)))[:, :, 0])[1]
    assert "at the minimum" in at_minimum.words
    assert 2 / largest in [mark.value for mark in known_of(rosenbrock, optimizers.get("sgd"))["lr"]]


@pytest.mark.parametrize("name", ["himmelblau", "branin"])
@pytest.mark.parametrize("method", ["sgd", "momentum"])
def test_where_the_lowest_minima_differ_it_is_said_at_which_a_limit_holds(name: str, method: str) -> None:
    landscape = landscapes.get(name)
    minima = np.array(landscape.minima)[:, :2].T
    known = known_of(landscape, optimizers.get(method))
    assert list(known) == ["lr"], "what is the fastest depends on where one arrives"
    sharp, flat = known["lr"]
    assert [mark.kind for mark in (sharp, flat)] == ["limit", "limit"]

    def held(rate: float) -> set[str]:
        """The minima that keep what begins beside them."""
        ends = run(landscape, optimizers.get(method, lr=rate), minima + np.array([[1e-3], [5e-4]]), 1500).positions[-1]
        near = np.hypot(*(ends - minima)) < 1e-4
        return {f"({short(x, 3)}, {short(y, 3)})".replace("-", "−") for x, y in minima.T[near]}

    everyone = held(0.98 * sharp.value)
    assert len(everyone) == minima.shape[1]
    (lost,) = everyone - held(1.02 * sharp.value)
    assert f"settle at {lost}, the sharpest of the lowest minima" in sharp.words
    (last,) = held(0.98 * flat.value)
    assert f"settle at any of the lowest minima on the map, not even {last}, the flattest" in flat.words
    assert not held(1.02 * flat.value)


def test_the_words_say_which_minimum_is_meant() -> None:
    places = {
        "rosenbrock": "the minimum",
        "drop_wave": "the minimum",  # smooth, though its formula has a square root that is not
        "peaks": "the lowest minimum",
        "griewank": "the lowest minimum",
        "six_hump_camel": "any of the lowest minima",
    }
    for name, place in places.items():
        (limit,) = [mark for mark in known_of(landscapes.get(name), optimizers.get("sgd"))["lr"] if mark.kind == "limit"]
        assert limit.words == f"beyond 2/λₘₐₓ it cannot settle at {place}"
    (valley,) = known_of(landscapes.get("linear_network", target=2.0), optimizers.get("sgd"))["lr"]
    assert valley.value == pytest.approx(2 / (2 + 2)), "along xy = 2 the largest curvature is x² + y²"
    assert "sharpest" not in valley.words
