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


def watch(task: Task[R], doing: Callable[[R | None], str], show: Callable[[Job[R] | None], None] | None = None) -> Job[R] | None:
    """Begin a task if it was not, and tell how far it is, again and again while it runs, without the rest of the page.

    The buttons that stop it and go on with it belong to the whole page: what is clicked in a part that is drawn by itself is lost where
    that part is not the one it was any more when the click arrives, or where anything else on the page is used at the same time.

    Args:
        task: what to compute.
        doing: what is being done, in a few words, from what there is of the result.
        show: draws what there is of the result, again and again while it grows; where nothing is drawn before all is there, the page does
            that by itself.

    Returns:
        The job, done or not; None where the user stopped it.
    """
    job = _job_for(task)
    running = job is not None and job.active
    with st.container(key="status", horizontal=True, vertical_alignment="center", gap="small"):
        if job and running:
            st.fragment(_told, run_every=_EVERY)(task, doing)
            st.button("Stop", icon=":material/stop:", on_click=_stop, args=(task,))
        elif job is None:
            st.caption("Stopped.")
            st.button("Go on", icon=":material/play_arrow:", on_click=_go_on, args=(task,))
        elif job.state == "failed" and job.error:
            st.error(plain(sentence(job.error)), icon=":material/error:")
            st.button("Try again", icon=":material/refresh:", on_click=_go_on, args=(task,))
    if show and running:
        st.fragment(_shown, run_every=_EVERY)(task, show)
    elif show:
        with st.container():
            show(job)
    return job


def _job_for(task: Task[R]) -> Job[R] | None:
    """The job for a task, begun if it was not, in place of the session's last one of its kind; None where the user stopped it."""
    now, kind = session(), type(task).__name__
    before, now.tasks[kind] = now.tasks.get(kind), task
    if before is not None and before != task:
        jobs().leave(before, now.name)
    if now.stopped == task:
        return None
    job = jobs().ask(task, now.name)
    if now.stopped == task:  # clicked just now: the run that takes that up has begun beside this one
        jobs().leave(task, now.name)
        return None
    job.ended.wait(_AT_ONCE)
    return job


def _told(task: Task[R], doing: Callable[[R | None], str]) -> None:
    job = _running(task)
    st.progress(job.meter.fraction, f"{doing(job.partial)}: {_remaining(job)}")


def _shown(task: Task[R], show: Callable[[Job[R] | None], None]) -> None:
    show(_running(task))


def _running(task: Task[R]) -> Job[R]:
    """The job that a part of the page follows; once it has ended, or anything was changed in that part, the whole page is drawn instead."""
    job, now = jobs().find(task), session()
    if job:
        job.seen_by(now.name)
    if job is None or not job.active or now.stopped == task or now.outdated:
        st.rerun(scope="app")
    return job


def _remaining(job: Job[Any]) -> str:
    if job.state == "waiting":
        ahead = jobs().ahead(job)
        return f"waiting, {ahead} before it" if ahead else "waiting for its turn"
    left = job.meter.seconds_left
    return "beginning" if left is None else f"about {left:.0f} s left" if left < 90 else f"about {left / 60:.0f} min left"


def _stop(task: Task[Any]) -> None:
    if (job := jobs().find(task)) and job.active:  # what was done in the moment of the click is shown
        session().stopped = task
        jobs().leave(task, session().name)


def _go_on(task: Task[Any]) -> None:
    session().stopped = None
    jobs().drop(task)
