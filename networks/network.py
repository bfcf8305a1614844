"""A network of dense layers, and many of them at once: weights are (R, P), a network a row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from networks.architecture import Architecture
from networks.checks import check_per_network
from networks.curvature import MOST_CURVED, hessians, largest_eigenvalues
from networks.passes import Found, Passes, in_chunks, mean_losses, rows_of
from networks.running import one_thread
from parameters import Array


class Network(Architecture):
    """A network of dense layers.

    Args:
        sizes: the inputs, the units of each hidden layer, and the outputs: (2, 16, 16, 1).
        activation: of the hidden layers, one of `networks.activations.names()` or an `Activation` with other parameters.
        batch_norm: whether each hidden layer's sums are normalized before the activation, with a learned scale and shift.
        dropout: the share of hidden units that is left out, at random, at each step of a training; the rest counts for more.
        loss: "logistic" (one output, labels 0 and 1), "softmax" (an output for each class) or "squared" (mean over examples and outputs).
        eps: what batch normalization adds to a variance.

    Raises:
        KeyError: an unknown activation or loss; the message lists the valid ones.
        TypeError, ValueError: sizes, dropout or eps cannot be used; the message says why and what can.
    """

    def loss(
        self,
        weights: npt.ArrayLike,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        l2: npt.ArrayLike = 0.0,
        *,
        l1: npt.ArrayLike = 0.0,
        statistics: npt.ArrayLike | None = None,
    ) -> Array:
        """The mean loss of each network, shape (R,).

        Args:
            weights: shape (R, P), or (P,) for one network.
            x: inputs, shape (n, d).
            y: labels, shape (n,), or targets, shape (n, k).
            l2, l1: adds l2/2 times the sum of the squared weights, and l1 times the sum of their sizes; biases do not count. A number, or
                one for each network, shape (R,).
            statistics: the running mean and variance of batch normalization, `training.statistics` at a step; if not given, those of x.

        Raises:
            TypeError, ValueError: the shapes do not fit the network, or a label is none of its classes.
        """
        given = self.check_weights(weights)
        rows = rows_of(self, *self.check_examples(x, y))
        result = mean_losses(self, given, rows, self._given_statistics(statistics, len(given)))
        penalty = self.penalty(given, l2, l1)
        return result if penalty is None else result + penalty

    def gradient(
        self, weights: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike, l2: npt.ArrayLike = 0.0, *, l1: npt.ArrayLike = 0.0
    ) -> Array:
        """The slopes of the loss by each weight, shape (R, P). Batch normalization uses x's statistics. Arguments, errors as for `loss`."""
        return self.loss_and_gradient(weights, x, y, l2, l1=l1)[1]

    def loss_and_gradient(
        self, weights: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike, l2: npt.ArrayLike = 0.0, *, l1: npt.ArrayLike = 0.0
    ) -> tuple[Array, Array]:
        """What `loss` and `gradient` give, from one pass for both. Arguments, errors as for `loss`."""
        given = self.check_weights(weights)
        found = self._collect(lambda passes, slopes: (passes.losses(), self.layout.unpack(slopes)), given, x, y, backward=True)
        losses, slopes = (np.concatenate(parts) for parts in zip(*found, strict=True))
        penalty = self.penalty(given, l2, l1)
        if penalty is None:
            return losses, slopes
        return losses + penalty, slopes + self.penalty_slopes(given, l2, l1)

    def outputs(self, weights: npt.ArrayLike, x: npt.ArrayLike, *, statistics: npt.ArrayLike | None = None) -> Array:
        """What each network says of each example, shape (R, n, k): before the sigmoid or the softmax. Arguments as for `loss`."""
        return np.concatenate(self._collect(lambda passes, _: passes.outputs.swapaxes(1, 2).copy(), weights, x, statistics=statistics))

    def probabilities(self, weights: npt.ArrayLike, x: npt.ArrayLike, *, statistics: npt.ArrayLike | None = None) -> Array:
        """The probability of each class, shape (R, n, classes); that of class 1 alone, shape (R, n, 1), where there is one output.

        Raises:
            ValueError: the loss is squared, so that outputs are no probabilities.
        """
        z = self.outputs(weights, x, statistics=statistics)
        if self.loss_name == "logistic":
            return np.asarray((np.tanh(z / 2) + 1) / 2)
        if self.loss_name == "squared":
            raise ValueError("outputs that are trained with a squared loss are no probabilities; choose loss='logistic' or 'softmax'")
        sizes = np.exp(z - z.max(axis=2, keepdims=True))
        return np.asarray(sizes / sizes.sum(axis=2, keepdims=True))

    def accuracy(self, weights: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike, *, statistics: npt.ArrayLike | None = None) -> Array:
        """The share of examples whose class each network gets right, shape (R,). Arguments as for `loss`.

        Raises:
            ValueError: the loss is squared, so that nothing is right or wrong; or as for `loss`.
        """
        right = self.measure.right
        if right is None:
            raise ValueError("accuracy counts right classes, which a squared loss does not have; look at the loss itself")
        labels = np.asarray(y)
        found = self._collect(lambda passes, _: right(passes.outputs, labels).mean(axis=1), weights, x, y, statistics=statistics)
        return np.concatenate(found)

    def activations(self, weights: npt.ArrayLike, x: npt.ArrayLike, *, statistics: npt.ArrayLike | None = None) -> list[Array]:
        """What each hidden layer gives out, after the activation: shape (R, n, units) each. Arguments as for `loss`."""
        return _by_layer(self._collect(lambda passes, _: list(map(_as_examples, passes.hidden)), weights, x, statistics=statistics))

    def signals(self, weights: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike) -> list[Array]:
        """The backpropagated signal at each hidden layer: the slope of each example's own loss by the layer's sums, (R, n, units) each.

        With batch normalization the sums before it, which depend on all examples: then it is n times the slope of the mean loss.
        """

        def read(passes: Passes, _: Array) -> list[Array]:
            return [_as_examples(signal * signal.shape[2]) for signal in passes.signals[:-1]]

        return _by_layer(self._collect(read, weights, x, y, backward=True, keep_signals=True))

    def idle(self, weights: npt.ArrayLike, x: npt.ArrayLike) -> tuple[Array, Array]:
        """How much of each hidden layer does not learn, each of shape (R, hidden layers).

        Returns:
            The share of saturated activations, over units and examples: those where the activation's slope is below 2% of its steepest
            (|tanh| > 0.99; for ReLU what is cut off). And the share of dead units, whose slope is 0 for every example.
        """
        parts = self._collect(lambda passes, _: passes.idle(), weights, x, slopes=True)
        saturated, dead = zip(*parts, strict=True)
        return np.concatenate(saturated), np.concatenate(dead)

    def hessian(self, weights: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike, l2: npt.ArrayLike = 0.0) -> Array:
        """The second derivatives of the loss by each two weights, shape (R, P, P), to about ten digits: differences of exact slopes.

        Arguments and errors as for `loss`. Where the activation has kinks, as ReLU has, it is that of the linear piece around the weights.

        Raises:
            ValueError: the network has more than 400 weights.
        """
        given = self.check_weights(weights)
        if self.size > MOST_CURVED:
            raise ValueError(
                f"the Hessian of a network of {self.size:,} weights has {self.size**2:,} numbers; "
                f"at most {MOST_CURVED} weights can be used, so choose a smaller network, or ask for its sharpness"
            )
        strength = np.broadcast_to(check_per_network("l2", l2, len(given), 0, 1e6), (len(given),))
        inputs, targets = self.check_examples(x, y)
        result = hessians(self, rows_of(self, inputs, targets), given)
        diagonal = np.flatnonzero(self.layout.penalized()[self.layout.inverse])
        result[:, diagonal, diagonal] += strength[:, None]
        return result

    def sharpness(self, weights: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike, l2: npt.ArrayLike = 0.0) -> Array:
        """The largest eigenvalue of the Hessian, shape (R,): from all of it up to 400 weights, else by Lanczos' method.

        Arguments and errors as for `loss`. NaN where the Hessian is not finite.
        """
        given = self.check_weights(weights)
        if self.size > MOST_CURVED:
            return largest_eigenvalues(lambda points: self.gradient(points, x, y, l2), given, self.activation.kinked)
        hessian = self.hessian(given, x, y, l2)
        known = np.isfinite(hessian).all(axis=(1, 2))
        result = np.full(len(given), np.nan)
        with one_thread():
            result[known] = np.linalg.eigvalsh(hessian[known])[:, -1]
        return result

    def penalty(self, given: Array, l2: npt.ArrayLike, l1: npt.ArrayLike) -> Array | None:
        """What `l2` and `l1` add to the loss at weights of shape (R, P): shape (R,); None where both are 0."""
        counted = np.compress(self.layout.penalized()[self.layout.inverse], given, axis=1)  # row by row, so that each has its own sum
        total: Array | None = None
        for name, strength, of in (("l2", l2, _half_squares), ("l1", l1, np.abs)):
            if np.any(strength):
                with np.errstate(over="ignore"):
                    part = check_per_network(name, strength, len(given), 0, 1e6) * np.add.reduce(of(counted), axis=1)
                total = part if total is None else total + part
        return total

    def penalty_slopes(self, given: Array, l2: npt.ArrayLike, l1: npt.ArrayLike) -> Array:
        """The slopes of that by each weight, shape (R, P)."""
        counted = self.layout.penalized()[self.layout.inverse]
        slopes = np.zeros_like(given)
        for strength, of in ((l2, given), (l1, np.sign(given))):
            if np.any(strength):
                slopes += np.where(counted, check_per_network("l1 or l2", strength, len(given), 0, 1e6).reshape(-1, 1) * of, 0.0)
        return slopes

    def _collect(
        self,
        read: Callable[[Passes, Array], Found],
        weights: npt.ArrayLike,
        x: npt.ArrayLike,
        y: npt.ArrayLike | None = None,
        *,
        statistics: npt.ArrayLike | None = None,
        slopes: bool = False,
        backward: bool = False,
        keep_signals: bool = False,
    ) -> list[Found]:
        """What is read of passes over all networks, some at a time; see `in_chunks`."""
        given = self.check_weights(weights)
        running = self._given_statistics(statistics, len(given))
        rows = rows_of(self, *self.check_examples(x, y))
        return in_chunks(self, given, rows, read, statistics=running, slopes=slopes, backward=backward, keep_signals=keep_signals)

    def _given_statistics(self, statistics: npt.ArrayLike | None, runs: int) -> list[tuple[Array, Array]] | None:
        """Running means and variances, shape (R, S), as one pair for each hidden layer, shape (R, units, 1)."""
        if statistics is None:
            return None
        given = np.asarray(statistics, dtype=np.float64)
        wanted = 2 * sum(self.sizes[1:-1])
        if not self.batch_norm or given.shape not in ((runs, wanted), (wanted,)):
            raise ValueError(
                f"statistics must be the running means and variances of {runs} networks with batch normalization, "
                f"shape ({runs}, {wanted}), not {given.shape}"
            )
        given = np.broadcast_to(given, (runs, wanted))
        pairs, at = [], 0
        for units in self.sizes[1:-1]:
            pairs.append((given[:, at : at + units, None], given[:, at + units : at + 2 * units, None]))
            at += 2 * units
        return pairs


def _half_squares(weights: Array) -> Array:
    return np.asarray(0.5 * weights * weights)


def _as_examples(units: Array) -> Array:
    """Shape (R, units, n) as (R, n, units): a copy."""
    return units.swapaxes(1, 2).copy()


def _by_layer(parts: list[list[Array]]) -> list[Array]:
    """For each layer what was found of all networks, some at a time."""
    return [np.concatenate(layer) for layer in zip(*parts, strict=True)]
