"""The optimizers and schedules against torch.optim, from the recording in reference/torch.json (reference/record_torch.py made it)."""

from __future__ import annotations

import ast
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import landscapes
import optimizers
import simulation
from landscapes import Landscape
from optimizers import Optimizer, schedules
from optimizers.options import RATE_CHANGE
from parameters import Array
from simulation.dissect import oracles

REFERENCE: dict[str, Any] = json.loads((Path(__file__).parent / "reference" / "torch.json").read_text())

ABSENT: dict[str, object] = {
    "momentum": 0,
    "dampening": 0,
    "lr_decay": 0,
    "initial_accumulator_value": 0,
    "nesterov": False,
    "amsgrad": False,
    "decoupled_weight_decay": False,
    "max_eval": 1,
    "line_search_fn": None,
}
"""Torch's arguments that a declared call leaves out, with the value at which torch computes what we do."""
STATES = {
    "sgd": {},
    "momentum": {"momentum_buffer": "v"},
    "adagrad": {"sum": "s"},
    "adadelta": {"square_avg": "s", "acc_delta": "d"},
    "rmsprop": {"square_avg": "s", "grad_avg": "m", "momentum_buffer": "v"},
    "adam": {"exp_avg": "m", "exp_avg_sq": "v"},
    "adamw": {"exp_avg": "m", "exp_avg_sq": "v"},
    "amsgrad": {"exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": "v_max"},
    "adamax": {"exp_avg": "m", "exp_inf": "u"},
    "nadam": {"exp_avg": "m", "exp_avg_sq": "v", "mu_product": "product"},
    "radam": {"exp_avg": "m", "exp_avg_sq": "v"},
    "rprop": {"prev": "g_old", "step_size": "d"},
    "adafactor": {"variance": "v"},
}
"""What torch's state is called here. Where torch keeps no state because its factor is 0 (a momentum of 0), ours stays as it is."""


def counterpart(method: str, given: dict[str, Any]) -> Optimizer:
    """The first optimizer here whose declaration (`torch`) says that it stands for a torch optimizer with these arguments."""
    for name in optimizers.names():
        values = matched(optimizers.get(name).torch, method, given)
        if values is not None:
            optimizer = optimizers.get(name, **optimizers.get(name).torch_settings, **values)
            extra = {"bias_correction", *optimizer.torch_settings, *(option.name for option in RATE_CHANGE)}
            assert set(optimizer.values) - set(values) <= extra, "every hyper-parameter is set by torch's arguments"
            return optimizer
    raise AssertionError(f"nothing here stands for {method} with {given}")


def matched(declared: str, method: str, given: dict[str, Any]) -> dict[str, Any] | None:
    """Our hyper-parameters' values where a declared call is one of this method with these arguments, else None."""
    call = ast.parse(declared, mode="eval").body if declared else None
    if not isinstance(call, ast.Call) or ast.unparse(call.func) != method:
        return None
    values: dict[str, Any] = {}
    rest = dict(given)
    if method == "AdamW":
        assert rest.pop("decoupled_weight_decay"), "what AdamW sets by its name"
    for keyword in call.keywords:
        value = rest.pop(str(keyword.arg))
        match keyword.value:
            case ast.Constant(fixed):
                if value != fixed:
                    return None
            case ast.Set([ast.Name(name)]):  # {lr} reads as a set of one name
                values[name] = value
            case ast.Tuple(parts):
                values |= {ast.unparse(part).strip("{}"): item for part, item in zip(parts, value, strict=True)}
    return values if all(value == ABSENT[name] for name, value in rest.items()) else None


def label(case: dict[str, Any]) -> str:
    optimizer = counterpart(case["method"], case["arguments"])
    return "-".join([optimizer.key, *(f"{name}={value:g}" for name, value in optimizer.values.items() if value)])


def is_nesterov(case: dict[str, Any]) -> bool:
    return bool(case["arguments"].get("nesterov"))


def shows_another_point(case: dict[str, Any]) -> bool:
    """Whether torch's parameter is not the point that is shown here: Nesterov's look-ahead, the moving point whose average counts."""
    optimizer = counterpart(case["method"], case["arguments"])
    return bool(optimizer.torch_differs or optimizer.torch_point)


