"""The landscape of a race in 3-D in a picture, with its trajectories up to a step. Importing this module imports Matplotlib."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from exports.map_panel import heads_apart
from exports.surface_ground import BEHIND, MARK_BEHIND, SurfaceGround
from exports.to_matplotlib import line2d
from figures import Theme
from figures.loss_grid import loss_grid
from figures.maps import head_trace
from figures.marks import marks_in_3d, marks_on_map, start_marks
from figures.paths import Path, paths
from scenario import Race

_GRID = 141
"""Points along each side of the surface."""


@dataclass
class _Moving:
    """One optimizer: its path on the picture where it is seen, and where a hill is before it."""

    seen: Path
    behind: Path
    trails: tuple[Line2D, Line2D] | None
    heads: tuple[Line2D, Line2D]
    whole: Path
    hidden: npt.NDArray[np.bool_]


class SurfacePanel(SurfaceGround):
    """The surface of a race's landscape with all optimizers on it.

    Args:
        axes: to draw in.
        race, theme: what to draw, light or dark.
        turned: degrees by which the camera goes around it.

    Attributes:
        marks: the traces of minima, saddles and starts.
    """

    def __init__(self, axes: Axes, race: Race, theme: Theme, turned: float = 0.0) -> None:
        super().__init__(axes, race.landscape, loss_grid(race.landscape, _GRID), theme, turned)
        self.race, grid = race, self.camera.grid
        self.marks = [*marks_on_map(race.landscape, theme), start_marks(race, theme)]
        self._mark(self.marks, marks_in_3d(race.landscape, grid, theme))
        self.moving = [self._mover(path) for path in paths(race, grid)]

    def _mark(self, flat: list[dict[str, Any]], solid: list[dict[str, Any]]) -> None:
        """Minima, saddles and starts, in the map's signs, and fainter behind a hill."""
        start = self.race.starts
        heights = self.camera.grid.height(self.race.runs[0].losses[0])
        starts = {"x": start[0], "y": start[1], "z": heights + 0.012}
        for trace, where in zip(flat, [*solid, starts], strict=True):
            points = self.camera.box(*(np.asarray(where[axis], dtype=float) for axis in "xyz"))
            inside = self.camera.inside(points)
            hidden, place = self.camera.hidden(points), self.camera.place(points)
            for chosen, opacity in ((inside & ~hidden, 1.0), (inside & hidden, MARK_BEHIND)):
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
            trails = (self.trail(path, 1.0), self.trail(path, BEHIND))
        heads = [line2d(head_trace(whole, 0, self.theme), zorder=4, animated=True, alpha=share) for share in (1.0, MARK_BEHIND)]
        return _Moving(seen, behind, trails, (self.axes.add_line(heads[0]), self.axes.add_line(heads[1])), whole, hidden)

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
