"""What methods that divide each slope by its size make of the landscape: for them it is as if the axes were rescaled at every step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from formulas import evaluate, parse
from optimizers.quadratics import letter
from parameters import Array, Value

ADAM = "Cohen et al. 2022, arXiv:2207.14484, section 3"


@dataclass(frozen=True)
class Preconditioner:
    """What a method divides its slopes by, axis by axis: its steps follow the curvature of the loss along axes that are stretched so.

    With what it divides by, D, held fixed, the errors of its steps on a quadratic with the Hessian H grow once the largest eigenvalue of
    D^-1 H times its learning rate is above a limit.

    Args:
        divisor: D, as a formula in the state after the step, the hyper-parameters, and the step's number `t`, from 1.
        limit: as a formula in the hyper-parameters: 2 without momentum, 2 + 2 momentum with it, and where velocity is a running mean of
            slopes, as Adam's is, (2 + 2 beta1)/(1 - beta1).
        source: who showed it.
    """

    divisor: str
    limit: str
    source: str = ADAM

    @property
    def reads(self) -> frozenset[str]:
        """The names in the divisor."""
        return frozenset(re.findall(r"[A-Za-z_]\w*", self.divisor))

    def divided_by(self, state: Mapping[str, Array], t: Value, values: Mapping[str, Value]) -> Array:
        """D, of the states' shape.

        Args:
            state: after the step, by name; it may be in single precision.
            t: the number of the step, which broadcasts with it.
            values: the hyper-parameters.
        """
        names: dict[str, Any] = {**values, **{name: np.asarray(array, dtype=np.float64) for name, array in state.items()}, "t": t}
        with np.errstate(all="ignore"):
            return np.asarray(evaluate(parse(self.divisor, names), names), dtype=np.float64)

    def limit_of(self, values: Mapping[str, Value]) -> Value:
        """The limit, given the hyper-parameters."""
        value: Value = evaluate(parse(self.limit, values), dict(values))
        return value

    def limit_in_text(self, symbols: Mapping[str, str]) -> str:
        """From which eigenvalue on steps grow, in letters: "2(1 + β₁)/(1 - β₁)/lr".

        Args:
            symbols: of the hyper-parameters.
        """
        return f"{re.sub(r'[A-Za-z_][A-Za-z_0-9]*', lambda found: letter(found[0], symbols), self.limit).replace('*', '')}/lr"
