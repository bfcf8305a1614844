"""Who waits for what was asked for on another page or in another tab is told so, and can stop it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from app_pages import jobs as shown
from app_pages import own_jobs
from lab.jobs import Jobs
from lab.line import Line
from tests.test_jobs import Gate, Waiting

TASKS: dict[str, Waiting] = {}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    """A lab that computes one at a time, and a task for each page that waits at its gate."""
    lab = Jobs(at_once=1)
    monkeypatch.setattr(shown, "jobs", lambda: lab)
    monkeypatch.setattr(shown, "_AT_ONCE", 0.01)
    TASKS.update({page: Waiting(page, Gate()) for page in ("fair", "tournament", "sweeps")})
    yield lab
    for task in TASKS.values():
        task.gate.opened.set()


def draw(page: str, task: object) -> None:
    from typing import Any, cast

    from app_pages.jobs import watch
    from app_pages.session import session

    session().page = page
    watch(cast(Any, task), lambda _: "Computing", kind=page)


def on_page(page: str, tab: AppTest | None = None) -> AppTest:
    """A tab that shows a page; another one, if none is given."""
    tab = tab or AppTest.from_function(draw)
    tab.args = (page, TASKS[page])
    return tab.run()


def told(tab: AppTest) -> str:
    return " ".join(caption.value for caption in tab.caption)


def test_the_page_that_is_left_is_named_and_can_be_stopped_from_the_one_that_waits(alone: Jobs) -> None:
    tab = on_page("fair")
    assert TASKS["fair"].gate.reached.wait(20)
    assert not told(tab)
    tab = on_page("tournament", tab)
    assert told(tab) == "First comes what you have asked for on the page Fair race."
    (button,) = (button for button in tab.button if button.label == "Stop the fair race")
    button.click().run()
    TASKS["fair"].gate.opened.set()
    assert TASKS["tournament"].gate.reached.wait(20), "which begins"
    assert not told(on_page("tournament", tab))
    assert told(on_page("fair", tab)) == "Stopped."


def test_other_tabs_of_the_browser_are_ones_own_and_other_peoples_are_not(alone: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = "mine"
    monkeypatch.setattr(own_jobs, "_browser", lambda: browser)
    first = on_page("fair")
    assert TASKS["fair"].gate.reached.wait(20)
    browser = "theirs"
    stranger = on_page("sweeps")
    assert not told(stranger)
    browser = "mine"
    second = on_page("tournament")
    assert told(second) == "First comes what you have asked for on the page Fair race in another tab."
    next(button for button in second.button if "in another tab" in button.label).click().run()
    assert told(on_page("fair", first)) == "Stopped."
    assert "Go on" in [button.label for button in first.button]


def test_what_goes_on_for_others_is_not_ones_own_turn_any_more() -> None:
    class Shared:
        number, watchers = 0, ["ann", "bob"]

    line, job = Line(at_once=2, each=1), Shared()
    line.waiting.append(job)
    assert line.begin_next() is job
    job.watchers.remove("ann")
    line.left(job, "ann")
    assert line.running == {job: "bob"}
