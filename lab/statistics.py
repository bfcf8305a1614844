"""What can be told from several seeds: intervals by jackknife and bootstrap, and tests of who can be told apart from whom.

Friedman's test asks whether any of k methods differ over N blocks (seeds, or landscapes). Which of them do is asked of every pair by the
signed-rank test with Holm's correction, where blocks are seeds, and by Nemenyi's critical difference, where they are landscapes.

Source: Demsar 2006, "Statistical comparisons of classifiers over multiple data sets", JMLR 7, pages 1-30; Efron 1979,
doi:10.1214/aos/1176344552; Efron and Tibshirani 1993, doi:10.1201/9780429246593, chapters 11 to 13.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from parameters import Array

LEVEL = 0.05
"""Two are told apart where chance alone would do so less often than this."""
RESAMPLES = 1000
"""Resamples of a bootstrap."""


def ranks(scores: Array) -> Array:
    """The ranks, from 1, of scores of shape (keys, count) by their first row, where that is equal the second, and so on; ties share their
    mean."""
    _, rank, counts = np.unique(scores, axis=1, return_inverse=True, return_counts=True)
    shared: Array = (np.cumsum(counts) - (counts - 1) / 2)[rank.reshape(-1)]
    return shared


# ---- intervals


@lru_cache(maxsize=32)
def resampled(blocks: int, resamples: int = RESAMPLES) -> npt.NDArray[np.float64]:
    """How often each block is in each resample, shape (resamples, blocks): the same numbers whenever it is asked."""
    drawn = np.random.default_rng([blocks, resamples]).integers(blocks, size=(resamples, blocks))
    counts = np.zeros((resamples, blocks))
    np.add.at(counts, (np.arange(resamples)[:, None], drawn), 1.0)
    counts.setflags(write=False)
    return counts


def share_interval(solved: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Between which limits a share lies, with 95% confidence.

    Args:
        solved: what was solved, shape (seeds, starts). Seeds count whole, since all starts of a seed share its settings: the logarithm of
            the odds is estimated without each of them in turn (the jackknife, Tukey 1958), and its error has Student's distribution.
            Where that leaves no doubt, because all seeds have the same share, and for a single seed, all starts are taken for one
            sample, and the exact limits of Clopper and Pearson 1934 (doi:10.1093/biomet/26.4.404) are its.
    """
    hits, seeds = np.count_nonzero(solved, axis=1), len(solved)
    if (hits == hits[0]).all():
        return _exact_limits(int(hits.sum()), solved.size)
    others = _log_odds(hits.sum() - hits, solved.size - solved.shape[1])
    doubt = student(seeds - 1) * math.sqrt((seeds - 1) * float(others.var()))
    odds = np.exp(_log_odds(hits.sum(), solved.size) + np.array([-doubt, doubt]))
    low, high = (odds / (1 + odds)).tolist()
    return float(low), float(high)


def _log_odds(hits: npt.ArrayLike, count: int) -> Array:
    """The logarithm of the odds, with half a hit and half a miss more, so that there always is one."""
    return np.asarray(np.log(np.add(hits, 0.5)) - np.log(count - np.asarray(hits) + 0.5))


@lru_cache(maxsize=128)
def student(freedom: int) -> float:
    """Within which distance of 0 a variable of Student's distribution is, with 95% confidence (Abramowitz and Stegun 1964, 26.7.3-4)."""
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        angle = (low + high) / 2
        term = 1.0 if freedom % 2 == 0 else math.cos(angle)
        terms = 0.0
        for step in range(1 + freedom % 2, freedom, 2):
            terms, term = terms + term, term * math.cos(angle) ** 2 * step / (step + 1)
        inside = math.sin(angle) * terms if freedom % 2 == 0 else 2 / math.pi * (angle + math.sin(angle) * terms)
        low, high = (angle, high) if inside < 1 - LEVEL else (low, angle)
    return math.tan(high) * math.sqrt(freedom)


