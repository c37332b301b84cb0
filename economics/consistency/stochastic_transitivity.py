"""Weak, moderate and strong stochastic transitivity of pair frequencies, and likelihood ratios against them.

With p_ij > ½ and p_jk > ½, p_ik must be > ½ (weak), ≥ min(p_ij, p_jk) (moderate) or ≥ max(p_ij, p_jk)
(strong). Frequencies violate these by noise alone; the likelihood ratios here measure by how much, and
``consistency_tests`` tells what is more than noise. Sources: Block & Marschak (1960); Tversky (1969),
"Intransitivity of preferences", Psychological Review 76; Iverson & Falmagne (1985), "Statistical issues
in measurement", Mathematical Social Sciences 10.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import scipy

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.consistency.consistent_subset import cheapest_order
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.triads import around

LEVELS = ("weak", "moderate", "strong")

_TOLERANCE = 1e-12


def violations(choices: PairedChoices) -> dict[str, BoolArray]:
    """Triads whose frequencies violate each level, (sets, triads); False where a triad is not scored.

    A tie is not a preference: it enters no premise, and a weak violation is a circular triad or a tied
    circle. Each level includes the violations of the levels before it.
    """
    p = around(choices.frequency).astype(float)
    out = {level: np.zeros(p.shape[:2], bool) for level in LEVELS}
    with np.errstate(invalid="ignore"):
        for forth in (p, 1 - p[..., ::-1]):  # the same triad around the other way
            for k in range(3):
                one, two, closing = forth[..., k], forth[..., (k + 1) % 3], 1 - forth[..., (k + 2) % 3]
                premise = (one > 0.5 + _TOLERANCE) & (two > 0.5 + _TOLERANCE)
                out["weak"] |= premise & (closing <= 0.5 + _TOLERANCE)
                out["moderate"] |= premise & (closing < np.minimum(one, two) - _TOLERANCE)
                out["strong"] |= premise & (closing < np.maximum(one, two) - _TOLERANCE)
    return out


def deviance(frequency: FloatArray, weight: FloatArray, p: FloatArray | float) -> FloatArray:
    """2 × (log-likelihood at the frequency − at p) of binomial answers, elementwise."""
    # Differences of logarithms: 0 log 0 is 0 also where the fit is 0 or 1 itself.
    gap = scipy.special.xlogy(frequency, frequency) - scipy.special.xlogy(frequency, p)
    gap = (
        gap
        + scipy.special.xlogy(1 - frequency, 1 - frequency)
        - scipy.special.xlogy(1 - frequency, 1 - np.asarray(p))
    )
    return np.maximum(2 * weight * gap, 0.0)


def weak_likelihood_ratio(choices: PairedChoices) -> FloatArray:
    """2 log likelihood ratio of unrestricted against weakly transitive probabilities, (sets,).

    The restricted maximum puts p = ½ on the pairs whose majority an order goes against, and takes the
    order for which that costs least. A set without a strict cycle has 0.
    """
    p = choices.frequency
    against = np.nan_to_num(deviance(p, choices.weight, 0.5)) * (np.nan_to_num(p, nan=1.0) < 0.5 - _TOLERANCE)
    return cheapest_order(against)[0]


def ordered_likelihood_ratio(p: FloatArray, n: FloatArray, level: str) -> FloatArray:
    """2 log likelihood ratio of a triad's unrestricted against moderately or strongly transitive fit.

    For each of the six orders a, b, c the restricted maximum is an isotonic regression, bounded by ½
    from below: p_ac at least both others (strong: the pools of a simple tree), or at least one of them
    (moderate: the better of two pools of two). The closest order counts.

    Args:
        p: frequencies around the triad ij, jk, ki, (…, 3).
        n: their weights, (…, 3).
        level: "moderate" or "strong".

    Returns:
        Array (…).
    """
    least = np.full(p.shape[:-1], np.inf)
    for a, b, c in permutations(range(3)):
        (p_ab, n_ab), (p_bc, n_bc), (p_ac, n_ac) = (_pair(p, n, x, y) for x, y in ((a, b), (b, c), (a, c)))
        fits: tuple[tuple[FloatArray, FloatArray, FloatArray], ...]
        if level == "strong":
            fits = (_tree(p_ab, p_bc, p_ac, n_ab, n_bc, n_ac),)
        else:
            low_ab, high_ab = _two(p_ab, p_ac, n_ab, n_ac)
            low_bc, high_bc = _two(p_bc, p_ac, n_bc, n_ac)
            fits = ((low_ab, p_bc, high_ab), (p_ab, low_bc, high_bc))
        for fit_ab, fit_bc, fit_ac in fits:
            total = (
                deviance(p_ab, n_ab, np.maximum(fit_ab, 0.5))
                + deviance(p_bc, n_bc, np.maximum(fit_bc, 0.5))
                + deviance(p_ac, n_ac, np.maximum(fit_ac, 0.5))
            )
            least = np.minimum(least, total)
    return np.where(least < 1e-9, 0.0, least)


def _pair(p: FloatArray, n: FloatArray, x: int, y: int) -> tuple[FloatArray, FloatArray]:
    """Frequency of x over y and its weight, from the three values around the cycle."""
    forward = (x + 1) % 3 == y
    at = x if forward else y
    return (p[..., at] if forward else 1 - p[..., at]), n[..., at]


def _two(
    low: FloatArray, high: FloatArray, n_low: FloatArray, n_high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Isotonic fit of low ≤ high."""
    pool = (n_low * low + n_high * high) / (n_low + n_high)
    broken = low > high
    return np.where(broken, pool, low), np.where(broken, pool, high)


def _tree(
    one: FloatArray, two: FloatArray, top: FloatArray, n_one: FloatArray, n_two: FloatArray, n_top: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Isotonic fit of one ≤ top and two ≤ top: pool the larger with the top first, then the other."""
    first = one >= two
    high, low = np.where(first, one, two), np.where(first, two, one)
    n_high, n_low = np.where(first, n_one, n_two), np.where(first, n_two, n_one)
    fit_high, fit_top = _two(high, top, n_high, n_top)
    all_pool = (n_high * high + n_low * low + n_top * top) / (n_high + n_low + n_top)
    broken = low > fit_top
    fit_high, fit_low, fit_top = (np.where(broken, all_pool, x) for x in (fit_high, low, fit_top))
    return np.where(first, fit_high, fit_low), np.where(first, fit_low, fit_high), fit_top
