"""Every page of the static site in Chromium and Firefox: errors, requests to elsewhere, and whether it plays and can be dragged."""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any, Protocol
from urllib.parse import quote

from benchmarks.support.browser import FLAGS, installed_browser
from benchmarks.support.firefox import started
from benchmarks.support.report import Report, Row
from exports.files import COURSE_MB
from player.page import GROUND_BYTES

PATIENCE = 90.0
"""Seconds after which what is waited for will not come."""
OFTEN = 0.1
_LIKE = 0.05
"""How far from what is measured a size may be told."""
QUICK = 6
"""So many pages and landscapes of a quick run."""
PLAYER = "document.querySelector('.descent')?.player"
DRAWN = f"""(!document.getElementById('player') || ({PLAYER}?.root.dataset.ready === 'true'
    && [...document.querySelectorAll('.panel:not([hidden])')].every((panel) => panel.dataset.drawn !== undefined)))"""
START = f"""(() => {{
    const player = {PLAYER};
    const panel = player?.panels.get('map') ?? player?.panels.get('maps');
    if (!player?.movable.length || !panel || !player.live.alone) return null;
    player.clock.pause();
    const frame = panel.plot.getBoundingClientRect();
    const {{ view }} = panel.subplots()[0];
    const [x, y] = view.point(...player.movable[0], 0);
    const {{ left, top, width, height }} = view.box;
    const inner = (value, low, size) => Math.min(low + 0.8 * size, Math.max(low + 0.2 * size, value));
    const to = [inner(x + 0.2 * width, left, width), inner(y + 0.15 * height, top, height)];
    return {{ from: [frame.left + x, frame.top + y], to: [frame.left + to[0], frame.top + to[1]], start: player.movable[0] }};
}})()"""
SCROLL = f"({PLAYER}?.root.scrollIntoView({{ block: 'nearest' }}), scrollX + scrollY)"
MOVED = f"""((before) => {{
    const {{ race, movable, live }} = {PLAYER};
    const same = (a, b) => Math.fround(a) === Math.fround(b);
    const runs = race.runs.every(({{ x, y }}) => same(x[0], movable[0][0]) && same(y[0], movable[0][1]));
    return String(movable[0]) !== String(before) && !live.held && race.version > 0 && runs;
}})"""
PLAYS = f"""(() => {{
    const {{ clock }} = {PLAYER};
    clock.pause();
    clock.seek(Math.min(clock.steps, 3));
    return clock.position > 0 || clock.steps === 0;
}})()"""
OLD = f"{PLAYER} && Object.assign({PLAYER}.race, {{ old: true }})"
ANOTHER = f"!{PLAYER} || {PLAYER}.race.old === undefined"
CHOOSE = """(({ ground, schedule, turn }) => {
    const set = (list, value) => ((list.value = value), list.dispatchEvent(new Event('change')));
    set(document.getElementById('ground'), ground);
    set(document.getElementById('schedule'), schedule);
    const boxes = [...document.querySelectorAll('#methods .method:not(.again) input')];
    const wanted = [0, 1, 2].map((k) => boxes[(3 * turn + k) % boxes.length]);
    for (const box of wanted) if (!box.checked) box.click();
    for (const box of document.querySelectorAll('#methods input')) if (box.checked && !wanted.includes(box)) box.click();
    document.querySelector('#methods .method button:not([hidden])')?.click();
})"""
CHOSEN = f"""(() => {{
    const ticked = [...document.querySelectorAll('#methods input:checked')].map(({{ value }}) => value.split(' ')[0]);
    const names = {PLAYER}.race.runs.map(({{ name }}) => name);
    return ticked.length < 4 || String([...names].sort()) !== String(ticked.sort()) ? `${{names}} race where ${{ticked}} were chosen` : '';
}})()"""
"""Three methods in turn and one of them once more, on a landscape with a schedule; and what is wrong with who races then."""
STOPS = "[...document.querySelectorAll('#words [data-stop]')].length"
ANSWER = """(() => {
    const { lesson } = JSON.parse(document.getElementById('told').textContent);
    for (const [number, { right }] of (lesson?.questions ?? []).entries())
        document.querySelectorAll('.question')[number].querySelector(`[data-choice="${right}"]`).click();
    return true;
})()"""


