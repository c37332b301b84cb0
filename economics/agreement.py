"""How far a judge of yes-or-no questions can be trusted, and a rate corrected for its errors.

A judge that looks for faults is a diagnostic test: its sensitivity is the share of faults that it finds, its
specificity the share of sound cases that it passes. Both are measured on cases whose truth is known, with
exact intervals; agreement with the truth, or of the judge with itself, is corrected for chance; and the
rate of faults that it reports elsewhere is corrected for what it misses and what it makes up.

Source: Cohen (1960) and Fleiss, Cohen & Everitt (1969) for κ; Gwet (2008) for AC1; Youden (1950); Rogan &
Gladen (1978); Lang & Reiczigel (2014).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference import (
    ALIKE,
    ALONE,
    LEVEL,
    NOTHING,
    Interval,
    clopper_pearson,
    effective_size,
    quantile,
)


@dataclass(frozen=True)
class Skill:
    """What a judge is worth on one question, on n_fault faults and n_sound sound cases.

    Attributes:
        sensitivity: share of the faults that it finds, with the exact interval.
        specificity: share of the sound cases that it passes, with the exact interval.
        informedness: Youden's J = sensitivity + specificity − 1, 0 for a judge that guesses.
        p_value: one-sided, of J ≤ 0 (Fisher's exact test).
        counts: faults found, faults, sound cases passed, sound cases.
    """

    sensitivity: Interval
    specificity: Interval
    informedness: Interval
    p_value: float
    counts: tuple[int, int, int, int]

    def better_than_chance(self, level: float = LEVEL) -> bool:
        """Whether J > 0 beyond the error of measurement, at the two-sided level."""
        return self.p_value < (1 - level) / 2


def skill(found: int, faults: int, passed: int, sound: int, level: float = LEVEL) -> Skill:
    """Sensitivity, specificity and informedness from counts of known cases.

    The interval of J joins those of its parts as in :func:`difference`.

    Args:
        found: faults that the judge found, of ``faults``.
        faults: cases with the fault.
        passed: sound cases that the judge passed, of ``sound``.
        sound: cases without it.
        level: of the intervals.

    Returns:
        Without faults, or without sound cases, the share is NaN in [0, 1] and the p-value 1.

    Raises:
        ValueError: counts beyond their totals.
    """
    sensitivity = clopper_pearson(found, faults, level)
    specificity = clopper_pearson(passed, sound, level)
    informedness = difference(sensitivity, _complement(specificity))
    if not (faults and sound):
        informedness = Interval(low=-1.0, high=1.0, level=level, reason=NOTHING)
    table = [[found, faults - found], [sound - passed, passed]]
    p_value = (
        float(scipy.stats.fisher_exact(table, alternative="greater").pvalue) if faults and sound else 1.0
    )
    return Skill(sensitivity, specificity, informedness, p_value, (found, faults, passed, sound))


def cross_table(first: Sequence[int], second: Sequence[int], categories: int = 2) -> FloatArray:
    """Counts (categories, categories) of two ratings of the same cases, the first in the rows."""
    counts = np.zeros((categories, categories))
    np.add.at(counts, (np.asarray(first, int), np.asarray(second, int)), 1)
    return counts


def cohen_kappa(counts: npt.ArrayLike, level: float = LEVEL) -> Interval:
    """Cohen's κ = (P_a − P_e)/(1 − P_e), P_e = Σ_k p_{k+} p_{+k}.

    Args:
        counts: (q, q), cases by the first rating and the second.
        level: of the interval (see :func:`_chance_corrected`).

    Returns:
        NaN with [−1, 1] where both ratings are constant and equal, since then P_e = 1, or without cases.
    """

    def expected(p: FloatArray) -> tuple[float, FloatArray]:
        rows, columns = p.sum(axis=1), p.sum(axis=0)
        return float(rows @ columns), columns[:, None] + rows[None, :]

    return _chance_corrected(counts, expected, level)


def gwet_ac1(counts: npt.ArrayLike, level: float = LEVEL) -> Interval:
    """Gwet's AC1 = (P_a − P_e)/(1 − P_e), P_e = Σ_k π_k(1 − π_k)/(q − 1), π_k = (p_{k+} + p_{+k})/2.

    Unlike κ it does not fall to 0 when nearly all cases are of one kind and the ratings nearly always agree.

    Args:
        counts: (q, q), cases by the first rating and the second.
        level: of the interval (see :func:`_chance_corrected`).
    """

    def expected(p: FloatArray) -> tuple[float, FloatArray]:
        shares = (p.sum(axis=1) + p.sum(axis=0)) / 2
        others = len(p) - 1
        slope = (1 - shares[:, None] - shares[None, :]) / others
        return float(shares @ (1 - shares) / others), slope

    return _chance_corrected(counts, expected, level)


def _chance_corrected(
    counts: npt.ArrayLike, expected: Callable[[FloatArray], tuple[float, FloatArray]], level: float
) -> Interval:
    """(P_a − P_e)/(1 − P_e) with an interval that keeps its level near complete agreement.

    The variance is that of the delta method for multinomial counts, which is the one that Fleiss, Cohen &
    Everitt (1969) and Gwet (2008) publish. As ± z·s it would be empty at complete agreement, so it is turned
    into the number of independent cases that would give it for P_a (at most as many as there are), and their
    exact interval is carried over. At complete agreement there is no standard error.

    Args:
        counts: (q, q).
        expected: from shares (q, q) to P_e and its derivative in each share.
        level: of the interval.
    """
    table = np.asarray(counts, float)
    n = float(table.sum())
    nothing = Interval(low=-1.0, high=1.0, level=level, reason=NOTHING)
    if n == 0:
        return nothing
    p = table / n
    agreement = float(np.trace(p))
    chance, slope = expected(p)
    if 1 - chance < 1e-12:
        return nothing
    value = (agreement - chance) / (1 - chance)
    gradient = (np.eye(len(p)) * (1 - chance) - (1 - agreement) * slope) / (1 - chance) ** 2
    variance = max(0.0, float((p * gradient**2).sum() - (p * gradient).sum() ** 2) / n)
    stderr = float(np.sqrt(variance))
    size = effective_size(agreement, stderr * (1 - chance), int(n))
    ends = clopper_pearson(agreement * size, size, level)
    low, high = (max(-1.0, (end - chance) / (1 - chance)) for end in (ends.low, ends.high))
    if agreement > 1 - 1e-12:
        return Interval(value, low, high, level=level, units=int(n), reason=ALIKE)
    return Interval(value, low, high, stderr, level, int(n))


def rogan_gladen(rate: float, n: float, known: Skill, level: float = LEVEL) -> Interval:
    """The rate of faults behind the rate that a judge reports, with both uncertainties.

    ::

        P = (AP + Sp − 1)/(Se + Sp − 1)

    (Rogan & Gladen 1978), and the interval of Lang & Reiczigel (2014), whose parts are shrunk as
    AP′ = (n·AP + z²/2)/(n + z²), Se′ = (n_Se·Se + 1)/(n_Se + 2), Sp′ likewise:

    ::

        P′ + dP ± z √[AP′(1 − AP′)/n′ + P′² Se′(1 − Se′)/n_Se′ + (1 − P′)² Sp′(1 − Sp′)/n_Sp′]/(Se′ + Sp′ − 1)
        dP = 2 z² [P′ Se′(1 − Se′)/n_Se′ − (1 − P′) Sp′(1 − Sp′)/n_Sp′]

    All of it is cut to [0, 1].

    Args:
        rate: AP, share of cases in which the judge reports a fault.
        n: number of cases, or the effective one where they are clustered.
        known: the judge's errors, measured on other cases.
        level: of the interval.

    Returns:
        NaN with [0, 1] where the judge is no better than chance beyond error, since no rate follows from
        it, or where there are no cases.
    """
    if not known.better_than_chance(level) or not n > 0:
        return Interval(low=0.0, high=1.0, level=level, reason=NOTHING)
    # Two sets of rates on purpose. The point is Rogan & Gladen's, from the rates as they were observed. The
    # interval is built around shrunken ones, so that its variance does not vanish where a judge made no error
    # on the known cases.
    found, faults, passed, sound = known.counts
    informedness = known.informedness.value
    value = (rate + known.specificity.value - 1) / informedness
    z = quantile(level)
    n_ = n + z**2
    ap = (n * rate + z**2 / 2) / n_
    se, sp = (found + 1) / (faults + 2), (passed + 1) / (sound + 2)
    se_variance, sp_variance = se * (1 - se) / (faults + 2), sp * (1 - sp) / (sound + 2)
    p = (ap + sp - 1) / (se + sp - 1)
    shift = 2 * z**2 * (p * se_variance - (1 - p) * sp_variance)
    spread = np.sqrt(ap * (1 - ap) / n_ + p**2 * se_variance + (1 - p) ** 2 * sp_variance)
    half = z * spread / (se + sp - 1)
    low, high = np.clip([p + shift - half, p + shift + half], 0, 1)
    # A point that is cut to an end must not fall out of an interval that the shrinking moved inwards.
    inside = float(np.clip(value, 0, 1))
    return Interval(inside, float(min(low, inside)), float(max(high, inside)), level=level)


def difference(first: Interval, second: Interval) -> Interval:
    """first − second of two independent estimates, their intervals joined (MOVER: Newcombe 1998)."""
    value = first.value - second.value
    down = np.hypot(first.value - first.low, second.high - second.value)
    up = np.hypot(first.high - first.value, second.value - second.low)
    return Interval(value, float(value - down), float(value + up), level=first.level)


def _complement(share: Interval) -> Interval:
    return Interval(1 - share.value, 1 - share.high, 1 - share.low, level=share.level)


def label_bias(first: int, second: int, n: int, level: float = LEVEL) -> Interval:
    """How much more often than half a judge takes the label shown first, asked in both orders.

    (b − c)/2n, where b counts the cases in which it took the first label in both orders and c those in
    which it took the second; a judge that stands by its answer takes each once. The interval is Agresti &
    Min's (2005), which adds half a case to each of the four cells.

    Args:
        first, second: b and c.
        n: cases with a readable answer in both orders; one of them shows no bias.
        level: of the interval.
    """
    if n < 2:
        return Interval(low=-0.5, high=0.5, level=level, units=n, reason=ALONE if n else NOTHING)
    z = quantile(level)
    d = (first - second) / (n + 2)
    spread = z * np.sqrt((first + second + 1) / (n + 2) - d**2) / np.sqrt(n + 2)
    low, high = np.clip([d - spread, d + spread], -1, 1) / 2
    return Interval((first - second) / n / 2, float(low), float(high), level=level, units=n)
