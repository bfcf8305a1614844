"""A landscape in 3-D in a picture: its surface in a box with numbers. Importing this module imports Matplotlib."""

from __future__ import annotations

from typing import Any

import contourpy
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import IdentityTransform

from exports.camera import Camera
from exports.to_matplotlib import line2d, parse_colour
from figures import Theme
from figures.loss_grid import Ground, LossGrid
from figures.paths import Path
from figures.surface import scene
from figures.theme import rgba
from parameters import Array

BEHIND, MARK_BEHIND = 0.4, 0.6
"""Opacity of a trail and of a mark behind a hill, as in the app."""
_FINE, _FINER = 1600, 1.25
"""Pixels of the longer side of the surface's own picture at most, and how many times as many as the whole picture has: it is then made
smaller, and its edges are smooth by that."""
_AROUND = 0.09
"""Of the box's size on the picture, left around it for the numbers at its axes."""
_FLOOR, _CEILING = -0.02, 1.02
_OVER = 0.004
"""By which a contour line lies above the surface."""
_LETTERS = 3
"""Names of axes that have more run along them."""
_LEVELS = np.arange(0.05, 1.0, 0.05)
"""Heights of the contour lines, as in the app."""


class SurfaceGround:
    """The surface of a landscape and the box around it.

    Args:
        axes: to draw in.
        ground, grid, theme: what to draw, light or dark.
        turned: degrees by which the camera goes around it.
        tallest: the height, of 1 for the surface, up to which there is room for what is drawn.
    """

    def __init__(self, axes: Axes, ground: Ground, grid: LossGrid, theme: Theme, turned: float = 0.0, tallest: float = 1.0) -> None:
        self.axes, self.ground, self.theme, self.turned = axes, ground, theme, turned
        self.camera = Camera(ground, grid, theme, turned)
        self.scene = scene(ground, grid, theme)
        axes.set_axis_off()
        axes.set_aspect("equal")
        self._frame(max(tallest, _CEILING))
        self._drawn: list[Any] = []
        self.draw(grid)

    def draw(self, grid: LossGrid) -> None:
        """The surface with these losses, on the same scales, in place of those before."""
        for artist in self._drawn:
            artist.remove()
        self.camera = Camera(self.ground, grid, self.theme, self.turned)
        self._drawn = [self._surface(), *self._contours()]

    def trail(self, path: Path, share: float) -> Line2D:
        """A line of no points with the look of an optimizer's trails, at a share of their opacity."""
        trail = path.look.trail
        line = {"color": rgba(path.style.colour, trail.opacity * share), "width": trail.width, "dash": path.style.dash}
        drawn = line2d({"mode": "lines", "x": [], "y": [], "name": path.label, "line": line}, zorder=3, animated=True)
        return self.axes.add_line(drawn)

    # ---- what stands still

    def _frame(self, tallest: float) -> None:
        """The box around the surface: lines at round numbers on the floor and on the walls behind, and the numbers at its edges."""
        (x0, x1), (y0, y1) = window = self.ground.window
        corners = self.camera.place(self.camera.box(*np.meshgrid((x0, x1), (y0, y1), (_FLOOR, tallest))))
        low, high = corners.reshape(-1, 3).min(axis=0), corners.reshape(-1, 3).max(axis=0)
        margin = _AROUND * (high - low)[:2]
        self.axes.set(xlim=(low[0] - margin[0], high[0] + margin[0]), ylim=(low[1] - margin[1], high[1] + 0.4 * margin[1]))
        far_x, near_x = (x1, x0) if self.camera.eye[0] < 0 else (x0, x1)
        far_y, near_y = (y1, y0) if self.camera.eye[1] < 0 else (y0, y1)
        rounds = [[tick for tick in MaxNLocator(5).tick_values(*side) if side[0] <= tick <= side[1]] for side in window]
        heights, words = self.scene["zaxis"]["tickvals"], self.scene["zaxis"]["ticktext"]
        lines = [[(x, y0, _FLOOR), (x, y1, _FLOOR)] for x in rounds[0]] + [[(x0, y, _FLOOR), (x1, y, _FLOOR)] for y in rounds[1]]
        lines += [[(x, far_y, _FLOOR), (x, far_y, _CEILING)] for x in rounds[0]]
        lines += [[(far_x, y, _FLOOR), (far_x, y, _CEILING)] for y in rounds[1]]
        lines += [[(x0, far_y, z), (x1, far_y, z)] for z in heights] + [[(far_x, y0, z), (far_x, y1, z)] for z in heights]
        self._lines(lines, parse_colour(self.theme.line), 0.8)
        left = min(((x, y) for x in (x0, x1) for y in (y0, y1)), key=lambda corner: float(self._at(corner[0], corner[1], 0.5)[0]))
        edges = [
            [(x0, near_y, _FLOOR), (x1, near_y, _FLOOR)],
            [(near_x, y0, _FLOOR), (near_x, y1, _FLOOR)],
            [(*left, _FLOOR), (*left, _CEILING)],
        ]
        self._lines(edges, parse_colour(rgba(self.theme.text, 0.7)), 1.2)
        self._numbers([(x, near_y, _FLOOR) for x in rounds[0]], [f"{x:g}" for x in rounds[0]], ((x0 + x1) / 2, far_y, _FLOOR))
        self._numbers([(near_x, y, _FLOOR) for y in rounds[1]], [f"{y:g}" for y in rounds[1]], (far_x, (y0 + y1) / 2, _FLOOR))
        across, upright = self.ground.axes
        self._numbers([((x0 + x1) / 2, near_y, _FLOOR)], [across], ((x0 + x1) / 2, far_y, _FLOOR), 27, 13, edges[0])
        self._numbers([(near_x, (y0 + y1) / 2, _FLOOR)], [upright], (far_x, (y0 + y1) / 2, _FLOOR), 27, 13, edges[1])
        for height, word in zip(heights, words, strict=True):
            self._write(self._at(*left, height), word, (-5, 0), "right", "center", 11)
        self._write(self._at(*left, _CEILING), self.scene["zaxis"]["title"]["text"], (0, 9), "center", "bottom", 13)

    def _at(self, x: float, y: float, z: float) -> Array:
        place: Array = self.camera.place(self.camera.box(x, y, z))[:2]
        return place

    def _lines(self, lines: Any, colour: Any, width: float) -> None:
        placed = self.camera.place(self.camera.box(*np.moveaxis(np.array(lines, dtype=float), 2, 0)))[..., :2]
        self.axes.add_collection(LineCollection(list(placed), colors=[colour], linewidths=width, zorder=0), autolim=False)

    def _numbers(self, points: Any, words: Any, inside: Any, away: float = 10.0, size: float = 11.0, along: Any = None) -> None:
        """Words beside an edge, on the side away from a point inside; longer ones run along an edge."""
        middle = np.mean([self._at(*point) for point in points], axis=0)
        outward = middle - self._at(*inside)
        outward /= np.linalg.norm(outward)
        turned = 0.0
        if along is not None and max(map(len, words)) > _LETTERS:
            right, up = self._at(*along[1]) - self._at(*along[0])
            turned = float(np.degrees(np.arctan(up / right)))
            across = np.array([-up, right]) / np.hypot(right, up)
            outward = across * np.sign(across @ outward)
        for point, word in zip(points, words, strict=True):
            self._write(self._at(*point), word, tuple(away * outward), "center", "center", size, turned)

    def _write(self, at: Array, word: str, shift: tuple[float, float], ha: str, va: str, size: float, turned: float = 0.0) -> None:
        note = self.axes.annotate(
            word, tuple(at), shift, textcoords="offset points", ha=ha, va=va, color=self.theme.text, fontsize=size, annotation_clip=False
        )
        note.set_rotation(turned)
        note.set_in_layout(False)

    def _surface(self) -> Any:
        """The surface as a picture of its own, its triangles drawn from the farthest to the nearest."""
        places, faces, bright = self.camera.triangles()
        ranks = self.camera.grid.rank(self.camera.grid.losses).reshape(-1)
        shades = [(share, parse_colour(name)) for share, name in self.theme.surface_colours]
        scale = LinearSegmentedColormap.from_list("surface", shades)
        colours = scale(np.nan_to_num(ranks) / max(len(self.camera.grid.levels) - 1, 1))
        colours[:, :3] = np.clip(colours[:, :3] * bright[:, None], 0, 1)
        low, high = np.array([self.axes.get_xlim(), self.axes.get_ylim()]).T
        unit = min(_FINE, _FINER * max(self.axes.figure.bbox.size)) / float((high - low).max())
        width, height = (int(np.ceil(side)) for side in (high - low) * unit)
        renderer = RendererAgg(width, height, 72)  # type: ignore[no-untyped-call]
        gc = renderer.new_gc()
        renderer.draw_gouraud_triangles(gc, ((places - low) * unit)[faces], colours[faces], IdentityTransform())
        image = np.asarray(renderer.buffer_rgba())  # type: ignore[no-untyped-call]
        extent = (low[0], low[0] + width / unit, low[1], low[1] + height / unit)
        limits = self.axes.get_xlim(), self.axes.get_ylim()
        drawn = self.axes.imshow(image, extent=extent, aspect="equal", zorder=1, interpolation="antialiased")
        self.axes.set(xlim=limits[0], ylim=limits[1])
        return drawn

    def _contours(self) -> list[Any]:
        """Lines of one height, where they are seen."""
        grid = self.camera.grid
        found = contourpy.contour_generator(grid.x, grid.y, np.ma.masked_invalid(self.camera.heights))
        lines = [(np.asarray(line), level) for level in _LEVELS for line in found.lines(float(level))]
        if not lines:
            return []
        points = np.concatenate([self.camera.box(line[:, 0], line[:, 1], level + _OVER) for line, level in lines])
        placed = np.where(self.camera.hidden(points)[:, None], np.nan, self.camera.place(points)[:, :2])
        parts = np.split(placed, np.cumsum([len(line) for line, _ in lines])[:-1])
        drawn = LineCollection(parts, colors=[parse_colour(self.theme.line)], linewidths=0.9, zorder=1.5)
        return [self.axes.add_collection(drawn, autolim=False)]
