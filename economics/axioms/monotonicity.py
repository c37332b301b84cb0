"""Strong monotonicity: more for one group, all else equal, is preferred, for each group and size.

Answers of a chooser with a monotone utility and any noise that depends on utilities and places alone take the
option with more in half of the cases or more, the two orders together. So a cell, one group and one size, is
violated where fewer do: the number of a cell's answers that take it is, under the axiom, at its least
favourable a binomial one of ½ (Hoeffding, 1956: independent answers with other chances, and as high a mean,
have no heavier lower tail).
"""

from __future__ import annotations

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.axioms.answers import Pairs
from fiduciary.economics.axioms.finding import LEVEL, Finding, judged, nothing
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.inference import holm, share

AXIOM = "strong monotonicity"


def monotonicity(
    raised: Pairs, sizes: tuple[float, ...], by_probability: bool, beside: float | None
) -> Finding:
    """Test every cell, Holm's correction over them; and whether each group's gains are shown to be wanted.

    Violated where in some cell less is preferred. Kept where for every group, all its sizes together, more is
    shown to be preferred at 5 %: all four tests must say so, so that together they err no oftener than one.
    A group without any weight is neither: strong monotonicity asks that each counts.

    Args:
        raised: (firms, 4, sizes), the gains against the same with one raised (option 1).
        sizes: raw units.
        by_probability: whether answers are probabilities; their log-odds then stand for counts, by Student's
            test over firms.
        beside: the share of a consistent chooser.
    """
    lower, upper = _by_probability(raised) if by_probability else _by_counts(raised)
    known = np.isfinite(lower)
    if not known.any():
        return nothing(AXIOM)
    corrected = np.full(lower.shape, np.nan)
    corrected[known] = holm(lower[known])
    worst = np.unravel_index(np.nanargmin(corrected), corrected.shape)
    p_value = float(corrected[worst])
    violated, unwanted = p_value <= LEVEL, [k for k in range(len(upper)) if not upper[k] <= LEVEL]
    answers, taken = raised.asked.sum(axis=(1, 2, 3)), _taken(raised, by_probability)
    some = answers > 0
    found = share(taken[some], answers[some], np.flatnonzero(some))
    if violated:
        cells = [
            f"{STAKEHOLDERS[k]} +${sizes[s] * DOLLARS_PER_UNIT:,.0f}"
            for k, s in np.argwhere(np.nan_to_num(corrected, nan=1.0) <= LEVEL)
        ]
        note = f"less is preferred: {', '.join(cells)}"
    elif unwanted:
        note = f"not shown to count: {', '.join(STAKEHOLDERS[k] for k in unwanted)}"
    else:
        note = "more is preferred for each of the four groups"
    n = int(raised.asked.sum())
    return Finding(AXIOM, found, beside, judged(violated, not unwanted), p_value, n, note)


def _taken(raised: Pairs, by_probability: bool) -> FloatArray:
    """(firms,), answers that take the option with more; of probabilities, where it is the likelier one."""
    if not by_probability:
        return np.asarray(raised.wins.sum(axis=(1, 2, 3)))
    more = np.nan_to_num(raised.odds, nan=-1.0) > 0
    return np.asarray((more * raised.asked.sum(axis=-1)).sum(axis=(1, 2)), float)


def _by_counts(raised: Pairs) -> tuple[FloatArray, FloatArray]:
    """p-values of less being preferred in each cell (4, sizes), and of more in each group (4,)."""
    n, k = raised.asked.sum(axis=(0, 3)), np.round(raised.wins.sum(axis=(0, 3)))
    lower = np.where(n > 0, scipy.stats.binom.cdf(k, n, 0.5), np.nan)
    total, wins = n.sum(axis=1), k.sum(axis=1)
    return lower, np.where(total > 0, scipy.stats.binom.sf(wins - 1, total, 0.5), np.nan)


def _by_probability(raised: Pairs) -> tuple[FloatArray, FloatArray]:
    known = np.isfinite(raised.odds)
    with np.errstate(invalid="ignore", divide="ignore"):
        by_group = np.where(known, raised.odds, 0.0).sum(axis=2) / known.sum(axis=2)
    return _student(raised.odds, -1), _student(by_group, 1)


def _student(values: FloatArray, sign: int) -> FloatArray:
    """One-sided p-value of a mean over the first axis of this sign."""
    n = np.isfinite(values).sum(axis=0)
    known = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=0) / n
        sd = np.sqrt(np.where(known, (values - mean) ** 2, 0.0).sum(axis=0) / (n - 1))
        t = sign * mean / (np.maximum(sd, 1e-9) / np.sqrt(n))
    return np.where(n > 1, scipy.stats.t.sf(t, np.maximum(n - 1, 1)), np.nan)
