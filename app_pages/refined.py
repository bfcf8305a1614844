"""The landscape of networks from more points: drawn in place of the first one as soon as it is there."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from weakref import WeakKeyDictionary

from app_pages.elsewhere import where_for
from app_pages.races import alone, with_bar
from app_pages.session import Halted
from app_pages.widgets import theme
from networks.planes import Relief
from player.component import refine
from player.relief_payload import SHOW_RELIEF
from scenario import Comparison
from scenario.fineness import fine_side, seconds_for

_known: WeakKeyDictionary[Comparison, Relief] = WeakKeyDictionary()
"""What was refined lately, for as long as the comparisons are kept."""


def refine_landscape(comparison: Comparison, panels: tuple[str, ...], key: str) -> None:
    """Let a trainer show the plane of its comparison from more points, with a progress bar while that takes long.

    It is to be called last: what the user changes meanwhile is taken up at once, and it begins anew at the next time.

    Args:
        comparison: what the trainer plays.
        panels: which of them it shows.
        key: of the trainer.
    """
    fine = fine_side(comparison.network, comparison.data) if set(panels) & SHOW_RELIEF else None
    if fine is None or comparison.known_relief is None or comparison.plane.moving is not None:
        return
    with suppress(Halted), alone((comparison, "refined")):
        if comparison not in _known:
            where = where_for(seconds_for(fine, comparison.network, comparison.data))
            doing, wanted = "Refining the landscape", comparison.experiment
            _known[comparison] = with_bar(lambda report: where(partial(comparison.refined, fine), report), doing, wanted)
    if comparison not in _known:
        return
    refine(comparison, _known[comparison], theme(), key)


def refined_if_known(comparison: Comparison) -> Relief | None:
    """The plane of a comparison from more points, if it was shown so already."""
    return _known.get(comparison)
