"""What the pages of the lab have computed in the background: one place for the whole process, and how far it is, in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import streamlit as st

from app_pages.session import sentence, session
from lab.cluster import executor
from lab.executors import Task
from lab.jobs import Job, Jobs
from player.markdown import plain

R = TypeVar("R")
_EVERY = 0.6
"""Seconds between two looks at a job that runs."""
_AT_ONCE = 0.3
"""Seconds that a page waits for a job before it shows that it has begun: most are done by then."""


@cache
def jobs() -> Jobs:
    """The jobs of this process."""
    return Jobs(executor())


def _job_for(task: Task[R]) -> Job[R] | None:
    """The job for a task, begun if it was not, in place of the session's last one of its kind; None where the user stopped it."""
    now, kind = session(), type(task).__name__
    before, now.tasks[kind] = now.tasks.get(kind), task
    if before is not None and before != task:
        jobs().leave(before, now.name)
    if now.stopped == task:
        return None
    job = jobs().ask(task, now.name)
    job.ended.wait(_AT_ONCE)
    return job


def watch(task: Task[R], show: Callable[[Job[R] | None], None]) -> Job[R] | None:
    """Begin a task if it was not, and show how far it is, again and again while it runs, without the rest of the page.

    Args:
        task: what to compute.
        show: draws what there is; what is changed in it by the user is taken up by the whole page.

    Returns:
        The job, done or not; None where the user stopped it.
    """
    job = _job_for(task)
    running = job is not None and job.active
    st.fragment(_shown, run_every=_EVERY if running else None)(task, running, show)
    return job


def _shown(task: Task[R], running: bool, show: Callable[[Job[R] | None], None]) -> None:
    job = None if session().stopped == task else jobs().find(task)  # it may take a moment to end
    if job:
        job.seen_by(session().name)
    if session().outdated or (running and not (job and job.active)):
        st.rerun(scope="app")
    show(job)


def status(job: Job[Any] | None, task: Task[Any], doing: str) -> None:
    """A line on a job: how far it is with a button to stop it, or that it was stopped or failed with a button to go on."""
    with st.container(key="status", horizontal=True, vertical_alignment="center", gap="small"):
        if job is None:
            st.caption("Stopped.")
            st.button("Go on", icon=":material/play_arrow:", on_click=_go_on, args=(task,))
        elif job.state == "failed" and job.error:
            st.error(plain(sentence(job.error)), icon=":material/error:")
            st.button("Try again", icon=":material/refresh:", on_click=_go_on, args=(task,))
        elif job.active:
            st.progress(job.meter.fraction, f"{doing}: {_remaining(job)}")
            st.button("Stop", icon=":material/stop:", on_click=_stop, args=(task,))


def _remaining(job: Job[Any]) -> str:
    if job.state == "waiting":
        ahead = jobs().ahead(job)
        return f"waiting, {ahead} before it" if ahead else "waiting for its turn"
    left = job.meter.seconds_left
    return "beginning" if left is None else f"about {left:.0f} s left" if left < 90 else f"about {left / 60:.0f} min left"


def _stop(task: Task[Any]) -> None:
    session().stopped = task
    session().outdated = True
    jobs().leave(task, session().name)


def _go_on(task: Task[Any]) -> None:
    session().stopped = None
    session().outdated = True
    jobs().drop(task)
