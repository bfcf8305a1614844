"""Taking results of the lab along: a link with all of the page's settings, pictures, and the raw numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from app_pages.address import link_here
from app_pages.jobs import jobs
from app_pages.making import download, in_words, made
from app_pages.session import session
from app_pages.settings import defaults_on
from app_pages.share import share
from app_pages.share_race import caption_choice, look, show_picture
from app_pages.trials import AS_NEEDED
from exports.data import MOST_ROWS
from exports.findings import findings_of
from exports.lab_files import LabPage, LabPicture
from exports.lab_tables import tables_of
from exports.size import FORMATS, Size
from lab.jobs import Job
from lab.judged import counted
from scenario.view import is_whole


def share_lab(task: type, title: Callable[[], str]) -> None:
    """The list of what can be taken along of a page of the lab.

    Args:
        task: the kind of task that the page has computed.
        title: gives what is shown as a reference calls it.
    """
    kind = task.__name__
    parts = {"Picture": _picture, "Page": _page, "Data": _data}
    share(
        {name: partial(_of_result, part, kind) for name, part in parts.items()},
        f"share part of {kind}",
        partial(_here, kind),
        title,
        partial(_note, kind),
    )


def _of_result(part: Callable[[Any, Any], None], kind: str) -> None:
    """What can be saved as soon as the page has its result."""
    if job := _done(kind):
        part(job.task, job.result)
    else:
        st.caption("This can be saved as soon as all of it is computed.")


def _done(kind: str) -> Job[Any] | None:
    """The job whose result is shown."""
    asked = session().tasks.get(kind)
    job = jobs().find(asked) if asked is not None else None
    return job if job and job.result is not None else None


def _here(kind: str) -> str:
    """The link to what is shown, with the number of its seeds where the page chose it."""
    count = _risen(kind)
    return link_here({"seeds": str(count)} if count else {})


def _note(kind: str) -> str:
    """What the link names that the address bar does not."""
    count = _risen(kind)
    return (
        f"It names the {counted(count, 'seed')} of what is shown. The address bar says Auto, which may take more another time."
        if count
        else ""
    )


def _risen(kind: str) -> int:
    """How many seeds the page itself has chosen for what is shown; 0 where it has not."""
    page, job = session().page, _done(kind)
    chosen = session().settings.get(page, {}).get("seeds", defaults_on(page).get("seeds"))
    task: Any = job and job.task
    return int(task.seeds) if task and chosen == AS_NEEDED else 0


def _picture(task: Any, result: Any) -> None:
    kind, link = type(task).__name__, _link(type(task).__name__)
    titles = [chart.title for chart in findings_of(result).charts]
    left, right = st.columns(2)
    form = str(left.segmented_control("Format", FORMATS, default="png", key=f"form of {kind}", format_func=str.upper, required=True))
    shown = str(right.selectbox("Shows", titles, key=f"picture of {kind}")) if len(titles) > 1 else titles[0]
    size, theme = look("1280 × 720")
    told = caption_choice(f"{kind} picture")
    if content := made(LabPicture(task, shown, form, Size(*size), theme.name, link, told, result), "Draw the picture"):
        show_picture(content, form, f"The picture: {shown}", _named(kind, shown))


def _link(kind: str) -> str:
    """The link to what is shown; "" where no link holds all of it."""
    return _here(kind) if is_whole(session().view) else ""


def _page(task: Any, result: Any) -> None:
    st.caption(
        "One file that shows this page in any browser, without this app and without the internet: its charts, which tell their numbers "
        "where the mouse rests, its verdict and tables, what it plays, and all settings."
    )
    if content := made(LabPage(task, _link(type(task).__name__), date.today(), result), "Make the page"):
        about = "The plotting library is in it, and what the charts hold"
        download(f"Save the page ({in_words(len(content))})", content, "html", about, _named(type(task).__name__, "page"))


def _data(task: Any, result: Any) -> None:
    kind, tables = type(task).__name__, tables_of(result)
    title = next(iter(tables))
    if len(tables) > 1:
        title = str(st.segmented_control("Table", list(tables), default=title, key=f"table of {kind}", required=True))
    table = tables[title]
    st.caption(
        f"{title}: {table.rows:,} rows. With them stand what each column means, all settings (those at their default, too), the version "
        "of Descent and the day: all that this page tells can be recomputed."
    )
    if table.rows <= MOST_ROWS:
        download("Save as CSV", lambda: table.make().to_csv(date.today()), "csv", "Opens in a spreadsheet", _named(kind, title))
    else:
        st.caption(f"A table of more than {MOST_ROWS:,} rows opens in no spreadsheet.")
    about = "For pandas, Polars, R and Julia; smaller"
    download("Save as Parquet", lambda: table.make().to_parquet(date.today()), "parquet", about, _named(kind, title))


def _named(kind: str, title: str) -> str:
    """What stands in a file's name."""
    return f"{kind.lower()}-{title.lower().replace(' ', '-')}"
