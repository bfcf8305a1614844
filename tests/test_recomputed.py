"""The default tournament and the default fair race, recomputed from their raw export: plain NumPy, textbook formulas, nothing of the lab's.

Constants of distributions stand in their tables: Student's with 9 degrees of freedom, chi-squared with 4, and the studentized range of 5.
"""

from __future__ import annotations

import csv
import io
import json
import math
import runpy
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations, product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

import landscapes
from exports.lab_tables import tables_of
from lab.executors import run_task
from lab.judged import Judged
from lab.places import resolution
from lab.tournament import USUAL, Standings, Tournament
from lab.tuning import Tuned, Tuning
from scenario.presets import OPENING

pytestmark = pytest.mark.xdist_group("recomputed")  # each is computed once
Floats = npt.NDArray[np.float64]
Export = tuple[dict[str, Any], list[dict[str, str]], str]
STUDENT, CHI_SQUARED, STUDENTIZED = 2.262157, 9.487729, 2.728
SIGNS = np.array(list(product((-1, 1), repeat=10)))
"""All ways in which ten differences can have their signs."""


class Raw(NamedTuple):
    """What a CSV says of one landscape: who ran, and arrays of shape (optimizers, seeds, starts)."""

    labels: list[str]
    steps: Floats
    reached: Floats
    final: Floats


def saved(result: Any) -> Export:
    """The settings and the rows of the held-out starts, as any program reads them from the CSV, and its text."""
    text = tables_of(result)["Held-out starts"].make().to_csv(date(2026, 11, 29))
    about = [line for line in text.splitlines() if line.startswith("# ")]
    (told,) = [line.removeprefix("# all settings: ") for line in about if line.startswith("# all settings: ")]
    return json.loads(told), list(csv.DictReader(io.StringIO("\n".join(text.splitlines()[len(about) :])))), text


def raw(rows: Sequence[Mapping[str, str]]) -> Raw:
    labels, seeds = list(dict.fromkeys(row["optimizer"] for row in rows)), len({row["seed"] for row in rows})
    arrays = (np.array([float(row[name]) for row in rows]).reshape(len(labels), seeds, -1) for name in ("steps", "reached", "final_loss"))
    return Raw(labels, *arrays)


@pytest.fixture(scope="module")
def standings() -> Standings:
    return run_task(Tournament(OPENING.scenario.optimizers, USUAL))


@pytest.fixture(scope="module")
def tuned() -> Tuned:
    return run_task(Tuning(OPENING.scenario))


@pytest.fixture(scope="module")
def export(standings: Standings) -> Export:
    return saved(standings)


# ---- by the textbook


def keys(steps: Floats, final: Floats) -> tuple[float, float, float]:
    """What decides: the share that was not solved, then the median steps of what was, then the median final loss."""
    known = steps[np.isfinite(steps)]
    return float(1 - np.isfinite(steps).mean()), float(np.median(known)) if known.size else math.inf, float(np.median(final))


def ranked(values: Sequence[Any]) -> Floats:
    """Ranks from 1, ties sharing their mean."""
    return np.array([1 + sum(other < value for other in values) + (list(values).count(value) - 1) / 2 for value in values])


def friedman_finds_a_difference(table: Floats) -> bool:
    """Demsar 2006, section 3.2.2, corrected for ties; ranks of shape (methods, blocks)."""
    count, blocks = table.shape
    spread = ((table - (count + 1) / 2) ** 2).sum()
    between = ((table.sum(axis=1) - blocks * (count + 1) / 2) ** 2).sum()
    return bool(spread and between * (count - 1) / spread > CHI_SQUARED)


def signed_rank(differences: Floats) -> float:
    """Wilcoxon's test by all ways to draw the signs."""
    some = differences[differences != 0]
    if not some.size:
        return 1.0
    ranks = ranked(np.abs(some).tolist())
    sums = np.where(SIGNS[:, : some.size] > 0, ranks, 0.0).sum(axis=1)
    mine = min(ranks[some > 0].sum(), ranks[some < 0].sum())
    return min(1.0, 2 * float(np.mean(sums <= mine + 1e-9)))


