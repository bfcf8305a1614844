"""Formulas as data: text -> syntax tree -> derivatives and an in-place NumPy program, and LaTeX.

What landscapes, optimizers and schedules are written in. Text is never evaluated as Python.
"""

from formulas.evaluate import evaluate
from formulas.latex import aligned, latex, symbol
from formulas.numbers import read_number
from formulas.syntax import parse, unknown_names
from formulas.tree import FormulaError, Tree, names_in

__all__ = ["FormulaError", "Tree", "aligned", "evaluate", "latex", "names_in", "parse", "read_number", "symbol", "unknown_names"]
