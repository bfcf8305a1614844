"""Formulas in the sidebar, which is narrow: written so that the browser can break them into lines."""

from __future__ import annotations

import re

_LONG = 60
"""LaTeX with more letters than this may be wider than the sidebar."""
_FENCES = {r"\left(": r"\bigl(", r"\right)": r"\bigr)"}


def breakable(latex: str) -> str:
    """The same formula so that it breaks between its terms.

    KaTeX breaks lines at signs that stand in no group. A fraction over all of a formula is a group, and so are parentheses that grow with
    what they hold: the fraction becomes a factor, and the parentheses keep one size.
    """
    if len(latex) <= _LONG or r"\begin{cases}" in latex:  # around cases parentheses must grow
        return latex
    found = re.fullmatch(r"\\frac\{(.+)\}\{(\d+)\}", latex)
    if found and _is_closed(found[1]):
        latex = rf"\tfrac{{1}}{{{found[2]}}} \left({found[1]}\right)"
    depth, parts = 0, []
    for part in re.split(r"(\\left\(|\\right\)|[{}])", latex):
        depth += {"{": 1, "}": -1}.get(part, 0)
        parts.append(_FENCES.get(part, part) if depth == 0 else part)
    return "".join(parts)


def _is_closed(latex: str) -> bool:
    """Whether every brace in it is opened and closed within it."""
    depth = 0
    for letter in latex:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth < 0:
            return False
    return depth == 0
