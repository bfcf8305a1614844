"""The browser of a worker: what all its tests share, and what none of them may spoil for the next one."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.support.browser import FLAGS
from tests.player_page import SIZE, PlayerPage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, BrowserType

PATIENCE = 60_000
"""Milliseconds after which what a test waits for is taken for lost: far more than a busy machine needs."""
PLAIN = ["--webgl-antialiasing-mode=none", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader", "--js-flags=--no-opt"]
"""Nobody looks at the edges of scenes here, and to smooth them in software takes a third of the time that scenes take. Nothing asks for a
graphics card, which there is none of, either: that takes a tenth of all the browser's time. And no page lives long enough for the last
compiler of scripts, which takes a twentieth of it."""


class Chromium:
    """A headless Chromium that is started once it is needed, and anew after it was closed or has crashed.

    Args:
        kind: Playwright's.
        path: of the browser that is installed.
    """

    def __init__(self, kind: BrowserType, path: str) -> None:
        self._kind, self._path = kind, path
        self._folder: TemporaryDirectory[str] | None = None
        self._contexts: dict[int, BrowserContext] = {}
        self._player_pages: dict[int, PlayerPage] = {}

    @property
    def browser(self) -> Browser:
        """Playwright's."""
        browser = self._contexts[1].browser if 1 in self._contexts else None
        return browser if browser and browser.is_connected() else self._launched()

    def _launched(self) -> Browser:
        """Start it with a profile on disk, where it keeps compiled scripts: to compile them is half of what opening the app takes."""
        self.close()
        self._folder = TemporaryDirectory(ignore_cleanup_errors=True)
        profile = self._kind.launch_persistent_context(self._folder.name, executable_path=self._path, args=[*FLAGS, *PLAIN], viewport=SIZE)
        profile.set_default_timeout(PATIENCE)
        self._contexts[1] = profile
        assert profile.browser, "as Chromium gives it"
        return profile.browser

    def context(self, ratio: int = 1) -> BrowserContext:
        """The one profile of this worker's tabs: what one of them has loaded, the next one finds.

        Args:
            ratio: pixels of the screen for each of CSS.
        """
        browser = self.browser
        if ratio not in self._contexts:
            self._contexts[ratio] = browser.new_context(viewport=SIZE, device_scale_factor=ratio)
            self._contexts[ratio].set_default_timeout(PATIENCE)
        return self._contexts[ratio]

    def player_page(self, ratio: int = 1) -> PlayerPage:
        """The one page of the player's own modules, on a screen of that kind."""
        context, known = self.context(ratio), self._player_pages.get(ratio)
        if known is None or known.crashed:
            known = self._player_pages[ratio] = PlayerPage(context)
        return known

    def close(self) -> None:
        """End it, with all that it has shown."""
        profile, self._contexts, self._player_pages = self._contexts.get(1), {}, {}
        if profile:
            profile.close()
        if self._folder:
            self._folder.cleanup()
