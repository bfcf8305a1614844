"""Ways to train one network that are compared side by side: they differ in the size of batches, a penalty, frozen layers, ..."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from networks import transfer
from optimizers import Optimizer
from parameters import Declared, Param, lookup, short
from scenario.choice import Choice
from scenario.network_parts import NUMBERS

SCRATCH = "scratch"
"""The name of a variant whose weights are those of the initialization; any other name is that of the task they were learned on before."""


@dataclass(frozen=True)
class _Told:
    """How a number of a variant is told.

    Attributes:
        some: by a label.
        none: by a label where the number is 0.
        first: a telling value to begin with, given the steps of the training.
        after: a telling one after another.
    """

    some: Callable[[float], str]
    none: str
    first: Callable[[int], float]
    after: Callable[[float], float]


_TOLD = {
    "batch": _Told(lambda value: f"batch {value:,.0f}", "all examples", lambda steps: 4, lambda value: 4 * value),
    "l1": _Told(lambda value: f"L1 {short(value)}", "no L1", lambda steps: 0.01, lambda value: 3 * value),
    "l2": _Told(lambda value: f"L2 {short(value)}", "no L2", lambda steps: 0.01, lambda value: 3 * value),
    "weight_decay": _Told(lambda value: f"weight decay {short(value)}", "no weight decay", lambda steps: 0.1, lambda value: 3 * value),
    "dropout": _Told(lambda value: f"dropout {short(value)}", "no dropout", lambda steps: 0.2, lambda value: (1 + value) / 2),
    "noise": _Told(lambda value: f"noise {short(value)}", "no noise", lambda steps: 0.1, lambda value: 3 * value),
    "frozen": _Told(
        lambda value: f"{value:.0f} layer{'s' * (value > 1)} frozen", "all layers learn", lambda steps: 1, lambda value: value + 1
    ),
    "stop": _Told(lambda value: f"stopped after {value:,.0f}", "to the end", lambda steps: max(steps // 5, 1), lambda value: 2 * value),
}
WEIGHT_DECAY = Param(
    "weight_decay",
    0.0,
    0.0,
    10.0,
    slider=(0.0, 1.0),
    symbol=r"\lambda",
    help="In place of that of the optimizers.",
)
VARYING: tuple[Param, ...] = tuple(replace(NUMBERS.get(name, WEIGHT_DECAY), formerly=()) for name in _TOLD)
"""The numbers in which variants can differ. Where a variant does not set one of them, that of the experiment or the optimizer holds."""
VARYING_NAMES = tuple(_TOLD)
_PLAIN = "plain"


class Variant(Declared):
    """A way to train: numbers, and where the weights come from.

    Attributes:
        source: `SCRATCH`, or the name in `networks.transfer` of the task that all layers but the last have learned before.
        own: the names of the numbers that it sets itself.
    """

    takes_arrays = False

    def __init__(self, source: str, own: Collection[str] = ()) -> None:
        lookup(dict.fromkeys(variant_names()), source, "task to learn in advance")
        super().__init__("From scratch" if source == SCRATCH else f"From {transfer.get(source).name}", VARYING)
        self.source, self.own = source, frozenset(own)

    @property
    def definition(self) -> tuple[str, frozenset[str]]:
        """Where the weights come from, and what it sets."""
        return self.source, self.own

    def number(self, name: str) -> float:
        """One of its numbers."""
        return float(self.values[name])

    def method(self, optimizer: Optimizer) -> Optimizer:
        """The optimizer, with the variant's weight decay where it sets one."""
        return optimizer.with_parameters(weight_decay=self.number("weight_decay")) if "weight_decay" in self.own else optimizer


def variant_names() -> list[str]:
    """Where the weights of a variant can come from."""
    return [SCRATCH, *transfer.names()]


def variant(choice: Choice, plain: Mapping[str, float]) -> Variant:
    """The variant that is chosen. Errors as for `Declared.with_parameters`.

    Args:
        choice: its name and what it sets.
        plain: the experiment's own numbers, which hold where it says nothing.
    """
    settings = dict(choice.settings)
    return Variant(choice.name, settings).with_parameters(**{**plain, **settings})


def not_varying(name: str) -> str:
    """Why variants cannot differ in something."""
    return f"variants train one network on the same examples and cannot differ in {name!r}; they can in {', '.join(VARYING_NAMES)}"


def no_decay(optimizer: Optimizer) -> str:
    """Why a variant cannot set the weight decay of a method; "" where it can."""
    if "weight_decay" in optimizer.values:
        return ""
    return f"{optimizer.name} has no weight decay, so no variant can set it; take another optimizer, AdamW say, or L2 in its place"


def checked_variant(choice: Choice) -> Choice:
    """A variant with every setting checked. One that is at its default stays: the experiment's own number may be another.

    Raises:
        KeyError, TypeError, ValueError: the task or a setting is unknown, no single number, or outside its range.
    """
    for name in [name for name, _ in choice.settings if name not in VARYING_NAMES]:
        raise TypeError(not_varying(name))
    choice.checked(VARYING, Variant(choice.name).name)
    return Choice.of(choice.name, **{name: float(value) for name, value in choice.settings})


def with_another(variants: Sequence[Choice], name: str, steps: int, hidden: int) -> tuple[Choice, ...]:
    """Variants and one more; where there were none, also the plain one that it is to be compared with.

    Args:
        variants: those there are.
        name: of the number in which it is to differ, with another telling value for each more of a kind; or of the task learned in advance.
        steps: of the training.
        hidden: how many hidden layers the network has.
    """
    before = tuple(variants) or (Choice(SCRATCH),)
    if name not in _TOLD:
        return (*before, Choice(name))
    known = [float(dict(each.settings).get(name, 0.0)) for each in before]
    told, most = _TOLD[name], hidden if name == "frozen" else next(number.high for number in VARYING if number.name == name)
    value = told.after(max(known)) if max(known) else told.first(steps)
    return (*before, Choice.of(SCRATCH, **{name: float(min(value, most))}))


def variant_labels(variants: Sequence[Variant], layers: int) -> tuple[str, ...]:
    """What tells each of several variants from the others: "batch 4", "L2 0.01", "fine-tuned".

    Args:
        variants: them.
        layers: of the network.
    """
    transferred = any(each.source != SCRATCH for each in variants)
    several = len({each.source for each in variants if each.source != SCRATCH}) > 1
    names = [name for name in VARYING_NAMES if len({each.number(name) for each in variants}) > 1]
    begun = transferred and ("frozen" in names or len({each.source for each in variants}) > 1)
    labels = []
    for each in variants:
        parts = [_transfer(each, layers, several)] if begun else []
        parts += [_TOLD[name].some(each.number(name)) for name in names if each.number(name) and not (begun and name == "frozen")]
        labels.append(", ".join(parts) or (_TOLD[names[0]].none if len(names) == 1 else _PLAIN))
    return tuple(
        f"{label} ({labels[: index + 1].count(label)})" if label in labels[:index] else label for index, label in enumerate(labels)
    )


def _transfer(each: Variant, layers: int, named: bool) -> str:
    """Where the weights come from and which of them learn, in the words of transfer learning."""
    frozen, hidden = int(each.number("frozen")), layers - 1
    task = f"{transfer.get(each.source).name}, " if named and each.source != SCRATCH else ""
    if each.source == SCRATCH:
        return "from scratch" if not frozen else "frozen random" if frozen == hidden else f"random up to layer {frozen}"
    return f"{task}{'fine-tuned' if not frozen else 'frozen' if frozen == hidden else f'fine-tuned from layer {frozen + 1}'}"
