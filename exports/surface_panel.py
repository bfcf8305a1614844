"""The landscape of a race in 3-D in a picture, with its trajectories up to a step. Importing this module imports Matplotlib."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import contourpy
import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import IdentityTransform

from exports.camera import Camera
from exports.map_panel import heads_apart
from exports.to_matplotlib import line2d, parse_colour
from figures import Theme
from figures.loss_grid import loss_grid
from figures.maps import head_trace
from figures.marks import marks_in_3d, marks_on_map, start_marks
from figures.paths import Path, paths
from figures.surface import scene
from figures.theme import rgba
from parameters import Array
from scenario import Race

_GRID = 141
"""Points along each side of the surface."""
_BEHIND, _MARK_BEHIND = 0.4, 0.6
"""Opacity of a trail and of a mark behind a hill, as in the app."""
_FINE = 1600
"""Pixels of the longer side of the surface's own picture, which is then made smaller: its edges are smooth by that."""
_AROUND = 0.09
"""Of the box's size on the picture, left around it for the numbers at its axes."""
_FLOOR, _CEILING = -0.02, 1.02
_OVER = 0.004
"""By which a contour line lies above the surface."""
_LEVELS = np.arange(0.05, 1.0, 0.05)
"""Heights of the contour lines, as in the app."""


@dataclass
class _Moving:
    """One optimizer: its path on the picture where it is seen, and where a hill is before it."""

    seen: Path
    behind: Path
    trails: tuple[Line2D, Line2D] | None
    heads: tuple[Line2D, Line2D]
    whole: Path
    hidden: npt.NDArray[np.bool_]


