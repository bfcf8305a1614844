"""Networks in training as a picture and as a film: what each makes of the plane, or the curve that it fits, above their losses; beside
them, where it is asked for, the landscape of their loss from above or in 3-D.

Importing this module imports Matplotlib.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from exports.axes import set_logarithmic
from exports.caption import caption_of
from exports.film import check_film, film_of
from exports.footer import draw_caption
from exports.network_panel import Inputs, NetworkPanel, dress
from exports.network_rooms import Rooms, rooms_of
from exports.relief_picture import ReliefMap
from exports.relief_surface import ReliefSurface
from exports.saving import MATPLOTLIB_LOCK, check_format, new_figure, saved
from exports.size import LANDSCAPES, SECONDS, TURNED, Size, check_step
from exports.to_matplotlib import marker_shape, parse_colour
from figures import LIGHT, Theme
from figures.maps import shape_of
from figures.networks import network_styles
from networks.planes import Relief
from parameters import lookup
from scenario import Comparison
from simulation.progress import Progress

_TITLE, _MARGIN = 30.0, 10.0
"""CSS pixels: the height of title and counter, and from them to the edges."""
_HEAD = 7.0
"""CSS pixels across the mark where a curve has come to."""


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
        self.inputs = Inputs(comparison, theme)
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
            rooms = self._rooms(landscape, (width, (1 - foot) * height - _TITLE))
            self.relief = self._landscape(landscape, rooms.landscape, finer, turned)
            self.shown = [
                NetworkPanel(self._axes(room), run, style, self.inputs)
                for room, run, style in zip(rooms.networks, comparison.runs, network_styles(comparison), strict=False)
            ]
            self.cursors = self._losses(self._axes(rooms.losses), named=not self.shown)
        self._background: Any = None

    @property
    def shades(self) -> list[str]:
        """Colours of the planes."""
        return self.inputs.shades + (self.relief.shades if self.relief else [])

    @property
    def colours(self) -> list[str]:
        """Colours of the networks and the examples."""
        return [*(style.colour for style in network_styles(self.comparison)), *self.inputs.classes]

    # ---- what stands still

    def _rooms(self, landscape: str | None, size: tuple[float, float]) -> Rooms:
        """Where all is drawn, on so many CSS pixels."""
        count = len(self.comparison.runs) if self.comparison.data.inputs <= 2 else 0  # more inputs have no plane
        own = shape_of(self.comparison.relief.window) if landscape else 1.0
        return rooms_of(self.figure, count, self.inputs.shape, size, landscape, own)

    def _axes(self, room: Any) -> Axes:
        axes = self.figure.add_subplot(room)
        dress(axes, self.theme)
        return axes

    def _landscape(self, how: str | None, room: Any, finer: Relief | None, turned: float) -> Any:
        """The landscape, if there is to be one."""
        if how is None:
            return None
        axes = self.figure.add_subplot(room)
        if how == "map":
            return ReliefMap(axes, self.comparison, self.theme, finer)
        return ReliefSurface(axes, self.comparison, self.theme, finer, float(TURNED.check(turned, "Picture")))

    def _losses(self, axes: Axes, named: bool) -> list[Any]:
        """All losses over the steps, with a key where no pictures have names; what marks the step on each."""
        axes.grid(axis="y", color=parse_colour(self.theme.line), linewidth=1)
        set_logarithmic(axes.yaxis)
        axes.set_xlim(0, self.comparison.experiment.steps)
        axes.set_xlabel("step (training solid, test dotted)", color=self.theme.text, fontsize=11)
        axes.set_ylabel("loss", color=self.theme.text, fontsize=11)
        cursors = []
        for run, style in zip(self.comparison.runs, network_styles(self.comparison), strict=True):
            axes.plot(run.steps, run.losses, color=style.colour, linewidth=2)
            axes.plot(run.steps, run.test_losses, color=style.colour, linewidth=1.4, linestyle=":")
            shape, reach = marker_shape(style.marker)
            look: dict[str, Any] = {"color": style.colour, "marker": shape, "markersize": _HEAD * reach}
            cursors += axes.plot([], [], linestyle="none", **look)
            axes.plot([], [], linewidth=2, label=run.label, **look)
        if named:  # else each name stands over its picture, in its colour, and a key would lie over the curves where there is little room
            columns = min(len(self.comparison.runs), 4)
            axes.legend(frameon=False, labelcolor=self.theme.text, fontsize=11, ncols=columns, loc="upper right")
        return cursors

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
        for run, cursor in zip(self.comparison.runs, self.cursors, strict=True):
            cursor.set_data([step], [np.interp(step, run.steps, run.losses)])
        for shown in self.shown:
            shown.show(step)
        self.counter.set_text(f"step {step:,} of {steps:,}")

    def _moving(self) -> list[Artist]:
        """What moves, in the order in which it is drawn, with the examples, which lie over it."""
        lowest = [part for shown in self.shown for part in shown.artists]
        return [*lowest, *(self.relief.artists if self.relief else ()), *self.cursors, self.counter]

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
