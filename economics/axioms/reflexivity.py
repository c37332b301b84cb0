"""Reflexivity: of two options that are the same neither is preferred, and what is left is the place.

::

    share = 1 − |2 s − 1|,   s = share of the option shown first

1 where each is chosen half of the time, 0 where the same place always is. Of counted answers s is that of all
of them, since identical options differ in nothing but their places; of probabilities the share is the mean
over questions, each its own s.
"""

from __future__ import annotations

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.axioms.finding import LEVEL, TOLERATED, Finding, judged, nothing
from fiduciary.economics.inference import Interval, clopper_pearson
from fiduciary.economics.inference import share as share_of

AXIOM = "reflexivity"


def reflexivity(asked: IntArray, first: FloatArray, by_probability: bool) -> Finding:
    """Violated where |2s − 1| is shown to be above ``TOLERATED``, kept where it is shown to be below.

    Counted answers are binomial given s, so the tests are exact (Clopper & Pearson), two-sided of size 5 %
    for a violation and two one-sided ones of 5 % each for its absence. Of probabilities the bounds are those
    of the mean over questions.

    Args:
        asked: (B,), valid answers.
        first: (B,), how many chose the first place, or the sum of its probabilities.
        by_probability: whether they are probabilities.
    """
    total = int(asked.sum())
    if not total:
        return nothing(AXIOM)
    if by_probability:
        some = asked > 0
        apart = np.abs(2 * first[some] / asked[some] - 1)
        units = np.arange(len(apart))
        found, bound = share_of(apart, 1.0, units), share_of(apart, 1.0, units, 1 - 2 * LEVEL)
        share = Interval(
            1 - found.value, 1 - found.high, 1 - found.low, found.stderr, found.level, found.units
        )
        verdict = judged(bound.low > TOLERATED, bound.high < TOLERATED)
        return Finding(
            AXIOM, share, 1.0, verdict, np.nan, int(some.sum()), _note(first.sum() / total, "probability")
        )
    k = float(first.sum())
    low, high = (1 - TOLERATED) / 2, (1 + TOLERATED) / 2
    wide, narrow = clopper_pearson(k, total), clopper_pearson(k, total, 1 - 2 * LEVEL)
    violated = wide.low > high or wide.high < low
    kept = low < narrow.low and narrow.high < high
    s = k / total
    ends = [1 - abs(2 * end - 1) for end in (wide.low, wide.high)]
    top = 1.0 if wide.low <= 0.5 <= wide.high else max(ends)
    share = Interval(1 - abs(2 * s - 1), min(ends), top, 2 * wide.stderr, wide.level, total)
    beyond = min(scipy.stats.binom.sf(k - 1, total, high), scipy.stats.binom.cdf(k, total, low))
    p_value = min(1.0, 2 * float(beyond))
    return Finding(AXIOM, share, _even(total), judged(violated, kept), p_value, total, _note(s, "answers"))


def _even(n: int) -> float:
    """The share's expectation where both places are as likely: short of 1 by noise alone."""
    k = np.arange(n + 1)
    return float((scipy.stats.binom.pmf(k, n, 0.5) * (1 - np.abs(2 * k / n - 1))).sum())


def _note(s: float, what: str) -> str:
    return f"the option shown first has {s:.0%} of the {what}"
