"""The catalogue against formulas and numbers that were copied from the literature, and everything else a landscape promises.

`REFERENCE` holds every surface a second time, written for any namespace with exp, cos and sqrt: NumPy for values, mpmath for derivatives.
`FACTS` holds the stationary points and values of the literature to six decimals.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import pickle
import random
import threading
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import formulas
import landscapes
from landscapes import FormulaError, Landscape, Window
from landscapes.landscape import Point
from landscapes.surface import BLOCK
from parameters import Array, Param

mpmath: Any = importlib.import_module("mpmath")  # comes with SymPy, and has no types

NAMES = [
    "ravine", "matyas", "booth", "rosenbrock", "beale", "himmelblau", "three_hump_camel", "six_hump_camel", "styblinski_tang",
    "goldstein_price", "branin", "mccormick", "dixon_price", "ackley", "rastrigin", "griewank", "easom", "saddle", "monkey_saddle",
    "two_wells", "peaks", "mueller_brown", "linear_network", "pure_saddle", "pure_monkey_saddle", "sphere", "trid", "zakharov", "bukin_6",
    "bohachevsky", "levy_13", "drop_wave", "schaffer_2", "schaffer_4", "schwefel", "eggholder", "shubert", "hoelder_table",
    "cross_in_tray", "langermann", "franke", "michalewicz", "two_weights",
]  # fmt: skip
each = pytest.mark.parametrize("name", landscapes.names())
some = pytest.mark.parametrize("name", ["ravine", "goldstein_price", "ackley", "mueller_brown", "linear_network", "bukin_6", "shubert"])
"""Enough for what does not depend on the surface: polynomials, roots, exponentials, kinks, parameters in degrees."""

# ---- the surfaces once more


def _ravine(m: Any, x: Any, y: Any, condition: Any, angle: Any) -> Any:
    along = x * m.cos(angle * m.pi / 180) + y * m.sin(angle * m.pi / 180)
    across = y * m.cos(angle * m.pi / 180) - x * m.sin(angle * m.pi / 180)
    return 0.5 * along * along + 0.5 * condition * across * across


def _beale(m: Any, x: Any, y: Any) -> Any:
    return sum((constant - x + x * y**power) ** 2 for constant, power in ((1.5, 1), (2.25, 2), (2.625, 3)))


def _goldstein_price(m: Any, x: Any, y: Any) -> Any:
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x * x - 14 * y + 6 * x * y + 3 * y * y)
    return first * (30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x * x + 48 * y - 36 * x * y + 27 * y * y))


def _branin(m: Any, x: Any, y: Any) -> Any:
    valley = y - 5.1 / (4 * m.pi**2) * x**2 + 5 / m.pi * x - 6
    return valley**2 + 10 * (1 - 1 / (8 * m.pi)) * m.cos(x) + 10


def _ackley(m: Any, x: Any, y: Any, a: Any, b: Any, c: Any) -> Any:
    return -a * m.exp(-b * m.sqrt((x * x + y * y) / 2)) - m.exp((m.cos(c * x) + m.cos(c * y)) / 2) + a + m.exp(1)


def _rastrigin(m: Any, x: Any, y: Any, A: Any) -> Any:
    return 2 * A + sum(z * z - A * m.cos(2 * m.pi * z) for z in (x, y))


def _easom(m: Any, x: Any, y: Any, width: Any) -> Any:
    return -m.cos(x) * m.cos(y) * m.exp(-((x - m.pi) ** 2) / width) * m.exp(-((y - m.pi) ** 2) / width)


def _two_wells(m: Any, x: Any, y: Any, right: Any, left: Any, width: Any) -> Any:
    return x**2 + y**2 - sum(depth * m.exp(-((x - at) ** 2 + y**2) / width) for depth, at in ((right, 1), (left, -1)))


def _peaks(m: Any, x: Any, y: Any) -> Any:
    hill = 3 * (1 - x) ** 2 * m.exp(-(x**2) - (y + 1) ** 2)
    return hill - 10 * (x / 5 - x**3 - y**5) * m.exp(-(x**2) - y**2) - m.exp(-((x + 1) ** 2) - y**2) / 3


MUELLER_BROWN = [(-200, -1, 0, -10, 1, 0), (-100, -1, 0, -10, 0, 0.5), (-170, -6.5, 11, -6.5, -0.5, 1.5), (15, 0.7, 0.6, 0.7, -1, 1)]


def _mueller_brown(m: Any, x: Any, y: Any) -> Any:
    return sum(height * m.exp(a * (x - x0) ** 2 + b * (x - x0) * (y - y0) + c * (y - y0) ** 2) for height, a, b, c, x0, y0 in MUELLER_BROWN)


def _bukin_6(m: Any, x: Any, y: Any) -> Any:
    return 100 * m.sqrt(abs(y - x * x / 100)) + abs(x + 10) / 100


def _levy_13(m: Any, x: Any, y: Any) -> Any:
    return m.sin(3 * m.pi * x) ** 2 + (x - 1) ** 2 * (1 + m.sin(3 * m.pi * y) ** 2) + (y - 1) ** 2 * (1 + m.sin(2 * m.pi * y) ** 2)


def _schaffer(wave: Any, x: Any, y: Any) -> Any:
    return (wave - 0.5) / (1 + (x * x + y * y) / 1000) ** 2 + 0.5


def _schwefel(m: Any, x: Any, y: Any) -> Any:
    return sum(418.9828872724337 - z * m.sin(m.sqrt(abs(z))) for z in (x, y))


def _eggholder(m: Any, x: Any, y: Any) -> Any:
    return -(y + 47) * m.sin(m.sqrt(abs(y + 47 + x / 2))) - x * m.sin(m.sqrt(abs(x - (y + 47))))


def _shubert(m: Any, x: Any, y: Any) -> Any:
    first, second = (sum(i * m.cos((i + 1) * z + i) for i in range(1, 6)) for z in (x, y))
    return first * second


def _hoelder_table(m: Any, x: Any, y: Any) -> Any:
    return -abs(m.sin(x) * m.cos(y)) * m.exp(abs(1 - m.sqrt(x * x + y * y) / m.pi))


def _cross_in_tray(m: Any, x: Any, y: Any) -> Any:
    return -((abs(m.sin(x) * m.sin(y)) * m.exp(abs(100 - m.sqrt(x * x + y * y) / m.pi)) + 1) ** (m.pi / m.pi / 10)) / 10000


STONES = [(1, 3, 5), (2, 5, 2), (5, 2, 1), (2, 1, 4), (3, 7, 9)]


def _langermann(m: Any, x: Any, y: Any) -> Any:
    squares = [(c, (x - a) ** 2 + (y - b) ** 2) for c, a, b in STONES]
    return -sum(c * m.exp(-square / m.pi) * m.cos(m.pi * square) for c, square in squares)


def _franke(m: Any, x: Any, y: Any) -> Any:
    u, v = 9 * x, 9 * y
    hills = 3 * m.exp(-((u - 2) ** 2) / 4 - (v - 2) ** 2 / 4) / 4 + 3 * m.exp(-((u + 1) ** 2) / 49 - v / 10 - m.pi / m.pi / 10) / 4
    return hills + m.exp(-((u - 7) ** 2) / 4 - (v - 3) ** 2 / 4) / 2 - m.exp(-((u - 4) ** 2) - (v - 7) ** 2) / 5


def _michalewicz(m: Any, x: Any, y: Any) -> Any:
    return -sum(m.sin(z) * m.sin(i * z * z / m.pi) ** 20 for i, z in ((1, x), (2, y)))


def _two_weights(m: Any, x: Any, y: Any, a: Any, b: Any) -> Any:
    errors = [y * m.sinh(x * u) / m.cosh(x * u) - b * m.sinh(a * u) / m.cosh(a * u) for u in (m.pi / m.pi / 2, 1, 2)]
    return sum(error * error for error in errors) / 3


REFERENCE: dict[str, Callable[..., Any]] = {
    "ravine": _ravine,
    "matyas": lambda m, x, y, coupling: 0.26 * (x**2 + y**2) - coupling * x * y,
    "booth": lambda m, x, y: (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2,
    "rosenbrock": lambda m, x, y, a, b: (a - x) ** 2 + b * (y - x**2) ** 2,
    "beale": _beale,
    "himmelblau": lambda m, x, y, a, b: (x**2 + y - a) ** 2 + (x + y**2 - b) ** 2,
    "three_hump_camel": lambda m, x, y: 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2,
    "six_hump_camel": lambda m, x, y: (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (-4 + 4 * y**2) * y**2,
    "styblinski_tang": lambda m, x, y, tilt: sum(z**4 - 16 * z**2 + tilt * z for z in (x, y)) / 2,
    "goldstein_price": _goldstein_price,
    "branin": _branin,
    "mccormick": lambda m, x, y: m.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1,
    "dixon_price": lambda m, x, y, b: (x - 1) ** 2 + b * (2 * y**2 - x) ** 2,
    "ackley": _ackley,
    "rastrigin": _rastrigin,
    "griewank": lambda m, x, y, ripple: (x**2 + y**2) / 4000 + ripple * (1 - m.cos(x) * m.cos(y / m.sqrt(2))),
    "easom": _easom,
    "saddle": lambda m, x, y, fall: x**2 - fall * y**2 + y**4 / 2,
    "monkey_saddle": lambda m, x, y, bowl: x**3 - 3 * x * y**2 + bowl * (x**2 + y**2) ** 2,
    "two_wells": _two_wells,
    "peaks": _peaks,
    "mueller_brown": _mueller_brown,
    "linear_network": lambda m, x, y, target: (target - x * y) ** 2 / 2,
    "pure_saddle": lambda m, x, y, fall: x**2 - fall * y**2,
    "pure_monkey_saddle": lambda m, x, y: x**3 - 3 * x * y**2,
    "sphere": lambda m, x, y: x * x + y * y,
    "trid": lambda m, x, y: (x - 1) ** 2 + (y - 1) ** 2 - x * y,
    "zakharov": lambda m, x, y: x * x + y * y + (x / 2 + y) ** 2 + (x / 2 + y) ** 4,
    "bukin_6": _bukin_6,
    "bohachevsky": lambda m, x, y, ripple: x**2 + 2 * y**2 + ripple * (1 - m.cos(3 * m.pi * x)) + 2 * (1 - m.cos(4 * m.pi * y)) / 5,
    "levy_13": _levy_13,
    "drop_wave": lambda m, x, y: -(1 + m.cos(12 * m.sqrt(x * x + y * y))) / ((x * x + y * y) / 2 + 2),
    "schaffer_2": lambda m, x, y: _schaffer(m.sin(x**2 - y**2) ** 2, x, y),
    "schaffer_4": lambda m, x, y: _schaffer(m.cos(m.sin(abs(x**2 - y**2))) ** 2, x, y),
    "schwefel": _schwefel,
    "eggholder": _eggholder,
    "shubert": _shubert,
    "hoelder_table": _hoelder_table,
    "cross_in_tray": _cross_in_tray,
    "langermann": _langermann,
    "franke": _franke,
    "michalewicz": _michalewicz,
    "two_weights": _two_weights,
}


def both_signs(x: float, y: float, value: float) -> list[Point]:
    return [(x, y, value), (-x, -y, value)]


def all_signs(x: float, y: float, value: float) -> list[Point]:
    return [(i * x, j * y, value) for i in (1, -1) for j in (1, -1)]


def swapped(x: float, y: float, value: float) -> list[Point]:
    return [(x, y, value), (y, x, value)]


def crossed(x: float, value: float) -> list[Point]:
    return [(x, 0, value), (-x, 0, value), (0, x, value), (0, -x, value)]


LOW, MIDDLE, HIGH = -2.903534, 0.156731, 2.746803  # the stationary points of Styblinski-Tang along each axis
MINIMA: dict[str, list[Point]] = {
    "ravine": [(0, 0, 0)],
    "matyas": [(0, 0, 0)],
    "booth": [(1, 3, 0)],
    "rosenbrock": [(1, 1, 0)],
    "beale": [(3, 0.5, 0)],
    "himmelblau": [(3, 2, 0), (3.584428, -1.848127, 0), (-3.779310, -3.283186, 0), (-2.805118, 3.131313, 0)],
    "three_hump_camel": [(0, 0, 0), *both_signs(1.747552, -0.873776, 0.298638)],
    "six_hump_camel": [
        *both_signs(0.089842, -0.712656, -1.031628),
        *both_signs(1.703607, -0.796084, -0.215464),
        *both_signs(1.607105, 0.568651, 2.104250),
    ],
    "styblinski_tang": [(LOW, LOW, -78.332331), *swapped(LOW, HIGH, -64.195612), (HIGH, HIGH, -50.058893)],
    "goldstein_price": [(0, -1, 3), (-0.6, -0.4, 30), (1.8, 0.2, 84), (1.2, 0.8, 840)],
    "branin": [(-3.141593, 12.275, 0.397887), (3.141593, 2.275, 0.397887), (9.424778, 2.475, 0.397887)],
    "mccormick": [(-0.547198, -1.547198, -1.913223), (2.594395, 1.594395, 1.228370)],
    "dixon_price": [(1, 0.707107, 0), (1, -0.707107, 0)],
    "ackley": [(0, 0, 0), *crossed(0.952167, 2.579928)],
    "rastrigin": [(0, 0, 0), *crossed(0.994959, 0.994959)],
    "griewank": [(0, 0, 0), *all_signs(3.140023, 4.438444, 0.007396)],
    "easom": [(3.141593, 3.141593, -1)],
    "saddle": [(0, 1, -0.5), (0, -1, -0.5)],
    "monkey_saddle": [(-3, 0, -6.75), (1.5, 2.598076, -6.75), (1.5, -2.598076, -6.75)],
    "two_wells": [(-0.936301, 0, -2.063090), (0.905318, 0, -1.092732)],
    "peaks": [(0.228279, -1.625535, -6.551133), (-1.347396, 0.204519, -3.049849), (0.296446, 0.320196, -0.064936)],
    "mueller_brown": [(-0.558224, 1.441726, -146.699517), (0.623499, 0.028038, -108.166724), (-0.050011, 0.466694, -80.767818)],
    "linear_network": [(sign * x, sign / x, 0) for sign in (1, -1) for x in (0.5, 1, 2)],
    "pure_saddle": [],
    "pure_monkey_saddle": [],
    "sphere": [(0, 0, 0)],
    "trid": [(2, 2, -2)],
    "zakharov": [(0, 0, 0)],
    "bukin_6": [(-10, 1, 0)],
    "bohachevsky": [(0, 0, 0), *both_signs(0.618612, 0, 0.412927), *both_signs(0, 0.469528, 0.469882)],
    "levy_13": [
        (1, 1, 0),
        *((1 + side, 1, 0.109874) for side in (0.329619, -0.329619)),
        *((1 + i * 0.328334, 1 + j * 0.266107, 0.288712) for i in (1, -1) for j in (1, -1)),
    ],
    "drop_wave": [(0, 0, -1)],
    "schaffer_2": [(0, 0, 0), *crossed(1.772313, 0.003127)],
    "schaffer_4": crossed(1.253132, 0.292579),
    "schwefel": [(420.968746, 420.968746, 0), *swapped(-302.524936, 420.968746, 118.438335), *swapped(203.814253, 420.968746, 217.139669)],
    "eggholder": [(522.160529, 413.315798, -976.911001), (482.353310, 432.878999, -956.918232)],
    "shubert": [*swapped(-1.425128, -0.800321, -186.730909), *swapped(4.858057, -0.800321, -186.730909)],
    "hoelder_table": all_signs(8.055023, 9.664590, -19.208503),
    "cross_in_tray": all_signs(1.349407, 1.349407, -2.062612),
    "langermann": [(2.002992, 1.006096, -5.162126), (2.241811, 1.091888, -4.904366), (1.928939, 1.243795, -4.892809)],
    "franke": [(0.455710, 0.784191, 0.001115)],
    "two_weights": both_signs(2, 1, 0),
    "michalewicz": [(2.202906, 1.570796, -1.801303), (2.202906, 2.711571, -1.214060)],
}
SADDLES: dict[str, list[Point]] = {
    "beale": [(0, 1, 14.203125), (0.100538, -2.644514, 9.864512)],
    "himmelblau": [
        (3.385154, 0.073852, 13.311926),
        (0.086678, 2.884255, 67.719150),
        (-3.073026, -0.081353, 104.015163),
        (-0.127961, -1.953715, 178.337239),
    ],
    "three_hump_camel": both_signs(1.070542, -0.535271, 0.877362),
    "six_hump_camel": [
        (0, 0, 0),
        *both_signs(1.109205, -0.768268, 0.543719),
        *both_signs(1.638068, 0.228674, 2.229357),
        *both_signs(1.296070, 0.605084, 2.229471),
    ],
    "styblinski_tang": [*swapped(LOW, MIDDLE, -38.970553), *swapped(HIGH, MIDDLE, -24.833834)],
    "goldstein_price": [(-0.4, -0.6, 35), (1.2, -0.2, 99), (1.4, 0.6, 980), (0.6, 0.4, 990)],
    "branin": [(0, 6, 19.602113), (6.283185, 1.1, 19.602113)],
    "mccormick": [(1.547198, 0.547198, 1.913223)],
    "dixon_price": [(1 / 3, 0, 2 / 3)],
    "rastrigin": crossed(0.502546, 20.251273),
    "griewank": all_signs(1.572368, 2.222553, 1.001852),
    "saddle": [(0, 0, 0)],
    "monkey_saddle": [(0, 0, 0)],
    "two_wells": [(0.068602, 0, -0.031374)],
    "peaks": [(0.416323, -0.394145, 0.408548)],
    "mueller_brown": [(-0.822002, 0.624313, -40.664844), (0.212487, 0.292988, -72.248940)],
    "linear_network": [(0, 0, 0.5)],
    "two_weights": [(0, 0, 0.836011)],
    "pure_saddle": [(0, 0, 0)],
    "pure_monkey_saddle": [(0, 0, 0)],
    "bohachevsky": [*both_signs(0.360708, 0, 0.720181), *both_signs(0, 0.267040, 0.933485)],
    "langermann": [(2.189873, 1.074319, -4.893247), (1.939647, 1.204647, -4.888560)],
    "franke": [(0.616031, 0.857141, 0.121010), (0.556037, 0.277376, 0.500559)],
}
KINKS = {("ackley", 0.0, 0.0), ("bukin_6", -10.0, 1.0)}
"""Declared points where the surface is not smooth."""
DEGENERATE = {("monkey_saddle", 0.0, 0.0), ("pure_monkey_saddle", 0.0, 0.0)}
"""Declared saddles where the whole Hessian vanishes."""

# ---- what the tests share


def drawn(parameter: Param, position: float) -> float:
    """A value at that share of the slider's reach, spaced as the slider is."""
    low, high = parameter.slider_range
    if parameter.log:
        return float(low * (high / low) ** position)
    return float(low + (high - low) * position)


