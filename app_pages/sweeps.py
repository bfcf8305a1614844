"""The Sweeps page: two quantities against each other, a run from every start in each cell."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app_pages.frame import frame
from app_pages.jobs import status, watch
from app_pages.presets import presets
from app_pages.races import race_of
from app_pages.state import ALL, change, complaint, current, heard, mend, note, put, refuse, setting, setting_among, show, stay
from app_pages.widgets import own_setting, theme
from lab.axes import Axis, axis_for, default_axes
from lab.jobs import Job
from lab.quantities import alone, quantities
from lab.sweeps import Sweep, SweepMap, check_axes, is_noisy
from lab.theory import predicted
from parameters import short
from scenario import Scenario

_KEY = "sweep"
OWN = {"entrant": "0", "boxes": "", "cells": "41", "by": "final loss", "cell": "", "seeds": "5"}
"""The page's own settings, with what they are if nothing is said."""
_CELLS = {count: f"{count} × {count}" for count in ("21", "41", "81", "161")}
_SEEDS = {str(count): str(count) for count in (1, 3, 5, 10, 20)}
_BY = {"final loss": "Final loss", "steps": "Steps to tolerance", "converged": "Share converged"}
_HEIGHT = 470
_APART = "|"
"""Between the boxes of the way in, from the first sweep to the present one."""


def page() -> None:
    """Draw the page."""
    frame("sweeps", presets, _picture, OWN)


# ---- what is swept


def _entrant() -> int:
    """The number of the optimizer that is swept."""
    (number,) = _numbers("entrant", len(current().optimizers)) or (0,)
    return number


def _numbers(name: str, *counts: int) -> tuple[int, ...]:
    """One of the page's own settings as numbers from 0, each below its count; none where the link says what cannot be, which is told."""
    texts = setting(name).split(",") if setting(name) else []
    numbers = tuple(int(text) for text in texts if text.isdecimal() and len(text) < 6)
    if texts and (len(numbers) != len(counts) or len(texts) != len(counts) or any(map(int.__ge__, numbers, counts))):
        refuse(name, OWN[name], "cannot be here and was left out")
        return ()
    return numbers


def _count() -> int:
    """Cells along each side."""
    return int(setting_among("cells", list(_CELLS), OWN["cells"]))


def _swept() -> Scenario:
    return alone(current(), _entrant())


def _boxes() -> list[tuple[Axis, Axis]]:
    """The boxes from the first sweep to the present one; the usual one where none was chosen or what a link says cannot be."""
    scenario, count = _swept(), _count()
    try:
        boxes = []
        for box in setting("boxes").split(_APART) if setting("boxes") else ():
            x, _, y = box.partition(";")
            boxes.append((Axis.from_text(x, count), Axis.from_text(y, count)))
            check_axes(scenario, *boxes[-1])
    except (KeyError, TypeError, ValueError) as error:
        note(f"the sweep begins anew: {error.args[0]}")
        mend(boxes="")
        boxes = []
    return boxes or [default_axes(scenario, count)]


def _go(boxes: list[tuple[Axis, Axis]]) -> None:
    put(boxes=_APART.join(f"{x.text};{y.text}" for x, y in boxes), cell="")


def _sweep(boxes: list[tuple[Axis, Axis]]) -> Sweep:
    scenario = _swept()
    seeds = int(setting_among("seeds", list(_SEEDS), OWN["seeds"])) if is_noisy(scenario, *boxes[-1]) else 1
    return Sweep(scenario, *boxes[-1], seeds=seeds)


# ---- the page


def _picture() -> None:
    boxes = _boxes()
    with st.container(key="choices"):
        _choices(boxes[-1])
    try:
        task = _sweep(boxes)
    except ValueError as error:
        st.error(complaint(error), icon=":material/error:")
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
    labels = current().labels()
    columns[0].selectbox(
        "Optimizer",
        range(len(labels)),
        index=_entrant(),
        key=show("entrant", _entrant()),
        format_func=labels.__getitem__,
        on_change=heard("entrant", lambda entrant: put(entrant=str(entrant), boxes="", cell="")),
    )
    for column, name, place in ((columns[1], "Across", 0), (columns[2], "Up", 1)):
        others = [key for key in known if key != axes[1 - place].key]
        column.selectbox(
            name,
            others,
            index=others.index(axes[place].key),
            key=show(f"axis {place}", axes[place].key),
            format_func=lambda key: known[key].title[0].upper() + known[key].title[1:],
            on_change=heard(f"axis {place}", partial(_sweep_another, axes, place)),
            help="The quantity along this axis of the map.",
        )
    own_setting(columns[3], "Cells", "cells", _CELLS, OWN["cells"], cell="")
    own_setting(columns[4], "Colour", "by", _BY, OWN["by"])
    if noisy:
        own_setting(columns[5], "Seeds", "seeds", _SEEDS, OWN["seeds"], "Noise differs from seed to seed: the median over so many counts.")


