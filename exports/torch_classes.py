"""Methods that torch.optim lacks as classes of PyTorch, from the equations that they declare."""

from __future__ import annotations

import re
import textwrap

from exports.python_source import ON_NUMBERS, ON_TENSORS, Writer, number_source, python_name
from formulas import Tree, names_in
from formulas.functions import FUNCTIONS
from formulas.statements import Statement
from formulas.tree import Call, Name, Operation
from optimizers import Optimizer, update_rules
from optimizers.options import RATE_CHANGE
from optimizers.parts import vector_names
from optimizers.step_program import SHAPES, parse_initial

BASE = '''
class VectorOptimizer(optim.Optimizer):
    """What torch.optim has not, by the equations of papers: all parameters are one vector x, and its gradient is had at any point."""

    def __init__(self, params, **settings):
        super().__init__(params, settings)
        if len(self.param_groups) > 1:
            raise ValueError("all parameters are one vector here: give them as one group")

    @torch.no_grad()
    def step(self, closure):
        (group,) = self.param_groups
        self.points = group["params"]
        x = torch.cat([point.flatten() for point in self.points])
        settings = {name: group[name] for name in self.defaults}
        self.put(self.update(x, self.state[self.points[0]], closure, **settings))

    def put(self, x):
        for point, part in zip(self.points, x.split([point.numel() for point in self.points])):
            if point.requires_grad:
                point.copy_(part.view_as(point))

    def loss(self, x, closure):
        """The loss at x; beside it, the closure leaves the gradient there."""
        self.put(x)
        with torch.enable_grad():
            return closure().detach()

    def gradient(self, x, closure):
        self.loss(x, closure)
        slopes = (torch.zeros_like(point) if point.grad is None else point.grad for point in self.points)
        return torch.cat([slope.flatten() for slope in slopes])
'''
"""What the classes have in common."""
_CLASS = '''
class {name}(VectorOptimizer):
    """{told}"""

    def __init__(self, params, {signature}):
        super().__init__(params, {settings})

    def update(self, x, state, closure, {read}):
{body}
        return x
'''
_ORACLES = {"gradient": "self.gradient({a}, closure)", "loss": "self.loss({a}, closure)"}
_TEMPLATES = _ORACLES | {name: function.torch for name, function in update_rules.FUNCTIONS.items() if function.torch}
_ON_TENSORS = ON_TENSORS | _TEMPLATES
_TAKEN = {"self", "params", "state", "closure", "torch", "optim", "math", "abs", "min", "max", "round", "float", "dict"}
_WIDTH = 120


def class_name(optimizer: Optimizer) -> str:
    """What its class is called."""
    return "".join(part[0].upper() + part[1:] for part in re.split(r"\W+", optimizer.name) if part)


def has_class(optimizer: Optimizer) -> bool:
    """Whether it can be written as a class: its step asks for losses and gradients alone, at points that it knows without a search, and
    works with vectors of any length."""
    unknown = {name for name in optimizer.calls & update_rules.FUNCTIONS.keys() if name not in _TEMPLATES}
    return not unknown and optimizer.dimension is None and not SHAPES.keys() & set(optimizer.state.values())


def class_call(optimizer: Optimizer) -> str:
    """The call that makes one with its settings, without what is optimized: "Lion(lr=0.02, beta1=0.9)"."""
    settings = [f"{python_name(name, _TAKEN)}={_value(optimizer.values[name])}" for name in _own(optimizer)]
    return f"{class_name(optimizer)}({', '.join(settings)})"


def torch_class(optimizer: Optimizer, why: str) -> str:
    """The class, which takes the steps that the optimizer declares.

    Args:
        optimizer: one that `has_class`.
        why: a sentence that says why torch.optim does not do.
    """
    defaults = {parameter.name: parameter.default for parameter in optimizer.parameters}
    names = {name: python_name(name, _TAKEN) for name in _own(optimizer)}
    return _CLASS.format(
        name=class_name(optimizer),
        told=textwrap.fill(f"{why} {optimizer.source}.", _WIDTH - 8, subsequent_indent=" " * 4, break_on_hyphens=False),
        read=", ".join(names.values()),
        signature=", ".join(f"{names[name]}={_value(defaults[name])}" for name in names),
        settings=", ".join(f"{names[name]}={names[name]}" for name in names),
        body="\n".join(" " * 8 + line for line in _Body(optimizer).lines()),
    )


def _own(optimizer: Optimizer) -> list[str]:
    """Its hyper-parameters but for those that any method has: their place is the learning-rate schedule."""
    return [parameter.name for parameter in optimizer.parameters if parameter not in RATE_CHANGE]


def _value(value: object) -> str:
    return repr(value) if isinstance(value, bool) else number_source(float(value))  # type: ignore[arg-type]


