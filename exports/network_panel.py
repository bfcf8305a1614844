"""What one network makes of the plane of its inputs, or the curve that it fits, in a picture, with the examples.

Importing this module imports Matplotlib.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from exports.to_matplotlib import blend, parse_colour, rgb
from figures import Theme
from figures.maps import shape_of
from figures.networks import class_colours, data_window
from figures.theme import Style
from landscapes import Window
from networks.signals import statistics
from parameters import Array
from scenario import Comparison
from scenario.trained import TrainedRun

_FINENESS = 96
"""Points along a side of a picture of the plane."""
_ALONG = 240
"""Points of a curve."""
_STRONGEST = {"light": 0.42, "dark": 0.36}
"""The opacity of a shade where a network is sure, as in the app."""
_EXAMPLES, _MANY = 22.0, 400
"""Square CSS pixels of an example's dot, and from how many examples on they are smaller."""
_CURVE = 1.5
"""The shape of a picture of a fitted curve, width by height."""


class Inputs:
    """What the pictures of all networks of a comparison share.

    Attributes:
        comparison, theme: of which, and in which colours.
        window: the part of the plane that is drawn; of a curve, what it goes through.
        plane: the points at which networks are asked, shape (n, 2); None where there is one input, or more than two.
        classes: their colours.
        shape: of a picture, width by height.
    """

    def __init__(self, comparison: Comparison, theme: Theme) -> None:
        self.comparison, self.theme = comparison, theme
        x, y = data_window(comparison.data)
        self.window: Window = ((x[0], x[1]), (y[0], y[1]))
        self.classes = class_colours(comparison.data.classes or 2)
        self.plane = _grid(self.window) if comparison.data.inputs == 2 else None
        self.shape = _CURVE if self.plane is None else shape_of(self.window)

    @property
    def shades(self) -> list[str]:
        """Colours of the planes."""
        paper = rgb(self.theme.background)
        strengths = (0.25, 0.5, 0.75, 1.0)
        mixed = [blend(rgb(name), paper, share * _STRONGEST[self.theme.name]) for name in self.classes for share in strengths]
        return ["#{:02X}{:02X}{:02X}".format(*colour) for colour in mixed]


