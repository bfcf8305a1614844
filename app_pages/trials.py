"""What the pages that tune have in common: settings that each of them declares as its own."""

from __future__ import annotations

from app_pages.session import capitalized
from app_pages.settings import Selection
from lab.search import OBJECTIVES

_SEEDS = {str(seed): str(seed) for seed in range(10)}


def objective(page: str, default: str, label: str, help: str) -> Selection:
    """A page's choice of what is minimized."""
    return Selection(page, "objective", default, label, {name: capitalized(title) for name, title in OBJECTIVES.items()}, help)


def seed(page: str) -> Selection:
    """A page's choice of the seed of its trials and starts."""
    return Selection(page, "tuning", "0", "Seed", _SEEDS, "Chooses the trials and the starts.")
