"""An open tab whose server is stopped and started again: it plays on, says so, and comes back by itself as it was."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import ROOT, free_port, settle, started
from tests.screen import PLAYER, pixel, seek

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

_COMMAND = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1"]
_LINE = "document.querySelector('.descent-connection.seen')?.textContent"


def test_a_tab_comes_back_as_it_was_and_what_was_changed_meanwhile_is_applied(context: BrowserContext, tmp_path: Path) -> None:
    port, tab = free_port(), context.new_page()
    try:
        with started(_COMMAND, tmp_path / "first", port, cwd=ROOT) as url:
            tab.emulate_media(reduced_motion="reduce")
            tab.goto(f"{url}/?landscape=ravine~condition:44&optimizer=adam&steps=60&show=map")
            settle(tab)
            seek(tab, 7)
        tab.wait_for_function(f"{_LINE}?.startsWith('No connection')")
        tab.evaluate(f"{PLAYER}.clock.setSpeed(4), {PLAYER}.clock.play()")
        tab.wait_for_function(f"{PLAYER}.clock.position > 9")
        seek(tab, 12)
        tab.mouse.click(*pixel(tab, -1.0, 0.5))
        with started(_COMMAND, tmp_path / "second", port, cwd=ROOT):
            tab.wait_for_function(f"{_LINE}?.startsWith('Connected again')")
            tab.wait_for_url(
                re.compile(r"\?landscape=ravine~condition(:|%3A)44&optimizer=adam&point=-1[^&]*&steps=60&show=map&version=[0-9.]+$")
            )
        assert tab.evaluate(f"[{PLAYER}.clock.position, {PLAYER}.clock.speed]") == [12, 4]
        assert tab.locator("[role=dialog]").count() == 0
    finally:
        tab.close()
