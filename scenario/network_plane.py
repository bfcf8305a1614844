"""The plane through a network's weights as the landscape of a scenario: its loss there, on which two-dimensional optimizers race.

A scenario says which by the query of the experiment that is trained to find the plane. It is trained once, and its plane kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import Any

import numpy as np

from landscapes import ComputedLandscape
from networks.planes import Plane
from networks.planes.portable import most_slopes
from scenario.experiment import Comparison, Experiment
from scenario.fineness import race_side
from simulation.progress import Progress

PLANE = "plane"
"""What a choice of a landscape, and a link, has in place of a name from the catalogue where that is a network's loss on a plane."""
_MOST = 32
_kept: OrderedDict[str, ComputedLandscape] = OrderedDict()
_making: dict[str, threading.Lock] = {}
_lock = threading.Lock()


def query_of(experiment: Experiment) -> str:
    """What a scenario says of the experiment whose plane it is: its query, without the points from which networks train, too."""
    return experiment.replace(points=()).to_query()


def plane_title(query: str) -> str:
    """What the landscape is called; nothing has to be trained for it. Errors as for `Experiment.from_query`."""
    experiment = Experiment.from_query(query)
    return f"{experiment.title}, on a plane"


def plane_landscape(query: str, progress: Progress | None = None) -> ComputedLandscape:
    """The loss on the plane of an experiment.

    Args:
        query: from `query_of`.
        progress: called now and then with the fraction of the training that is done.

    Raises:
        ValueError: the query is none of an experiment, its networks make no such plane, or their loss would take too long to look at.
        simulation.Cancelled: `progress` returned False.
    """
    with _lock:
        own = _making.setdefault(query, threading.Lock())
    with own:  # one makes it, the others wait
        try:
            if query not in _kept:
                remember(landscape_of(Experiment.from_query(query).train(progress)), query)
        finally:
            with _lock:
                _making.pop(query, None)
        with _lock:
            _kept.move_to_end(query)
            return _kept[query]


def is_known(query: str) -> bool:
    """Whether the landscape is there already."""
    return query in _kept


def remember(made: ComputedLandscape, query: str) -> None:
    """Let scenarios with the query find it from here on."""
    with _lock:
        _kept[query] = made
        while len(_kept) > _MOST:
            _kept.popitem(last=False)


def landscape_of(comparison: Comparison) -> ComputedLandscape:
    """The landscape of networks that are trained already. Errors as for `Comparison.plane` and `coarse_side`."""
    net, data, first = comparison.network, comparison.data, comparison.runs[0].weights[0]
    fineness = race_side(net, data)
    plane = comparison.plane
    if plane.moving is not None:
        kind = f"of principal components through the last weights of network {plane.moving + 1}, where it stands still"
        plane = replace(plane.through(comparison.runs[plane.moving].weights[-1]), kind=kind, moving=None)
    a, b = plane.project(first).tolist()
    loss, most = plane.landscape(net, data.x, data.y), most_slopes(net, len(data.x))
    query = query_of(comparison.experiment)
    return ComputedLandscape(
        plane_title(query),
        loss,
        identity=query,
        window=plane.window,
        start=(a, b),
        about=f"The loss of {net.size:,} weights on a plane {plane.kind}: what trajectories do on it, and not what the network would do.",
        axes=plane.axes,
        fineness=fineness,
        in_browser=lambda: _in_browser(comparison.experiment, plane),
        program=(lambda: {**loss.program(), "most": most}) if most else None,
    )


def _in_browser(experiment: Experiment, plane: Plane) -> dict[str, Any]:
    """What `PlaneLoss` of js/planeloss.js computes with, as plain data; examples where these are few enough to send."""
    net, data = experiment.build_network(), experiment.build_data()
    shown = data.x if data.x.shape[1] <= 2 else data.x[:, :0]
    return {
        "network": net.as_data(),
        "origin": np.asarray(plane.origin),
        "directions": plane.directions.reshape(-1),
        "x": shown.T.reshape(-1),
        "y": np.asarray(data.y, dtype=np.float64).reshape(len(data.x), -1)[:, 0],
    }
