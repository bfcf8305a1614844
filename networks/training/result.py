"""The result of a training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from networks.dataset import Dataset
from networks.network import Network
from networks.signals import statistics
from optimizers import Optimizer, Schedule
from parameters import Array


@dataclass(frozen=True, eq=False)
class Training:
    """Networks of one kind that learnt with one optimizer, from the same data or each from its own.

    What is measured at kept steps is without dropout and penalties, on all examples; with batch normalization by the statistics of the
    examples to learn from, also on those to test on: what a network says of one of these does not depend on the others. It is computed when
    it is asked for first.

    Attributes:
        net, optimizer, schedule: what was trained, and how.
        sets: what they learnt from: one data set for all, or one for each.
        weights: shape (kept, R, P).
        steps: the number of the step that each belongs to, shape (kept,); 0 is the start.
        diverged_at: shape (R,), the first step at which a weight is no finite number; -1 where all always are. From there on weights and
            losses are NaN.
        batch_losses: the mean loss over the batch of the step that leads on from each kept one, before it, with dropout: (kept, R). NaN at
            the last step, and for methods that never ask for slopes at the weights themselves.
        update_ratios: how long that step is in each layer, as a share of the layer's weights: shape (kept, R, layers). NaN at the last.
        statistics: the running means and variances of batch normalization, shape (kept, R, S): for each hidden layer its means, then its
            variances; S is 0 without.
        trials: how many step lengths had been tried by each kept step, shape (kept, R); 0 for who does not search.
        states: what the optimizer remembers of each weight after the step that leads on from each kept one, by name, shape (kept, R, P); of
            the last kept one, after the step that led there. Those only that were asked for.
    """

    net: Network
    sets: tuple[Dataset, ...]
    optimizer: Optimizer
    schedule: Schedule | None
    weights: Array
    steps: npt.NDArray[np.int64]
    diverged_at: npt.NDArray[np.int64]
    batch_losses: Array
    update_ratios: Array
    statistics: Array
    trials: Array
    states: Mapping[str, Array] = field(default_factory=dict)

    @property
    def data(self) -> Dataset:
        """What they learnt from; the first network's, where each has its own."""
        return self.sets[0]

    @property
    def runs(self) -> int:
        """The number of networks, R."""
        return self.diverged_at.size

    @cached_property
    def losses(self) -> Array:
        """The mean loss over the examples to learn from, shape (kept, R)."""
        return self._each(lambda weights, data: self.net.loss(weights, data.x, data.y))

    @cached_property
    def test_losses(self) -> Array:
        """The mean loss over the examples to test on, shape (kept, R)."""
        return self._tested(self.net.loss)

    @cached_property
    def accuracies(self) -> Array:
        """The share of the examples to learn from whose class is right, shape (kept, R); NaN in a regression."""
        return self._graded(lambda: self._each(lambda weights, data: self.net.accuracy(weights, data.x, data.y)))

    @cached_property
    def test_accuracies(self) -> Array:
        """The same of the examples to test on."""
        return self._graded(lambda: self._tested(self.net.accuracy))

    @cached_property
    def gradient_norms(self) -> Array:
        """The length of the gradient over all examples to learn from, shape (kept, R)."""

        def norms(weights: Array, data: Dataset) -> Array:
            slopes = self.net.gradient(weights, data.x, data.y)
            with np.errstate(over="ignore"):
                return np.asarray(np.sqrt(np.add.reduce(slopes * slopes, axis=1)))

        return self._each(norms)

    def _graded(self, accuracies: Callable[[], Array]) -> Array:
        return np.full(self.weights.shape[:2], np.nan) if self.net.measure.right is None else accuracies()

    def _tested(self, measure: Callable[..., Array]) -> Array:
        """A measure of every network, `Network.loss` say, on the examples to test on."""
        known = iter(self._learnt)
        return self._each(lambda weights, data: measure(weights, data.test_x, data.test_y, statistics=next(known)))

    @cached_property
    def _learnt(self) -> list[Array | None]:
        """The statistics of batch normalization over the examples to learn from, of all networks on each data set; None without it."""
        if not self.net.batch_norm:
            return [None] * len(self.sets)
        parts = zip(self._parts, self.sets, strict=True)
        return [statistics(self.net, part.reshape(-1, self.net.size), data.x) for part, data in parts]

    @property
    def _parts(self) -> list[Array]:
        """The weights of the networks on each data set."""
        return [self.weights] if len(self.sets) == 1 else np.split(self.weights, self.runs, axis=1)

    def _each(self, measure: Callable[[Array, Dataset], Array]) -> Array:
        """A measure of every network at every kept step, on its own data; NaN where it has diverged."""
        parts = zip(self._parts, self.sets, strict=True)
        found = [measure(part.reshape(-1, self.net.size), data).reshape(part.shape[:2]) for part, data in parts]
        return np.where(np.isnan(self.weights[:, :, 0]), np.nan, np.concatenate(found, axis=1))
