"""Critical points of a small network, searched for from points along its training; and how their height goes with their index.

Sources: Dauphin et al. 2014, arXiv:1406.2572; Frye et al. 2021, doi:10.1162/neco_a_01388; Bray and Dean 2007,
doi:10.1103/PhysRevLett.98.150201.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

import networks
import optimizers
from lab.executors import Executor, Publish, gather
from lab.network_tiles import PRODUCTS
from lab.tiles import Result
from networks import initializers
from networks.critical_points import ITERATIONS, CriticalPoints, find_critical_points
from parameters import Array
from scenario import Experiment
from simulation import Cancelled
from simulation.progress import Progress

NETWORKS = 60
"""So many networks are trained to begin the search from."""
STEPS = (0, 6, 21, 61, 151, 400)
"""After so many steps of their training it begins."""
SCALES, RATE = (0.2, 2.5), 0.5
"""Their weights are Xavier's times factors from this range, and this is the rate of their gradient descent."""
LIMIT = 1e-9
"""A point counts as critical where the gradient is at most so long."""
_IN_A_TILE = 20
_MOST_PRODUCTS = 1_200_000
"""Squares of the number of weights times examples, at most: about a minute."""
_SEARCHED = 0.25
"""The share of `ITERATIONS` that the search takes in the mean."""
_TILTED = 1e-2
"""Where the Hessian sees a smaller share of the gradient, the gradient lies in flat directions."""


def most_weights(examples: int) -> int:
    """The largest network in which critical points are searched for, by the number of examples."""
    return int((_MOST_PRODUCTS / examples) ** 0.5)


@dataclass(frozen=True)
class CriticalSearch:
    """The task to search for critical points of an experiment's network on its data.

    Its loss has `networks.critical_points.PENALTY` in place of the experiment's penalties, no dropout, and all examples; who trains it and
    from which weights does not matter.

    Args:
        experiment: of which only the data, the network and the seed matter; see `of`.

    Raises:
        ValueError: the network is too large.
    """

    experiment: Experiment

    @classmethod
    def of(cls, experiment: Experiment) -> CriticalSearch:
        """The search for an experiment; the same one for all that differ in nothing that matters."""
        fields = ("data", "widths", "activation", "batch_norm", "seed", "table")
        return cls(Experiment(**{name: getattr(experiment, name) for name in fields}))

    def __post_init__(self) -> None:
        size, examples = self.experiment.build_network().size, len(self.experiment.build_data().x)
        if size > (most := most_weights(examples)):
            raise ValueError(
                f"critical points can be searched for in networks of at most {most} weights with these {examples:,} examples, and this one "
                f"has {size:,}; choose fewer or narrower layers, or fewer examples"
            )

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return self._batch.work

    @property
    def _batch(self) -> SearchBatch:
        return SearchBatch(self.experiment, np.arange(NETWORKS))

    def compute(self, execute: Executor, publish: Publish[CriticalSurvey]) -> CriticalSurvey:
        """Train the networks, and search from points on their way."""
        (found,) = gather(execute, [self._batch])
        each = {name: values.reshape(-1, *values.shape[2:]) for name, values in found.items()}
        known = np.isfinite(each["losses"]) & np.isfinite(each["eigenvalues"]).all(axis=1)
        points = CriticalPoints(**{name: values[known] for name, values in each.items()})
        return CriticalSurvey(self, points, np.repeat(np.arange(NETWORKS), len(STEPS))[known], np.tile(STEPS, NETWORKS)[known])


