"""Objectives of other than two dimensions: a quadratic bowl of five, on which the engine, the measures and the methods work as elsewhere.

Against torch the bowl's paths are held by the recording in reference/torch.json (reference/record_torch.py made it).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import landscapes
import optimizers
import simulation
from formulas.program import Call
from optimizers.update_rules import norm
from parameters import Array, Value
from simulation import measures
from simulation.dissect import dissect
from tests.test_optimizer_reference import assert_close, counterpart, is_nesterov

REFERENCE: dict[str, Any] = json.loads((Path(__file__).parent / "reference" / "torch.json").read_text())
BOWL_IN_TORCH, BOWL_PATHS = REFERENCE["bowl"], REFERENCE["bowl_paths"]


@dataclass(frozen=True)
class Bowl:
    """The objective scale * x'Hx/2, with a Hessian H of shape (d, d); `scale` may differ from trajectory to trajectory."""

    matrix: Array
    scale: Value = 1.0
    name: str = "Bowl"
    always_finite: bool = True

    @property
    def dimension(self) -> int:
        return len(self.matrix)

    @property
    def per_lane(self) -> bool:
        return isinstance(self.scale, np.ndarray)

    def check_lanes(self, count: int, what: str) -> None:
        if isinstance(self.scale, np.ndarray) and self.scale.size != count:
            raise ValueError(f"{self.name}: scale holds {self.scale.size} values for {count} {what}")

    def bind(
        self,
        points: Array,
        lanes: slice | npt.NDArray[np.intp] = slice(None),
        *,
        value: Array | None = None,
        gradient: Array | None = None,
        hessian: Array | None = None,
    ) -> list[Call]:
        assert hessian is None or self.dimension == 2, "is not asked for elsewhere"
        scale = self.scale[lanes] if isinstance(self.scale, np.ndarray) else self.scale
        slope = np.empty(points.shape) if gradient is None else gradient
        calls: list[Call] = [(np.matmul, (self.matrix, points, slope)), (np.multiply, (slope, scale, slope))]
        if value is not None:
            product = np.empty(points.shape)
            calls += [(np.multiply, (points, slope, product)), (np.add.reduce, (product, 0, None, value)), (np.divide, (value, 2.0, value))]
        if hessian is not None:
            (xx, xy), (_, yy) = self.matrix
            calls += [(np.copyto, (hessian, np.array([[xx], [xy], [yy]]) * scale))]
        return calls

    def value(self, points: npt.ArrayLike) -> Array:
        return self._run(points, "value")

    def gradient(self, points: npt.ArrayLike) -> Array:
        return self._run(points, "gradient")

    def _run(self, points: npt.ArrayLike, what: str) -> Array:
        at = np.ascontiguousarray(points, dtype=np.float64)
        result = np.empty(at.shape[1:] if what == "value" else at.shape)
        with np.errstate(all="ignore"):
            for routine, arguments in self.bind(at, **{what: result}):  # type: ignore[arg-type]
                routine(*arguments)
        return result


BOWL = Bowl(np.array(BOWL_IN_TORCH["hessian"]))
CURVATURES = np.array([1.0, 3.0, 0.5, 20.0, 7.0])
SEPARABLE = Bowl(np.diag(CURVATURES), name="Separable bowl")
STARTS = np.random.default_rng(4).uniform(-2.0, 2.0, (5, 40))


EVERYWHERE = [name for name in optimizers.names() if optimizers.get(name).dimension is None]
IN_THE_PLANE = [name for name in optimizers.names() if name not in EVERYWHERE]
ELEMENTWISE = [name for name in EVERYWHERE if not optimizers.get(name).couples]


def same(a: Array, b: Array) -> bool:
    """Equal to the last bit, NaN included."""
    return np.array_equal(a, b, equal_nan=True)


# ---- which methods work where


