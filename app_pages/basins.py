"""The Basins page: where a trajectory ends, for every start in the window."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import streamlit as st

from app_pages.claims import titled
from app_pages.frame import frame
from app_pages.jobs import watch
from app_pages.picks import picked, read_points, without_positions, written_points
from app_pages.presets import presets
from app_pages.races import race_of
from app_pages.session import sentence, session, value_of
from app_pages.settings import Selection, Setting
from app_pages.share_lab import share_lab
from app_pages.widgets import attempt, hand_over, theme
from figures import Theme
from figures.basins import basin_picture
from lab.basins import SIZES, BasinMaps, Basins
from lab.jobs import Job
from player.component import backdrop, player
from scenario import Choice, Scenario
from simulation.attractors import attractors

_KEY = "basins player"
_SIZE = Selection("basins", "size", "256", "Starts along each side", {str(size): f"{size} × {size} starts" for size in SIZES})
_PLAYED = Setting("basins", "at", label="Starts played")
"""The starts that were clicked in a map."""
_CLAIM = "Every point is a start: its colour tells where the trajectory ends, paler the longer it takes. Click a map to play from there."
_COARSE = 512
"""While a map is being refined, its picture has at most so many pixels along each side: it is sent again and again."""
_final: WeakKeyDictionary[BasinMaps, dict[tuple[int, str], bytes]] = WeakKeyDictionary()
"""The pictures of maps that are done, by optimizer and theme, for as long as the maps are kept."""


def page() -> None:
    """Draw the page."""
    frame("basins", _header, _picture, without=("starts",), title=_title, claim=lambda: _CLAIM)


def _title() -> str:
    return titled("Basins")


def _header() -> None:
    presets()
    _SIZE.choose(st.container(key="size", width="content"), label_visibility="collapsed")
    share_lab(Basins, _title)


def _probe() -> Scenario:
    """The scenario with the starts that were clicked in a map."""
    try:
        return session().scenario.replace(starts=Choice("points"), points=read_points(_PLAYED.value))
    except ValueError as error:
        _PLAYED.refuse(f"was left out: {error}")
        return session().scenario.replace(starts=Choice("points"), points=())


def _picture() -> None:
    race = attempt(lambda: race_of(_probe()))
    task = attempt(lambda: Basins(session().scenario, int(_SIZE.value))) if race else None
    if race is None or task is None:
        return

    rows = len(task.scenario.optimizers)
    st.html(f"<style>.descent {{ --below: {3.4 + 1.75 * rows:.2f}rem; }}</style>")
    player(race, theme(), ("maps",), _KEY, _picked, board=False)
    with st.container(key="results"):
        watch(task, lambda maps: f"{maps.size:,} × {maps.size:,} starts" if maps else "Mapping", lambda job: _maps(task, job))


def _picked() -> None:
    """Play from the start that was clicked, added or moved in a map."""
    try:
        _PLAYED.set(written_points(picked(_probe(), value_of(_KEY).pick).points))
    except ValueError as error:
        session().tell(sentence(error))


def _maps(task: Basins, job: Job[BasinMaps] | None) -> None:
    """The maps as far as they are, and what they say in numbers."""
    from player.shares import shares_table

    maps = job.partial if job else None
    pictured = _final_picture if job and job.result is maps else _picture_so_far
    backdrop([pictured(maps, entrant, theme()) for entrant in range(len(task.scenario.optimizers))] if maps else [], _KEY)
    if maps:
        st.html(shares_table(maps, theme()))
    if sum(point.kind in ("minimum", "degenerate") for point in attractors(task.scenario.build_landscape())) == 1:
        words = "This landscape has one minimum, so a map tells how long a start takes. Where there are several it tells which is found."
        hand_over(words, "Four minima", ":material/map:", _four_minima, "Shows the maps of Himmelblau's function.", share=3)


def _four_minima() -> None:
    session().change("surface", lambda now: without_positions(now, landscape=Choice("himmelblau"), formula="", window=None, network=""))


def _picture_so_far(maps: BasinMaps, entrant: int, colours: Theme) -> bytes:
    return basin_picture(maps, entrant, colours, _COARSE)


def _final_picture(maps: BasinMaps, entrant: int, colours: Theme) -> bytes:
    kept = _final.setdefault(maps, {})
    if (entrant, colours.name) not in kept:
        kept[entrant, colours.name] = basin_picture(maps, entrant, colours)
    return kept[entrant, colours.name]