def settings_of(name: str) -> list[dict[str, float]]:
    """The default parameters, two sets drawn from their ranges, and both ends of the ranges."""
    parameters = landscapes.get(name).parameters
    if not parameters:
        return [{}]
    rng = random.Random(zlib.crc32(name.encode()))
    positions = [[rng.uniform(0.05, 0.95) for _ in parameters] for _ in range(2)] + [[0.0] * len(parameters), [1.0] * len(parameters)]
    return [{}, *({p.name: drawn(p, at) for p, at in zip(parameters, row, strict=True)} for row in positions)]


def variants(name: str) -> list[Landscape]:
    return [landscapes.get(name, **setting) for setting in settings_of(name)]


def numbers(landscape: Landscape) -> dict[str, float]:
    return {name: float(value) for name, value in landscape.values.items()}


def scattered(window: Window, n: int, seed: int = 0) -> Array:
    low, high = np.array(window, dtype=float).T
    return np.ascontiguousarray(np.random.default_rng(seed).uniform(low, high, (n, 2)).T)


def reference_value(landscape: Landscape, points: Array) -> Array:
    return np.asarray(REFERENCE[landscape.key](np, points[0], points[1], **numbers(landscape)), dtype=float) + np.zeros(points.shape[1])


def reference_derivatives(landscape: Landscape, x: float, y: float) -> dict[str, float]:
    """Central differences in 60 digits, exact to about 28 of them."""
    with mpmath.workdps(60):
        h = mpmath.mpf(10) ** -16
        given = {name: mpmath.mpf(value) for name, value in numbers(landscape).items()}
        f = {
            (i, j): mpmath.mpf(REFERENCE[landscape.key](mpmath, mpmath.mpf(x) + i * h, mpmath.mpf(y) + j * h, **given))
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
        }
        exact = {
            "value": f[0, 0],
            "dx": (f[1, 0] - f[-1, 0]) / (2 * h),
            "dy": (f[0, 1] - f[0, -1]) / (2 * h),
            "dxx": (f[1, 0] - 2 * f[0, 0] + f[-1, 0]) / h**2,
            "dxy": (f[1, 1] - f[1, -1] - f[-1, 1] + f[-1, -1]) / (4 * h**2),
            "dyy": (f[0, 1] - 2 * f[0, 0] + f[0, -1]) / h**2,
        }
        return {name: float(value) for name, value in exact.items()}


