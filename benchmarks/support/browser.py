"""The browser that benchmarks and tests drive."""

from __future__ import annotations

import shutil

FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""What a headless Chromium is started with, so that it asks nobody for anything."""
NAMES = ("chromium", "chromium-browser", "google-chrome")


def installed_browser() -> str | None:
    """The path of an installed Chromium, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)
