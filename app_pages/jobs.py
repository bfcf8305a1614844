"""What the pages of the lab have computed in the background: one place for the whole process, and how far it is, in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import streamlit as st

import limits
from app_pages import own_jobs
from app_pages.elsewhere import workers
from app_pages.places import TITLES
from app_pages.seconds import in_words
from app_pages.session import sentence, session
from lab import cluster
from lab.executors import Task
from lab.jobs import Job, Jobs
from player.markdown import plain

R = TypeVar("R")
_LOST = "This was not finished when the connection broke, and has to be computed again."
_EVERY = 0.6
"""Seconds between two looks at a job that runs."""
_SELDOM = (1.0, 5.0)
"""And at one that waits, the less often the longer it has to: many may wait at a time."""
_AT_ONCE = 0.3
"""Seconds that a page waits for a job before it shows that it has begun: most are done by then."""


@cache
def jobs() -> Jobs:
    """The jobs of this process: on a cluster where one is configured, otherwise in worker processes, if there are to be any."""
    processes = workers()
    if cluster.configured() or processes is None:
        return Jobs(cluster.executor())
    return Jobs(at_once=limits.WORKERS.value, workers=processes)


def watch(
    task: Task[R], doing: Callable[[R | None], str], show: Callable[[Job[R] | None], None] | None = None, kind: str = ""
) -> Job[R] | None:
    """Begin a task if it was not, and tell how far it is, again and again while it runs, without the rest of the page.

    The buttons that stop it and go on with it belong to the whole page: what is clicked in a part that is drawn by itself is lost where
    that part is not the one it was any more when the click arrives, or where anything else on the page is used at the same time.

    Args:
        task: what to compute.
        doing: what is being done, in a few words, from what there is of the result.
        show: draws what there is of the result, again and again while it grows; where nothing is drawn before all is there, the page does
            that by itself.
        kind: what a session has one of at a time; by default the kind of task.

    Returns:
        The job, done or not; None where the user stopped it, or it was lost.
    """
    kind = kind or type(task).__name__
    job = _job_for(task, kind)
    running = job is not None and job.active
    with st.container(key=f"status {kind}", horizontal=True, vertical_alignment="center", gap="small"):
        if job and running:
            st.fragment(_told, run_every=_every(job))(task, kind, _standing(job), doing)
            st.button("Stop", icon=":material/stop:", key=f"stop {kind}", on_click=_stop, args=(task, kind))
        elif job is None:
            lost = kind in session().unfinished
            st.caption(_LOST if lost else "Stopped.")
            label, icon = ("Start again", "refresh") if lost else ("Go on", "play_arrow")
            st.button(label, icon=f":material/{icon}:", key=f"go on {kind}", on_click=_go_on, args=(task, kind))
        elif job.state == "failed" and job.error:
            st.error(plain(sentence(job.error)), icon=":material/error:")
            st.button("Try again", icon=":material/refresh:", key=f"again {kind}", on_click=_go_on, args=(task, kind))
    if job and (ahead := own_jobs.ahead_of(job, jobs())):
        _tell_of_own(*ahead, kind)
    if show and job and running:
        st.fragment(_shown, run_every=_every(job))(task, kind, _standing(job), show)
    elif show:
        with st.container():
            show(job)
    return job


def _job_for(task: Task[R], kind: str) -> Job[R] | None:
    """The job for a task, begun if it was not, in place of the session's last one of its kind.

    None where the user stopped it, or where it was under way when the connection broke and is gone: the server was started again, or nobody
    asked for it in time. Sixty such pages that come back together would begin all of them at once; who still wants it says so.
    """
    now = session()
    own_jobs.take_up_stops(task, kind)
    before, now.tasks[kind] = now.tasks.get(kind), task
    if before is not None and before != task:
        jobs().leave(before, now.name)
        now.unfinished.discard(kind)
    if now.stopped.get(kind) == task:
        return None
    if kind in now.unfinished and ((found := jobs().find(task)) is None or found.state == "stopped"):
        now.stopped[kind] = task
        return None
    now.unfinished.discard(kind)
    job = jobs().ask(task, now.name)
    own_jobs.remember(job, kind)
    now.unfinished.add(kind)
    job.ended.wait(_AT_ONCE)
    stopped = now.stopped.get(kind) == task  # clicked meanwhile: the run that takes that up has begun beside this one
    if stopped:
        jobs().leave(task, now.name)
    if stopped or not job.active:
        now.unfinished.discard(kind)
    return None if stopped else job


def _every(job: Job[Any]) -> float:
    """Seconds between two looks at a job."""
    if job.state != "waiting":
        return _EVERY
    return min(max(jobs().place(job).seconds / 10, _SELDOM[0]), _SELDOM[1])


def _standing(job: Job[Any]) -> tuple[str, int]:
    """What the page says of a job beside how far it is: whether it waits, and for which one of one's own."""
    ahead = own_jobs.ahead_of(job, jobs())
    return job.state, ahead[0].number if ahead else -1


def _tell_of_own(running: Job[Any], asker: own_jobs.Asker, kind: str) -> None:
    """Say that one's own job of another page is computed first, and offer to stop it."""
    where = "" if asker.session == session().name else " in another tab"
    with st.container(key=f"ahead {kind}", horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"First comes what you have asked for on the page {TITLES[asker.page]}{where}.", width="content")
        st.button(
            f"Stop the {TITLES[asker.page].lower()}{where}",
            icon=":material/stop:",
            key=f"stop ahead {kind}",
            type="tertiary",
            on_click=own_jobs.stop,
            args=(running, jobs()),
        )


def _told(task: Task[R], kind: str, standing: tuple[str, int], doing: Callable[[R | None], str]) -> None:
    job = _unended(task, kind, standing)
    st.progress(job.meter.fraction, f"{doing(job.partial)}: {remaining(job)}")


def _shown(task: Task[R], kind: str, standing: tuple[str, int], show: Callable[[Job[R] | None], None]) -> None:
    show(_unended(task, kind, standing))


def _unended(task: Task[R], kind: str, standing: tuple[str, int]) -> Job[R]:
    """The job that a part of the page follows; once it has begun or ended, or anything was changed in that part, the whole page is drawn
    instead."""
    job, now = jobs().find(task), session()
    if job:
        job.seen_by(now.name)
    if job is None or _standing(job) != standing or now.stopped.get(kind) == task or now.outdated:
        st.rerun(scope="app")
    return job


def remaining(job: Job[Any]) -> str:
    """When a job begins, or how long it takes yet, in a few words."""
    if job.state == "waiting":
        place = jobs().place(job)
        return f"{_nth(place.ahead + 1)} in line, about {in_words(place.seconds)} until it begins"
    left = job.meter.seconds_left
    return "beginning" if left is None else f"about {in_words(left)} left"


def _nth(place: int) -> str:
    if place == 1:
        return "next"
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{ending}"


def _stop(task: Task[Any], kind: str) -> None:
    if (job := jobs().find(task)) and job.active:  # what was done in the moment of the click is shown
        session().stopped[kind] = task
        session().unfinished.discard(kind)
        jobs().leave(task, session().name)


def _go_on(task: Task[Any], kind: str) -> None:
    session().stopped.pop(kind, None)
    session().unfinished.discard(kind)
    jobs().drop(task)
