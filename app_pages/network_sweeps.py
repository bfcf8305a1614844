"""The page of sweeps of networks: two numbers of an experiment against each other, without and with batch normalization side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from app_pages.frame import frame
from app_pages.jobs import watch
from app_pages.network_controls import network_sidebar
from app_pages.presets import presets
from app_pages.races import comparison_of, measured
from app_pages.session import session, value_of
from app_pages.settings import Selection, Setting
from app_pages.share_lab import share_lab
from app_pages.sweep_boxes import Axes, Boxes, numbers_of
from app_pages.widgets import attempt, hand_over, shows, theme
from figures.colourings import NETWORK_MEASURES
from figures.network_sweeps import network_sweep_maps
from lab.network_sweeps import NORMALIZATIONS, NetworkMaps, NetworkSweep
from lab.quantities import INITIAL, OPTIMIZER
from parameters import Declared
from player.chart import chart
from player.component import trainer
from player.markdown import plain
from scenario import Choice, Experiment
from scenario.address import join
from scenario.setup import labels_of

_PAGE, _KEY = "network_sweeps", "network sweep"
_ENTRANT, _INITIAL = Setting(_PAGE, "entrant", "0", "Optimizer"), Setting(_PAGE, "begun", "0", "Initialization")
"""The optimizer and the initialization that are swept, counted from 0."""
_CELL = Setting(_PAGE, "cell")
"""The cell that was clicked: its column, its row, and the number of its map."""
_COUNTS = {count: f"{count} × {count}" for count in ("8", "12", "24")}
_CELLS = Selection(_PAGE, "cells", "12", "Cells", _COUNTS, resets=(_CELL,))
_COLOUR = Selection(
    _PAGE, "by", "final loss", "Colour", NETWORK_MEASURES, "To learn is to come down to a quarter of the loss of the best constant answer."
)
_CLAIM = "Every cell is a network, trained with the two numbers of its place: batch normalization widens the region that learns."
_HEIGHT = 400


def page() -> None:
    """Draw the page."""
    frame(_PAGE, _header, _picture, title=_title, claim=lambda: _CLAIM, controls=partial(network_sidebar, both=True))


def _header() -> None:
    presets()
    share_lab(NetworkSweep, _title)


def _title() -> str:
    return f"Sweep · {session().experiment.title}"


def _chosen_parts() -> tuple[int, int]:
    """The numbers of the optimizer and of the initialization that are swept."""
    now = session().experiment
    (entrant,) = numbers_of(_ENTRANT, len(now.optimizers)) or (0,)
    (initial,) = numbers_of(_INITIAL, len(now.initials)) or (0,)
    return entrant, initial


def _swept() -> Experiment:
    now, (entrant, initial) = session().experiment, _chosen_parts()
    return now.replace(optimizers=(now.optimizers[entrant],), initials=(now.initials[initial],), batch_norm=False, variants=(), points=())


_BOXES = Boxes(_PAGE, _swept, _CELLS, Setting(_PAGE, "boxes"), _CELL)


def _picture() -> None:
    boxes = _BOXES.all()
    with st.container(key="choices"):
        _choices(boxes[-1])
    task = attempt(lambda: NetworkSweep(_swept(), *boxes[-1]))
    if task is None:
        return
    job = watch(task, lambda _: "Training networks")
    if job and job.result:
        _maps(task, job.result, boxes)
        _cell(task, job.result)
    elif len(boxes) > 1:
        _BOXES.way(boxes)  # who does not want to wait for a box finds the way back


def _choices(axes: Axes) -> None:
    """What is swept against what, how finely, and what the colours tell."""
    now, (entrant, initial) = session().experiment, _chosen_parts()
    swept = {axis.key for axis in axes}
    methods, begun = _telling(now.optimizers, OPTIMIZER, swept), _telling(now.initials, INITIAL, swept)
    lists: list[tuple[str, Setting, int, dict[int, Choice], Any]] = [("Optimizer", _ENTRANT, entrant, methods, _optimizers)]
    lists += [("Initialization", _INITIAL, initial, begun, _initials)]
    lists = [each for each in lists if len(set(each[3].values())) > 1]
    columns = st.columns([*(1.3 for _ in lists), 1.3, 1.3, 0.8, 1.2])
    for column, (name, setting, index, choices, built) in zip(columns, lists, strict=False):
        different = {choice: at for at, choice in reversed(choices.items())}
        shown = sorted(different.values())
        labels = dict(zip(shown, labels_of(built(now, [choices[at] for at in shown])), strict=True))
        at = different[choices[index]]
        column.selectbox(
            name,
            shown,
            index=shown.index(at),
            format_func=labels.__getitem__,
            **shows(f"{_PAGE}.{setting.name}", at, partial(_choose_part, setting)),
        )
    across, up, cells, colour = columns[len(lists) :]
    _BOXES.choose_axes((across, up), axes)
    _CELLS.choose(cells)
    _COLOUR.choose(colour)


def _telling(choices: Sequence[Choice], part: str, swept: set[str]) -> dict[int, Choice]:
    """The optimizers or initializations by their numbers, without the settings that are swept: in these they do not differ here.

    Args:
        choices: those of the experiment.
        part: the address of the only one in a sweep.
        swept: the addresses of what is swept.
    """
    return {
        index: Choice.of(each.name, **{name: value for name, value in each.settings if join(part, name) not in swept})
        for index, each in enumerate(choices)
    }


def _optimizers(now: Experiment, chosen: list[Choice]) -> Sequence[Declared]:
    return now.replace(optimizers=tuple(chosen)).build_optimizers()


def _initials(now: Experiment, chosen: list[Choice]) -> Sequence[Declared]:
    return now.replace(initials=tuple(chosen)).build_initials()


def _choose_part(setting: Setting, index: int) -> None:
    """Another optimizer or initialization: its sweep starts over."""
    setting.set(str(index))
    _BOXES.go([])


def _maps(task: NetworkSweep, result: NetworkMaps, boxes: list[Axes]) -> None:
    """The maps side by side, and the way in."""
    if not task.experiment.widths and "depth" not in (task.x.key, task.y.key):
        st.caption("Without hidden layers batch normalization has nothing to normalize: both maps are the same.")
    colours = theme()
    figures = network_sweep_maps(result, colours, _COLOUR.value, _chosen(task))
    for index, (column, figure) in enumerate(zip(st.columns(len(figures), gap="small"), figures, strict=True)):
        with column:
            key = f"{_KEY} {index}"
            chart(figure, colours, key, partial(_picked, key, index, task, boxes), box=True, height=_HEIGHT)
    _BOXES.way(boxes)


def _picked(key: str, index: int, task: NetworkSweep, boxes: list[Axes]) -> None:
    _BOXES.pick(value_of(key).pick, task, boxes, f",{index}")


def _chosen(task: NetworkSweep) -> tuple[int, int, int] | None:
    """The cell that was chosen: its column, its row, and the number of its map."""
    numbers = numbers_of(_CELL, task.x.count, task.y.count, len(NORMALIZATIONS))
    return (numbers[0], numbers[1], numbers[2]) if numbers else None


def _cell(task: NetworkSweep, result: NetworkMaps) -> None:
    """The network of the chosen cell; if none was chosen, of the best one with batch normalization, else without."""
    cell = _chosen(task)
    if cell is None:
        best = [(*place, index) for index, each in enumerate(result.maps) if (place := each.best_by(_COLOUR.value))]
        if not best:
            st.info("No cell has this measure: choose another colour.", icon=":material/info:")
            return
        cell = best[-1]
    column, row, index = cell
    chosen = result.maps[index]
    experiment, described = chosen.cell(column, row), chosen.described(column, row)
    if experiment.widths:  # else there is nothing to normalize
        described += f", {chosen.title.lower()}"
    words, use = f"**{'Chosen' if _CELL.value else 'Best'}**: {plain(described)}", partial(_use, experiment, described)
    hand_over(words, "Use on the Network page", ":material/hub:", use, "Gives the experiment these values.", share=3)
    if comparison := attempt(lambda: comparison_of(experiment)):
        measured(comparison, session().panels)
        trainer(comparison, theme(), session().panels, "sweep trainer", board=False)


def _use(cell: Experiment, described: str) -> None:
    """Give the experiment the cell's values."""
    entrant, initial = _chosen_parts()

    def used(now: Experiment) -> Experiment:
        optimizers, initials = list(now.optimizers), list(now.initials)
        optimizers[entrant], initials[initial] = cell.optimizers[0], cell.initials[0]
        return cell.replace(optimizers=tuple(optimizers), initials=tuple(initials))

    session().change("sweep", used, f"On the Network page now: {described}.")
