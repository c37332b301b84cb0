"""Position bias: how much being shown first helps, net of what is preferred.

Every pair has its own preference d_ij, and showing an option first adds one constant c on the logit scale:
P(i chosen | i first) = Λ(d_ij + c), P(i chosen | j first) = Λ(d_ij − c). With a few answers a pair the
joint maximum over c and all d_ij overstates c (it doubles it with one answer in each order: Neyman &
Scott's problem), so the d_ij are conditioned away: given how often i was chosen in all, the number of
times it was chosen as the first one follows Fisher's noncentral hypergeometric law with odds ratio
exp(2c), whatever d_ij. Source: Cox & Snell (1989), Analysis of Binary Data, 2nd ed., ch. 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.inference import around

_FAR = 30.0  # logits: beyond it nothing changes in double precision


@dataclass(frozen=True)
class PositionBias:
    """The constant of the first position, common to all pairs.

    Attributes:
        constant: c, logits; positive favours the option shown first. ±inf where every answer that could
            tell followed the same position; NaN where none could.
        se: standard error, clustered by choice set; NaN where the constant is not finite.
        low, high: confidence interval. For an infinite constant the finite end is the exact bound: beyond
            it answers this one-sided would be rarer than half of 1 − level.
        p_value: of c = 0, by the score test clustered by choice set; NaN where c is.
        informative_pairs: pairs that were chosen neither always nor never and answered in both orders.
        reason: why there is no estimate or no standard error, or None.
    """

    constant: float
    se: float
    low: float
    high: float
    p_value: float
    informative_pairs: int
    reason: str | None = None


@dataclass(frozen=True)
class _Strata:
    """Informative pairs: of a answers with i first and b with j first, t chose i, x of them as first."""

    sets: IntArray
    a: IntArray
    b: IntArray
    t: IntArray
    x: IntArray

    @classmethod
    def of(cls, choices: PairedChoices) -> _Strata:
        sets, i, j = np.nonzero(np.triu(choices.both_orders))
        a, b = choices.asked[sets, i, j], choices.asked[sets, j, i]
        t, x = choices.wins[sets, i, j], choices.first_wins[sets, i, j]
        keep = (t > 0) & (t < a + b)
        return cls(sets[keep], a[keep], b[keep], t[keep], x[keep])

    def moments(self, c: float) -> tuple[FloatArray, FloatArray, float]:
        """Mean and variance of each x at constant c, and the log-likelihood."""
        kinds, which, times = np.unique(
            np.stack([self.a, self.b, self.t], axis=1), axis=0, return_inverse=True, return_counts=True
        )
        which = which.ravel()
        mean, variance, norm = np.zeros(len(kinds)), np.zeros(len(kinds)), np.zeros(len(kinds))
        for k, (a, b, t) in enumerate(kinds):
            x = np.arange(max(0, t - b), min(a, t) + 1)
            logits = _log_binomial(a, x) + _log_binomial(b, t - x) + 2 * c * x
            norm[k] = scipy.special.logsumexp(logits)
            p = np.exp(logits - norm[k])
            mean[k] = p @ x
            variance[k] = p @ (x - mean[k]) ** 2
        own = _log_binomial(self.a, self.x) + _log_binomial(self.b, self.t - self.x) + 2 * c * self.x
        return mean[which], variance[which], float(own.sum() - norm @ times)


def position_bias(choices: PairedChoices, *, level: float = 0.95) -> PositionBias:
    """Estimate the constant by conditional maximum likelihood.

    Args:
        choices: answers; pairs in one order only carry no information.
        level: confidence level, between 0 and 1.

    Raises:
        ValueError: a level not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level:g}")
    nan = float("nan")
    if not choices.counterbalanced:
        return PositionBias(nan, nan, nan, nan, nan, 0, "no pair was answered in both orders")
    strata = _Strata.of(choices)
    n = len(strata.x)
    if not n:
        why = "no pair's answers differed: preferences explain all of them, whatever the position"
        return PositionBias(nan, nan, nan, nan, nan, 0, why)

    clusters = len(np.unique(strata.sets))
    if clusters < 2:
        why = "one choice set has pairs that could tell: no position effect can be told from it"
        return PositionBias(nan, nan, nan, nan, nan, n, why)

    p_value = _score_test(strata)
    least, most = np.maximum(0, strata.t - strata.b), np.minimum(strata.a, strata.t)
    for sign, end in ((1.0, most), (-1.0, least)):
        if np.array_equal(strata.x, end):
            target = np.log((1 - level) / 2)
            bound = scipy.optimize.brentq(lambda c: strata.moments(c)[2] - target, -_FAR, _FAR)  # noqa: B023
            low, high = (bound, np.inf) if sign > 0 else (-np.inf, bound)
            why = "every answer that could tell followed the position: the constant is not bounded"
            return PositionBias(sign * np.inf, nan, low, high, p_value, n, why)

    total = strata.x.sum()
    constant = float(
        scipy.optimize.brentq(lambda c: strata.moments(c)[0].sum() - total, -_FAR, _FAR, xtol=1e-10)
    )
    mean, variance, _ = strata.moments(constant)
    # Score and information of c are 2 (x − mean) and 4 variance.
    meat = np.sum(_by_set(strata, 2 * (strata.x - mean)) ** 2)
    se = float(np.sqrt(meat * clusters / (clusters - 1)) / (4 * variance.sum()))
    found = around(constant, se, level=level, units=clusters)
    reason = "choice sets are all alike: no standard error clustered by set" if found.reason else None
    return PositionBias(constant, found.stderr, found.low, found.high, p_value, n, reason)


def _score_test(strata: _Strata) -> float:
    mean, _, _ = strata.moments(0.0)
    by_set = _by_set(strata, strata.x - mean)
    spread = np.sum(by_set**2)
    if spread == 0:
        return 1.0
    return float(scipy.stats.chi2.sf(by_set.sum() ** 2 / spread, 1))


def _by_set(strata: _Strata, values: FloatArray) -> FloatArray:
    return np.bincount(strata.sets, values).astype(float)


def _log_binomial(n: IntArray, k: IntArray) -> FloatArray:
    return np.asarray(
        scipy.special.gammaln(n + 1.0) - scipy.special.gammaln(k + 1.0) - scipy.special.gammaln(n - k + 1.0)
    )