def _sweep_another(axes: tuple[Axis, Axis], place: int, key: str) -> None:
    """Another quantity along one of the axes: the way in begins anew."""
    fresh = axis_for(_swept(), key, _count())
    _go([(fresh, axes[1]) if place == 0 else (axes[0], fresh)])


def _map(task: Sweep, job: Job[SweepMap] | None, boxes: list[tuple[Axis, Axis]]) -> None:
    """The map, the way in, and what theory says."""
    status(job, task, "Sweeping")
    if job and job.result:
        _drawn(task, job.result, boxes)


def _drawn(task: Sweep, result: SweepMap, boxes: list[tuple[Axis, Axis]]) -> None:
    from figures.sweeps import sweep_map
    from player.chart import chart

    colours = theme()
    theory = predicted(task)
    figure = sweep_map(result, colours, setting_among("by", list(_BY), OWN["by"]), theory, _chosen(task))
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
                help=f"Back to {_in_words(axes)}",
                on_click=_go,
                args=(boxes[: depth + 1],),
            )
        st.caption("Drag a box to sweep it more finely, click a cell to play it." if len(boxes) == 1 else _in_words(boxes[-1]))


def _in_words(axes: tuple[Axis, Axis]) -> str:
    known = quantities(_swept())
    return ", ".join(f"{known[axis.key].title} {short(axis.low)} to {short(axis.high)}" for axis in axes)


def _picked(task: Sweep, boxes: list[tuple[Axis, Axis]]) -> None:
    """A cell to play, or a box to sweep more finely."""
    pick = st.session_state[_KEY].pick
    if pick["kind"] == "point":
        x, y = task.nearest(*pick["at"])
        put(cell=f"{x},{y}")
        return
    try:
        finer = task.narrowed(pick["x"], pick["y"])
    except ValueError as error:
        st.toast(complaint(error), icon=":material/error:")
        return
    _go([*boxes, (finer.x, finer.y)])


def _chosen(task: Sweep) -> tuple[int, int] | None:
    """The cell that was chosen, as its column and row."""
    numbers = _numbers("cell", task.x.count, task.y.count)
    return (numbers[0], numbers[1]) if numbers else None


# ---- the cell


def _cell(task: Sweep, result: SweepMap) -> None:
    """The trajectories of the chosen cell, the best one if none was chosen."""
    best = result.best_by(setting_among("by", list(_BY), OWN["by"]))
    cell = _chosen(task) or best
    if cell is None:
        st.info("In no cell did most of the starts stay within the range of numbers: every one diverged.", icon=":material/info:")
        return

    from player.component import player

    scenario = result.cell(*cell)
    left, right = st.columns([3, 2], vertical_alignment="center")
    left.markdown(f"**{'Best' if cell == best else 'Chosen'}**: {result.described(*cell)}")
    right.button(
        "Use in the race",
        icon=":material/sprint:",
        width="stretch",
        on_click=_use,
        args=(scenario, _entrant(), result.described(*cell)),
        help="Gives the scenario these values.",
    )
    try:
        player(race_of(scenario), theme(), ("map", "loss"), "sweep player", stay, board=False)  # the starts are the scenario's
    except ValueError as error:
        st.error(complaint(error), icon=":material/error:")


def _use(cell: Scenario, entrant: int, described: str) -> None:
    """Give the scenario the cell's values."""

    def used(now: Scenario) -> Scenario:
        return cell.replace(optimizers=(*now.optimizers[:entrant], cell.optimizers[0], *now.optimizers[entrant + 1 :]))

    change("sweep", used, f"In the race now: {described}.", ALL)