def places(found: Raw) -> list[int]:
    """One more than there are who are better beyond chance: Friedman over the seeds, then signed ranks with Holm's correction."""
    count, seeds, _ = found.steps.shape
    each = [keys(found.steps[row, seed], found.final[row, seed]) for row in range(count) for seed in range(seeds)]
    rounded = [(unsolved, steps, round(math.log10(loss), 2) if math.isfinite(loss) else loss) for unsolved, steps, loss in each]
    orders = ranked(rounded).reshape(count, seeds)
    ahead = [0] * count
    if not np.isfinite(found.steps).any():
        return ahead
    if friedman_finds_a_difference(np.stack([ranked(column.tolist()) for column in orders.T], axis=1)):
        pairs = list(combinations(range(count), 2))
        chances = [signed_rank(orders[a] - orders[b]) for a, b in pairs]
        worst = 0.0
        for done, at in enumerate(np.argsort(chances, kind="stable").tolist()):
            worst = max(worst, chances[at] * (len(pairs) - done))
            differences = orders[pairs[at][0]] - orders[pairs[at][1]]
            signed = (np.sign(differences) * ranked(np.abs(differences).tolist())).sum()
            if worst < 0.05:
                ahead[pairs[at][1] if signed < 0 else pairs[at][0]] += 1
    return [1 + others for others in ahead]


def share_interval(steps: Floats) -> tuple[float, float] | None:
    """Jackknife over the seeds of the logarithm of the odds; None where all seeds have one share, which has exact limits."""
    hits, (seeds, each) = np.isfinite(steps).sum(axis=1), steps.shape
    if len(set(hits.tolist())) == 1:
        return None
    without = [math.log(hits.sum() - hit + 0.5) - math.log(steps.size - each - hits.sum() + hit + 0.5) for hit in hits]
    error = STUDENT * math.sqrt((seeds - 1) / seeds * sum((value - np.mean(without)) ** 2 for value in without))
    middle = math.log(hits.sum() + 0.5) - math.log(steps.size - hits.sum() + 0.5)
    low, high = (1 / (1 + math.exp(-(middle + side))) for side in (-error, error))
    return low, high


def median_interval(steps: Floats) -> tuple[float, float]:
    """Bootstrap over the seeds: the middle 95% of the resamples, or their spread with Student's distribution, whichever is wider."""
    drawn = np.random.default_rng([len(steps), 1000]).integers(len(steps), size=(1000, len(steps)))
    pooled = [steps[numbers][np.isfinite(steps[numbers])] for numbers in drawn]
    medians = np.array([np.median(some) for some in pooled if some.size])
    low, high = np.quantile(medians, [0.025, 0.975], method="nearest")
    error = STUDENT * math.sqrt(medians.var() * len(steps) / (len(steps) - 1))
    middle = np.median(steps[np.isfinite(steps)])
    return max(0.0, min(low, middle - error)), max(high, middle + error)


def held_to(found: Raw, judged: Judged) -> None:
    """Shares, times, ranks, places and intervals of one landscape."""
    rows = range(len(found.labels))
    own = [keys(found.steps[row], found.final[row]) for row in rows]
    assert [1 - each[0] for each in own] == pytest.approx(judged.scores.share)
    assert [each[1:] for each in own] == list(zip(judged.scores.steps, judged.scores.loss, strict=True))
    passed = np.isfinite(found.reached) & ~np.isfinite(found.steps)
    assert passed.mean(axis=(1, 2)) == pytest.approx(judged.passed)
    assert judged.ranks.tolist() == ranked(own).tolist()
    assert judged.places.tolist() == places(found)
    for row in rows:
        low, high = judged.share_intervals[row]
        assert low <= judged.scores.share[row] <= high
        if interval := share_interval(found.steps[row]):
            assert (low, high) == pytest.approx(interval, abs=1e-6)


# ---- the default tournament and the default fair race