class SurfacePanel:
    """The surface of a race's landscape with all optimizers on it.

    Args:
        axes: to draw in.
        race, theme: what to draw, light or dark.
        turned: degrees by which the camera goes around it.

    Attributes:
        marks: the traces of minima, saddles and starts.
    """

    def __init__(self, axes: Axes, race: Race, theme: Theme, turned: float = 0.0) -> None:
        self.axes, self.race, self.theme = axes, race, theme
        landscape, grid = race.landscape, loss_grid(race.landscape, _GRID)
        self.camera = Camera(landscape, grid, theme, turned)
        self.scene = scene(landscape, grid, theme)
        axes.set_axis_off()
        axes.set_aspect("equal")
        self._frame()
        self._surface()
        self._contours()
        self.marks = [*marks_on_map(landscape, theme), start_marks(race, theme)]
        self._mark(self.marks, marks_in_3d(landscape, grid, theme))
        self.moving = [self._mover(path) for path in paths(race, grid)]

    # ---- what stands still

    def _frame(self) -> None:
        """The box around the surface: lines at round numbers on the floor and on the walls behind, and the numbers at its edges."""
        (x0, x1), (y0, y1) = window = self.race.landscape.window
        corners = self.camera.place(self.camera.box(*np.meshgrid((x0, x1), (y0, y1), (_FLOOR, _CEILING))))
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
        across, upright = self.race.landscape.axes
        self._numbers([((x0 + x1) / 2, near_y, _FLOOR)], [across], ((x0 + x1) / 2, far_y, _FLOOR), 27, 13)
        self._numbers([(near_x, (y0 + y1) / 2, _FLOOR)], [upright], (far_x, (y0 + y1) / 2, _FLOOR), 27, 13)
        for height, word in zip(heights, words, strict=True):
            self._write(self._at(*left, height), word, (-5, 0), "right", "center", 11)
        self._write(self._at(*left, _CEILING), self.scene["zaxis"]["title"]["text"], (0, 9), "center", "bottom", 13)

    def _at(self, x: float, y: float, z: float) -> Array:
        place: Array = self.camera.place(self.camera.box(x, y, z))[:2]
        return place

    def _lines(self, lines: Any, colour: Any, width: float) -> None:
        placed = self.camera.place(self.camera.box(*np.moveaxis(np.array(lines, dtype=float), 2, 0)))[..., :2]
        self.axes.add_collection(LineCollection(list(placed), colors=[colour], linewidths=width, zorder=0), autolim=False)

    def _numbers(self, points: Any, words: Any, inside: Any, away: float = 10.0, size: float = 11.0) -> None:
        """Words beside an edge, on the side away from a point inside."""
        middle = np.mean([self._at(*point) for point in points], axis=0)
        outward = middle - self._at(*inside)
        outward /= np.linalg.norm(outward)
        for point, word in zip(points, words, strict=True):
            self._write(self._at(*point), word, tuple(away * outward), "center", "center", size)

    def _write(self, at: Array, word: str, shift: tuple[float, float], ha: str, va: str, size: float) -> None:
        note = self.axes.annotate(
            word, tuple(at), shift, textcoords="offset points", ha=ha, va=va, color=self.theme.text, fontsize=size, annotation_clip=False
        )
        note.set_in_layout(False)

    def _surface(self) -> None:
        """The surface as a picture of its own, its triangles drawn from the farthest to the nearest."""
        places, faces, bright = self.camera.triangles()
        ranks = self.camera.grid.rank(self.camera.grid.losses).reshape(-1)
        shades = [(share, parse_colour(name)) for share, name in self.theme.surface_colours]
        scale = LinearSegmentedColormap.from_list("surface", shades)
        colours = scale(np.nan_to_num(ranks) / max(len(self.camera.grid.levels) - 1, 1))
        colours[:, :3] = np.clip(colours[:, :3] * bright[:, None], 0, 1)
        low, high = np.array([self.axes.get_xlim(), self.axes.get_ylim()]).T
        unit = _FINE / float((high - low).max())
        width, height = (int(np.ceil(side)) for side in (high - low) * unit)
        renderer = RendererAgg(width, height, 72)  # type: ignore[no-untyped-call]
        gc = renderer.new_gc()
        renderer.draw_gouraud_triangles(gc, ((places - low) * unit)[faces], colours[faces], IdentityTransform())
        image = np.asarray(renderer.buffer_rgba())  # type: ignore[no-untyped-call]
        extent = (low[0], low[0] + width / unit, low[1], low[1] + height / unit)
        limits = self.axes.get_xlim(), self.axes.get_ylim()
        self.axes.imshow(image, extent=extent, aspect="equal", zorder=1, interpolation="antialiased")
        self.axes.set(xlim=limits[0], ylim=limits[1])

    def _contours(self) -> None:
        """Lines of one height, where they are seen."""
        grid = self.camera.grid
        found = contourpy.contour_generator(grid.x, grid.y, np.ma.masked_invalid(self.camera.heights))
        lines = [(np.asarray(line), level) for level in _LEVELS for line in found.lines(float(level))]
        if not lines:
            return
        points = np.concatenate([self.camera.box(line[:, 0], line[:, 1], level + _OVER) for line, level in lines])
        placed = np.where(self.camera.hidden(points)[:, None], np.nan, self.camera.place(points)[:, :2])
        parts = np.split(placed, np.cumsum([len(line) for line, _ in lines])[:-1])
        drawn = LineCollection(parts, colors=[parse_colour(self.theme.line)], linewidths=0.9, zorder=1.5)
        self.axes.add_collection(drawn, autolim=False)

    def _mark(self, flat: list[dict[str, Any]], solid: list[dict[str, Any]]) -> None:
        """Minima, saddles and starts, in the map's signs, and fainter behind a hill."""
        start = self.race.starts
        heights = self.camera.grid.height(self.race.runs[0].losses[0])
        starts = {"x": start[0], "y": start[1], "z": heights + 0.012}
        for trace, where in zip(flat, [*solid, starts], strict=True):
            points = self.camera.box(*(np.asarray(where[axis], dtype=float) for axis in "xyz"))
            inside = self.camera.inside(points)
            hidden, place = self.camera.hidden(points), self.camera.place(points)
            for chosen, opacity in ((inside & ~hidden, 1.0), (inside & hidden, _MARK_BEHIND)):
                drawn = {**trace, "x": place[chosen, 0], "y": place[chosen, 1]}
                own = trace["marker"].get("opacity", 1.0)
                self.axes.add_line(line2d(drawn, zorder=2, alpha=opacity * own))

    # ---- what moves

    def _mover(self, path: Path) -> _Moving:
        points = self.camera.box(path.x, path.y, path.z + np.float32(path.look.lift))
        inside = self.camera.inside(points)
        place = np.where(inside[..., None], self.camera.place(points), np.nan)
        hidden = self.camera.hidden(np.where(inside[..., None], points, np.nan))
        near = hidden.copy()  # a line goes on to the next point that is seen
        near[1:] |= hidden[:-1]
        near[:-1] |= hidden[1:]
        whole = replace(path, x=place[..., 0], y=place[..., 1])
        seen = replace(whole, x=np.where(hidden, np.nan, whole.x))
        behind = replace(whole, x=np.where(near, whole.x, np.nan))
        trails = None
        if path.look.lines:
            trails = (self._trail(path, 1.0), self._trail(path, _BEHIND))
        heads = [line2d(head_trace(whole, 0, self.theme), zorder=4, animated=True, alpha=share) for share in (1.0, _MARK_BEHIND)]
        return _Moving(seen, behind, trails, (self.axes.add_line(heads[0]), self.axes.add_line(heads[1])), whole, hidden)

    def _trail(self, path: Path, share: float) -> Line2D:
        """A line of no points with the look of an optimizer's trails, at a share of their opacity."""
        trail = path.look.trail
        line = {"color": rgba(path.style.colour, trail.opacity * share), "width": trail.width, "dash": path.style.dash}
        drawn = line2d({"mode": "lines", "x": [], "y": [], "name": path.label, "line": line}, zorder=3, animated=True)
        return self.axes.add_line(drawn)

    @property
    def artists(self) -> list[Artist]:
        """What moves, in the order in which it is drawn: all heads over all trails."""
        trails = [trail for moving in self.moving if moving.trails for trail in moving.trails[::-1]]
        return [*trails, *(head for moving in self.moving for head in moving.heads[::-1])]

    def show(self, step: int) -> None:
        """Move the trails and the heads to a step."""
        placed = heads_apart(self.axes, [moving.whole for moving in self.moving], step)
        for moving, (x, y) in zip(self.moving, placed, strict=True):
            hidden = moving.hidden[step]
            for head, chosen in zip(moving.heads, (~hidden, hidden), strict=True):
                head.set_data(np.where(chosen, x, np.nan), y)
            if moving.trails:
                look = moving.whole.look
                for trail, path in zip(moving.trails, (moving.seen, moving.behind), strict=True):
                    along, up, _ = path.lines(step - look.tail.steps if look.comet else 0, step)
                    trail.set_data(along, up)
