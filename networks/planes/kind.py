"""A kind of plane: which two directions through weight space are looked at, declared with its settings."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from networks.network import Network
from networks.planes.plane import Plane, known
from parameters import Array, Declared, Param


@dataclass(frozen=True)
class Trained:
    """What a plane can be made of: a network, its examples, and the paths of some trainings.

    Attributes:
        net: the network.
        x, y: its examples.
        paths: the weights that were kept of each training, shape (K, P) each; NaN or huge from where one diverged.
    """

    net: Network
    x: npt.NDArray[Any]
    y: npt.NDArray[Any]
    paths: tuple[Array, ...]

    @cached_property
    def shown(self) -> Array:
        """The points that the plane is to show: those of all paths that did not diverge, or, where all did, what there is of them."""
        whole = [path for path in self.paths if known(path).all()]
        points = np.concatenate(whole or list(self.paths))
        return points[known(points)]

    def path(self, number: float) -> Array:
        """The path of a number, which begins at 1.

        Raises:
            ValueError: there is none, or it diverged.
        """
        index = int(number) - 1
        if index >= len(self.paths):
            have = "there is one only" if len(self.paths) == 1 else f"there are {len(self.paths)}"
            raise ValueError(f"the plane is to go through network {index + 1}, and {have}; choose another network or kind of plane")
        if not known(self.paths[index]).all():
            raise ValueError(f"network {index + 1} diverged, so that no plane can go through its end; choose another network")
        return self.paths[index]


Made = Callable[[Trained, dict[str, Any]], Plane]


class PlaneKind(Declared):
    """A way to choose a plane.

    Args:
        name: its title; in code it is found by the same words in lower case, joined by "_".
        make: what makes one, given the trainings and the values of the parameters.
        parameters: the numbers that can be set.
        exact: where the plane's loss is the true one, in words.
        at_rest: the same of one that moves with a network, once that is trained and the plane stands still: raced on, say.
        source: where it comes from.
        about: one line on what it is good and bad at.
    """

    takes_arrays = False

    def __init__(
        self, name: str, *, make: Made, exact: str, source: str, about: str, parameters: Sequence[Param] = (), at_rest: str = ""
    ) -> None:
        super().__init__(name, parameters)
        self._make, self.exact, self.at_rest, self.source, self.about = make, exact, at_rest, source, about

    @property
    def definition(self) -> Hashable:
        """What makes one."""
        return self._make.__name__

    def make(self, net: Network, x: npt.ArrayLike, y: npt.ArrayLike, paths: Sequence[npt.ArrayLike]) -> Plane:
        """The plane for some trainings of one network; its window shows all their paths.

        Args:
            net: the network.
            x, y: the examples.
            paths: of each training the weights that were kept, shape (K, P). Those that diverged, which end in NaN, are left out unless
                all did.

        Raises:
            TypeError, ValueError: the examples or the paths do not fit the network, or the paths make no such plane.
        """
        net.check_examples(x, y)
        given = tuple(net.check_weights(path) for path in paths)
        if not given:
            raise ValueError("there are no paths to make a plane of; give at least one, shape (K, P)")
        trained = Trained(net, np.asarray(x), np.asarray(y), given)
        if not len(trained.shown):
            raise ValueError("no weights of the paths are finite, so that they make no plane; choose smaller learning rates")
        return self._make(trained, dict(self.values))
