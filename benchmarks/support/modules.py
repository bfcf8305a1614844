"""A page in Chromium that serves the player's own modules from the project's files, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.support.browser import FLAGS, installed_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

ORIGIN = "http://localhost:9"
"""Where the page seems to be."""
_ROOT = Path(__file__).parent.parent.parent
_PLACES = {"js": _ROOT / "player" / "js", "peers": _ROOT / "benchmarks" / "peers"}


@contextmanager
def modules_page() -> Iterator[Page]:
    """The page, which can import "/js/NAME.js", a module of the player, and "/peers/NAME.js", one of the peers.

    Raises:
        RuntimeError: no Chromium is installed.
    """
    from playwright.sync_api import sync_playwright

    path = installed_browser()
    if path is None:
        raise RuntimeError("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page()
        page.route(f"{ORIGIN}/**", _answer)
        page.goto(ORIGIN)
        yield page
        browser.close()


def _answer(route: Route) -> None:
    folder, _, name = route.request.url.removeprefix(f"{ORIGIN}/").partition("/")
    file = _PLACES[folder] / name if folder in _PLACES else None
    if file and file.is_file():
        route.fulfill(body=file.read_text(encoding="utf-8"), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html>", content_type="text/html")
