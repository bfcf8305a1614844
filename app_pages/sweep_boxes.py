"""What pages of sweeps have in common: the boxes dragged on the way in, what is swept along the axes, and the cell that was chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, Self

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app_pages.session import capitalized, sentence, session
from app_pages.settings import Selection, Setting, number_below
from app_pages.widgets import shows
from lab.axes import Axis, axis_for, default_axes
from lab.quantities import quantities
from lab.sweeps import check_axes
from parameters import short
from player.markdown import plain
from scenario.setup import Setup

Axes = tuple[Axis, Axis]
_BETWEEN = "|"


class Sweepable(Protocol):
    """The task of a sweep."""

    @property
    def x(self) -> Axis:
        """The axis across."""

    @property
    def y(self) -> Axis:
        """The axis up."""

    def nearest(self, x: float, y: float) -> tuple[int, int]:
        """The column and row of the cell nearest to a point."""

    def narrowed(self, x: tuple[float, float], y: tuple[float, float]) -> Self:
        """The finer sweep of a box."""


@dataclass(frozen=True)
class Boxes:
    """The boxes of a page of sweeps.

    Attributes:
        page: its name.
        swept: gives what is swept.
        cells: how many cells each side has.
        boxes: those that were dragged, from the first sweep to the present one, with `_BETWEEN` between them.
        cell: the cell that was chosen, as its column and row, and what else tells it.
    """

    page: str
    swept: Callable[[], Setup]
    cells: Selection
    boxes: Setting
    cell: Setting

    @property
    def count(self) -> int:
        """Cells along each side."""
        return int(self.cells.value)

    def all(self) -> list[Axes]:
        """The boxes from the first sweep to the present one; the usual one where none was dragged, or where the link's are not possible.

        The address names the usual one, too: which one that is may change with a later version. It goes on following what is swept.
        """
        setup, count = self.swept(), self.count
        try:
            boxes = []
            for box in self.boxes.value.split(_BETWEEN) if self.boxes.value else ():
                x, _, y = box.partition(";")
                boxes.append((Axis.from_text(x, count), Axis.from_text(y, count)))
                check_axes(setup, *boxes[-1])
        except (KeyError, TypeError, ValueError) as error:
            session().note(f"the sweep starts over: {error.args[0]}")
            self.boxes.correct("")
            boxes = []
        usual = [default_axes(setup, count)]
        if not boxes or boxes == usual:
            self.boxes.correct("")
            session().named[self.boxes.name] = _text_of(usual)
        return boxes or usual

    def go(self, boxes: list[Axes]) -> None:
        """Show the last of some boxes, for a callback; the usual one if there are none."""
        self.boxes.set(_text_of(boxes))
        self.cell.set("")

    def choose_axes(self, columns: tuple[DeltaGenerator, DeltaGenerator], axes: Axes) -> None:
        """Show what is swept across and up, to be chosen."""
        known = quantities(self.swept())
        for column, name, side in zip(columns, ("Across", "Up"), (0, 1), strict=True):
            others = [key for key in known if key != axes[1 - side].key]
            column.selectbox(
                name,
                others,
                index=others.index(axes[side].key),
                format_func=lambda key: capitalized(known[key].title),
                help="The quantity along this axis of the map.",
                **shows(f"{self.page} axis {side}", axes[side].key, partial(self._choose_axis, axes, side)),
            )

    def _choose_axis(self, axes: Axes, side: int, key: str) -> None:
        """Another quantity along one of the axes, across (0) or up (1): the sweep starts over."""
        fresh = axis_for(self.swept(), key, self.count)
        self.go([(fresh, axes[1]) if side == 0 else (axes[0], fresh)])

    def way(self, boxes: list[Axes]) -> None:
        """Show the boxes on the way in, each a way back."""
        with st.container(horizontal=True, gap="small", key="way", vertical_alignment="center"):
            for depth, axes in enumerate(boxes[:-1]):
                st.button(
                    "Whole" if depth == 0 else f"Box {depth}",
                    key=f"way {depth}",
                    icon=":material/zoom_out_map:" if depth == 0 else ":material/chevron_right:",
                    help=f"Back to {plain(self._in_words(axes))}",
                    on_click=self.go,
                    args=(boxes[: depth + 1],),
                )
            told = "Drag a box to sweep it more finely, click a cell to play it."
            st.caption(told if len(boxes) == 1 else plain(self._in_words(boxes[-1])))

    def _in_words(self, axes: Axes) -> str:
        known = quantities(self.swept())
        return ", ".join(f"{known[axis.key].title} {short(axis.low)} to {short(axis.high)}" for axis in axes)

    def pick(self, pick: dict[str, Any], task: Sweepable, boxes: list[Axes], beside: str = "") -> None:
        """Take up what was chosen in a map, for a callback: a cell to play, or a box to sweep more finely.

        Args:
            pick: what its chart reports.
            task: the present sweep.
            boxes: on the way to it.
            beside: what tells the cell beside its column and row.
        """
        if pick["kind"] == "point":
            x, y = task.nearest(*pick["at"])
            self.cell.set(f"{x},{y}{beside}")
            return
        try:
            finer = task.narrowed(pick["x"], pick["y"])
        except ValueError as error:
            session().tell(sentence(error))
            return
        self.go([*boxes, (finer.x, finer.y)])


def _text_of(boxes: list[Axes]) -> str:
    return _BETWEEN.join(f"{x.text};{y.text}" for x, y in boxes)


def numbers_of(setting: Setting, *counts: int) -> tuple[int, ...]:
    """A setting as numbers from 0, each below its count; none where the link says something else, which the user is told."""
    texts = setting.value.split(",") if setting.value else []
    numbers = [number_below(count, text) for count, text in zip(counts, texts, strict=False)]
    found = tuple(number for number in numbers if number is not None)
    if texts and not len(found) == len(texts) == len(counts):
        setting.refuse("does not exist here and was left out")
        return ()
    return found