def test_methods_with_matrices_are_those_of_two_dimensions() -> None:
    assert IN_THE_PLANE == ["newton", "saddle_free_newton", "bfgs", "nelder_mead", "cma_es"]
    assert set(EVERYWHERE) - set(ELEMENTWISE) == {
        *("sam", "l_bfgs", "conjugate_gradient"),
        *("lars", "lamb", "adafactor", "polyak_step_size", "prodigy"),
    }


@pytest.mark.parametrize("name", IN_THE_PLANE)
def test_a_method_of_two_dimensions_is_refused_elsewhere_in_words(name: str) -> None:
    optimizer = optimizers.get(name)
    words = rf"{optimizer.name} works in 2 dimensions only, because it is declared by [^;]+; Bowl has 5: choose a method that works with"
    with pytest.raises(ValueError, match=words):
        simulation.run(BOWL, optimizer, STARTS, 3)
    with pytest.raises(ValueError, match=f"{optimizer.name} works in 2 dimensions only.* has 5"):
        optimizer.initial_state(STARTS)
    flat = Bowl(np.diag([1.0, 4.0]))
    assert optimizers.get("adam").dimension is None
    assert optimizer.dimension == flat.dimension == landscapes.get("ravine").dimension


@pytest.mark.parametrize("starts", [np.zeros((2, 3)), np.zeros(5), np.zeros((5, 0)), np.zeros((3, 5))])
def test_starts_have_a_row_for_each_coordinate(starts: Array) -> None:
    with pytest.raises(ValueError, match=r"starts must have the shape \(5, N\), a row for each coordinate, with N at least 1; these have"):
        simulation.run(BOWL, optimizers.get("sgd"), starts, 3)


def test_starts_that_are_not_finite_are_named_with_all_coordinates() -> None:
    starts = STARTS.copy()
    starts[3, 7] = np.nan
    with pytest.raises(ValueError, match=r"starts must be finite; start 7 is \([^,]+, [^,]+, [^,]+, nan, [^,]+\)"):
        simulation.run(BOWL, optimizers.get("sgd"), starts, 3)


def test_the_memory_that_a_history_needs_grows_with_the_dimension() -> None:
    with pytest.raises(ValueError, match=f"need {301 * 40 * (5 + 1) * 8:,} bytes of history"):
        simulation.run(BOWL, optimizers.get("sgd"), STARTS, 300, memory=1000)


@pytest.mark.parametrize(
    ("dimension", "kind", "words"),
    [
        (0, ValueError, "the dimension of Odd bowl is 0; choose 1 or more"),
        (True, TypeError, "the dimension of Odd bowl must be a whole number, not True"),
        (2.0, TypeError, "the dimension of Odd bowl must be a whole number, not 2.0"),
    ],
)
def test_an_objective_has_a_whole_number_of_coordinates(dimension: Any, kind: type[Exception], words: str) -> None:
    class Odd(Bowl):
        @property
        def dimension(self) -> Any:
            return dimension

    with pytest.raises(kind, match=words):
        simulation.run(Odd(np.eye(2), name="Odd bowl"), optimizers.get("sgd"), np.ones((2, 3)), 3)


def short_of(missing: str) -> Any:
    """A `bind` that leaves out what computes one quantity."""
    return lambda points, lanes, **wanted: [] if missing in wanted else Bowl(np.eye(2)).bind(points, lanes, **wanted)