def assert_close(found: Array, exact: Array, tolerance: float, scale: float | None = None) -> None:
    """Relative to each number, or to the usual size of them all where one happens to be nearly zero."""
    usual = max(float(np.median(np.abs(exact))), 1e-12 * float(np.max(np.abs(exact)))) if scale is None else scale
    assert found.shape == exact.shape
    assert np.all(np.abs(found - exact) <= tolerance * np.maximum(np.abs(exact), usual) + 1e-300)


def steepness(landscape: Landscape) -> float:
    """The usual size of the gradient in the window."""
    return float(np.median(np.abs(landscape.gradient(landscapes.grid(landscape.window, 21)))))


def eigenvalues(landscape: Landscape, x: float, y: float) -> tuple[float, float]:
    smaller, larger = np.linalg.eigvalsh(landscape.hessian([[x], [y]])[:, :, 0])
    return float(smaller), float(larger)


# ---- the catalogue


def test_the_names_are_a_contract() -> None:
    assert sorted(landscapes.names()) == sorted(NAMES)
    assert len(set(landscapes.names())) == len(landscapes.names())
    assert set(REFERENCE) == set(MINIMA) == set(NAMES)
    assert set(SADDLES) <= set(NAMES)


def test_names_are_grouped_by_kind() -> None:
    kinds = [landscapes.get(name).kind for name in landscapes.names()]
    assert [kind for kind, _ in itertools.groupby(kinds)] == list(landscapes.KINDS)


def test_names_gives_a_list_of_its_own() -> None:
    landscapes.names().clear()
    assert landscapes.names()


@each
def test_the_facts_that_a_page_shows(name: str) -> None:
    landscape = landscapes.get(name)
    assert landscape.key == name
    assert landscape.kind in landscapes.KINDS
    assert landscape.name[0].isupper()
    assert landscape.latex
    assert len(landscape.source) > 5
    assert landscape.about.endswith((".", "?"))
    assert "\n" not in landscape.about
    (x0, x1), (y0, y1) = landscape.window
    assert x0 < x1
    assert y0 < y1
    x, y = landscape.start
    assert x0 < x < x1
    assert y0 < y < y1
    assert np.hypot(*landscape.gradient([[x], [y]])) > 0, "a trajectory that starts here would not move"
    assert all(parameter.help for parameter in landscape.parameters)
    assert repr(landscape).startswith(f"<Landscape {landscape.name}")
    for point in (*landscape.minima, *landscape.saddles):
        assert [type(part) for part in point] == [float, float, float]
    assert landscape.unbounded == name.startswith("pure_")


