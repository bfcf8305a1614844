"""What is saved of a page of the lab: a picture of one of its charts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from exports.files import OF_A_PIXEL, FileTask
from exports.findings import findings_of
from exports.size import Size
from figures import THEMES
from simulation.progress import Progress


@dataclass(frozen=True)
class LabPicture(FileTask):
    """A picture of a chart of a result of the lab.

    Args:
        task: what was computed.
        shown: the chart, by its title in `exports.findings`.
        form: one of `exports.plotted.PLOTTED`.
        size, theme: in pixels; "light" or "dark".
        link: to what is shown; "" where there is none.
        result: what was found.
    """

    task: Any
    shown: str
    form: str
    size: Size
    theme: str
    link: str
    result: Any = field(compare=False, repr=False)

    @property
    def work(self) -> int:
        """The work that it takes, counted in steps of one trajectory."""
        return OF_A_PIXEL * self.size.width * self.size.height

    def make(self, progress: Progress | None) -> bytes:
        """The picture. Arguments and errors as for `FileTask.make`."""
        from exports.plotted import figure_picture

        findings = findings_of(self.result)
        chart = findings.chart(self.shown)
        words = " ".join(filter(None, (findings.words, chart.about)))
        return figure_picture(chart.draw, self.form, self.size, THEMES[self.theme], f"{findings.title}: {chart.title.lower()}", words)