ALIKE = [
    pytest.param(case, id=label(case))
    for case in REFERENCE["optimizers"]
    if not shows_another_point(case) and case["method"] != "LBFGS"  # whose state is no tensor
]
AVERAGED = [pytest.param(case, id=label(case)) for case in REFERENCE["optimizers"] if case["method"] == "ASGD"]
NESTEROV = [pytest.param(case, id=label(case)) for case in REFERENCE["optimizers"] if is_nesterov(case)]
PATHS = [
    pytest.param(case, place, id=f"{place}-{label(case)}")
    for case in REFERENCE["optimizers"]
    if not shows_another_point(case)
    for place in case["paths"]
]


@cache
def landscape(name: str) -> Landscape:
    return {
        "ravine": landscapes.get("ravine", condition=20.0, angle=0.0),
        "rastrigin": landscapes.get("rastrigin", A=10.0),
        "rosenbrock": landscapes.get("rosenbrock", a=1.0, b=100.0),
    }[name]


def column(value: Any) -> Array:
    """A recorded vector, or a number that both axes share, as one trajectory's (2, 1)."""
    return np.broadcast_to(np.array(value, dtype=np.float64), 2).reshape(2, 1).copy()


def assert_close(ours: Array, theirs: Any, tolerance: float) -> None:
    """Equal up to `tolerance`, absolutely below 1 and relatively above."""
    expected = np.array(theirs)
    assert ours.shape == expected.shape
    error = np.abs(ours - expected) / np.maximum(1.0, np.abs(expected))
    assert error.max() <= tolerance


@pytest.mark.parametrize("case", ALIKE)
def test_every_step_from_torchs_own_state_gives_torchs_next_position_and_state(case: dict[str, Any]) -> None:
    """Each of 60 steps on Rosenbrock's function on its own, so that no difference can add up or be hidden by a later one."""
    optimizer = counterpart(case["method"], case["arguments"])
    ask = oracles(landscape("rosenbrock"))
    positions, states = case["steps"]["positions"], case["steps"]["states"]
    names = STATES[optimizer.key]
    for t, before in enumerate(states, start=1):
        point = column(positions[t - 1])
        state = optimizer.initial_state(point) | {names[name]: column(value) for name, value in before.items()}
        terms = optimizer.terms(point, state, t, ask)
        np.testing.assert_allclose(terms["x"], column(positions[t]), rtol=1e-12, atol=0)
        for name, value in (states[t] if t < len(states) else {}).items():
            np.testing.assert_allclose(np.broadcast_to(terms[names[name]], (2, 1)), column(value), rtol=1e-12, atol=0, err_msg=name)


@pytest.mark.parametrize(("case", "place"), PATHS)
def test_whole_paths_are_torchs(case: dict[str, Any], place: str) -> None:
    """1,000 steps by the engine. Methods that do not divide by the gradient's size agree almost to the last bit."""
    optimizer = counterpart(case["method"], case["arguments"])
    run = simulation.run(landscape(place), optimizer, REFERENCE["starts"][place], REFERENCE["kept"][-1])
    assert_close(run.positions[REFERENCE["kept"]], case["paths"][place], 1e-12 if case["method"] == "SGD" else 1e-10)


@pytest.mark.parametrize("case", NESTEROV)
def test_nesterov_is_torchs_after_a_change_of_variable(case: dict[str, Any]) -> None:
    """Torch's parameter is the look-ahead point y = x + rho v of the method as Sutskever et al. write it.

    Put v' = rho v - lr g(y) and x' = x + v' into the next look-ahead point y' = x' + rho v': since x = y - rho v,
    y' = y - lr g(y) + rho v'. With torch's buffer b = -v/lr this is b' = rho b + g(y) and y' = y - lr (g(y) + rho b'),
    which is what torch computes. As v is 0 at first, both start at the same point. A path of x alone tells y, because v is x minus the
    x before.
    """
    optimizer = counterpart(case["method"], case["arguments"])
    rho = optimizer.values["momentum"]
    for place, expected in case["paths"].items():
        run = simulation.run(landscape(place), optimizer, REFERENCE["starts"][place], REFERENCE["kept"][-1])
        velocities = np.diff(run.positions, axis=0, prepend=run.positions[:1])
        assert_close((run.positions + rho * velocities)[REFERENCE["kept"]], expected, 1e-12)


