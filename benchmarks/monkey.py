"""Two browsers whose users do anything at all: exception boxes, errors in the console, frozen pages, pages that scroll sideways."""

from __future__ import annotations

import argparse
import random
import re
import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.support.browser import FLAGS, installed_browser
from benchmarks.support.fingers import AWAY, PAGES, Fingers
from benchmarks.support.report import Report
from benchmarks.support.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

ROOT = Path(__file__).parent.parent
MINUTE = 60.0
"""Seconds: all that was done so long before a fault is told with it, and after as many each how far it is."""
QUIET = "document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'"
ANSWERS = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
LOOK = """() => {
    const boxes = [...document.querySelectorAll('[data-testid=stException]')];
    const told = boxes.map((box) => `an exception box: ${box.textContent.slice(0, 300)}`);
    for (const { scrollWidth, clientWidth } of [document.scrollingElement, document.querySelector('.stMain')].filter(Boolean))
        if (scrollWidth > clientWidth + 1) told.push(`the page scrolls sideways: ${scrollWidth} in ${clientWidth} pixels`);
    const player = document.querySelector('.descent')?.player;
    if (player?.race && !Number.isFinite(player.clock.position)) told.push(`the clock stands at ${player.clock.position}`);
    return told;
}"""
EXPECTED = ("[Intervention]", "Ignored attempt to cancel", "404", "ERR_ABORTED", "rerun backMessage when disconnected")
"""What browsers say that do not wait for busy pages, and Streamlit's front end where it looks for its server, or where a tab that is left
notes what it is to tell that server once it is back (player/js/connection.js)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument("--actions", type=int, default=1000, metavar="N", help="of each browser")
    parser.add_argument("--browsers", type=int, default=2, metavar="N", help="which take turns on one server")
    parser.add_argument("--seed", type=int, default=0, help="of all that is left to chance: the same one does the same again")
    parser.add_argument("--minutes", type=float, metavar="M", help="after which it ends, however many actions were done")
    parser.add_argument("--until", type=int, metavar="N", help="tell every action, and stop after this one")
    parser.add_argument("--limit", type=float, default=90.0, metavar="SECONDS", help="after which a page that has not answered is frozen")


@dataclass
class User:
    """A user of one browser.

    Attributes:
        name: told beside what the user does.
        tab: the browser's only one.
        fingers: what acts.
        errors: what the console has said since the last action.
        done: when what was done in the last minute: (number, seconds, words, address).
        waits: seconds from each action to the page's rest.
    """

    name: str
    tab: Page
    fingers: Fingers
    errors: list[str] = field(default_factory=list)
    done: deque[tuple[int, float, str, str]] = field(default_factory=deque)
    waits: list[float] = field(default_factory=list)

    def act(self, number: int) -> str:
        """Do the next thing; what it was."""
        address = self.tab.url
        did = self.fingers.act()
        now = time.monotonic()
        self.done.append((number, now, did, address))
        while now - self.done[0][1] > MINUTE:
            self.done.popleft()
        return did

    def faults(self, limit: float) -> list[str]:
        """What is wrong with the page once it rests, or after a limit in seconds."""
        began = time.monotonic()
        try:
            self.tab.wait_for_function(QUIET, timeout=1000 * limit)
            self.tab.evaluate(ANSWERS)
            found: list[str] = self.tab.evaluate(LOOK)
        except Exception as error:
            if not type(error).__module__.startswith("playwright"):
                raise
            found = [f"frozen for {limit:.0f} s" if "Timeout" in str(error) else f"no page: {str(error).splitlines()[0]}"]
        self.waits.append(time.monotonic() - began)
        told = [*found, *(f"console: {error}" for error in self.errors)]
        self.errors.clear()
        return told

    def begin_anew(self, url: str) -> None:
        """Leave what is at fault behind."""
        self.tab.goto(AWAY)
        self.errors.clear()
        self.tab.goto(url)


def run(options: argparse.Namespace) -> int:
    """Let them play, and print what went wrong, where they are stopped by Ctrl-C, too; the exit status is 1 if anything did."""
    report = Report("monkey", ["streamlit", "playwright"], options.json)
    path = installed_browser()
    if path is None:
        report.say("no browser: install Chromium")
        return 1
    actions = options.until or (40 if options.quick else options.actions)
    report.say(f"seed {options.seed}, {options.browsers} browsers, {actions:,} actions each")
    seen: Counter[str] = Counter()
    with stoppable(options.minutes) as stopped, served(ROOT / "app.py") as server, opened(path, options, server.url) as users:
        try:
            _play(report, users, actions, options, server.url, seen, stopped)
        finally:  # whatever has ended it, what was found is told
            report.table("How long pages took to rest after an action, in seconds", [_waits(user) for user in users if user.waits])
            rows = [{"fault": kind, "times": times} for kind, times in seen.most_common()]
            report.table("Faults", rows or [{"fault": "none", "times": 0}])
            report.close()
    return 1 if seen else 0


def _play(
    report: Report,
    users: list[User],
    actions: int,
    options: argparse.Namespace,
    url: str,
    seen: Counter[str],
    stopped: Callable[[], bool],
) -> None:
    """Let the users act in turn until all is done, or they are stopped; `seen` counts the kinds of faults."""
    began = told_at = time.monotonic()
    for number in range(1, actions + 1):
        for user in users:
            did = user.act(number)
            if options.until:
                report.say(f"  {user.name} {number}: {did}")
            faults = user.faults(options.limit)
            if stopped():  # what the signal has ended, too, is no fault
                report.say(f"stopped in action {number}, after {(time.monotonic() - began) / MINUTE:.1f} minutes")
                return
            if faults:
                told = [fault for fault in faults if not seen[_kind(fault)]]
                seen.update(_kind(fault) for fault in faults)
                if told:
                    tell(report, user, told)
                user.begin_anew(f"{url}/{user.fingers.draw.choice(PAGES)}")
        if time.monotonic() - told_at > MINUTE:
            told_at = time.monotonic()
            report.say(f"{(told_at - began) / MINUTE:5.1f} minutes: {number:,} actions each, {len(seen)} kinds of faults")


@contextmanager
def stoppable(minutes: float | None) -> Iterator[Callable[[], bool]]:
    """Whether it is to end: since so many minutes have gone by, or somebody has asked for it by Ctrl-C or SIGTERM.

    The signal raises nothing, since it may come while the browser is being talked to; a second one ends the program at once.
    """
    until = time.monotonic() + MINUTE * minutes if minutes else float("inf")
    asked: list[int] = []
    before: dict[int, Any] = {}

    def ask(number: int, _: object) -> None:
        asked.append(number)
        signal.signal(number, before[number])

    for each in (signal.SIGINT, signal.SIGTERM):
        before[each] = signal.signal(each, ask)
    try:
        yield lambda: bool(asked) or time.monotonic() > until
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def tell(report: Report, user: User, faults: list[str]) -> None:
    """Print faults that are new, with all that the user did in the minute before."""
    for fault in faults:
        report.say(f"\n{user.name}, action {user.done[-1][0]}: {fault}")
    for number, when, did, address in user.done:
        report.say(f"  {when - user.done[-1][1]:6.1f} s  {number}: {did}    at {address[:160]}")


@contextmanager
def opened(path: str, options: argparse.Namespace, url: str) -> Iterator[list[User]]:
    """The users, each in a browser with the app open, until the block ends."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as playwright:
        chromiums = [playwright.chromium.launch(executable_path=path, args=FLAGS) for _ in range(options.browsers)]
        try:
            yield [_user(chromium, index, options.seed, url) for index, chromium in enumerate(chromiums)]
        finally:
            for chromium in chromiums:
                with suppress(Error):  # Ctrl-C has ended it already
                    chromium.close()


def _user(chromium: Browser, index: int, seed: int, url: str) -> User:
    tab = chromium.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")  # so that two pages do not play all the time
    user = User("AB"[index] if index < 2 else str(index), tab, Fingers(tab, random.Random(f"{seed} {index}"), url))

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(word in message.text for word in EXPECTED):
            user.errors.append(message.text[:300])

    tab.on("console", said)
    tab.on("pageerror", lambda error: user.errors.append(str(error)[:300]))
    tab.on("crash", lambda _: user.errors.append("the tab has crashed"))
    tab.on("dialog", lambda dialog: dialog.dismiss())
    tab.goto(url)
    return user


def _kind(fault: str) -> str:
    """A fault without what differs from one time to the next."""
    return re.sub(r"[\d.]+", "#", fault)[:110]


def _waits(user: User) -> dict[str, Any]:
    waits = sorted(user.waits)
    return {
        "browser": user.name,
        "actions": len(waits),
        "median": waits[len(waits) // 2],
        "95%": waits[int(0.95 * len(waits))],
        "longest": waits[-1],
    }
