"""The search for stationary points: every one the literature declares is found, rightly classified, and nothing else is."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from landscapes import Landscape, StationaryPoint, Window, stationary_points
from parameters import Param
from simulation import measures
from simulation.attractors import lowest_loss

SQUARE = ((-2.0, 2.0), (-2.0, 2.0))
KINKS = {("ackley", 0.0, 0.0), ("bukin_6", -10.0, 1.0)}

# How many of each kind lie in the landscape's window: from the literature, and counted again by `turns_around_cells`.
COUNTS: dict[str, dict[str, int]] = {
    "ravine": {"minimum": 1},
    "matyas": {"minimum": 1},
    "booth": {"minimum": 1},
    "rosenbrock": {"minimum": 1},
    "dixon_price": {"minimum": 2, "saddle": 1},
    "saddle": {"minimum": 2, "saddle": 1},
    "monkey_saddle": {"minimum": 3, "degenerate": 1},
    "pure_saddle": {"saddle": 1},
    "pure_monkey_saddle": {"degenerate": 1},
    "himmelblau": {"minimum": 4, "saddle": 4, "maximum": 1},
    "three_hump_camel": {"minimum": 3, "saddle": 2},
    "six_hump_camel": {"minimum": 6, "saddle": 7, "maximum": 2},
    "styblinski_tang": {"minimum": 4, "saddle": 4, "maximum": 1},
    "goldstein_price": {"minimum": 4, "saddle": 4, "maximum": 1},
    "branin": {"minimum": 3, "saddle": 2},
    "mccormick": {"minimum": 2, "saddle": 1},
    "ackley": {"minimum": 120, "saddle": 220, "maximum": 100},
    "rastrigin": {"minimum": 121, "saddle": 220, "maximum": 100},
    "griewank": {"minimum": 17, "saddle": 24, "maximum": 18},
    "two_wells": {"minimum": 2, "saddle": 1},
    "peaks": {"minimum": 3, "saddle": 3, "maximum": 3},
    "mueller_brown": {"minimum": 3, "saddle": 2},
    "two_weights": {"minimum": 2, "saddle": 1},
    "beale": {"minimum": 1, "saddle": 2},
    "sphere": {"minimum": 1},
    "trid": {"minimum": 1},
    "zakharov": {"minimum": 1},
    "bohachevsky": {"minimum": 25, "saddle": 40, "maximum": 16},
    "schaffer_2": {"minimum": 29, "maximum": 32},
    "schaffer_4": {"minimum": 32, "maximum": 29},
    "schwefel": {"minimum": 49, "saddle": 98, "maximum": 49},
    "shubert": {"minimum": 200, "saddle": 361, "maximum": 200},
    "franke": {"minimum": 1, "saddle": 2, "maximum": 2},
}
NOT_COUNTED = {
    "linear_network": "its minima are a curve",
    "drop_wave": "so are its troughs and crests",
    "easom": "its plateau is flat to 20 digits and rippled below",
    "michalewicz": "its plain is",
    "langermann": "its ripples fade to nothing, closer and closer",
    "levy_13": "its thousands are counted by no one else",
    "eggholder": "and so are its kinks",
    "bukin_6": "it has kinks only",
    "hoelder_table": "its pockets have rims of kinks",
    "cross_in_tray": "its walls are kinks",
}


def counts(points: Iterable[StationaryPoint]) -> dict[str, int]:
    return dict(Counter(point.kind for point in points))


def near(points: Iterable[StationaryPoint], x: float, y: float, tolerance: float = 1e-6) -> list[StationaryPoint]:
    return [point for point in points if abs(point.x - x) < tolerance and abs(point.y - y) < tolerance]


def own(text: str, window: Window = SQUARE, **parameters: float | Param) -> Landscape:
    return landscapes.from_formula(text, window, **parameters)


def check(landscape: Landscape, points: list[StationaryPoint], window: Window | None = None) -> None:
    """What must hold for every list of stationary points, whatever the surface."""
    (x0, x1), (y0, y1) = window or landscape.window
    width, height = x1 - x0, y1 - y0
    grid = landscapes.grid(landscape.window, 41)
    gradients = np.abs(landscape.gradient(grid))
    steep = float(np.median(gradients[np.isfinite(gradients)]))
    at = np.array([(point.x, point.y) for point in points]).reshape(-1, 2).T
    hessians = landscape.hessian(at).transpose(2, 0, 1)
    norms = np.abs(hessians).max(axis=(1, 2))
    assert np.all(np.abs(landscape.gradient(at)).max(axis=0) <= 1e-9 * steep + 1e-10 * norms * max(width, height))
    assert np.all((at[0] >= x0 - 1e-8 * width) & (at[0] <= x1 + 1e-8 * width))
    assert np.all((at[1] >= y0 - 1e-8 * height) & (at[1] <= y1 + 1e-8 * height))
    np.testing.assert_array_equal([point.value for point in points], landscape.value(at))
    found = np.array([point.eigenvalues for point in points]).reshape(-1, 2)
    exact = np.linalg.eigvalsh(hessians)
    assert np.all(np.abs(found - exact) <= 1e-9 * np.abs(exact) + 1e-12 * norms[:, None])
    for point in points:
        smaller, larger = point.eigenvalues
        assert smaller <= larger
        if point.kind != "degenerate":
            assert point.kind == ("minimum" if smaller > 0 else "maximum" if larger < 0 else "saddle")
            assert smaller * larger != 0
        assert all(type(part) is float for part in (point.x, point.y, point.value, smaller, larger))
    values = [point.value for point in points]
    assert np.all(np.diff(values) >= -1e-8 * (max(values, default=0) - min(values, default=0))), "lowest first, up to rounding"
    places = {(round(point.x / width, 5), round(point.y / height, 5)) for point in points}
    assert len(places) == len(points), "one point is listed twice"


# ---- the catalogue


@pytest.mark.parametrize("name", landscapes.names())
def test_every_point_found_is_stationary_and_rightly_classified(name: str) -> None:
    landscape = landscapes.get(name)
    found = stationary_points(landscape)
    check(landscape, found)
    assert found.complete == (name != "langermann")


@pytest.mark.parametrize("name", landscapes.names())
def test_every_declared_point_is_found(name: str) -> None:
    landscape = landscapes.get(name)
    found = stationary_points(landscape)
    (x0, x1), (y0, y1) = landscape.window
    declared = {"minimum": landscape.minima, "saddle": landscape.saddles}
    for kind, points in declared.items():
        for x, y, value in points:
            if (name, x, y) in KINKS:
                assert not near(found, x, y, 1e-3), "a kink has no gradient"
            elif name == "linear_network" and kind == "minimum":
                closest = min(np.hypot(point.x - x, point.y - y) for point in found if point.kind == "degenerate")
                assert closest < 0.3, "the curve is found as a row of points"
            else:
                assert x0 <= x <= x1
                assert y0 <= y <= y1
                (point,) = near(found, x, y)
                assert point.kind == ("degenerate" if "monkey" in name and kind == "saddle" else kind)
                assert point.value == pytest.approx(value, abs=1e-9 * (1 + abs(value)))


@pytest.mark.parametrize("name", COUNTS)
def test_how_many_there_are(name: str) -> None:
    assert counts(stationary_points(landscapes.get(name))) == COUNTS[name]


def test_the_counts_cover_the_catalogue() -> None:
    assert set(COUNTS) == set(landscapes.names()) - set(NOT_COUNTED)


def turns_around_cells(landscape: Landscape, n: int) -> dict[int, int]:
    """How often the gradient turns around once, forwards or backwards, on the way around each cell of an n x n grid.

    It turns once forwards around a minimum or a maximum, once backwards around a saddle, twice backwards around a monkey saddle and not
    at all where there is nothing. No cell's border may run through a stationary point, so the grid is shifted.
    """
    (x0, x1), (y0, y1) = landscape.window
    x, y = np.meshgrid(x0 + (x1 - x0) * (np.arange(n) + 0.37) / n, y0 + (y1 - y0) * (np.arange(n) + 0.41) / n)
    dx, dy = landscape.gradient(np.stack([x.ravel(), y.ravel()]))
    angle = np.arctan2(dy, dx).reshape(n, n)
    right, up = ((np.diff(angle, axis=axis) + np.pi) % (2 * np.pi) - np.pi for axis in (1, 0))
    turns = np.rint((right[:-1] + up[:, 1:] - right[1:] - up[:, :-1]) / (2 * np.pi)).astype(int)
    return {number: int(np.sum(turns == number)) for number in (-1, 1)}


@pytest.mark.parametrize("name", COUNTS)
def test_none_was_overlooked(name: str) -> None:
    """The counts above, found in another way that needs no Newton's method and no Hessian."""
    turns = turns_around_cells(landscapes.get(name), 1500 if name == "beale" else 500)  # Beale's floor bends sharply
    expected = COUNTS[name]
    kinks = 1 if name == "ackley" else 0
    assert turns[1] == expected.get("minimum", 0) + expected.get("maximum", 0) + kinks
    assert turns[-1] == expected.get("saddle", 0) + 2 * expected.get("degenerate", 0)  # a monkey saddle's two turns fall in two cells


