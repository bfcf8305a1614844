"""Where trajectories start: exact places, the same every time, and errors in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import landscapes
from parameters import Array
from simulation import starts

WINDOW = ((-2.0, 4.0), (10.0, 20.0))
MAKERS: dict[str, Callable[..., Array]] = {
    "grid": lambda n: starts.grid(WINDOW, n),
    "ring": lambda n: starts.ring((1.0, 2.0), 0.5, n),
    "cloud": lambda n, seed=3: starts.cloud((1.0, 2.0), 0.5, n, seed),
    "uniform": lambda n, seed=3: starts.uniform(WINDOW, n, seed),
}
every_maker = pytest.mark.parametrize("maker", MAKERS)
random_maker = pytest.mark.parametrize("maker", ["cloud", "uniform"])


@every_maker
@pytest.mark.parametrize("n", [1, 2, 3, 7, 12, 100, 997, np.int64(5)])
def test_shapes(maker: str, n: int) -> None:
    points = MAKERS[maker](n)
    assert points.shape == (2, n)
    assert points.dtype == np.float64
    assert np.isfinite(points).all()
    assert points.flags.writeable


@every_maker
def test_the_same_every_time(maker: str) -> None:
    first, second = MAKERS[maker](20), MAKERS[maker](20)
    np.testing.assert_array_equal(first, second)
    first[:] = 0.0
    np.testing.assert_array_equal(MAKERS[maker](20), second)


@every_maker
@pytest.mark.parametrize("n", [0, -1])
def test_fewer_than_one(maker: str, n: int) -> None:
    with pytest.raises(ValueError, match=f"the number of starts is {n}; choose 1 or more"):
        MAKERS[maker](n)


@every_maker
@pytest.mark.parametrize("n", [2.0, "3", None, True, [3], np.float64(3)], ids=repr)
def test_a_number_that_is_not_whole(maker: str, n: Any) -> None:
    with pytest.raises(TypeError, match="the number of starts must be a whole number"):
        MAKERS[maker](n)


# ---- grid


def test_a_square_number_gives_a_square_grid_of_cells_centres() -> None:
    points = starts.grid(WINDOW, 9)
    np.testing.assert_allclose(points[0], [-1, 1, 3] * 3)
    np.testing.assert_allclose(points[1], np.repeat([35 / 3, 15, 55 / 3], 3))


def test_one_start_is_the_middle() -> None:
    np.testing.assert_array_equal(starts.grid(WINDOW, 1), [[1.0], [15.0]])


@pytest.mark.parametrize("n", range(1, 61))
def test_a_grid_of_any_number_is_complete_and_keeps_off_the_edge(n: int) -> None:
    x, y = starts.grid(WINDOW, n)
    columns, rows = np.unique(x), np.unique(y)
    assert columns.size * rows.size == n
    assert columns.size >= rows.size
    assert len(set(zip(x.tolist(), y.tolist(), strict=True))) == n
    assert not [c for c in range(rows.size + 1, columns.size) if n % c == 0], "rows and columns could be more equal"
    (x0, x1), (y0, y1) = WINDOW
    assert x.min() - x0 == pytest.approx((x1 - x0) / columns.size / 2)
    assert x1 - x.max() == pytest.approx((x1 - x0) / columns.size / 2)
    assert y.min() - y0 == pytest.approx((y1 - y0) / rows.size / 2)
    assert y1 - y.max() == pytest.approx((y1 - y0) / rows.size / 2)


def test_a_grid_of_a_large_number_is_quick_and_square() -> None:
    points = starts.grid(WINDOW, 1_000_000)
    assert np.unique(points[0]).size == np.unique(points[1]).size == 1000


def test_full_grid_is_the_grid_of_the_landscapes_with_its_edges() -> None:
    np.testing.assert_array_equal(starts.full_grid(WINDOW, 3), landscapes.grid(WINDOW, 3))
    np.testing.assert_array_equal(starts.full_grid(WINDOW, 2), [[-2, 4, -2, 4], [10, 10, 20, 20]])


# ---- ring


def test_a_ring_runs_counter_clockwise_from_its_right_end() -> None:
    np.testing.assert_allclose(starts.ring((1.0, 2.0), 2.0, 4), [[3, 1, -1, 1], [2, 4, 2, 0]], atol=1e-15)


def test_a_ring_is_round_and_even() -> None:
    x, y = starts.ring((1.0, -2.0), 0.5, 100)
    np.testing.assert_allclose(np.hypot(x - 1, y + 2), 0.5, rtol=1e-14)
    angle = np.unwrap(np.arctan2(y + 2, x - 1))
    np.testing.assert_allclose(np.diff(angle), 2 * np.pi / 100, rtol=1e-9)


def test_a_ring_of_no_radius_is_its_center() -> None:
    np.testing.assert_array_equal(starts.ring((1.0, 2.0), 0.0, 3), [[1.0] * 3, [2.0] * 3])


@pytest.mark.parametrize("radius", [-1.0, np.nan, np.inf, -np.inf])
def test_a_radius_that_is_none(radius: float) -> None:
    with pytest.raises(ValueError, match=r"the radius is .*; choose 0 or more"):
        starts.ring((0.0, 0.0), radius, 3)


# ---- cloud and uniform


@random_maker
def test_seeds(maker: str) -> None:
    assert not np.array_equal(MAKERS[maker](5, 1), MAKERS[maker](5, 2))
    np.testing.assert_array_equal(MAKERS[maker](5, 1), MAKERS[maker](5, 1))


@random_maker
def test_the_first_ones_stay_when_there_are_more(maker: str) -> None:
    many = MAKERS[maker](1000)
    for n in (1, 2, 10, 999):
        np.testing.assert_array_equal(MAKERS[maker](n), many[:, :n])


def test_the_default_seed_is_zero() -> None:
    np.testing.assert_array_equal(starts.cloud((0, 0), 1.0, 5), starts.cloud((0, 0), 1.0, 5, seed=0))
    np.testing.assert_array_equal(starts.uniform(WINDOW, 5), starts.uniform(WINDOW, 5, seed=0))


def test_a_cloud_is_normal_around_its_center() -> None:
    x, y = starts.cloud((1.0, -2.0), 0.5, 20_000, seed=1)
    assert x.mean() == pytest.approx(1, abs=0.015)
    assert y.mean() == pytest.approx(-2, abs=0.015)
    assert x.std() == pytest.approx(0.5, rel=0.02)
    assert y.std() == pytest.approx(0.5, rel=0.02)
    assert abs(np.corrcoef(x, y)[0, 1]) < 0.03
    assert np.mean(np.abs(x - 1) < 0.5) == pytest.approx(0.6827, abs=0.015)


def test_a_cloud_scales_with_its_spread_and_moves_with_its_center() -> None:
    unit = starts.cloud((0.0, 0.0), 1.0, 50, seed=4)
    np.testing.assert_allclose(starts.cloud((3.0, -1.0), 0.25, 50, seed=4), np.array([[3.0], [-1.0]]) + 0.25 * unit)


def test_a_cloud_without_spread_is_its_center() -> None:
    np.testing.assert_array_equal(starts.cloud((1.0, 2.0), 0.0, 3), [[1.0] * 3, [2.0] * 3])


@pytest.mark.parametrize("spread", [-1.0, np.nan, np.inf])
def test_a_spread_that_is_none(spread: float) -> None:
    with pytest.raises(ValueError, match=r"the spread is .*; choose 0 or more"):
        starts.cloud((0.0, 0.0), spread, 3)


def test_uniform_fills_the_window() -> None:
    x, y = starts.uniform(WINDOW, 20_000, seed=1)
    (x0, x1), (y0, y1) = WINDOW
    assert x0 <= x.min() < x0 + 0.01
    assert x1 - 0.01 < x.max() <= x1
    assert y0 <= y.min() < y0 + 0.01
    assert y1 - 0.01 < y.max() <= y1
    counts, _, _ = np.histogram2d(x, y, bins=4)
    assert counts.min() > 20_000 / 16 * 0.9
    assert counts.max() < 20_000 / 16 * 1.1


@pytest.mark.parametrize("name", landscapes.names())
def test_starts_lie_in_every_landscapes_window(name: str) -> None:
    window = landscapes.get(name).window
    (x0, x1), (y0, y1) = window
    for points in (starts.grid(window, 30), starts.uniform(window, 30)):
        assert np.all((points[0] >= x0) & (points[0] <= x1) & (points[1] >= y0) & (points[1] <= y1))
