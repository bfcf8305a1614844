"""Which jobs are one's own: who has several pages or tabs open may wait on one of them for what was asked for on another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import streamlit as st
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string
from streamlit.web.server.starlette.starlette_server_config import XSRF_COOKIE_NAME

from app_pages.session import session
from lab.executors import Task
from lab.jobs import Job, Jobs


@dataclass(frozen=True)
class Asker:
    """Who has asked for a job.

    Attributes:
        session: of which tab.
        browser: tells it from others, "" where it keeps no cookies.
        page: the name of the page.
        kind: what the session has one of at a time.
    """

    session: str
    browser: str
    page: str
    kind: str

    @property
    def is_mine(self) -> bool:
        """Whether it is the one whose page is drawn, in whatever tab."""
        return self.session == session().name or (self.browser != "" and self.browser == _browser())


_askers: WeakKeyDictionary[Job[Any], dict[str, Asker]] = WeakKeyDictionary()
"""Those of each job, by their sessions."""
_stopped: dict[tuple[str, str], Task[Any]] = {}
"""What was stopped from another tab, by the session and the kind, until that session looks."""


def remember(job: Job[Any], kind: str) -> None:
    """Note that the session asks for a job."""
    now = session()
    _askers.setdefault(job, {})[now.name] = Asker(now.name, _browser(), now.page, kind)


def ahead_of(job: Job[Any], jobs: Jobs) -> tuple[Job[Any], Asker] | None:
    """A job of one's own that is computed while this one waits, and who has asked for it; None where there is none."""
    for running in jobs.running if job.state == "waiting" else ():
        mine = [asker for asker in _askers.get(running, {}).values() if asker.is_mine and asker.session in running.watchers]
        if mine and running is not job:
            return running, mine[0]
    return None


def stop(job: Job[Any], jobs: Jobs) -> None:
    """Leave a job in all of one's own tabs, for a callback. It goes on where others want it, too."""
    now = session()
    for asker in [asker for asker in _askers.get(job, {}).values() if asker.is_mine]:
        if asker.session == now.name:
            now.stopped[asker.kind] = job.task
            now.unfinished.discard(asker.kind)
        else:
            _stopped[asker.session, asker.kind] = job.task
        jobs.leave(job.task, asker.session)


def take_up_stops(task: Task[Any], kind: str) -> None:
    """Let a task be stopped in this session, too, if that was done from another tab."""
    now = session()
    if _stopped.pop((now.name, kind), None) == task:
        now.stopped[kind] = task
        now.unfinished.discard(kind)


def _browser() -> str:
    """What tells the browser from others: the token by which Streamlit tells it from other sites' pages."""
    token, _ = decode_xsrf_token_string(st.context.cookies.get(XSRF_COOKIE_NAME, ""))
    return token.hex() if token else ""
