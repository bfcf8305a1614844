"""What is saved of a page of the lab: a picture of one of its charts, and the whole page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from exports.files import OF_A_PIXEL, FileTask
from exports.findings import findings_of
from exports.size import Size
from figures import THEMES
from simulation.progress import Progress

_OF_A_PAGE = 10_000_000
"""What it takes to make a page, counted likewise."""


@dataclass(frozen=True)
class LabPicture(FileTask):
    """A picture of a chart of a result of the lab.

    Args:
        task: what was computed.
        shown: the chart, by its title in `exports.findings`.
        form: one of `exports.size.FORMATS`.
        size, theme: in pixels; "light" or "dark".
        link: to what is shown; "" where there is none.
        caption: one of `exports.caption.HOW`.
        result: what was found.
    """

    task: Any
    shown: str
    form: str
    size: Size
    theme: str
    link: str
    caption: str
    result: Any = field(compare=False, repr=False)

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return OF_A_PIXEL * self.size.width * self.size.height

    def make(self, progress: Progress | None) -> bytes:
        """The picture. Arguments and errors as for `FileTask.make`."""
        from exports.lab_settings import lab_caption
        from exports.plotted import figure_picture

        findings = findings_of(self.result)
        chart = findings.chart(self.shown)
        words = " ".join(filter(None, (findings.words, chart.about)))
        caption = lab_caption(findings, self.link, f"{findings.title}: {chart.title.lower()}")
        return figure_picture(chart.draw, self.form, self.size, THEMES[self.theme], caption, words, self.caption)


@dataclass(frozen=True)
class LabPage(FileTask):
    """A page of the lab as one HTML file.

    Args:
        task: what was computed.
        link: to what is shown; "" where there is none.
        made: the day on which it is saved.
        result: what was found.
    """

    task: Any
    link: str
    made: date
    result: Any = field(compare=False, repr=False)

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return _OF_A_PAGE

    def make(self, progress: Progress | None) -> bytes:
        """The page. Arguments and errors as for `FileTask.make`."""
        from exports.lab_page import lab_page

        return lab_page(findings_of(self.result), self.link, self.made).encode()