@pytest.mark.parametrize("case", NESTEROV)
def test_every_nesterov_step_from_torchs_state_gives_torchs_next_position_and_state(case: dict[str, Any]) -> None:
    """The same change of variable, step by step: v = -lr b, x = y - rho v, and back."""
    optimizer = counterpart(case["method"], case["arguments"])
    rho, lr = optimizer.values["momentum"], optimizer.values["lr"]
    ask = oracles(landscape("rosenbrock"))
    positions, states = case["steps"]["positions"], case["steps"]["states"]
    for t, before in enumerate(states, start=1):
        velocity = -lr * column(before.get("momentum_buffer", 0.0))
        terms = optimizer.terms(column(positions[t - 1]) - rho * velocity, {"v": velocity}, t, ask)
        np.testing.assert_allclose(terms["x"] + rho * terms["v"], column(positions[t]), rtol=1e-12, atol=0)
        if t < len(states):
            np.testing.assert_allclose(-terms["v"] / lr, column(states[t]["momentum_buffer"]), rtol=1e-12, atol=0)


@pytest.mark.parametrize("case", AVERAGED)
def test_the_moving_point_is_torchs_and_the_average_is_torchs_state(case: dict[str, Any]) -> None:
    """Torch's parameter is z here, and its state `ax` the point: step by step on Rosenbrock's function, and over 200 steps elsewhere."""
    optimizer = counterpart(case["method"], case["arguments"])
    ask = oracles(landscape("rosenbrock"))
    positions, states = case["steps"]["positions"], case["steps"]["states"]
    for t, before in enumerate(states, start=1):
        moving = column(positions[t - 1])
        terms = optimizer.terms(column(before.get("ax", positions[0])), {"z": moving}, t, ask)
        np.testing.assert_allclose(terms["z"], column(positions[t]), rtol=1e-12, atol=0)
        if t < len(states):
            np.testing.assert_allclose(terms["x"], column(states[t]["ax"]), rtol=1e-12, atol=0)
    for place, expected in case["paths"].items():
        ask, point = oracles(landscape(place)), np.array(REFERENCE["starts"][place])
        moving = point
        for t in range(1, 201):
            terms = optimizer.terms(point, {"z": moving}, t, ask)
            point, moving = terms["x"], terms["z"]
            if t in REFERENCE["kept"]:
                assert_close(moving, expected[REFERENCE["kept"].index(t)], 1e-12)


@pytest.mark.parametrize("entry", REFERENCE["schedules"], ids=lambda entry: f"{entry['scheduler']}-{entry['arguments']}")
def test_schedules_give_torchs_factors(entry: dict[str, Any]) -> None:
    expected = np.array(entry["factors"])
    given, steps = entry["arguments"], expected.size
    schedule = {
        "StepLR": lambda: schedules.get("step", drop=given["gamma"], every=given["step_size"]),
        "ExponentialLR": lambda: schedules.get("exponential", rate=given["gamma"]),
        "LinearLR": lambda: schedules.get("linear", end=given["end_factor"]),
        "CosineAnnealingLR": lambda: schedules.get("cosine", end=given["eta_min"]),
        "CosineAnnealingWarmRestarts": lambda: schedules.get(
            "cosine_with_warm_restarts", period=given["T_0"], stretch=given["T_mult"], end=given["eta_min"]
        ),
        "OneCycleLR": lambda: schedules.get(
            "one_cycle", rise=given["pct_start"], start_division=given["div_factor"], end_division=given["final_div_factor"]
        ),
        "PolynomialLR": lambda: schedules.get("polynomial", power=given["power"]),
        "MultiStepLR": lambda: schedules.get(
            "multi_step", drop=given["gamma"], **dict(zip(("first", "second", "third"), given["milestones"], strict=True))
        ),
        "CyclicLR": lambda: schedules.get(
            "cyclic", low=given["base_lr"], climb=given["step_size_up"], shrink=0.5 if given["mode"] == "triangular2" else 1.0
        ),
        "LinearLR, CosineAnnealingLR": lambda: schedules.get("cosine", warmup=given["warmup"]),
    }[entry["scheduler"]]()
    assert_close(schedule.factors(steps), expected, 1e-12)


def test_the_recording_holds_three_settings_of_every_method() -> None:
    recorded = [counterpart(case["method"], case["arguments"]) for case in REFERENCE["optimizers"]]
    for name in (*STATES, "nesterov", "asgd", "l_bfgs"):
        settings = {tuple(optimizer.values.items()) for optimizer in recorded if optimizer.key == name}
        assert len(settings) >= 3, name
