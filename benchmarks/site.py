"""Every page of the static site in Chromium and Firefox: errors, requests to elsewhere, and whether it plays and can be dragged."""

from __future__ import annotations

import argparse
import io
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
from typing import Any
from urllib.parse import quote

from benchmarks.support.browser import FLAGS, installed_browser
from benchmarks.support.firefox import started
from benchmarks.support.report import Report, Row
from benchmarks.support.visit import PATIENCE, told, visited
from benchmarks.support.visitor import Browser, Chromium
from exports.files import COURSE_MB
from player.page import GROUND_BYTES

_LIKE = 0.05
"""How far from what is measured a size may be told."""
QUICK = 6
"""So many pages and landscapes of a quick run."""


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
        folder = (options.site or _written(Path(made) / "a course é")).resolve()
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
    blocks = [stop["ground"] for stop in told(folder / "race.html")["free"]["stops"].values()]
    grounds = [files[f"data/{block['light'] if isinstance(block, dict) else block}.js"] for block in blocks]
    found = {
        "folder, MB": (sum(map(len, files.values())) / 1e6, COURSE_MB["folder"]),
        "ZIP, MB": (len(packed.getvalue()) / 1e6, COURSE_MB["ZIP"]),
        "a landscape, kB": (sum(map(len, grounds)) / len(grounds) / 1e3, GROUND_BYTES / 1e3),
    }
    report.table("What it takes", [{"what": what, "measured": size, "told": said} for what, (size, said) in found.items()])
    for what, (size, said) in found.items():
        if abs(size - said) > _LIKE * said:
            report.say(f"{what}: {size:.1f} is told as {said}")
            yield what


def _written(folder: Path) -> Path:
    from exports.course import write_course

    write_course(folder)
    return folder


def _visits(report: Report, name: str, folder: Path, options: argparse.Namespace) -> Iterator[Row]:
    pages = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html") if options.only in str(path))
    pages = pages[:: max(1, len(pages) // QUICK)] if options.quick else pages
    with _opened(name) as browser, served(folder) as address:
        addresses = {"disk": folder.as_uri(), "web": address}
        for place, start in [(place, addresses[place]) for place in options.places]:
            began, faults, dragged, pictures = time.monotonic(), list[str](), 0, 0
            for path in pages:
                found, moved, shown = visited(browser, folder, start, path)
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
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on this machine, below a path."""

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
