"""What a network is to make small: how far its outputs are from the labels, as the common deep-learning library defines it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from formulas.program import Call
from parameters import Array, lookup

Slopes = Callable[[Array, Array, Array], list[Call]]
"""Outputs (R, k, n), targets (1 or R, k, n) and the array for the slopes (R, k, n) of the mean loss -> calls."""
Values = Slopes
"""Likewise, with an array for the loss of each example, shape (R, n)."""


@dataclass(frozen=True)
class Loss:
    """One kind of loss, a mean over the examples.

    Attributes:
        name: what it is called in code.
        latex: the loss of one example with outputs z and label y, or targets t.
        slopes, values: how it is computed.
        targets: labels (n,) or targets (n, k) and the number of outputs -> targets, shape (n, k).
        right: outputs (R, k, n) and labels (n,) -> whether each is right, shape (R, n); None where nothing is right or wrong.
        torch: the module of torch.nn that computes it.
        source: where it comes from.
    """

    name: str
    latex: str
    slopes: Slopes
    values: Values
    targets: Callable[[npt.NDArray[Any], int], Array]
    right: Callable[[Array, npt.NDArray[Any]], npt.NDArray[np.bool_]] | None
    torch: str
    source: str


def _logistic_slopes(z: Array, t: Array, out: Array) -> list[Call]:
    """(sigmoid(z) - t)/n, by the tangent: tanh(z/2) = 2 sigmoid(z) - 1."""
    half, share = np.array(0.5, z.dtype), np.array(1 / z.shape[2], z.dtype)
    calls: list[Call] = [(np.multiply, (z, half, out)), (np.tanh, (out, out)), (np.multiply, (out, half, out)), (np.add, (out, half, out))]
    return [*calls, (np.subtract, (out, t, out)), (np.multiply, (out, share, out))]


def _logistic_values(z: Array, t: Array, out: Array) -> list[Call]:
    """ln(1 + exp(-|z|)) + (max(z, 0) - z t): nothing overflows."""
    z, t = z[:, 0], t[:, 0]
    positive, product, zeros = np.empty_like(out), np.empty_like(out), np.zeros(z.shape[-1:], z.dtype)
    return [
        (np.abs, (z, out)),
        (np.negative, (out, out)),
        (np.exp, (out, out)),
        (np.log1p, (out, out)),
        (_larger, (z, zeros, positive)),
        (np.multiply, (z, t, product)),
        (np.subtract, (positive, product, positive)),
        (np.add, (out, positive, out)),
    ]


def _larger(a: Array, b: Array, out: Array) -> None:
    np.maximum(a, b, out=out)


def _softmax_slopes(z: Array, t: Array, out: Array) -> list[Call]:
    """(softmax(z) - t)/n."""
    row, share = np.empty((z.shape[0], 1, z.shape[2]), z.dtype), np.array(1 / z.shape[2], z.dtype)
    return [
        (_largest, (z, row)),
        (np.subtract, (z, row, out)),
        (np.exp, (out, out)),
        (_sum, (out, row)),
        (np.divide, (out, row, out)),
        (np.subtract, (out, t, out)),
        (np.multiply, (out, share, out)),
    ]


def _largest(z: Array, out: Array) -> None:
    np.maximum.reduce(z, axis=1, keepdims=True, out=out)


def _sum(z: Array, out: Array) -> None:
    np.add.reduce(z, axis=1, keepdims=True, out=out)


def _softmax_values(z: Array, t: Array, out: Array) -> list[Call]:
    apart, sizes, row = np.empty_like(z), np.empty_like(z), np.empty_like(z[:, :1])
    total = out[:, None]
    return [
        (_largest, (z, row)),
        (np.subtract, (z, row, apart)),
        (np.exp, (apart, sizes)),
        (_sum, (sizes, total)),
        (np.log, (total, total)),
        (_clear, (apart, t)),
        (_sum, (apart, row)),
        (np.subtract, (total, row, total)),
    ]


def _clear(apart: Array, t: Array) -> None:
    """No product with the targets, where minus infinity times 0 would be no number."""
    np.copyto(apart, 0.0, where=t != 1)


def _squared_slopes(z: Array, t: Array, out: Array) -> list[Call]:
    return [(np.subtract, (z, t, out)), (np.multiply, (out, np.array(2 / (z.shape[1] * z.shape[2]), z.dtype), out))]


def _squared_values(z: Array, t: Array, out: Array) -> list[Call]:
    apart, total, outputs = np.empty_like(z), out[:, None], np.array(float(z.shape[1]), z.dtype)
    return [(np.subtract, (z, t, apart)), (np.square, (apart, apart)), (_sum, (apart, total)), (np.divide, (total, outputs, total))]


def _check_labels(y: npt.NDArray[Any], classes: int, loss: str) -> npt.NDArray[np.int64]:
    if y.ndim != 1 or y.dtype.kind not in "iubf" or (y.dtype.kind == "f" and not (y == np.rint(y)).all()):
        raise ValueError(f"the {loss} loss needs a class for each example, whole numbers of shape (n,), not {y.dtype} of shape {y.shape}")
    if y.size and not (y.min() >= 0 and y.max() < classes):
        raise ValueError(
            f"the {loss} loss with {classes} classes needs labels from 0 to {classes - 1}; these reach from {y.min()} to {y.max()}"
        )
    return y.astype(np.int64)


def _binary(y: npt.NDArray[Any], outputs: int) -> Array:
    if outputs != 1:
        raise ValueError(f"the logistic loss needs a network of one output, not {outputs}; for more classes choose loss='softmax'")
    return _check_labels(y, 2, "logistic").astype(np.float64)[:, None]


def _one_of_many(y: npt.NDArray[Any], outputs: int) -> Array:
    if outputs < 2:
        raise ValueError("the softmax loss needs an output for each class, two or more; for one output choose loss='logistic'")
    return np.eye(outputs)[_check_labels(y, outputs, "softmax")]


def _as_they_are(y: npt.NDArray[Any], outputs: int) -> Array:
    targets = y[:, None] if y.ndim == 1 else y
    if targets.ndim != 2 or targets.shape[1] != outputs or targets.dtype.kind not in "iubf":
        raise ValueError(f"the squared loss of {outputs} outputs needs targets of shape (n, {outputs}), not {y.dtype} of shape {y.shape}")
    return targets.astype(np.float64)


_ALL = (
    Loss(
        "logistic",
        r"\ln\left(1 + e^{z}\right) - y z",
        _logistic_slopes,
        _logistic_values,
        _binary,
        lambda z, y: (z[:, 0] > 0) == (y == 1),
        "BCEWithLogitsLoss()",
        "Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x",
    ),
    Loss(
        "softmax",
        r"\ln \sum_j e^{z_j} - z_y",
        _softmax_slopes,
        _softmax_values,
        _one_of_many,
        lambda z, y: z.argmax(axis=1) == y,
        "CrossEntropyLoss()",
        "Bridle 1990, doi:10.1007/978-3-642-76153-9_28",
    ),
    Loss(
        "squared",
        r"\frac{1}{k} \sum_j \left(z_j - t_j\right)^2",
        _squared_slopes,
        _squared_values,
        _as_they_are,
        None,
        "MSELoss()",
        "Legendre 1805; Gauss 1809",
    ),
)
LOSSES: Mapping[str, Loss] = {loss.name: loss for loss in _ALL}
"""Every loss by name."""


def find(name: str) -> Loss:
    """The loss of a name.

    Raises:
        KeyError: there is none; the message lists the valid names.
    """
    return lookup(LOSSES, name, "loss")
