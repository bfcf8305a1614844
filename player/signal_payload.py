"""What the browser is sent of the signals in networks that were trained: distributions, spreads, and the theory of wide networks."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from networks.mean_field import theory
from networks.signals import BINS, bounds, cuts_off, measure, scales
from parameters import Array
from scenario import Comparison
from scenario.trained import TrainedRun

Arrays = dict[str, npt.NDArray[Any]]
SHOW_SIGNALS = frozenset({"activations", "depth"})
"""The panels that show them."""
_MOST = 3_000_000
"""So many activations of all networks and steps together are looked at."""
_EXAMPLES = (24, 256)
"""The fewest and the most examples."""
_PROBES = 3
"""Steps of each network from which the axes are found."""


@lru_cache(maxsize=4)
def signals_of(comparison: Comparison) -> tuple[dict[str, Any], list[Arrays]]:
    """What is sent of the signals of a comparison: `SignalsBlock` of js/types.d.ts, and the arrays of each network."""
    payload = SignalPayload(comparison)
    return payload.header(), [payload.arrays_of(run) for run in comparison.runs]


class SignalPayload:
    """The signals of all networks of a comparison, on common axes.

    Args:
        comparison: what `Experiment.train` gave; its networks have hidden layers.
    """

    def __init__(self, comparison: Comparison) -> None:
        self._net, self._data = comparison.network, comparison.data
        kept, units = len(comparison.runs[0].steps), sum(self._net.sizes[1:-1]) * len(comparison.runs)
        fewest, most = _EXAMPLES
        self._count = int(np.clip(_MOST // (units * kept), fewest, min(most, len(self._data.x))))
        told = int(np.clip(_MOST // (units * self._count), 2, kept))
        self._told = np.unique(np.linspace(0, kept - 1, told).round().astype(np.int32))
        probes = [run.weights[self._told[np.linspace(0, len(self._told) - 1, _PROBES).astype(int)]] for run in comparison.runs]
        self._axes = scales(self._net, np.concatenate(probes), *self._examples)

    @property
    def _examples(self) -> tuple[Array, npt.NDArray[Any]]:
        return self._data.x[: self._count], self._data.y[: self._count]

    def header(self) -> dict[str, Any]:
        """`SignalsBlock` of js/types.d.ts."""
        activation = self._net.activation
        idle = "saturated" if bounds(activation) else "cut off" if cuts_off(activation) else ""
        forward, backward = self._axes
        return {
            "bins": BINS,
            "examples": self._count,
            "told": self._told.tolist(),
            "idle": idle,
            "forward": asdict(forward),
            "backward": asdict(backward),
        }

    def arrays_of(self, run: TrainedRun) -> Arrays:
        """The arrays of `Signals` of js/types.d.ts: histograms in 256 levels of their highest bin, and what share that is."""
        found = measure(self._net, run.weights[self._told], *self._examples, self._axes)
        limit = theory(self._net, run.weights[0], *self._examples, self._axes)
        arrays: Arrays = {name: single(getattr(found, name)) for name in ("spread", "rms", "saturated", "dead")}
        arrays["medianBack"] = single(found.median)
        for name in ("forward", "backward"):
            shares = getattr(found, name)
            peaks = shares.max(axis=2)
            arrays[name] = np.rint(shares * (255 / np.where(peaks > 0, peaks, 1.0))[:, :, None]).astype(np.uint8)
            arrays[f"{name}Peak"] = single(peaks)
        if limit:
            arrays |= {f"{name}Theory": single(getattr(limit, name)) for name in ("forward", "backward", "spread", "rms")}
        return arrays


def single(values: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Numbers in single precision; those beyond it are infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(values).astype(np.float32)
