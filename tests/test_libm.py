"""The elementary functions that are the same everywhere: within the error they state (mpmath), at IEEE's special values, in bits."""

from __future__ import annotations

import importlib
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from formulas.libm import NAMES, in_machine_code, native, sequence
from formulas.libm.definitions import DEFINITIONS
from formulas.libm.in_numpy import routine
from formulas.libm.routines import Shared, used

mpmath: Any = importlib.import_module("mpmath")  # comes with SymPy, and has no types

Numbers = npt.NDArray[np.float64]
_HALF_PI = math.pi / 2
_SPECIAL = np.array([0.0, 1.0, 2.0, 3.0, 0.5, 2.5, 710.0, 746.0, 5e-324, 1e-300, 1.7e308, 2.0**60, math.inf])
_SPECIAL = np.concatenate([_SPECIAL, -_SPECIAL, [math.nan]])
_EXACT: dict[str, Callable[..., Any]] = {
    "log2": lambda a: mpmath.log(a) / mpmath.log(2),
    "cbrt": lambda a: mpmath.sign(a) * mpmath.cbrt(abs(a)),
    "power": lambda a, b: mpmath.re(mpmath.power(a, b)),
}
_NUMPY = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "atan2": "arctan2",
}


def spread(low: float, high: float, count: int = 24) -> Numbers:
    """Numbers of all sizes between two, of both signs, always the same."""
    draws = np.random.default_rng(round(low + 7 * count) % 1000)
    sizes = np.exp(draws.uniform(math.log(low), math.log(high), count))
    return np.asarray(sizes * np.where(np.arange(count) % 2, -1.0, 1.0))


def between(low: float, high: float, count: int = 60) -> Numbers:
    return np.random.default_rng(count).uniform(low, high, count)


_SMALL = spread(1e-310, 1.0)
_ANGLES = np.concatenate(
    [
        between(-10, 10),
        spread(1e-310, 1e308, 60),
        np.array([6381956970095103 * 2.0**797, 99999.9, 100000.1]),  # the first is the double nearest to a multiple of pi/2
        _HALF_PI * np.round(spread(1, 6e4, 40)),
        _HALF_PI * np.round(spread(1e5, 1e15, 20)),
    ]
)
_ARGUMENTS: dict[str, Numbers] = {
    **dict.fromkeys(("sin", "cos", "tan"), _ANGLES),
    **dict.fromkeys(("asin", "acos", "atanh"), np.concatenate([between(-1, 1, 120), _SMALL, 1 - abs(spread(1e-16, 0.5))])),
    **dict.fromkeys(("atan", "asinh"), np.concatenate([between(-3, 3, 120), spread(1e-310, 1e308, 60)])),
    **dict.fromkeys(("sinh", "cosh", "tanh"), np.concatenate([between(-2, 2), between(-25, 25), between(-710, 710, 30), _SMALL])),
    **dict.fromkeys(
        ("exp", "expm1"), np.concatenate([between(-2, 2), between(-745, 709.7), between(-745, -700, 30), _SMALL, [709.782712893384]])
    ),
    **dict.fromkeys(("log", "log2", "log10"), np.concatenate([between(0.3, 3), abs(spread(5e-324, 1.7e308, 60)), 1 + spread(1e-15, 0.1)])),
    "log1p": np.concatenate([between(-1, 3), abs(spread(1e-310, 1e308)), _SMALL, abs(spread(1e-16, 0.1)) - 1]),
    "acosh": np.concatenate([1 + abs(spread(1e-15, 10, 60)), abs(spread(1.5, 1e308))]),
    "cbrt": np.concatenate([between(-9, 9), spread(5e-324, 1.7e308, 60)]),
    **dict.fromkeys(("erf", "erfc"), np.concatenate([between(-1.3, 1.3), between(-6, 6), between(1.25, 27.2), _SMALL])),
}
_SIZES = np.concatenate([between(-3, 3), spread(1e-300, 1e300, 60)])
_PAIRS: dict[str, tuple[Numbers, Numbers]] = {
    **dict.fromkeys(("atan2", "hypot"), (_SIZES, np.roll(_SIZES, 17))),
    "power": (
        np.concatenate([between(0, 5), abs(spread(1e-310, 1e308, 60)), 1 + spread(1e-12, 1e-2, 24), -np.arange(1.0, 31.0)]),
        np.concatenate([between(-20, 20), spread(1e-3, 1, 60), spread(1, 1e5, 24), np.arange(-15.0, 15.0)]),
    ),
}


