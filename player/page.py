"""A race as one HTML file that plays it anywhere, without a server and without the network, by the same modules as in the app."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

from figures import LIGHT, Theme
from figures.theme import check_asked
from networks.planes import Relief
from player.free_controls import FREE_STYLE, free_controls
from player.free_told import free_told
from player.grounds import frame_bytes, ground_bytes, has_ground, on_ground
from player.live_payload import live_block
from player.modules import HERE
from player.network_payload import training_bytes
from player.network_scoreboard import network_scoreboard
from player.packed import NO_SCRIPT, held, packed_library, packed_script, starter
from player.path_payload import PATH_PANELS, path_bytes, path_scoreboard
from player.payload import landscape_bytes, run_bytes
from player.scoreboard import SCOREBOARD_STYLE, scoreboard
from player.settings_table import settings_table
from player.step import step_bytes
from scenario import Comparison, Race, Scenario
from scenario.network_panels import DEFAULT_NETWORK_PANELS
from scenario.network_plane import PLANE
from scenario.panels import STEP, check_panels, of_kind, ordered
from scenario.setup import Setup
from simulation import Cancelled
from simulation.progress import Progress
from version import PROGRAM

_HEIGHT = 640
"""CSS pixels of the frame in which a notebook shows a page."""

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="{program}">
<title>{title}</title>
<style>:root {{ color-scheme: {theme.name}; --background: {theme.background}; --text: {theme.text}; }}
:root {{ --line: {theme.line}; --accent: {theme.accent}; }}
body {{ margin: 0; padding: 8px 12px; background: var(--background); color: var(--text); font-family: system-ui, sans-serif; }}
.descent {{ --above: 16px; }} .choose ~ .descent {{ --above: 4.2rem; }}
{css}</style>
{controls}
<div id="player" class="descent-root"></div>
<noscript>{noscript}</noscript>
{below}
{blocks}
<script type="application/json" id="told">{told}</script>
{start}
</html>
"""
_MORE = """<style>{css}</style>
<div class="more" style="color: {text}">
<details><summary>All measures of {those}</summary>{table}</details>
{settings}
{below}
</div>"""
_SETTINGS = "<details><summary>All settings of it</summary>{}</details>"
BACK = "As it was saved"
"""The button that goes back to the race as it was saved."""


RACE_BYTES = {True: 384_000, False: 311_000}
"""What the page of the race that the app opens with holds beside its player, with Plotly.js and without: a test measures it."""
GROUND_BYTES = 13_300
"""What a landscape takes on average: `python -m benchmarks site` measures it."""


