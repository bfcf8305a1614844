"""What goes through a network of infinite width whose weights are independent of each other: mean-field theory.

The sums of a layer are then normal, and their variance follows from that of the layer before alone (Poole et al. 2016, arXiv:1606.05340;
for what goes backward Schoenholz et al. 2017, arXiv:1611.01232).
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from networks.network import Network
from networks.passes import Passes, rows_of
from networks.signals import BINS, Scale
from parameters import Array

_POINTS = 2001
"""Of a normal distribution, at equal shares: enough for three digits."""
_EXAMPLES = 24
"""Of the distribution of the inputs' lengths."""
_PAIRS = (128, 48)
"""Of the two normal distributions whose product goes backward."""


@dataclass(frozen=True)
class Theory:
    """What a network of infinite width has before it learns.

    Attributes:
        forward, backward: histograms of activations and of the size of the backpropagated signal, shape (layers, BINS).
        spread: the standard deviation of activations, shape (layers,).
        rms: of the backpropagated signal, shape (layers,).
    """

    forward: Array
    backward: Array
    spread: Array
    rms: Array


def theory(net: Network, weights: npt.ArrayLike, x: Array, y: npt.ArrayLike, axes: tuple[Scale, Scale]) -> Theory | None:
    """Mean-field theory of a network's hidden layers, from the size of its weights alone.

    What goes backward begins with the network's own errors at its outputs. With batch normalization only what goes forward has a theory
    here: sums of variance 1; `backward` and `rms` are NaN then.

    Args:
        net: the network.
        weights: before it learns, shape (P,).
        x, y: examples.
        axes: of the histograms.

    Returns:
        None where the weights are not drawn at random: zeros, say, or all the same.
    """
    given = np.asarray(weights, dtype=np.float64)
    matrices = [given[layer.weight] for layer in net.layers]
    if any(np.ptp(matrix) == 0 and matrix.size > 1 for matrix in matrices[:-1]):
        return None
    variances = [float(np.mean(matrix**2)) for matrix in matrices]
    lengths = np.quantile((x**2).sum(axis=1), (np.arange(_EXAMPLES) + 0.5) / _EXAMPLES)
    normal = _normal(_POINTS)
    sums = lengths * variances[0]
    forward, spread, sizes = [], [], []
    for index, units in enumerate(net.sizes[1:-1]):
        sums = np.ones_like(lengths) if net.batch_norm else sums
        sizes.append(np.sqrt(sums))
        given_out = net.activation.value(sizes[-1][:, None] * normal)
        forward.append(axes[0].histograms(given_out.reshape(1, -1))[0])
        spread.append(float(given_out.std()))
        sums = units * variances[index + 1] * (given_out**2).mean(axis=1)
    backward, rms = _backward(net, variances, sizes, _output_errors(net, given, x, y), axes[1])
    return Theory(np.array(forward), backward, np.array(spread), rms)


def _backward(net: Network, variances: list[float], sizes: list[Array], errors: float, axis: Scale) -> tuple[Array, Array]:
    """Histograms and root mean squares of what goes backward, by hidden layer."""
    layers = len(sizes)
    histograms, rms = np.full((layers, BINS), np.nan), np.full(layers, np.nan)
    if net.batch_norm:
        return histograms, rms
    sum_points, signal_points = (_normal(count) for count in _PAIRS)
    arriving = errors
    for index in range(layers - 1, -1, -1):
        arriving = arriving * net.sizes[index + 2] * variances[index + 1]
        slopes = net.activation.derivative(sizes[index][:, None] * sum_points)
        values = slopes[:, :, None] * (np.sqrt(arriving) * signal_points)
        histograms[index] = axis.histograms(values.reshape(1, -1))[0]
        arriving = arriving * float((slopes**2).mean())
        rms[index] = np.sqrt(arriving)
    return histograms, rms


def _output_errors(net: Network, weights: Array, x: Array, y: npt.ArrayLike) -> float:
    """The mean square of the slopes of each example's loss by the outputs."""
    packed = net.layout.pack(weights[None])
    rows = rows_of(net, x, net.measure.targets(np.asarray(y), net.sizes[-1]))
    passes = Passes(net, rows, 1, keep_signals=True)
    with np.errstate(all="ignore"):
        for routine, arguments in [*passes.forward(packed), *passes.backward(packed, np.empty_like(packed))]:
            routine(*arguments)
    return float(np.mean((passes.signals[-1] * len(x)) ** 2))


def _normal(count: int) -> Array:
    """Points of a normal distribution at equal shares, of variance 1 exactly."""
    distribution = NormalDist()
    points = np.array([distribution.inv_cdf((index + 0.5) / count) for index in range(count)])
    return np.asarray(points / points.std())
