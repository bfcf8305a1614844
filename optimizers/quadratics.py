"""What is known of a method on quadratic surfaces, as its papers state it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from formulas import evaluate, latex, parse
from parameters import Value

_CURVATURES = {"L": r"\lambda_{\max}", "m": r"\lambda_{\min}"}


@dataclass(frozen=True)
class Quadratics:
    """Facts of a method on a quadratic, as formulas in its hyper-parameters and the curvatures `L`, the largest, and `m`, the smallest.

    Curvatures are the Hessian's eigenvalues; weight decay that is part of the gradient adds to both.

    Args:
        limit: the learning rate from which on it diverges.
        best: by name, the hyper-parameters with which the slowest error shrinks fastest.
        rate: the factor by which it shrinks at each step then, in the long run.
        source: who showed it.
    """

    limit: str
    best: Mapping[str, str] = field(hash=False)
    rate: str
    source: str

    def at(self, formula: str, largest: Value, smallest: Value, values: Mapping[str, Value]) -> Value:
        """The value of one of its formulas.

        Args:
            formula: `limit`, `rate` or one of `best`.
            largest, smallest: the curvatures; numbers or arrays of one shape.
            values: the hyper-parameters.
        """
        decay = values.get("weight_decay", 0.0)
        names = {**values, "L": largest + decay, "m": smallest + decay}
        value: Value = evaluate(parse(formula, names), names)
        return value

    def limit_in_latex(self, symbols: Mapping[str, str], names: Iterable[str]) -> str:
        """The limit in LaTeX.

        Args:
            symbols: of the hyper-parameters.
            names: of the hyper-parameters.
        """
        return latex(parse(self.limit, [*_CURVATURES, *names]), {**symbols, **_CURVATURES})
