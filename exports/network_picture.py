"""Networks in training as a picture and as a film: what each makes of the plane, or the curve that it fits, above their losses; beside
them, where it is asked for, the landscape of their loss from above or in 3-D.

Importing this module imports Matplotlib.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from exports.caption import caption_of
from exports.film import check_film, film_of
from exports.footer import draw_caption
from exports.relief_picture import ReliefMap
from exports.relief_surface import ReliefSurface
from exports.saving import MATPLOTLIB_LOCK, check_format, new_figure, saved
from exports.size import LANDSCAPES, SECONDS, TURNED, Size, check_step, columns_of
from exports.to_matplotlib import blend, parse_colour, rgb
from figures import LIGHT, Theme
from figures.maps import shape_of
from figures.networks import class_colours, data_window, network_styles
from figures.theme import Style
from landscapes import Window
from networks.planes import Relief
from networks.signals import statistics
from parameters import Array, lookup
from scenario import Comparison
from scenario.trained import TrainedRun
from simulation.progress import Progress

_FINENESS = 96
"""Points along a side of a picture of the plane."""
_STRONGEST = {"light": 0.42, "dark": 0.36}
"""The opacity of a shade where a network is sure, as in the app."""
_EXAMPLES, _MANY = 22.0, 400
"""Square CSS pixels of an example's dot, and from how many examples on they are smaller."""
_TITLE, _MARGIN = 30.0, 10.0
"""CSS pixels: the height of title and counter, and from them to the edges."""
_FEW, _LONG = 2, 1.6
"""So many networks stand beside the landscape, which then is as high as all of them with their losses, unless it is of such a shape."""
_CURVE = 1.5
"""The shape of a picture of a fitted curve, width by height."""


@dataclass
class _Shown:
    """One network: where it is drawn, and what moves there."""

    run: TrainedRun
    style: Style
    axes: Axes | None
    examples: list[Artist]
    moving: list[Any]
    cursor: Any