@pytest.mark.parametrize(
    ("bind", "kind", "words"),
    [
        (lambda points, lanes, **wanted: None, TypeError, "must return a list of calls, .*, not None"),
        (lambda points, lanes, **wanted: [np.add], TypeError, r"each a function and the tuple of its arguments, not \[<ufunc 'add'>\]"),
        (lambda points, lanes, **wanted: [(np.add, 1)], TypeError, "each a function and the tuple of its arguments"),
        (short_of("value"), ValueError, r"asked for value of 3 points, returns calls that do not write all of the value, shape \(3,\)"),
        (short_of("gradient"), ValueError, r"asked for gradient of 3 points, .* do not write all of the gradient, shape \(2, 3\)"),
        (short_of("hessian"), ValueError, r"asked for hessian of 3 points, .* do not write all of the hessian, shape \(3, 3\)"),
        (
            lambda points, lanes, **wanted: [(np.copyto, (array, np.ones((3, 2)))) for array in wanted.values()],
            ValueError,
            r"returns a call that fails \(could not broadcast .*\); the shapes are points \(2, 3\), value \(3,\)",
        ),
        (
            lambda points, lanes, **wanted: [(np.copyto, (array[..., :1], 1.0)) for array in wanted.values()],
            ValueError,
            "do not write all of the value",
        ),
    ],
)
def test_an_objective_whose_calls_do_not_compute_is_refused_before_it_is_run(bind: Any, kind: type[Exception], words: str) -> None:
    class Odd(Bowl):
        pass

    Odd.bind = staticmethod(bind)  # type: ignore[method-assign]
    with pytest.raises(kind, match=f"Odd bowl: bind, .*{words}"):
        simulation.run(Odd(np.eye(2), name="Odd bowl"), optimizers.get("newton"), np.ones((2, 3)), 3)


def test_what_does_not_ask_for_hessians_needs_none() -> None:
    class Odd(Bowl):
        pass

    Odd.bind = staticmethod(short_of("hessian"))  # type: ignore[method-assign]
    for name in ("bfgs", "adam"):
        run = simulation.run(Odd(np.eye(2)), optimizers.get(name), STARTS[:2], 3)
        assert same(run.positions, simulation.run(Bowl(np.eye(2)), optimizers.get(name), STARTS[:2], 3).positions)


# ---- against torch


SHOWN = [case for case in BOWL_PATHS if case["method"] != "ASGD"]
"""Torch shows another point of averaged SGD, see test_optimizer_reference.py."""


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: f"{case['method']}-{case['arguments']}")
def test_paths_on_the_bowl_are_torchs(case: dict[str, Any]) -> None:
    kept, starts = BOWL_IN_TORCH["kept"], np.array(BOWL_IN_TORCH["starts"])
    sam = case["method"] == "SAM"
    optimizer = optimizers.get("sam", **case["arguments"]) if sam else counterpart(case["method"], case["arguments"])
    run = simulation.run(BOWL, optimizer, starts, kept[-1])
    positions = run.positions
    if is_nesterov(case):  # torch's point is the look-ahead point; see test_optimizer_reference.py
        positions = positions + optimizer.values["momentum"] * np.diff(positions, axis=0, prepend=positions[:1])
    assert positions.shape == (kept[-1] + 1, 5, 2)
    assert_close(positions[kept], case["positions"], 1e-12 if case["method"] in ("SGD", "SAM") else 1e-10)


def test_the_recording_holds_every_method_that_torch_has_and_sam() -> None:
    recorded = {counterpart(case["method"], case["arguments"]).key for case in BOWL_PATHS if case["method"] != "SAM"}
    there = {name for name in EVERYWHERE if optimizers.get(name).torch and not optimizers.get(name).torch_differs}
    assert recorded == there | {"nesterov", "asgd"}
    assert sum(case["method"] == "SAM" for case in BOWL_PATHS) == 3


# ---- against two dimensions, bit for bit


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_coordinates_that_do_not_see_each_other_move_as_in_two_dimensions(name: str) -> None:
    """On a separable bowl an element-wise method does to each pair of coordinates what it does on a ravine with their curvatures."""
    optimizer = optimizers.get(name)
    run = simulation.run(SEPARABLE, optimizer, STARTS, 60, optimizers.schedules.get("cosine"))
    for first in range(4):
        a, b = CURVATURES[first : first + 2]
        plane = landscapes.from_formula("(a*x**2 + b*y**2)/2", ((-2, 2), (-2, 2)), a=a, b=b)
        flat = simulation.run(plane, optimizer, STARTS[first : first + 2], 60, optimizers.schedules.get("cosine"))
        assert_close(run.positions[:, first : first + 2], flat.positions, 1e-9)


