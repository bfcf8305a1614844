"""Ways to lay out the points where trajectories start."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from landscapes import Landscape
from parameters import Array, Param
from simulation import starts

N = Param("n", 20, 1, 100_000, log=True, slider=(1, 10_000), help="How many trajectories start for each optimizer.")
_X = Param("x", 0.0, -1e9, 1e9, symbol="x", help="Where its centre lies; the landscape's own start if not set.")
_Y = Param("y", 0.0, -1e9, 1e9, symbol="y", help="Where its centre lies; the landscape's own start if not set.")


@dataclass(frozen=True)
class Pattern:
    """A way to lay out starts.

    Args:
        title: what it is called.
        parameters: its settings.
        make: the starts, shape (2, n), from the landscape, the settings (all of them), the seed and the points given one by one.
        about: one line on what it is good for.
    """

    title: str
    parameters: tuple[Param, ...]
    make: Callable[[Landscape, Mapping[str, float], int, tuple[tuple[float, float], ...]], Array]
    about: str

    def points(self, landscape: Landscape, settings: Mapping[str, float], seed: int, given: tuple[tuple[float, float], ...]) -> Array:
        """The starts, shape (2, n); settings that are missing are at their defaults."""
        return self.make(landscape, self.values(landscape, settings), seed, given)

    def values(self, landscape: Landscape, settings: Mapping[str, float]) -> dict[str, float]:
        """All settings by name: those given, and for the rest the defaults; a centre is by default the landscape's own start."""
        centre = dict(zip(("x", "y"), landscape.start, strict=True))
        defaults = {parameter.name: centre.get(parameter.name, float(parameter.default)) for parameter in self.parameters}
        return {**defaults, **settings}


def _share(landscape: Landscape, share: float) -> float:
    """A share of the shorter side of the window, in units of x and y."""
    return share * min(high - low for low, high in landscape.window)


PATTERNS = {
    "points": Pattern(
        "Points",
        (),
        lambda landscape, s, seed, given: np.array(given or (landscape.start,), dtype=np.float64).T.copy(),
        "One by one, where you want them.",
    ),
    "grid": Pattern(
        "Grid", (N,), lambda landscape, s, seed, given: starts.grid(landscape.window, int(s["n"])), "Evenly over the whole window."
    ),
    "ring": Pattern(
        "Ring",
        (N, Param("radius", 0.2, 0.0, 1.0, help="As a share of the window's shorter side."), _X, _Y),
        lambda landscape, s, seed, given: starts.ring((s["x"], s["y"]), _share(landscape, s["radius"]), int(s["n"])),
        "All at the same distance from a point.",
    ),
    "cloud": Pattern(
        "Cloud",
        (N, Param("spread", 0.1, 0.0, 1.0, help="Standard deviation, as a share of the window's shorter side."), _X, _Y),
        lambda landscape, s, seed, given: starts.cloud((s["x"], s["y"]), _share(landscape, s["spread"]), int(s["n"]), seed),
        "Scattered around a point.",
    ),
    "anywhere": Pattern(
        "Anywhere",
        (N,),
        lambda landscape, s, seed, given: starts.uniform(landscape.window, int(s["n"]), seed),
        "Scattered over the whole window.",
    ),
}
"""Every pattern by name. A centre, `x` and `y`, that is not set is the landscape's own start."""
