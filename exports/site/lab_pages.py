"""The lab's pages as they were computed: maps to play, and charts to read. `RECORDINGS` holds all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from exports.site.page import Body, Page, chart_place, player_place
from exports.site.shelf import Shelf
from exports.site.stops import Stop, stop_of
from figures import LIGHT, Theme
from lab.axes import default_axes
from lab.basins import Basins
from lab.executors import run_task
from lab.quantities import alone
from lab.sweeps import Sweep
from lab.tournament import USUAL, Tournament
from lab.tuning import Tuning
from player.chart_payload import chart_bytes
from player.shares import shares_table
from scenario import Scenario
from scenario.presets import OPENING, PRESETS

if TYPE_CHECKING:
    import plotly.graph_objects as go

_STARTS = 256
"""Along each side of the basins' maps."""
_CELLS = 41
_TRIALS, _TUNED_ON = 60, 24
_CHART = 380
"""CSS pixels of a chart beside a player."""
Drawn = tuple[str, list[Stop]]
"""What is on the page under its sentence, as HTML, and what its player shows."""


@dataclass(frozen=True)
class Recording:
    """A page of the lab.

    Attributes:
        title, about: what it is called, and what there is to see on it.
        draw: computes it for a scenario.
        scenario: the one that it is recorded of, unless a lesson asks for another.
    """

    title: str
    about: str
    draw: Callable[[Scenario, Shelf], Drawn]
    scenario: Scenario = OPENING.scenario


def lab_page(name: str, scenario: Scenario | None = None, path: str = "") -> Page:
    """The page of a recording, by its name; of another scenario than its own if one is given."""
    recording = RECORDINGS[name]
    shown = scenario or recording.scenario
    title = f"{recording.title} · {shown.build_landscape().name}" if name != "tournament" else recording.title

    def make(shelf: Shelf) -> Body:
        content, stops = recording.draw(shown, shelf)
        return Body(escape(title), f'<main class="lab"><p class="claim">{escape(recording.about)}</p>{content}</main>', stops)

    return Page(path or f"lab/{name}.html", f"{title} · Descent", f"lab {name}", make)


def _chart(shelf: Shelf, draw: Callable[[Theme], go.Figure], height: int = _CHART) -> str:
    return chart_place(shelf.text(lambda theme: chart_bytes(draw(theme), theme, picks=False, box=False, height=height)), height)


def _halves(left: str, right: str) -> str:
    return f'<div class="halves"><div>{left}</div><div>{right}</div></div>'


def _basins(scenario: Scenario, shelf: Shelf) -> Drawn:
    from figures.basins import basin_picture

    maps = run_task(Basins(scenario, _STARTS))
    entrants = range(len(scenario.optimizers))
    stop = stop_of(
        shelf, scenario, ("maps",), board=False, pictures=lambda theme: [basin_picture(maps, entrant, theme) for entrant in entrants]
    )
    return f"{player_place()}{shares_table(maps, LIGHT)}", [stop]


def _sweep(scenario: Scenario, shelf: Shelf) -> Drawn:
    from figures.sweeps import sweep_map
    from lab.theory import predicted

    swept = alone(scenario, min(1, len(scenario.optimizers) - 1))
    task = Sweep(swept, *default_axes(swept, _CELLS))
    result, theory = run_task(task), predicted(task)

    def chart(by: str, title: str) -> str:
        return f"<h2>{title}</h2>{_chart(shelf, lambda theme: sweep_map(result, theme, by, theory, None))}"

    charts = chart("final loss", "Final loss") + chart("steps", "Steps to tolerance")
    best = result.best_by("final loss")
    if best is None:
        return charts, []
    words = f"<h2>The best cell</h2><p>{escape(result.described(*best))}</p>"
    return _halves(charts, words + player_place()), [stop_of(shelf, result.cell(*best), ("map", "loss"), board=False)]


def _fair(scenario: Scenario, shelf: Shelf) -> Drawn:
    from figures.fair import sensitivity, trial_scatter

    tuned = run_task(Tuning(scenario, _TRIALS, _TUNED_ON))
    charts = f"<h2>Sensitivity</h2>{_chart(shelf, lambda theme: sensitivity(tuned, theme))}"
    charts += f"<h2>All trials</h2>{_chart(shelf, lambda theme: trial_scatter(tuned, theme))}"
    charts = f"<p><b>{escape(tuned.judged.in_words(scenario.labels()))}</b></p>{charts}"
    words = f"<h2>The race</h2><p>{_TRIALS} trials each on {_TUNED_ON} starts; here they race from {_TUNED_ON} others.</p>"
    return _halves(charts, words + player_place()), [stop_of(shelf, tuned.race, ("map", "loss"))]


def _tournament(scenario: Scenario, shelf: Shelf) -> Drawn:
    from figures.fair import critical_differences, profiles, ranking

    standings = run_task(Tournament(scenario.optimizers, USUAL))
    rows = len(standings.labels)
    left = "<h2>Places</h2><p>Shared by those who cannot be told apart; the share of starts solved and its interval of 95% confidence.</p>"
    left += f'<div class="scrolled"><div>{_chart(shelf, lambda theme: ranking(standings, theme), 90 + 76 * rows)}</div></div>'
    right = "<h2>Performance profiles</h2>"
    right += "<p>Share of the problems that are solved within so many times the steps of the best (Dolan and Moré 2002).</p>"
    right += _chart(shelf, lambda theme: profiles(standings, theme))
    right += f"<p><b>{escape(standings.in_words())}</b></p>"
    return _halves(left, right + _chart(shelf, lambda theme: critical_differences(standings, theme), 70 + 22 * ((rows + 1) // 2))), []


RECORDINGS: Mapping[str, Recording] = {
    "basins": Recording(
        "Basins",
        "Every point is a start: its colour tells where the trajectory ends, paler the longer it takes.",
        _basins,
        PRESETS["basins"].scenario,
    ),
    "sweeps": Recording("Sweep", "Every cell is a race with the two numbers of its place, and its colour tells how that went.", _sweep),
    "fair": Recording(
        "Fair race", "Every optimizer gets as many trials to be tuned with, and is judged on starts that none of them was tuned on.", _fair
    ),
    "tournament": Recording(
        "Tournament",
        "The optimizers meet on several landscapes, each at its default parameters, after equally many trials of tuning.",
        _tournament,
    ),
}
"""By the names that the app's pages have in links."""
