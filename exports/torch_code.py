"""A race as a PyTorch script to paste: the surface, the schedule and the optimizers of torch.optim with the same settings."""

from __future__ import annotations

import textwrap

import optimizers
from exports.python_source import number_source, numbers_source, python_name, tensors_source
from formulas import names_in
from landscapes import Landscape
from optimizers import Schedule
from scenario import Scenario

MOST_STARTS = 100
"""More starts than this are too many to paste; the first so many are written down."""
_TAKEN = {"math", "torch", "optim", "x", "y", "loss", "rate_factor", "changed", "abs", "min", "max"}
_TAKEN |= {"STEPS", "NOISE", "START", "OPTIMIZERS", "STEADY", "ALONE", "CHANGES", "descend"}
_TOGETHER = "descend(name, make, START)"
_ALONE = "torch.stack([descend(name, make, start) for start in START.T], dim=-1)"

_SCRIPT = '''"""{title} in PyTorch, with the settings and conventions of Descent.

The paths are the same as there, as long as rounding does not decide them.
"""

import math

import torch
from torch import optim

torch.set_default_dtype(torch.float64)  # single precision soon takes a path of its own

STEPS = {steps}
START = torch.tensor([{xs},
                      {ys}])  # a column is a trajectory: x above y{left_out}


def loss(x, y):
{loss}

{schedule}
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


paths = {{}}  # by name: (STEPS + 1, 2, trajectories)
for name, make in OPTIMIZERS.items():
    paths[name] = {descends}
    print(f"{{name}}: median loss {{loss(*paths[name][-1]).median():.6g}} after {{STEPS}} steps")
'''
_CHANGED = '''


def changed(name, step):
    """What a learning rate that changes in mid-run is multiplied by at a step, counted from 0."""
    at, by = CHANGES.get(name, (math.inf, 1))
    return by if step + 1 >= at else 1.0'''


def torch_script(scenario: Scenario) -> str:
    """The script.

    A method that torch.optim has not, or not with the same path, is named in a comment that says why. Noise has the same strength but is
    other noise.

    Args:
        scenario: what to write down.

    Raises:
        ValueError: torch.optim has none of its optimizers; the message says why of each.
    """
    landscape, schedule = scenario.build_landscape(), scenario.build_schedule()
    starts = scenario.start_points()
    rows = ["[" + ", ".join(repr(float(number)) for number in row) + "]" for row in starts[:, :MOST_STARTS]]
    entrants = _Entrants(scenario)
    decays = not _is_constant(schedule)
    scheduled = decays or bool(entrants.changes)
    factors = ["rate_factor(step)"] * decays + ["changed(name, step)"] * bool(entrants.changes)
    factor = f"lambda step: {'1.0 if name in STEADY else ' if entrants.steady else ''}{'*'.join(factors)}"
    noise = f"point.grad += {number_source(scenario.noise)}*torch.randn_like(point)  # as strong as Descent's, but other noise"
    return _SCRIPT.format(
        title=landscape.name,
        steps=scenario.steps,
        xs=rows[0],
        ys=rows[1],
        left_out=f"; these are the first {MOST_STARTS} of {starts.shape[1]:,}" if starts.shape[1] > MOST_STARTS else "",
        loss=textwrap.indent(_loss(landscape), "    "),
        schedule=_rate_factor(schedule) if decays else "",
        entrants=entrants.table(scheduled),
        scheduler=f"    scheduler = optim.lr_scheduler.LambdaLR(optimizer, {factor})\n" if scheduled else "",
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


def _is_constant(schedule: Schedule) -> bool:
    return not schedule.values["warmup"] and not any(names_in(line.tree) for line in schedule.statements)


def _rate_factor(schedule: Schedule) -> str:
    """The function that gives the schedule's factor at a step, counted from 0."""
    warmup = int(schedule.values["warmup"])
    values = [f"{name} = {number_source(float(value))}" for name, value in schedule.values.items() if name != "warmup"]
    lines = [
        *values,
        f"t, T = max(step - {warmup}, 0), max(STEPS - {warmup}, 1)" if warmup else "t, T = step, STEPS",
        *(f"{line.name} = {numbers_source(line.tree)}" for line in schedule.statements),
        f"return factor*min((step + 1)/{warmup + 1}, 1)" if warmup else "return factor",
    ]
    head = f'\ndef rate_factor(step):\n    """{schedule.name}: what the learning rate is multiplied by."""\n'
    return head + textwrap.indent("\n".join(lines) + "\n\n", "    ")


class _Entrants:
    """The optimizers as lines of source: what torch.optim has, and a comment on what it has not.

    Attributes:
        lines: for the table, each optimizer under its label.
        steady: the labels of those whose steps read no learning rate, so that no schedule reaches them (Rprop takes it for the length of
            its first step only).
        alone: the labels of those that look at all numbers they are given at once: each trajectory has an optimizer of its own.
        changes: by label, the step from which on the learning rate is another, and what it is multiplied by then.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.lines: list[str] = []
        self.steady: list[str] = []
        self.alone: list[str] = []
        self.changes: dict[str, tuple[int, float]] = {}
        for optimizer, label in zip(scenario.build_optimizers(), scenario.labels(), strict=True):
            try:
                method, _, arguments = optimizers.in_torch(optimizer).partition("(")
            except ValueError as reason:
                self.lines.append(f"# {label} is left out. {reason}")
                continue
            self.lines.append(f'"{label}": lambda points: optim.{method}(points, {arguments},')
            if optimizer.couples:
                self.alone.append(label)
            if not any("lr" in names_in(statement.tree) for statement in optimizer.statements):
                self.steady.append(label)
            elif optimizer.changes_rate:
                self.changes[label] = int(optimizer.values["change_at"]), float(optimizer.values["change_by"])
        if all(line.startswith("#") for line in self.lines):
            raise ValueError(" ".join(line.removeprefix("# ") for line in self.lines).removesuffix("."))

    def table(self, scheduled: bool) -> str:
        """The table's lines and, if learning rates change, who has none and who changes it in mid-run."""
        parts = [textwrap.indent("\n".join(self.lines), "    ") + "\n}"]
        if scheduled and self.steady:
            parts.append(f"STEADY = {_set_source(self.steady)}  # their steps do not read the learning rate")
        if self.alone:
            parts.append(f"ALONE = {_set_source(self.alone)}  # they mix all numbers that they are given: a trajectory at a time")
        if self.changes:
            changes = ", ".join(f'"{label}": ({at}, {number_source(by)})' for label, (at, by) in self.changes.items())
            parts.append(f"CHANGES = {{{changes}}}  # from which step on, counted from 1, and times what{_CHANGED}")
        return "\n".join(parts)


def _set_source(labels: list[str]) -> str:
    return "{" + ", ".join(f'"{label}"' for label in labels) + "}"
