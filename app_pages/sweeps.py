"""The Sweeps page: two quantities against each other, a run from every start in each cell."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app_pages.claims import titled
from app_pages.frame import frame
from app_pages.jobs import watch
from app_pages.presets import presets
from app_pages.races import race_of
from app_pages.session import session, value_of
from app_pages.settings import Selection, Setting
from app_pages.share_lab import share_lab
from app_pages.sweep_boxes import Axes, Boxes, numbers_of
from app_pages.widgets import attempt, hand_over, shows, theme
from figures.colourings import MEASURES
from figures.sweeps import sweep_map
from lab.quantities import alone, quantities
from lab.sweeps import Sweep, SweepMap, described, is_noisy
from lab.theory import predicted
from landscapes import Landscape
from player.chart import chart
from player.component import player
from player.markdown import plain
from scenario import Choice, Scenario
from simulation.attractors import attractors

_PAGE, _KEY = "sweeps", "sweep"
_ENTRANT = Setting(_PAGE, "entrant", "0", "Optimizer")
"""The optimizer that is swept, counted from 0."""
_CELL = Setting(_PAGE, "cell", form=r"\d+,\d+")
"""The cell that was clicked, as its column and row."""
_COUNTS = {count: f"{count} × {count}" for count in ("21", "41", "81", "161")}
_CELLS = Selection(_PAGE, "cells", "41", "Cells", _COUNTS, resets=(_CELL,))
_COLOUR = Selection(_PAGE, "by", "final loss", "Colour", MEASURES)
_COUNTS_OF_SEEDS = {str(count): str(count) for count in (1, 3, 5, 10, 20)}
_SEEDS = Selection(
    _PAGE, "seeds", "5", "Seeds", _COUNTS_OF_SEEDS, "Noise differs from seed to seed; the median over this many seeds is shown."
)
_ANYWHERE = 16
_FROM = {"fitting": "As fits", "race": "The race's", "anywhere": f"{_ANYWHERE} anywhere"}
_STARTS = Selection(
    _PAGE,
    "from",
    "fitting",
    "Starts",
    _FROM,
    f"As fits: those of the race, or, if that has only one and the landscape several minima, {_ANYWHERE} anywhere in the window.",
    resets=(_CELL,),
)
_CLAIM = "Every cell is a race with the two numbers of its place, and its colour tells how that went."
_HEIGHT = 470


def page() -> None:
    """Draw the page."""
    frame(_PAGE, _header, _picture, title=_title, claim=lambda: _CLAIM)


def _title() -> str:
    return titled("Sweep")


def _header() -> None:
    presets()
    share_lab(Sweep, _title)


# ---- what is swept


def _entrant() -> int:
    """The number of the optimizer that is swept."""
    (number,) = numbers_of(_ENTRANT, len(session().scenario.optimizers)) or (0,)
    return number


def _swept() -> Scenario:
    """The scenario with the optimizer that is swept, and its starts."""
    scenario, wanted = alone(session().scenario, _entrant()), _STARTS.value
    if wanted == "fitting":
        single = scenario.start_points().shape[1] == 1
        wanted = "anywhere" if single and _minima(scenario.build_landscape()) > 1 else "race"
    return scenario.replace(starts=Choice.of("anywhere", n=_ANYWHERE), points=()) if wanted == "anywhere" else scenario


def _minima(landscape: Landscape) -> int:
    return sum(point.kind == "minimum" for point in attractors(landscape))


def _starts_in_words(task: Sweep) -> str:
    """From how many starts each cell is run, and what that means, in a sentence."""
    count = task.scenario.start_points().shape[1]
    if count == 1:
        return "From a single start: from others the map may be another one."
    where = "anywhere in the window" if task.scenario.starts.name == "anywhere" else "as in the race"
    return f"From {count:,} starts, {where}: the median, or the share, of these."


_BOXES = Boxes(_PAGE, _swept, _CELLS, Setting(_PAGE, "boxes"), _CELL)


def _sweep(boxes: list[Axes]) -> Sweep:
    scenario = _swept()
    seeds = int(_SEEDS.value) if is_noisy(scenario, *boxes[-1]) else 1
    return Sweep(scenario, *boxes[-1], seeds=seeds)


# ---- the page


def _picture() -> None:
    boxes = _BOXES.all()
    with st.container(key="choices"):
        _choices(boxes[-1])
    task = attempt(lambda: _sweep(boxes))
    if task is None:
        return
    with st.container(key="halves"):
        left, right = st.columns([1.35, 1], gap="medium")
    with left:
        job = watch(task, lambda _: "Sweeping")
        if job and job.result:
            _map(task, job.result, boxes)
    with right:
        if job and job.result:
            _cell(task, job.result)


def _choices(axes: Axes) -> None:
    """What is swept against what, how finely, and what the colours tell."""
    scenario = _swept()
    noisy = is_noisy(scenario, *axes)
    columns = st.columns([1.2, 1.2, 1.2, 0.75, 1.1, 0.95, *([0.6] if noisy else [])])
    labels = session().scenario.labels()
    columns[0].selectbox(
        "Optimizer",
        range(len(labels)),
        index=_entrant(),
        format_func=labels.__getitem__,
        **shows("entrant", _entrant(), _choose_entrant),
    )
    _BOXES.choose_axes((columns[1], columns[2]), axes)
    _CELLS.choose(columns[3])
    _COLOUR.choose(columns[4])
    _STARTS.choose(columns[5])
    if noisy:
        _SEEDS.choose(columns[6])


def _choose_entrant(entrant: int) -> None:
    """Another optimizer: its sweep starts over."""
    _ENTRANT.set(str(entrant))
    _BOXES.go([])


def _map(task: Sweep, result: SweepMap, boxes: list[Axes]) -> None:
    """The map, the way in, and what theory says."""
    colours = theme()
    theory = predicted(task)
    figure = sweep_map(result, colours, _COLOUR.value, theory, _chosen(task))
    chart(figure, colours, _KEY, lambda: _BOXES.pick(value_of(_KEY).pick, task, boxes), box=True, height=_HEIGHT)
    _BOXES.way(boxes)
    told = [_starts_in_words(task)]
    if result.conditions:
        told.append("Each value of the landscape is another landscape, a condition and no choice: the best of each line is marked.")
    st.caption(" ".join(told))
    if theory and theory.limit:
        st.markdown(rf"Theory: stable below $\eta = {theory.limit}$.", help="Where the surface is quadratic and the method linear.")


def _chosen(task: Sweep) -> tuple[int, int] | None:
    """The cell that was chosen, as its column and row."""
    numbers = numbers_of(_CELL, task.x.count, task.y.count)
    return (numbers[0], numbers[1]) if numbers else None


# ---- the cell


def _cell(task: Sweep, result: SweepMap) -> None:
    """The trajectories of the chosen cell, the best one if none was chosen."""
    best = result.best_by(_COLOUR.value)
    cell = _chosen(task) or best
    if cell is None and len(result.conditions) == 2:
        st.info("Both numbers are the landscape's, so no cell is better than another. Click one to see its race.", icon=":material/info:")
        return
    if cell is None:
        st.info("In every cell most of the starts diverged: their numbers overflowed.", icon=":material/info:")
        return

    scenario = result.cell(*cell)
    words = _best_in_words(result, cell) if cell == best else f"**Chosen**: {plain(result.described(*cell))}"
    use = partial(_use, scenario, _entrant(), result.described(*cell))
    hand_over(words, "Use in the race", ":material/sprint:", use, "Gives the scenario these values.")
    if race := attempt(lambda: race_of(scenario)):
        player(race, theme(), ("map", "loss"), "sweep player", lambda: None, board=False)  # the starts are the scenario's


def _best_in_words(result: SweepMap, cell: tuple[int, int]) -> str:
    """The best cell; where one number is the landscape's, the best under the condition that is nearest to the scenario's own."""
    sweep = result.sweep
    if len(result.conditions) != 1:
        return f"**Best**: {plain(result.described(*cell))}"
    condition, choice = (sweep.x, sweep.y) if result.conditions[0] == "x" else (sweep.y, sweep.x)
    known, own = quantities(sweep.scenario), quantities(result.cell(*cell))
    return f"**Best for {plain(described(known, own, condition))}**, the nearest to the scenario's: {plain(described(known, own, choice))}"


def _use(cell: Scenario, entrant: int, words: str) -> None:
    """Give the scenario the cell's values."""

    def used(now: Scenario) -> Scenario:
        return cell.replace(optimizers=(*now.optimizers[:entrant], cell.optimizers[0], *now.optimizers[entrant + 1 :]))

    session().change("sweep", used, f"In the race now: {words}.")
