"""The Sweeps page: two quantities against each other, a run from every start in each cell."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app_pages.claims import titled
from app_pages.frame import frame
from app_pages.jobs import status, watch
from app_pages.presets import presets
from app_pages.races import race_of
from app_pages.session import capitalized, sentence, session, value_of
from app_pages.settings import Selection, Setting, number_below
from app_pages.widgets import attempt, shows, theme
from figures.sweeps import sweep_map
from lab.axes import Axis, axis_for, default_axes
from lab.jobs import Job
from lab.quantities import alone, quantities
from lab.sweeps import Sweep, SweepMap, check_axes, is_noisy
from lab.theory import predicted
from parameters import short
from player.chart import chart
from player.component import player
from player.markdown import plain
from scenario import Scenario

_KEY = "sweep"
_ENTRANT = Setting("sweeps", "entrant", "0")
"""The optimizer that is swept, counted from 0."""
_BOXES = Setting("sweeps", "boxes")
"""The boxes that were dragged, from the first sweep to the present one, with `_BETWEEN` between them."""
_CELL = Setting("sweeps", "cell")
"""The cell that was clicked, as its column and row."""
_COUNTS = {count: f"{count} × {count}" for count in ("21", "41", "81", "161")}
_CELLS = Selection("sweeps", "cells", "41", "Cells", _COUNTS, resets=(_CELL,))
_MEASURES = {"final loss": "Final loss", "steps": "Steps to tolerance", "converged": "Share converged"}
_COLOUR = Selection("sweeps", "by", "final loss", "Colour", _MEASURES)
_COUNTS_OF_SEEDS = {str(count): str(count) for count in (1, 3, 5, 10, 20)}
_SEEDS = Selection(
    "sweeps", "seeds", "5", "Seeds", _COUNTS_OF_SEEDS, "Noise differs from seed to seed; the median over this many seeds is shown."
)
_CLAIM = "Every cell is a race with the two numbers of its place, and its colour tells how that went."
_HEIGHT = 470
_BETWEEN = "|"


def page() -> None:
    """Draw the page."""
    frame("sweeps", presets, _picture, title=lambda: titled("Sweep"), claim=lambda: _CLAIM)


# ---- what is swept


def _entrant() -> int:
    """The number of the optimizer that is swept."""
    (number,) = _numbers(_ENTRANT, len(session().scenario.optimizers)) or (0,)
    return number


def _numbers(setting: Setting, *counts: int) -> tuple[int, ...]:
    """A setting as numbers from 0, each below its count; none where the link says something else, which the user is told."""
    texts = setting.value.split(",") if setting.value else []
    numbers = [number_below(count, text) for count, text in zip(counts, texts, strict=False)]
    found = tuple(number for number in numbers if number is not None)
    if texts and not len(found) == len(texts) == len(counts):
        setting.refuse("does not exist here and was left out")
        return ()
    return found


def _count() -> int:
    """Cells along each side."""
    return int(_CELLS.value)


def _swept() -> Scenario:
    return alone(session().scenario, _entrant())


def _boxes() -> list[tuple[Axis, Axis]]:
    """The boxes from the first sweep to the present one; the usual one where none was dragged, or where the link's are not possible."""
    scenario, count = _swept(), _count()
    try:
        boxes = []
        for box in _BOXES.value.split(_BETWEEN) if _BOXES.value else ():
            x, _, y = box.partition(";")
            boxes.append((Axis.from_text(x, count), Axis.from_text(y, count)))
            check_axes(scenario, *boxes[-1])
    except (KeyError, TypeError, ValueError) as error:
        session().note(f"the sweep starts over: {error.args[0]}")
        _BOXES.correct("")
        boxes = []
    return boxes or [default_axes(scenario, count)]


def _go(boxes: list[tuple[Axis, Axis]]) -> None:
    _BOXES.set(_BETWEEN.join(f"{x.text};{y.text}" for x, y in boxes))
    _CELL.set("")


def _sweep(boxes: list[tuple[Axis, Axis]]) -> Sweep:
    scenario = _swept()
    seeds = int(_SEEDS.value) if is_noisy(scenario, *boxes[-1]) else 1
    return Sweep(scenario, *boxes[-1], seeds=seeds)


# ---- the page


def _picture() -> None:
    boxes = _boxes()
    with st.container(key="choices"):
        _choices(boxes[-1])
    task = attempt(lambda: _sweep(boxes))
    if task is None:
        return
    left, right = st.columns([1.35, 1], gap="medium")
    with left:
        job = watch(task, lambda job: _map(task, job, boxes))
    with right:
        if job and job.result:
            _cell(task, job.result)