def _exact_limits(hits: int, count: int) -> tuple[float, float]:
    """The shares under which so many hits, or more, and so many, or fewer, come about with half of `LEVEL`: Clopper and Pearson's."""
    if hits in (0, count):
        doubt = (LEVEL / 2) ** (1 / count)
        return (0.0, 1 - doubt) if hits == 0 else (doubt, 1.0)
    number = np.arange(1, count + 1)
    ways = np.append(0.0, np.cumsum(np.log((count + 1 - number) / number)))  # their logarithms

    def limit(part: slice, rising: bool) -> float:
        low, high = 0.0, 1.0
        for _ in range(52):
            share = (low + high) / 2
            of = np.arange(count + 1)[part]
            chance = np.exp(ways[part] + of * math.log(share) + (count - of) * math.log1p(-share)).sum()
            low, high = (share, high) if (chance < LEVEL / 2) == rising else (low, share)
        return (low + high) / 2

    return limit(slice(hits, None), True), limit(slice(hits + 1), False)


def median_interval(values: Array, failed: float = np.nan) -> tuple[float, float]:
    """Between which limits the median of the finite values lies, with 95% confidence; NaN where there are none.

    The wider of two: that of the resamples' middle 95%, which is too narrow for few seeds, and that of their spread and Student's
    distribution. It never reaches below 0. Where what failed counts as infinite, as of losses, numbers differ by factors.

    Args:
        values: shape (seeds, starts), none below 0; seeds are resampled, and the starts of a single one.
        failed: infinity where values that are infinite count as such; otherwise they are left out.
    """
    blocks = values if len(values) > 1 else values.T
    known = np.isfinite(blocks) | (blocks == failed)
    if not known.any():
        return float("nan"), float("nan")
    block, _ = np.nonzero(known)
    found = blocks[known]
    order = np.argsort(found, kind="stable")
    weights = np.cumsum(resampled(len(blocks))[:, block[order]], axis=1)
    weights = weights[weights[:, -1] > 0]
    half = weights[:, -1:] / 2
    below, above = (found[order][middle.argmax(axis=1)] for middle in (weights >= half, weights > half))
    medians = (below + above) / 2
    low, high = np.quantile(medians, [LEVEL / 2, 1 - LEVEL / 2], method="nearest").tolist()
    freedom, middle = len(blocks) - 1, float(np.median(found))
    if not freedom or not np.isfinite(medians).all():
        return float(low), float(high)
    by_factors = np.isinf(failed) and bool(medians.min() > 0)
    spread = float((np.log(medians) if by_factors else medians).var())
    doubt = student(freedom) * math.sqrt(spread * (freedom + 1) / freedom)
    if by_factors:
        return min(float(low), middle * math.exp(-min(doubt, 700))), max(float(high), middle * math.exp(min(doubt, 700)))
    return max(0.0, min(float(low), middle - doubt)), max(float(high), middle + doubt)


# ---- tests


def friedman(table: Array) -> float:
    """The probability that k methods without any difference would have ranks as different as these: Friedman's test, corrected for ties.

    Args:
        table: the ranks of the methods in each block, shape (k, N), ties sharing their mean.

    Returns:
        By the chi-squared distribution with k - 1 degrees of freedom. Friedman 1937, doi:10.1080/01621459.1937.10503522.
    """
    methods, blocks = table.shape
    if methods < 2:
        return 1.0
    spread = float(((table - (methods + 1) / 2) ** 2).sum())
    if spread == 0:
        return 1.0
    between = float(((table.sum(axis=1) - blocks * (methods + 1) / 2) ** 2).sum())
    return _above(between * (methods - 1) / spread, methods - 1)


