"""Draws a caption under a picture: the formula as it is typeset, the settings, the version of Descent, and the link as text and QR code.

Lengths are CSS pixels, which are points (1/72 inch) in a figure of `exports.size.Size.resolution`. Importing this module imports
Matplotlib.
"""

from __future__ import annotations

import re
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.transforms import Affine2D

from exports.caption import HOW, Caption
from exports.qr_code import QUIET, qr_squares
from exports.to_matplotlib import parse_colour
from figures import Theme
from version import PROGRAM

_MARGIN, _GAP = 10.0, 14.0
"""Around the caption, and between its text and the QR code."""
_SIZE, _LEADING = 10.0, 14.0
"""Of the text: the type, and from line to line."""
_FORMULA, _SMALLEST_FORMULA = 13.0, 8.0
_MOST_LINES, _MOST_LINK = 3, 2
"""Lines of a short caption's settings, and of a link."""
_MOST_SHORT = 0.08
"""Of the picture's height that a short caption's settings may take, if those are more lines."""
_LEAST_SQUARE = 2
"""Pixels of a QR code's square at least: smaller ones cannot be told apart."""
_MOST_WIDE, _MOST_HIGH = 0.25, 0.3
"""Of the picture's width and height that a QR code takes; a larger one is left out."""
_MOST_TABLE = 0.6
"""Of the picture's height that all settings may take."""
_LONGEST = 400
"""Letters of a setting in the table: of one's own data the rest stands in the file only."""
_COLUMN = 240.0
"""How wide a column of all settings is at least."""
_MUTED = 0.72
"""The opacity of the text but the formula."""


def draw_caption(figure: Figure, caption: Caption, theme: Theme, how: str = "short") -> float:
    """Draw it at the foot of a figure.

    Args:
        figure: with a size and a resolution.
        caption: what it says.
        theme: light or dark.
        how: one of `exports.caption.HOW`.

    Returns:
        The share of the figure's height that it takes: whatever else is drawn has to stay above that.

    Raises:
        ValueError: there is no such way, or all settings need a higher picture.
    """
    if how not in HOW:
        raise ValueError(f"there is no caption {how!r}; there are: {', '.join(HOW)}")
    if how == "none":
        return 0.0
    return _Footer(figure, caption, theme).draw(how == "full")


