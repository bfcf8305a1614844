"""One's own data as a table: typed, pasted, or opened as a file."""

from __future__ import annotations

import streamlit as st

from app_pages.address import link
from app_pages.session import session, value_of
from app_pages.widgets import show_problem, shows, upload
from networks import datasets
from scenario import Choice
from scenario.network_parts import OWN
from scenario.text import BOM

_FILE = "own data file"
_MEGABYTES = 2


def example() -> str:
    """What stands in the box before anything is typed: how rows are written, and already something to learn."""
    data = datasets.get("moons", n=24)
    rows = zip(data.x.tolist(), data.y.tolist(), strict=True)
    return "x, y, label\n" + "".join(f"{x:.1f}, {y:.1f}, {'ab'[label]}\n" for (x, y), label in rows)


def choose_own_data() -> None:
    """Take the table that was used last, or an example, for a callback."""
    table = session().table or example()
    session().change("data", lambda now: now.replace(data=Choice(OWN), table=table))


def own_data() -> None:
    """The table in a box, and a place for a file."""
    now = session()
    now.table = now.experiment.table
    text = now.reported("table", now.table) if "table" in now.problems else now.table
    st.text_area("A row for each example: x, y, label. Or x, y for a curve", text, height=140, **shows("table", text, _take))
    show_problem("table")
    upload("Or open a CSV file", "csv", _FILE, _MEGABYTES, _open, link())


def _open() -> None:
    if file := value_of(_FILE):
        try:
            text = file.getvalue().decode()
        except UnicodeDecodeError:
            problem = ValueError(
                "this file holds no text; save the table as CSV, in UTF-8, with the columns x, y, label, or x, y for a curve"
            )
            session().refuse("table", problem)
        else:
            _take(text.removeprefix(BOM))


def _take(text: str) -> None:
    session().change("table", lambda now: now.replace(data=now.data if now.data.name == OWN else Choice(OWN), table=text))
