"""What the pages of the lab show of their results: charts, a verdict in words, tables, and what is played.

`findings_of` says it once for each kind of result; pictures, pages that are saved, and the recordings of the static site are made of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, singledispatch
from typing import Any, NamedTuple

import numpy as np

from exports.lab_tables.offered import known_to
from figures import LIGHT, Theme
from figures.basins import basin_maps, basin_picture
from figures.colourings import MEASURES, NETWORK_COLOURINGS, NETWORK_MEASURES
from figures.fair import critical_differences, data_profiles, profiles, ranking, sensitivity, trial_scatter
from figures.network_sweeps import network_sweep_maps
from figures.sweeps import sweep_map
from figures.transfer import transfer_curves
from lab.basins import BasinMaps, Basins
from lab.judged import counted
from lab.network_sweeps import NetworkMaps
from lab.network_tournament import NetworkTournament
from lab.standings import Standings
from lab.sweeps import SweepMap
from lab.theory import predicted
from lab.transfer import TransferResult
from lab.tuned import Tuned
from player.fair_table import fair_table, settings_found, told_of_table
from player.shares import shares_table
from scenario import Experiment, Race, Scenario
from scenario.setup import Setup


class Kind(NamedTuple):
    """A page of the lab.

    Attributes:
        title, about: what it is called, and what there is to see on it.
        without: the fields of its scenario or experiment that do not matter.
    """

    title: str
    about: str
    without: tuple[str, ...] = ()


BASINS = Kind(
    "Basins", "Every point is a start: its colour tells where the trajectory ends, paler the longer it takes.", ("starts", "points")
)
SWEEP = Kind("Sweep", "Every cell is a race with the two numbers of its place, and its colour tells how that went.")
FAIR = Kind(
    "Fair race",
    "Every optimizer gets as many trials to be tuned with, and is judged on starts that none of them was tuned on.",
    ("starts", "points", "seed", "optimizers"),
)
TOURNAMENT = Kind(
    "Tournament", "The optimizers meet on several landscapes, each at its default parameters, after equally many trials of tuning."
)
NETWORK_FAIR = Kind(
    "Fair race",
    "Every optimizer gets as many trainings to be tuned with. Then the test loss judges, in runs with other first weights and batches.",
    FAIR.without,
)
NETWORK_TOURNAMENT = Kind(
    "Tournament",
    "The optimizers train the same network on several data sets, after equally many trials of tuning; the test loss judges, in other runs.",
)
NETWORK_SWEEP = Kind(
    "Sweep", "Every cell is a network, trained with the two numbers of its place: batch normalization widens the region that learns."
)
TRANSFER = Kind(
    "Transfer learning",
    "A network first learns a task with many examples. How much does that help with another task, of which there are few?",
)
_PLAYED_AT = 5
"""Examples of each class of the networks that a page on transfer plays."""


@dataclass(frozen=True)
class Chart:
    """A figure, or several side by side.

    Attributes:
        title: what it shows.
        draw: gives it in a theme's colours, or a tuple of figures.
        height: CSS pixels on a page.
        about: how it is read, in a sentence.
        aside: whether it stands beside the first ones on a page.
        least: CSS pixels; where it has less it is scrolled.
        figures: how many there are.
    """

    title: str
    draw: Callable[[Theme], Any]
    height: int = 380
    about: str = ""
    aside: bool = False
    least: int = 0
    figures: int = 1


@dataclass(frozen=True)
class Played:
    """What a page plays beside its charts.

    Attributes:
        title, words: what it is.
        setup: the race or the training.
        panels: in which it is seen.
        board: whether its scoreboard is shown.
        pictures: PNG files that lie under its maps, one for each run.
        instead: the chart that it takes the place of, by its title.
        made: gives the race itself, where it is another than all of the setup's steps give.
    """

    title: str
    words: str
    setup: Setup
    panels: tuple[str, ...] = ("map", "loss")
    board: bool = True
    pictures: Callable[[Theme], list[bytes]] | None = None
    instead: str = ""
    made: Callable[[], Race] | None = None


@dataclass(frozen=True)
class Findings:
    """What a page shows of a result.

    Attributes:
        kind: of page.
        subject: what it was computed of.
        task: what was asked for, with all its settings.
        charts: what is drawn.
        words: the verdict in words.
        tables: as HTML, each with its title; the first is shown, the others unfold.
        note: what has to be known to read the first of them.
        played: a race or a training of it.
        leads: whether the first table comes before the charts.
    """

    kind: Kind
    subject: str
    task: Any
    charts: tuple[Chart, ...]
    words: str = ""
    tables: tuple[tuple[str, str], ...] = ()
    note: str = ""
    played: Played | None = None
    leads: bool = False

    @property
    def title(self) -> str:
        """What it is called: "Fair race · Rosenbrock"."""
        return f"{self.kind.title} · {self.subject}" if self.subject else self.kind.title

    def chart(self, title: str) -> Chart:
        """The chart of this title.

        Raises:
            KeyError: there is none; the message lists those there are.
        """
        for chart in self.charts:
            if chart.title == title:
                return chart
        raise KeyError(f"there is no chart {title!r}; there are: {', '.join(chart.title for chart in self.charts)}")


@singledispatch
def findings_of(result: Any) -> Findings:
    """What is shown of a result of the lab.

    Raises:
        TypeError: nothing is known of such a result.
    """
    raise TypeError(f"nothing is known of how to show {type(result).__name__}; known are {known_to(findings_of)}")


@findings_of.register
def _(maps: BasinMaps) -> Findings:
    scenario, chart = maps.scenario, Chart("Maps", partial(basin_maps, maps))
    entrants = range(len(scenario.optimizers))

    def pictures(theme: Theme) -> list[bytes]:
        return [basin_picture(maps, entrant, theme) for entrant in entrants]

    played = Played("", "", scenario, ("maps",), board=False, pictures=pictures, instead=chart.title)
    table = ("Share of the starts that ends where", shares_table(maps, LIGHT))
    return Findings(BASINS, scenario.title, Basins(scenario, maps.size), (chart,), tables=(table,), played=played)


@findings_of.register
def _(result: SweepMap) -> Findings:
    sweep, theory, best = result.sweep, predicted(result.sweep), result.best_by("final loss")

    def drawn(measure: str, theme: Theme) -> Any:
        return sweep_map(result, theme, measure, theory)

    known = MEASURES if result.measured.any() else {"final loss": MEASURES["final loss"]}
    charts = tuple(Chart(title, partial(drawn, name)) for name, title in known.items())
    words = [f"Best: {result.described(*best)}."] if best else []
    words += [f"Theory: stable below η = {theory.limit_in_text}."] if theory and theory.limit_in_text else []
    played = Played("The best cell", result.described(*best), result.cell(*best), board=False) if best else None
    return Findings(SWEEP, sweep.scenario.title, sweep, charts, " ".join(words), played=played)


@findings_of.register
def _(tuned: Tuned) -> Findings:
    task = tuned.task
    charts = (
        Chart("Sensitivity", partial(sensitivity, tuned), about="The best of its trials is a mark; a wide plateau is a robust method."),
        Chart("All trials", partial(trial_scatter, tuned)),
    )
    words = f"{task.count} trials each with {counted(task.seeds, 'seed')}; here they run with the first seed's settings "
    tables = (("What was found", fair_table(tuned)), ("Costs and settings in full, and what was searched", settings_found(tuned)))
    race, verdict = tuned.race, tuned.judged.in_words(task.labels())
    if isinstance(race, Scenario):
        made, stops = (tuned.within_budget, " Each stops where its budget ends.") if task.unit != "steps" else (None, "")
        told = f"{words}from starts that none was tuned on.{stops}"
        kind, played = FAIR, Played("The race", told, race, board=made is None, made=made)  # numbers in its board would be turned
    else:
        kind, played = NETWORK_FAIR, _trained("The networks", f"{words}from first weights that none was tuned with.", race)
    return Findings(kind, task.setup.title, task, charts, verdict, tables, told_of_table(tuned), played, leads=True)


@findings_of.register
def _(standings: Standings) -> Findings:
    rows, solved = len(standings.labels), "Share of the problems that are solved"
    networks = isinstance(standings.task, NetworkTournament)
    ranked = "Shared by those who cannot be told apart; the share of starts solved and its interval of 95% confidence."
    if standings.task.compared_by == "final loss":
        ranked += " Last the median final loss above the lowest, ≤ where doubles tell no less apart."
    if networks:
        ranked = (
            "Shared by those who cannot be told apart; the test loss, its interval of 95% confidence, and the share of the test examples "
            "that is right, or in a regression of the runs that have learned."
        )
    ratios = f"{solved} within so many times the steps of the best (Dolan and Moré 2002)."
    costs = f"{solved} at a cost of at most so much (Moré and Wild 2009)."
    bars = "A bar joins those whose mean ranks cannot be told apart (Friedman and Nemenyi; Demšar 2006)."

    def by(unit: str, theme: Theme) -> Any:
        return data_profiles(standings, unit, theme)

    charts = [Chart("Places", partial(ranking, standings), 90 + 76 * rows, ranked, least=660)]
    if rows > 1:
        charts.append(Chart("Critical differences", partial(critical_differences, standings), 70 + 22 * ((rows + 1) // 2), bars))
    charts.append(Chart("Performance profiles", partial(profiles, standings), 330, ratios, aside=True))
    for unit, name in standings.task.units.items():
        if any(standings.data_profile(entrant, unit)[0].size for entrant in range(rows)):
            charts.append(Chart(f"Data profiles by {name.lower()}", partial(by, unit), 330, costs, aside=unit != "steps"))
    return Findings(NETWORK_TOURNAMENT if networks else TOURNAMENT, "", standings.task, tuple(charts), standings.in_words())


# ---- networks


@findings_of.register
def _(maps: NetworkMaps) -> Findings:
    sweep = maps.maps[0].sweep

    def drawn(measure: str, theme: Theme) -> Any:
        return network_sweep_maps(maps, theme, measure)

    known = [name for name, of in NETWORK_COLOURINGS.items() if any(np.isfinite(of.of(each)).any() for each in maps.maps)]
    charts = tuple(Chart(NETWORK_MEASURES[name], partial(drawn, name), figures=len(maps.maps)) for name in known)
    words = " ".join(f"{each.title}: {each.learns.mean():.0%} of the cells learn." for each in maps.maps)
    best = [(each, place) for each in maps.maps if (place := each.best_by("final loss"))]
    if not best:
        return Findings(NETWORK_SWEEP, sweep.experiment.title, sweep, charts, words)
    chosen, place = best[-1]
    told = f"{chosen.described(*place)}, {chosen.title.lower()}"
    return Findings(
        NETWORK_SWEEP, sweep.experiment.title, sweep, charts, words, played=_trained("The best cell", told, chosen.cell(*place))
    )


@findings_of.register
def _(result: TransferResult) -> Findings:
    task = result.task
    count = task.nearest(_PLAYED_AT)
    about = f"Means of {result.networks} networks, with bars of one standard deviation."
    charts = (Chart("Test examples that are right", partial(transfer_curves, result), 420, about),)
    told = f"{count} example{'s' * (count != 1)} of each class"
    played = _trained("Side by side", told, task.transfer.compared(count, tuned_from=task.tuned_from))
    return Findings(TRANSFER, task.transfer.title, task, charts, result.told, played=played)


def _trained(title: str, words: str, experiment: Experiment) -> Played:
    """Networks with their boundaries, where their inputs are a plane."""
    plane = experiment.build_data().x.shape[1] == 2
    return Played(title, words, experiment, ("boundary", "loss") if plane else ("loss", "accuracy"), board=False)
