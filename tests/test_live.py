"""The browser computes what `simulation.run` computes, to the last bit, from parameters alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from formulas import libm
from formulas.libm.routines import USED
from landscapes import Landscape
from optimizers import Optimizer, schedules
from simulation.live import functions_as_data, pair_as_data

if TYPE_CHECKING:
    from tests.player_page import PlayerPage

COUNT, STEPS = 11, 30
STARTS = np.random.default_rng(1).uniform(-2, 2, (2, COUNT))
RISING = np.linspace(0.1, 0.9, COUNT)
SHARED = pytest.mark.skipif(frozenset(libm.NAMES) > USED, reason="NumPy computes elementary functions with bits of its own here")
RUN = """async ([texts]) => {
    const m = await import("/js/engine.js");
    return texts.map((text) => {
        const { pair, functions, options, run } = JSON.parse(text);
        const tape = m.tapeFor(pair, run.parameters) ?? pair.tape;
        const [{ engine, reason }] = m.enginesFor([{ ...pair, tape }], functions, new m.Workspace(), options);
        if (!engine) return { reason };
        const found = engine.run({ ...run, seed: BigInt(run.seed ?? 0) });
        const plain = (value) => (value instanceof Float64Array ? value.join(" ") : ArrayBuffer.isView(value) ? [...value] : value);
        const lists = Object.entries(found).map(([name, value]) => [name, plain(value)]);
        return { ...Object.fromEntries(lists), misfit: engine.misfit(run.parameters) };
    });
}"""


def case(landscape: Landscape, optimizer: Optimizer, now: tuple[Landscape, Optimizer] | None = None, **more: Any) -> tuple[Any, Any, str]:
    """What to compute in the browser, and what Python computes.

    Args:
        now: what the browser's data are made of, if they are made of other values of the parameters than it then computes with.
    """
    schedule = more.get("schedule")
    made, wanted = (pair_as_data(*pair, schedule, "noise" in more) for pair in (now or (landscape, optimizer), (landscape, optimizer)))
    starts = more.pop("starts", STARTS)
    run = simulation.run(landscape, optimizer, starts, STEPS, engine="numpy", **more)
    told = {name: np.asarray(value).tolist() for name, value in more.items() if name in ("noise", "keep", "goal", "numbers")}
    sent = {
        "pair": made,
        "functions": functions_as_data(made),
        "options": {"count": starts.shape[1], "single": False, "goal": "goal" in more},
        "run": {"parameters": wanted["parameters"], "starts": starts.tolist(), "steps": STEPS, "seed": str(more.get("seed", 0)), **told},
    }
    return sent, run, f"{optimizer.name} on {landscape.name} with {more}"


def compare(player_page: PlayerPage, *cases: tuple[Any, Any, str]) -> list[dict[str, Any]]:
    """Run cases in the browser, hold them against Python, and give what the browser found."""
    seen: list[dict[str, Any]] = player_page.page.evaluate(RUN, [[json.dumps(sent) for sent, _, _ in cases]])
    for found, (_, run, name) in zip(seen, cases, strict=True):
        assert not found.get("reason"), (name, found)
        assert found["misfit"] == "", name
        sure = np.setdiff1d(np.arange(run.losses.shape[1]), found["unsure"])
        for own, theirs in zip((*run.positions.swapaxes(0, 1), run.losses), (found["x"], found["y"], found["loss"]), strict=True):
            seen_there = np.array(theirs.split(), dtype=float).reshape(run.losses.shape)
            assert np.array_equal(own[:, sure], seen_there[:, sure], equal_nan=True), name
        for own, theirs in ((run.diverged_at, found["divergedAt"]), (run.reached, found["reached"])):
            assert (own is None and theirs is None) or np.array_equal(own[sure], np.array(theirs)[sure]), name
    return seen


@SHARED
def test_methods_of_every_kind(player_page: PlayerPage) -> None:
    rosenbrock, himmelblau = landscapes.get("rosenbrock"), landscapes.get("himmelblau")
    methods = ["sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adan", "sam", "newton", "nelder_mead", "schedule_free_sgd", "rprop"]
    methods += ["bfgs", "conjugate_gradient", "l_bfgs", "cma_es"]
    few = [case(rosenbrock, optimizers.get("momentum"), starts=STARTS[:, :count]) for count in (1, 2, 3, 7)]
    compare(player_page, *(case(surface, optimizers.get(name)) for surface in (rosenbrock, himmelblau) for name in methods), *few)


@SHARED
def test_every_elementary_function(player_page: PlayerPage) -> None:
    of_one = [*sorted(libm.NAMES - {"power", "atan2", "hypot", "acos", "asin", "acosh", "atanh"}), "abs", "floor", "ceil", "round", "sign"]
    everywhere = " + ".join(
        [*(f"{name}(x)" for name in of_one if name[:3] not in ("log", "cos", "sin", "exp")), "atan2(x, y)", "hypot(x, y)"]
    )
    others = "sin(x) + cos(x) + exp(x) + expm1(x) + sinh(y) + cosh(y) + max(x, y)*min(x, 1) + where(x < y, x, 2*y) + x**(5/3)"
    partial = "acos(x/3) + asin(y/3) + acosh(x + 4) + atanh(y/3) + log(x + 3) + log2(y + 3) + log10(x + 3) + log1p(y + 3) + (x + 3)**y"
    surfaces = [Landscape("own", formula=formula, window=((-3, 3), (-3, 3))) for formula in (everywhere, others, partial)]
    far, sgd = STARTS * np.geomspace(1e-3, 1e6, COUNT), optimizers.get("sgd")
    compare(player_page, *(case(surface, sgd, starts=starts) for surface in surfaces for starts in (STARTS, far)))
    methods = optimizers.get("adam"), optimizers.get("nadam")
    compare(player_page, *(case(landscapes.get(name), method) for name in ("rastrigin", "ackley", "branin") for method in methods))


@SHARED
def test_whatever_a_run_can_be_given(player_page: PlayerPage) -> None:
    rosenbrock, adam = landscapes.get("rosenbrock"), optimizers.get("adam")
    each = landscapes.get("rosenbrock", b=100 * RISING).penalized(l1=0.1, l2=RISING)
    clipped = adam.with_parameters(lr=RISING, beta1=RISING).clipped(clip_norm=RISING, clip_value=0.5)
    compare(
        player_page,
        case(each, clipped, noise=RISING, seed=2**70 + 5, schedule=schedules.get("cosine")),
        case(rosenbrock, adam, noise=0.1, seed=3, numbers=np.arange(COUNT) * 2**40, goal=10.0, keep=[3, 17, STEPS]),
        case(rosenbrock, adam.with_parameters(change_at=5, change_by=0.1), schedule=schedules.get("step", every=3), goal=RISING),
        case(rosenbrock, adam.with_parameters(change_at=np.arange(COUNT), change_by=RISING)),
        *(case(rosenbrock, adam, schedule=schedules.get(name, warmup=4)) for name in schedules.names()),
    )


def test_trajectories_leave_float_range_at_the_same_step(player_page: PlayerPage) -> None:
    starts = STARTS * np.geomspace(1e-2, 10, COUNT)
    found = compare(player_page, case(landscapes.get("rosenbrock"), optimizers.get("sgd", lr=0.002), starts=starts))
    assert {step >= 0 for step in found[0]["divergedAt"]} == {True, False}


@SHARED
def test_parameters_are_turned_without_python(player_page: PlayerPage) -> None:
    rosenbrock, ravine = landscapes.get("rosenbrock", a=0.7), landscapes.get("ravine")
    method = optimizers.get("adam")
    turned = optimizers.get("adam", lr=0.3, beta1=0.5, beta2=0.9, eps=1e-3)
    steep = ravine.with_parameters(**{entry.name: (entry.low + entry.high) / 3 for entry in ravine.parameters if not entry.integer})
    seen = compare(
        player_page,
        case(landscapes.get("rosenbrock", a=1.3, b=7.0), turned, now=(rosenbrock, method), schedule=schedules.get("one_cycle")),
        case(steep, optimizers.get("nadam", lr=0.01), now=(ravine, optimizers.get("nadam"))),
    )
    assert seen[0]["unsure"] == []


@SHARED
def test_numbers_that_were_0_or_1_are_turned_too(player_page: PlayerPage) -> None:
    rosenbrock, momentum = landscapes.get("rosenbrock"), optimizers.get("momentum", momentum=0.0)
    turned = landscapes.get("rosenbrock", a=1.5), optimizers.get("momentum", momentum=0.7, lr=3e-4)
    compare(
        player_page,
        case(*turned, now=(rosenbrock, momentum)),
        case(rosenbrock, optimizers.get("adam", beta1=0.5), now=(*turned[:1], optimizers.get("adam", beta1=0.0))),
    )
    held = case(rosenbrock, optimizers.get("adam"))[0]
    held["run"]["parameters"]["optimizer"]["bias_correction"] = 0
    (found,) = player_page.page.evaluate(RUN, [[json.dumps(held)]])
    assert found["misfit"] == "the tape holds for bias_correction = 1 only"


def test_what_only_python_can_compute_is_told(player_page: PlayerPage) -> None:
    sgd = optimizers.get("sgd")
    modulo = Landscape("own", formula="mod(x, y) + x**2", window=((-3, 3), (-3, 3)))
    gaps = Landscape("own", formula="sin(x)/x + y**2", window=((-3, 3), (-3, 3)))
    sent = [case(modulo, sgd)[0], case(gaps, sgd, starts=np.array([[0.0, 1.0], [0.5, 0.5]]))[0]]
    refused, filled = player_page.page.evaluate(RUN, [[json.dumps(one) for one in sent]])
    assert refused["reason"] == "mod is computed by Python only"
    assert filled["unsure"] == [0]


def test_the_data_of_a_pair_are_small() -> None:
    for name in ("sgd", "momentum", "nesterov", "rmsprop", "adam"):
        pair = pair_as_data(landscapes.get("rosenbrock"), optimizers.get(name))
        assert len(json.dumps(pair, separators=(",", ":"))) < 4000, name