def test_himmelblaus_hill() -> None:
    found = stationary_points(landscapes.get("himmelblau"))
    (hill,) = near(found, -0.270845, -0.923039)
    assert hill.kind == "maximum"
    assert hill.value == pytest.approx(181.616522, abs=1e-6)
    assert found[-1] == hill
    assert [point.kind for point in found[:4]] == ["minimum"] * 4


def test_rastrigins_lattice() -> None:
    """Its points are all pairs of the stationary points in one dimension."""
    found = stationary_points(landscapes.get("rastrigin"))
    places = sorted({round(point.x, 9) for point in found})
    assert places == sorted({round(point.y, 9) for point in found})
    assert len(places) == 21
    assert {(round(point.x, 9), round(point.y, 9)) for point in found} == set(itertools.product(places, places))
    for point in found:
        parity = places.index(round(point.x, 9)) % 2 + places.index(round(point.y, 9)) % 2  # the lowest place is a minimum
        assert point.kind == ("minimum", "saddle", "maximum")[parity]


def test_ackleys_nearest_ring() -> None:
    found = stationary_points(landscapes.get("ackley"))
    ring = found[:4]
    for x, y in ((0.952167, 0), (-0.952167, 0), (0, 0.952167), (0, -0.952167)):
        (point,) = near(ring, x, y)
        assert point.kind == "minimum"
        assert point.value == pytest.approx(2.579928, abs=1e-6)


