"""A table of raw results with all that tells how they were made, as CSV and as Parquet."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv, parquet

from exports.data import MOST_ROWS
from version import PROGRAM

_SETTINGS = "# all settings: "
Column = npt.NDArray[Any] | Sequence[Any]


@dataclass(frozen=True, eq=False)
class Table:
    """Raw results.

    Attributes:
        title: what a row is.
        meanings: what stands in each column, with its unit.
        settings: all that they depend on, what is at its default, too; plain data for JSON.
        columns: the values by name, equally many in each; None where there is none.
    """

    title: str
    meanings: Mapping[str, str]
    settings: Mapping[str, Any]
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        if set(self.meanings) != set(self.columns):
            raise ValueError(f"of {', '.join(sorted(set(self.meanings) ^ set(self.columns)))} either the meaning or the values are missing")

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(next(iter(self.columns.values())))

    def to_csv(self, made: date) -> str:
        """As text: lines that start with "#" tell what it holds, then the names of the columns, then a line a row.

        Args:
            made: the day on which it is written.

        Raises:
            ValueError: it has more than `MOST_ROWS` rows, which open in no spreadsheet.
        """
        if self.rows > MOST_ROWS:
            raise ValueError(f"the table would have {self.rows:,} rows, and a CSV has at most {MOST_ROWS:,}; take Parquet")
        content = io.BytesIO()
        csv.write_csv(self._arrow, content, csv.WriteOptions(quoting_style="needed"))
        about = [
            f"{PROGRAM}: {self.title}",
            f"written: {made.isoformat()}",
            *(f"{name}: {meaning}" for name, meaning in self.meanings.items()),
        ]
        told = json.dumps(self.settings, ensure_ascii=False)
        return "".join(f"# {line}\n" for line in about) + f"{_SETTINGS}{told}\n" + content.getvalue().decode()

    def to_parquet(self, made: date) -> bytes:
        """As a Parquet file, which pandas, Polars, R and Julia read; what it holds is told in its schema, under "descent".

        Args:
            made: the day on which it is written.
        """
        told = {
            "program": PROGRAM,
            "title": self.title,
            "written": made.isoformat(),
            "meanings": dict(self.meanings),
            "settings": self.settings,
        }
        described = self._arrow.replace_schema_metadata({"descent": json.dumps(told, ensure_ascii=False)})
        content = io.BytesIO()
        parquet.write_table(described, content, compression="zstd")
        return content.getvalue()

    @property
    def _arrow(self) -> pa.Table:
        return pa.table({name: pa.array(values) for name, values in self.columns.items()})


def read_table(content: bytes) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """All settings and the columns of a table that `Table` has written.

    Args:
        content: of the file, CSV or Parquet.

    Raises:
        ValueError: it is no such file.
    """
    try:
        if content.startswith(b"PAR1"):
            table = parquet.read_table(io.BytesIO(content))
            return json.loads(table.schema.metadata[b"descent"])["settings"], table.to_pydict()
        about = [line for line in content.decode().splitlines() if line.startswith("# ")]
        (settings,) = (line.removeprefix(_SETTINGS) for line in about if line.startswith(_SETTINGS))
        read, convert = csv.ReadOptions(skip_rows=len(about)), csv.ConvertOptions(null_values=[""])  # and "nan" is a number
        return json.loads(settings), csv.read_csv(io.BytesIO(content), read, convert_options=convert).to_pydict()
    except (KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise ValueError(f"this is no table that Descent has written: {error}") from None