@pytest.mark.parametrize("name", optimizers.names())
def test_a_bowl_of_two_dimensions_is_a_ravine(name: str) -> None:
    """What is no landscape runs by the same program, also with a Hessian and with step lengths."""
    flat, ravine = Bowl(np.diag([1.0, 16.0])), landscapes.get("ravine", condition=16.0)
    starts = STARTS[:2]
    ours, theirs = (simulation.run(objective, optimizers.get(name), starts, 40, noise=0.1, seed=2) for objective in (flat, ravine))
    assert_close(ours.positions, theirs.positions, 1e-9)


def test_the_norm_is_that_of_all_coordinates() -> None:
    vectors = np.array([[3.0, 1.0], [4.0, 1.0], [12.0, 1.0], [0.0, 1.0], [84.0, 0.0]])
    assert norm(vectors, np.empty((5, 2))).tolist() == [[85.0, 2.0]] * 5


# ---- the engine


@pytest.mark.parametrize("name", EVERYWHERE)
def test_chunks_and_what_is_kept_change_nothing(name: str) -> None:
    optimizer, options = optimizers.get(name), {"noise": 0.2, "seed": 5}
    whole = simulation.run(BOWL, optimizer, STARTS, 50, **options)  # type: ignore[arg-type]
    assert whole.positions.shape == (51, 5, 40)
    assert whole.dimension == 5
    assert same(whole.losses, np.array([BOWL.value(points) for points in whole.positions]))
    for other in ({"chunk": 7}, {"chunk": 16, "workers": 2}):
        again = simulation.run(BOWL, optimizer, STARTS, 50, **options, **other)  # type: ignore[arg-type]
        assert same(again.positions, whole.positions)
        assert same(again.losses, whole.losses)
    last = simulation.run(BOWL, optimizer, STARTS, 50, keep="last", goal=0.5, **options)  # type: ignore[arg-type]
    assert same(last.positions, whole.positions[-1:])
    assert last.reached is not None
    assert last.reached.tolist() == measures.steps_below(whole, 0.5).tolist()
    alone = simulation.run(BOWL, optimizer, STARTS[:, [11]], 50, numbers=[11], **options)  # type: ignore[arg-type]
    assert_close(alone.positions, whole.positions[:, :, [11]], 1e-9)


def test_numbers_may_differ_from_trajectory_to_trajectory() -> None:
    rates, scales = np.linspace(0.001, 0.02, 40), np.linspace(0.5, 2.0, 40)
    optimizer = optimizers.get("sam", lr=rates, rho=np.linspace(0.01, 1.0, 40))
    run = simulation.run(replace(BOWL, scale=scales), optimizer, STARTS, 30)
    for lane in (0, 17, 39):
        one = optimizers.get("sam", lr=rates[lane], rho=optimizer.values["rho"][lane])  # type: ignore[index]
        alone = simulation.run(replace(BOWL, scale=float(scales[lane])), one, STARTS[:, [lane]], 30)
        assert_close(alone.positions, run.positions[:, :, [lane]], 1e-9)
    with pytest.raises(ValueError, match="Bowl: scale holds 40 values for 3 starts"):
        simulation.run(replace(BOWL, scale=scales), optimizers.get("sgd"), STARTS[:, :3], 1)