def _choices(axes: tuple[Axis, Axis]) -> None:
    """What is swept against what, how finely, and what the colours tell."""
    scenario = _swept()
    known, noisy = quantities(scenario), is_noisy(scenario, *axes)
    columns = st.columns([1.3, 1.3, 1.3, 0.8, 1.2, *([0.7] if noisy else [])])
    labels = session().scenario.labels()
    columns[0].selectbox(
        "Optimizer",
        range(len(labels)),
        index=_entrant(),
        format_func=labels.__getitem__,
        **shows("entrant", _entrant(), _choose_entrant),
    )
    for column, name, side in ((columns[1], "Across", 0), (columns[2], "Up", 1)):
        others = [key for key in known if key != axes[1 - side].key]
        column.selectbox(
            name,
            others,
            index=others.index(axes[side].key),
            format_func=lambda key: capitalized(known[key].title),
            help="The quantity along this axis of the map.",
            **shows(f"axis {side}", axes[side].key, partial(_choose_axis, axes, side)),
        )
    _CELLS.choose(columns[3])
    _COLOUR.choose(columns[4])
    if noisy:
        _SEEDS.choose(columns[5])


def _choose_entrant(entrant: int) -> None:
    """Another optimizer: its sweep starts over."""
    _ENTRANT.set(str(entrant))
    _go([])


def _choose_axis(axes: tuple[Axis, Axis], side: int, key: str) -> None:
    """Another quantity along one of the axes, across (0) or up (1): the sweep starts over."""
    fresh = axis_for(_swept(), key, _count())
    _go([(fresh, axes[1]) if side == 0 else (axes[0], fresh)])


def _map(task: Sweep, job: Job[SweepMap] | None, boxes: list[tuple[Axis, Axis]]) -> None:
    """The map, the way in, and what theory says."""
    status(job, task, "Sweeping")
    if job and job.result:
        _drawn(task, job.result, boxes)


def _drawn(task: Sweep, result: SweepMap, boxes: list[tuple[Axis, Axis]]) -> None:
    colours = theme()
    theory = predicted(task)
    figure = sweep_map(result, colours, _COLOUR.value, theory, _chosen(task))
    chart(figure, colours, _KEY, lambda: _picked(task, boxes), box=True, height=_HEIGHT)
    _way(boxes)
    if theory and theory.limit:
        st.markdown(rf"Theory: stable below $\eta = {theory.limit}$.", help="Where the surface is quadratic and the method linear.")


def _way(boxes: list[tuple[Axis, Axis]]) -> None:
    """The boxes on the way in, each a way back."""
    with st.container(horizontal=True, gap="small", key="way", vertical_alignment="center"):
        for depth, axes in enumerate(boxes[:-1]):
            st.button(
                "Whole" if depth == 0 else f"Box {depth}",
                key=f"way {depth}",
                icon=":material/zoom_out_map:" if depth == 0 else ":material/chevron_right:",
                help=f"Back to {plain(_in_words(axes))}",
                on_click=_go,
                args=(boxes[: depth + 1],),
            )
        st.caption("Drag a box to sweep it more finely, click a cell to play it." if len(boxes) == 1 else plain(_in_words(boxes[-1])))


def _in_words(axes: tuple[Axis, Axis]) -> str:
    known = quantities(_swept())
    return ", ".join(f"{known[axis.key].title} {short(axis.low)} to {short(axis.high)}" for axis in axes)


def _picked(task: Sweep, boxes: list[tuple[Axis, Axis]]) -> None:
    """A cell to play, or a box to sweep more finely."""
    pick = value_of(_KEY).pick
    if pick["kind"] == "point":
        x, y = task.nearest(*pick["at"])
        _CELL.set(f"{x},{y}")
        return
    try:
        finer = task.narrowed(pick["x"], pick["y"])
    except ValueError as error:
        session().tell(sentence(error))
        return
    _go([*boxes, (finer.x, finer.y)])


def _chosen(task: Sweep) -> tuple[int, int] | None:
    """The cell that was chosen, as its column and row."""
    numbers = _numbers(_CELL, task.x.count, task.y.count)
    return (numbers[0], numbers[1]) if numbers else None


# ---- the cell


def _cell(task: Sweep, result: SweepMap) -> None:
    """The trajectories of the chosen cell, the best one if none was chosen."""
    best = result.best_by(_COLOUR.value)
    cell = _chosen(task) or best
    if cell is None:
        st.info("In every cell most of the starts diverged: their numbers overflowed.", icon=":material/info:")
        return

    scenario = result.cell(*cell)
    left, right = st.columns([3, 2], vertical_alignment="center")
    left.markdown(f"**{'Best' if cell == best else 'Chosen'}**: {plain(result.described(*cell))}")
    right.button(
        "Use in the race",
        icon=":material/sprint:",
        width="stretch",
        on_click=_use,
        args=(scenario, _entrant(), result.described(*cell)),
        help="Gives the scenario these values.",
    )
    if race := attempt(lambda: race_of(scenario)):
        player(race, theme(), ("map", "loss"), "sweep player", lambda: None, board=False)  # the starts are the scenario's


def _use(cell: Scenario, entrant: int, described: str) -> None:
    """Give the scenario the cell's values."""

    def used(now: Scenario) -> Scenario:
        return cell.replace(optimizers=(*now.optimizers[:entrant], cell.optimizers[0], *now.optimizers[entrant + 1 :]))

    session().change("sweep", used, f"In the race now: {described}.")