class NetworkPanel:
    """One network.

    Args:
        axes: to draw in.
        run, style: the network, and its colour.
        inputs: what it shares with others.

    Attributes:
        moving: what changes from step to step.
        examples: what lies over that.
    """

    def __init__(self, axes: Axes, run: TrainedRun, style: Style, inputs: Inputs) -> None:
        self.axes, self.run, self.inputs = axes, run, inputs
        axes.set_title(run.label, color=style.colour, fontsize=12)
        axes.set(xlim=inputs.window[0], ylim=inputs.window[1], autoscale_on=False)
        self._draw_examples()
        if inputs.plane is not None:
            axes.set_box_aspect(1 / shape_of(inputs.window))
            axes.set_xticks([])
            axes.set_yticks([])
        self.examples: list[Artist] = [*axes.collections]
        self.moving: list[Any] = axes.plot([], [], color=style.colour, linewidth=2.6) if inputs.plane is None else []

    def _draw_examples(self) -> None:
        """Those to learn from filled, those to test on hollow."""
        data, theme = self.inputs.comparison.data, self.inputs.theme
        area = _EXAMPLES * min(1.0, _MANY / (len(data.x) + len(data.test_x)))
        for x, y, filled in ((data.test_x, data.test_y, False), (data.x, data.y, True)):
            colours = [self.inputs.classes[label] for label in y] if data.classes else theme.text
            look: dict[str, Any] = {"facecolors": colours if filled else "none", "edgecolors": theme.halo if filled else colours}
            up = x[:, 1] if data.inputs == 2 else np.asarray(y).reshape(-1)
            self.axes.scatter(x[:, 0], up, s=area, linewidths=0.8, zorder=3, **look)

    @property
    def artists(self) -> list[Artist]:
        """What moves, in the order in which it is drawn, with the examples, which lie over it."""
        return [*self.moving, *self.examples]

    def show(self, step: int) -> None:
        """Draw it as it is at a step; between two that are kept, weights are interpolated."""
        if self.inputs.plane is not None:
            self._paint(self._outputs(step, self.inputs.plane))
            return
        x = np.linspace(*self.inputs.window[0], _ALONG)
        self.moving[0].set_data(x, self._outputs(step, x[:, None])[:, 0])

    def _outputs(self, step: int, x: Array) -> Array:
        """What the network gives at some places, shape (n, outputs)."""
        run, comparison = self.run, self.inputs.comparison
        after = int(np.searchsorted(run.steps, step))
        before = max(after - 1, 0)
        share = (step - run.steps[before]) / max(int(run.steps[after] - run.steps[before]), 1)
        weights = run.weights[after] if share == 1 else (1 - share) * run.weights[before] + share * run.weights[after]
        network = comparison.network
        known = statistics(network, weights, comparison.data.x) if network.batch_norm else None
        outputs: Array = network.outputs(weights, x, statistics=known)[0]
        return outputs

    def _paint(self, outputs: Array) -> None:
        """Shades by the probabilities of the classes, and the line between two classes."""
        for part in self.moving:
            part.remove()
        inputs, many = self.inputs, self.inputs.comparison.data.classes
        shares = _probabilities(outputs) if many else _span(outputs)
        (x0, x1), (y0, y1) = inputs.window
        colours, paper = (np.array([rgb(name) for name in names], dtype=float) for names in (inputs.classes, [inputs.theme.background]))
        sure = np.maximum(shares.max(axis=1) - 1 / shares.shape[1], 0) / (1 - 1 / shares.shape[1]) * _STRONGEST[inputs.theme.name]
        mixed = paper + sure[:, None] * (shares @ colours - paper)
        image = np.nan_to_num(mixed, nan=128.0).astype(np.uint8).reshape(_FINENESS, _FINENESS, 3)
        look: dict[str, Any] = {"extent": (x0, x1, y0, y1), "zorder": 0}
        parts: list[Any] = [self.axes.imshow(image, origin="lower", aspect="auto", interpolation="bilinear", **look)]
        if many and np.isfinite(outputs).all():
            heights = [height.reshape(_FINENESS, _FINENESS) for height in _ahead(outputs) if height.min() < 0 < height.max()]
            parts += [self.axes.contour(height, levels=[0.0], colors=[inputs.theme.text], **{**look, "zorder": 2}) for height in heights]
        self.moving = parts


def dress(axes: Axes, theme: Theme) -> None:
    """Axes in a theme's colours, without a frame."""
    axes.set_facecolor(theme.background)
    axes.spines[:].set_visible(False)
    axes.tick_params(which="both", colors=theme.text, color=parse_colour(theme.line), labelsize=11)


def _grid(window: Window) -> Array:
    x, y = np.meshgrid(*(np.linspace(*side, _FINENESS) for side in window))
    return np.stack([x.ravel(), y.ravel()], axis=1)


def _ahead(outputs: Array) -> list[Array]:
    """What is zero where the class changes: the output itself, or how far each class is ahead of the others."""
    if outputs.shape[1] == 1:
        return [outputs[:, 0]]
    return [outputs[:, index] - np.delete(outputs, index, axis=1).max(axis=1) for index in range(outputs.shape[1])]


def _probabilities(outputs: Array) -> Array:
    """Of each class, from logits: shape (n, classes)."""
    with np.errstate(over="ignore", invalid="ignore"):
        if outputs.shape[1] == 1:
            second = 1 / (1 + np.exp(-outputs))
            return np.concatenate([1 - second, second], axis=1)
        raised = np.exp(outputs - outputs.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _span(outputs: Array) -> Array:
    """Low and high shares of a regression's output."""
    low, high = float(outputs.min()), float(outputs.max())
    share = (outputs - low) / (high - low or 1.0)
    return np.concatenate([1 - share, share], axis=1)