def test_noise_is_that_of_two_dimensions_in_kind_and_the_same_for_the_same_number() -> None:
    flat = Bowl(np.zeros((5, 5)), name="Plain")
    run = simulation.run(flat, optimizers.get("sgd", lr=1.0), np.zeros((5, 200)), 400, noise=2.0, seed=1)
    steps = np.diff(run.positions, axis=0)
    assert steps.std(axis=(0, 2)) == pytest.approx(np.full(5, 2.0), rel=0.02)
    assert np.abs(np.corrcoef(steps.transpose(1, 0, 2).reshape(5, -1)) - np.eye(5)).max() < 0.02
    twins = simulation.run(flat, optimizers.get("sgd", lr=1.0), np.zeros((5, 3)), 9, noise=2.0, seed=1, numbers=[7, 7, 150])
    assert same(twins.positions[:, :, 0], twins.positions[:, :, 1])
    assert same(twins.positions[:, :, [0, 2]], run.positions[:10, :, [7, 150]])


def test_what_leaves_float_range_is_marked() -> None:
    rates = np.array([0.01, 10.0])
    for keep in ("path", "last"):
        run = simulation.run(BOWL, optimizers.get("sgd", lr=rates), STARTS[:, :2], 400, keep=keep)
        assert run.diverged_at[0] == -1
        assert 50 < run.diverged_at[1] < 400
        assert np.isfinite(run.positions[-1][:, 0]).all()
        assert np.isnan(run.positions[-1][:, 1]).all()


# ---- what can be said of a run


def test_measures_of_the_path_need_no_landscape_and_the_others_say_so() -> None:
    run = simulation.run(BOWL, optimizers.get("momentum", lr=0.05), STARTS, 80)
    steps = np.diff(run.positions, axis=0)
    gradients = np.einsum("ij,tjn->tin", BOWL.matrix, run.positions)
    assert measures.gradient_norms(run) == pytest.approx(np.linalg.norm(gradients, axis=1))
    assert measures.path_length(run) == pytest.approx(np.linalg.norm(steps, axis=1).sum(axis=0))
    assert measures.effective_rates(run).shape == (80, 5, 40)
    assert measures.alignments(run)[0] == pytest.approx(1.0), "the first step goes straight downhill"
    assert measures.gradient_norms(simulation.run(replace(BOWL, scale=np.full(40, 2.0)), optimizers.get("sgd", lr=0.01), STARTS, 3))[
        0
    ] == pytest.approx(2 * np.linalg.norm(gradients[0], axis=0))
    assert run.objective is BOWL
    for of_landscapes in (measures.outcomes, measures.distance_to_minimum, measures.steps_to):
        with pytest.raises(ValueError, match="Bowl is no landscape: it has no window"):
            of_landscapes(run)


@pytest.mark.parametrize("name", EVERYWHERE)
def test_a_step_is_taken_apart_into_parts_that_add_up(name: str) -> None:
    run = simulation.run(BOWL, optimizers.get(name), STARTS, 30, optimizers.schedules.get("linear"), noise=0.1)
    taken = dissect(run, 3)
    assert taken.anatomy.move.shape == (5, 30)
    assert_close(taken.anatomy.move, np.diff(run.positions[:, :, 3], axis=0).T, 1e-9)


@dataclass(frozen=True)
class Counting(Bowl):
    """Which counts the points that it is asked about, and computes each by itself."""

    asked: list[int] = field(default_factory=list)
    costly: bool = True

    def bind(self, points: Array, lanes: slice | npt.NDArray[np.intp] = slice(None), **wanted: Array | None) -> list[Call]:
        return [(lambda: self.asked.append(points.shape[1]), ()), *super().bind(points, lanes, **wanted)]


@pytest.mark.parametrize("name", ["bfgs", "conjugate_gradient"])
def test_searches_ask_a_costly_objective_only_about_what_has_moved(name: str) -> None:
    scale, starts = np.logspace(-3, 3, 40), np.random.default_rng(0).normal(size=(2, 40))
    asked = {}
    for costly in (True, False):
        bowl = Counting(np.diag([1.0, 3.0]), scale, costly=costly)
        run = simulation.run(bowl, optimizers.get(name), starts, 6)
        asked[costly] = sum(bowl.asked), run.positions
    assert same(asked[True][1], asked[False][1])
    assert asked[True][0] < 0.75 * asked[False][0]
