"""A race as a PyTorch script to paste: the surface, the schedule, and the optimizers with the same settings."""

from __future__ import annotations

import textwrap

from exports.python_source import number_source, python_name, tensors_source
from exports.script import docstring_of
from exports.torch_optimizers import Entrants, is_constant, rate_factor
from formulas import names_in
from landscapes import Landscape
from scenario import Scenario
from version import PROGRAM

MOST_STARTS = 100
"""More starts than this are too many to paste; the first so many are written down."""
_TAKEN = {"VectorOptimizer", "math", "torch", "optim", "x", "y", "loss", "rate_factor", "changed", "median", "abs", "min", "max"}
_TAKEN |= {"STEPS", "NOISE", "START", "OPTIMIZERS", "STEADY", "ALONE", "CHANGES", "descend"}
_TOGETHER = "descend(name, make, START)"
_ALONE = "torch.stack([descend(name, make, start) for start in START.T], dim=-1)"

_SCRIPT = '''"""{title} in PyTorch, with the settings and conventions of {program}.

{told}

{sameness}
"""

import math

import torch
from torch import optim

torch.set_default_dtype(torch.float64)  # single precision soon takes a path of its own

{seed}STEPS = {steps}
START = torch.tensor([{xs},
                      {ys}])  # a column is a trajectory: x above y{left_out}


def loss(x, y):
{loss}

{schedule}{classes}
OPTIMIZERS = {{
{entrants}


def descend(name, make, start):
    """The path from a start, or from many at once, which do not see each other: shape (STEPS + 1, 2, ...)."""
    point = start.clone().requires_grad_()
    optimizer = make([point])
{scheduler}    path = [point.detach().clone()]

    def closure():
        optimizer.zero_grad()
        value = loss(*point).sum()
        value.backward()
{gradient}        return value

    for _ in range(STEPS):
        optimizer.step(closure)
{advance}        path.append(point.detach().clone())
    return torch.stack(path)


def median(values):
    """As in Descent: half-way between the two in the middle, where what diverged counts as infinitely high."""
    ordered = values.nan_to_num(math.inf, math.inf, -math.inf).reshape(-1).sort().values
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


paths = {{}}  # by name: (STEPS + 1, 2, trajectories)
for name, make in OPTIMIZERS.items():
    paths[name] = {descends}
    print(f"{{name}}: median loss {{median(loss(*paths[name][-1])):.6g}} after {{STEPS}} steps")
'''
_SAME = "The paths are the same as there, as long as rounding does not decide them."
_NOISY = """\
The gradients have noise, as strong as there, but made of other random numbers: paths resemble
those of Descent and are not the same. The seed makes them the same each time that this is run."""


def torch_script(scenario: Scenario, link: str = "") -> str:
    """The script.

    A method that torch.optim has not, or not with the same path, is written down as a class, from its equations; what no short class can
    do is named in a comment that says why. Noise has the same strength but is other noise, and the code says so.

    Args:
        scenario: what to write down.
        link: the whole address that opens it in the app, where that is known.

    Raises:
        ValueError: none of its optimizers can be written, the message says why of each; or no formula gives the landscape.
    """
    if scenario.network:
        raise ValueError("no formula gives this landscape, so that no short PyTorch code can; that of the network is on the Network page")
    landscape, schedule = scenario.build_landscape(), scenario.build_schedule()
    starts = scenario.start_points()
    rows = ["[" + ", ".join(repr(float(number)) for number in row) + "]" for row in starts[:, :MOST_STARTS]]
    decays = not is_constant(schedule)
    entrants = Entrants(scenario.build_optimizers(), scenario.labels(), decays)
    scheduled = decays or bool(entrants.changes)
    noise = f"point.grad += {number_source(scenario.noise)}*torch.randn_like(point)  # as strong as Descent's, but other noise"
    return _SCRIPT.format(
        title=landscape.name,
        program=PROGRAM,
        told=docstring_of(scenario, link),
        sameness=_NOISY if scenario.noise else _SAME,
        seed=f"torch.manual_seed({scenario.seed})  # chooses the noise\n\n" if scenario.noise else "",
        steps=scenario.steps,
        xs=rows[0],
        ys=rows[1],
        left_out=f"; these are the first {MOST_STARTS} of {starts.shape[1]:,}" if starts.shape[1] > MOST_STARTS else "",
        loss=textwrap.indent(_loss(landscape), "    "),
        schedule=rate_factor(schedule) if decays else "",
        classes=entrants.classes,
        entrants=entrants.table(scheduled),
        scheduler=f"    scheduler = {entrants.scheduler(decays)}\n" if scheduled else "",
        gradient="".join(f"        {line}\n" for line in [noise] * bool(scenario.noise) + _clipping(scenario)),
        descends=f"{_ALONE} if name in ALONE else {_TOGETHER}" if entrants.alone else _TOGETHER,
        advance="        scheduler.step()\n" if scheduled else "",
    )


def _clipping(scenario: Scenario) -> list[str]:
    """The lines that clip each trajectory's gradient, as torch.nn.utils does."""
    norm, value = number_source(scenario.clip_norm), number_source(scenario.clip_value)
    shorten = f"point.grad *= ({norm}/(point.grad.norm(dim=0) + 1e-6)).clamp(max=1.0)  # clip_grad_norm_ of each trajectory"
    return [shorten] * bool(scenario.clip_norm) + [f"torch.nn.utils.clip_grad_value_(point, {value})"] * bool(scenario.clip_value)


def _loss(landscape: Landscape) -> str:
    """The body of the function of x and y."""
    names: dict[str, str] = {}
    lines = []
    for parameter in landscape.parameters:
        names[parameter.name] = python_name(parameter.name, _TAKEN | set(names.values()))
        given = float(landscape.values[parameter.name])
        unit = f"  # {number_source(given)} {parameter.unit}" if parameter.unit_value != 1 else ""
        lines.append(f"{names[parameter.name]} = torch.tensor({given * parameter.unit_value!r}){unit}")
    for name in landscape.penalty:
        penalty = f"penalty {name}"
        names[penalty] = python_name(penalty, _TAKEN | set(names.values()))
        lines.append(f"{names[penalty]} = torch.tensor({float(landscape.penalty[name])!r})")
    result = tensors_source(landscape.penalized_tree, names)
    if not {"x", "y"} & names_in(landscape.penalized_tree):
        result += " + 0*x"  # a plain that has the same height everywhere still has a (zero) gradient
    return "\n".join([*lines, f"return {result}"])
