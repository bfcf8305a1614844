"""A landscape seen in 3-D: from its points to places on a picture, and which of them stand behind a hill."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from figures import Theme
from figures.loss_grid import Ground, LossGrid
from figures.surface import scene
from parameters import Array

_FARTHER = 1.35
"""Times as far away as the app's camera, which also moves back until all is in its picture."""
_SAMPLES = 160
"""Places on the way from a point to the camera at which the surface is looked at."""
_SLACK = 0.006
"""Of the surface's height: a hill hides a point if it is higher by more, since the surface is known on a grid only."""
_LIGHT = np.array([-0.35, -0.45, 0.82])
_AMBIENT, _DIFFUSE = 0.74, 0.36


@dataclass(frozen=True, eq=False)
class Camera:
    """Looks at the surface of a landscape.

    Attributes:
        ground: the landscape.
        grid: its losses.
        theme: light or dark.
        turned: degrees by which the camera goes around it, counter-clockwise as seen from above.
    """

    ground: Ground
    grid: LossGrid
    theme: Theme
    turned: float = 0.0

    @cached_property
    def heights(self) -> Array:
        """Of the surface, shape (n, n), y by x, from 0 to 1; NaN where there is no loss."""
        return self.grid.height(self.grid.losses)

    @cached_property
    def sides(self) -> Array:
        """Of the box in which the landscape lies."""
        ratio = scene(self.ground, self.grid, self.theme)["aspectratio"]
        return np.array([ratio["x"], ratio["y"], ratio["z"]])

    @cached_property
    def eye(self) -> Array:
        """Where the camera is, in the box's units."""
        seen, angle = scene(self.ground, self.grid, self.theme)["camera"]["eye"], np.radians(self.turned)
        x, y, z = (_FARTHER * seen[axis] for axis in "xyz")
        return np.array([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle), z])

    @cached_property
    def _axes(self) -> tuple[Array, Array, Array]:
        """To the right, up, and ahead."""
        ahead = np.array([0.0, 0.0, -0.12]) - self.eye
        ahead /= np.linalg.norm(ahead)
        right = np.cross(ahead, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        return right, np.cross(right, ahead), ahead

    def box(self, x: npt.ArrayLike, y: npt.ArrayLike, z: npt.ArrayLike) -> Array:
        """Points of the landscape, z a height from 0 to 1, in the box's units: shape (..., 3)."""
        (x0, x1), (y0, y1) = self.ground.window
        shares = [(np.asarray(x) - x0) / (x1 - x0), (np.asarray(y) - y0) / (y1 - y0), np.asarray(z)]
        return (np.stack(np.broadcast_arrays(*shares), axis=-1) - 0.5) * self.sides

    def place(self, points: Array) -> Array:
        """Where points of the box, shape (..., 3), are on the picture, and how far away: shape (..., 3)."""
        right, up, ahead = self._axes
        seen = points - self.eye
        far = seen @ ahead
        return np.stack([seen @ right / far, seen @ up / far, far], axis=-1)

    def inside(self, points: Array) -> npt.NDArray[np.bool_]:
        """Which points of the box, shape (..., 3), are over the window."""
        with np.errstate(invalid="ignore"):
            return np.asarray((np.abs(points[..., :2]) <= self.sides[:2] / 2 + 1e-9).all(axis=-1))

    def hidden(self, points: Array) -> npt.NDArray[np.bool_]:
        """Which points of the box, shape (..., 3), have the surface between them and the camera."""
        flat = points.reshape(-1, 3)
        toward = self.eye - flat
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = np.where(toward > 0, (self.sides / 2 - flat) / toward, (-self.sides / 2 - flat) / toward)
        reach = np.clip(np.nan_to_num(ends, nan=0.0, posinf=1.0).min(axis=1), 0.0, 1.0)
        behind = np.zeros(len(flat), dtype=bool)
        for share in np.linspace(0, 1, _SAMPLES + 1)[1:]:
            at = flat + (share * reach)[:, None] * toward
            with np.errstate(invalid="ignore"):
                behind |= self._surface(at[:, 0], at[:, 1]) > at[:, 2] + _SLACK * self.sides[2]
        return behind.reshape(points.shape[:-1])

    def _surface(self, x: Array, y: Array) -> Array:
        """The surface's height at places of the box, in its units, linear between the grid's points; NaN outside."""
        n = len(self.heights)
        with np.errstate(invalid="ignore"):
            across, up = (x / self.sides[0] + 0.5) * (n - 1), (y / self.sides[1] + 0.5) * (n - 1)
            inside = (across >= 0) & (across <= n - 1) & (up >= 0) & (up <= n - 1)
        across, up = np.where(inside, across, 0.0), np.where(inside, up, 0.0)
        i, j = (np.minimum(part.astype(int), n - 2) for part in (across, up))
        u, v, z = across - i, up - j, self.heights
        low = (1 - u) * z[j, i] + u * z[j, i + 1]
        high = (1 - u) * z[j + 1, i] + u * z[j + 1, i + 1]
        return np.where(inside, ((1 - v) * low + v * high - 0.5) * self.sides[2], np.nan)

    # ---- the surface itself

    def triangles(self) -> tuple[Array, npt.NDArray[np.intp], Array]:
        """The surface as triangles, the farthest first: the places of its corners, shape (n*n, 2), the corners of each, shape (m, 3), and
        how bright each corner is."""
        z = self.heights
        n = len(z)
        corners = self.box(*np.meshgrid(self.grid.x, self.grid.y), z)
        slope_y, slope_x = np.gradient(corners[..., 2])
        across, up = self.sides[0] / (n - 1), self.sides[1] / (n - 1)
        normal = np.stack([-slope_x / across, -slope_y / up, np.ones_like(slope_x)], axis=-1)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
        turn = np.radians(self.turned)
        light = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]]) @ _LIGHT  # goes with the camera
        bright = _AMBIENT + _DIFFUSE * np.maximum(normal @ (light / np.linalg.norm(light)), 0.0)
        index = np.arange(n * n).reshape(n, n)
        a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, :-1], index[1:, 1:]
        faces = np.concatenate([np.stack(each, axis=-1).reshape(-1, 3) for each in ((a, b, c), (b, d, c))])
        placed = self.place(corners).reshape(-1, 3)
        faces = faces[np.isfinite(placed[faces]).all(axis=(1, 2))]
        faces = faces[np.argsort(-placed[faces, 2].mean(axis=1), kind="stable")]
        return placed[:, :2], faces, bright.reshape(-1)
