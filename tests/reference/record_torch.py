"""Records what torch.optim and its learning-rate schedulers compute, as reference values for the tests.

    python tests/reference/record_torch.py

writes torch.json beside this file. Only this script needs PyTorch; the tests read the file. The recorded file was made with torch 2.13.0
on Python 3.11, in float64 throughout: JSON keeps every float exactly, because Python writes the shortest text that reads back as the
same number.

The losses and their gradients are written out here by hand, so that nothing of this project has a part in the reference. Names and
arguments are torch's own; the tests translate them.

For every setting of every method it records

- `paths`: the ravine (x² + 20 y²)/2 and Rastrigin's function, 1,000 steps from two starts: the first 20 points, every 50th, the last;
  for SGD and its kin also Rosenbrock's function, for Adafactor and LBFGS, each start alone, the ravine only;
- `steps`: 60 steps on Rosenbrock's function, one by one: every position, and torch's whole state before each step. The adaptive methods
  are too sensitive there for whole paths to be compared: the smallest difference in rounding grows until nothing agrees.

and of 100 steps on a quadratic bowl of five dimensions a few points, for every setting and for SAM (Foret et al. 2021), which torch does
not have: written here with torch's own norm and SGD.

A path is only worth comparing where rounding does not decide it. So every path is run a second time with every gradient taken a few
units in the last place beside the point, and a setting whose path moves by more than 10^-12 is refused.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.optim import lr_scheduler

torch.set_default_dtype(torch.float64)  # also what NAdam and others keep their own scalars in

PATH_STEPS = 1000
KEPT = sorted({*range(21), *range(0, PATH_STEPS + 1, 50)})
SINGLE_STEPS = 60
NUDGE, TOLERATED = 1e-15, 1e-12


def ravine(p: torch.Tensor) -> torch.Tensor:
    """The gradient of (x² + 20 y²)/2."""
    return torch.stack([p[0], 20.0 * p[1]])


def rastrigin(p: torch.Tensor) -> torch.Tensor:
    """The gradient of 20 + x² - 10 cos(2 pi x) + y² - 10 cos(2 pi y)."""
    return 2.0 * p + 20.0 * math.pi * torch.sin(2.0 * math.pi * p)


def rosenbrock(p: torch.Tensor) -> torch.Tensor:
    """The gradient of (1 - x)² + 100 (y - x²)²."""
    x, y = p
    return torch.stack([-2.0 * (1.0 - x) - 400.0 * x * (y - x * x), 200.0 * (y - x * x)])


GRADIENTS = {"ravine": ravine, "rastrigin": rastrigin, "rosenbrock": rosenbrock}
STARTS = {"ravine": [[-3.5, 1.7], [1.0, -1.3]], "rastrigin": [[3.3, -1.7], [-2.4, 0.6]], "rosenbrock": [[-1.2, 0.4], [1.0, -0.6]]}
"""Row 0 holds x, row 1 holds y."""

BOWL = torch.diag(torch.tensor([1.0, 2.0, 3.0, 5.0, 8.0])) + 0.5
"""The Hessian of the bowl of five dimensions."""
BOWL_STARTS = [[1.5, -2.0], [-1.0, 0.7], [2.0, 1.1], [0.3, -1.6], [-0.8, 1.9]]
BOWL_STEPS = 100
BOWL_KEPT = [0, 1, 2, 3, 4, 5, 10, 20, 50, 100]
SAM_SETTINGS = [{"lr": 0.005, "rho": 0.05}, {"lr": 0.002, "rho": 0.5}, {"lr": 0.01, "rho": 0.1, "weight_decay": 0.3}]

SETTINGS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.001}),
    ("SGD", {"lr": 0.0004}),
    ("SGD", {"lr": 0.0015}),
    ("SGD", {"lr": 0.001, "weight_decay": 0.3}),
    ("SGD", {"lr": 0.001, "momentum": 0.9}),
    ("SGD", {"lr": 0.0004, "momentum": 0.5}),
    ("SGD", {"lr": 0.0002, "momentum": 0.95}),
    ("SGD", {"lr": 0.0005, "momentum": 0.8, "weight_decay": 0.2}),
    ("SGD", {"lr": 0.001, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.0004, "momentum": 0.5, "nesterov": True}),
    ("SGD", {"lr": 0.0002, "momentum": 0.95, "nesterov": True}),
    ("SGD", {"lr": 0.0005, "momentum": 0.8, "weight_decay": 0.2, "nesterov": True}),
    ("Adagrad", {"lr": 0.5}),
    ("Adagrad", {"lr": 0.1, "eps": 1e-6}),
    ("Adagrad", {"lr": 1.0, "weight_decay": 0.1}),
    ("Adadelta", {"lr": 1.0, "rho": 0.3}),
    ("Adadelta", {"lr": 0.5, "rho": 0.99}),
    ("Adadelta", {"lr": 0.005, "eps": 1e-2}),
    ("Adadelta", {"lr": 0.003, "rho": 0.5, "eps": 0.1, "weight_decay": 0.3}),
    ("RMSprop", {"lr": 0.001}),
    ("RMSprop", {"lr": 0.002, "alpha": 0.995, "eps": 1e-4}),
    ("RMSprop", {"lr": 0.002, "alpha": 0.9, "eps": 1.0}),
    ("RMSprop", {"lr": 0.0005, "alpha": 0.995, "centered": True}),
    ("RMSprop", {"lr": 0.001, "alpha": 0.999, "centered": True}),
    ("RMSprop", {"lr": 0.003, "alpha": 0.95, "eps": 1.0, "centered": True}),
    ("RMSprop", {"lr": 0.001, "momentum": 0.5}),
    ("RMSprop", {"lr": 0.0003, "alpha": 0.995, "eps": 1e-4, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.001, "alpha": 0.9, "eps": 1.0, "momentum": 0.8}),
    ("RMSprop", {"lr": 0.001, "weight_decay": 1.0}),
    ("RMSprop", {"lr": 0.002, "alpha": 0.995, "eps": 1e-4, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.002, "alpha": 0.9, "eps": 1.0, "weight_decay": 0.3}),
    ("RMSprop", {"lr": 0.002, "alpha": 0.95, "eps": 0.3, "centered": True, "momentum": 0.7, "weight_decay": 0.2}),
    ("Adam", {"lr": 0.1}),
    ("Adam", {"lr": 0.01, "betas": (0.8, 0.995), "eps": 1e-4}),
    ("Adam", {"lr": 0.02, "betas": (0.7, 0.995), "eps": 1e-2}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.3}),
    ("Adam", {"lr": 0.1, "amsgrad": True}),
    ("Adam", {"lr": 0.01, "betas": (0.8, 0.95), "eps": 1e-4, "amsgrad": True}),
    ("Adam", {"lr": 0.05, "betas": (0.5, 0.99), "weight_decay": 0.3, "amsgrad": True}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.01}),
    ("AdamW", {"lr": 0.02, "betas": (0.8, 0.995), "weight_decay": 0.3}),
    ("AdamW", {"lr": 0.01, "eps": 1e-4, "weight_decay": 2.0}),
    ("AdamW", {"lr": 0.02, "weight_decay": 0.0}),
    ("Adamax", {"lr": 0.1}),
    ("Adamax", {"lr": 0.05, "betas": (0.8, 0.998), "eps": 1e-4}),
    ("Adamax", {"lr": 0.02, "betas": (0.5, 0.998), "weight_decay": 0.3}),
    ("NAdam", {"lr": 0.02}),
    ("NAdam", {"lr": 0.01, "betas": (0.8, 0.995), "eps": 1e-3, "momentum_decay": 0.01}),
    ("NAdam", {"lr": 0.01, "betas": (0.7, 0.999), "weight_decay": 0.3, "momentum_decay": 0.1}),
    ("RAdam", {"lr": 0.01}),
    ("RAdam", {"lr": 0.005, "betas": (0.8, 0.995), "eps": 1e-4}),
    ("RAdam", {"lr": 0.01, "betas": (0.5, 0.998), "weight_decay": 0.3}),
    ("Rprop", {"lr": 0.05}),
    ("Rprop", {"lr": 0.01, "etas": (0.7, 1.1), "step_sizes": (1e-5, 0.5)}),
    ("Rprop", {"lr": 0.2, "etas": (0.4, 1.5), "step_sizes": (1e-8, 2.0)}),
    ("ASGD", {"lr": 0.001, "t0": 20}),
    ("ASGD", {"lr": 0.0005, "lambd": 0.01, "alpha": 1.0, "t0": 100}),
    ("ASGD", {"lr": 0.001, "lambd": 1e-3, "t0": 0, "weight_decay": 0.3}),
    ("Adafactor", {"lr": 0.01, "eps": (1e-1, 1e-3), "weight_decay": 0.0}),
    ("Adafactor", {"lr": 0.005, "beta2_decay": -0.5, "eps": (1.0, 1e-2), "d": 2.0, "weight_decay": 0.0}),
    ("Adafactor", {"lr": 0.02, "beta2_decay": -0.9, "eps": (0.5, 0.1), "d": 1.5, "weight_decay": 0.1}),
    ("LBFGS", {"lr": 0.01, "history_size": 5}),
    ("LBFGS", {"lr": 0.05, "history_size": 2}),
    ("LBFGS", {"lr": 0.02, "history_size": 10}),
]
"""Methods with their arguments. A method that divides by the size of recent gradients divides by ever less as it settles, and then jumps
to and fro across the minimum in an order that the last bit decides (NAdam with lr = 0.1 on the ravine, RMSprop with a short memory
and momentum): hence the small learning rates, long memories and large eps here, which `recorded_path` insists on. The step by step
comparison has no such limits."""

ALONE = ("Adafactor", "LBFGS")
"""Methods that look at all numbers of a parameter at once, or at rows and columns of it: each trajectory is a parameter of its own."""
WHOLE_STEPS = {"max_iter": 1, "tolerance_grad": 0.0, "tolerance_change": 0.0}
"""LBFGS so that a step is one step, taken whatever comes of it."""
IMPLEMENTATION = ("foreach", "fused", "capturable", "differentiable", "maximize")
"""Arguments that choose how torch computes, not what."""
RUN = 200
"""The steps of a run whose schedule is recorded, where its arguments do not say."""
SCHEDULES: list[tuple[str, dict[str, Any]]] = [
    ("StepLR", {"step_size": 50, "gamma": 0.5}),
    ("StepLR", {"step_size": 30, "gamma": 0.1}),
    ("StepLR", {"step_size": 7, "gamma": 0.9}),
    ("ExponentialLR", {"gamma": 0.99}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("ExponentialLR", {"gamma": 1.0}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": RUN}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.1, "total_iters": RUN}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.5, "total_iters": RUN}),
    ("CosineAnnealingLR", {"T_max": RUN, "eta_min": 0.0}),
    ("CosineAnnealingLR", {"T_max": RUN, "eta_min": 0.1}),
    ("CosineAnnealingLR", {"T_max": RUN, "eta_min": 0.5}),
    ("CosineAnnealingWarmRestarts", {"T_0": 50, "T_mult": 1, "eta_min": 0.0}),
    ("CosineAnnealingWarmRestarts", {"T_0": 30, "T_mult": 1, "eta_min": 0.1}),
    ("CosineAnnealingWarmRestarts", {"T_0": 10, "T_mult": 2, "eta_min": 0.0}),
    ("CosineAnnealingWarmRestarts", {"T_0": 7, "T_mult": 2, "eta_min": 0.2}),
    ("CosineAnnealingWarmRestarts", {"T_0": 5, "T_mult": 3, "eta_min": 0.0}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": RUN, "pct_start": 0.3, "div_factor": 25.0, "final_div_factor": 1e4}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": RUN, "pct_start": 0.1, "div_factor": 10.0, "final_div_factor": 100.0}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": RUN, "pct_start": 0.5, "div_factor": 4.0, "final_div_factor": 1e6}),
    *(
        ("OneCycleLR", {"max_lr": 1.0, "total_steps": steps, "pct_start": rise, "div_factor": 25.0, "final_div_factor": 100.0})
        for steps, rise in ((30, 0.01), (30, 0.99), (30, 0.05), (7, 0.3), (2, 0.9), (1, 0.3))
    ),
    ("PolynomialLR", {"total_iters": RUN, "power": 1.0}),
    ("PolynomialLR", {"total_iters": RUN, "power": 0.9}),
    ("PolynomialLR", {"total_iters": RUN, "power": 3.0}),
    ("MultiStepLR", {"milestones": [50, 90, 150], "gamma": 0.1}),
    ("MultiStepLR", {"milestones": [1, 2, 199], "gamma": 0.7}),
    ("MultiStepLR", {"milestones": [30, 199, 500], "gamma": 0.5}),
    ("CyclicLR", {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 20, "mode": "triangular"}),
    ("CyclicLR", {"base_lr": 0.0, "max_lr": 1.0, "step_size_up": 7, "mode": "triangular"}),
    ("CyclicLR", {"base_lr": 0.2, "max_lr": 1.0, "step_size_up": 13, "mode": "triangular2"}),
]
WARMUPS = (1, 20)


def optimizer_for(method: str, arguments: dict[str, Any], point: torch.Tensor) -> torch.optim.Optimizer:
    extra = WHOLE_STEPS if method == "LBFGS" else {"foreach": False}
    optimizer: torch.optim.Optimizer = getattr(torch.optim, method)([point], **extra, **arguments)
    return optimizer


def advance(optimizer: torch.optim.Optimizer, point: torch.Tensor, gradient: Callable[[torch.Tensor], torch.Tensor]) -> None:
    """Take a step."""

    def closure() -> torch.Tensor:
        point.grad = gradient(point.detach())
        return torch.zeros(())

    optimizer.step(closure)


def path(
    method: str,
    arguments: dict[str, Any],
    gradient: Callable[[torch.Tensor], torch.Tensor],
    starts: torch.Tensor,
    steps: int = PATH_STEPS,
) -> torch.Tensor:
    """Every position, shape (steps + 1, d, N)."""
    if method in ALONE and starts.ndim > 1:
        return torch.stack([path(method, arguments, gradient, column.clone(), steps) for column in starts.T], dim=-1)
    point = starts.clone().requires_grad_()
    optimizer = optimizer_for(method, arguments, point)
    positions = [point.detach().clone()]
    for _ in range(steps):
        advance(optimizer, point, gradient)
        positions.append(point.detach().clone())
    return torch.stack(positions)


def bowl(p: torch.Tensor) -> torch.Tensor:
    """The gradient of x'Hx/2 with the Hessian `BOWL`."""
    return BOWL @ p