def _above(x: float, freedom: int) -> float:
    """The probability that a chi-squared variable with so many degrees of freedom is above x."""
    half = x / 2
    term = math.exp(-half) if freedom % 2 == 0 else math.sqrt(half / math.pi) * math.exp(-half) * 2
    total, step = (0.0, 0.0) if freedom % 2 == 0 else (math.erfc(math.sqrt(half)), 0.5)
    for _ in range(freedom // 2):
        total += term
        step += 1
        term *= half / step
    return total


def signed_rank(differences: Array) -> float:
    """The probability that chance alone would make one of two as often and as clearly better, two-sided: the exact signed-rank test.

    Args:
        differences: between the two in each block, shape (N,). What is zero is left out, and ties share their mean rank.

    Returns:
        By the distribution of the sum of ranks over all signs. Wilcoxon 1945, doi:10.2307/3001968.
    """
    some = differences[differences != 0]
    if not some.size:
        return 1.0
    doubled = np.rint(2 * ranks(np.abs(some)[None])).astype(int)
    total = int(doubled.sum())
    ways = np.zeros(total + 1)
    ways[0] = 1.0
    for rank in doubled.tolist():
        ways[rank:] += ways[: total + 1 - rank].copy()
        ways /= 2
    less = int(min(doubled[some > 0].sum(), doubled[some < 0].sum()))
    return min(1.0, 2 * float(ways[: less + 1].sum()))


def holm(chances: Array) -> Array:
    """The probabilities of several tests, each corrected for all of them: Holm 1979, https://www.jstor.org/stable/4615733."""
    order = np.argsort(chances, kind="stable")
    corrected = np.maximum.accumulate(chances[order] * np.arange(chances.size, 0, -1))
    found = np.empty_like(chances)
    found[order] = np.minimum(corrected, 1.0)
    return found


def better_than(orders: Array) -> npt.NDArray[np.bool_]:
    """Who is better than whom beyond chance, shape (k, k): [a, b] says that a is better than b.

    Friedman's test over all; if it finds any difference, the signed-rank test for each pair, corrected by Holm's method. Its differences
    are those of ranks among all results of all methods and blocks, since results that are first compared by one measure and then by
    another have no differences of their own (Kornbrot 1990, doi:10.1111/j.2044-8317.1990.tb00939.x).

    Args:
        orders: the rank of each result among all results, shape (k, N); less is better.
    """
    methods, blocks = orders.shape
    better = np.zeros((methods, methods), dtype=bool)
    within = np.stack([ranks(column[None]) for column in orders.T], axis=1) if blocks else orders
    if methods < 2 or friedman(within) >= LEVEL:
        return better
    pairs = [(a, b) for a in range(methods) for b in range(a)]
    apart = [orders[a] - orders[b] for a, b in pairs]
    chances = holm(np.array([signed_rank(differences) for differences in apart]))
    for (a, b), differences, chance in zip(pairs, apart, chances.tolist(), strict=True):
        if chance < LEVEL:
            signed = float((np.sign(differences) * ranks(np.abs(differences)[None])).sum())
            better[(a, b) if signed < 0 else (b, a)] = True
    return better


def fewest_blocks(methods: int) -> int:
    """With how many seeds at least two of so many methods can be told apart at all, by `better_than`."""
    pairs = max(1, methods * (methods - 1) // 2)
    return next(count for count in range(1, 100) if pairs * 2.0 ** (1 - count) < LEVEL)


@lru_cache(maxsize=64)
def critical_difference(methods: int, blocks: int) -> float:
    """How far apart the mean ranks of two of k methods over N blocks have to be: Nemenyi's test, Demsar 2006, section 3.2.2."""
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if range_above(middle, methods) > LEVEL else (low, middle)
    return high / math.sqrt(2) * math.sqrt(methods * (methods + 1) / (6 * blocks))


def range_above(q: float, methods: int) -> float:
    """The probability that the range of k normal variables is above q: the studentized range with infinite degrees of freedom."""
    z = np.linspace(-8.0, 8.0, 641)
    below = np.array([math.erf(value / math.sqrt(2)) for value in np.concatenate([z, z - q]).tolist()]).reshape(2, -1) / 2
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return 1 - methods * float((density * (below[0] - below[1]) ** (methods - 1)).sum()) * float(z[1] - z[0])


def places(better: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """The place of each, from 1: one more than there are who are better beyond chance. Who cannot be told apart shares a place."""
    return np.asarray(1 + better.sum(axis=0), dtype=np.int64)


def count_as_ranks(places: npt.NDArray[np.int64]) -> bool:
    """Whether places are those of a sport, 1, 1, 3: each one more than there are who have a better one. `places` may be 1, 1, 2."""
    return bool((places == 1 + (places[:, None] < places).sum(axis=0)).all())
