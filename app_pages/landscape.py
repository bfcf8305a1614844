"""The page of real landscapes: what the page of networks shows, beginning with the landscape of a small one."""

from __future__ import annotations

from app_pages import network
from app_pages.places import LANDSCAPE


def page() -> None:
    """Draw the page."""
    network.page(LANDSCAPE)