class TrainingPicture:
    """The networks of a comparison at a step.

    Args:
        comparison: what to draw.
        size: in pixels.
        theme: light or dark.
        landscape: how their loss on a plane is drawn beside that, one of `exports.size.LANDSCAPES`; None if it is not.
        finer: that plane from more points, from `Comparison.refined`.
        caption: how much of its caption is drawn, one of `exports.caption.HOW`.
        link: the whole address that opens the experiment in the app, where that is known.
        turned: in 3-D, degrees by which the camera goes around the landscape, counter-clockwise as seen from above.

    Raises:
        KeyError: there is no such way to draw a landscape.
        ValueError: there is to be a landscape, and the networks make no plane; or there is no such caption, or no room for it.
    """

    def __init__(
        self,
        comparison: Comparison,
        size: Size,
        theme: Theme = LIGHT,
        landscape: str | None = None,
        finer: Relief | None = None,
        caption: str = "short",
        link: str = "",
        turned: float = 0.0,
    ) -> None:
        if landscape is not None:
            lookup(LANDSCAPES, landscape, "way to draw a landscape")
        self.comparison, self.size, self.theme = comparison, size, theme
        self.caption = caption_of(comparison.experiment, link, f"{comparison.data.name}: {comparison.network}")
        x, y = data_window(comparison.data)
        self.window: Window = ((x[0], x[1]), (y[0], y[1]))
        self.classes = class_colours(comparison.data.classes or 2)
        self.plane = self._grid() if comparison.data.inputs == 2 else None
        with MATPLOTLIB_LOCK:
            self.figure = new_figure(size, theme)
            self.canvas: FigureCanvasAgg = self.figure.canvas  # type: ignore[assignment]
            foot = draw_caption(self.figure, self.caption, theme, caption)
            width, height = (72 * float(side) for side in self.figure.get_size_inches())
            head, margin = _TITLE / height, _MARGIN / width
            self.figure.set_layout_engine("constrained", w_pad=0.08, h_pad=0.08, rect=(0, foot, 1, 1 - foot - head))
            line: dict[str, Any] = {"va": "center", "color": theme.text}
            self.figure.text(margin, 1 - 0.6 * head, self.caption.title, fontsize=16, **line)
            self.counter = self.figure.text(1 - margin, 1 - 0.6 * head, "", fontsize=14, ha="right", **line)
            pictures, losses, above = self._rooms(landscape, width, (1 - foot) * height - _TITLE)
            self.relief: Any = None
            if landscape == "surface":
                self.relief = ReliefSurface(
                    self.figure.add_subplot(above), comparison, theme, finer, float(TURNED.check(turned, "Picture"))
                )
            elif landscape == "map":
                self.relief = ReliefMap(self.figure.add_subplot(above), comparison, theme, finer)
            self.shown = self._panels(pictures, self._losses(self.figure.add_subplot(losses)))
        self._background: Any = None

    @property
    def shades(self) -> list[str]:
        """Colours of the planes."""
        paper = rgb(self.theme.background)
        strengths = (0.25, 0.5, 0.75, 1.0)
        mixed = [blend(rgb(name), paper, share * _STRONGEST[self.theme.name]) for name in self.classes for share in strengths]
        return ["#{:02X}{:02X}{:02X}".format(*colour) for colour in mixed] + (self.relief.shades if self.relief else [])

    @property
    def colours(self) -> list[str]:
        """Colours of the networks and the examples."""
        return [*(shown.style.colour for shown in self.shown), *self.classes]

    # ---- what stands still

    def _grid(self) -> Array:
        (x0, x1), (y0, y1) = self.window
        x, y = np.meshgrid(np.linspace(x0, x1, _FINENESS), np.linspace(y0, y1, _FINENESS))
        return np.stack([x.ravel(), y.ravel()], axis=1)

    def _rooms(self, landscape: str | None, wide: float, high: float) -> tuple[list[Any], Any, Any]:
        """Where each network, their losses and the landscape are drawn: the losses below, or beside the landscape where both have room.

        Args:
            landscape: how it is drawn, or None.
            wide, high: CSS pixels of all of them.
        """
        count = len(self.comparison.runs) if self.comparison.data.inputs <= 2 else 0  # more inputs have no plane
        beside = landscape is not None and count > 0 and self.size.width > self.size.height
        if beside and count <= _FEW and (landscape == "surface" or shape_of(self.comparison.relief.window) < _LONG):
            grid = self.figure.add_gridspec(1, 2, width_ratios=[1.2, 1.0])
            right = grid[0, 1].subgridspec(2, 1, height_ratios=[1.2, 1.0])
            return self._cells(right[0, 0], self._columns(count, wide / 2.2, lambda rows: high / 2)), right[1, 0], grid[0, 0]
        if beside:
            columns = self._columns(count, wide, lambda rows: 0.45 * high)
            grid = self.figure.add_gridspec(2, 1, height_ratios=[1.0, 0.75 if columns == count else 1.0])
            above = grid[0, 0].subgridspec(1, 2, width_ratios=[1.4 if landscape == "map" else 1.0, 1.0])
            return self._cells(grid[1, 0], columns), above[0, 1], above[0, 0]
        others = [1.2] * (landscape is not None), [0.75]
        columns = self._columns(count, wide, lambda rows: high * rows / (rows + sum(map(sum, others))))
        heights = [*others[0], *([float(-(-count // columns))] if count else []), *others[1]]
        grid = self.figure.add_gridspec(len(heights), 1, height_ratios=heights)
        return self._cells(grid[len(others[0]), 0], columns) if count else [], grid[-1, 0], grid[0, 0]

    def _columns(self, count: int, wide: float, height_of: Callable[[int], float]) -> int:
        """In how many columns so many networks are drawn; see `columns_of`."""
        return columns_of(count, _CURVE if self.plane is None else shape_of(self.window), wide, height_of) if count else 1

    def _cells(self, room: Any, columns: int) -> list[Any]:
        """The place of each network in a room, row by row."""
        runs = len(self.comparison.runs)
        grid = room.subgridspec(-(-runs // columns), columns)
        return [grid[index // columns, index % columns] for index in range(runs)]

    def _panels(self, rooms: list[Any], losses: Axes) -> list[_Shown]:
        runs, styles = self.comparison.runs, network_styles(self.comparison)
        shown = []
        for index, (run, style) in enumerate(zip(runs, styles, strict=True)):
            axes = self._plane(self.figure.add_subplot(rooms[index]), run, style) if rooms else None
            examples: list[Artist] = [*axes.collections] if axes else []
            moving: list[Any] = axes.plot([], [], color=style.colour, linewidth=2.6) if axes and self.plane is None else []
            (line,) = losses.plot(run.steps, run.losses, color=style.colour, linewidth=2, label=run.label)
            losses.plot(run.steps, run.test_losses, color=style.colour, linewidth=1.4, linestyle=":")
            (cursor,) = losses.plot([], [], color=line.get_color(), marker="o", markersize=7, linestyle="none")
            shown.append(_Shown(run, style, axes, examples, moving, cursor))
        if (
            not rooms
        ):  # else each name stands over its picture, in its colour, and a key would lie over the curves where there is little room
            losses.legend(frameon=False, labelcolor=self.theme.text, fontsize=11, ncols=min(len(runs), 4), loc="upper right")
        return shown

    def _losses(self, axes: Axes) -> Axes:
        self._dress(axes)
        axes.grid(axis="y", color=parse_colour(self.theme.line), linewidth=1)
        axes.set_yscale("log")
        axes.set_xlim(0, self.comparison.experiment.steps)
        axes.set_xlabel("step (training solid, test dotted)", color=self.theme.text, fontsize=11)
        axes.set_ylabel("loss", color=self.theme.text, fontsize=11)
        return axes

    def _dress(self, axes: Axes) -> None:
        axes.set_facecolor(self.theme.background)
        axes.spines[:].set_visible(False)
        axes.tick_params(which="both", colors=self.theme.text, color=parse_colour(self.theme.line), labelsize=11)

    def _plane(self, axes: Axes, run: TrainedRun, style: Style) -> Axes:
        """A network's picture, with the examples: those to learn from filled, those to test on hollow."""
        data = self.comparison.data
        self._dress(axes)
        axes.set_title(run.label, color=style.colour, fontsize=12)
        axes.set(xlim=self.window[0], ylim=self.window[1], autoscale_on=False)
        area = _EXAMPLES * min(1.0, _MANY / (len(data.x) + len(data.test_x)))
        for x, y, filled in ((data.test_x, data.test_y, False), (data.x, data.y, True)):
            colours = [self.classes[label] for label in y] if data.classes else self.theme.text
            faces = colours if filled else "none"
            up = x[:, 1] if data.inputs == 2 else np.asarray(y).reshape(-1)
            axes.scatter(x[:, 0], up, s=area, facecolors=faces, edgecolors=self.theme.halo if filled else colours, linewidths=0.8, zorder=3)
        if self.plane is not None:
            axes.set_box_aspect(1 / shape_of(self.window))
            axes.set_xticks([])
            axes.set_yticks([])
        return axes

    # ---- a step

    def show(self, step: int) -> None:
        """Draw everything as it is at a step; between two that are kept, weights and losses are interpolated.

        Raises:
            ValueError: the training has no such step.
        """
        steps = self.comparison.experiment.steps
        check_step(step, steps)
        if self.relief:
            self.relief.show(step)
        for shown in self.shown:
            shown.cursor.set_data([step], [np.interp(step, shown.run.steps, shown.run.losses)])
            if shown.axes is None:
                continue
            if self.plane is None:
                x = np.linspace(self.window[0][0], self.window[0][1], 240)
                shown.moving[0].set_data(x, self._outputs(shown.run, step, x[:, None])[:, 0])
            else:
                self._paint(shown, self._outputs(shown.run, step, self.plane))
        self.counter.set_text(f"step {step:,} of {steps:,}")

    def _outputs(self, run: TrainedRun, step: int, x: Array) -> Array:
        """What a network gives at some places, shape (n, outputs)."""
        after = int(np.searchsorted(run.steps, step))
        before = max(after - 1, 0)
        share = (step - run.steps[before]) / max(int(run.steps[after] - run.steps[before]), 1)
        weights = run.weights[after] if share == 1 else (1 - share) * run.weights[before] + share * run.weights[after]
        network = self.comparison.network
        known = statistics(network, weights, self.comparison.data.x) if network.batch_norm else None
        outputs: Array = network.outputs(weights, x, statistics=known)[0]
        return outputs

    def _paint(self, shown: _Shown, outputs: Array) -> None:
        """Shades by the probabilities of the classes, and the line between two classes."""
        assert shown.axes is not None
        for part in shown.moving:
            part.remove()
        shares = _probabilities(outputs) if self.comparison.data.classes else _span(outputs)
        (x0, x1), (y0, y1) = self.window
        colours, paper = (np.array([rgb(name) for name in names], dtype=float) for names in (self.classes, [self.theme.background]))
        sure = np.maximum(shares.max(axis=1) - 1 / shares.shape[1], 0) / (1 - 1 / shares.shape[1]) * _STRONGEST[self.theme.name]
        mixed = paper + sure[:, None] * (shares @ colours - paper)
        image = np.nan_to_num(mixed, nan=128.0).astype(np.uint8).reshape(_FINENESS, _FINENESS, 3)
        look: dict[str, Any] = {"extent": (x0, x1, y0, y1), "zorder": 0}
        parts: list[Any] = [shown.axes.imshow(image, origin="lower", aspect="auto", interpolation="bilinear", **look)]
        if np.isfinite(outputs).all():
            heights = [height.reshape(_FINENESS, _FINENESS) for height in self._heights(outputs) if height.min() < 0 < height.max()]
            parts += [shown.axes.contour(height, levels=[0.0], colors=[self.theme.text], **{**look, "zorder": 2}) for height in heights]
        shown.moving = parts

    def _heights(self, outputs: Array) -> list[Array]:
        """What is zero where the class changes: the output itself, or how far each class is ahead of the others."""
        if not self.comparison.data.classes:
            return []
        if outputs.shape[1] == 1:
            return [outputs[:, 0]]
        return [outputs[:, index] - np.delete(outputs, index, axis=1).max(axis=1) for index in range(outputs.shape[1])]

    def _moving(self) -> list[Artist]:
        """What moves, in the order in which it is drawn, with the examples, which lie over it."""
        lowest = [part for shown in self.shown if shown.axes for part in (*shown.moving, *shown.examples)]
        return [*lowest, *(self.relief.artists if self.relief else ()), *(shown.cursor for shown in self.shown), self.counter]

    def pixels(self, step: int) -> npt.NDArray[np.uint8]:
        """The picture at a step as an array of shape (height, width, 3). What stands still is drawn once only."""
        with MATPLOTLIB_LOCK:
            self.show(step)
            if self._background is None:
                self.figure.draw_without_rendering()
                self.figure.set_layout_engine("none")  # as it is laid out once, so that nothing trembles
                for artist in self._moving():
                    artist.set_animated(True)
                self.canvas.draw()  # type: ignore[no-untyped-call]
                self._background = self.canvas.copy_from_bbox(self.figure.bbox)  # type: ignore[no-untyped-call]
            self.canvas.restore_region(self._background)  # type: ignore[no-untyped-call]
            for artist in self._moving():
                artist.draw(self.canvas.get_renderer())  # type: ignore[no-untyped-call]
            return np.asarray(self.canvas.buffer_rgba())[:, :, :3].copy()  # type: ignore[no-untyped-call]

    def save(self, file_format: str, step: int) -> bytes:
        """The picture at a step as a file, in one of `exports.size.FORMATS`."""
        with MATPLOTLIB_LOCK:
            self.show(step)
            return saved(self.figure, file_format, self.size, self.caption.at(step, self.comparison.experiment.steps))


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


def training_picture(
    comparison: Comparison,
    file_format: str,
    size: Size,
    theme: Theme = LIGHT,
    step: int | None = None,
    landscape: str | None = None,
    finer: Relief | None = None,
    caption: str = "short",
    link: str = "",
    turned: float = 0.0,
) -> bytes:
    """A picture of networks at a step, the last if not given, as the content of a file. The rest as for `TrainingPicture`.

    Raises:
        ValueError: the format is none of `exports.size.FORMATS`, or the training has no such step.
    """
    check_format(file_format)
    picture = TrainingPicture(comparison, size, theme, landscape, finer, caption, link, turned)
    return picture.save(file_format, comparison.experiment.steps if step is None else step)


def training_film(
    comparison: Comparison,
    file_format: str,
    size: Size,
    theme: Theme = LIGHT,
    seconds: float = SECONDS.default,
    progress: Progress | None = None,
    landscape: str | None = None,
    finer: Relief | None = None,
    caption: str = "short",
    link: str = "",
    turned: float = 0.0,
) -> bytes:
    """The training as the content of a film's file. Arguments and errors as for `exports.film.film` and `TrainingPicture`."""
    check_film(file_format, size, seconds, comparison.experiment.steps)
    scene = TrainingPicture(comparison, size, theme, landscape, finer, caption, link, turned)
    return film_of(scene, comparison.experiment.steps, file_format, seconds, progress)