def test_the_curve_of_the_linear_network() -> None:
    found = stationary_points(landscapes.get("linear_network"))
    curve = [point for point in found if point.kind == "degenerate"]
    assert [(point.x, point.y) for point in found if point.kind == "saddle"] == [(0.0, 0.0)]
    assert 10 < len(curve) < 200, "a row of points along the curve, neither hundreds of them nor gaps"
    for point in curve:
        assert point.x * point.y == pytest.approx(1, abs=1e-9)
        assert point.eigenvalues == pytest.approx((0, point.x**2 + point.y**2), abs=1e-9)
    assert min(point.x for point in curve if point.x > 0) < 0.5
    assert max(point.x for point in curve) > 3


def test_easoms_hole() -> None:
    found = stationary_points(landscapes.get("easom"))
    assert (found[0].x, found[0].y) == pytest.approx((math.pi, math.pi), abs=1e-9)
    assert (found[0].value, found[0].kind) == (-1.0, "minimum")
    assert all(abs(point.value) < 1e-2 for point in found[1:])


@pytest.mark.parametrize("name", landscapes.names())
def test_other_parameters(name: str) -> None:
    original = landscapes.get(name)
    for position in (0.2, 0.7):
        chosen = {
            parameter.name: low + (high - low) * position for parameter in original.parameters for low, high in [parameter.slider_range]
        }
        if chosen:
            landscape = original.with_parameters(**chosen)
            check(landscape, stationary_points(landscape))


# ---- another window


def test_another_window() -> None:
    himmelblau = landscapes.get("himmelblau")
    corner = ((0.0, 6.0), (0.0, 6.0))
    found = stationary_points(himmelblau, corner)
    check(himmelblau, found, corner)
    everywhere = stationary_points(himmelblau)
    assert len(found) == 3  # (3, 2) and two saddles
    for point in found:
        (same,) = near(everywhere, point.x, point.y)
        assert same.kind == point.kind


def test_a_wider_window() -> None:
    wide = ((-9.12, 9.12), (-5.12, 5.12))
    found = stationary_points(landscapes.get("rastrigin"), wide)
    check(landscapes.get("rastrigin"), found, wide)
    assert counts(found)["minimum"] == 19 * 11
    assert counts(found)["maximum"] == 18 * 10


def test_shuberts_eighteen() -> None:
    """As the literature counts them in the square from -10 to 10."""
    found = stationary_points(landscapes.get("shubert"), ((-10.0, 10.0), (-10.0, 10.0)))
    assert sum(point.value < -186.73 for point in found) == 18


