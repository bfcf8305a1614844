"""Who visits pages: a browser, of which little is asked, and Chromium as one."""

from __future__ import annotations

from typing import Any, Protocol


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
