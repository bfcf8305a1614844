"""Taking results of the lab along: a link with all of the page's settings, and the raw numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st

from app_pages.address import link_here
from app_pages.jobs import jobs
from app_pages.making import download
from app_pages.session import session
from app_pages.share import share
from exports.data import MOST_ROWS
from exports.lab_tables import tables_of


def share_lab(task: type, title: Callable[[], str]) -> None:
    """The list of what can be taken along of a page of the lab.

    Args:
        task: the kind of task that the page has computed.
        title: gives what is shown as a reference calls it.
    """
    share({"Data": partial(_data, task.__name__)}, f"share part of {task.__name__}", link_here, title)


def _data(kind: str) -> None:
    asked = session().tasks.get(kind)
    job = jobs().find(asked) if asked is not None else None
    if job is None or job.active or job.result is None:
        st.caption("The raw numbers can be saved as soon as all of them are computed.")
        return
    tables = tables_of(job.result)
    title = str(st.segmented_control("A row for each of", list(tables), default=next(iter(tables)), key=f"table of {kind}", required=True))
    table = tables[title]
    st.caption(
        f"{table.rows:,} rows. With them stand what each column means, all settings (those at their default, too), the version of Descent "
        "and the day: all that this page tells can be recomputed."
    )
    what = f"{kind.lower()}-{title.lower().replace(' ', '-')}"
    if table.rows <= MOST_ROWS:
        download("Save as CSV", lambda: table.make().to_csv(date.today()), "csv", "Opens in a spreadsheet", what)
    else:
        st.caption(f"A table of more than {MOST_ROWS:,} rows opens in no spreadsheet.")
    download(
        "Save as Parquet",
        lambda: table.make().to_parquet(date.today()),
        "parquet",
        "For pandas, Polars, R and Julia; smaller",
        what,
    )
