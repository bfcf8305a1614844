"""The panels in which a race can be looked at: pictures of the landscape, the step taken apart, and curves over the steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from parameters.naming import nearest


@dataclass(frozen=True)
class Panel:
    """A way to look at a race.

    Attributes:
        title: what it is called in a list to choose from.
        kind: a "picture" of the landscape with the trajectories on it, the "step" taken apart, or a "curve" over the steps. The player lays
            panels out by their kind.
    """

    title: str
    kind: Literal["picture", "step", "curve"]


STEP = "step"
"""The panel that takes a step apart; it goes with a map, on which the parts are drawn."""
PANELS = {
    "map": Panel("Map", "picture"),
    "maps": Panel("Side by side", "picture"),
    "surface": Panel("3-D", "picture"),
    "surfaces": Panel("3-D each", "picture"),
    STEP: Panel("Step by step", "step"),
    "loss": Panel("Loss", "curve"),
    "gradient": Panel("Gradient", "curve"),
    "rate": Panel("Effective rate", "curve"),
    "position": Panel("Position", "curve"),
}
"""Every panel by the name that links, files and lessons have for it, in the order in which they are listed and laid out."""
DEFAULT_PANELS = ("map", "surface", "loss")
"""What a scenario is looked at in where nothing is said."""


def of_kind(*kinds: str, known: Mapping[str, Panel] = PANELS) -> tuple[str, ...]:
    """The names of the panels of some kinds, in their order."""
    return tuple(name for name, panel in known.items() if panel.kind in kinds)


def ordered(names: Collection[str], known: Iterable[str] = tuple(PANELS)) -> tuple[str, ...]:
    """The panels among some names, each once, in their order."""
    return tuple(name for name in known if name in names)


def unknown_panels(names: Collection[str], known: Collection[str] = tuple(PANELS)) -> str:
    """A sentence on the names that no panel has, "" if there are none."""
    unknown = [name for name in names if name not in known]
    meant = nearest(unknown[0], known) if len(unknown) == 1 else ""
    return f"there is no view {', '.join(map(repr, unknown))}{meant}; there are {', '.join(known)}" if unknown else ""


def check_panels(names: Collection[str], known: Collection[str] = tuple(PANELS)) -> None:
    """Refuse panels that cannot be shown.

    Raises:
        TypeError: it is one text, and no list of names.
        ValueError: one of them is unknown, or there are none.
    """
    if isinstance(names, str):
        raise TypeError(f"panels must be a list of names, ({names!r},) say, not the text {names!r}")
    if unknown := unknown_panels(names, known):
        raise ValueError(unknown)
    if not names:
        raise ValueError(f"no panel is to be shown; choose among {', '.join(known)}")
