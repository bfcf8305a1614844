"""What the pages that tune have in common: settings that each of them declares as its own."""

from __future__ import annotations

from app_pages.session import capitalized
from app_pages.settings import Selection
from lab.network_place import TUNED_BY
from lab.search import OBJECTIVES

_SEEDS = {str(seed): str(seed) for seed in range(10)}


def objective(page: str, default: str, label: str, help: str) -> Selection:
    """A page's choice of what is minimized."""
    return Selection(page, "objective", default, label, {name: capitalized(title) for name, title in OBJECTIVES.items()}, help)


_SEED_COUNTS = {str(count): str(count) for count in (1, 5, 10, 20, 50)}


_RUNS = {str(count): str(count) for count in (1, 2, 3, 5, 10)}
_TRAININGS = {count: f"{count} each" for count in ("10", "20", "60", "200")}


def trainings(page: str) -> Selection:
    """A page's choice of how many trials there are for networks."""
    return Selection(page, "trainings", "20", "Trials", _TRAININGS, "Every optimizer gets the same number of settings to try.")


def runs(page: str, default: str = "2") -> Selection:
    """A page's choice of how often a network is trained."""
    words = "With each seed a trial is trained so often, with other first weights and other batches; as many other runs judge the result."
    return Selection(page, "runs", default, "Runs", _RUNS, words)


def tuned_by(page: str) -> Selection:
    """A page's choice of what networks are tuned for."""
    words = (
        "What tuning looks for: the loss on a fifth of the examples to learn from, held back meanwhile, or on all of them. The test loss "
        "tunes nothing: it judges."
    )
    return Selection(page, "tuned_by", "validation loss", "Tuned by", TUNED_BY, words)


def seeds(page: str) -> Selection:
    """A page's choice of how many seeds there are."""
    words = "Everything is done with so many seeds, each with trials and starts of its own: who can be told apart is known from them."
    return Selection(page, "seeds", "10", "Seeds", _SEED_COUNTS, words)


def seed(page: str) -> Selection:
    """A page's choice of the seed of its trials and starts."""
    return Selection(page, "tuning", "0", "First seed", _SEEDS, "The first of the seeds; others choose other trials and starts.")
