"""Optimizers and schedules as PyTorch source, from what they declare: calls of torch.optim, and classes of what it lacks."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

import optimizers
from exports.python_source import number_source, numbers_source
from exports.torch_classes import BASE, class_call, class_name, has_class, torch_class
from formulas import names_in
from optimizers import Optimizer, Schedule

_CHANGE_OF_VARIABLE = (
    "# The same method after a change of variable: where Descent keeps x, torch keeps y = {point},",
    "# so that this is the path of y, which begins where x does and comes to rest where x does.",
)
_CHANGED = '''


def changed(name, step):
    """What a learning rate that changes in mid-run is multiplied by at a step, counted from 0."""
    at, by = CHANGES.get(name, (math.inf, 1))
    return by if step + 1 >= at else 1.0'''


def is_constant(schedule: Schedule) -> bool:
    """Whether a schedule leaves the learning rate as it is."""
    return not schedule.values["warmup"] and not any(names_in(line.tree) for line in schedule.statements)


def rate_factor(schedule: Schedule) -> str:
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


class Entrants:
    """The optimizers as lines of source: what torch.optim has, classes for what it has not, and a comment on what is left out.

    Args:
        chosen, labels: the optimizers, and a name for each.
        decays: whether a schedule changes their learning rates.
        why_not: a sentence where the method of torch.optim is another one here for a further reason; "" where it is not.

    Raises:
        ValueError: none can take part; the message says why of each.

    Attributes:
        lines: for the table, each optimizer under its label.
        steady: the labels of those whose steps read no learning rate, so that no schedule reaches them (Rprop takes it for the length of
            its first step only).
        alone: the labels of those that look at all numbers they are given at once: each trajectory has an optimizer of its own.
        changes: by label, the step from which on the learning rate is another, and what it is multiplied by then.
    """

    def __init__(
        self,
        chosen: Sequence[Optimizer],
        labels: Sequence[str],
        decays: bool,
        why_not: Callable[[Optimizer], str] = lambda optimizer: "",
    ) -> None:
        self.lines: list[str] = []
        self.steady: list[str] = []
        self.alone: list[str] = []
        self.changes: dict[str, tuple[int, float]] = {}
        self._classes: dict[str, str] = {}
        for optimizer, label in zip(chosen, labels, strict=True):
            try:
                call = self._call(optimizer, decays, why_not(optimizer))
            except ValueError as error:
                self.lines.append(f"# {label} is left out. {error}")
                continue
            if optimizer.torch_point and call.startswith("optim."):
                self.lines += [line.format(point=optimizer.torch_point) for line in _CHANGE_OF_VARIABLE]
            self.lines.append(f'"{label}": lambda points: {call.replace("(", "(points, ", 1)},')
            if optimizer.couples:
                self.alone.append(label)
            if not any("lr" in names_in(statement.tree) for statement in optimizer.statements):
                self.steady.append(label)
            elif optimizer.changes_rate:
                self.changes[label] = int(optimizer.values["change_at"]), float(optimizer.values["change_by"])
        if all(line.startswith("#") for line in self.lines):
            raise ValueError(" ".join(line.removeprefix("# ") for line in self.lines).removesuffix("."))

    def _call(self, optimizer: Optimizer, decays: bool, reason: str) -> str:
        """The call of torch.optim, or else of a class, which is kept."""
        try:
            if reason:
                raise ValueError(reason)
            return f"optim.{optimizers.in_torch(optimizer, decays)}"
        except ValueError as error:
            if not has_class(optimizer):
                raise
            call = class_call(optimizer)
            self._classes.setdefault(class_name(optimizer), torch_class(optimizer, str(error)))
            return call

    @property
    def classes(self) -> str:
        """The source of the classes that the table calls; "" where it calls none."""
        return "\n".join([BASE, *self._classes.values(), ""]) if self._classes else ""

    def scheduler(self, decays: bool) -> str:
        """The call that makes the scheduler of learning rates; `decays` is whether there is a `rate_factor`."""
        factor = "*".join(["rate_factor(step)"] * decays + ["changed(name, step)"] * bool(self.changes))
        return f"optim.lr_scheduler.LambdaLR(optimizer, lambda step: {'1.0 if name in STEADY else ' if self.steady else ''}{factor})"

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