def computed(name: str, *arguments: Numbers) -> Numbers:
    return routine(name)(*arguments, np.empty(arguments[0].shape))


def arguments_of(name: str) -> tuple[Numbers, ...]:
    return _PAIRS[name] if name in _PAIRS else (_ARGUMENTS[name],)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_error_is_at_most_what_the_definition_states(name: str) -> None:
    stated = re.search(r"to ([0-9.]+) ulp", DEFINITIONS[name][0].__doc__ or "")
    assert stated
    assert float(stated[1]) <= 2
    exact = _EXACT.get(name) or getattr(mpmath, name)
    arguments = arguments_of(name)
    with mpmath.workprec(200):
        for *point, value in zip(*arguments, computed(name, *arguments), strict=True):
            right = exact(*map(mpmath.mpf, point))
            unit = mpmath.ldexp(1, max(mpmath.frexp(right)[1] - 53, -1074))
            assert abs(mpmath.mpf(value) - right) <= float(stated[1]) * unit, (point, value)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy warns of what is not finite
@pytest.mark.parametrize("name", sorted(NAMES))
def test_zeros_with_signs_infinities_and_nan_are_as_ieee_has_them(name: str) -> None:
    points = np.array(np.meshgrid(_SPECIAL, _SPECIAL)).reshape(2, -1) if name in _PAIRS else _SPECIAL[None]
    if name in ("erf", "erfc"):
        right = np.array([getattr(math, name)(value) for value in _SPECIAL])
    else:
        right = getattr(np, _NUMPY.get(name, name))(*points)
    value = computed(name, *points)
    assert np.array_equal(np.isnan(value), np.isnan(right))
    there = ~np.isnan(right)
    assert np.array_equal(np.signbit(value[there]), np.signbit(right[there]))
    finite = there & np.isfinite(right)
    assert np.array_equal(value[there & ~finite], right[there & ~finite])
    assert np.all(abs(value[finite] - right[finite]) <= 5e-16 * abs(right[finite]) + 5e-324)
    assert np.array_equal(value[there & (right == 0)], right[there & (right == 0)])


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_number_gives_the_same_bits_whatever_stands_beside_it_and_wherever_it_is_written(name: str) -> None:
    arguments = arguments_of(name)
    together = computed(name, *arguments)
    alone = [computed(name, *(np.array(one[index]) for one in arguments)) for index in range(0, together.size, 5)]
    assert np.array_equal(together[::5], alone)
    assert np.array_equal(computed(name, *(np.tile(one, 60).reshape(60, -1) for one in arguments))[41], together)  # more than a block
    in_place = [one.copy() for one in arguments]
    assert np.array_equal(routine(name)(*in_place, in_place[0]), together)
    assert np.array_equal(in_place[0], together)
    single: Any = np.empty(together.shape, np.float32)
    with np.errstate(over="ignore"):
        assert np.array_equal(routine(name)(*arguments, single), together.astype(np.float32))


@pytest.mark.skipif(not native.available(), reason="there is no compiler for this processor")
@pytest.mark.parametrize("name", sorted(NAMES))
def test_machine_code_computes_the_same_bits_with_vectors_of_any_width(name: str) -> None:
    special = tuple(np.array(np.meshgrid(_SPECIAL, _SPECIAL)).reshape(2, -1)) if name in _PAIRS else (_SPECIAL,)
    compiled = [in_machine_code.routine(name)]
    if name in ("sin", "power"):
        compiled += [in_machine_code.Compiled(sequence(name), name, width) for width in (1, 2, 4)]
    for arguments in (arguments_of(name), special):
        right = computed(name, *arguments)
        for routine_of_width in compiled:
            value = routine_of_width(*arguments, np.empty(right.shape))
            assert np.array_equal(np.isnan(value), np.isnan(right))
            there = ~np.isnan(right)
            assert np.array_equal(value[there].view(np.uint64), right[there].view(np.uint64))
    in_place = [one.copy() for one in arguments_of(name)]
    assert np.array_equal(compiled[0](*in_place, in_place[0]), computed(name, *arguments_of(name)))


