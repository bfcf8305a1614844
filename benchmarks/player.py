"""Frames a second, bytes and waiting times of the Race page in Chromium, beside the same race as go.Frame animations."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.support.browser import FLAGS, installed_browser
from benchmarks.support.report import Report
from scenario import Choice, Scenario

ROOT = Path(__file__).parent.parent
ENTRANTS = tuple(Choice.of(name, lr=0.01) for name in ("sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam"))
STARTS = (1, 20, 200, 1667)
"""Starts for each of the six optimizers: 6, 120, 1,200 and about 10,000 trajectories."""
MOST_FRAMES_STARTS = 200
"""More starts than this make a page of go.Frames that no browser here opens within minutes."""
STEPS = 200
WAIT = 180_000
TARGETS = (
    "60 fps at 1,200 and 40 at 10,002; 12 bytes a point; 4 kB for an unchanged rerun; 500 ms for a slider at 120; first picture in 3 s"
)

PLAYER = "document.querySelector('.descent')?.player"
PAGES: dict[str, dict[str, str]] = {
    "Descent": {
        "app": "app.py",
        "first": "document.querySelector('.descent')?.dataset.step !== undefined",
        "complete": "document.querySelectorAll('.descent .panel[data-drawn]').length === 3",
        "race": f"{PLAYER}.race",
        "count": f"{PLAYER}.frames",
        "start": "null",
        "slider": "[class*='st-key-optimizers-0-lr'] input[type=range]",
    },
    "go.Frame": {
        "app": "benchmarks/peers/frames_app.py",
        "first": "document.querySelectorAll('.js-plotly-plot .main-svg').length > 0",
        "complete": "document.querySelectorAll('.js-plotly-plot').length === 3 && document.querySelector('.gl-container canvas') !== null",
        "race": "document.querySelector('.js-plotly-plot')?.data",
        "count": "window.framesShown",
        "start": """(() => {
            window.framesShown = 0;
            const plots = [...document.querySelectorAll('.js-plotly-plot')].slice(0, 2);
            plots[1].on('plotly_animatingframe', () => window.framesShown++); // the slower one, in 3-D
            for (const plot of plots) plot.querySelector('.updatemenu-button').dispatchEvent(new MouseEvent('click', { bubbles: true }));
        })()""",
        "slider": "[data-testid=stSidebar] input[type=range]",
    },
}


FIRST = """
    const look = () => (SHOWN) ? requestAnimationFrame(() => (window.firstPicture = performance.now())) : requestAnimationFrame(look);
    look();
"""
"""Notes when the first picture has been drawn."""
WATCH = """void (window.shown = new Promise((done) => addEventListener("keydown", () => {
    const race = RACE, began = performance.now();
    const look = () => RACE !== race ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(look);
    look();
    setTimeout(() => done(NaN), 60000);
}, { once: true, capture: true })))"""
"""Notes how long it takes from the next key to the frame that shows another race."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument("--starts", type=int, nargs="+", default=STARTS, metavar="N", help="starts for each of the six optimizers")


def run(options: argparse.Namespace) -> int:
    """Open both pages with the same races, and print what was seen."""
    from playwright.sync_api import sync_playwright

    report = Report("player", ("streamlit", "plotly", "playwright"), options.json)
    report.say(f"Six optimizers, {STEPS} steps, contour map, 3-D and loss curves together, at 1280 x 720. Wanted: {TARGETS}.")
    rounds = 3 if options.quick else 7
    path = installed_browser()
    rows = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        report.say(f"Chromium {browser.version}")
        with _served(PAGES["Descent"]["app"]) as ours, _served(PAGES["go.Frame"]["app"]) as theirs:
            for starts in options.starts:
                for name, url in (("Descent", ours), ("go.Frame", theirs)):
                    if name == "Descent" or starts <= MOST_FRAMES_STARTS:
                        rows.append(_measure(browser, name, url, starts, rounds))
    report.table("Playing in the browser", rows)
    report.close()
    return 0


def _scenario(starts: int) -> Scenario:
    return Scenario(landscape=Choice("himmelblau"), optimizers=ENTRANTS, starts=Choice.of("anywhere", n=starts), steps=STEPS)


def _measure(browser: Any, name: str, url: str, starts: int, rounds: int) -> dict[str, Any]:
    parts = PAGES[name]
    query = _scenario(starts).to_query()
    _opened(browser, parts, f"{url}/?{query}")[0].context.close()  # the server is warm
    page, first, received = _opened(browser, parts, f"{url}/?{query}")
    points = starts * len(ENTRANTS) * (STEPS + 1)
    sent, largest = sum(received), max(received)
    unchanged = _unchanged(page, received)
    waits = _slider(page, parts, rounds)
    page.context.close()
    page, _, _ = _opened(browser, parts, f"{url}/?{query}")
    fps = _frames_per_second(page, parts)
    page.context.close()
    return {
        "trajectories": starts * len(ENTRANTS),
        "page": name,
        "fps": fps,
        "MB sent": sent / 1e6,
        "bytes/point": sent / points,
        "largest message, bytes/point": largest / points,
        "kB, unchanged rerun": unchanged / 1e3,
        "first picture s": first,
        "slider to picture ms": median(waits),
        "least..most": f"{min(waits):.0f}..{max(waits):.0f}",
    }


def _opened(browser: Any, parts: dict[str, str], address: str) -> tuple[Any, float, list[int]]:
    """A page that has drawn everything, the seconds from navigation to its first picture, and the sizes of the messages it got."""
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    page.add_init_script(FIRST.replace("SHOWN", parts["first"]))
    page.goto(address)
    page.wait_for_function(f"{parts['complete']} && window.firstPicture", timeout=WAIT)
    page.wait_for_timeout(1500)
    return page, page.evaluate("window.firstPicture") / 1e3, received


def _frames_per_second(page: Any, parts: dict[str, str], seconds: float = 4.0) -> float:
    page.evaluate(parts["start"])
    page.wait_for_timeout(500)
    before, began = page.evaluate(f"[{parts['count']}, performance.now()]")
    page.wait_for_timeout(1000 * seconds)
    after, ended = page.evaluate(f"[{parts['count']}, performance.now()]")
    return float((after - before) / (ended - began) * 1e3)


def _unchanged(page: Any, received: list[int]) -> int:
    """Bytes that a rerun costs in which nothing has changed; Streamlit's own key "r" asks for one."""
    page.mouse.click(640, 4)
    del received[:]
    page.keyboard.press("r")
    page.wait_for_timeout(2500)
    return sum(received)


def _slider(page: Any, parts: dict[str, str], rounds: int) -> list[float]:
    """Milliseconds from each press of a key on the learning rate's slider to the frame that shows the new race."""
    if page.locator("[data-testid=stSidebar] summary").count():
        page.get_by_test_id("stSidebar").get_by_text("SGD", exact=True).click()
    slider = page.locator(parts["slider"]).first
    slider.wait_for(state="attached")
    waits = []
    for _ in range(rounds):
        page.wait_for_timeout(700)
        slider.focus()
        page.evaluate(WATCH.replace("RACE", parts["race"]))
        page.keyboard.press("ArrowRight")
        waits.append(float(page.evaluate("window.shown")))
    return waits


@contextmanager
def _served(app: str) -> Iterator[str]:
    """The app on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", app, "--server.port", str(port), "--server.headless", "true"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)
