"""An experiment: everything that determines what a user sees of networks that are trained, as one immutable value; and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import product

import numpy as np
import numpy.typing as npt

from networks import Dataset, Network, planes, transfer
from networks.planes import Plane, Relief
from scenario.choice import Choice
from scenario.experiment_settings import ExperimentSettings
from scenario.fineness import coarse_side
from scenario.network_parts import Initial
from scenario.trained import Steps, TrainedRun, kept_steps, trained_run
from scenario.training import train_networks
from scenario.variants import SCRATCH, Variant
from simulation.progress import Progress, Where, here, share_of


@dataclass(frozen=True)
class Experiment(ExperimentSettings):
    """Data, a network, initializations and optimizers. Each optimizer trains the network from each initialization, in each variant.

    The same experiment gives the same numbers everywhere. All networks see the same examples in the same order, where batches are as large;
    two initializations of one initializer differ in nothing but the numbers that differ in their settings.

    Args:
        data: from `networks.datasets`, with its settings; or `OWN`, where `table` holds the data.
        widths: how many units each hidden layer has; none for a network without hidden layers.
        activation: of the hidden layers, from `networks.activations`.
        initials: how the weights are drawn, from `networks.initializers`; "scale" is a factor on them.
        optimizers: who trains, each with its hyper-parameters; what is not set is at its default for networks.
        steps: how many steps each takes.
        batch: examples in each step; 0 is all of them.
        schedule: how the learning rate decays.
        batch_norm, dropout, l1, l2: whether sums are normalized, the share of units left out, and the strengths of penalties on weights.
        noise: standard deviation of Gaussian noise on every slope.
        frozen: how many layers, from the input on, stay as they began.
        stop: the step after which all weights stay as they are; 0 for none.
        seed: chooses data, weights, batches, what drops out, and noise.
        table: one's own data where `data` is `OWN`: a row an example, "x, y, label", or "x, y" for a curve.
        variants: ways to train that are compared, "scratch" or the task of `networks.transfer` that the weights have learned before, with
            settings in place of the numbers above (`scenario.variants.VARYING`); one that sets nothing if there are none.
        plane: on which the landscape is looked at, from `networks.planes`.
        points: of that plane, the one of the experiment without points, from which every optimizer trains, too, in each variant.

    Raises:
        KeyError, TypeError, ValueError: something in it is unknown or not valid; the message says what, and what is.
    """

    def train(self, progress: Progress | None = None) -> Comparison:
        """Train the network from every initialization with every optimizer in every variant, and likewise from every point of the plane.

        Args:
            progress: called now and then with the fraction done; if it returns False, the training stops.

        Raises:
            ValueError: it would not fit into memory, or an optimizer cannot train networks of this size.
            simulation.Cancelled: `progress` returned False.
        """
        if not self.points:
            return Comparison(self, self.build_network(), self.build_data(), self._runs(None, progress))
        ground = self.replace(points=())
        before = ground.train(share_of(progress, 0, len(self.initials) / (len(self.initials) + len(self.points))))
        added = self._runs(
            before.plane.points(np.array(self.points).T),
            share_of(progress, len(self.initials) / (len(self.initials) + len(self.points)), 1),
        )
        runs = [replace(run, label=label) for run, label in zip((*before.runs, *added), self.labels(), strict=True)]
        return Comparison(self, before.network, before.data, tuple(runs), before)

    def _runs(self, points: npt.NDArray[np.float64] | None, progress: Progress | None) -> tuple[TrainedRun, ...]:
        """The networks from every initialization, or from every one of some points, shape (N, P), those of a point side by side."""
        network, data, methods, variants = self.build_network(), self.build_data(), self.build_optimizers(), self.build_variants()
        count = len(methods) * len(variants)
        kept = kept_steps(self.steps, network.size * count * len(self.initials), [int(each.number("stop")) for each in variants])
        schedule = None if self.schedule == Choice("constant") else self.build_schedule()
        labels, found = self.labels(), []
        for place, (method, way) in enumerate(product(methods, variants)):
            training = train_networks(
                self.build_network(way.number("dropout")),
                data,
                method,
                way,
                self.first_weights(way) if points is None else points,
                kept,
                schedule,
                self.seed,
                share_of(progress, place / count, (place + 1) / count),
            )
            for row in range(training.runs):
                at = place * training.runs + row if points is None else row * count + place
                begun, point = (self.initials[row], 0) if points is None else (self.initials[0], row + 1)
                found.append((at, trained_run(data, training, row, labels[at], training.optimizer, begun, way, point)))
        return tuple(run for _, run in sorted(found, key=lambda pair: pair[0]))

    def first_weights(self, way: Variant) -> npt.NDArray[np.float64]:
        """The weights before the first step, from each initialization, in a variant: shape (initializations, P)."""
        network = self.build_network()
        draw = network.initial if way.source == SCRATCH else partial(transfer.get(way.source).weights, network)
        return np.concatenate([draw(each.initializer, 1, self.seed, each.scale) for each in self.build_initials()])

    def point_weights(self) -> npt.NDArray[np.float64]:
        """The weights at its points of the plane, shape (N, P); to find that, the networks are trained that begin at none."""
        if not self.points:
            return np.empty((0, self.build_network().size))
        return self.replace(points=()).train().plane.points(np.array(self.points).T)


@dataclass(frozen=True, eq=False)
class Comparison:
    """An experiment with its networks: for each optimizer, one from each initialization.

    Attributes:
        experiment: what was trained.
        network: what they are, apart from their weights.
        data: what they learn.
        runs: the trained networks: for each optimizer and each variant one from each initialization, then from each point for each
            optimizer one in each variant.
        ground: the same without the points of the plane; None where there are none.
    """

    experiment: Experiment
    network: Network
    data: Dataset
    runs: tuple[TrainedRun, ...]
    ground: Comparison | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each."""
        return tuple(run.label for run in self.runs)

    @property
    def steps(self) -> Steps:
        """The steps that are kept of each, shape (K,)."""
        return self.runs[0].steps

    @cached_property
    def initials(self) -> tuple[Initial, ...]:
        """The initializations, in the experiment's order."""
        return self.experiment.build_initials()

    @cached_property
    def plane(self) -> Plane:
        """The plane on which the landscape is looked at, made of the runs that begin at no point of it.

        Raises:
            ValueError: their weights make no plane.
        """
        if self.ground:
            return self.ground.plane
        if len(self.runs) * len(self.steps) < 3:
            raise ValueError("a single step makes no plane; choose more steps, or another optimizer beside this one")
        return self.experiment.build_plane().make(self.network, self.data.x, self.data.y, self.paths)

    @property
    def paths(self) -> list[npt.NDArray[np.float64]]:
        """The weights of each run at the kept steps, shape (K, P)."""
        return [run.weights for run in self.runs]

    @cached_property
    def relief(self) -> Relief:
        """The loss on the plane, without penalties, and where the runs lie on it. Errors as for `plane` and `coarse_side`."""
        return self.find_relief()

    def find_relief(self, progress: Progress | None = None, where: Where = here) -> Relief:
        """The same, found once; `simulation.Cancelled` if `progress`, called now and then with the fraction done, returned False.

        Args:
            progress: as above.
            where: it is computed.
        """
        if "relief" not in self.__dict__:
            relief = where(partial(self.refined, coarse_side(self.network, self.data)), progress)
            self.__dict__.update(relief=relief, plane=relief.plane)
        found: Relief = self.__dict__["relief"]
        return found

    @property
    def known_relief(self) -> Relief | None:
        """It if it was found already."""
        return self.__dict__.get("relief")

    def refined(self, n: int, progress: Progress | None = None) -> Relief:
        """The same from so many points along each side. Errors as for `plane`; `simulation.Cancelled` if `progress` returned False."""
        return planes.relief(self.plane.landscape(self.network, self.data.x, self.data.y), self.paths, n, progress=progress)