class _Footer:
    def __init__(self, figure: Figure, caption: Caption, theme: Theme) -> None:
        self.figure, self.caption, self.theme = figure, caption, theme
        self.width, self.height = (72 * side for side in figure.get_size_inches())
        self.code = self._code()
        side = self.code[1] + _GAP if self.code else 0.0
        self.letters: dict[tuple[str, str], float] = {}
        self.room = self.width - 2 * _MARGIN - side
        canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
        self.renderer = canvas.get_renderer()  # type: ignore[no-untyped-call]

    def _code(self) -> tuple[list[str], float] | None:
        """The rows of squares of the QR code, and its side; None where there is no address, or no room."""
        if "://" not in self.caption.link:
            return None
        try:
            rows = qr_squares(self.caption.link)
        except ValueError:
            return None
        pixel = 72 / self.figure.dpi
        count = len(rows) + 2 * QUIET
        side = max(_LEAST_SQUARE, int(76 / pixel / count)) * pixel * count
        return (rows, side) if side <= min(_MOST_WIDE * self.width, _MOST_HIGH * self.height) else None

    def draw(self, full: bool) -> float:
        link = self._link()
        last = [f"{PROGRAM}  ·  {link[0]}", *link[1:]] if link else [PROGRAM]
        formula = self._formula()
        most = max(_MOST_LINES, int(_MOST_SHORT * self.height / _LEADING))
        table = self._table() if full else [self._wrapped("  ·  ".join(self.caption.essentials), most, "  ·  ")]
        rows = max(map(len, table))
        tall = formula[1] + rows * _LEADING + len(last) * _LEADING + (4 if full else 0)
        band = max(tall, self.code[1] if self.code else 0.0) + 1.4 * _MARGIN
        if band > _MOST_TABLE * self.height:
            raise ValueError(
                f"{'all settings' if full else 'the caption'} would take {band / self.height:.0%} of the picture's height; choose a higher "
                f"picture, or {'a short' if full else 'no'} caption"
            )
        top = band - 0.7 * _MARGIN
        self._rule(band)
        if formula[0]:
            self._place(formula[0], _MARGIN, top - formula[1] + 4)
        top -= formula[1]
        for column, lines in enumerate(table):
            for row, line in enumerate(lines):
                self._write(line, _MARGIN + column * self.room / len(table), top - (row + 0.5) * _LEADING)
        top -= rows * _LEADING
        for row, line in enumerate(last):
            self._write(line, _MARGIN, top - (row + 0.5) * _LEADING)
        if self.code:
            self._squares(*self.code, band)
        return float(band / self.height)

    # ---- what is drawn

    def _write(self, text: str, x: float, y: float) -> None:
        """A line of text, its middle at y; what stands before a tab is bold."""
        bold, tab, rest = text.partition("\t")
        parts = [(bold, "bold"), (rest, "normal")] if tab else [(text, "normal")]
        for part, weight in parts:
            look: dict[str, Any] = {
                "fontsize": _SIZE,
                "color": self.theme.text,
                "alpha": _MUTED,
                "va": "center_baseline",
                "parse_math": False,
            }
            self.figure.text(x / self.width, y / self.height, part, fontweight=weight, **look)
            outlines = TextPath((0, 0), part, size=_SIZE, prop=FontProperties(weight=weight)).get_extents().width
            x += max(outlines, self._measure(part, weight)) + self._measure(" ")  # the one in an SVG, the other in pixels

    def _rule(self, band: float) -> None:
        height = (band - 1) / self.height
        ends = [_MARGIN / self.width, 1 - _MARGIN / self.width]
        self.figure.add_artist(Line2D(ends, [height, height], color=parse_colour(self.theme.line), linewidth=1))

    def _formula(self) -> tuple[Path | None, float]:
        """The formula as outlines, from its left lower corner on, and its height with a margin; none where there is none, or no room."""
        if not self.caption.latex:
            return None, 0.0
        try:
            with mpl.rc_context({"mathtext.fontset": "dejavusans"}):
                drawn = TextPath((0, 0), f"$f(x, y) = {_displayed(self.caption.latex)}$", size=_FORMULA)
        except (ValueError, RuntimeError):
            return None, 0.0
        box = drawn.get_extents()
        scale = min(1.0, self.room / box.width)
        if scale * _FORMULA < _SMALLEST_FORMULA:
            return None, 0.0
        path = drawn.transformed(Affine2D().translate(-box.x0, -box.y0).scale(scale))
        return path, float(scale * box.height) + 8

    def _place(self, path: Path, x: float, y: float) -> None:
        self._fill(path.transformed(Affine2D().translate(x, y)), self.theme.text, True)

    def _squares(self, rows: list[str], side: float, band: float) -> None:
        pixel = 72 / self.figure.dpi
        left, low = (round(place / pixel) * pixel for place in (self.width - _MARGIN - side, (band - side) / 2))
        self._fill(_rectangles([(left, low, side, side)]), "#FFFFFF", False)
        square = side / (len(rows) + 2 * QUIET)
        dark = [
            (left + (QUIET + start) * square, low + side - (QUIET + down + 1) * square, (end - start) * square, square)
            for down, row in enumerate(rows)
            for start, end in _runs(row)
        ]
        self._fill(_rectangles(dark), "#000000", False)

    def _fill(self, path: Path, colour: str, smooth: bool) -> None:
        shares = path.transformed(Affine2D().scale(1 / self.width, 1 / self.height))
        patch = PathPatch(shares, facecolor=colour, linewidth=0, antialiased=smooth, transform=self.figure.transFigure)
        self.figure.add_artist(patch)

    # ---- text that has to fit

    def _measure(self, text: str, weight: str = "normal") -> float:
        """How wide a text is, letter by letter: the same ones come many times."""
        return sum(self._letter(letter, weight) for letter in text)

    def _letter(self, letter: str, weight: str) -> float:
        if (letter, weight) not in self.letters:
            font = FontProperties(size=_SIZE, weight=weight)
            wide = self.renderer.get_text_width_height_descent(f"o{letter}o", font, False)[0]
            bare = self.renderer.get_text_width_height_descent("oo", font, False)[0]
            self.letters[letter, weight] = float(wide - bare) * 72 / self.figure.dpi
        return self.letters[letter, weight]

    def _wrapped(self, text: str, most: int, separator: str, room: float = 0.0) -> list[str]:
        """The text in lines that fit, broken at a separator, or anywhere; what has no room ends in an ellipsis."""
        room = room or self.room
        pieces = text.split(separator) if separator else list(text)
        parts = [(part, not number) for piece in pieces for number, part in enumerate(self._fitting(piece, room))]
        first = self._measure(f"{PROGRAM}  ·  ") if not separator else 0.0  # which stands before a link
        lines: list[str] = [""]
        for part, whole in parts:
            longer = lines[-1] + (separator if lines[-1] and whole else "") + part
            if lines[-1] and self._measure(longer) > room - (first if len(lines) == 1 else 0.0):
                if len(lines) == most:
                    return [*lines[:-1], self._cut(lines[-1], separator, room)]
                lines.append(part)
            else:
                lines[-1] = longer
        return [line for line in lines if line]

    def _cut(self, line: str, separator: str, room: float) -> str:
        """A line with an ellipsis at its end, for which it loses whole pieces, or letters where it has one piece only."""
        while self._measure(f"{line}{separator}…") > room:
            line = line.rpartition(separator)[0] if separator and separator in line else line[:-1]
        return f"{line}{separator}…"

    def _fitting(self, piece: str, room: float) -> list[str]:
        """A piece of text as parts that fit: itself, or words and parameters of a link, or where one of them is too long, its letters."""
        if self._measure(piece) <= room:
            return [piece]
        parts = re.split(r"(?<= )|(?=[&?])", piece)
        return [each for part in parts for each in ([part] if self._measure(part) <= room else part)]

    def _link(self) -> list[str]:
        """The link in lines that fit, broken before a parameter where that cuts no more of it off: "version=0.2." is not read as whole."""
        anywhere = self._wrapped(self.caption.link, _MOST_LINK, "")
        parts = re.split(r"(?=[&?])", self.caption.link)
        first, lines = self._measure(f"{PROGRAM}  ·  "), [""]
        for part in parts:
            if self._measure(lines[-1] + part) <= self.room - (first if len(lines) == 1 else 0.0):
                lines[-1] += part
            else:
                lines.append(part)
        fits = all(self._measure(line) <= self.room for line in lines) and lines[0] and len(lines) <= _MOST_LINK + 1
        return lines if fits and "".join(anywhere) == self.caption.link else anywhere

    def _table(self) -> list[list[str]]:
        """All settings as columns of lines: as many columns as leave the picture the most room."""
        tables = [self._in_columns(columns) for columns in range(1, max(1, int(self.room / _COLUMN)) + 1)]
        return min(tables, key=lambda table: max(map(len, table)))

    def _in_columns(self, columns: int) -> list[list[str]]:
        """All settings as lines in at most so many columns, as low as can be with no setting broken between two of them."""
        settings = [self._setting(title, told, self.room / columns - _GAP) for title, told in self.caption.settings]
        most = max(map(len, settings))
        while len(table := _packed(settings, most)) > columns:
            most += 1
        return table

    def _setting(self, title: str, told: str, room: float) -> list[str]:
        """A setting as lines that fit."""
        begun = self._measure(f"{title} ", "bold")
        first, *more = self._wrapped(told if len(told) <= _LONGEST else f"{told[:_LONGEST]} …", 99, " ", room - begun) or [""]
        return [f"{title}\t{first}", *(f"    {line}" for line in more)]


def _packed(settings: list[list[str]], most: int) -> list[list[str]]:
    """The lines of settings in columns of at most so many lines each."""
    table: list[list[str]] = [[]]
    for lines in settings:
        if len(table[-1]) + len(lines) > most:
            table.append([])
        table[-1] += lines
    return table


def _displayed(latex: str) -> str:
    """LaTeX with its outermost fractions as large as in a displayed equation."""
    depth, parts = 0, []
    for part in re.split(r"(\\frac|[{}])", latex):
        depth += {"{": 1, "}": -1}.get(part, 0)
        parts.append(r"\dfrac" if part == r"\frac" and not depth else part)
    return "".join(parts)


def _runs(row: str) -> list[tuple[int, int]]:
    """From where to where a row of squares is dark."""
    changes = [place for place in range(len(row) + 1) if (row[place - 1 : place] or "0") != (row[place : place + 1] or "0")]
    return list(zip(changes[::2], changes[1::2], strict=True))


def _rectangles(boxes: list[tuple[float, float, float, float]]) -> Path:
    """Rectangles, left, bottom, width and height, as one path."""
    return Path.make_compound_path(*(Path([(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)], closed=True) for x, y, w, h in boxes))
