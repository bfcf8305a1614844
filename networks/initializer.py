"""An initializer: how the weights of a network are drawn before it learns, declared by the formula of their size."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from functools import cached_property

import numpy as np

from formulas import evaluate, latex, parse, symbol
from formulas.functions import ALL
from parameters import Array, Declared, Param

Draw = Callable[[np.random.Generator, int, int], Array]
"""Draws the unscaled weights of a layer, shape (outputs, inputs), of unit size."""


def normal(generator: np.random.Generator, outputs: int, inputs: int) -> Array:
    """Standard normal numbers."""
    return generator.standard_normal((outputs, inputs))


def uniform(generator: np.random.Generator, outputs: int, inputs: int) -> Array:
    """Uniform numbers of mean 0 and variance 1."""
    return generator.uniform(-math.sqrt(3), math.sqrt(3), (outputs, inputs))


def constant(generator: np.random.Generator, outputs: int, inputs: int) -> Array:
    """Ones."""
    return np.ones((outputs, inputs))


def orthogonal(generator: np.random.Generator, outputs: int, inputs: int) -> Array:
    """Orthonormal rows, or columns where there are more rows, uniformly distributed: Q of a normal matrix whose R has a positive
    diagonal."""
    basis, triangle = np.linalg.qr(generator.standard_normal((max(outputs, inputs), min(outputs, inputs))))
    basis *= np.where(np.diagonal(triangle) < 0, -1.0, 1.0)
    return basis if outputs >= inputs else basis.T


_DISTRIBUTIONS: dict[Draw, str] = {
    normal: r"w \sim \mathcal{{N}}\left(0,\ \sigma^2\right),\quad \sigma = {size}",
    uniform: r"w \sim \mathcal{{U}}\left(-\sqrt{{3}}\,\sigma,\ \sqrt{{3}}\,\sigma\right),\quad \sigma = {size}",
    constant: "w = {size}",
    orthogonal: r"W = {size}\, Q,\quad Q^T Q = I \text{{ or }} Q Q^T = I",
}
_SYMBOLS = {"fan_in": r"n_{\mathrm{in}}", "fan_out": r"n_{\mathrm{out}}"}


class Initializer(Declared):
    """How the weights of each layer are drawn; biases begin at 0.

    Args:
        name: its title; in code it is found by the same words in lower case, joined by "_".
        size: a formula in `fan_in` and `fan_out`, the inputs and outputs of the layer, and the parameters: the standard deviation of the
            weights, or what each of them is, or what an orthogonal matrix is multiplied by.
        parameters: the numbers in the formula that can be set.
        draw: the distribution of size 1 that is scaled by it.
        source: where it comes from.
        about: one line on what it is good and bad at.
    """

    takes_arrays = False

    def __init__(self, name: str, *, size: str, source: str, about: str, draw: Draw = normal, parameters: Sequence[Param] = ()) -> None:
        super().__init__(name, parameters)
        self.formula, self.draw, self.source, self.about = size, draw, source, about
        self.tree = parse(size, (*_SYMBOLS, *(parameter.name for parameter in self.parameters)), ALL)

    @property
    def definition(self) -> Hashable:
        """The distribution and the formula of its size."""
        return self.draw.__name__, self.formula

    @cached_property
    def latex(self) -> str:
        """How a weight is drawn, in LaTeX."""
        symbols = _SYMBOLS | {parameter.name: parameter.symbol or symbol(parameter.name) for parameter in self.parameters}
        return _DISTRIBUTIONS[self.draw].format(size=latex(self.tree, symbols)).removesuffix(r",\quad \sigma = \sigma")

    def size(self, inputs: int, outputs: int) -> float:
        """The standard deviation of the weights of a layer, or what each of them is, or what an orthogonal matrix is multiplied by."""
        return float(evaluate(self.tree, {**self._values, "fan_in": float(inputs), "fan_out": float(outputs)}))
