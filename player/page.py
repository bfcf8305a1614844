"""A race as one HTML file that plays it anywhere, without a server and without the network, by the same modules as in the app."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import escape
from importlib.metadata import distribution
from pathlib import Path

from figures import LIGHT, Theme
from figures.theme import check_asked
from networks.planes import Relief
from player.live_payload import live_block
from player.network_payload import training_bytes
from player.network_scoreboard import network_scoreboard
from player.path_payload import PATH_PANELS, path_bytes, path_scoreboard
from player.payload import landscape_bytes, run_bytes
from player.scoreboard import SCOREBOARD_STYLE, scoreboard
from player.settings_table import settings_table
from player.step import step_bytes
from scenario import Comparison, Race
from scenario.network_panels import DEFAULT_NETWORK_PANELS
from scenario.panels import STEP, check_panels
from scenario.setup import Setup
from version import PROGRAM

HERE = Path(__file__).parent
PLOTLY = Path(str(distribution("plotly").locate_file("plotly/package_data/plotly.min.js")))
"""Plotly for the browser, from the Python package, which need not be imported for that."""
_HEIGHT = 640
"""CSS pixels of the frame in which a notebook shows a page."""
_IMPORT = re.compile(r'^(import|export) \{([^}]*)\} from "\./(\w+)\.js";\n', re.MULTILINE)
_GIVEN_OUT = re.compile(r"^export (?:async )?(?:function\*?|class|const|let) (\w+|\[[^\]]*\])", re.MULTILINE)

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="{program}">
<title>{title}</title>
<style>body {{ margin: 0; padding: 8px 12px; background: {background}; }} .descent {{ --above: 16px; }}
{css}</style>
<div id="player" class="descent-root"></div>
{below}
<script>{plotly}</script>
<script type="module">
{modules}
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const root = document.getElementById("player");
{play}
</script>
</html>
"""
_RACE = """const landscape = readLandscape(bytes("{landscape}"));
const player = new Player(root, Plotly);
player.setLandscape(landscape);
for (const block of [{live}]) player.live.give(JSON.parse(new TextDecoder().decode(bytes(block))));
player.setRace(readRuns(bytes("{runs}")));
for (const step of [{steps}]) player.stepper.set(readStep(bytes(step)));"""
_MORE = """<style>{css}</style>
<div class="more" style="color: {text}">
<details><summary>All measures of {those}</summary>{table}</details>
{settings}
{below}
</div>"""
_SETTINGS = "<details><summary>All settings</summary>{}</details>"
_TRAINING = """const trainer = new Trainer(root, Plotly);
trainer.setTraining(readTraining(bytes("{training}")));"""


