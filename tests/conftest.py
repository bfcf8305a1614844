"""Fixtures: the app on a port of its own, and a real browser to look at it with."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner

import limits
from benchmarks.support.browser import NAMES, installed_browser
from tests.chromium import PATIENCE, Chromium
from tests.player_page import SIZE, PlayerPage, is_fault
from tests.screen import ended, patient

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

ROOT = Path(__file__).parent.parent
settings.register_profile("steady", deadline=None, derandomize=True)  # a slow machine is no failure
settings.load_profile("steady")


def pytest_collection() -> None:
    """Thousands of tests are found, none of which is garbage: to look for some all the while took a third of the time."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on Python looks for garbage again, but seldom, and not among the tests: that took 8% of theirs."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


os.environ.setdefault(limits.RAISED_STEPS.variable, "0")  # more seeds would be computed beside whatever is tested
os.environ.setdefault(limits.WORKERS.variable, "0")  # processes would take seconds to start in each worker; see test_workers.py
_MAIN = sys.modules["__main__"]


def pytest_runtest_teardown() -> None:
    """An app that was tried leaves its script as the main module, which every process that is spawned later would run."""
    sys.modules["__main__"] = _MAIN


@pytest.fixture(scope="session", autouse=True)
def installed_components_are_looked_for_once() -> Iterator[None]:
    """Before every run of a page AppTest reads what all installed packages say of themselves, which takes longer than the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started as a newcomer would."""
    with served("app.py", tmp_path_factory.mktemp("app") / "log") as url:
        yield url


@contextmanager
def served(script: str, log: Path) -> Iterator[str]:
    """The address at which Streamlit serves a script, until the block ends."""
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.address", "127.0.0.1"]
    with started(command, log, cwd=ROOT) as url:
        yield url


@contextmanager
def started(command: list[str], log: Path, port: int | None = None, **options: Any) -> Iterator[str]:
    """The address of the app that a command starts, on a port of its own or this one, until the block ends. The options are those of a
    process."""
    port = port or free_port()
    command = [*command, "--server.port", str(port), "--server.headless", "true"]
    options["env"] = {**options.get("env", os.environ), "PYTHONFAULTHANDLER": "1"}
    with log.open("w") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/_stcore/health", server, log)
        yield url
    finally:
        server.terminate()
        _stop(server, log)


