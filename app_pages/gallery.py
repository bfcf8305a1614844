"""The list of all landscapes with their pictures, in the sidebar: searched while one types."""

from __future__ import annotations

import base64
from collections.abc import Callable

import streamlit as st

import landscapes
from app_pages.session import capitalized, set_value, value_of
from app_pages.widgets import theme
from figures.thumbnails import thumbnail
from player.component import gallery as gallery_of
from player.markdown import plain

_POPOVER, _KEY = "landscapes", "gallery"


def gallery(chosen: str, choose: Callable[[str], None]) -> None:
    """The list, as a popover that closes with a choice.

    Args:
        chosen: the name of the landscape that is shown.
        choose: called with the name of another.
    """

    def picked() -> None:
        set_value(_POPOVER, False)
        choose(value_of(_KEY).choice)

    popover = st.popover(plain(landscapes.get(chosen).name), icon=":material/grid_view:", width="stretch", key=_POPOVER, on_change="rerun")
    if popover.open:
        with popover:
            gallery_of({"chosen": chosen, "what": "landscapes", "groups": _groups()}, _KEY, picked)


def _groups() -> list[dict[str, object]]:
    kinds: dict[str, list[dict[str, str]]] = {kind: [] for kind in landscapes.KINDS}
    for name in landscapes.names():
        known = landscapes.get(name)
        picture = f"data:image/png;base64,{base64.b64encode(thumbnail(name, theme())).decode()}"
        kinds[known.kind].append({"name": name, "title": known.name, "about": known.about, "picture": picture})
    return [{"title": capitalized(kind), "items": items} for kind, items in kinds.items()]
