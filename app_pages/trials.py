"""What the pages that tune have in common: settings that each of them declares as its own."""

from __future__ import annotations

from app_pages.session import capitalized
from app_pages.settings import Selection
from lab.search import OBJECTIVES

_SEEDS = {str(seed): str(seed) for seed in range(10)}


def objective(page: str, default: str, label: str, help: str) -> Selection:
    """A page's choice of what is minimized."""
    return Selection(page, "objective", default, label, {name: capitalized(title) for name, title in OBJECTIVES.items()}, help)


_SEED_COUNTS = {str(count): str(count) for count in (1, 5, 10, 20, 50)}


def seeds(page: str) -> Selection:
    """A page's choice of how many seeds there are."""
    words = "Everything is done with so many seeds, each with trials and starts of its own: who can be told apart is known from them."
    return Selection(page, "seeds", "10", "Seeds", _SEED_COUNTS, words)


def seed(page: str) -> Selection:
    """A page's choice of the seed of its trials and starts."""
    return Selection(page, "tuning", "0", "First seed", _SEEDS, "The first of the seeds; others choose other trials and starts.")