def test_a_window_without_any() -> None:
    assert stationary_points(landscapes.get("booth"), ((-9.0, -8.0), (-9.0, -8.0))) == []


def test_a_window_with_points_on_its_edge() -> None:
    (point,) = stationary_points(landscapes.get("booth"), ((1.0, 5.0), (-2.0, 3.0)))
    assert (point.x, point.y) == pytest.approx((1.0, 3.0), abs=1e-9)


# the window that is given is not checked. A list raises TypeError (unhashable), a text or an endless
# window something else, and a reversed one silently finds nothing.
@pytest.mark.parametrize("window", [[[-1, 1], [-1, 1]], np.array([[-1.0, 1.0], [-1.0, 1.0]])], ids=["list", "array"])
def test_a_window_may_be_a_list_or_an_array(window: Any) -> None:
    assert len(stationary_points(landscapes.get("ravine"), window)) == 1


@pytest.mark.parametrize(
    "window", ["ab", (), (0, 1), ((1, -1), (-1, 1)), ((0, 0), (0, 1)), ((-1, math.inf), (-1, 1)), ((math.nan, 1), (-1, 1))], ids=str
)
def test_a_window_that_is_none(window: Any) -> None:
    with pytest.raises(ValueError, match="window"):
        stationary_points(landscapes.get("ravine"), window)


def test_the_list_is_the_callers_own() -> None:
    landscape = landscapes.get("himmelblau")
    first = stationary_points(landscape)
    first.clear()
    assert len(stationary_points(landscape)) == 9
    assert stationary_points(landscape) == stationary_points(landscapes.get("himmelblau"))


@pytest.mark.parametrize(
    "landscape",
    [
        landscapes.get("rosenbrock", b=[1.0, 2.0]),
        landscapes.get("himmelblau", a=[11.0, 11.0]),
        landscapes.get("booth").penalized(l2=[0.0, 1.0]),
    ],
    ids=repr,
)
def test_parameters_per_lane_are_refused(landscape: Landscape) -> None:
    with pytest.raises(ValueError, match=f"{landscape.name}: stationary points need one value for each parameter, not an array of them"):
        stationary_points(landscape)


# ---- degenerate surfaces

DEGENERATE = {
    "x**3 - 3*x*y**2": (0.0, 0.0),
    "(x - 0.5)**3 + (y + 0.3)**2": (0.5, -0.3),
    "x**4 + y**4": (0.0, 0.0),
    "(x**2 + y**2)**2": (0.0, 0.0),
    "x**2 + (y - 1)**4": (0.0, 1.0),
    # Newton's method shrinks the distance to a minimum of order n by 1/(n - 1) only at each of its
    # 60 iterations, so one of order 6 or more never converges to the share of 1e-10 that is asked for.
    "x**6 + y**6": (0.0, 0.0),
    "(x - 0.1)**4 + (y + 0.3)**6": (0.1, -0.3),
    "(x**2 + y**2)**3": (0.0, 0.0),
}


@pytest.mark.parametrize(("text", "place"), DEGENERATE.items())
def test_a_point_without_curvature_is_degenerate(text: str, place: tuple[float, float]) -> None:
    landscape = own(text)
    found = stationary_points(landscape)
    check(landscape, found)
    assert [point.kind for point in found] == ["degenerate"]
    assert (found[0].x, found[0].y) == pytest.approx(place, abs=1e-6)


NOTHING = ["x + y", "x", "exp(x) + y", "x*abs(x) + x + y", "abs(x) + abs(y)", "hypot(x, y)", "1/(x**2 + y**2)", "atan(x) + atan(y)"]


@pytest.mark.parametrize("text", NOTHING)
def test_surfaces_without_any(text: str) -> None:
    """Kinks are none: a gradient there is only a convention."""
    assert stationary_points(own(text)) == []


@pytest.mark.parametrize("text", ["0*x + 3", "0*x", "sign(x)", "sign(x)*sign(y) + 2"])
def test_exactly_flat_surfaces_have_none_to_show(text: str) -> None:
    assert stationary_points(own(text)) == []


