"""The output of a benchmark: versions, plain tables with aligned columns, and the same as JSON."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

Row = Mapping[str, Any]
"""One row of a table: the column's header, with its unit -> text, a whole number, a number, or None where there is nothing to say."""


class Report:
    """Prints as it goes and keeps everything for the JSON file.

    Args:
        benchmark: its name.
        packages: whose versions matter beside those of Python and NumPy.
        file: where `close` writes the JSON; None for nowhere.
    """

    def __init__(self, benchmark: str, packages: Iterable[str], file: Path | None) -> None:
        versions = {name: installed(name) for name in packages}
        self._file = file
        self._kept: dict[str, Any] = {
            "benchmark": benchmark,
            "python": platform.python_version(),
            "numpy": np.__version__,
            "machine": f"{platform.system()} {platform.machine()}, {widest_vectors()}",
            "packages": versions,
            "tables": [],
        }
        listed = ", ".join(f"{name} {number or 'not installed'}" for name, number in versions.items())
        print(f"{benchmark}: Python {platform.python_version()}, NumPy {np.__version__}, {listed}")
        print(f"{self._kept['machine']}; medians of processor time, all in turn; ratios round by round with their least and most")

    def say(self, text: str) -> None:
        """Print a line and keep it."""
        print(text, flush=True)
        self._kept.setdefault("remarks", []).append(text.strip())

    def table(self, title: str, rows: Iterable[Row], samples: Any = None) -> None:
        """Print a table. `samples`, single measurements say, go into the JSON file only."""
        rows = list(rows)
        print(f"\n{title}\n{table(rows)}", flush=True)
        self._kept["tables"].append({"title": title, "rows": rows, "samples": samples})

    def close(self) -> None:
        """Write the JSON file, if one was asked for."""
        if self._file:
            self._file.write_text(json.dumps(self._kept, indent=1) + "\n", encoding="utf-8")


def installed(package: str) -> str | None:
    """The version of an installed package, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def widest_vectors() -> str:
    """The widest vector instructions that NumPy found here: they decide how fast it is."""
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    return found[-1] if found else "baseline vector instructions"


def table(rows: Iterable[Row]) -> str:
    """Rows as text: words to the left, numbers to the right."""
    rows = list(rows)
    if not rows:
        return "(nothing)"
    headers = list(rows[0])
    cells = [[_text(row[header]) for header in headers] for row in rows]
    words = [all(isinstance(row[header], str) for row in rows) for header in headers]
    widths = [max(len(header), *(len(line[column]) for line in cells)) for column, header in enumerate(headers)]
    lines = [headers, ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(cell.ljust(width) if word else cell.rjust(width) for cell, width, word in zip(line, widths, words, strict=True)).rstrip()
        for line in lines
    )


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return short(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def short(value: float) -> str:
    """A number with three digits that count (two, below 0.1), or all before the point."""
    size = abs(value)
    if 0 < size < 0.0995:
        return f"{value:.2g}"
    return f"{value:,.{0 if size >= 99.95 else 1 if size >= 9.995 else 2}f}"
