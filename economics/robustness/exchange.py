"""Exact tests that exchange calm and pressed answers within a problem.

Where a pressure changes nothing, the answers to a problem are draws of one distribution, and given all of
them together every way to call m of them "pressed" is equally likely. The counts x of the m pressed ones
are then multivariate hypergeometric, whatever the distribution was: nothing is assumed about preferences or
noise. Problems are independent, so that the null distribution of a sum over problems is the convolution
of theirs. It is built up exactly; only where repeated answers make the sums too many are they drawn.

For a yes or no (refused or not) the sum is Σ x, and the test is Birch's exact conditional test in strata,
which with one answer against one is McNemar's. An attack may push each pressed answer to an option of its
own; then the answers are dealt out to the questions one by one, and hits are counted.

Sources: Fisher, The Design of Experiments (1935); Birch, JRSS B 26 (1964); Phipson & Smyth, Statistical
Applications in Genetics and Molecular Biology 9 (2010), for p-values of drawn exchanges.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product
from math import comb, lcm

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray, IntArray

DRAWS = 99_999
"""Exchanges that are drawn where their sums are too many to count."""

_FINEST = 5_000  # least common denominator up to which sums are counted
_DIRECT = 10**7  # products up to which a convolution is summed term by term
_MOST_ANSWERS = 12  # of a problem under pressure, whose tables are listed


def distance_p_value(
    calm: npt.ArrayLike, pressed: npt.ArrayLike, seed: int = 0, *, departure: bool = False
) -> float:
    """P(Σ distance as large or larger) over all exchanges within problems, one-sided.

    The statistic is the sum over problems of the unbiased estimate of ½ Σ_j (P_j − Q_j)²
    (:func:`economics.robustness.distance.distances`), or of Σ_j P_j (P_j − Q_j)
    (:func:`economics.robustness.distance.departures`).

    Args:
        calm: (n, J) calm answers for each option, at least two a problem.
        pressed: (n, J) answers under pressure, at least two a problem.
        seed: of the exchanges where they are drawn.
        departure: which of the two.

    Returns:
        The p-value; 1 without problems.
    """
    y, x = np.asarray(calm, np.int64), np.asarray(pressed, np.int64)
    if not len(x):
        return 1.0
    sizes = {(int(m), int(k)) for m, k in zip(x.sum(axis=1), y.sum(axis=1), strict=True)}
    unit = lcm(*(lcm(m * (m - 1), k * (k - 1), m * k) for m, k in sizes))
    if unit > _FINEST or max(m for m, _ in sizes) > _MOST_ANSWERS:
        return _drawn(x, y, seed, departure)
    parts, lowest, observed = [], 0, 0
    for own, others in zip(x.tolist(), y.tolist(), strict=True):
        pooled = tuple(sorted((a + b for a, b in zip(own, others, strict=True) if a + b), reverse=True))
        values, mass = _tables(pooled, sum(own), unit, departure)
        parts.append(mass)
        lowest += values
        observed += _scaled(own, others, unit, departure)
    return float(min(1.0, add_up(parts)[observed - lowest :].sum()))


def add_up(parts: Sequence[FloatArray]) -> FloatArray:
    """Distribution of a sum of independent whole numbers ≥ 0, from theirs.

    Neighbours are convolved in pairs, then the results, so that long ones meet last. Every term is positive,
    so that the smallest tail keeps its digits; the longest go through a Fourier transform, exact to 1e-15.
    """
    found = list(parts) or [np.ones(1)]
    while len(found) > 1:
        pairs = [found[i : i + 2] for i in range(0, len(found), 2)]
        found = [_convolved(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return found[0]


def _convolved(a: FloatArray, b: FloatArray) -> FloatArray:
    if len(a) * len(b) <= _DIRECT:
        return np.convolve(a, b)
    return np.asarray(np.clip(scipy.signal.fftconvolve(a, b), 0, None))


def share_p_value(
    calm: npt.ArrayLike, of_calm: npt.ArrayLike, pressed: npt.ArrayLike, of_pressed: npt.ArrayLike
) -> float:
    """P(Σ pressed as large or larger) given how many answers of each problem say yes, one-sided.

    Args:
        calm: (n,) calm answers that say yes.
        of_calm: (n,) calm answers.
        pressed: (n,) answers under pressure that say yes.
        of_pressed: (n,) answers under pressure.

    Returns:
        The p-value; 1 without problems.
    """
    parts, lowest = [], 0
    rows = np.stack([np.asarray(a, np.int64) for a in (calm, of_calm, pressed, of_pressed)], axis=1)
    for y, k, x, m in rows.tolist():
        total, size = x + y, m + k
        low = max(0, total - k)
        lowest += low
        parts.append(_hypergeometric(size, total, m))
    observed = int(rows[:, 2].sum())
    return float(min(1.0, add_up(parts)[observed - lowest :].sum()))


def goal_p_value(calm: npt.ArrayLike, chosen: npt.ArrayLike, goals: npt.ArrayLike) -> float:
    """P(as many or more answers under pressure at their goals), one-sided.

    Args:
        calm: (n, J) calm answers for each option.
        chosen: (n, m) options chosen under pressure, −1 where there is no answer.
        goals: (n, m) option that each was pushed to.

    Returns:
        The p-value; 1 without problems.
    """
    parts, observed = [], 0
    rows = zip(*(np.asarray(a, np.int64).tolist() for a in (calm, chosen, goals)), strict=True)
    for counts, answers, aims in rows:
        given = [(answer, aim) for answer, aim in zip(answers, aims, strict=True) if answer >= 0]
        for answer, aim in given:
            counts[answer] += 1
            observed += answer == aim
        parts.append(_hits(tuple(counts), tuple(sorted(aim for _, aim in given))))
    return float(min(1.0, add_up(parts)[observed:].sum()))


@cache
def _hits(counts: tuple[int, ...], goals: tuple[int, ...]) -> FloatArray:
    """P(0), …, P(m) hits when answers are dealt out to questions with these goals, without putting back."""
    if not goals:
        return np.ones(1)
    out, total = np.zeros(len(goals) + 1), sum(counts)
    for option, count in enumerate(counts):
        if count:
            left = (*counts[:option], count - 1, *counts[option + 1 :])
            start = int(option == goals[0])
            out[start : start + len(goals)] += count / total * _hits(left, goals[1:])
    return out


@cache
def _hypergeometric(size: int, total: int, drawn: int) -> FloatArray:
    """P(x) for x from its smallest to its largest value."""
    x = np.arange(max(0, total - size + drawn), min(drawn, total) + 1)
    return np.asarray(scipy.stats.hypergeom.pmf(x, size, total, drawn), float)


def _scaled(own: list[int], others: list[int], unit: int, departure: bool) -> int:
    """The unbiased distance or departure of one problem, times ``unit``; a whole number."""
    m, k = sum(own), sum(others)
    calm = sum(b * (b - 1) for b in others) * (unit // (k * (k - 1)))
    cross = sum(a * b for a, b in zip(own, others, strict=True)) * (unit // (m * k))
    if departure:
        return calm - cross
    # (Σx(x−1)/m(m−1) + Σy(y−1)/k(k−1))/2 − Σxy/mk: pairs come in twos, so that halves are whole.
    return (calm + sum(a * (a - 1) for a in own) * (unit // (m * (m - 1)))) // 2 - cross


@cache
def _tables(pooled: tuple[int, ...], m: int, unit: int, departure: bool) -> tuple[int, FloatArray]:
    """Smallest scaled value over all exchanges, and the probability of it and of each one above."""
    total = comb(sum(pooled), m)
    weight: dict[int, int] = {}
    for own in product(*(range(min(c, m) + 1) for c in pooled)):
        if sum(own) != m:
            continue
        others = [c - a for c, a in zip(pooled, own, strict=True)]
        ways = 1
        for c, a in zip(pooled, own, strict=True):
            ways *= comb(c, a)
        value = _scaled(list(own), others, unit, departure)
        weight[value] = weight.get(value, 0) + ways
    lowest = min(weight)
    mass = np.zeros(max(weight) - lowest + 1)
    for value, ways in weight.items():
        mass[value - lowest] = ways / total
    return lowest, mass


def _drawn(x: IntArray, y: IntArray, seed: int, departure: bool = False) -> float:
    """The p-value from drawn exchanges; never below 1/(draws + 1)."""
    from fiduciary.economics.robustness.distance import departures, distances

    statistic = departures if departure else distances
    rng = np.random.default_rng(seed)
    sums = np.zeros(DRAWS)
    observed = float(statistic(y, x).sum())
    for own, others in zip(x, y, strict=True):
        pooled = own + others
        drawn = rng.multivariate_hypergeometric(pooled, int(own.sum()), size=DRAWS, method="marginals")
        sums += statistic(pooled - drawn, drawn)
    return float((1 + np.sum(sums >= observed - 1e-9)) / (DRAWS + 1))
