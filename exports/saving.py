"""Figures of Matplotlib as files, without a browser. Importing this module imports Matplotlib."""

from __future__ import annotations

import io
import re
import threading
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from exports.caption import Caption
from exports.size import FORMATS, Size
from figures import Theme

MATPLOTLIB_LOCK = threading.RLock()
"""To be held while drawing: Matplotlib's settings and its cache of fonts belong to the whole process."""
_SETTINGS: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "descent", "pdf.fonttype": 42}
"""Words stay words in every format."""


def check_format(file_format: str) -> None:
    """Refuse a format that is none of `FORMATS`.

    Raises:
        ValueError: it is none.
    """
    if file_format not in FORMATS:
        raise ValueError(f"a picture can be {', '.join(FORMATS[:-1])} or {FORMATS[-1]}, not {file_format!r}")


def new_figure(size: Size, theme: Theme) -> Figure:
    """An empty figure of so many pixels, in which a point is a CSS pixel of the app."""
    figure = Figure(figsize=(size.width / size.resolution, size.height / size.resolution), dpi=size.resolution)
    FigureCanvasAgg(figure)
    figure.set_facecolor(theme.background)
    return figure


def saved(figure: Figure, file_format: str, size: Size, caption: Caption) -> bytes:
    """The figure as the content of a file in one of `FORMATS`, with all that the caption tells beside it."""
    file = io.BytesIO()
    with matplotlib.rc_context(_SETTINGS):
        figure.savefig(file, format=file_format, dpi=size.resolution, metadata=caption.metadata(file_format))
    return _in_pixels(file.getvalue().decode(), size).encode() if file_format == "svg" else file.getvalue()


def _in_pixels(svg: str, size: Size) -> str:
    """An SVG with its width and height in pixels, as asked for, instead of in points."""
    return re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', f'width="{size.width}" height="{size.height}"', svg, count=1)
