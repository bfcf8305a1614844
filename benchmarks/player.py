"""Frames a second, bytes, waiting times and what is dragged on the Race page in Chromium, beside the same race as go.Frame animations."""

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
from typing import Any, NamedTuple

from benchmarks.support.browser import FLAGS, installed_browser
from benchmarks.support.dragging import awake, drag, left_in_memory
from benchmarks.support.report import Report
from scenario import PLANE, Choice, Scenario
from scenario.landscape_presets import LANDSCAPE_PRESETS
from scenario.network_plane import query_of

ROOT = Path(__file__).parent.parent
ENTRANTS = tuple(Choice.of(name, lr=0.01) for name in ("sgd", "momentum", "nesterov", "rmsprop", "adagrad", "adam"))
STARTS = (1, 20, 200, 1667)
"""Starts for each of the six optimizers: 6, 120, 1,200 and about 10,000 trajectories."""
MOST_FRAMES_STARTS = 200
"""More starts than this make a page of go.Frames that no browser here opens within minutes."""
STEPS = 200
DRAGGED = (1, 20, 240)
"""Starts for each of five optimizers while something is dragged."""
ON_PLANES = tuple(map(Choice, ("sgd", "momentum", "adam")))
CHANGES = 5000
"""An hour of dragging, about."""
WAIT = 180_000
TARGETS = (
    "60 fps at 1,200 and 40 at 10,002; 12 bytes a point; 4 kB for an unchanged rerun; 500 ms for a slider at 120; first picture in 3 s;"
    " dragging 60 fps at 5 x 20, 30 at 5 x 240"
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
    parser.add_argument("--starts", type=int, nargs="*", default=STARTS, metavar="N", help="starts for each of the six optimizers")
    parser.add_argument(
        "--dragged", type=int, nargs="*", default=DRAGGED, metavar="N", help="starts for each of five while something is dragged"
    )
    parser.add_argument("--planes", action=argparse.BooleanOptionalAction, default=True, help="drag on planes of networks, too")
    parser.add_argument("--changes", type=int, default=CHANGES, metavar="N", help="changes after which memory is looked at, 0 for none")


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
            dragged = [
                row for starts in options.dragged for row in _dragged(browser, {"Descent": ours, "go.Frame": theirs}, starts, rounds)
            ]
            planes = _on_planes(browser, ours, rounds) if options.planes else []
            left = _left(browser, ours, min(options.changes, 500) if options.quick else options.changes)
    if rows:
        report.table("Playing in the browser", rows)
    if dragged:
        report.table("From a drag to the picture", dragged)
    if planes:
        report.table(f"Dragging a start of {len(ON_PLANES)} methods on the planes of networks", planes)
    if left:
        report.table("What dragging leaves in memory", left)
    report.close()
    return 0


def _scenario(starts: int, optimizers: int = len(ENTRANTS)) -> Scenario:
    entrants = ENTRANTS[:optimizers]
    return Scenario(landscape=Choice("himmelblau"), optimizers=entrants, starts=Choice.of("anywhere", n=starts), steps=STEPS)


def _dragged(browser: Any, urls: dict[str, str], starts: int, rounds: int) -> Iterator[dict[str, Any]]:
    """A start and a rate dragged where that is possible, and a slider's round trip on both pages."""
    query = _scenario(starts, 5).to_query()
    for name, url in urls.items():
        if name == "go.Frame" and starts > MOST_FRAMES_STARTS:
            continue
        opened = _opened(browser, PAGES[name], f"{url}/?{query}")
        page = opened.page
        row = {"trajectories": f"5 x {starts}", "page": name}
        if name == "Descent":
            apart = _opened(browser, PAGES[name], f"{url}/?{query}&show=map.step")
            for tab, what, beside in ((opened, "start", ""), (opened, "rate", ""), (apart, "start", ", step by step")):
                awake(tab.page)
                del tab.sent[:]
                found = drag(tab.page, what, 60 if rounds < 7 else 240)
                messages = len(tab.sent)
                tab.page.evaluate(f"{PLAYER}.live.forget()")
                shown = f"{found['shown']} of {starts}"
                yield {**row, "changed by": f"dragging a {what}{beside}", **found, "shown": shown, "WebSocket frames": messages}
            apart.page.context.close()
        waits = _slider(page, PAGES[name], rounds)
        least_to_most = f"{min(waits):.0f}..{max(waits):.0f}"
        nothing = {"computed ms": "", "fps": "", "shown": "", "WebSocket frames": ""}
        yield {**row, "changed by": "its slider, by a key", "ms": median(waits), "least..most": least_to_most, **nothing}
        page.context.close()


def _on_planes(browser: Any, url: str, rounds: int) -> list[dict[str, Any]]:
    """The same on planes of networks, whose loss no formula gives, beside a landscape with a formula."""
    presets = list(LANDSCAPE_PRESETS.values())
    networks = [query_of(preset.scenario) for preset in (presets[0], presets[-1])]
    races = [Scenario(landscape=Choice("himmelblau")), *(Scenario(landscape=Choice(PLANE), network=network) for network in networks)]
    rows: list[dict[str, Any]] = []
    for race in races:
        query = race.replace(optimizers=ON_PLANES, steps=STEPS).to_query()
        opened = _opened(browser, PAGES["Descent"], f"{url}/?{query}")
        awake(opened.page)
        del opened.sent[:]
        found = drag(opened.page, "start", 60 if rounds < 7 else 240)
        title = race.build_landscape().name
        more = {"times the first": found["computed ms"] / (rows[0]["computed ms"] if rows else found["computed ms"])}
        rows.append({"landscape": title, **found, **more, "WebSocket frames": len(opened.sent)})
        opened.page.context.close()
    return rows


def _left(browser: Any, url: str, changes: int) -> list[dict[str, Any]]:
    """What many changes leave behind on a page of 5 x 20 trajectories."""
    if not changes:
        return []
    page = _opened(browser, PAGES["Descent"], f"{url}/?{_scenario(20, 5).to_query()}").page
    awake(page)
    grown = left_in_memory(page, changes)
    page.context.close()
    return [{"changes": changes, "kB of the heap": grown["heap"] / 1e3, "kB of WebAssembly": grown["WebAssembly"] / 1e3, **_counts(grown)}]


def _counts(grown: dict[str, int]) -> dict[str, int]:
    return {name: grown[name] for name in ("nodes", "listeners")}


def _measure(browser: Any, name: str, url: str, starts: int, rounds: int) -> dict[str, Any]:
    parts = PAGES[name]
    query = _scenario(starts).to_query()
    _opened(browser, parts, f"{url}/?{query}").page.context.close()  # the server is warm
    page, first, received, _ = _opened(browser, parts, f"{url}/?{query}")
    points = starts * len(ENTRANTS) * (STEPS + 1)
    sent, largest = sum(received), max(received)
    unchanged = _unchanged(page, received)
    waits = _slider(page, parts, rounds)
    page.context.close()
    page = _opened(browser, parts, f"{url}/?{query}").page
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


class _Opened(NamedTuple):
    """A page that has drawn everything, the seconds from navigation to its first picture, and the sizes of the messages it got and sent."""

    page: Any
    first: float
    received: list[int]
    sent: list[int]


def _opened(browser: Any, parts: dict[str, str], address: str) -> _Opened:
    page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
    received: list[int] = []
    sent: list[int] = []

    def listen(socket: Any) -> None:
        socket.on("framereceived", lambda frame: received.append(len(frame)))
        socket.on("framesent", lambda frame: sent.append(len(frame)))

    page.on("websocket", listen)
    page.add_init_script(FIRST.replace("SHOWN", parts["first"]))
    page.goto(address)
    page.wait_for_function(f"{parts['complete']} && window.firstPicture", timeout=WAIT)
    page.wait_for_timeout(1500)
    return _Opened(page, page.evaluate("window.firstPicture") / 1e3, received, sent)


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
