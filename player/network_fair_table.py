"""What a fair race of networks has found, as the cells of its table."""

from __future__ import annotations

import numpy as np

from lab import statistics
from lab.tuned import Tuned
from parameters import short

TOLERATED = 2.0
"""How many times its least the loss may be at rates that are tolerated."""


def network_heads(tuned: Tuned) -> list[tuple[str, str]]:
    """The columns between the optimizer and its settings, each with what it is."""
    terms = tuned.task.terms
    held = "of the runs that judge, whose first weights and batches none was tuned with"
    return [
        ("test loss", f"The median at the last step {held}, and its interval of 95% confidence over the seeds: it decides"),
        *([("right", "The median share of the test examples whose class is right, and its interval")] if _classifies(tuned) else []),
        ("learned", f"The share {held}, whose test loss {terms.arrives}, and stayed; and its interval"),
        ("steps", f"The median number of steps of those, {terms.looked}, and its interval"),
        ("training loss", "The median at the last step on the examples to learn from"),
        ("diverged", "How many of the runs that judge left float range"),
        (
            "tolerant",
            f"Over how many factors of ten of the learning rate the {terms.tuned} stays within twice its least, where it learns at all",
        ),
    ]


def network_cells(tuned: Tuned, entrant: int) -> list[str]:
    """What stands under each of them of an optimizer, as HTML."""
    trials, judged = tuned.trials[entrant], tuned.judged
    share, steps = float(judged.scores.share[entrant]), float(judged.scores.steps[entrant])
    (low, high), (soon, late) = judged.share_intervals[entrant], judged.step_intervals[entrant]
    width = trials.tolerant_decades("final loss", TOLERATED) if trials.scores.share.any() else np.nan  # who never learns tolerates nothing
    return [
        _between(judged.scores.loss[entrant], judged.loss_intervals[entrant]),
        *([_right(judged.also["accuracy"][entrant])] if _classifies(tuned) else []),
        f"{share:.0%} <small>{low * 100:.0f}–{high * 100:.0f}</small>",
        f"{steps:g} <small>{soon:.3g}–{late:.3g}</small>" if share else "never",
        _number(float(np.median(judged.also["training_loss"][entrant]))),
        f"{judged.diverged[entrant]} of {judged.final[entrant].size}",
        f"{width:.1f} decades" if np.isfinite(width) else "–",
    ]


def _classifies(tuned: Tuned) -> bool:
    return bool(np.isfinite(tuned.judged.also["accuracy"]).any())


def _number(loss: float) -> str:
    return short(loss, 3) if np.isfinite(loss) else "diverged"


def _between(loss: float, limits: tuple[float, float]) -> str:
    low, high = map(_number, limits)
    return f"{_number(float(loss))} <small>{low}–{high}</small>"


def _right(accuracies: np.ndarray) -> str:
    if not np.isfinite(accuracies).any():
        return "–"
    low, high = statistics.median_interval(accuracies)
    return f"{np.nanmedian(accuracies):.1%} <small>{low * 100:.1f}–{min(high, 1) * 100:.1f}</small>"
