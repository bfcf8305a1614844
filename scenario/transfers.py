"""Transfer learning: what is learned in advance, the small tasks that begin from it, and the ways to begin and to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import networks
from networks.training.transfer import SourceTask
from scenario.choice import Choice
from scenario.experiment import Experiment
from scenario.variants import SCRATCH


@dataclass(frozen=True)
class Way:
    """A way to begin with a small task, and to go on.

    Attributes:
        title: what it is called.
        learned: whether hidden layers are taken over from a network that has learned the large task.
        frozen: whether they stay as they are, so that the last layer alone learns.
    """

    title: str
    learned: bool
    frozen: bool


WAYS: Mapping[str, Way] = {
    "scratch": Way("from scratch", learned=False, frozen=False),
    "frozen": Way("frozen", learned=True, frozen=True),
    "random": Way("frozen random", learned=False, frozen=True),
    "tuned": Way("fine-tuned", learned=True, frozen=False),
}
"""By name. Frozen random layers are the control: whatever they lack is what was learned."""


@dataclass(frozen=True)
class Transfer:
    """A large task and a small one.

    Attributes:
        title: from what to what.
        about: what there is to see.
        source: what is learned in advance, from `networks.transfer`.
        small: the experiment with the small task: a network from scratch, which sees all examples at each step.
    """

    title: str
    about: str
    source: str
    small: Experiment

    @property
    def task(self) -> SourceTask:
        """What is learned in advance."""
        return networks.transfer.get(self.source)

    @property
    def classes(self) -> int:
        """How many classes the small task has."""
        return self.small.build_data().classes

    def with_examples(self, per_class: int, seed: int = 0) -> Experiment:
        """The small task with so many examples of each class.

        Raises:
            ValueError: there are not so many examples.
        """
        experiment = self.small.replace(data=self.small.data.replace(n=per_class * self.classes), seed=seed)
        experiment.build_data()
        return experiment

    def variant(self, way: str, tuned_from: int = 0) -> Choice:
        """A way to begin as a variant of the experiment.

        Args:
            way: a name among `WAYS`.
            tuned_from: the first layer that fine-tuning lets learn, from 0; those before it stay frozen.
        """
        chosen = WAYS[way]
        frozen = len(self.small.widths) if chosen.frozen else tuned_from if chosen.learned else 0
        return Choice.of(self.source if chosen.learned else SCRATCH, **({"frozen": frozen} if frozen else {}))

    def compared(self, per_class: int, seed: int = 0, tuned_from: int = 0) -> Experiment:
        """The small task learned in all ways, side by side. Arguments and errors as for `with_examples` and `variant`."""
        return self.with_examples(per_class, seed).replace(variants=tuple(self.variant(way, tuned_from) for way in WAYS))


def _transfer(title: str, about: str, source: str, data: Choice, activation: str) -> Transfer:
    small = Experiment(
        data=data,
        widths=(32, 32),
        activation=Choice(activation),
        initials=(Choice("he"),),
        optimizers=(Choice.of("adam", lr=0.01),),
        steps=200,
    )
    return Transfer(title, about, source, small)


TRANSFERS: Mapping[str, Transfer] = {
    "arms": _transfer(
        "Six arms → two arms",
        "Who can tell six arms apart has what it takes to tell two.",
        "six_arms",
        Choice.of("spirals", test=400),
        "tanh",
    ),
    "parity": _transfer(
        "Ten digits → odd or even",
        "A new question about images of the same kind.",
        "ten_digits",
        Choice("odd_or_even"),
        "relu",
    ),
    "noise": _transfer(
        "Digits → noisy digits",
        "The same question under noise, which clean images did not have.",
        "ten_digits",
        Choice("noisy_digits"),
        "relu",
    ),
    "others": _transfer(
        "Digits 0 to 4 → 5 to 9",
        "It looks like the best example of all, and is the exception: what tells the first five digits apart does not tell the others.",
        "digits_0_to_4",
        Choice("digits_5_to_9"),
        "relu",
    ),
}
"""By name, in the order of the list."""
