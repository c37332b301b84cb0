"""How far choices under pressure are from calm ones, without a model of either.

For a problem with calm probabilities P and pressed ones Q of its options,

    D = ½ Σ_j (P_j − Q_j)²,

the squared maximum mean discrepancy of the identity kernel, halved. With c_ab the probability that answers
drawn from a and b agree, D = (1 − c_PQ) − ½ [(1 − c_PP) + (1 − c_QQ)]: how often a pressed and a calm answer
differ, beyond how often two answers to the same question do. So D is 0 where the distributions agree, and
1 where a decision that was certain is certainly another one: the share of decisions that changes beyond
the respondent's own wavering. Its estimate counts agreements over pairs of different answers and has no
bias; for that it can fall below 0.

Where a pressure comes in several variants (a currency, a language), a problem's two pressed answers are to
two of them, and D is of their mixture: changes in different directions partly cancel in it. The departure

    A = Σ_j P_j (P_j − Q_j) = (1 − c_PQ) − (1 − c_PP),

how often a pressed and a calm answer differ beyond how often two calm ones do, is linear in Q, so that
they do not. It is 0 where the distributions agree, but also below 0 where pressed answers are surer versions
of calm ones: D is the distance, and A says what share of decisions is no longer the calm one.

With log-probabilities P and Q are known, and so is their total variation ½ Σ_j |P_j − Q_j|, the share of
decisions that must change to get from one to the other. What rounding in the model's arithmetic moves is
not a change: see :func:`probability_distance`.

Source: Gretton, Borgwardt, Rasch, Schölkopf & Smola, JMLR 13 (2012), lemma 6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference import LEVEL, share
from fiduciary.economics.psychometrics.sign_flip import sign_flip_test
from fiduciary.economics.robustness.exchange import distance_p_value
from fiduciary.economics.robustness.intervals import shares
from fiduciary.economics.robustness.results import Estimate

NOISE = 0.02
"""Total variation that arithmetic alone may cause: a logit of 10 to 20 held in 16 bits (bfloat16, 8 bits of
significand) is rounded by up to 0.03 to 0.06, which moves a probability by at most a quarter of it."""

TOO_FEW = "no problem has two calm answers and two under pressure"


@dataclass(frozen=True)
class Distance:
    """How far choices moved.

    Attributes:
        estimate: D, averaged over problems, with the exchange test; with log-probabilities the test is
            of total variation beyond numerical noise.
        departure: A, likewise.
        changed: share of pairs of a calm and a pressed answer that differ.
        wavering: share of pairs of answers to the same question that differ.
        total_variation: with log-probabilities; no value otherwise.
    """

    estimate: Estimate
    departure: Estimate
    changed: Estimate
    wavering: Estimate
    total_variation: Estimate


def distances(calm: npt.ArrayLike, pressed: npt.ArrayLike) -> FloatArray:
    """Unbiased estimates of ½ Σ_j (P_j − Q_j)², one a problem.

    Args:
        calm: (..., J) calm answers for each option.
        pressed: (..., J) answers under pressure.

    Returns:
        (...); NaN with fewer than two answers on either side.
    """
    changed, wavering = disagreements(calm, pressed)
    return np.asarray(changed - wavering)


def disagreements(calm: npt.ArrayLike, pressed: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Share of pairs that differ: of a calm and a pressed answer, and of two to the same question.

    Args:
        calm: (..., J) calm answers for each option.
        pressed: (..., J) answers under pressure.

    Returns:
        Both (...); the second is the mean of calm and pressed. NaN with fewer than two answers on either
        side.
    """
    y, x = np.asarray(calm, float), np.asarray(pressed, float)
    k, m = y.sum(axis=-1), x.sum(axis=-1)
    enough = (k >= 2) & (m >= 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        cross = (x * y).sum(axis=-1) / (m * k)
        within = (x * (x - 1)).sum(axis=-1) / (m * (m - 1)) + (y * (y - 1)).sum(axis=-1) / (k * (k - 1))
    return np.where(enough, 1 - cross, np.nan), np.where(enough, 1 - within / 2, np.nan)


def departures(calm: npt.ArrayLike, pressed: npt.ArrayLike) -> FloatArray:
    """Unbiased estimates of Σ_j P_j (P_j − Q_j), one a problem; arguments and result as :func:`distances`."""
    changed, _ = disagreements(calm, pressed)
    return np.asarray(changed - _calm_wavering(calm))


def _calm_wavering(calm: npt.ArrayLike) -> FloatArray:
    y = np.asarray(calm, float)
    k = y.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(k >= 2, 1 - (y * (y - 1)).sum(axis=-1) / (k * (k - 1)), np.nan)


def choice_distance(
    calm: npt.ArrayLike, pressed: npt.ArrayLike, clusters: npt.ArrayLike, level: float = LEVEL, seed: int = 0
) -> Distance:
    """Distance of choices under pressure from calm ones, with the exact exchange test.

    Args:
        calm: (n, J) valid calm answers for each option; problems are n.
        pressed: (n, J) valid answers under pressure.
        clusters: (n,) label of each problem's cluster.
        level: of intervals, in (0, 1).
        seed: of exchanges, where they are drawn.

    Returns:
        The distance over the problems that have two answers of either kind; the others are left out.
    """
    y, x, labels = np.asarray(calm, np.int64), np.asarray(pressed, np.int64), np.asarray(clusters)
    kept = (y.sum(axis=1) >= 2) & (x.sum(axis=1) >= 2)
    n = int(kept.sum())
    if not n:
        nothing = Estimate(note=TOO_FEW)
        return Distance(nothing, nothing, nothing, nothing, Estimate(note="answers are choices"))
    y, x, labels = y[kept], x[kept], labels[kept]
    differ, waver = disagreements(y, x)
    both = shares(differ, waver, labels, level)
    away = shares(differ, _calm_wavering(y), labels, level).difference()
    return Distance(
        Estimate.of(both.difference(), n, distance_p_value(y, x, seed)),
        Estimate.of(away, n, distance_p_value(y, x, seed, departure=True)),
        Estimate.of(both.first, n),
        Estimate.of(both.second, n),
        Estimate(note="answers are choices"),
    )


def probability_distance(
    calm: npt.ArrayLike,
    pressed: npt.ArrayLike,
    clusters: npt.ArrayLike,
    noise: npt.ArrayLike = NOISE,
    level: float = LEVEL,
) -> Distance:
    """Distance of choice probabilities under pressure from calm ones.

    Nothing is drawn, so nothing needs a correction for chance, and the question is whether the change is
    more than the arithmetic's. The test is of the total variations of the problems less the noise of each,
    summed by cluster: were they scattered evenly about 0, each would be as likely negative, and the
    one-sided p-value is the sign-flip test's.

    Args:
        calm: (n, J) probabilities, NaN rows where there are none; a label that was not returned counts as
            0, since it is less likely than the twenty that were.
        pressed: (n, J), likewise.
        clusters: (n,) label of each problem's cluster.
        noise: total variation that is no change, a number or (n,): that between two calm readings.
        level: of intervals, in (0, 1).
    """
    p, q = (_probabilities(given) for given in (calm, pressed))
    kept = np.isfinite(p).all(axis=1) & np.isfinite(q).all(axis=1)
    n = int(kept.sum())
    if not n:
        nothing = Estimate(note="no problem has probabilities of both kinds")
        return Distance(nothing, nothing, nothing, nothing, nothing)
    p, q, labels = p[kept], q[kept], np.asarray(clusters)[kept]
    moved = np.abs(p - q).sum(axis=1) / 2
    excess = moved - np.broadcast_to(np.asarray(noise, float), kept.shape)[kept]
    _, codes = np.unique(labels, return_inverse=True)
    sums = np.bincount(codes, weights=excess)
    two_sided = float(sign_flip_test(sums)[0])
    p_value = two_sided / 2 if sums.sum() > 0 else 1 - two_sided / 2
    differ = 1 - (p * q).sum(axis=1)
    waver = 1 - ((p**2).sum(axis=1) + (q**2).sum(axis=1)) / 2
    away = shares(differ, 1 - (p**2).sum(axis=1), labels, level).difference()
    return Distance(
        Estimate.of(share(differ - waver, 1.0, labels, level), n, p_value),
        Estimate.of(away, n, p_value),
        Estimate.of(share(differ, 1.0, labels, level), n),
        Estimate.of(share(waver, 1.0, labels, level), n),
        Estimate.of(share(moved, 1.0, labels, level), n, p_value),
    )


def _probabilities(given: npt.ArrayLike) -> FloatArray:
    p = np.asarray(given, float)
    total = np.nansum(p, axis=1, keepdims=True)
    return np.where(total > 0, np.nan_to_num(p) / np.where(total > 0, total, 1.0), np.nan)