def test_kinds() -> None:
    assert landscapes.KINDS == ("bowl", "ravine", "saddle", "local minima", "plateau")
    with pytest.raises(ValueError, match="'hill' is none of bowl, ravine, saddle, local minima, plateau"):
        Landscape("Test", formula="x + y", window=((0, 1), (0, 1)), kind="hill")


@each
def test_value_against_a_second_formula(name: str) -> None:
    for landscape in variants(name):
        points = np.concatenate([landscapes.grid(landscape.window, 21), scattered(landscape.window, 100)], axis=1)
        found = landscape.value(points)
        exact = reference_value(landscape, points)
        # The terms of a sum may cancel, in the reference as well: Goldstein-Price has terms a million times its value.
        assert_close(found, exact, 1e-11)


@each
def test_value_against_its_own_formula_evaluated_plainly(name: str) -> None:
    for landscape in variants(name):
        points = scattered(landscape.window, 50, seed=1)
        units = {parameter.name: parameter.unit_value for parameter in landscape.parameters}
        values = {key: value * units[key] for key, value in numbers(landscape).items()}
        plain = formulas.evaluate(landscape.tree, {"x": points[0], "y": points[1], **values})
        assert_close(landscape.value(points), np.asarray(plain), 1e-11)


@each
def test_gradient_and_hessian_against_high_precision(name: str) -> None:
    for landscape in variants(name)[:3]:
        points = np.concatenate([scattered(landscape.window, 6, seed=2), np.array([landscape.start]).T], axis=1)
        exact = [reference_derivatives(landscape, x, y) for x, y in points.T]
        gradient = np.array([[row[key] for row in exact] for key in ("dx", "dy")])
        hessian = np.array([[[row[key] for row in exact] for key in keys] for keys in (("dxx", "dxy"), ("dxy", "dyy"))])
        assert_close(landscape.value(points), np.array([row["value"] for row in exact]), 1e-11)
        assert_close(landscape.gradient(points), gradient, 1e-10)
        assert_close(landscape.hessian(points), hessian, 1e-10, float(np.median(np.max(np.abs(hessian), axis=(0, 1)))))


@each
def test_gradient_and_hessian_are_those_of_the_value(name: str) -> None:
    """Plain central differences, no better than six digits but blind to every formula."""
    landscape = landscapes.get(name)
    points, h = scattered(landscape.window, 40, seed=3), 1e-5
    for axis in (0, 1):
        step = np.zeros((2, 1))
        step[axis] = h
        slope = (landscape.value(points + step) - landscape.value(points - step)) / (2 * h)
        assert_close(landscape.gradient(points)[axis], slope, 1e-4)
        bend = (landscape.gradient(points + step) - landscape.gradient(points - step)) / (2 * h)
        assert_close(landscape.hessian(points)[:, axis], bend, 1e-4)


@each
def test_everything_is_finite_all_over_the_window(name: str) -> None:
    """On a grid that holds the edges and, since it has a middle, the kinks at the origin; and at each declared point. Nothing warns."""
    for landscape in variants(name):
        declared = [point[:2] for point in (*landscape.minima, *landscape.saddles)]
        special = np.array([(0.0, 0.0), (-0.0, 0.0), landscape.start, *declared]).T
        points = np.concatenate([landscapes.grid(landscape.window, 101), special], axis=1)
        (x0, x1), (y0, y1) = landscape.window
        assert np.isin([x0, x1], points[0]).all()
        assert np.isin([y0, y1], points[1]).all()
        quantities = landscape.evaluate(("value", "dx", "dy", "dxx", "dxy", "dyy"), points)
        assert np.isfinite(quantities).all()
        assert np.isfinite(landscape.penalized(l1=1.0, l2=1.0).gradient(points)).all()


def test_the_grid_covers_the_window() -> None:
    points = landscapes.grid(((-1, 2), (0, 4)), 4)
    assert points.shape == (2, 16)
    np.testing.assert_array_equal(points[0, :4], [-1, 0, 1, 2])
    np.testing.assert_array_equal(points[1, ::4], [0, 4 / 3, 8 / 3, 4])


def test_the_slope_at_ackleys_tip_is_the_mean_of_all_sides() -> None:
    landscape = landscapes.get("ackley")
    np.testing.assert_array_equal(landscape.gradient([[0.0], [0.0]]), 0.0)
    near = landscape.gradient([[1e-8, -1e-8], [0.0, 0.0]])
    np.testing.assert_allclose(near[0], [20 * 0.2 / 2**0.5, -20 * 0.2 / 2**0.5], rtol=1e-6)


@pytest.mark.parametrize("name", ["rosenbrock", "ackley", "easom", "mueller_brown"])
def test_no_finite_value_is_no_error_and_no_warning(name: str) -> None:
    points = np.array([[np.nan, 0.0, np.inf, 1e200, -1e308], [0.0, np.nan, -np.inf, 1e200, 1e308]])
    landscape = landscapes.get(name)
    for quantity in (landscape.value(points), landscape.gradient(points), landscape.hessian(points)):
        assert np.isnan(quantity[..., :2]).any()


# ---- points in, arrays out


@some
def test_shapes_and_types(name: str) -> None:
    landscape = landscapes.get(name)
    for n in (0, 1, 2, 7):
        points = scattered(landscape.window, n)
        for quantity, shape in ((landscape.value, (n,)), (landscape.gradient, (2, n)), (landscape.hessian, (2, 2, n))):
            result = quantity(points)
            assert result.shape == shape
            assert result.dtype == np.float64


@some
def test_the_hessian_is_symmetric(name: str) -> None:
    for landscape in variants(name):
        hessian = landscape.hessian(scattered(landscape.window, 30))
        np.testing.assert_array_equal(hessian[0, 1], hessian[1, 0])


@some
def test_arguments_are_left_alone_and_results_are_new(name: str) -> None:
    landscape = landscapes.get(name)
    points = scattered(landscape.window, 9)
    kept = points.copy()
    points.setflags(write=False)
    first = [quantity(points) for quantity in (landscape.value, landscape.gradient, landscape.hessian)]
    copies = [result.copy() for result in first]
    for quantity in (landscape.value, landscape.gradient, landscape.hessian):
        quantity(kept * 0.5)
    np.testing.assert_array_equal(points, kept)
    for result, copy in zip(first, copies, strict=True):
        np.testing.assert_array_equal(result, copy, err_msg="a later call wrote into an earlier one's result")
        assert not np.shares_memory(result, points)
        assert result.flags.writeable


@some
def test_points_may_come_in_any_layout(name: str) -> None:
    landscape = landscapes.get(name)
    points = np.round(scattered(landscape.window, 8))
    expected = landscape.gradient(points)
    wide = np.zeros((4, 16))
    wide[::2, ::2] = points
    layouts: list[Any] = [
        wide[::2, ::2],
        np.asfortranarray(points),
        np.ascontiguousarray(points.T).T,
        np.ascontiguousarray(points[:, ::-1])[:, ::-1],
        points.astype(np.int64),
        points.astype(np.float32),
        points.astype(">f8"),
        points.tolist(),
        tuple(map(tuple, points.tolist())),
    ]
    for layout in layouts:
        np.testing.assert_array_equal(landscape.gradient(layout), expected)


@pytest.mark.parametrize("shape", [(), (2,), (3, 2), (1, 2), (4, 2), (2, 2, 2), (2, 3, 1), (0,)], ids=str)
def test_points_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    landscape = landscapes.get("booth")
    for quantity in (landscape.value, landscape.gradient, landscape.hessian):
        with pytest.raises(ValueError, match=r"points must have the shape \(2, N\): row 0 holds x, row 1 holds y"):
            quantity(np.zeros(shape))