def test_a_tournament_follows_from_its_raw_export(standings: Standings, export: Export) -> None:
    settings, rows, _ = export
    assert (settings["count"], settings["starts"], settings["seeds"], settings["steps"]) == (40, 24, 10, 200)
    where = {name: raw([row for row in rows if row["landscape"] == name]) for name in USUAL}
    table = np.empty((len(standings.labels), len(USUAL)))
    for column, (found, judged) in enumerate(zip(where.values(), standings.judged, strict=True)):
        held_to(found, judged)
        table[:, column] = ranked([keys(steps, final) for steps, final in zip(found.steps, found.final, strict=True)])
    assert table.mean(axis=1) == pytest.approx(standings.mean_ranks)
    count, blocks = table.shape
    if friedman_finds_a_difference(table):
        difference = STUDENTIZED * math.sqrt(count * (count + 1) / (6 * blocks))
        assert standings.critical_difference == pytest.approx(difference, abs=1e-3)
        shared = [
            label for label, rank in zip(standings.labels, table.mean(axis=1), strict=True) if rank - table.mean(axis=1).min() < difference
        ]
        assert all(label in standings.in_words() for label in shared)
    else:
        assert standings.critical_difference == math.inf
        assert "no two of them can be told apart" in standings.in_words()
    costs = np.concatenate([np.maximum(found.steps, 1).reshape(count, -1) for found in where.values()], axis=1)
    best = costs.min(axis=0)
    for entrant in range(count):
        for ratio, share in zip(*standings.profile(entrant), strict=True):
            with np.errstate(invalid="ignore"):
                assert share == pytest.approx(np.mean(np.isfinite(costs[entrant]) & (costs[entrant] <= ratio * best * (1 + 1e-12))))
        spent, shares = standings.data_profile(entrant, "steps")
        steps = np.concatenate([found.steps[entrant].ravel() for found in where.values()])
        assert shares.tolist() == pytest.approx([np.mean(steps <= most) for most in spent])


def test_one_seed_decides_nothing_in_it(standings: Standings, export: Export) -> None:
    """Where the seeds name different winners those share a place, and who is told apart from another is ahead with most seeds."""
    _, rows, _ = export
    changing = 0
    for name, judged in zip(USUAL, standings.judged, strict=True):
        found = raw([row for row in rows if row["landscape"] == name])
        count, seeds, _ = found.steps.shape
        each = [[keys(found.steps[row, seed], found.final[row, seed]) for row in range(count)] for seed in range(seeds)]
        winners = {row for by in each for row in range(count) if by[row] == min(by)}
        changing += len({tuple(row for row in range(count) if by[row] == min(by)) for by in each}) > 1
        assert winners & set(np.flatnonzero(judged.places == 1).tolist()), name
        for better, worse in np.argwhere(judged.better).tolist():
            assert sum(by[better] < by[worse] for by in each) > seeds / 2, (name, better, worse)
    assert changing >= 4, "on half of the landscapes another seed has another winner"


def test_its_example_script_tells_the_same(
    standings: Standings, export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "held-out.csv"
    file.write_text(export[2])
    monkeypatch.setattr(sys, "argv", ["verdicts.py", str(file)])
    runpy.run_path(str(Path(__file__).parent.parent / "examples" / "verdicts.py"))
    told = capsys.readouterr().out
    for name, judged in zip(USUAL, standings.judged, strict=True):
        assert f"{name}: {judged.in_words(standings.labels)}" in told
    losses = [
        (at, value) for at, judged in enumerate(standings.judged) for value in (*judged.scores.loss, *np.ravel(judged.loss_intervals))
    ]
    floors = [resolution(landscapes.get(name)) for name in USUAL]
    assert told.count("≤") == sum(value <= floors[at] for at, value in losses) > 0, "limits are told from measurements"
    assert str(dict(zip(standings.labels, standings.mean_ranks.round(2).tolist(), strict=True))) in told


def test_every_trial_of_it_is_there(standings: Standings) -> None:
    table = tables_of(standings)["Trials"].make()
    assert table.rows == len(USUAL) * len(standings.labels) * 10 * 40
    columns = {name: np.asarray(values) for name, values in table.columns.items()}
    chosen = columns["chosen"]
    assert chosen.sum() == table.rows / 40
    at = np.flatnonzero(chosen & (columns["landscape"] == "beale") & (columns["optimizer"] == "Adam") & (columns["seed"] == 3000))
    settings = dict(standings.chosen[standings.labels.index("Adam")][USUAL.index("beale")][3].settings)
    assert {name: columns[name][at].item() for name in ("lr", "beta1", "beta2")} == {
        name: settings[name] for name in ("lr", "beta1", "beta2")
    }
    every = columns["solved"].reshape(-1, 40)
    assert (every.max(axis=1) == every[chosen.reshape(-1, 40)]).all(), "what was chosen solved most"


def test_a_fair_race_follows_from_its_raw_export(tuned: Tuned) -> None:
    settings, rows, _ = saved(tuned)
    assert (settings["count"], settings["starts"], settings["seeds"]) == (60, 24, 10)
    found = raw(rows)
    held_to(found, tuned.judged)
    for row, interval in enumerate(tuned.judged.step_intervals):
        assert interval == pytest.approx(median_interval(found.steps[row]), abs=1e-4)
