r"""The best of many contexts, judged on problems that did not choose it.

The smallest of many noisy mean losses is below every true one's: the winner won in part by luck. So the
problems are split in two. The context with the smallest mean loss on one half is judged on the other; then
the halves change places, and the two are averaged (cross-fitting),

    L̂ = ½ { mean_{i∈B} ℓ_i(f_A) + mean_{i∈A} ℓ_i(f_B) },   f_H = argmin_f mean_{i∈H} ℓ_i(f).

Given the choices, each mean is that of problems drawn anew, so that E[L̂] is the expected loss of a context
chosen so; its variance is ¼ (s_B² + s_A²), each by clusters.

Sources: Breiman et al., Classification and Regression Trees (1984), on honest estimates of what was selected;
Chernozhukov et al., Econometrics Journal 21 (2018), for cross-fitting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.inference import LEVEL, Interval, around, ratio

LEAST_ANSWERED = 0.8
"""Share of a half's problems that a context must have answers to: what is missing is seldom so at random."""


@dataclass(frozen=True)
class HeldOut:
    """What the best context loses.

    Attributes:
        chosen: the context chosen on the first half, and that on the second.
        loss: mean loss on the half that did not choose, cross-fitted; without a value where no context was
            answered well enough.
        saved: the loss of the context it is held against, less its own, on the same problems.
        in_sample: the smallest mean loss over all problems, which is biased downwards.
    """

    chosen: tuple[int, int]
    loss: Interval
    saved: Interval
    in_sample: float


def held_out(
    losses: npt.ArrayLike,
    first: npt.ArrayLike,
    clusters: npt.ArrayLike,
    beside: npt.ArrayLike | None = None,
    level: float = LEVEL,
) -> HeldOut | None:
    """Choose the context with the smallest mean loss on one half of the problems, judge it on the other.

    Args:
        losses: (F, n), of each context at each problem; NaN where an answer is missing.
        first: (n,), whether a problem is of the first half.
        clusters: (n,), label of each problem's cluster.
        beside: (n,), losses of a context that was not chosen, to hold the best one against.
        level: of intervals.

    Returns:
        None where on either half no context has answers to ``LEAST_ANSWERED`` of the problems.

    Raises:
        ValueError: shapes that do not fit, or an empty half.
    """
    table, half, own = np.asarray(losses, float), np.asarray(first, bool), np.asarray(clusters)
    if table.ndim != 2 or half.shape != (table.shape[1],) or own.shape != half.shape:
        raise ValueError(f"losses must be (F, n) and first (n,), got {table.shape} and {half.shape}")
    if half.all() or not half.any():
        raise ValueError("first must leave problems on both sides")
    against = np.full(len(half), np.nan) if beside is None else np.asarray(beside, float)
    best = [_best(table[:, where]) for where in (half, ~half)]
    if best[0] is None or best[1] is None:
        return None
    sides = [(best[0], ~half), (best[1], half)]
    return HeldOut(
        (best[0], best[1]),
        _averaged([_mean(table[f], own, where, level) for f, where in sides], level),
        _averaged([_mean(against - table[f], own, where, level) for f, where in sides], level),
        float(np.min(_means(table)[_answered(table)], initial=math.inf)),
    )


def _best(table: FloatArray) -> int | None:
    usable = _answered(table)
    return int(np.argmin(np.where(usable, _means(table), np.inf))) if usable.any() else None


def _answered(table: FloatArray) -> BoolArray:
    return np.asarray(np.isfinite(table).mean(axis=1) >= LEAST_ANSWERED)


def _means(table: FloatArray) -> FloatArray:
    there = np.isfinite(table)
    counts = np.maximum(there.sum(axis=1), 1)
    return np.asarray(np.where(there, table, 0.0).sum(axis=1) / counts)


def _mean(losses: FloatArray, clusters: npt.NDArray[np.generic], where: BoolArray, level: float) -> Interval:
    there = where & np.isfinite(losses)
    return ratio(losses[there], np.ones(int(there.sum())), clusters[there], level)


def _averaged(halves: list[Interval], level: float) -> Interval:
    units = sum(one.units for one in halves)
    variances = [0.0 if one.alike else one.stderr**2 for one in halves]
    stderr = math.sqrt(sum(variances)) / 2
    value = sum(one.value for one in halves) / 2
    return around(value, stderr, max(units - 2, 1), level, units=units)
