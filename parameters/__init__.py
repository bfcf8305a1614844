"""Numbers that can be set, things that have them, and catalogues of such things: each declared once.

Landscapes, optimizers and schedules are all a name, some parameters and what is computed from them; this is what they share.
"""

from parameters.catalogue import Catalogue
from parameters.declared import Declared
from parameters.naming import listed, lookup, nearest, slug
from parameters.param import Array, Param, Value, fill, is_single, short, title_of, whole_percents

__all__ = [
    "Array",
    "Catalogue",
    "Declared",
    "Param",
    "Value",
    "fill",
    "is_single",
    "listed",
    "lookup",
    "nearest",
    "short",
    "slug",
    "title_of",
    "whole_percents",
]
