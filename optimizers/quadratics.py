"""What is known of a method on quadratic surfaces, as its papers state it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from formulas import evaluate, latex, parse
from parameters import Value

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
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

    def value_of(self, formula: str, largest: Value, smallest: Value, values: Mapping[str, Value]) -> Value:
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

    def limit_in_latex(self, symbols: Mapping[str, str], values: Mapping[str, Value]) -> str:
        """The limit in LaTeX.

        Args:
            symbols: of the hyper-parameters.
            values: the hyper-parameters; weight decay is shown where there is any.
        """
        curvatures = dict(_CURVATURES)
        if np.any(values.get("weight_decay", 0.0)):
            curvatures = {name: rf"\left({symbol} + {symbols['weight_decay']}\right)" for name, symbol in _CURVATURES.items()}
        return latex(parse(self.limit, [*curvatures, *values]), {**symbols, **curvatures})

    def limit_in_text(self, symbols: Mapping[str, str], values: Mapping[str, Value]) -> str:
        """The limit as plain text, "(2 + 2ρ)/λₘₐₓ"; arguments as for `limit_in_latex`."""
        decay = f" + {letter('weight_decay', symbols)}" if np.any(values.get("weight_decay", 0.0)) else ""
        curvatures = {name: f"(λ{end}{decay})" if decay else f"λ{end}" for name, end in (("L", "ₘₐₓ"), ("m", "ₘᵢₙ"))}
        return self._written(curvatures, symbols)

    def sharpness_limit_in_text(self, symbols: Mapping[str, str]) -> str:
        """The curvature from which on a learning rate is beyond its limit, "(2 + 2ρ)/lr": the limit on the rate with both exchanged.

        Args:
            symbols: of the hyper-parameters.
        """
        return self._written({"L": "lr"}, symbols)

    def _written(self, curvatures: Mapping[str, str], symbols: Mapping[str, str]) -> str:
        named = re.sub(r"[A-Za-z_]\w*", lambda found: curvatures.get(found[0]) or letter(found[0], symbols), self.limit)
        return named.replace("*", "")


def letter(name: str, symbols: Mapping[str, str]) -> str:
    """A hyper-parameter's symbol as a Greek letter where it is one, else its name."""
    greek, _, index = symbols.get(name, "").removeprefix("\\").partition("_")
    try:
        found = unicodedata.lookup(f"GREEK SMALL LETTER {'LAMDA' if greek == 'lambda' else greek.upper()}")  # as Unicode spells it
    except KeyError:
        return name.replace("_", " ")
    return found + index.strip("{}").translate(_SUBSCRIPTS)