def climbing(rho: float) -> Callable[[torch.Tensor], torch.Tensor]:
    """The bowl's gradient where SAM takes it: a step of length rho uphill, for each column on its own."""

    def gradient(p: torch.Tensor) -> torch.Tensor:
        slope = bowl(p)
        return bowl(p + rho * slope / (torch.linalg.vector_norm(slope, dim=0) + 1e-12))

    return gradient


def recorded_bowl(method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Some positions on the bowl, each as five rows for the two starts."""
    if method == "SAM":
        given = dict(arguments)
        gradient, base, all_given = climbing(given.pop("rho")), ("SGD", given), arguments
    else:
        gradient, base, all_given = bowl, (method, arguments), all_arguments(method, arguments)
    starts, generator = torch.tensor(BOWL_STARTS), torch.Generator().manual_seed(0)

    def disturbed(point: torch.Tensor) -> torch.Tensor:
        return gradient(point * (1.0 + NUDGE * torch.randn(point.shape, generator=generator)))

    positions = path(*base, gradient, starts, BOWL_STEPS)
    change = (positions - path(*base, disturbed, starts, BOWL_STEPS)).abs().max().item()
    if not change <= TOLERATED:
        raise SystemExit(f"{method} {arguments} on the bowl: rounding decides the path, it moves by {change:.1e}; choose another setting")
    return {"method": method, "arguments": all_given, "positions": positions[BOWL_KEPT].tolist()}


def recorded_path(method: str, arguments: dict[str, Any], landscape: str) -> list[Any]:
    """The kept positions, each as [[x, x], [y, y]] for the two starts."""
    starts = torch.tensor(STARTS[landscape])
    positions = path(method, arguments, GRADIENTS[landscape], starts)
    generator = torch.Generator().manual_seed(0)

    def disturbed(point: torch.Tensor) -> torch.Tensor:
        return GRADIENTS[landscape](point * (1.0 + NUDGE * torch.randn(point.shape, generator=generator)))

    moved = path(method, arguments, disturbed, starts)
    change = (positions - moved).abs().max().item()
    if not change <= TOLERATED:
        raise SystemExit(
            f"{method} {arguments} on {landscape}: rounding decides the path, it moves by {change:.1e}; choose another setting"
        )
    kept: list[Any] = positions[KEPT].tolist()
    return kept


def recorded_steps(method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Positions and states of 60 steps from the first start: 61 positions, 60 states, the first empty, as torch has none before a step."""
    point = torch.tensor(STARTS["rosenbrock"])[:, 0].clone().requires_grad_()
    optimizer = optimizer_for(method, arguments, point)
    positions, states = [point.detach().tolist()], []
    for _ in range(SINGLE_STEPS):
        state = {name: value for name, value in optimizer.state[point].items() if name != "step" and torch.is_tensor(value)}
        states.append({name: value.tolist() for name, value in state.items()})
        advance(optimizer, point, rosenbrock)
        positions.append(point.detach().tolist())
    return {"positions": positions, "states": states}


def factors(scheduler_of: Callable[[torch.optim.Optimizer], lr_scheduler.LRScheduler], steps: int = RUN) -> list[float]:
    """The learning rates of a run whose full learning rate is 1."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = scheduler_of(optimizer)
    rates = []
    for step in range(steps):
        rates.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if step + 1 < steps:
            scheduler.step()
    return rates


def recorded_schedule(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    extra = {"cycle_momentum": False} if name in ("OneCycleLR", "CyclicLR") else {}
    values = factors(lambda optimizer: getattr(lr_scheduler, name)(optimizer, **arguments, **extra), arguments.get("total_steps", RUN))
    return {"scheduler": name, "arguments": arguments, "factors": values}


def recorded_warmup(steps: int) -> dict[str, Any]:
    """A linear rise over so many steps, then a cosine over the rest of the run."""

    def rise_then_cosine(optimizer: torch.optim.Optimizer) -> lr_scheduler.LRScheduler:
        rise = lr_scheduler.LinearLR(optimizer, 1.0 / (steps + 1), 1.0, steps)
        cosine = lr_scheduler.CosineAnnealingLR(optimizer, RUN - steps)
        return lr_scheduler.SequentialLR(optimizer, [rise, cosine], [steps])

    return {"scheduler": "LinearLR, CosineAnnealingLR", "arguments": {"warmup": steps}, "factors": factors(rise_then_cosine)}


def all_arguments(method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with torch's defaults for the rest."""
    group = optimizer_for(method, arguments, torch.zeros(1)).param_groups[0]
    return {name: value for name, value in group.items() if name not in ("params", *IMPLEMENTATION)}


def recorded_case(method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    landscapes = ["ravine", *(["rastrigin"] if method not in ALONE else []), *(["rosenbrock"] if method == "SGD" else [])]
    return {
        "method": method,
        "arguments": all_arguments(method, arguments),
        "paths": {landscape: recorded_path(method, arguments, landscape) for landscape in landscapes},
        "steps": recorded_steps(method, arguments),
    }


def lines(entries: list[dict[str, Any]]) -> str:
    """A JSON list with an entry a line, so that a difference between two recordings can be read."""
    return "[\n" + ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries) + "\n]"


def main() -> None:
    parts = {
        "torch": json.dumps(torch.__version__),
        "python": json.dumps(platform.python_version()),
        "starts": json.dumps(STARTS),
        "kept": json.dumps(KEPT),
        "bowl": json.dumps({"hessian": BOWL.tolist(), "starts": BOWL_STARTS, "kept": BOWL_KEPT}),
        "bowl_paths": lines([recorded_bowl(*setting) for setting in [*SETTINGS, *(("SAM", given) for given in SAM_SETTINGS)]]),
        "optimizers": lines([recorded_case(*setting) for setting in SETTINGS]),
        "schedules": lines([recorded_schedule(*schedule) for schedule in SCHEDULES] + [recorded_warmup(steps) for steps in WARMUPS]),
    }
    text = "{\n" + ",\n".join(f'"{name}": {part}' for name, part in parts.items()) + "\n}\n"
    Path(__file__).with_name("torch.json").write_text(text)


if __name__ == "__main__":
    main()
