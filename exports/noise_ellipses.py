"""The noise of mini-batches in a picture or film of a landscape: around each head an ellipse, as the app draws them (js/ellipses.js).

Importing this module imports Matplotlib.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse

from figures.theme import Style
from networks.planes import Relief
from parameters import Array
from player.relief_payload import noise_arrays
from scenario import Comparison

_USUAL, _LARGEST = 0.1, 0.35
"""The share of the map's smaller side that half of the longest axis takes at most steps, and at any step."""


class NoiseEllipses:
    """One standard deviation of the noise of each network's batches, all on one scale; nothing where batches are all examples.

    Args:
        axes: with the map.
        relief: what is drawn there.
        comparison: the networks.
        looks: how each of them is drawn.
    """

    def __init__(self, axes: Axes, relief: Relief, comparison: Comparison, looks: Sequence[Style]) -> None:
        noise = [noise_arrays(relief, comparison, run).get("noise") for run in comparison.runs]
        self.axes_of = [None if each is None else axes_of_noise(np.asarray(each, dtype=np.float64).reshape(-1, 3)) for each in noise]
        smaller = min(high - low for low, high in relief.window)
        self._unit = smaller * enlargement([each[:, 0] for each in self.axes_of if each is not None])
        self.shapes = [None if each is None else _ellipse(style.colour) for each, style in zip(self.axes_of, looks, strict=True)]
        for shape in filter(None, self.shapes):
            axes.add_patch(shape)

    def show(self, kept: int, heads: Sequence[tuple[float, float]]) -> None:
        """Draw them as they are at a kept step.

        Args:
            kept: its number among them.
            heads: where each network is on the plane.
        """
        for each, shape, head in zip(self.axes_of, self.shapes, heads, strict=True):
            if each is None or shape is None:
                continue
            length, across, angle = each[kept]
            shape.set_visible(bool(length > 0 and np.isfinite(head).all()))
            if shape.get_visible():
                shape.set(center=head, width=2 * self._unit * length, height=2 * self._unit * across, angle=np.degrees(angle))


def _ellipse(colour: str) -> Ellipse:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return Ellipse((0, 0), 1, 1, facecolor=(red, green, blue, 0.16), edgecolor=(red, green, blue, 0.8), linewidth=1.4, zorder=4)


def axes_of_noise(covariances: Array) -> Array:
    """Of covariances aa, ab, bb, shape (K, 3): half the longer and the shorter axis of one standard deviation, and the angle of the longer
    one, shape (K, 3)."""
    aa, ab, bb = covariances.T
    mean, root = (aa + bb) / 2, np.hypot((aa - bb) / 2, ab)
    return np.stack([np.sqrt(mean + root), np.sqrt(np.maximum(mean - root, 0)), np.arctan2(2 * ab, aa - bb) / 2], axis=1)


def enlargement(lengths: Sequence[npt.NDArray[np.float64]]) -> float:
    """By what all ellipses are multiplied, for a map whose smaller side is 1; 0 where there is no noise.

    Args:
        lengths: half the longer axis at each kept step, for each network that has noise.
    """
    if not lengths:
        return 0.0
    longest = np.sort(np.nan_to_num(np.stack(lengths)).max(axis=0))
    usual, most = longest[len(longest) // 2], longest[-1]
    return float(min(_USUAL / usual if usual > 0 else np.inf, _LARGEST / most)) if most > 0 else 0.0