@some
def test_one_point_alone_gives_the_same_bits_as_among_many(name: str) -> None:
    """Across the borders of the blocks in which points are computed, too."""
    landscape = landscapes.get(name)
    points = scattered(landscape.window, 2 * BLOCK + 3, seed=5)
    value, gradient, hessian = landscape.value(points), landscape.gradient(points), landscape.hessian(points)
    for index in (0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 2):
        one = points[:, index : index + 1]
        np.testing.assert_array_equal(landscape.value(one), value[index : index + 1])
        np.testing.assert_array_equal(landscape.gradient(one), gradient[:, index : index + 1])
        np.testing.assert_array_equal(landscape.hessian(one), hessian[:, :, index : index + 1])


@some
def test_several_quantities_at_once_are_the_same(name: str) -> None:
    landscape = landscapes.get(name)
    points = scattered(landscape.window, 20)
    value, dx, dyy = landscape.evaluate(("value", "dx", "dyy"), points)
    np.testing.assert_array_equal(value, landscape.value(points))
    np.testing.assert_allclose(dx, landscape.gradient(points)[0], rtol=1e-13)
    np.testing.assert_allclose(dyy, landscape.hessian(points)[1, 1], rtol=1e-13)


@some
def test_two_threads_do_not_disturb_each_other(name: str) -> None:
    landscape = landscapes.get(name)
    sets = [scattered(landscape.window, n, seed=n) for n in (300, 300, 17, 1)]
    expected = [(landscape.value(points), landscape.gradient(points)) for points in sets]
    barrier = threading.Barrier(len(sets))
    wrong: list[int] = []

    def work(index: int) -> None:
        barrier.wait()
        for _ in range(12):
            for points, (value, gradient) in (*zip(sets[index:], expected[index:], strict=True), (sets[0], expected[0])):
                if not (np.array_equal(landscape.value(points), value) and np.array_equal(landscape.gradient(points), gradient)):
                    wrong.append(index)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(len(sets))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


# ---- parameters


@each
def test_parameters_per_lane_are_the_same_bits_as_one_by_one(name: str) -> None:
    landscape = landscapes.get(name)
    if not landscape.parameters:
        return
    chosen = settings_of(name)[1:]
    lanes = {p.name: np.array([p.default, *(setting[p.name] for setting in chosen)]) for p in landscape.parameters}
    many = landscape.with_parameters(**lanes)
    points = scattered(landscape.window, 1 + len(chosen), seed=7)
    for quantity in ("value", "gradient", "hessian"):
        together = getattr(many, quantity)(points)
        for lane, setting in enumerate(({}, *chosen)):
            alone = getattr(landscape.with_parameters(**setting), quantity)(points[:, lane : lane + 1])
            np.testing.assert_array_equal(together[..., lane : lane + 1], alone)


@pytest.mark.parametrize("special", [0.0, 1.0])
def test_a_lane_that_is_switched_off_is_the_same_bits_too(special: float) -> None:
    """0 and 1 as numbers are built into the program; in an array they are not."""
    for name in landscapes.names():
        landscape = landscapes.get(name)
        for parameter in landscape.parameters:
            if not parameter.low <= special <= parameter.high:
                continue
            points = scattered(landscape.window, 2, seed=8)
            many = landscape.with_parameters(**{parameter.name: [special, drawn(parameter, 0.7)]})
            one = landscape.with_parameters(**{parameter.name: special})
            for quantity in ("value", "gradient", "hessian"):
                np.testing.assert_array_equal(getattr(many, quantity)(points)[..., :1], getattr(one, quantity)(points[:, :1]))


