"""The lab's tests and intervals, held against values that SciPy 1.17.1 gave and against what is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from lab import statistics
from lab.search import median_solved

VALUES = np.array(
    [
        [0.1, -0.1, 0.6, 0.1, -0.5, 0.4, 1.3, 0.9, -0.7],
        [-0.7, 0.0, 0.6, -1.7, 0.4, -0.6, -0.1, 0.1, 0.3],
        [1.6, 2.2, 1.1, 2.6, 0.5, 1.6, 2.1, 1.3, 0.5],
        [0.9, 1.3, 2.0, 0.8, 1.6, 1.6, 2.3, 2.0, 2.2],
    ]
)
"""Of four methods in nine blocks, with ties."""


def within_blocks(values: np.ndarray) -> np.ndarray:
    return np.stack([statistics.ranks(column[None]) for column in values.T], axis=1)


def test_ranks_with_ties_by_hand() -> None:
    scores = np.array([[3.0, 1.0, 1.0, np.inf, 1.0, np.inf], [0.0, 5.0, 5.0, 2.0, 4.0, 2.0]])
    assert statistics.ranks(scores).tolist() == [4.0, 2.5, 2.5, 5.5, 1.0, 5.5]


@pytest.mark.parametrize(("methods", "chance"), [(4, 5.479838562136166e-05), (3, 0.0008612352542288078)])
def test_friedman_is_scipys(methods: int, chance: float) -> None:
    assert statistics.friedman(within_blocks(VALUES[:methods])) == pytest.approx(chance, rel=1e-12)
    assert statistics.friedman(np.full((3, 5), 2.0)) == 1.0


@pytest.mark.parametrize(
    ("differences", "chance"),
    [
        ([1.3, -0.2, 0.7, 2.1, -0.4, 0.9, 1.7, 0.3, -1.1, 2.6], 0.083984375),
        ([1.0, 2, 2, -1, 3, 3, -2, 4], 0.1015625),  # ties: over all signs, as SciPy's PermutationMethod does
        ([1.0] * 10, 2 / 1024),
        ([0.0, 0.0], 1.0),
    ],
)
def test_the_signed_rank_test_is_scipys(differences: list[float], chance: float) -> None:
    assert statistics.signed_rank(np.array(differences)) == pytest.approx(chance, rel=1e-12)


def test_the_range_of_normal_variables_and_the_critical_difference_are_scipys() -> None:
    recorded = {(2, 2.0): 0.15729920705028522, (5, 3.5): 0.09633846396542678, (9, 4.2): 0.07315051545004214}
    assert {case: statistics.range_above(case[1], case[0]) for case in recorded} == pytest.approx(recorded, rel=1e-9)
    differences = {(5, 8): 2.156494988745812, (3, 20): 0.7411432006427974, (10, 15): 3.497583793498488}
    assert {case: statistics.critical_difference(*case) for case in differences} == pytest.approx(differences, rel=1e-8)


def test_holm_by_hand() -> None:
    assert statistics.holm(np.array([0.01, 0.04, 0.03])).tolist() == pytest.approx([0.03, 0.06, 0.06])


def test_who_is_better_than_whom() -> None:
    """The first two win half the blocks each, and both always beat the third."""
    scores = np.array([[1.0, 2.0] * 6, [2.0, 1.0] * 6, [9.0] * 12])
    better = statistics.better_than(statistics.ranks(scores.reshape(1, -1)).reshape(scores.shape))
    assert better.tolist() == [[False, False, True], [False, False, True], [False, False, False]]
    assert statistics.places(better).tolist() == [1, 1, 3]


def test_the_fewest_seeds_are_those_with_which_a_difference_can_show() -> None:
    for methods in (2, 5, 8):
        fewest = statistics.fewest_blocks(methods)
        for seeds, apart in ((fewest - 1, False), (fewest, True)):
            always = np.arange(methods * seeds, dtype=float).reshape(methods, seeds) + 1
            assert statistics.better_than(always).any() == apart


def test_no_difference_is_found_where_there_is_none_but_in_one_of_twenty() -> None:
    random = np.random.default_rng(0)
    tables = random.normal(size=(80, 4, 10))
    found = [statistics.better_than(statistics.ranks(table.reshape(1, -1)).reshape(4, 10)).any() for table in tables]
    assert np.mean(found) < 0.1


def test_the_interval_of_a_share() -> None:
    none, everything = np.zeros((10, 24), dtype=bool), np.ones((10, 24), dtype=bool)
    assert statistics.share_interval(none[:1])[1] == pytest.approx(0.14247359772258136)
    assert statistics.share_interval(everything)[0] == pytest.approx(0.9847471895987213)
    seeds = np.arange(10)[:, None] < np.array([5] * 24)
    low, high = statistics.share_interval(seeds)  # all of a seed or none: as wide as that of ten coins
    assert (low, high) == pytest.approx((0.2, 0.8), abs=0.11)
    mixed = np.tile(np.arange(24) < 12, (10, 1))
    mixed[0, 12] = True
    assert np.ptp(statistics.share_interval(mixed)) < 0.02, "seeds that agree leave little doubt"
    assert statistics.share_interval(seeds) == (low, high), "the same each time"


def test_with_few_seeds_too_the_interval_of_a_share_covers_it_as_often_as_it_says() -> None:
    """Shares that differ from seed to seed by a standard deviation of 0.07 to 0.15."""
    random = np.random.default_rng(3)
    for seeds in (2, 3, 5, 10):
        held = []
        for share, spread in ((0.3, 8.0), (0.5, 40.0), (0.9, 20.0)):
            for _ in range(200):
                own = random.beta(share * spread, (1 - share) * spread, size=(seeds, 1))
                low, high = statistics.share_interval(random.random((seeds, 24)) < own)
                held.append(low <= share <= high)
        assert 0.94 <= np.mean(held) <= 0.995, seeds
    recorded = {1: 12.706204736174698, 2: 4.302652729749462, 4: 2.7764451051977934, 9: 2.262157162798205, 23: 2.0686576104190477}
    assert {freedom: statistics.student(freedom) for freedom in recorded} == pytest.approx(recorded, rel=1e-12)


def test_the_interval_of_a_median_is_one_of_the_median_that_is_shown() -> None:
    """Which is the mean of the two in the middle."""
    alike = np.tile([20.0, np.inf, 10.0], (10, 1))
    assert statistics.median_interval(alike) == (15.0, 15.0)
    random = np.random.default_rng(2)
    for _ in range(100):
        values = np.rint(random.normal(50, 20, size=(10, 4)))
        values[random.random(values.shape) < 0.5] = np.inf
        low, high = statistics.median_interval(values)
        assert low <= median_solved(values.ravel()) <= high


def test_seeds_that_all_have_the_same_share_do_not_make_it_certain() -> None:
    """By SciPy 1.17's binomtest(hits, count).proportion_ci(0.95, "exact")."""
    known = ((1, 2, 2, (0.06758598648854, 0.93241401351146)), (3, 6, 3, (0.2601905828951, 0.7398094171049)))
    for hits, starts, seeds, limits in (*known, (23, 24, 10, (0.92471029547033, 0.97984120132139))):
        alike = np.tile(np.arange(starts) < hits, (seeds, 1))
        assert statistics.share_interval(alike) == pytest.approx(limits, abs=1e-9)


def test_the_interval_of_a_median_covers_it_and_passes_over_what_was_not_solved() -> None:
    random = np.random.default_rng(1)
    for seeds in (3, 5, 10):
        hits = 0
        for _ in range(100):
            values = 20 + random.normal(size=(seeds, 1)) + random.normal(size=(seeds, 12))
            values[random.random(values.shape) < 0.3] = np.inf
            low, high = statistics.median_interval(values)
            hits += low <= 20 <= high
        assert 92 <= hits <= 99, seeds
    assert np.isnan(statistics.median_interval(np.full((3, 4), np.inf))).all()