# where the surface is the same all along one direction the Hessian has no inverse anywhere, Newton's step is
# NaN at every start and a floor that everyone can see is not found (nor, therefore, are `minima`).
@pytest.mark.parametrize("text", ["(x**2 + y**2 - 1)**2", "(x*y - 1)**2", "x**2", "(x + 0.3*y)**2"])
def test_a_curve_of_minima_is_found_as_a_row_of_points(text: str) -> None:
    landscape = own(text)
    found = stationary_points(landscape)
    check(landscape, found)
    floor = [point for point in found if point.kind == "degenerate"]
    assert 10 < len(floor) < 200
    assert all(point.value < 1e-12 for point in floor)


def test_a_surface_that_has_no_value_in_places() -> None:
    (point,) = stationary_points(own("log(x) + 1/x + y**2"))
    assert (point.x, point.y) == pytest.approx((1, 0))
    assert point.kind == "minimum"
    found = stationary_points(own("x + 1/x + y**2"))
    assert [(round(point.x, 9), point.y, point.kind) for point in found] == [(-1, 0, "saddle"), (1, 0, "minimum")]


# RuntimeWarning (an error in tests) from `inf - inf` in `_eigenvalues`, for every surface that overflows in its window.
@pytest.mark.parametrize("text", ["exp(x**4) + y**2", "x**2 + exp(exp(y**2))", "x**999*y**999"])
def test_a_surface_that_overflows_in_places(text: str) -> None:
    landscape = own(text, ((-6.0, 6.0), (-6.0, 6.0)))
    for point in stationary_points(landscape):
        assert np.isfinite([point.x, point.y, point.value, *point.eigenvalues]).all()


# points are sorted by `round(value, 9)`, so a surface that is low all over is not sorted at all.
@pytest.mark.parametrize("reach", [2.0, 5.0, 19.0])
def test_a_minimum_is_one_however_the_surface_soars_far_away(reach: float) -> None:
    """The usual curvature is that of the corners, up to 1e300 times that of the middle."""
    (only,) = stationary_points(own("exp(x**2 + y**2)", ((-reach, reach), (-reach, reach))))
    assert only.kind == "minimum"
    assert (only.x, only.y, only.value, *only.eigenvalues) == pytest.approx((0, 0, 1, 2, 2), abs=1e-9)


@pytest.mark.parametrize("factor", [1e-12, 1e-3, 1e6, 1e12])
def test_the_height_of_a_surface_does_not_matter(factor: float) -> None:
    found = stationary_points(own("k*((x**2 - 1)**2 + (y**2 - 1)**2)", k=1.0))
    low = own(f"{factor}*((x**2 - 1)**2 + (y**2 - 1)**2)")
    scaled = stationary_points(low)
    check(low, scaled)
    assert [point.kind for point in scaled] == [point.kind for point in found]
    assert counts(found) == {"minimum": 4, "saddle": 4, "maximum": 1}


@pytest.mark.parametrize("size", [1e-6, 1e-2, 1e4, 1e8])
def test_the_size_of_the_window_does_not_matter(size: float) -> None:
    landscape = own(f"((x/{size})**2 - 1)**2 + ((y/{size})**2 - 1)**2", ((-2 * size, 2 * size), (-2 * size, 2 * size)))
    found = stationary_points(landscape)
    assert counts(found) == {"minimum": 4, "saddle": 4, "maximum": 1}
    assert all(abs(point.x) == pytest.approx(size, rel=1e-9) for point in found if point.kind == "minimum")


# ---- polynomials whose stationary points are known by construction


def integral(roots: list[float], name: str) -> str:
    """A polynomial in `name`, as a formula, whose derivative is the product of (name - root): constants in Horner's order."""
    slope = np.poly(roots)
    coefficients = np.polyint(slope)
    text = repr(float(coefficients[0]))
    for coefficient in coefficients[1:]:
        text = f"({text})*({name}) + {float(coefficient)!r}" if coefficient >= 0 else f"({text})*({name}) - {-float(coefficient)!r}"
    return text


def spread_out(rng: np.random.Generator, count: int) -> list[float]:
    """Random numbers in (-1.5, 1.5) that are not nearly equal."""
    while True:
        roots = sorted(rng.uniform(-1.5, 1.5, count).tolist())
        if all(b - a > 0.15 for a, b in itertools.pairwise(roots)):
            return roots