def test_lanes_across_blocks() -> None:
    """Two whole blocks, each with lanes of its own, and a rest."""
    n = 2 * BLOCK + 5
    b = np.linspace(1.0, 100.0, n)
    landscape = landscapes.get("rosenbrock", b=b)
    points = scattered(landscape.window, n)
    x, y = points
    np.testing.assert_allclose(landscape.value(points), (1 - x) ** 2 + b * (y - x**2) ** 2, rtol=1e-12)
    np.testing.assert_allclose(landscape.gradient(points)[1], 2 * b * (y - x**2), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(landscape.hessian(points)[1, 1], 2 * b)
    with pytest.raises(ValueError, match=f"Rosenbrock: b holds {n} values for 3 points; give one for each of them, or a single number"):
        landscape.value(points[:, :3])


def test_a_landscape_keeps_no_hold_on_the_arrays_it_was_given() -> None:
    b = np.array([1.0, 2.0])
    landscape = landscapes.get("rosenbrock", b=b)
    before = landscape.value([[1.0, 1.0], [0.0, 0.0]])
    b[:] = 50.0
    np.testing.assert_array_equal(landscape.value([[1.0, 1.0], [0.0, 0.0]]), before)
    np.testing.assert_array_equal(landscape.values["b"], [1.0, 2.0])
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(landscape.values["b"])[0] = 3.0


def test_a_changed_landscape_leaves_the_catalogue_alone() -> None:
    before = landscapes.get("rosenbrock").values
    changed = landscapes.get("rosenbrock", b=10.0)
    assert changed.values == {"a": 1.0, "b": 10.0}
    assert changed.with_parameters(a=2.0).values == {"a": 2.0, "b": 10.0}, "what is not named is kept"
    assert landscapes.get("rosenbrock").values == before
    values = dict(changed.values)
    values["b"] = 3.0
    assert changed.values["b"] == 10.0


@each
def test_every_parameter_refuses_what_is_outside_and_says_its_name(name: str) -> None:
    for parameter in landscapes.get(name).parameters:
        for value in parameter.outside():
            with pytest.raises((TypeError, ValueError), match=parameter.name) as caught:
                landscapes.get(name, **{parameter.name: value})
            assert landscapes.get(name).name in str(caught.value)
        for inside in (parameter.low, parameter.high, parameter.default):
            assert landscapes.get(name, **{parameter.name: inside}).values[parameter.name] == inside


def test_an_unknown_landscape() -> None:
    with pytest.raises(KeyError, match=r"no landscape is called 'rosenbrok'.*did you mean 'rosenbrock'") as caught:
        landscapes.get("rosenbrok")
    assert all(name in str(caught.value) for name in landscapes.names())


@each
def test_an_unknown_parameter(name: str) -> None:
    landscape = landscapes.get(name)
    with pytest.raises(TypeError, match=f"{landscape.name} has no parameter 'wobble'") as caught:
        landscapes.get(name, wobble=1.0)
    listed = str(caught.value).partition("its parameters: ")[2]
    assert listed == (", ".join(parameter.name for parameter in landscape.parameters) or "none")


def test_the_angle_of_the_ravine_is_in_degrees() -> None:
    turned = landscapes.get("ravine", angle=90.0)
    assert turned.values["angle"] == 90.0
    np.testing.assert_allclose(turned.value([[1.0, 0.0], [0.0, 1.0]]), [10.0, 0.5], rtol=1e-14)
    np.testing.assert_allclose(landscapes.get("ravine", angle=[90.0, 0.0]).value([[1.0, 1.0], [0.0, 0.0]]), [10.0, 0.5], rtol=1e-14)


# ---- stationary points


def assert_points(found: tuple[Point, ...], listed: list[Point]) -> None:
    """Each listed point is among those found, to the six decimals it was printed with."""
    for x, y, value in listed:
        assert any(abs(px - x) < 1e-6 and abs(py - y) < 1e-6 for px, py, _ in found), f"({x}, {y}) is missing"
        nearest = min(found, key=lambda point: abs(point[0] - x) + abs(point[1] - y))
        assert nearest[2] == pytest.approx(value, abs=6e-7, rel=1e-9)


@each
def test_minima_and_saddles_are_those_of_the_literature(name: str) -> None:
    landscape = landscapes.get(name)
    assert_points(landscape.minima, MINIMA[name])
    assert_points(landscape.saddles, SADDLES.get(name, []))
    assert len(landscape.minima) == len(MINIMA[name])
    assert len(landscape.saddles) == (3 if name == "peaks" else len(SADDLES.get(name, [])))


@each
def test_the_values_of_the_literature(name: str) -> None:
    for x, y, value in MINIMA[name] + SADDLES.get(name, []):
        assert landscapes.get(name).value([[x], [y]])[0] == pytest.approx(value, abs=3e-6, rel=1e-9)


@each
def test_declared_points_are_stationary_for_all_parameters(name: str) -> None:
    for landscape in variants(name):
        scale = steepness(landscape)
        for x, y, value in (*landscape.minima, *landscape.saddles):
            smaller, larger = eigenvalues(landscape, x, y)
            rounding = max(abs(smaller), abs(larger)) * max(abs(x), abs(y)) * 1e-12  # a declared point has 14 digits
            assert np.hypot(*landscape.gradient([[x], [y]])[:, 0]) <= 1e-9 * scale + rounding
            assert value == landscape.value([[x], [y]])[0]


@each
def test_declared_points_are_what_they_are_said_to_be(name: str) -> None:
    for landscape in variants(name):
        usual = float(np.median(np.abs(landscape.hessian(landscapes.grid(landscape.window, 21)))))
        for x, y, _ in landscape.minima:
            smaller, larger = eigenvalues(landscape, x, y)
            if (name, x, y) in KINKS:
                continue
            if name == "linear_network":  # a curve of minima: flat along it
                assert abs(smaller) < 1e-9 * usual
                assert larger > 1e-3 * usual
            else:
                assert smaller > 0
        for x, y, _ in landscape.saddles:
            smaller, larger = eigenvalues(landscape, x, y)
            if (name, x, y) in DEGENERATE:
                assert smaller == larger == 0
            else:
                assert smaller < 0 < larger


@each
def test_minima_are_lower_than_all_around(name: str) -> None:
    """Which holds at kinks, too."""
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    for landscape in variants(name):
        size = max(high - low for low, high in landscape.window)
        for x, y, value in landscape.minima:
            around = np.array([[x], [y]]) + 1e-4 * size * np.stack([np.cos(angle), np.sin(angle)])
            assert landscape.value(around).min() >= value - 1e-12 * (abs(value) + 1)


@each
def test_nothing_in_the_window_is_lower_than_the_lowest_minimum(name: str) -> None:
    for landscape in variants(name):
        if landscape.unbounded:
            assert not landscape.minima
            continue
        losses = landscape.value(landscapes.grid(landscape.window, 201))
        assert losses.min() >= min(value for _, _, value in landscape.minima) - 1e-9 * np.ptp(losses)


@each
def test_points_declared_as_formulas_hold_for_all_parameters(name: str) -> None:
    """Where they do, the points are moved with the parameters instead of searched for; both must agree."""
    for landscape in variants(name)[1:]:
        if not landscape.facts_hold or name == "linear_network":
            continue
        found = landscapes.stationary_points(landscape, ((-50, 50), (-50, 50)) if name == "monkey_saddle" else None)
        for x, y, _ in landscape.minima:
            (x0, x1), (y0, y1) = landscape.window
            if x0 < x < x1 and y0 < y < y1:
                assert any(abs(point.x - x) < 1e-6 and abs(point.y - y) < 1e-6 and point.kind != "saddle" for point in found)


def test_which_declared_points_hold_for_which_parameters() -> None:
    assert landscapes.get("rosenbrock", a=1.5, b=3.0).minima == ((1.5, 2.25, 0.0),)
    assert landscapes.get("dixon_price", b=3.0).saddles[0][:2] == (0.25, 0.0)
    assert landscapes.get("saddle", fall=2.0).minima[0] == pytest.approx((0.0, 2**0.5, -2.0))
    moved = landscapes.get("himmelblau", a=10.0)
    assert not moved.facts_hold
    assert len(moved.minima) == 4
    assert not set(moved.minima) & set(landscapes.get("himmelblau").minima)
    assert landscapes.get("himmelblau", a=11.0).facts_hold


def test_facts_that_lessons_rely_on() -> None:
    assert eigenvalues(landscapes.get("ravine"), 0, 0) == (1.0, 20.0)  # gradient descent is stable up to lr = 2/20
    smaller, larger = eigenvalues(landscapes.get("rosenbrock"), 1, 1)
    assert larger / smaller == pytest.approx(2508, abs=0.5)
    smaller, larger = eigenvalues(landscapes.get("booth"), 1, 3)
    assert larger / smaller == pytest.approx(9)
    network = landscapes.get("linear_network")
    assert eigenvalues(network, 0, 0) == pytest.approx((-1, 1))
    for x in (0.25, 0.5, 1.0, 3.0):
        assert eigenvalues(network, x, 1 / x) == pytest.approx((0, x**2 + 1 / x**2), abs=1e-12)
    far = np.abs(landscapes.get("easom").gradient([[-1.0], [-1.5]]))
    assert far.max() < 1e-10


# minima of a landscape with a parameter per lane raise TypeError ("only 0-dimensional arrays ...") or a ValueError about
# points that nobody gave, where the declared points are formulas; otherwise the ValueError of `stationary_points` is right.
@pytest.mark.parametrize(
    ("name", "lanes"), [("rosenbrock", {"a": [1.0, 2.0]}), ("rosenbrock", {"b": [1.0, 2.0]}), ("himmelblau", {"a": [11.0, 11.0]}),
                        ("himmelblau", {"a": [11.0, 12.0]})]
)  # fmt: skip
def test_minima_with_a_parameter_for_each_lane(name: str, lanes: dict[str, list[float]]) -> None:
    with pytest.raises(ValueError, match="one value for each parameter, not an array of them"):
        _ = landscapes.get(name, **lanes).minima


# ---- penalties


@each
def test_penalties_are_exact(name: str) -> None:
    landscape = landscapes.get(name)
    points = np.concatenate([scattered(landscape.window, 30), [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]], axis=1)
    l1, l2 = 0.7, 1.9
    penalized = landscape.penalized(l1=l1, l2=l2)
    value, gradient, hessian = landscape.value(points), landscape.gradient(points), landscape.hessian(points)
    size = l1 * np.abs(points).sum(axis=0) + l2 * (points**2).sum(axis=0) / 2
    pull = l1 * np.sign(points) + l2 * points
    np.testing.assert_allclose(penalized.value(points), value + size, rtol=1e-13, atol=1e-13 * np.abs(value).max())
    np.testing.assert_allclose(penalized.gradient(points), gradient + pull, rtol=1e-12, atol=1e-13 * np.abs(gradient).max())
    expected = hessian + l2 * np.eye(2)[:, :, None]
    np.testing.assert_allclose(penalized.hessian(points), expected, rtol=1e-12, atol=1e-13 * np.abs(hessian).max())
    assert landscape.penalty == {}


def test_a_penalty_replaces_the_one_before_and_survives_new_parameters() -> None:
    ravine = landscapes.get("ravine")
    ridge = ravine.penalized(l2=2.0)
    assert ridge.penalty == {"l2": 2.0}
    assert ridge.penalized(l1=1.0).penalty == {"l1": 1.0}
    assert ridge.penalized().penalty == {}
    assert ridge.penalized() == ravine
    assert ravine.penalized(l1=0.0, l2=0.0) == ravine
    assert ridge.with_parameters(angle=30.0).penalty == {"l2": 2.0}
    assert ridge != ravine
    assert not ridge.facts_hold
    assert r"\lambda_2" in ridge.latex
    assert r"\lambda_1" not in ridge.latex
    assert r"\left|x\right|" in ravine.penalized(l1=1.0).latex


@pytest.mark.parametrize("strengths", [{"l1": -1.0}, {"l2": np.nan}, {"l2": 1e7}, {"l1": [[1.0]]}, {"l1": [1.0, -1.0]}])
def test_a_penalty_of_no_valid_strength(strengths: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"Ravine: {next(iter(strengths))}"):
        landscapes.get("ravine").penalized(**strengths)


def test_an_unknown_penalty() -> None:
    with pytest.raises(TypeError, match=r"no parameter 'l3'.*l1, l2"):
        landscapes.get("ravine").penalized(l3=1.0)
    with pytest.raises(TypeError, match="l1 must be a number"):
        landscapes.get("ravine").penalized(l1="much")


def test_penalties_per_lane() -> None:
    landscape = landscapes.get("himmelblau")
    l1, l2 = np.array([0.0, 1.0, 3.5]), np.array([0.5, 0.0, 2.0])
    points = scattered(landscape.window, 3)
    many = landscape.penalized(l1=l1, l2=l2)
    for quantity in ("value", "gradient", "hessian"):
        together = getattr(many, quantity)(points)
        for lane in range(3):
            alone = getattr(landscape.penalized(l1=l1[lane], l2=l2[lane]), quantity)(points[:, lane : lane + 1])
            np.testing.assert_allclose(together[..., lane : lane + 1], alone, rtol=1e-15)
    with pytest.raises(ValueError, match="holds 3 values for 2 points"):
        many.value(points[:, :2])
    mixed = landscapes.get("rosenbrock", b=[1.0, 2.0]).penalized(l2=[0.0, 4.0])
    np.testing.assert_array_equal(mixed.value([[2.0, 2.0], [0.0, 0.0]]), [1 + 16, 1 + 2 * 16 + 8])


def test_a_ridge_keeps_the_minimum_of_a_centred_ravine_and_moves_others() -> None:
    assert landscapes.get("ravine").penalized(l2=3.0).minima == ((0.0, 0.0, 0.0),)
    for strength in (0.1, 1.0, 10.0):
        ridge = landscapes.get("booth").penalized(l2=strength)
        expected = np.linalg.solve(np.array([[10.0, 8.0], [8.0, 10.0]]) + strength * np.eye(2), [34.0, 38.0])
        assert len(ridge.minima) == 1
        np.testing.assert_allclose(ridge.minima[0][:2], expected, rtol=1e-12)


def test_a_gentle_lasso_moves_the_minimum_off_its_kinks() -> None:
    """Both coordinates stay positive, so the slope of the penalty is constant there."""
    for strength in (0.5, 1.0, 8.0):
        lasso = landscapes.get("booth").penalized(l1=strength)
        expected = np.linalg.solve(np.array([[10.0, 8.0], [8.0, 10.0]]), [34.0 - strength, 38.0 - strength])
        np.testing.assert_allclose([point[:2] for point in lasso.minima], [expected], rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "strength", "expected"),
    [("ravine", 1.0, (0.0, 0.0)), ("booth", 30.0, (0.0, 0.8)), ("booth", 100.0, (0.0, 0.0)), ("dixon_price", 1.0, (1 / 6, 0.0))],
)
def test_a_strong_lasso_puts_coordinates_at_exactly_zero(name: str, strength: float, expected: tuple[float, float]) -> None:
    lasso = landscapes.get(name).penalized(l1=strength)
    around = np.array([expected]).T + 1e-3 * np.array([[1, -1, 0, 0, 1, 1, -1, -1], [0, 0, 1, -1, 1, -1, 1, -1]])
    assert lasso.value(around).min() > lasso.value(np.array([expected]).T)[0], "the test itself knows where the minimum is"
    assert any(point[:2] == pytest.approx(expected, abs=1e-9) for point in lasso.minima)