class Browser(Protocol):
    """What is asked of a browser."""

    def open(self, url: str) -> None:
        """Go to an address."""

    def evaluate(self, script: str) -> Any:
        """What an expression gives in the page."""

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag with the mouse."""

    def faults(self) -> list[str]:
        """What has gone wrong since it was asked last."""


class Chromium:
    """Chromium, by Playwright, offline where pages come from disk.

    Args:
        page: Playwright's.
    """

    def __init__(self, page: Any) -> None:
        """Listen to a page."""
        self._page, self._faults = page, list[str]()
        page.on("console", lambda message: self._faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._faults.append(str(error)))
        own = ("file:", "data:", "blob:", "http://127.0.0.1:")
        page.on("request", lambda request: None if request.url.startswith(own) else self._faults.append(f"asked for {request.url}"))

    def open(self, url: str) -> None:
        """Go to an address."""
        self._page.goto(url)

    def evaluate(self, script: str) -> Any:
        """What an expression gives in the page."""
        return self._page.evaluate(script)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag with the mouse."""
        mouse = self._page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=5)
        mouse.up()

    def faults(self) -> list[str]:
        """What has gone wrong since it was asked last."""
        self._page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        found, self._faults = self._faults, []
        return found


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be chosen on the command line."""
    parser.add_argument("--site", type=Path, metavar="FOLDER", help="the site, where it is written already")
    parser.add_argument("--browsers", nargs="+", choices=("chromium", "firefox"), default=["chromium", "firefox"], help="which visit it")
    parser.add_argument("--places", nargs="+", choices=("disk", "web"), default=["disk", "web"], help="where pages are opened from")
    parser.add_argument("--only", default="", metavar="PART", help="only pages with this in their path")


def run(options: argparse.Namespace) -> int:
    """Visit; the exit status is 0 if nothing is wrong anywhere."""
    report = Report("site", ("playwright",), options.json)
    with TemporaryDirectory() as made:
        folder = options.site or _written(Path(made) / "a course é")
        unlike = list(_unlike(report, folder))
        rows = [row for name in options.browsers for row in _visits(report, name, folder, options)]
    report.table("Pages by browser and place", rows)
    report.close()
    return int(any(row["faults"] for row in rows) or bool(unlike))


def _unlike(report: Report, folder: Path) -> Iterator[str]:
    """What the site takes; and whether it is told otherwise before it is made."""
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    told = json.loads(files["race.html"].decode().split('id="told">')[1].split("</script>")[0])
    blocks = [stop["ground"] for stop in told["free"]["stops"].values()]
    grounds = [files[f"data/{block['light'] if isinstance(block, dict) else block}.js"] for block in blocks]
    found = {
        "folder, MB": (sum(map(len, files.values())) / 1e6, COURSE_MB["folder"]),
        "ZIP, MB": (len(packed.getvalue()) / 1e6, COURSE_MB["ZIP"]),
        "a landscape, kB": (sum(map(len, grounds)) / len(grounds) / 1e3, GROUND_BYTES / 1e3),
    }
    report.table("What it takes", [{"what": what, "measured": size, "told": told} for what, (size, told) in found.items()])
    for what, (size, told) in found.items():
        if abs(size - told) > _LIKE * told:
            report.say(f"{what}: {size:.1f} is told as {told}")
            yield what


def _written(folder: Path) -> Path:
    from exports.course import write_course

    write_course(folder)
    return folder


def _visits(report: Report, name: str, folder: Path, options: argparse.Namespace) -> Iterator[Row]:
    pages = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html") if options.only in str(path))
    pages = pages[:: max(1, len(pages) // QUICK)] if options.quick else pages
    with _opened(name) as browser, _served(folder) as address:
        addresses = {"disk": folder.resolve().as_uri(), "web": address}
        for place, start in [(place, addresses[place]) for place in options.places]:
            began, faults, dragged, pictures = time.monotonic(), list[str](), 0, 0
            for path in pages:
                found, moved, shown = visited(browser, f"{start}/{quote(path)}")
                for fault in found:
                    report.say(f"{name}, {place}, {path}: {fault}")
                faults += found
                sys.stderr.write(f"\r{name}, {place}: {path:60}")
                dragged, pictures = dragged + moved, pictures + shown
            yield {
                "browser": name,
                "from": place,
                "pages": len(pages),
                "pictures": pictures,
                "dragged": dragged,
                "faults": len(faults),
                "s": time.monotonic() - began,
            }


def visited(browser: Browser, url: str) -> tuple[list[str], int, int]:
    """What is wrong with a page, how many of its pictures were dragged, and how many it has."""
    faults, dragged, shown = list[str](), 0, 0

    def look(what: str, choose: str = "") -> None:
        """Choose something else to play, if anything, and play with it."""
        nonlocal dragged, shown
        if choose:
            browser.evaluate(f"({OLD}, {choose}, 0)")
        problem, moved = played(browser) if not choose or _comes(browser, ANOTHER) else ("nothing else is played", 0)
        faults.extend(f"{what}{fault}" for fault in ([problem] if problem else []) + browser.faults())
        dragged, shown = dragged + moved, shown + 1

    browser.open(url)
    look("")
    if "/lessons/" in url:
        look("answered: ", ANSWER)
        for stop in range(browser.evaluate(STOPS)):
            look(f"stop {stop + 1}: ", f"document.querySelectorAll('#words [data-stop]')[{stop}].click()")
    if url.endswith("/race.html"):
        grounds, schedules = browser.evaluate(
            "['ground', 'schedule'].map((name) => [...document.querySelectorAll(`#${name} option`)].map(({ value }) => value))"
        )
        for turn, ground in enumerate(grounds):
            schedule = schedules[turn % len(schedules)]
            look(f"{ground}, {schedule}: ", f"{CHOOSE}({json.dumps({'ground': ground, 'schedule': schedule, 'turn': turn})})")
            if wrong := browser.evaluate(CHOSEN):
                faults.append(f"{ground}, {schedule}: {wrong}")
    return faults, dragged, shown


def played(browser: Browser) -> tuple[str, int]:
    """What is wrong with what a page plays, "" for nothing, and whether a start was dragged."""
    if not _comes(browser, DRAWN):
        return "it is not drawn", 0
    if not browser.evaluate(f"Boolean({PLAYER})"):
        return "", 0
    if not browser.evaluate(PLAYS):
        return "its clock does not go", 0
    if browser.evaluate(f"!{PLAYER}.movable.length || !{PLAYER}.live.alone"):
        return "", 0
    browser.evaluate(f"{PLAYER}.live.wake()")
    if not _comes(browser, f"{PLAYER}.live.ready"):
        return "what it is computed by does not come", 0
    browser.evaluate(SCROLL)
    told = browser.evaluate(START)
    if told is None:
        return "", 0
    browser.drag(told["from"], told["to"])
    return ("", 1) if _comes(browser, f"{MOVED}({told['start']})") else ("a start that is dragged does not move the picture", 0)


def _comes(browser: Browser, condition: str) -> bool:
    """Whether a condition holds within some time."""
    began = time.monotonic()
    while not browser.evaluate(f"Boolean({condition})"):
        if time.monotonic() - began > PATIENCE:
            return False
        time.sleep(OFTEN)
    return True


@contextmanager
def _opened(name: str) -> Iterator[Browser]:
    if name == "firefox":
        with started() as firefox:
            firefox.resize(1280, 806)
            yield firefox
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=installed_browser(), args=FLAGS) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        page.set_default_timeout(PATIENCE * 1000)
        yield Chromium(page)


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The address of the folder on this machine, below a path."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    handler: Callable[..., Quiet] = partial(Quiet, directory=str(folder.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{quote(folder.name)}"
    finally:
        server.shutdown()
        server.server_close()