@pytest.mark.parametrize("seed", range(12))
def test_random_polynomials(seed: int) -> None:
    """f(u) + g(v), with u and v a linear change of coordinates, so that the Hessian is not diagonal."""
    rng = np.random.default_rng(seed)
    u_roots, v_roots = spread_out(rng, int(rng.integers(1, 5))), spread_out(rng, int(rng.integers(1, 5)))
    a, b = (round(float(number), 3) for number in rng.uniform(-0.7, 0.7, 2))
    change = np.array([[1.0, a], [b, 1.0]])
    corners = np.linalg.solve(change, 2 * np.array([[1, 1, -1, -1], [1, -1, 1, -1]]))
    reach = float(np.abs(corners).max()) * 1.01
    window = ((-reach, reach), (-reach, reach))
    landscape = own(f"{integral(u_roots, f'x + {a}*y')} + {integral(v_roots, f'{b}*x + y')}".replace("+ -", "- "), window)
    found = stationary_points(landscape)
    check(landscape, found)
    assert len(found) == len(u_roots) * len(v_roots)
    for (i, u), (j, v) in itertools.product(enumerate(reversed(u_roots)), enumerate(reversed(v_roots))):
        x, y = np.linalg.solve(change, [u, v])
        (point,) = near(found, x, y, 1e-7)
        assert point.kind == ("minimum", "saddle", "maximum")[i % 2 + j % 2]  # the largest root of a slope is a minimum


def test_a_lattice_too_fine_for_the_starts_gives_no_wrong_points() -> None:
    landscape = own("sin(9*x)*sin(9*y)")
    found = stationary_points(landscape)
    check(landscape, found)
    assert counts(found) == {"minimum": 72, "saddle": 121, "maximum": 72}


# ---- more of them than can be told apart from a grid


@pytest.mark.parametrize(
    ("text", "reach", "expected"),
    [
        ("-cos(20*x) - cos(20*y) + 0.1*(x**2 + y**2)", 5, {"minimum": 31 * 31, "saddle": 2 * 31 * 32, "maximum": 32 * 32}),
        ("20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)", 20, {"minimum": 41 * 41, "saddle": 2 * 41 * 40, "maximum": 40 * 40}),
    ],
    ids=["ripples", "Rastrigin's, wide"],
)
def test_thousands_of_points_are_all_found(text: str, reach: float, expected: dict[str, int]) -> None:
    """Both are f(x) + f(y): the points are all pairs of those in one dimension, counted by the periods of the cosine."""
    landscape = own(text, ((-reach, reach), (-reach, reach)))
    found = stationary_points(landscape)
    assert counts(found) == expected
    assert found.complete
    assert (found[0].x, found[0].y, found[0].kind) == (0.0, 0.0, "minimum")
    centre = simulation.run(landscape, optimizers.get("sgd", lr=1e-4), np.zeros((2, 1)), 40)
    assert measures.outcomes(centre).tolist() == [measures.Outcome.GLOBAL_MINIMUM]
    assert lowest_loss(landscape) == landscape.value([[0.0], [0.0]])[0]


@pytest.mark.parametrize("waves", [50, 4000])
def test_where_not_all_can_be_listed_the_lowest_are_and_it_says_so(waves: int) -> None:
    """The last have several waves in a cell of the finest grid."""
    found = stationary_points(own(f"-cos({waves}*x) - cos({waves}*y) + 0.1*((x - 1)**2 + y**2)", ((-5, 5), (-5, 5))))
    assert not found.complete
    assert 1000 < len(found) <= 8000
    lowest = [math.hypot(point.x - 1, point.y) for point in found[:4]]
    assert max(lowest) < 1.5 * 2 * math.pi / waves, "no other four are nearer to the middle of the bowl"
    assert [point.kind for point in found[:4]] == ["minimum"] * 4


def test_a_long_row_too_fine_for_the_cells_is_not_said_to_be_complete() -> None:
    found = stationary_points(own("sin(300*x) + y**2", ((-5, 5), (-5, 5))))
    assert not found.complete
    assert found[0].value == pytest.approx(-1)


@pytest.mark.parametrize("reach", [200.0, 500.0])
def test_ripples_that_a_wide_window_hides_are_not_said_to_be_complete(reach: float) -> None:
    """Rastrigin's are all within 32 of the middle: where the window is wide, only few of its cells show any."""
    found = stationary_points(landscapes.get("rastrigin"), ((-reach, reach), (-0.9 * reach, 1.1 * reach)))
    assert not found.complete
    assert (found[0].x, found[0].y, found[0].value) == pytest.approx((0, 0, 0), abs=1e-9)
    assert len(near(found, 0.99495863765233, 0)) == 1