@dataclass(frozen=True, eq=False)
class SearchBatch:
    """Searches from points along the trainings of some networks, each six times.

    Args:
        experiment: what they are and learn.
        numbers: which of the `NETWORKS` they are, shape (N,).
    """

    experiment: Experiment
    numbers: npt.NDArray[np.intp]

    at_once = _IN_A_TILE

    @property
    def count(self) -> int:
        """The number of networks."""
        return len(self.numbers)

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        size = self.experiment.build_network().size
        gradients = STEPS[-1] + len(STEPS) * int(_SEARCHED * ITERATIONS) * 4 * size
        return self.count * gradients * max(size * len(self.experiment.build_data().x) // PRODUCTS, 1)

    @property
    def dtypes(self) -> Mapping[str, npt.DTypeLike]:
        """The types of its results, those of `CriticalPoints` for each of `STEPS`; NaN where the training had overflowed."""
        numbers = np.dtype((np.float64, (len(STEPS),)))
        rows = np.dtype((np.float64, (len(STEPS), self.experiment.build_network().size)))
        return {"weights": rows, "losses": numbers, "gradient_norms": numbers, "eigenvalues": rows, "tilts": numbers}

    def part(self, lanes: slice) -> SearchBatch:
        """Some of its networks."""
        return replace(self, numbers=self.numbers[lanes])

    def run(self, progress: Progress | None = None, workers: int | None = None) -> Result:
        """Search in this process; `progress` and `workers` as for `Batch.run`."""

        def report(fraction: float) -> None:
            if progress and progress(fraction) is False:
                raise Cancelled("the search for critical points was stopped")

        net, data = self.experiment.build_network(), self.experiment.build_data()
        drawn = net.initial(initializers.get("xavier"), NETWORKS, self.experiment.seed)
        scales = np.random.default_rng(self.experiment.seed).uniform(*SCALES, NETWORKS)
        starts = (drawn * scales[:, None])[self.numbers]
        training = networks.train(net, data, optimizers.get("sgd", lr=RATE), starts, STEPS[-1], keep=list(STEPS), workers=workers)
        begun = training.weights.swapaxes(0, 1).reshape(-1, net.size)
        usable = np.isfinite(begun).all(axis=1)
        found = find_critical_points(net, begun[usable], data.x, data.y, report=report)
        result: dict[str, npt.NDArray[np.float64]] = {}
        for name, kind in self.dtypes.items():
            values = getattr(found, name)
            every = np.full((len(begun), *values.shape[1:]), np.nan)
            every[usable] = values
            result[name] = every.reshape(self.count, *np.dtype(kind).shape)
        report(1.0)
        return result


@dataclass(frozen=True)
class IndexGroup:
    """Critical points of one index.

    Attributes:
        index: how many directions lead down.
        points: how many were found.
        losses: how many different ones they have: copies of a point, with units in another order or turned over, have the same.
        lowest, median, highest: of their losses.
    """

    index: int
    points: int
    losses: int
    lowest: float
    median: float
    highest: float


@dataclass(frozen=True, eq=False)
class CriticalSurvey:
    """Where the searches have ended, N of them.

    Attributes:
        search: what was searched for.
        points: where they ended.
        networks, steps: from which network, and after which step of its training, each began, shape (N,).
    """

    search: CriticalSearch
    points: CriticalPoints
    networks: npt.NDArray[np.int64]
    steps: npt.NDArray[np.int64]

    @property
    def nbytes(self) -> int:
        """What it takes in memory."""
        return 2 * self.points.weights.nbytes

    @cached_property
    def size(self) -> int:
        """The number of weights, P."""
        return int(self.points.weights.shape[1])

    def critical(self, limit: float = LIMIT) -> npt.NDArray[np.bool_]:
        """Which count as critical points: those whose gradient is at most so long."""
        return np.asarray(self.points.gradient_norms <= limit)

    def held_up(self, limit: float = LIMIT) -> int:
        """How many of the others were held up where the gradient lies in flat directions: no critical points (Frye et al. 2021)."""
        return int(np.count_nonzero(~self.critical(limit) & (self.points.tilts < _TILTED)))

    def correlation(self, limit: float = LIMIT) -> float:
        """Of index and loss over the critical points (Pearson); NaN where there are no two of different index."""
        counted = self.critical(limit)
        index, losses = self.points.index[counted], self.points.losses[counted]
        return float(np.corrcoef(index, losses)[0, 1]) if len(set(index.tolist())) > 1 and np.ptp(losses) else float("nan")

    def groups(self, limit: float = LIMIT) -> list[IndexGroup]:
        """The critical points by their index, rising."""
        counted = self.critical(limit)
        index, losses = self.points.index[counted], self.points.losses[counted]
        found = []
        for value in np.unique(index).tolist():
            own = losses[index == value]
            found.append(
                IndexGroup(value, own.size, len(np.unique(own.round(6))), float(own.min()), float(np.median(own)), float(own.max()))
            )
        return found

    def law(self, limit: float = LIMIT) -> tuple[Array, Array]:
        """What random matrices say of index and height, as values of the index and of the loss, shape (M,) each; M is 0 where too little
        was found.

        In a random function of many variables the Hessian at a critical point is a random matrix whose spectrum, a semicircle, is shifted
        in proportion to the height (Bray and Dean 2007): the height is a + b q, where q is the semicircle's quantile of the share of
        directions that lead down. Only a and b are fitted, by least squares. It ends where the height would fall below 0, which none is.
        """
        counted = self.critical(limit)
        shares, losses = self.points.index[counted] / self.size, self.points.losses[counted]
        if len(np.unique(shares)) < 2:
            return np.empty(0), np.empty(0)
        slope, height = np.polyfit(semicircle_quantile(shares), losses, 1)
        along = np.linspace(0, shares.max(), 101)
        heights = height + slope * semicircle_quantile(along)
        return along[heights >= 0] * self.size, heights[heights >= 0]


def semicircle_quantile(shares: npt.ArrayLike) -> Array:
    """The value below which Wigner's semicircle of radius 1 has such a share, 0 to 1, of the same shape."""
    at = np.linspace(-1, 1, 4001)
    below = 0.5 + (at * np.sqrt(1 - at**2) + np.arcsin(at)) / np.pi
    return np.asarray(np.interp(np.asarray(shares, dtype=np.float64), below, at))