def test_what_is_computed_has_these_bits_on_every_machine() -> None:
    """The last bits of a few values, recorded once: a change of a definition is a change of pictures that links show."""
    at = np.array([0.3, 1.7, 12.9, 123456.789])
    found = {name: computed(name, *([at] * DEFINITIONS[name][1])).view(np.uint64).tolist() for name in _RECORDED}
    assert found == _RECORDED


_RECORDED: dict[str, list[int]] = {
    "sin": [0x3FD2E9CD95BABA33, 0x3FEFBBB7D72F98B6, 0x3FD4F5575997D452, 0xBFEFF50E60AB53F9],
    "cos": [0x3FEE921DD42F09BA, 0xBFC07DF9F4A26C86, 0x3FEE3C4B1E66348A, 0x3FAA74D27C41B22A],
    "tan": [0x3FD3CC2A44E29997, 0xC01EC952123D33F2, 0x3FD62E7365A291BD, 0xC03353A85FE8D6D5],
    "exp": [0x3FF599058C8C1A96, 0x4015E552770DF8A6, 0x41186EE0C3EBFB12, 0x7FF0000000000000],
    "log": [0xBFF34378FCBDA721, 0x3FE0FAE81914A991, 0x4004753397B61881, 0x40277281CAD8A844],
    "tanh": [0x3FD2A4DDA7D914F9, 0x3FEDEEDF00D3E7F5, 0x3FEFFFFFFFFE48E2, 0x3FF0000000000000],
    "power": [0x3FE64C8E84C5F4E9, 0x4003B7B1F59F3E83, 0x42E81DDE7AEB1EBC, 0x7FF0000000000000],
    "erfc": [0x3FE57BE3BBF10AF8, 0x3F90993BE8F17094, 0x30A52355492FFA01, 0x0],
    "atan": [0x3FD2A73A661EAF06, 0x3FF0A00A3BCE369F, 0x3FF7E5189AA26D4F, 0x3FF921F2D5F068D7],
}


def test_an_operation_is_taken_once() -> None:
    for name in NAMES:
        steps = sequence(name).steps
        assert len({(step.operation, repr(step.operands), step.table, step.body) for step in steps}) == len(steps)


def test_a_call_bound_to_its_arrays_computes_what_the_function_does() -> None:
    function, at = Shared("exp"), between(-2, 2)
    out = np.empty(at.shape)
    call = function.bound((at, out))
    if call is not None:  # nothing is bound where nothing can be compiled
        call[0](*call[1])
        assert np.array_equal(out, computed("exp", at))
    single: Any = np.empty(at.shape, np.float32)
    assert function.bound((at, single)) is None
    assert function.bound((np.array(2.0), out)) is None
    assert np.array_equal(function(np.array(2.0), out), computed("exp", np.full(at.shape, 2.0)))


def test_which_functions_are_used_is_said_in_one_word() -> None:
    assert used("numpy") == {"erf", "erfc"}
    assert used("shared") == NAMES
    with pytest.raises(ValueError, match="DESCENT_FUNCTIONS is 'fast'; it has to be one of shared, numpy"):
        used("fast")


def test_nothing_that_a_race_depends_on_calls_numpys_own_functions() -> None:
    """Their last bits depend on the processor. NumPy's powers are an option, and powers of ten are whole numbers."""
    root = Path(__file__).parents[1]
    own = re.compile(rf"\b(?:np|math)\.(?:{'|'.join({*NAMES, *_NUMPY.values(), 'exp2', 'pow', 'float_power'} - {'log10'})})\(")
    files = [path for folder in ("landscapes", "optimizers", "tape", "simulation", "formulas") for path in (root / folder).rglob("*.py")]
    assert len(files) > 80
    found = {path.relative_to(root).as_posix(): own.findall(path.read_text(encoding="utf-8")) for path in files}
    known = {
        "formulas/kernels.py": ["np.power("] * 3,
        "formulas/syntax.py": ["math.pow("],  # how large a tower of powers is
        "formulas/wide.py": ["math.log("] * 2,  # of 2 and 10
        "simulation/progress.py": ["math.expm1("],  # how long it may take
    }
    assert {path: calls for path, calls in found.items() if calls} == known
