"""What goes through the hidden layers of networks, forward and backward: distributions, spreads, and what has stopped learning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from networks.activation import Activation
from networks.network import Network
from networks.passes import Found, Passes, in_chunks, rows_of
from parameters import Array

BINS = 48
"""Of a histogram."""
_REACHED = 0.999
"""The axis of an activation that has no bounds shows this share of what the layers give."""
_SMALLEST = 0.005
"""The axis of the backpropagated signal leaves out this share, the smallest."""
_LOWEST, _HIGHEST = -12.0, 6.0
"""Its ends, as powers of ten, are within these."""
_UNIT = 0.3
"""The axis of an activation that has no bounds is linear up to about there."""
_FAR = 1e3
"""Where an activation has come to its bounds, if it has any; the axis of one that has none ends there at the latest."""


@dataclass(frozen=True)
class Scale:
    """The axis of a histogram.

    Attributes:
        kind: "linear", "symmetric" (linear up to about a unit from zero, logarithmic beyond) or "log".
        ends: the lowest and highest value; of "log" their logarithms to base ten.
        unit: of "symmetric".
        zeros: whether zeros count; those of an activation that cuts off are so many that nothing else would be seen beside them.
    """

    kind: str
    ends: tuple[float, float]
    unit: float = 1.0
    zeros: bool = True

    def shares(self, values: Array) -> Array:
        """Where values stand between the ends, 0 to 1."""
        placed, (low, high) = values, self.ends
        if self.kind == "symmetric":
            placed, (low, high) = np.arcsinh(values / self.unit), np.arcsinh(np.array(self.ends) / self.unit)
        elif self.kind == "log":
            placed = np.log10(np.abs(values))
        return np.asarray((placed - low) / (high - low))

    def histograms(self, values: Array) -> Array:
        """The share of each row of values in each bin, shape (rows, BINS); what lies beyond the ends counts in the last bin there.

        Args:
            values: shape (rows, count). What is not finite, or has no place on the axis, does not count.
        """
        with np.errstate(all="ignore"):
            place = self.shares(values) * BINS
        known = np.isfinite(place) & (self.zeros | (values != 0))
        bins = np.clip(np.where(known, place, 0.0), 0, BINS - 1).astype(np.intp) + BINS * np.arange(len(values))[:, None]
        sums = np.bincount(bins[known], minlength=BINS * len(values)).reshape(len(values), BINS)
        return np.asarray(sums / values.shape[1])


@dataclass(frozen=True)
class Signals:
    """What goes through the hidden layers of K networks, over the examples and the units of each layer.

    The backpropagated signal is the slope of each example's own loss by the layer's sums, before the activation.

    Attributes:
        forward, backward: histograms of activations and of the size of the backpropagated signal, shape (K, layers, BINS).
        spread: the standard deviation of activations, shape (K, layers).
        rms, median: of the size of the backpropagated signal, shape (K, layers).
        saturated: the share of activations whose slope is below 2% of the steepest.
        dead: the share of units whose slope is 0 for all examples.
    """

    forward: Array
    backward: Array
    spread: Array
    rms: Array
    median: Array
    saturated: Array
    dead: Array


def bounds(activation: Activation) -> tuple[float, float] | None:
    """The values that an activation stays between; None where it has no bounds."""
    low, high, beyond = activation.value(np.array([-_FAR, _FAR, 2 * _FAR]))
    return (float(low), float(high)) if high == beyond else None


def cuts_off(activation: Activation) -> bool:
    """Whether an activation is 0 far below zero and has no bound above, so that units can be switched off."""
    return bounds(activation) is None and float(activation.value(np.array([-_FAR]))[0]) == 0.0


def scales(net: Network, weights: npt.ArrayLike, x: Array, y: npt.ArrayLike) -> tuple[Scale, Scale]:
    """Axes for the activations and for the backpropagated signal of some networks.

    Args:
        net: the network.
        weights: of those that the axes are for, shape (R, P).
        x, y: examples.
    """
    activations: list[Array] = []
    signals: list[Array] = []

    def read(passes: Passes) -> None:
        activations.extend(np.abs(layer).ravel() for layer in passes.hidden)
        signals.extend(np.abs(signal).ravel() for signal in passes.signals[:-1])

    _collect(net, weights, x, y, read)
    backward = _finite(signals) * len(x)
    backward = np.log10(backward[backward > 0])
    low, high = (float(np.quantile(backward, _SMALLEST)), float(backward.max())) if backward.size else (-3.0, 0.0)
    low, high = max(_LOWEST, np.floor(low)), min(_HIGHEST, np.ceil(high))
    return _scale_of(net.activation, _finite(activations)), Scale("log", (float(min(low, high - 2)), float(high)))


def _scale_of(activation: Activation, sizes: Array) -> Scale:
    within = bounds(activation)
    if within:
        return Scale("linear", within)
    reach = float(np.quantile(sizes, _REACHED)) if sizes.size else 1.0
    reach = min(max(reach, 1.0), _FAR)
    if not cuts_off(activation):
        return Scale("symmetric", (-reach, reach), _UNIT)
    return Scale("symmetric", (float(activation.value(np.linspace(-10, 0, 401)).min()), reach), _UNIT, zeros=False)


def measure(net: Network, weights: npt.ArrayLike, x: Array, y: npt.ArrayLike, axes: tuple[Scale, Scale]) -> Signals:
    """What goes through the hidden layers of networks. Batch normalization uses the statistics of these examples.

    Args:
        net: the network.
        weights: shape (K, P).
        x, y: the examples.
        axes: of the histograms, as `scales` gives them.
    """
    forward, backward = axes

    def read(passes: Passes) -> dict[str, Array]:
        given = [layer.reshape(passes.runs, -1) for layer in passes.hidden]
        signals = [np.abs(signal.reshape(passes.runs, -1)) * len(x) for signal in passes.signals[:-1]]
        saturated, dead = passes.idle()
        parts = {
            "forward": [forward.histograms(values) for values in given],
            "backward": [backward.histograms(values) for values in signals],
            "spread": [values.std(axis=1) for values in given],
            "rms": [np.sqrt((values * values).mean(axis=1)) for values in signals],
            "median": [np.median(values, axis=1) for values in signals],
            "saturated": list(saturated.T),
            "dead": list(dead.T),
        }
        return {name: np.stack(layers, axis=1) for name, layers in parts.items()}

    found = _collect(net, weights, x, y, read)
    return Signals(**{name: np.concatenate([part[name] for part in found]) for name in Signals.__dataclass_fields__})


def statistics(net: Network, weights: npt.ArrayLike, x: Array) -> Array:
    """What batch normalization reckons with where all of x is the batch: for each hidden layer the means of its units' sums and then their
    variances, shape (K, S); S is 0 without normalization."""

    def read(passes: Passes) -> Array:
        return passes.moments.copy()

    return np.concatenate(_collect(net, weights, x, None, read))


def _collect(net: Network, weights: npt.ArrayLike, x: Array, y: npt.ArrayLike | None, read: Callable[[Passes], Found]) -> list[Found]:
    """What is read of passes over all networks, some at a time, forward and, where there are labels, backward."""
    given = np.atleast_2d(np.asarray(weights, dtype=np.float64))
    targets = None if y is None else net.measure.targets(np.asarray(y), net.sizes[-1])
    return in_chunks(net, given, rows_of(net, x, targets), lambda passes, _: read(passes), backward=y is not None, keep_signals=True)


def _finite(parts: list[Array]) -> Array:
    values: Array = np.concatenate(parts) if parts else np.empty(0)
    return np.asarray(values[np.isfinite(values)])
