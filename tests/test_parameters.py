"""`Param` and the small helpers beside it."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parameters import Param, fill, lookup, short, slug, whole_percents

steady = settings(derandomize=True, deadline=None, database=None)

NUMBER = Param("lr", 0.1, 0.0, 10.0, unit="m")
WHOLE = Param("steps", 5, 1, 10)
SWITCH = Param("centered", False)
EVERY_SORT = [
    NUMBER,
    WHOLE,
    SWITCH,
    Param("on", True),
    Param("rate", 0.001, 1e-6, 1e3, log=True),
    Param("rate", 0.001, 1e-9, 1e3, log=True, slider=(1e-5, 1.0)),
    Param("memory", 0.9, 0.0, 0.9999, one_minus=True),
    Param("memory", 0.999, 0.0, 1.0, one_minus=True),
    Param("memory", 0.5, 0.5, 0.99, one_minus=True),
    Param("angle", 0.0, -90.0, 90.0, unit="°"),
    Param("many", 500, 1, 100_000, slider=(1, 2000)),
    Param("many", 3, 1, 1000),
    Param("many", 200, 1, 100_000, log=True, slider=(10, 2000)),
    Param("wide", 0.12345678, -1e6, 1e6, slider=(-5.0, 5.0)),
    Param("aside", 7.0, 0.0, 10.0, slider=(0.0, 5.0)),
    Param("tiny", 1e-8, 1e-16, 1e-3, log=True),
    Param("one", 1.0, 1.0, 1.0),
    Param("unsafe", 0.3, 0.1, 0.7),
]
every_sort = pytest.mark.parametrize("parameter", EVERY_SORT, ids=lambda parameter: f"{parameter.name}-{parameter.default}")


# ---- the declaration


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"default": 2.0}, r"Param z: the default 2\.0 is outside 0\.0 to 1\.0"),
        ({"default": -0.1}, "default -0.1 is outside"),
        ({"default": math.nan}, "default nan is outside"),
        ({"default": 0.5, "low": 1.0, "high": 0.0}, "default 0.5 is outside"),
        ({"default": 0.5, "slider": (0.5, 0.5)}, "slider .* is outside"),
        ({"default": 0.5, "slider": (0.7, 0.2)}, "slider .* is outside"),
        ({"default": 0.5, "slider": (-1.0, 1.0)}, "slider .* is outside"),
        ({"default": 0.5, "slider": (0.0, 2.0)}, "slider .* is outside"),
        ({"default": 0.5, "log": True}, "a logarithmic slider needs a range above 0"),
        ({"default": 0.5, "log": True, "slider": (0.0, 1.0)}, "a logarithmic slider needs a range above 0"),
        ({"default": 5, "low": 7, "high": 10}, "default 5 is outside"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Param("z", **arguments)


def test_a_logarithmic_slider_may_be_a_part_of_a_range_with_zero() -> None:
    assert Param("z", 0.5, log=True, slider=(0.01, 1.0)).check(0.0, "Test") == 0.0


def test_sorts() -> None:
    assert (NUMBER.switch, NUMBER.integer) == (False, False)
    assert (WHOLE.switch, WHOLE.integer) == (False, True)
    assert (SWITCH.switch, SWITCH.integer) == (True, False)
    assert NUMBER.slider_range == (0.0, 10.0)
    assert Param("z", 0.5, slider=(0.2, 0.7)).slider_range == (0.2, 0.7)


def test_a_declaration_is_a_value() -> None:
    assert Param("z", 0.5) == Param("z", 0.5)
    assert hash(Param("z", 0.5)) == hash(Param("z", 0.5))
    with pytest.raises(AttributeError):
        NUMBER.default = 3.0  # type: ignore[misc]


# ---- check


@pytest.mark.parametrize(
    "value", [2.0, 2, np.float64(2.0), np.float32(2.0), np.int64(2), np.uint8(2), np.array(2.0), np.array(2), Fraction(2)], ids=repr
)
def test_a_number_of_any_type_becomes_a_float(value: Any) -> None:
    checked = NUMBER.check(value, "Adam")
    assert checked == 2.0
    assert type(checked) is float
    assert type(WHOLE.check(value, "Adam")) is int


@pytest.mark.parametrize(
    "value", [[1, 2], (1.0, 2.0), np.array([1.0, 2.0]), np.array([1, 2]), np.array([1, 2], dtype=np.float32), range(1, 3)]
)
def test_one_number_for_each_trajectory(value: Any) -> None:
    checked = NUMBER.check(value, "Adam")
    assert isinstance(checked, np.ndarray)
    np.testing.assert_array_equal(checked, [1.0, 2.0])
    assert checked.dtype == np.float64
    assert not checked.flags.writeable
    assert not np.shares_memory(checked, np.asarray(value))


def test_an_array_that_the_caller_changes_afterwards_is_not_changed_here() -> None:
    mine = np.array([1.0, 2.0])
    checked = NUMBER.check(mine, "Adam")
    mine[:] = 99.0
    np.testing.assert_array_equal(np.asarray(checked), [1.0, 2.0])
    mine[:] = 3.0  # and stays writeable


@every_sort
def test_the_ends_of_the_range_and_the_default_are_inside(parameter: Param) -> None:
    for value in (parameter.low, parameter.high, parameter.default):
        assert parameter.check(value, "Adam") == value
        np.testing.assert_array_equal(np.asarray(parameter.check([value, value], "Adam")), [value, value])
    assert type(parameter.check(parameter.default, "Adam")) is type(parameter.default)


@every_sort
def test_what_is_outside_is_refused_with_a_name_and_an_owner(parameter: Param) -> None:
    refused = parameter.outside()
    assert len(refused) >= 10
    for value in refused:
        with pytest.raises((TypeError, ValueError), match=f"Adam: {parameter.name}"):
            parameter.check(value, "Adam")


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        (NUMBER, 11.0, "Adam: lr = 11 is outside its range; choose a number from 0 to 10 m"),
        (NUMBER, -1e-9, "Adam: lr = -1e-9 is outside its range"),
        (NUMBER, math.nan, "Adam: lr = nan is not a finite number; choose a number from 0 to 10 m"),
        (NUMBER, math.inf, "Adam: lr = inf is not a finite number"),
        (NUMBER, [0.1, 0.2, -3.0, -4.0], r"Adam: lr\[2\] = -3 is outside its range"),
        (NUMBER, [0.1, math.nan], r"Adam: lr\[1\] = nan is not a finite number"),
        (NUMBER, [], r"Adam: lr must be a number or one number for each trajectory, shape \(N,\), not shape \(0,\)"),
        (NUMBER, [[1.0]], r"shape \(N,\), not shape \(1, 1\)"),
        (WHOLE, 2.5, "Adam: steps = 2.5 is outside its range; choose a whole number from 1 to 10"),
        (WHOLE, [2.0, 2.5], r"Adam: steps\[1\] = 2.5 is outside"),
        (SWITCH, 0.5, r"Adam: centered = 0.5 is outside its range; choose on \(1\) or off \(0\)"),
        (SWITCH, 2, "Adam: centered = 2 is outside"),
        # OverflowError, of a number that a page or a link can well hold.
        (NUMBER, 10**400, "Adam: lr"),
        # NumPy's own words about an inhomogeneous shape, which name neither the owner nor the parameter.
        (NUMBER, [[1.0, 2.0], [3.0]], "Adam: lr"),
    ],
    ids=lambda case: str(case)[:30],
)
def test_the_message_of_a_value_error(parameter: Param, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parameter.check(value, "Adam")


@pytest.mark.parametrize(
    "value",
    ["1", "fast", None, 1j, np.complex128(1), b"1", {}, {1.0, 2.0}, object(), ["a"], [1.0, None], [1j, 2j], np.array("x"), np.array(None)],
)
def test_what_is_no_number_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError, match="Adam: lr must"):
        NUMBER.check(value, "Adam")


def test_a_whole_number_may_be_written_as_a_float() -> None:
    assert repr(WHOLE.check(5.0, "Adam")) == "5"
    np.testing.assert_array_equal(np.asarray(WHOLE.check([1.0, 5.0], "Adam")), [1.0, 5.0])


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), (False, False), (1, True), (0, False), (1.0, True), (np.True_, True), (0.0, False)]
)
def test_a_switch_is_on_or_off(value: Any, expected: bool) -> None:
    checked: object = SWITCH.check(value, "RMSProp")
    assert checked is expected
    np.testing.assert_array_equal(np.asarray(SWITCH.check([value, True], "RMSProp")), [float(expected), 1.0])


def test_ranges_in_words() -> None:
    assert NUMBER.range_in_words == "a number from 0 to 10 m"
    assert WHOLE.range_in_words == "a whole number from 1 to 10"
    assert SWITCH.range_in_words == "on (1) or off (0)"
    assert Param("z", 0.5, 1e-6, 2e7).range_in_words == "a number from 1e-6 to 2e7"


# ---- stops


@every_sort
def test_stops_rise_from_one_end_to_the_other_with_the_default_among_them(parameter: Param) -> None:
    stops = parameter.stops()
    low, high = parameter.slider_range
    assert stops == sorted(set(stops))
    assert (stops[0], stops[-1]) == (low, high)
    assert (float(parameter.default) in stops) == (low <= parameter.default <= high)
    for stop in stops:
        assert parameter.check(stop, "Adam") == stop
    assert len(stops) <= 210


def test_a_logarithmic_slider_stops_at_round_numbers() -> None:
    stops = Param("lr", 0.1, 0.01, 1.0, log=True).stops()
    assert stops == [0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0]


def test_a_logarithmic_slider_is_spaced_by_ratios() -> None:
    for parameter in EVERY_SORT:
        if parameter.log:
            ratios = [b / a for a, b in itertools.pairwise(parameter.stops())]
            assert max(ratios) < 1.51


def test_a_memory_is_spaced_by_its_distance_to_one() -> None:
    stops = Param("beta2", 0.999, 0.0, 0.9999, one_minus=True).stops()
    assert stops == [0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999]
    assert 0.95 in Param("beta1", 0.95, 0.0, 1.0, one_minus=True).stops()
    assert Param("beta1", 0.9, 0.0, 1.0, one_minus=True).stops()[-1] == 1.0


def test_a_plain_slider_has_a_hundred_steps() -> None:
    stops = Param("angle", 0.0, -90.0, 90.0).stops()
    assert len(stops) == 101
    np.testing.assert_allclose(np.diff(stops), 1.8)
    assert all(len(repr(stop)) <= 8 for stop in stops), "no 0.30000000000000004"


def test_a_whole_slider_stops_at_whole_numbers() -> None:
    assert WHOLE.stops() == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    for parameter in EVERY_SORT:
        if parameter.integer:
            assert all(stop == int(stop) for stop in parameter.stops())


def test_a_switch_stops_twice() -> None:
    assert SWITCH.stops() == [0.0, 1.0]


# ---- short


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, "0"),
        (0.0, "0"),
        (1, "1"),
        (5000, "5000"),
        (5000.0, "5000"),
        (0.001, "0.001"),
        (0.1 + 0.2, "0.3"),
        (2 / 3, "0.6667"),
        (12.3456, "12.35"),
        (1234.5678, "1235"),
        (99999.2, "99999"),
        (123456.7, "123457"),
        (-0.5, "-0.5"),
        (1e-4, "0.0001"),
        (9e-5, "9e-5"),
        (1e-8, "1e-8"),
        (1.2346e-8, "1.235e-8"),
        (1e6, "1e6"),
        (-2.5e9, "-2.5e9"),
        (123456789, "1.235e8"),
        (1e300, "1e300"),
        (True, "on"),
        (False, "off"),
        (np.float64(0.25), "0.25"),
        (np.int64(7), "7"),
        # rounding carries into one more digit than the format was told, and Python then writes "1e+04".
        (9999.96, "10000"),
        (-9999.96, "-10000"),
        (99999.6, "100000"),
        (999999.7, "1e6"),
        # ValueError (nothing to unpack), for a diverged loss, say.
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
    ],
    ids=repr,
)
def test_short(value: float, expected: str) -> None:
    assert short(value) == expected


def test_short_with_other_digits() -> None:
    assert short(2 / 3, 2) == "0.67"
    assert short(1 / 3 * 1e-7, 2) == "3.3e-8"
    assert short(1234.5, 2) == "1234", "a whole part is never cut"


@settings(steady, max_examples=300)
@given(st.floats(-1e12, 1e12, allow_subnormal=False))
def test_short_is_right_to_four_digits(value: float) -> None:
    assert float(short(value)) == pytest.approx(value, rel=5.1e-4, abs=1e-300)


# ---- fill, lookup, slug

TWO = (NUMBER, WHOLE)


def test_fill() -> None:
    assert fill(TWO, {}, "Adam") == {"lr": 0.1, "steps": 5}
    assert fill(TWO, {"steps": 7.0}, "Adam") == {"lr": 0.1, "steps": 7}
    assert list(fill(TWO, {"steps": 7, "lr": 1.0}, "Adam")) == ["lr", "steps"], "in the order of the declarations"
    assert fill((), {}, "Adam") == {}
    assert fill(iter(TWO), {"lr": 1.0}, "Adam") == {"lr": 1.0, "steps": 5}
    np.testing.assert_array_equal(np.asarray(fill(TWO, {"lr": [1.0, 2.0]}, "Adam")["lr"]), [1.0, 2.0])


def test_fill_refuses_what_it_does_not_know_and_helps() -> None:
    with pytest.raises(TypeError, match=r"Adam has no parameter 'step' \(did you mean 'steps'\?\); its parameters: lr, steps"):
        fill(TWO, {"step": 3}, "Adam")
    with pytest.raises(TypeError, match="Adam has no parameter 'wobble'; its parameters: lr, steps"):
        fill(TWO, {"wobble": 3}, "Adam")
    with pytest.raises(TypeError, match="its parameters: none"):
        fill((), {"lr": 3}, "Booth")
    with pytest.raises(ValueError, match="Adam: steps = 11 is outside"):
        fill(TWO, {"steps": 11}, "Adam")
    with pytest.raises(TypeError, match="Adam: lr must be a number"):
        fill(TWO, {"lr": None}, "Adam")


def test_fill_does_not_change_what_it_was_given() -> None:
    given_values = {"lr": 1}
    fill(TWO, given_values, "Adam")
    assert given_values == {"lr": 1}


def test_lookup() -> None:
    things = {"adam": 1, "adagrad": 2}
    assert lookup(things, "adam", "optimizer") == 1
    with pytest.raises(KeyError, match=r"no optimizer is called 'adan' \(did you mean 'adam'\?\); there are: adam, adagrad"):
        lookup(things, "adan", "optimizer")
    with pytest.raises(KeyError, match="no optimizer is called 'zzz'; there are: adam, adagrad"):
        lookup(things, "zzz", "optimizer")
    with pytest.raises(KeyError, match="no optimizer is called 3; there are"):
        lookup(things, 3, "optimizer")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Three-hump camel", "three_hump_camel"),
        ("Adam", "adam"),
        ("SGD", "sgd"),
        ("Styblinski-Tang", "styblinski_tang"),
        ("RMSProp", "rmsprop"),
        ("A2 b", "a2_b"),
    ],
)
def test_slug(title: str, expected: str) -> None:
    assert slug(title) == expected
    assert slug(slug(title)) == slug(title)


def test_a_search_is_spaced_as_the_slider_is() -> None:
    places = np.array([0.0, 0.5, 1.0])
    assert Param("lr", 0.1, 0.0, 10.0, log=True, slider=(1e-4, 1.0), search=(1e-4, 1.0)).searched(places) == pytest.approx(
        [1e-4, 1e-2, 1.0]
    )
    assert Param("beta", 0.9, 0.0, 1.0, one_minus=True, search=(0.0, 0.99)).searched(places) == pytest.approx([0.0, 0.9, 0.99])
    assert Param("a", 0.0, -1.0, 3.0, search=(-1.0, 3.0)).searched(places) == pytest.approx([-1.0, 1.0, 3.0])
    with pytest.raises(ValueError, match="no range to search"):
        Param("a", 0.0).searched(places)


@pytest.mark.parametrize(
    "declared",
    [
        {"search": (0.5, 2.0)},
        {"search": (0.5, 0.5)},
        {"log": True, "slider": (0.1, 1.0), "search": (0.0, 1.0)},
        {"one_minus": True, "search": (0.0, 1.0)},
    ],
)
def test_a_search_that_cannot_be_is_refused(declared: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="search"):
        Param("a", 0.5, 0.0, 1.0, **declared)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((5 / 22, 7 / 22, 5 / 22, 5 / 22), [23, 32, 23, 22]),  # rounded singly they make 101
        ((1 / 3, 1 / 3, 1 / 3), [34, 33, 33]),
        ((0.29, 0.71), [29, 71]),
        ((0.004, 0.996), [0, 100]),
        ((0.0, 1.0), [0, 100]),
        ((0.125, 0.125), [13, 12]),  # what is left of the whole is not told
        ((), []),
    ],
)
def test_parts_of_a_whole_make_a_hundred_percent(shares: tuple[float, ...], expected: list[int]) -> None:
    assert whole_percents(shares) == expected


@steady
@given(st.lists(st.integers(0, 500), min_size=1, max_size=40).filter(any))
def test_whatever_was_chosen_the_shares_make_a_hundred_and_none_is_off_by_one(made: list[int]) -> None:
    shares = [each / sum(made) for each in made]
    whole = whole_percents(shares)
    assert sum(whole) == 100
    assert all(abs(part - 100 * share) < 1 + 1e-9 for part, share in zip(whole, shares, strict=True))
