"""What the browser is sent of a plane through weight space: the loss on it, the paths, and the plane itself, to compute any point."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from figures import Theme
from figures.relief import heights, plane_ground, plane_paths, relief_grid, relief_map, relief_surface
from figures.theme import Style
from networks.planes import Relief, plane_noise
from player.payload import without_nan
from player.signal_payload import Arrays, single
from scenario import Comparison
from scenario.trained import TrainedRun

SHOW_RELIEF = frozenset({"landscape", "surface"})
"""The panels that show it."""


def relief_of(comparison: Comparison) -> tuple[Relief | None, str]:
    """The relief of a comparison; or none, and a sentence that says why there is none."""
    try:
        return comparison.relief, ""
    except ValueError as error:
        return None, str(error)


def relief_header(relief: Relief, theme: Theme, points: Sequence[Sequence[float]] = (), finer: Relief | None = None) -> dict[str, Any]:
    """`ReliefBlock` of js/types.d.ts; `points` of the plane are those from which the user lets networks start, and `finer` is the same from
    more points, to be drawn in its place."""
    explained = np.asarray(relief.explained, dtype=np.float64)
    return {
        **drawn(finer or relief, theme),
        "window": relief.window,
        "name": plane_ground(relief).name,
        "scale": relief_grid(relief).scale_as_data(),
        "explained": float(explained.sum()),
        "randomWalk": float(relief.random_walk),
        "moving": relief.plane.moving,
        "points": [list(point) for point in points],
    }


def drawn(relief: Relief, theme: Theme) -> dict[str, Any]:
    """The figures of the plane, from above and in 3-D, with a key that changes with them."""
    flat, raised = relief_map(relief, theme, compact=True).to_json(), relief_surface(relief, theme).to_json()
    key = hashlib.sha1(f"{flat}{raised}".encode(), usedforsecurity=False).hexdigest()[:16]
    return {"key": key, "map": json.loads(flat), "surface": json.loads(raised)}


def plane_arrays(relief: Relief) -> Arrays:
    """The plane's origin and directions, and the losses on its grid, y by x."""
    return {"origin": single(relief.plane.origin), "directions": single(relief.plane.directions), "ground": single(relief.values)}


def path_arrays(relief: Relief, labels: Sequence[str], looks: Sequence[Style]) -> list[Arrays]:
    """For each path where it is on the plane, how high the plane is there and how high its true loss; and both losses.

    Args:
        relief, labels, looks: as for `figures.relief.plane_paths`.
    """
    grid, found = relief_grid(relief), []
    for path, true, plane in zip(plane_paths(relief, labels, looks), relief.true_losses, relief.plane_losses, strict=True):
        x, y, z = (part[:, 0] for part in (path.x, path.y, path.z))
        found.append({"x": x, "y": y, "z": z, "top": heights(grid, true), "trueLosses": single(true), "planeLosses": single(plane)})
    return found


def noise_arrays(relief: Relief, comparison: Comparison, run: TrainedRun) -> Arrays:
    """How the slopes of single batches scatter on the plane, where batches are not all examples and normalization leaves each its own."""
    batch, data = int(run.variant.number("batch")), comparison.data
    if not 0 < batch < len(data.x) or comparison.network.batch_norm:
        return {}
    return {"noise": single(plane_noise(relief.plane, comparison.network, run.weights, data.x, data.y, batch))}


def refined_bytes(relief: Relief, theme: Theme, token: str) -> bytes:
    """The same plane on a finer grid, as JSON (`RefinedBlock` of js/types.d.ts).

    Args:
        relief: with more points along each side.
        theme: the colours.
        token: that of the comparison's own block.
    """
    block = {"token": token, **drawn(relief, theme)}
    return json.dumps(without_nan(block), separators=(",", ":")).encode()