class Page(str):
    """The HTML of a page. A notebook shows it as the page that it is, in a frame of its own."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<Page of {len(self) / 1e6:.1f} MB>"

    def _repr_html_(self) -> str:
        """What a notebook shows for it."""
        return f'<iframe srcdoc="{escape(self)}" style="width: 100%; height: {_HEIGHT}px; border: 0" allow="fullscreen"></iframe>'


def as_page(race: Race, theme: Theme = LIGHT, panels: tuple[str, ...] = ("map", "surface", "loss"), below: str = "") -> Page:
    """The HTML of a page that plays the race by itself, with all its measures and settings, about 5 MB: Plotly.js is in it.

    Its starts can be dragged, and others chosen by a click: the page computes their paths, with Python's numbers.

    Args:
        race: what to play.
        theme: light or dark.
        panels: which panels, by their names in `scenario.PANELS`.
        below: HTML that stands under the player as well, the link to the race (`exports.page_link`), say.

    Returns:
        The page, to be written to a file in UTF-8. As the last line of a notebook's cell it plays there.
    """
    check_asked(race, theme)
    check_panels(panels, race.scenario.known_panels)
    landscape = landscape_bytes(race.landscape, theme)
    last_first = range(len(race.runs) - 1, -1, -1)  # the player shows what came last
    steps = [step_bytes(race, index, 0, theme) for index in last_first] if STEP in panels else []
    play = _RACE.format(
        landscape=_written(landscape),
        live=f'"{_written(live)}"' if (live := live_block(race)) else "",
        runs=_written(run_bytes(race, theme, panels, landscape)),
        steps=", ".join(f'"{_written(block)}"' for block in steps),
    )
    title = f"{race.landscape.name}: {', '.join(race.labels)}"
    return _page(title, theme, "player", play, "the race as it was saved", scoreboard(race), race.scenario, below)


def training_page(
    comparison: Comparison,
    theme: Theme = LIGHT,
    panels: tuple[str, ...] = DEFAULT_NETWORK_PANELS,
    title: str = "",
    finer: Relief | None = None,
    below: str = "",
) -> Page:
    """The HTML of a page that plays the training of networks by itself, with all measures and settings, about 5 MB and what their
    weights take: Plotly.js is in it.

    Args:
        comparison: what to play, from `Experiment.train`.
        theme: light or dark.
        panels: which panels, by their names in `scenario.network_panels.NETWORK_PANELS`.
        title: what it is called, the data's name and the networks' if not given.
        finer: the landscape from more points, from `Comparison.refined`; from 256 a side it adds about 0.3 MB.
        below: as for `as_page`.

    Returns:
        The page, to be written to a file in UTF-8. As the last line of a notebook's cell it plays there.
    """
    block = training_bytes(comparison, theme, panels, title=title, finer=finer)
    named = title or f"{comparison.data.name}: {', '.join(comparison.labels)}"
    play, table = _TRAINING.format(training=_written(block)), network_scoreboard(comparison)
    return _page(named, theme, "trainer", play, "the networks", table, comparison.experiment, below)


def relief_page(
    relief: Relief,
    labels: Sequence[str],
    steps: Sequence[int] | None = None,
    theme: Theme = LIGHT,
    panels: tuple[str, ...] = PATH_PANELS,
    title: str = "",
) -> Page:
    """The HTML of a page that plays paths over a plane through weight space, of any function: a model of one's own, say.

    Args:
        relief: from `networks.planes.relief`, of a plane that does not move.
        labels: a name for each path.
        steps: the step at which each point of the paths was taken, rising from 0; 0, 1, 2 and so on if not given.
        theme: light or dark.
        panels: which of "landscape", "surface" and "loss".
        title: what it is called, the landscape's name if not given.

    Returns:
        The page, to be written to a file in UTF-8. As the last line of a notebook's cell it plays there.

    Raises:
        ValueError: paths, labels or steps are not as many as the others, or a panel needs a network.
    """
    block = path_bytes(relief, labels, steps, theme, panels, title)
    named = title or relief.landscape.name
    return _page(named, theme, "trainer", _TRAINING.format(training=_written(block)), "the paths", path_scoreboard(relief, labels))


def _written(block: bytes) -> str:
    return base64.b64encode(block).decode()


def _page(title: str, theme: Theme, entry: str, play: str, those: str, table: str, setup: Setup | None = None, below: str = "") -> Page:
    text = _PAGE.format(
        title=escape(title),
        program=PROGRAM,
        background=theme.background,
        css=(HERE / "player.css").read_text(encoding="utf-8"),
        plotly=PLOTLY.read_text(encoding="utf-8"),
        modules=joined_modules(entry),
        play=play,
        below=_MORE.format(
            text=theme.text,
            css="".join(path.read_text(encoding="utf-8") for path in (SCOREBOARD_STYLE, HERE / "saved.css")),
            those=those,
            table=table,
            settings=_SETTINGS.format(settings_table(setup)) if setup else "",
            below=below,
        ),
    )
    return Page(text)


def joined_modules(entry: str = "player") -> str:
    """The player's modules as one, each within a scope of its own and after those that it imports. What any of them gives out can be used
    by its name behind them; where two give out one name, that of the first.
    """
    done: dict[str, str] = {}
    given: dict[str, str] = {}

    def add(name: str) -> None:
        text = (HERE / "js" / f"{name}.js").read_text(encoding="utf-8")
        for _, _, imported in _IMPORT.findall(text):
            if imported not in done:
                add(imported)
        known = "".join(f"const {{{names.replace(' as ', ': ')}}} = ${module};\n" for _, names, module in _IMPORT.findall(text))
        names = given_out(name)
        body = re.sub(r"^export ", "", _IMPORT.sub("", text), flags=re.MULTILINE)
        done[name] = f"const ${name} = (() => {{\n{known}{body}\nreturn {{ {', '.join(names)} }};\n}})();"
        given.update({one: name for one in names if one not in given})

    add(entry)
    outside = (f"const {{ {', '.join(one for one in given if given[one] == name)} }} = ${name};" for name in done if name in given.values())
    return "\n".join([*done.values(), *outside])


def given_out(module: str) -> list[str]:
    """The names that a module of the player exports, those of others that it passes on among them."""
    text = (HERE / "js" / f"{module}.js").read_text(encoding="utf-8")
    passed_on = [names for word, names, _ in _IMPORT.findall(text) if word == "export"]
    return [one.strip() for names in [*passed_on, *_GIVEN_OUT.findall(text)] for one in names.strip("[]").split(",")]
