"""The checks of lessons 16 to 20, on networks."""

from __future__ import annotations

import numpy as np

from tests.lesson_checks import Races, above, answer, claim, end, first_within

# ---- 16 two weights


@claim("two-weights", "fits")
def fits_soon(races: Races) -> None:
    assert first_within(races.run(0), 0.01) == 7


@claim("two-weights", "creeps")
def creeps_after_that(races: Races) -> None:
    losses = above(races.run(0))
    assert losses[14] > 0.5 * losses[7]


@claim("two-weights", "condition")
def a_ravine_too(races: Races) -> None:
    low, high = np.linalg.eigvalsh(races[0].landscape.hessian(np.array([[2.0], [1.0]]))[:, :, 0])
    assert round(high / low) == 92


@claim("two-weights", "twins")
def twins(races: Races) -> None:
    assert sorted(races[0].landscape.minima) == [(-2.0, -1.0, 0.0), (2.0, 1.0, 0.0)]


@claim("two-weights", "zero")
def zero_stays_zero(races: Races) -> None:
    assert (races.run(1).starts[:, 0] == 0).all()
    assert (races.run(1).positions[:, :, 0] == 0).all()


@claim("two-weights", "sides")
def opposite_minima(races: Races) -> None:
    run = races.run(1)
    assert np.allclose(run.positions[:, :, 1], -run.positions[:, :, 2], rtol=0, atol=1e-9)
    assert np.hypot(*(end(run, 1) - (2, 1))) < 0.5
    assert run.losses[-1, 1] < 0.01


@claim("two-weights", "idle")
def idle_near_the_saddle(races: Races) -> None:
    losses = races.run(1).losses[:, 1:]
    assert (losses[3] > 0.97 * losses[0]).all()


@claim("two-weights", "flat")
def only_y_learns(races: Races) -> None:
    x, y = races.run(2).positions[:, :, 0].T
    assert abs(y[1] - y[-1]) < 0.1 * abs(y[0] - y[-1])
    assert np.ptp(x) < 0.15


@claim("two-weights", "tanh")
def saturated(races: Races) -> None:
    far, near = np.abs(races[2].landscape.gradient(np.array([[4.5, 1.0], [0.5, 0.5]]))[0])
    assert near > 80 * far


@claim("two-weights", "scaled")
def adam_arrives(races: Races) -> None:
    assert np.hypot(*(end(races.run(3, 1)) - (2, 1))) < 0.1
    assert end(races.run(3, 0))[0] > 4.3


@answer("two-weights", 0)
def where_sgd_is(races: Races) -> str:
    places = {"At (2, 1)": (2, 1), "At (−2, −1)": (-2, -1), "Near (4.4, 0.9)": (4.4, 0.9)}
    return min(places, key=lambda choice: np.hypot(*(end(races.run(2)) - places[choice])))
