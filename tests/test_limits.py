"""Derivatives where a step of a formula is not smooth: the limit where there is one, else the mean of the sides, always finite.

The yardstick for limits is a second formula that has the same values and is smooth, step by step, so that the ordinary program computes it.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from formulas import Tree
from formulas.limits import limits
from formulas.repair import Repair, repair_of
from formulas.smoothness import KINKED, SINGULAR, SMOOTH, smoothness
from landscapes import Landscape
from parameters import Array

WINDOW = ((-2.0, 2.0), (-2.0, 2.0))
QUANTITIES = ("value", "dx", "dy", "dxx", "dxy", "dyy")


def of(text: str, **parameters: float) -> Landscape:
    return landscapes.from_formula(text, WINDOW, **parameters)


def at(text: str, x: float, y: float) -> list[float]:
    """Value, gradient and Hessian at a point, in one list."""
    return [float(value) for value in of(text).evaluate(QUANTITIES, [[x], [y]])[:, 0]]


LIMITS = [
    # value, dx, dy, dxx, dxy, dyy by hand: the first terms of the power series
    ("(x**2 + y**2)**1.5", (0, 0), (0, 0, 0, 0, 0, 0)),
    ("cos(sqrt(x**2 + y**2))", (0, 0), (1, 0, 0, -1, 0, -1)),
    ("sqrt(x**2 + y**2)**2 + 1", (0, 0), (1, 0, 0, 2, 0, 2)),
    ("hypot(x - 1, y)**2", (1, 0), (0, 0, 0, 2, 0, 2)),
    ("exp(-sqrt(x**2 + 4*y**2)**2)", (0, 0), (1, 0, 0, -2, 0, -8)),
    ("sin(sqrt(x**2 + y**2))/sqrt(x**2 + y**2)", (0, 0), (1, 0, 0, -1 / 3, 0, -1 / 3)),
    ("sin(x)/x + y", (0, 2), (3, 0, 1, -1 / 3, 0, 0)),
    ("(1 - cos(x))/x**2*y", (0, 2), (1, 0, 0.5, -1 / 6, 0, 0)),
    ("(exp(x) - 1)/x + log(1 + y)/y", (0, 0), (2, 0.5, -0.5, 1 / 3, 0, 2 / 3)),
    ("(x - sin(x))/x**3 + y", (0, 0), (1 / 6, 0, 1, -1 / 60, 0, 0)),
    ("tan(x)/x*y", (0, 1), (1, 0, 1, 2 / 3, 0, 0)),
    ("sin(x)**2/(1 - cos(x)) + y", (0, 0), (2, 0, 1, -1, 0, 0)),
    ("x*abs(x)*x + y", (0, 0), (0, 0, 1, 0, 0, 0)),
    ("abs(x)**3*y", (0, 2), (0, 0, 0, 0, 0, 0)),
    ("abs(x)**2 + abs(y)**4", (0, 0), (0, 0, 0, 2, 0, 0)),
    ("abs(x)*sign(x)*y", (0, 2), (0, 2, 0, 0, 1, 0)),
    ("max(x, y)*min(x, y)", (1, 1), (1, 1, 1, 0, 1, 0)),
    ("max(x, y, 0) + min(x, y, 0) + y", (1, 1), (2, 0.5, 1.5, 0, 0, 0)),
    ("cbrt(x)**3*y", (0, 1), (0, 1, 0, 0, 1, 0)),
    ("(x**(1/3))**6 + y", (0, 1), (1, 0, 1, 2, 0, 0)),
    ("where(x < 0, exp(x), 1 + x + x**2/2)*y", (0, 1), (1, 1, 1, 1, 1, 0)),
    ("x**y", (0, 3), (0, 0, 0, 0, 0, 0)),
    ("exp(-1/x**2) + y", (0, 0), (0, 0, 1, 0, 0, 0)),
    ("x**2*sin(1/x) + y", (0, 0), (0, 0, 1, 0, 0, 0)),
    ("acos(1 - x**2 - y**2)**2", (0, 0), (0, 0, 0, 4, 0, 4)),
    ("acosh(1 + x**2/2)**2 + atanh(y)/y", (0, 0), (1, 0, 0, 2, 0, 2 / 3)),
    ("atan2(y, x)*(x**2 + y**2)**2", (0, 0), (0, 0, 0, 0, 0, 0)),
    ("erf(abs(x))**2", (0, 1), (0, 0, 0, 8 / math.pi, 0, 0)),
    ("mod(x, 1)*(x - 1)*0 + floor(y)*0 + x*y", (1, 1), (1, 1, 1, 0, 1, 0)),
]


@pytest.mark.parametrize(("text", "place", "expected"), LIMITS, ids=[row[0] for row in LIMITS])
def test_where_a_limit_exists_it_is_given(text: str, place: tuple[float, float], expected: tuple[float, ...]) -> None:
    assert at(text, *place) == pytest.approx(expected, abs=1e-14, rel=1e-13)


SIDES = [
    # dx and dxx at (0, 1) by hand: the means of the two sides, infinite ones left out
    ("abs(x) + y", 0, 0),
    ("x*abs(x) + y", 0, 0),
    ("relu(x) + y", 0.5, 0),
    ("relu(x)**2 + y", 0, 1),
    ("(abs(x) + x)**2 + y", 0, 4),
    ("abs(abs(x) + x) + y", 1, 0),
    ("exp(-abs(x))*y", 0, 1),
    ("max(abs(x), x**2) + y", 0, 0),
    ("abs(x)**0.5 + y", 0, 0),
    ("abs(x)**1.5 + y", 0, 0),
    ("cbrt(x) + 3*x + y", 3, 0),
    ("sqrt(x) + x + x**2 + y", 1, 2),
    ("x*log(abs(x)) + y", 0, 0),
    ("where(x < 0, -x, x**2) + y", -0.5, 1),
    ("where(x, 2*x, 5) + y", 2, 0),
    ("x*(x > 0) + y", 0.5, 0),
    ("x*heaviside(x) + y", 0.5, 0),
    ("clip(2*x, 0, 1) + y", 1, 0),
    ("mod(x, 1) + y", 1, 0),
    ("x*floor(x) + y", -0.5, 0),
    ("round(x + 0.5)*x + y", 0.5, 0),
    ("sign(x) + y", 0, 0),
    ("atan(1/x) + y", -1, 0),
    ("asin(1 - abs(x)) + y", 0, 0),
]


@pytest.mark.parametrize(("text", "dx", "dxx"), SIDES, ids=[row[0] for row in SIDES])
def test_where_none_exists_it_is_the_mean_of_the_sides(text: str, dx: float, dxx: float) -> None:
    results = at(text, 0.0, 1.0)
    assert results[1] == pytest.approx(dx, abs=1e-14)
    assert results[3] == pytest.approx(dxx, abs=1e-14)
    assert all(map(math.isfinite, results[1:]))


TWINS = [
    # the same function of u, v and w with and without steps that are not smooth where u, v or u - v is 0
    ("abs(@u)**2", "(@u)**2"),
    ("sqrt((@u)**2)**4", "(@u)**4"),
    ("cos(abs(@u))", "cos(@u)"),
    ("cosh(sqrt((@u)**2))", "cosh(@u)"),
    ("abs(@u)*sign(@u)", "@u"),
    ("max(@u, @v)*min(@u, @v)", "(@u)*(@v)"),
    ("max(@u, @v) + min(@u, @v)", "@u + @v"),
    ("relu(@u) - relu(-(@u))", "@u"),
    ("sin(@u)/(@u)*(@u)*(@w)", "sin(@u)*(@w)"),
    ("(exp(@u) - 1)*(@w)/(@u)*(@u)", "(exp(@u) - 1)*(@w)"),
    ("cbrt(@u)**3", "@u"),
    ("((@u)**2)**(1/3)*abs(@u)**(4/3)", "(@u)**2"),
    ("hypot(@u, @v)**2", "(@u)**2 + (@v)**2"),
    ("where(@u < 0, sin(@w), sin(@w))", "sin(@w)"),
    ("where(@u < @v, @v, @u)*where(@v < @u, @v, @u)", "(@u)*(@v)"),
    ("clip(@u, 0, 9) + clip(@u, -9, 0)", "@u"),
    ("floor(@u) + mod(@u, 1)", "@u"),
    ("softplus(@u) - softplus(-(@u)) + tanh(abs(@v))**2", "@u + tanh(@v)**2"),
    ("exp(log((@u)**2))", "(@u)**2"),
    ("asin(1 - (@u)**2)**0 + erf(abs(@u))*sign(@u)", "1 + erf(@u)"),
    ("acos(cos(@u))**2", "(@u)**2"),
    ("tan(abs(@u))**2/(1 + (@v)**2)", "tan(@u)**2/(1 + (@v)**2)"),
]
OUTER = ["@", "sin(@)", "exp(@/3)", "(@)**2 + (@)", "(@)*(x + 2*y)", "1/(3 + (@)**2)", "atan(@)", "log(9 + (@))"]


def cases() -> list[tuple[str, str, float, float]]:
    """Twins of random u, v and w that vanish at a random place, within random smooth functions."""
    choose = random.Random(11)
    places = [-1.5, -0.5, 0.0, 0.25, 1.0, 1.75]
    made = []
    for (rough, smooth), _ in itertools.product(TWINS, range(2)):
        x, y = choose.choice(places), choose.choice(places)
        across, up = f"(x - ({x}))", f"(y - ({y}))"
        factors = [choose.choice((-2, -1, 1, 3)) for _ in range(4)]
        curve = choose.choice(("0", f"{across}*{up}", f"{across}**2", f"2*{up}**3"))
        u, v = f"{factors[0]}*{across} + {factors[1]}*{up} + {curve}", f"{factors[2]}*{across} - {factors[3]}*{up}"
        outer = choose.choice(OUTER)
        texts = []
        for template in (rough, smooth):
            inner = template.replace("@u", u).replace("@v", v).replace("@w", "x + y")
            texts.append(outer.replace("@", f"({inner})"))
        if max(map(len, texts)) <= 500:
            made.append((texts[0], texts[1], x, y))
    return made


def test_rough_formulas_of_smooth_functions_have_their_derivatives() -> None:
    compared = 0
    for rough, smooth, x, y in cases():
        expected = at(smooth, x, y)
        found = at(rough, x, y)
        compared += repair_of(of(rough).tree, QUANTITIES) is not None
        scale = 1 + max(map(abs, expected))
        assert found == pytest.approx(expected, abs=1e-11 * scale), f"{rough} for {smooth} at {x}, {y}"
    assert compared > 35


STEEP = [
    # dx and dxx at (x, 0) by hand, where a square of what grows exponentially overflows
    ("log(1 + exp(100*x))/100", 3.6, 1, 0),
    ("log(exp(100*x) + exp(100*y) + exp(50*x))/100", 3.6, 1, 0),
    ("log1p(exp(100*x))/100", 3.6, 1, 0),
    ("log(cosh(100*x))/100", 4, 1, 0),
    ("1/(1 + exp(-100*x))", 3.6, 0, 0),
    ("1/(1 + exp(-100*x))", -3.6, 100 * math.exp(-360), 1e4 * math.exp(-360)),
    ("exp(100*x)/(1 + exp(100*x))", 3.7, 0, 0),
    ("2**(100*x)/(1 + 2**(100*x))", 6, 0, 0),
    ("(exp(100*x) - exp(-100*x))/(exp(100*x) + exp(-100*x))", 4, 0, 0),
    ("sinh(100*x)/cosh(100*x)", 4, 0, 0),
    ("sech(100*x)", 3.7, -200 * math.exp(-370), 2e4 * math.exp(-370)),
    ("exp(100*x)**1.5/(1 + exp(100*x))**1.5", 4, 0, 0),
    ("exp(-200*x)*sqrt(1 + exp(100*x))", 5, -150 * math.exp(-750), 0),
    ("exp(-250*x)*sqrt(1 + exp(500*x))", 1, 0, 0),
    ("asinh(exp(100*x))/100", 3, 1, 0),
    # on the way beyond 1.8e308
    ("log(1 + exp(100*x))/100", 9, 1, 0),
    ("1/(1 + exp(-100*x))", -9, 0, 0),
    ("(exp(100*x) - exp(-100*x))/(exp(100*x) + exp(-100*x))", -9, 0, 0),
    ("exp(x)/(exp(x) + exp(x + 1))", 800, 0, 0),
    ("exp(x)*exp(-2*x)/exp(-x - log(2 + sin(x/100)))", 800, math.cos(8) / 100, -math.sin(8) / 1e4),
    ("sqrt(exp(x))/1e200", 800, math.exp(400) / 2e200, math.exp(400) / 4e200),
    ("log(exp(x) + exp(abs(x)))", -800, -1, 0),
    ("atan(exp(100*x)) + asinh(sinh(x))", 9, 1, 0),
    ("log10(cosh(x))*log(10) + log2(expm1(x))*log(2) + log1p(exp(x))", 800, 3, 0),
    ("log((1 + exp(x))**2.5 + cbrt(exp(-3*x))**2)", 800, 2.5, 0),
    ("min(exp(x), x**2 + y)", 800, 1600, 2),
    ("tanh(x)", 15, 4 * math.exp(-30), -8 * math.exp(-30)),
    ("tanh(100*x)", 8, 0, 0),
    ("asinh(exp(100*x))", 5, 100, 0),
    ("acosh(1 + exp(50*x))", 9, 50, 0),
    ("acosh(1 + exp(100*x))", 8.9, 100, 0),
    ("max(-exp(1000*x), x**2)", 1, 2, 2),
    # the one factor grows, the other vanishes
    ("exp(1000*x)*exp(-1000*x)*sin(x)", 1, math.cos(1), -math.sin(1)),
    ("0.1**(1000*x)*10**(999*x)", 1, -math.log(10) / 10, math.log(10) ** 2 / 10),
    ("exp(900*x)*erfc(30*x)", 1, -16.9350750375903, 15224.6699777475687),
    ("coth(x)", 15, -4 * math.exp(-30), 8 * math.exp(-30)),
    ("csch(x)", 400, -2 * math.exp(-400), 2 * math.exp(-400)),
    ("hypot(x, 3e200)/1e200", 4e200, 0.8e-200, 0),
    ("mod(x, 0.7)", 2.1, 1, 0),
    ("mod(x, 0.7)", 7.7, 1, 0),
    ("mod(x, 0.7)", 8.4, 1, 0),
    ("floor(x/0.7)*x", 2.1, 2.5, 0),
    ("0**(x + 3)", 1, 0, 0),
]


@pytest.mark.parametrize(("text", "x", "dx", "dxx"), STEEP, ids=[f"{row[0]} at {row[1]}" for row in STEEP])
def test_neither_overflow_nor_rounding_spoils_derivatives(text: str, x: float, dx: float, dxx: float) -> None:
    value, *results = at(f"{text} + y", x, 0)
    assert math.isfinite(value)
    results[1] -= "+ y)" in text
    assert results == pytest.approx([dx, 1, dxx, 0, 0], abs=1e-10 * max(abs(dx), abs(dxx)) or 1e-10)


def test_a_value_is_filled_in_only_where_it_has_a_limit() -> None:
    points = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert of("sin(x)/x + y").value(points) == pytest.approx([1, math.sin(1), 2])
    assert of("x*log(x) + y").value(points) == pytest.approx([0, 0, 1])
    for text in ("x*y/(x**2 + y**2)", "sin(1/x) + y", "abs(x)/x + y"):
        assert math.isnan(of(text).value(points)[0]), text
    assert of("1/x + y").value(points)[0] == math.inf
    assert of("sin(x)/x + floor(y) + mod(x, 2)").value(points) == pytest.approx([1, 1 + math.sin(1), 2]), "a step has its own value"
    assert np.isnan(of("sqrt(-1 - x) + y").value(points)).all()


BESIDE_GAPS = [
    # value, dx and dxx at x = 0 and the next coefficient of the series of dx: what they are at 1e-6, to rounding
    ("(1 - cos(x))/x**2", 1 / 2, 0, -1 / 12),
    ("(cos(x) - 1)/x**2", -1 / 2, 0, 1 / 12),
    ("(cosh(x) - 1)/x**2", 1 / 2, 0, 1 / 12),
    ("(exp(x) - 1)/x", 1, 1 / 2, 1 / 3),
    ("(1 - e^-x)/x", 1, -1 / 2, 1 / 3),
    ("log(1 + x)/x", 1, -1 / 2, 2 / 3),
    ("log(1 - x)/x", -1, -1 / 2, -2 / 3),
    ("sin(sqrt(x**2 + y**2))/sqrt(x**2 + y**2)", 1, 0, -1 / 3),
]


@pytest.mark.parametrize(("text", "value", "dx", "dxx"), BESIDE_GAPS, ids=[row[0] for row in BESIDE_GAPS])
def test_beside_a_gap_the_slope_stays_what_it_is(text: str, value: float, dx: float, dxx: float) -> None:
    near = 1e-6
    found = at(f"{text} + y", near, 0)
    assert found[0] == pytest.approx(value + dx * near + dxx * near**2 / 2, abs=1e-15)
    assert found[1] == pytest.approx(dx + dxx * near, abs=1e-9)
    assert found[3] == pytest.approx(dxx, abs=2e-3)


def test_only_what_overflows_on_the_way_to_a_number_is_computed_anew() -> None:
    landscape = of("k*log(1 + exp(x)) + sqrt(1 - y)", k=2.0).with_parameters(k=np.array([1.0, 2.0, 3.0, 4.0]))
    values = landscape.value([[1.0, 1000.0, 1000.0, -1e300], [1.0, 1.0, 2.0, 1.0]])
    assert values == pytest.approx([math.log(1 + math.e), 2000, math.nan, 0], nan_ok=True)
    assert of("exp(x)*y").value([[800.0], [1.0]]) == [math.inf]
    assert of("log(x) + exp(y)/(1 + exp(y))").value([[0.0], [0.0]]) == [-math.inf]
    assert all(landscapes.get(name).compiled(("dx", "dy")).repair is None for name in ("rosenbrock", "peaks", "easom", "two_wells"))


@pytest.mark.parametrize("text", ["min(log(y), x)", "min(x, log(y))", "max(log(y), x)", "max(x, log(y))"])
def test_what_overflows_takes_no_part_of_a_minimum_for_one_that_has_no_value(text: str) -> None:
    """And so a loss is the same alone and beside its slopes, as the chunks of a run have it."""
    landscape, points = of(f"asinh({text})"), [[1.0, 1.0], [-1.0, 2.0]]
    assert landscape.compiled(("value", "dx", "dy")).repair is not None
    beside = landscape.evaluate(("value", "dx", "dy"), points)[0]
    np.testing.assert_array_equal(beside, landscape.value(points))
    assert np.isnan(beside).tolist() == [True, False]


def test_an_exponential_of_a_power_without_digits_is_still_infinite() -> None:
    towers, points = of("exp(exp(exp(x))) + y**2"), [[3.7, 4.037626271346913, 4.3885, 5.88, 6.5, 700.0], [1.0] * 6]
    assert towers.value(points).tolist() == [math.inf] * 6
    assert towers.evaluate(("value", "dx"), points).tolist() == [[math.inf] * 6] * 2
    assert of("exp(-exp(exp(x))) + y").evaluate(("value", "dx"), points).tolist() == [[1.0] * 6, [0.0] * 6]


def test_only_formulas_that_need_it_pay_for_it() -> None:
    smooth = ["x**2 + 3*y**2", "sqrt(1 + x**2 + y**2)", "exp(-x**2)/(1 + y**2)", "log(2 + cosh(x) + y**4)", "sin(k*x) + sqrt(k)*y"]
    for text in smooth:
        assert smoothness(of(text, **({"k": 2.0} if "k" in text else {})).tree) == SMOOTH, text
    for text in ("abs(x) + abs(y)", "max(x, 2*y - 1)*exp(x)", "relu(x + y)", "x**2 + y*abs(3*x - 1)"):
        assert smoothness(of(text).tree) == KINKED, text
    for text in ("abs(x)*abs(y)", "abs(x**2 - y)", "sqrt(x) + y", "1/x + y", "sin(abs(x)) + y", "x**0.5 + y", "x**y", "sign(x) + y"):
        assert smoothness(of(text).tree) == SINGULAR, text
    assert repair_of(of("x**2 + abs(y)").tree, QUANTITIES) is None
    assert repair_of(of("sqrt(1 - x**2 - y**2)").tree, ("value",)) is None, "a root lacks no value where it has a limit"
    assert isinstance(repair_of(of("sqrt(1 - x**2 - y**2)").tree, ("dx", "dy")), Repair)


@pytest.mark.parametrize(
    "text", ["(x**2 + y**2)**0.75", "cos(sqrt(x**2 + y**2))", "abs(x)**0.5 + abs(y)**1.5", "-sin(hypot(x, y))/hypot(x, y)"]
)
@pytest.mark.parametrize("name", ["sgd", "adam", "rmsprop", "newton", "bfgs", "momentum"])
def test_a_run_may_begin_where_a_step_is_not_smooth(text: str, name: str) -> None:
    starts = np.array([[0.0, 0.0, 0.5], [0.0, 1.0, 0.0]])
    run = simulation.run(of(text), optimizers.get(name), starts, steps=5)
    assert np.isfinite(run.positions).all()
    assert np.all(run.positions[:, :, 0] == 0)


def test_a_trajectory_does_not_depend_on_the_others_or_on_how_parameters_are_given() -> None:
    text = "k*cos(sqrt(x**2 + y**2)) + sin(x)/x"
    points = np.array([[0.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 2.0]])
    strengths = np.array([1.0, 2.0, 3.0, 1.0])
    together = of(text, k=2.0).with_parameters(k=strengths).evaluate(QUANTITIES, points)
    for index, strength in enumerate(strengths):
        alone: Array = of(text, k=float(strength)).evaluate(QUANTITIES, points[:, [index]])[:, 0]
        np.testing.assert_array_equal(together[:, index], alone)
    assert together[3:, 0] == pytest.approx([-1 - 1 / 3, 0, -1], rel=1e-15)


@pytest.mark.parametrize("text", ["0**x + y", "sqrt(exp(1000*x) + 1)/exp(1000*x) + y"])
def test_areas_without_a_value_are_no_places_for_limits(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[float] = []

    def counting(tree: Tree, x: Array, y: Array, values: Mapping[str, Any]) -> Array:
        counted.extend(x)
        return limits(tree, x, y, values)

    monkeypatch.setattr("formulas.repair.limits", counting)
    values = of(text).value(landscapes.grid(WINDOW, 64))
    assert np.isinf(values).sum() > 1000
    assert len(counted) <= 64


def test_areas_in_which_only_derivatives_are_missing_have_limits() -> None:
    assert np.array_equal(of("sqrt(relu(x)) + y").gradient([[-1.0, 0.25], [0.0, 0.0]]), [[0.0, 1.0], [1.0, 1.0]])


def test_a_minimum_is_recognized_through_a_step_that_is_not_smooth() -> None:
    for text in ("sqrt(x**2 + y**2)**2 + 1", "-cos(sqrt(x**2 + y**2))", "abs(x)**2 + abs(y)**2", "-sin(hypot(x, y))/hypot(x, y)"):
        found = [point for point in landscapes.stationary_points(of(text)) if math.hypot(point.x, point.y) < 1e-3]
        assert [point.kind for point in found] == ["minimum"], text