class Page(str):
    """The HTML of a page. A notebook shows it as the page that it is, in a frame of its own."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<Page of {len(self) / 1e6:.1f} MB>"

    def _repr_html_(self) -> str:
        """What a notebook shows for it."""
        return f'<iframe srcdoc="{escape(self)}" style="width: 100%; height: {_HEIGHT}px; border: 0" allow="fullscreen"></iframe>'


def as_page(
    race: Race,
    theme: Theme = LIGHT,
    panels: tuple[str, ...] = ("map", "surface", "loss"),
    below: str = "",
    plotly: bool = True,
    grounds: Collection[str] = (),
    progress: Progress | None = None,
) -> Page:
    """The HTML of a page that plays the race by itself, with all its measures and settings, about 2.6 MB: Plotly.js is in it, compressed.

    Its starts can be dragged, and others chosen by a click; numbers are turned, and any panels, optimizers and schedules of the catalogue
    chosen: the page computes their paths, with Python's numbers, and takes their steps apart.

    Args:
        race: what to play.
        theme: light or dark.
        panels: which panels, by their names in `scenario.PANELS`.
        below: HTML that stands under the player as well, the link to the race (`exports.page_link`), say.
        plotly: whether Plotly.js draws what stands still; otherwise the player does so itself, and the page is 2 MB smaller.
        grounds: landscapes of the catalogue, by name, that can be chosen as well, about 13 kB each; `landscapes.names()` for all, which
            takes some seconds.
        progress: called with the share of them that is done.

    Returns:
        The page, to be written to a file in UTF-8. As the last line of a notebook's cell it plays there.

    Raises:
        KeyError: a landscape is unknown.
        simulation.Cancelled: `progress` returned False.
    """
    check_asked(race, theme)
    check_panels(panels, race.scenario.known_panels)
    apart = plotly or STEP in panels
    free, held_grounds = _free(race, theme, panels, grounds, apart, progress)
    landscape = landscape_bytes(race.landscape, theme)
    blocks = {"landscape": landscape, "race": run_bytes(race, theme, panels, landscape)}
    if live := live_block(race, STEP in panels):
        blocks["live"] = live
    last_first = range(len(race.runs) - 1, -1, -1)  # the player shows what came last
    steps = {f"step {index}": step_bytes(race, index, 0, theme) for index in last_first} if STEP in panels else {}
    stop = {**{name: name for name in blocks}, "steps": list(steps)}
    title = f"{race.landscape.name}: {', '.join(race.labels)}"
    under = _below("the race as it was saved", scoreboard(race), theme, race.scenario, below)
    controls = _controls(race.scenario, panels, tuple(grounds), apart) if free else ""
    return _page(title, theme, stop, blocks | steps | held_grounds, under, plotly, free, controls)


def player_size(plotly: bool) -> int:
    """The bytes of what a page plays with: the player, and Plotly.js where it is to draw."""
    return sum(map(len, _programs(plotly)))


def _programs(plotly: bool) -> list[str]:
    return [packed_library(), packed_script("savedpage", "openSaved();")] if plotly else [packed_script("lightpage", "openLight();")]


def _controls(scenario: Scenario, panels: tuple[str, ...], grounds: tuple[str, ...], apart: bool) -> str:
    """The lists to choose from; without a formula the landscape has the curves that it was saved with."""
    known = scenario.known_panels if has_ground(scenario) else (*of_kind("picture"), *panels)
    shown = ordered([name for name in known if apart or name != STEP])
    return free_controls(scenario, grounds, shown, BACK, _note(scenario, bool(grounds)))


def _free(
    race: Race, theme: Theme, panels: tuple[str, ...], grounds: Collection[str], apart: bool, progress: Progress | None
) -> tuple[dict[str, Any] | None, dict[str, bytes]]:
    """What can be chosen in a page, `FreeTold` of js/types.d.ts, None where nothing can, and the blocks of that."""
    scenario = race.scenario
    names = [*([scenario.landscape.name] if has_ground(scenario) else []), *(name for name in grounds if name != scenario.landscape.name)]
    if not names:
        return None, {}
    blocks = {"frame": frame_bytes(scenario, theme, panels, apart)}
    for done, name in enumerate(names, start=1):
        blocks[f"ground {name}"] = ground_bytes(on_ground(scenario, name), theme)
        if progress and progress(done / len(names)) is False:
            raise Cancelled("the page was given up")
    stops = {name: {"frame": "frame", "ground": f"ground {name}"} for name in names}
    if PLANE in stops:
        stops[PLANE]["landscape"] = "landscape"
    return free_told(scenario, panels, stops, fixed="" if has_ground(scenario) else _FIXED), blocks


_FIXED = (
    "This race on a network's loss would take too long to be computed here: it plays as it was saved, and to change it needs the app. On "
    "the other landscapes of the list everything can be changed."
)
"""What is said while a landscape is chosen that only the race that was saved is on."""


def _note(scenario: Scenario, others: bool) -> str:
    """What cannot be changed in the page, in a sentence."""
    if scenario.formula:
        return f"The formula {scenario.formula.strip()[:60]} stays as it is here; to change it needs the app."
    return "Formulas of your own need the app." if others else "Other landscapes, and formulas of your own, need the app."


def training_page(
    comparison: Comparison,
    theme: Theme = LIGHT,
    panels: tuple[str, ...] = DEFAULT_NETWORK_PANELS,
    title: str = "",
    finer: Relief | None = None,
    below: str = "",
    plotly: bool = True,
) -> Page:
    """The HTML of a page that plays the training of networks by itself, with all measures and settings, about 2 MB and what their
    weights take: Plotly.js is in it, compressed.

    Args:
        comparison: what to play, from `Experiment.train`.
        theme: light or dark.
        panels: which panels, by their names in `scenario.network_panels.NETWORK_PANELS`.
        title: what it is called, the data's name and the networks' if not given.
        finer: the landscape from more points, from `Comparison.refined`; from 256 a side it adds about 0.3 MB.
        below, plotly: as for `as_page`.

    Returns:
        The page, to be written to a file in UTF-8. As the last line of a notebook's cell it plays there.
    """
    block = training_bytes(comparison, theme, panels, title=title, finer=finer)
    named = title or f"{comparison.data.name}: {', '.join(comparison.labels)}"
    under = _below("the networks", network_scoreboard(comparison), theme, comparison.experiment, below)
    return _page(named, theme, {"training": "training"}, {"training": block}, under, plotly)


def relief_page(
    relief: Relief,
    labels: Sequence[str],
    steps: Sequence[int] | None = None,
    theme: Theme = LIGHT,
    panels: tuple[str, ...] = PATH_PANELS,
    title: str = "",
    plotly: bool = True,
) -> Page:
    """The HTML of a page that plays paths over a plane through weight space, of any function: a model of one's own, say.

    Args:
        relief: from `networks.planes.relief`, of a plane that does not move.
        labels: a name for each path.
        steps: the step at which each point of the paths was taken, rising from 0; 0, 1, 2 and so on if not given.
        theme: light or dark.
        panels: which of "landscape", "surface" and "loss".
        title: what it is called, the landscape's name if not given.
        plotly: as for `as_page`.

    Returns:
        The page, to be written to a file in UTF-8. As the last line of a notebook's cell it plays there.

    Raises:
        ValueError: paths, labels or steps are not as many as the others, or a panel needs a network.
    """
    block = path_bytes(relief, labels, steps, theme, panels, title)
    under = _below("the paths", path_scoreboard(relief, labels), theme)
    return _page(title or relief.landscape.name, theme, {"training": "training"}, {"training": block}, under, plotly)


def _below(those: str, table: str, theme: Theme, setup: Setup | None = None, below: str = "") -> str:
    """What stands under the player: the measures, the settings, and what else is given."""
    return _MORE.format(
        text=theme.text,
        css="".join(path.read_text(encoding="utf-8") for path in (SCOREBOARD_STYLE, HERE / "saved.css", HERE / "link.css")),
        those=those,
        table=table,
        settings=_SETTINGS.format(settings_table(setup)) if setup else "",
        below=below,
    )


def _page(
    title: str,
    theme: Theme,
    stop: Mapping[str, Any],
    blocks: Mapping[str, bytes],
    below: str,
    plotly: bool = True,
    free: Mapping[str, Any] | None = None,
    controls: str = "",
) -> Page:
    """A page that plays something.

    Args:
        title: as text.
        stop: what is played, `SiteStop` of js/types.d.ts.
        blocks: what that names.
        below: HTML that stands under the player.
        plotly: whether the page holds Plotly.js, or draws without it.
        free: what can be chosen, `FreeTold`, with the lists for that as HTML, `controls`.
    """
    text = _PAGE.format(
        title=escape(title),
        program=PROGRAM,
        theme=theme,
        css="".join(path.read_text(encoding="utf-8") for path in (HERE / "player.css", *([FREE_STYLE] if controls else []))),
        controls=controls,
        below=below,
        noscript=NO_SCRIPT,
        blocks="\n".join([*(held(name, content) for name, content in blocks.items()), *_programs(plotly)]),
        told=json.dumps({"stop": stop, "free": free}, separators=(",", ":")).replace("<", "\\u003c"),
        start=starter(),
    )
    return Page(text)
