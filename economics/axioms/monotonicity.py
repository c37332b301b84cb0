"""Strong monotonicity: more for one group, all else equal, is preferred, for each group and size.

Answers of a chooser with a monotone utility and any noise that depends on utilities and places alone take the
option with more in half of the cases or more, the two orders together. So a cell, one group and one size, is
violated where fewer do: the number of a cell's answers that take it is, under the axiom, at its least
favourable a binomial one of ½ (Hoeffding, 1956: independent answers with other chances, and as high a mean,
have no heavier lower tail). Probabilities are not sampled, and tell it question by question: Σ min(L, 0)²/σ²,
L being the log-odds of the option with more and σ their wobble, is least favourable where all L are 0.
"""

from __future__ import annotations

import numpy as np
import scipy

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.axioms.answers import Pairs
from fiduciary.economics.axioms.finding import LEVEL, Finding, judged, nothing
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.inference import holm, share

AXIOM = "strong monotonicity"

_DRAWS = 999
_SEED = 0x30
_NONE = 1e-9  # firms that all agree leave no spread to divide by


def monotonicity(
    raised: Pairs, sizes: tuple[float, ...], wobble: float | None, beside: float | None
) -> Finding:
    """Test whether less is preferred anywhere, and whether each group's gains are shown to be wanted.

    Violated where in some cell less is preferred, by Holm's correction over cells; of probabilities, where
    in some questions it is, beyond wobble. Kept where for every group, all its sizes together, more is shown
    to be preferred at 5 %: all four tests must say so, so that together they err no oftener than one. A group
    without any weight is neither: strong monotonicity asks that each counts.

    Args:
        raised: (firms, 4, sizes), the gains against the same with one raised (option 1).
        sizes: raw units.
        wobble: σ of log-odds, where answers are probabilities; None where they are counted.
        beside: the share of a consistent chooser.
    """
    if not np.isfinite(raised.share).any() or (wobble is not None and not np.isfinite(wobble)):
        return nothing(AXIOM)
    less, p_value = _counted(raised) if wobble is None else _exactly(raised, wobble)
    wanted = _wanted(raised, wobble is not None)
    unwanted = [who for who, p in zip(STAKEHOLDERS, wanted, strict=True) if not p <= LEVEL]
    answers, taken = raised.asked.sum(axis=(1, 2, 3)), _taken(raised, wobble is not None)
    some = answers > 0
    found = share(taken[some], answers[some], np.flatnonzero(some))
    violated = p_value <= LEVEL
    if violated:
        cells = [f"{STAKEHOLDERS[k]} +${sizes[s] * DOLLARS_PER_UNIT:,.0f}" for k, s in np.argwhere(less)]
        note = f"less is preferred: {', '.join(cells) or 'in some questions'}"
    elif unwanted:
        note = f"not shown to count: {', '.join(unwanted)}"
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


def _counted(raised: Pairs) -> tuple[BoolArray, float]:
    """(4, sizes), cells in which less is preferred, and the p-value of there being none."""
    n, k = raised.asked.sum(axis=(0, 3)), np.round(raised.wins.sum(axis=(0, 3)))
    corrected = np.ones(n.shape)
    corrected[n > 0] = holm(scipy.stats.binom.cdf(k, n, 0.5)[n > 0])
    return np.asarray(corrected <= LEVEL), float(corrected.min())


def _exactly(raised: Pairs, wobble: float) -> tuple[BoolArray, float]:
    """(4, sizes), cells in most of whose questions less is preferred, and the p-value of none that does."""
    odds = raised.odds
    known = np.isfinite(odds)
    short = np.where(known, np.minimum(odds, 0.0), 0.0)
    observed = float(((short / wobble) ** 2).sum())
    z = np.random.default_rng(_SEED).normal(size=(_DRAWS, int(known.sum())))
    null = (np.maximum(z, 0.0) ** 2).sum(axis=1)
    p_value = float((1 + np.count_nonzero(null >= observed - 1e-9)) / (1 + _DRAWS))
    return np.asarray(2 * (short < 0).sum(axis=0) > known.sum(axis=0)), p_value


def _wanted(raised: Pairs, by_probability: bool) -> FloatArray:
    """(4,), p-values of more being no oftener preferred than less, each group's sizes together.

    Of probabilities by Student's test of its mean log-odds over firms.
    """
    if not by_probability:
        total, wins = raised.asked.sum(axis=(0, 2, 3)), np.round(raised.wins.sum(axis=(0, 2, 3)))
        return np.where(total > 0, scipy.stats.binom.sf(wins - 1, total, 0.5), np.nan)
    known = np.isfinite(raised.odds)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(known, raised.odds, 0.0).sum(axis=2) / known.sum(axis=2)
        known = np.isfinite(values)
        n = known.sum(axis=0)
        mean = np.where(known, values, 0.0).sum(axis=0) / n
        sd = np.sqrt(np.where(known, (values - mean) ** 2, 0.0).sum(axis=0) / (n - 1))
        t = mean / (np.maximum(sd, _NONE) / np.sqrt(n))
    return np.where(n > 1, scipy.stats.t.sf(t, np.maximum(n - 1, 1)), np.nan)