def _stop(server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for a server that is about to end; one that does not is ended.

    The failure tells what each of its threads was doing, and who was still connected: uvicorn waits for all without a limit.
    """
    try:
        server.wait(timeout=60)
    except subprocess.TimeoutExpired:
        waited_for = [(at.status, at.raddr) for at in psutil.Process(server.pid).net_connections("tcp")]
        server.send_signal(signal.SIGABRT)
        server.wait(timeout=60)
        raise AssertionError(f"the app did not end, with these connections: {waited_for}; {log.read_text()}") from None


def free_port() -> int:
    """The number of a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, f"the app stopped: {log.read_text()}"
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(f"the app did not start: {log.read_text()}")


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """One worker more than there are cores: a test in a browser waits for a quarter of its time, for frames, polls and other processes."""
    asked_for = "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ
    return None if asked_for else (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """How tests are handed out to workers."""
    from tests.distribution import Distribution

    return Distribution(config, log)


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test in a browser that fails is tried once more, which the summary tells: a machine can be too busy for any patience."""
    if _in_browser(item) and not item.config.option.usepdb:
        item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: tests in a browser, then files whose few tests do, and then files of many."""
    from tests.distribution import takes_long

    sizes = Counter(item.path for item in items)

    def order(item: pytest.Item) -> tuple[int, int]:
        return (0, 0) if _in_browser(item) else (1 if takes_long(item.path) else 2, -sizes[item.path])

    items.sort(key=order)


def _in_browser(item: pytest.Item) -> bool:
    return "browser" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know whether their test has failed."""
    report = yield
    item.stash[_FAILED] = report.failed or (report.when != "setup" and item.stash.get(_FAILED, False))
    return report


@pytest.fixture(scope="session")
def _chromium() -> Iterator[Chromium]:
    from playwright.sync_api import Frame, Page, expect, sync_playwright

    path = installed_browser()
    if path is None:
        message = f"no browser: install one of {', '.join(NAMES)}"
        if os.environ.get("DESCENT_BROWSER") == "required":
            pytest.fail(message)
        pytest.skip(message)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        for kind in (Page, Frame):
            patch.setattr(kind, "wait_for_function", patient(kind.wait_for_function))
        chromium = Chromium(playwright.chromium, path)
        yield chromium
        chromium.close()


@pytest.fixture
def browser(_chromium: Chromium, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A headless Chromium. Where there is none its tests are skipped, or fail if the environment has DESCENT_BROWSER=required."""
    yield _chromium.browser
    if request.node.stash.get(_FAILED, False):
        _chromium.close()  # whatever is the matter with it is not the next test's


@pytest.fixture
def context(_chromium: Chromium, browser: Browser) -> BrowserContext:
    """The one profile of this worker's tabs: what one of them has loaded, the next one finds."""
    return _chromium.context()


@pytest.fixture
def player_page(_chromium: Chromium, browser: Browser) -> Iterator[PlayerPage]:
    """The page of the player's own modules, empty. The test fails if it logs an error, or asks any other machine for anything."""
    page = _chromium.player_page()
    with page.emptied():
        yield page


@pytest.fixture(params=[2], ids=["2x"])
def fine_player_page(_chromium: Chromium, browser: Browser, request: pytest.FixtureRequest) -> Iterator[PlayerPage]:
    """The same on a screen with twice as many pixels, for what must lie right on any: one worker opens it (tests/distribution.py)."""
    page = _chromium.player_page(request.param)
    with page.emptied():
        yield page


@pytest.fixture
def open_tab(context: BrowserContext, app_url: str) -> Iterator[Callable[..., Page]]:
    """Opens the app in a fresh tab: `open_tab(query, panels, **options)`, ready once the player has drawn all its panels.

    The panels are those of the query where it names some, otherwise a map and the loss: a 3-D scene takes a machine without a graphics
    card as long as all the rest. With `panels=""` they are the app's own.
    """
    with tabs(context, app_url) as opened:

        def settled(query: str = "", panels: str = "map.loss", **options: Any) -> Page:
            tab = opened(f"{query}&show={panels}" if panels and "show=" not in query else query, **options)
            settle(tab)
            return tab

        yield settled


@contextmanager
def tabs(context: BrowserContext, url: str) -> Iterator[Callable[..., Page]]:
    """Opens a page in fresh tabs: `opened(query, path, viewport, **media)`, the media as Playwright's `emulate_media` has them.

    Races rest until they are played, as for a user who asked for less motion: a machine without a graphics card has no time for both.
    The test fails if a tab logs an error, or asks any other machine for anything.
    """
    from playwright.sync_api import Error

    opened_tabs: list[Page] = []
    faults: list[str] = []

    def opened(query: str = "", path: str = "/", viewport: ViewportSize = SIZE, **media: Any) -> Page:
        tab = context.new_page()
        opened_tabs.append(tab)
        tab.on("console", lambda message: faults.append(message.text) if is_fault(message) and not _expected(message) else None)
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("crash", lambda _: faults.append("the tab has crashed"))
        tab.on("request", lambda request: None if request.url.startswith((url, "data:", "blob:")) else faults.append(request.url))
        tab.set_viewport_size(viewport)
        tab.emulate_media(**{"color_scheme": "light", "reduced_motion": "reduce", **media})
        tab.goto(f"{url}{path}?{query}")
        return tab

    try:
        yield opened
    finally:
        for tab in opened_tabs:
            with suppress(Error):  # of a tab that has crashed, which is told below
                tab.evaluate("localStorage.clear()")  # what Streamlit keeps in the profile, the next test does not know of
                tab.close()
    assert faults == []


def _expected(message: ConsoleMessage) -> bool:
    """Whether Streamlit looks for its server under a page's own path before it finds it at the root.

    Its front end cannot tell "/lessons" from an app that is mounted there, so it asks both places; what would tell it,
    `window.__streamlit.BACKEND_BASE_URL`, has to stand in Streamlit's own index.html, which `streamlit run` serves as it is.
    """
    return "/_stcore/" in str(message.location.get("url")) and "404" in message.text


def settle(tab: Page) -> None:
    """Wait until the player has drawn all its panels, and the script, if the page has one, has nothing more to draw around it."""
    tab.wait_for_selector(".descent[data-step]", state="attached")
    tab.wait_for_function("[...document.querySelectorAll('.descent .panel')].every((panel) => panel.dataset.drawn)")
    ended(tab)