def test_a_lasso_has_no_false_minima() -> None:
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    names = [*landscapes.names()[::3], "cross_in_tray"]  # its crests have no slope either, as the mean of their sides
    for name, strength in zip(names, itertools.cycle((0.3, 3.0)), strict=False):
        lasso = landscapes.get(name).penalized(l1=strength)
        x, y, value = np.array(lasso.minima).reshape(-1, 3).T
        around = np.stack([x, y])[:, :, None] + 1e-5 * np.stack([np.cos(angle), np.sin(angle)])[:, None, :]
        lowest = lasso.value(around.reshape(2, -1)).reshape(-1, angle.size).min(axis=1)
        assert np.all(lowest >= value - 1e-12 * (np.abs(value) + 1)), name


# ---- objects


@some
def test_pickling_equality_and_hash(name: str) -> None:
    seen: list[Landscape] = []
    for landscape in [*variants(name)[:2], landscapes.get(name).penalized(l1=1.0), landscapes.get(name).penalized(l2=1.0)]:
        landscape.gradient([[0.5], [0.5]])  # with whatever it has cached by now
        twin = pickle.loads(pickle.dumps(landscape))
        assert twin == landscape
        assert hash(twin) == hash(landscape)
        assert repr(twin) == repr(landscape)
        points = scattered(landscape.window, 5)
        np.testing.assert_array_equal(twin.gradient(points), landscape.gradient(points))
        assert twin.minima == landscape.minima
        assert landscape not in seen
        seen.append(landscape)


def test_equality_is_by_value() -> None:
    assert landscapes.get("rosenbrock") == landscapes.get("rosenbrock", a=1.0, b=100)
    assert landscapes.get("rosenbrock", b=[1.0, 2.0]) == landscapes.get("rosenbrock", b=np.array([1, 2]))
    assert landscapes.get("rosenbrock", b=[1.0, 2.0]) != landscapes.get("rosenbrock", b=[1.0, 3.0])
    assert landscapes.get("rosenbrock", b=[1.0, 2.0]) != landscapes.get("rosenbrock", b=1.0)
    assert landscapes.get("pure_saddle") != "pure_saddle"
    window = ((-1, 1), (-1, 1))
    assert landscapes.from_formula("x + y", window) == landscapes.from_formula(" x + y ", ((-1.0, 1.0), (-1.0, 1.0)))
    assert landscapes.from_formula("x + y", window) != landscapes.from_formula("x + y", ((-1, 1), (-1, 2)))
    assert landscapes.from_formula("x + k*y", window, k=1.0) != landscapes.from_formula("x + k*y", window, k=2.0)
    lanes = pickle.loads(pickle.dumps(landscapes.get("rosenbrock", b=[1.0, 2.0])))
    assert lanes == landscapes.get("rosenbrock", b=[1.0, 2.0])


# ---- a user's own formula

WINDOW = ((-2.0, 2.0), (-1.0, 3.0))


def test_from_formula() -> None:
    landscape = landscapes.from_formula("x**2 + k*(y - 1)**2", WINDOW, k=10.0)
    assert landscape.kind == landscapes.OWN_FORMULA
    assert landscape.window == WINDOW
    assert landscape.values == {"k": 10.0}
    assert landscape.minima == ((0.0, 1.0, 0.0),)
    assert landscape.saddles == ()
    assert landscape.latex == r"x^{2} + k\, \left(y - 1\right)^{2}"
    np.testing.assert_array_equal(landscape.value([[1.0], [2.0]]), [11.0])
    assert landscape.with_parameters(k=2.0).value([[1.0], [2.0]]) == [3.0]
    np.testing.assert_array_equal(landscape.with_parameters(k=[1.0, 2.0]).value([[1.0, 1.0], [2.0, 2.0]]), [2.0, 3.0])
    assert landscapes.from_formula("x**2 - y**2", ((-1, 1), (-1, 1))).saddles == ((0.0, 0.0, 0.0),)


@each
def test_every_formula_of_the_catalogue_can_be_typed_in(name: str) -> None:
    """With the parameters found in the text, as a page would do it."""
    landscape = landscapes.get(name)
    missing = formulas.unknown_names(landscape.formula, ("x", "y"))
    assert set(missing) == set(landscape.values)
    units = {parameter.name: parameter.unit_value for parameter in landscape.parameters}
    typed = landscapes.from_formula(landscape.formula, landscape.window, **{key: numbers(landscape)[key] * units[key] for key in missing})
    points = scattered(landscape.window, 10)
    np.testing.assert_allclose(typed.value(points), landscape.value(points), rtol=1e-12)


