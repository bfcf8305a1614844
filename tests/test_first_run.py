"""What a newcomer meets first: the terminal, a checkout that can only be read, the icon of the tab."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest

from benchmarks.support.tab import Tab
from player import component
from player.markdown import plain
from tests.conftest import ROOT, started, tabs
from tests.waiting import awaited

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
"""The administrator may write everywhere; another user then starts the app."""
EXPECTED = re.compile(r"You can now view your Streamlit app in your browser\.|(Local|Network|External) URL: http://\S+|Stopping\.\.\.|")


@pytest.fixture
def checkout() -> Iterator[Path]:
    """A fresh copy of the project that every user may read, as `git clone` makes it: no caches, nothing published."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    left_out = shutil.ignore_patterns(
        ".*_cache", ".git", ".venv", ".hypothesis", "__pycache__", "player-*", "plotly-*", "output", "node_modules"
    )
    yield shutil.copytree(ROOT, folder / "descent", ignore=left_out)
    shutil.rmtree(folder)


def with_packages(folder: Path) -> str:
    """Make a virtual environment with a thousand folders of packages, and give its Python."""
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "installed.pth").write_text(sysconfig.get_paths()["purelib"])
    for number in range(1000):
        (packages / f"package{number // 100}" / f"part{number}").mkdir(parents=True)
    return str(folder / "bin" / "python")


@contextmanager
def quiet(checkout: Path, log: Path, *options: str) -> Iterator[str]:
    """The address of an app that is started in a terminal, which must show the address and nothing else."""
    command = [with_packages(checkout / ".venv"), "-m", "streamlit", "run", "app.py", *options]
    with started(command, log, cwd=checkout) as url:
        yield url
    lines = log.read_text().splitlines()
    assert any("Local URL" in line for line in lines)
    assert [line for line in lines if not EXPECTED.fullmatch(line.strip())] == []
    assert log.stat().st_size < 1000


def test_the_terminal_shows_the_address_and_nothing_else(context: BrowserContext, checkout: Path, tmp_path: Path) -> None:
    with quiet(checkout, tmp_path / "log") as url, tabs(context, url) as opened:
        opened("show=loss").wait_for_selector(".descent[data-step]", state="attached", timeout=120_000)


def test_with_the_watcher_on_it_shows_nothing_else_either(checkout: Path, tmp_path: Path) -> None:
    async def opened(url: str) -> None:
        async with Tab(url, query="show=loss", patience=120) as tab:
            assert (await tab.open()).pictured

    with quiet(checkout, tmp_path / "log", "--server.fileWatcherType", "auto") as url:
        awaited(opened(url))


def test_a_checkout_that_can_only_be_read_says_what_to_do_and_the_icon_is_there_from_anywhere(
    context: BrowserContext, checkout: Path, tmp_path: Path
) -> None:
    for path in [checkout, *checkout.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    python = [*AS_NOBODY, sys.executable]
    if subprocess.run([*python, "-c", "import streamlit"], check=False, capture_output=True).returncode:
        pytest.skip("no other user may run this Python")
    command = [*python, "-m", "streamlit", "run", str(checkout / "app.py")]
    options: dict[str, Any] = {"cwd": "/", "env": {**os.environ, "HOME": "/nonexistent"}}
    with started(command, tmp_path / "log", **options) as url, tabs(context, url) as opened:
        tab = opened()
        said = tab.get_by_role("alert").filter(has_text="written").inner_text(timeout=120_000)
        assert str(checkout / "static") in said
        assert "Permission denied" in said
        icon = "document.querySelector('link[rel~=icon]').href"
        tab.wait_for_function(f"{icon}.includes('/media/')")
        content = tab.request.get(tab.evaluate(icon)).body()
    assert content == (ROOT / "docs" / "icon.png").read_bytes()
    for path in [checkout, *checkout.rglob("*")]:
        path.chmod(path.stat().st_mode | 0o200)


def test_players_files_that_cannot_be_put_anywhere_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(component, "STATIC", tmp_path / "file" / "static")
    component._published.cache_clear()
    component.component.cache_clear()
    app = AppTest.from_string("from app_pages import race\nrace.page()", default_timeout=60).run()
    assert not app.exception
    assert plain(f"{tmp_path / 'file' / 'static'}, and that cannot be written") in app.error[0].value
