"""Critical points of a network as a CSV table, with a header that explains its columns."""

from __future__ import annotations

import numpy as np

from exports.data import head, settings_lines
from lab.critical_points import CriticalSurvey
from networks.critical_points import PENALTY

_ABOUT = """\
where searches for critical points ended, {title}
{settings}network, step: from which of the trained networks, and after which step of its training, the search began
loss: with half of {penalty:g} times the sum of the squared weights, biases among them
gradient_norm: the length of its gradient there; a point counts as critical where it is tiny
index: how many eigenvalues of its Hessian are negative; flat: how many are 0
seen: how much of the gradient the Hessian sees, 0 to 1; almost 0 where the gradient lies in flat directions
eigenvalue_1 ...: of the Hessian, rising
weight_1 ...: layer after layer, each layer's matrix (outputs, inputs) row by row and then its biases
"""


def critical_points_to_csv(survey: CriticalSurvey) -> str:
    """What was found as a table with a row for each search.

    The lines before it start with "#". Numbers are written such that they read back exactly as they are.
    """
    experiment, points = survey.search.experiment, survey.points
    about = _ABOUT.format(title=experiment.title, settings=settings_lines(experiment), penalty=PENALTY)
    numbers = range(1, survey.size + 1)
    columns = ["network", "step", "loss", "gradient_norm", "index", "flat", "seen"]
    columns += [f"{name}_{number}" for name in ("eigenvalue", "weight") for number in numbers]
    whole = np.stack([survey.networks + 1, survey.steps], axis=1).tolist()
    parts = [head(about, columns)]
    for row, (network, step) in enumerate(whole):
        numbers_here = [float(points.losses[row]), float(points.gradient_norms[row]), int(points.index[row]), int(points.flat[row])]
        numbers_here += [float(points.tilts[row]), *points.eigenvalues[row].tolist(), *points.weights[row].tolist()]
        parts.append(f"{network},{step},{','.join(map(repr, numbers_here))}\n")
    return "".join(parts)
