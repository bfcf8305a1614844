"""Files to take along: made when asked for, with a bar that tells how far, and kept until something else is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequestType

from app_pages.elsewhere import elsewhere
from app_pages.jobs import jobs, remaining
from app_pages.session import session
from exports.files import FileTask
from figures import THEMES, Theme
from player.page import player_size
from scenario.setup import Setup

_LOOK = 0.2
"""Seconds between two looks at a file that is being made."""
_TYPES = {
    "csv": "text/csv",
    "gif": "image/gif",
    "html": "text/html",
    "json": "application/json",
    "mp4": "video/mp4",
    "npz": "application/octet-stream",
    "parquet": "application/vnd.apache.parquet",
    "pdf": "application/pdf",
    "png": "image/png",
    "py": "text/x-python",
    "svg": "image/svg+xml",
    "zip": "application/zip",
}


def made(task: FileTask, label: str, in_line: bool = False) -> bytes | None:
    """The file's content once the user has asked for it; a button that asks for it until then.

    Args:
        task: to make it. It is made anew when the task differs from the last one.
        label: of the button.
        in_line: whether it takes long, and so stands in line with what others have asked for, other than a picture.
    """
    kept = session().file
    if kept and kept[0] == task:
        return kept[1]
    slot = st.empty()
    with slot.container():
        if not st.button(label, type="primary", width="stretch"):
            return None
    bar = _bar_with_stop(slot) if in_line else slot.progress(0.0)
    try:
        content = _in_line(task, bar) if in_line else elsewhere(task.make, lambda done: bar.progress(done, f"{done:.0%} done"))
    finally:
        slot.empty()
    if content is not None:
        session().file = (task, content)
    return content


def _bar_with_stop(slot: st.delta_generator.DeltaGenerator) -> st.delta_generator.DeltaGenerator:
    """A bar, and a button that does nothing: whatever is clicked, what is being made is given up (`_is_wanted_elsewhere`)."""
    with slot.container(key="status file", horizontal=True, vertical_alignment="center", gap="small"):
        bar = st.progress(0.0)
        st.button("Stop", icon=":material/stop:", key="stop file")
    return bar


def _in_line(task: FileTask, bar: st.delta_generator.DeltaGenerator) -> bytes | None:
    """The content as a job of the lab; None where the user does something else meanwhile: it is given up.

    Raises:
        ValueError: there can be no such file, or the line is full; the message says why.
    """
    who = session().name
    job = jobs().ask(task, who)
    try:
        while not job.ended.wait(_LOOK):
            if _is_wanted_elsewhere():
                return None
            job.seen_by(who)
            done = job.meter.fraction
            bar.progress(done, f"{done:.0%} done" if job.state == "running" else remaining(job))
    finally:
        if job.result is None:
            jobs().leave(task, who)
            jobs().drop(task)
    if job.result is None:
        raise ValueError(str(job.error or "this was stopped; ask for it again"))
    return job.result.content


def _is_wanted_elsewhere() -> bool:
    """Whether the user has done something else meanwhile in this part of the page: Streamlit lets that wait until a part's run has ended,
    where it interrupts a run for what is done on the rest of the page."""
    context = get_script_run_ctx()
    requests = context.script_requests if context else None
    return requests is not None and requests._state is ScriptRequestType.RERUN and not requests._rerun_data.is_auto_rerun


def download(label: str, content: bytes | str | Callable[[], bytes | str], ending: str, help: str = "", what: str = "") -> None:
    """A button that saves the content as a file named after what is in it.

    Args:
        label: of the button.
        content: of the file; or what gives it, which is called outside the session and must not read its state.
        ending: of the file's name.
        help: what is shown when the mouse rests on it.
        what: is in it; the name of the landscape or the data if not given.
    """
    name = f"descent-{what or session().setup.subject.replace('_', '-')}.{ending}"
    st.download_button(
        label,
        content,
        name,
        _TYPES[ending],
        key=f"save {ending} {label}",
        help=help or None,
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )


def theme_choice(column: st.delta_generator.DeltaGenerator, key: str) -> Theme:
    """A choice of colours in a column, at first as the page is shown."""
    now = st.context.theme.type or "light"
    chosen = column.segmented_control(
        "Colours", list(THEMES), default=now, key=f"theme {key} {now}", format_func=str.capitalize, required=True
    )
    return THEMES[str(chosen)]


def plotly_choice(column: st.delta_generator.DeltaGenerator, key: str, held: Mapping[bool, int], of: str) -> bool:
    """A choice in a column of whether a saved page holds the plotting library, with what it weighs with it and without.

    Args:
        column: where it stands.
        key: of the widget.
        held: bytes of what the page plays, with the library and without.
        of: whose these weights are, as the beginning of a sentence.
    """
    weights = {name: in_words(player_size(plotly) + held[plotly]) for name, plotly in (("With Plotly", True), ("Small", False))}
    chosen = column.segmented_control(
        "Size",
        list(weights),
        default="With Plotly",
        key=f"library {key}",
        format_func=lambda name: f"{name}, {weights[name]}",
        help=f"{of}. A small page draws maps, curves and surfaces itself, without the plotting library; it looks and plays alike.",
        required=True,
    )
    return chosen == "With Plotly"


def code(languages: Mapping[str, Callable[[Any, str], str]], link: str) -> None:
    """What is shown as a script, in one of some languages, to copy or to save.

    Args:
        languages: what writes the script of a setup with a link, by the language's title. The first that can write this one is shown first.
        link: to what is shown, as a whole; "" where there is none.
    """
    setup = session().setup
    first = first_that_writes(languages, setup)
    chosen = st.segmented_control("Code", list(languages), default=first, key=f"code, {first}", required=True, label_visibility="collapsed")
    content = languages[str(chosen)](setup, link)
    st.code(content, language="python", height=320)
    download("Save the script", content, "py")


def first_that_writes(languages: Mapping[str, Callable[[Any, str], str]], setup: Setup) -> str:
    """The first of some languages in which there is a script of a setup; the first of all where there is none."""
    for name, script in languages.items():
        try:
            script(setup, "")
        except ValueError:
            continue
        return name
    return next(iter(languages))


def in_words(size: int) -> str:
    """How large a file of so many bytes is."""
    return f"{size / 1e6:.1f} MB" if size > 1e6 else f"{size / 1e3:.0f} kB"