class _Body:
    """The lines of an optimizer's step."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer, self.vectors = optimizer, vector_names(optimizer)
        known = [*_own(optimizer), *optimizer.state, *(statement.name for statement in optimizer.statements)]
        self.names = {name: python_name(name, _TAKEN) for name in known}
        switches = {parameter.name for parameter in optimizer.parameters if isinstance(parameter.default, bool)}
        self.writer = _StepWriter(self.names, self.vectors, switches)

    def lines(self) -> list[str]:
        changing = [line for line in self.optimizer.statements if line.tree != Name(line.name, 0)]
        counts = any("t" in names_in(line.tree) for line in changing)
        kept = [self.names[name] for name in self.optimizer.state]
        lines = []
        if kept or counts:
            first = ["t=0"] * counts + [f"{self.names[name]}={self.begins(name)}" for name in self.optimizer.state]
            lines += ["if not state:  # before the first step", *_call("    state.update", first)]
        lines += ['t = state["t"] + 1'] * counts
        lines += [f"{', '.join(kept)} = {', '.join(f'state[{_quoted(name)}]' for name in kept)}"] * bool(kept)
        for statement in changing:
            lines += self.line(statement)
        if kept or counts:
            lines += _call("state.update", [f"{name}={name}" for name in ["t"] * counts + kept])
        return lines

    def begins(self, name: str) -> str:
        """The source of a state's initial value, in which the learning rate is the one before any schedule."""
        tree = parse_initial(self.optimizer.state[name], tuple(_own(self.optimizer)))
        if tree == Name("x", 0):
            return "x.clone()"
        unscheduled = {"lr": 'self.param_groups[0].get("initial_lr", lr)'} if "lr" in names_in(tree) else {}
        source = _StepWriter(self.names | unscheduled, self.vectors, set()).whole(tree)
        return _full(source) if name in self.vectors and not names_in(tree) & self.vectors else source

    def line(self, statement: Statement) -> list[str]:
        """A statement with its caption, which stands above it where the line would be too long."""
        source = self.writer.whole(statement.tree)
        if statement.name in self.vectors and not names_in(statement.tree) & self.vectors:
            source = _full(source)
        line = f"{self.names[statement.name]} = {source}"
        if not statement.caption:
            return [line]
        together = f"{line}  # {statement.caption}"
        return [together] if len(together) + 8 <= _WIDTH else [f"# {statement.caption}", line]


def _full(source: str) -> str:
    """A vector that is the same number everywhere."""
    return "torch.zeros_like(x)" if source == "0" else f"torch.full_like(x, {source})"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _call(name: str, arguments: list[str]) -> list[str]:
    """A call, an argument a line where one line would be too long."""
    line = f"{name}({', '.join(arguments)})"
    if len(line) + 8 <= _WIDTH:
        return [line]
    indent = " " * (len(name) - len(name.lstrip()))
    return [f"{name}(", *(f"{indent}    {argument}," for argument in arguments), f"{indent})"]


class _StepWriter(Writer):
    """Writes a formula of which some names are tensors and the others plain numbers."""

    def __init__(self, names: dict[str, str], vectors: frozenset[str], switches: set[str]) -> None:
        super().__init__(names, ON_NUMBERS)
        self.vectors, self.switches = vectors, switches

    def whole(self, tree: Tree) -> str:
        """The source of a formula that stands alone, which needs no parentheses around a choice."""
        text, _ = self.write(tree)
        return text[1:-1] if isinstance(tree, Call) and tree.function == "choose" and text.startswith("(") else text

    def is_tensor(self, tree: Tree) -> bool:
        return bool(names_in(tree) & self.vectors)

    def call(self, tree: Call) -> str:
        if tree.function == "choose":
            return self.choice(*tree.operands)
        if not self.is_tensor(tree):
            return super().call(tree)
        if tree.function in ("min", "max"):
            return self.bound(tree)
        arguments = (FUNCTIONS | update_rules.FUNCTIONS)[tree.function].arguments
        operands = [self.write(operand)[0] for operand in tree.operands]
        made = [text if self.is_tensor(operand) else f"torch.tensor({text})" for operand, text in zip(tree.operands, operands, strict=True)]
        return _ON_TENSORS[tree.function].format(**dict(zip(arguments, made, strict=True)))

    def choice(self, condition: Tree, a: Tree, b: Tree) -> str:
        """One of two values, by whether a condition is above 0."""
        above, yes, no = self.above_zero(condition), self.write(a)[0], self.write(b)[0]
        if self.is_tensor(condition):
            return f"torch.where({above}, {yes}, {no})"
        if self.is_tensor(a) != self.is_tensor(b):
            yes, no = (text if self.is_tensor(branch) else _full(text) for branch, text in ((a, yes), (b, no)))
        return f"({yes} if {above} else {no})"

    def above_zero(self, condition: Tree) -> str:
        if isinstance(condition, Name) and condition.name in self.switches:
            return self.write(condition)[0]
        if isinstance(condition, Operation) and condition.symbol == "-" and len(condition.operands) == 2:
            left, right = (self.write(operand)[0] for operand in condition.operands)
            return f"{left} > {right}"
        return f"{self.write(condition)[0]} > 0"

    def bound(self, tree: Call) -> str:
        """The smaller or the larger of two, one of which may be a number."""
        a, b = tree.operands
        if self.is_tensor(a) and self.is_tensor(b):
            return ON_TENSORS[tree.function].format(a=self.write(a)[0], b=self.write(b)[0])
        tensor, number = (a, b) if self.is_tensor(a) else (b, a)
        side = "max" if tree.function == "min" else "min"
        return f"torch.clamp({self.write(tensor)[0]}, {side}={self.write(number)[0]})"