def test_a_parameter_may_come_with_its_range() -> None:
    landscape = landscapes.from_formula("x**2 + depth*y**2", WINDOW, depth=Param("depth", 1.0, 0.5, 2.0, help="How deep."))
    assert landscape.parameters[0].help == "How deep."
    with pytest.raises(ValueError, match=r"depth = 3 is outside its range; choose a number from 0\.5 to 2"):
        landscape.with_parameters(depth=3.0)


@pytest.mark.parametrize("value", [0.0, 1.0, -3.0, 0.5, 1e-7, 250.0, 1e6, -1e6, 3, True, np.float32(2.5)])
def test_a_free_parameter_gets_a_slider_around_it(value: float) -> None:
    parameter = landscapes.from_formula("x + k*y", WINDOW, k=value).parameters[0]
    assert parameter.default == float(value)
    low, high = parameter.slider_range
    assert low <= value <= high
    assert high - low <= max(20 * abs(value), 20)
    assert not parameter.integer
    assert float(value) in parameter.stops()


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("a", TypeError, "k must be a number"),
        (None, TypeError, "k must be a number"),
        (1j, TypeError, "k must be a number"),
        (np.nan, ValueError, "k = nan is not a finite number"),
        (np.inf, ValueError, "k = inf is not a finite number"),
        (1e7, ValueError, "k = 1e7 is outside its range; choose a number from -1e6 to 1e6"),
        ([1.0, 2.0], ValueError, "'k' needs one number; arrays can be set afterwards"),
        ([[1.0]], ValueError, "k must be a number"),
    ],
)
def test_parameters_of_an_own_formula_that_are_refused(value: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        landscapes.from_formula("x + k*y", WINDOW, k=value)


def test_parameters_must_fit_the_formula() -> None:
    with pytest.raises(FormulaError, match="unknown name 'k' at column 5"):
        landscapes.from_formula("x + k*y", WINDOW)
    with pytest.raises(FormulaError, match="the parameter 'k' does not appear in the formula; use it or leave it out"):
        landscapes.from_formula("x + y", WINDOW, k=1.0)


@pytest.mark.parametrize("name", ["x", "y", "pi", "e"])
def test_a_reserved_name_is_refused(name: str) -> None:
    with pytest.raises(FormulaError, match=f"a parameter cannot be called '{name}'"):
        landscapes.from_formula("x + y", WINDOW, **{name: 1.0})


@pytest.mark.parametrize(
    "name",
    [
        "value",
        "dx",
        "dxx",
        "name",
        "vector",
        "t0",
        "l1",
        "l2",
        "penalty",
        "power",
        "floor",
        "S",
        "I",
        "oo",
        "_",
        "__class__",
        "sin",
        "abs",
        "xy",
        "X",
        "x1",
    ],
)
def test_any_other_name_is_free(name: str) -> None:
    """Also names that mean something inside: outputs, shapes, functions for update rules only, SymPy's own."""
    landscape = landscapes.from_formula(f"x**2*{name} + y", WINDOW, **{name: 2.0})
    np.testing.assert_array_equal(landscape.value([[3.0], [1.0]]), [19.0])
    np.testing.assert_array_equal(landscape.gradient([[3.0], [1.0]]), [[12.0], [1.0]])
    np.testing.assert_array_equal(landscape.hessian([[3.0], [1.0]]).ravel(), [4.0, 0.0, 0.0, 0.0])
    np.testing.assert_array_equal(landscape.with_parameters(**{name: 3.0}).value([[3.0], [1.0]]), [28.0])
    np.testing.assert_array_equal(landscape.penalized(l1=1.0).value([[3.0], [1.0]]), [23.0])


# `from_formula(text, window, **parameters)` and `with_parameters(self, **values)` have names of their own. For a formula
# that uses one of these as a parameter, Python finds the argument given twice and raises TypeError.
@pytest.mark.parametrize("name", ["self", "text", "window"])
def test_the_arguments_names_are_free_too_or_refused_in_words(name: str) -> None:
    """As a page does it: every name in the text that it does not know becomes a parameter."""
    text = f"x**2*{name} + y"
    with contextlib.suppress(FormulaError):
        landscape = landscapes.from_formula(text, WINDOW, **dict.fromkeys(formulas.unknown_names(text, ("x", "y")), 2.0))
        np.testing.assert_array_equal(landscape.with_parameters(**{name: 3.0}).value([[3.0], [1.0]]), [28.0])


@pytest.mark.parametrize(
    "window",
    [
        None, 3, "ab", (), ((0, 1),), ((0, 1), (0, 1), (0, 1)), (0, 1), ((0, 1, 2), (0, 1)), (("a", "b"), (0, 1)), ((0, 1j), (0, 1)),
        ((1, 0), (0, 1)), ((0, 0), (0, 1)), ((0, 1), (3, 3)), ((0, np.inf), (0, 1)), ((-np.inf, 0), (0, 1)), ((np.nan, 1), (0, 1)),
        ((0, 1e10), (0, 1)), ((0, 1e-10), (0, 1)),
        ((0, 10**400), (0, 1)),  # OverflowError
    ],
    ids=lambda window: str(window)[:30],
)  # fmt: skip
def test_a_window_that_is_none(window: Any) -> None:
    with pytest.raises(ValueError, match="window"):
        landscapes.from_formula("x + y", window)


@pytest.mark.parametrize(
    "window", [[[-1, 1], [0, 2]], np.array([[-1, 1], [0, 2]]), ((-1, 1), range(0, 3, 2))], ids=["list", "array", "range"]
)
def test_a_window_in_other_clothes(window: Any) -> None:
    landscape = landscapes.from_formula("x + y", window)
    assert landscape.window == ((-1.0, 1.0), (0.0, 2.0))
    assert hash(landscape) == hash(landscapes.from_formula("x + y", ((-1, 1), (0, 2))))


@pytest.mark.parametrize(
    "text",
    [
        "x**2 + y**2", "log(x) + y", "1/(x**2 + y**2)", "sqrt(x)*y", "3 + 0*x", "x", "abs(x) + abs(y)", "asin(x) + asin(y - 1)",
        "exp(20*x**2)", "sqrt(0.25 - x**2) + y", "log(y - 2.9)",
        # finite in a part of the window that the 9 x 9 grid of candidate starts misses.
        "sqrt(0.01 - (x - 0.3)**2 - (y - 0.3)**2)",
    ],
)  # fmt: skip
def test_the_start_that_is_found_is_usable(text: str) -> None:
    landscape = landscapes.from_formula(text, WINDOW)
    (x0, x1), (y0, y1) = landscape.window
    x, y = landscape.start
    assert x0 <= x <= x1
    assert y0 <= y <= y1
    assert np.isfinite(landscape.value([[x], [y]])).all()
    assert landscape.start == landscape.start


@each
def test_the_start_that_would_be_found_is_high_but_not_extreme(name: str) -> None:
    original = landscapes.get(name)
    landscape = Landscape(original.name, formula=original.formula, window=original.window, parameters=original.parameters)
    losses = landscape.value(landscapes.grid(landscape.window, 101))
    start = landscape.value(np.array([landscape.start]).T)[0]
    assert np.quantile(losses, 0.5) <= start <= losses.max()


def test_total_says_whether_a_value_can_be_missing() -> None:
    """Of nothing that is said to be total may a value be missing; the other way round it may be overcautious."""
    for text in ("x**2 + y", "sin(x)*tanh(y)", "x/3 + y/pi", "x**3*y", "hypot(x, y)", "abs(x)/(2 + 1)", "max(x, y)*2**3"):
        assert landscapes.from_formula(text, WINDOW).always_finite, text
    for text in ("log(x) + y", "sqrt(x) + y", "1/x + y", "asin(x)*y", "x**0.5", "x**-2", "x**y", "tan(x)", "acos(y)", "exp(x)", "cosh(y)"):
        assert not landscapes.from_formula(text, WINDOW).always_finite, text
