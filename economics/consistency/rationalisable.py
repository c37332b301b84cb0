"""Whether pair frequencies come from a random utility: a mixture of strict orders.

Up to five options the triangle inequalities p_ij + p_jk − p_ik ≤ 1 are necessary and sufficient; from
six on a linear programme over the m! orders decides. Sources: Block & Marschak (1960), "Random orderings
and stochastic theories of responses"; Dridi (1980), "Sur les distributions binaires associées à des
distributions ordinales"; Fishburn (1992), "Induced binary probabilities and the linear ordering
polytope: a status report", Mathematical Social Sciences 23.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.consistency.consistent_subset import above
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.stochastic_transitivity import deviance
from fiduciary.economics.consistency.triads import around

TRIANGLES_SUFFICE = 5
"""Largest number of options at which the triangle inequalities describe the polytope."""

_TOLERANCE = 1e-9


def triangle_excess(choices: PairedChoices) -> FloatArray:
    """By how much each triad breaks a triangle inequality, (sets, triads).

    With s = p_ij + p_jk + p_ki the two inequalities of a triad say 1 ≤ s ≤ 2; the excess is
    max(s − 2, 1 − s, 0), at most 1. NaN where the triad is not scored.
    """
    total = around(choices.frequency).astype(float).sum(axis=-1)
    excess = np.maximum(np.maximum(total - 2, 1 - total), 0.0)
    return np.where(excess < _TOLERANCE, 0.0, excess)


def distance(frequency: npt.ArrayLike) -> float:
    """Distance of one set's frequencies from random utility: the least largest |p_ij − r_ij|.

    r runs through the mixtures of the m! orders; a linear programme finds the closest.

    Args:
        frequency: p_ij (m, m), p_ij + p_ji = 1; NaN off the diagonal for a pair without answers.

    Returns:
        0 for a rationalisable set, at most 1/3 for a triad and at most ½ always.

    Raises:
        RuntimeError: the linear programme found no solution.
    """
    p = np.asarray(frequency, float)
    m = len(p)
    i, j = np.triu_indices(m, 1)
    asked = np.isfinite(p[i, j])
    i, j = i[asked], j[asked]
    if m < 3 or not len(i):
        return 0.0
    table = above(m)[:, i * m + j].T  # (pairs, orders)
    slack = np.ones((len(i), 1))
    upper = np.block([[table, -slack], [-table, -slack]])
    limits = np.concatenate([p[i, j], -p[i, j]])
    mix = np.append(np.ones(table.shape[1]), 0.0)[None]
    found = scipy.optimize.linprog(
        np.append(np.zeros(table.shape[1]), 1.0), upper, limits, mix, [1.0], method="highs"
    )
    if found.status != 0:
        raise RuntimeError(f"the linear programme over {table.shape[1]} orders failed: {found.message}")
    return 0.0 if found.fun < _TOLERANCE else float(found.fun)


def rationalisable(choices: PairedChoices) -> BoolArray:
    """Sets whose frequencies are a mixture of orders, (sets,); False for incomplete sets."""
    out = choices.complete & (np.nan_to_num(triangle_excess(choices)) == 0).all(axis=1)
    larger = np.flatnonzero(out & (choices.sizes > TRIANGLES_SUFFICE))
    if len(larger):
        m = choices.m
        flat, which = np.unique(
            np.nan_to_num(choices.frequency[larger], nan=-1.0).reshape(-1, m * m), axis=0, return_inverse=True
        )
        tables = flat.reshape(-1, m, m)
        inside = [
            distance(table[:size, :size]) == 0
            for table, size in zip(tables, ((t[0] >= 0).sum() + 1 for t in tables), strict=True)
        ]
        out[larger] = np.array(inside)[which.ravel()]
    return np.asarray(out)


def triangle_likelihood_ratio(p: FloatArray, n: FloatArray) -> FloatArray:
    """2 log likelihood ratio of a triad's unrestricted frequencies against random utility.

    Outside the polytope the restricted maximum lies on the facet p_ij + p_jk + p_ki = 2 (or its mirror
    image 1). There n (f − p) = λ p (1 − p) for each pair; λ is found by bisection.

    Args:
        p: frequencies f around the triad ij, jk, ki, (…, 3).
        n: their weights, (…, 3).

    Returns:
        Array (…), 0 inside the polytope.
    """
    total = p.sum(axis=-1)
    outside = (total > 2 + _TOLERANCE) | (total < 1 - _TOLERANCE)
    out = np.zeros(p.shape[:-1])
    if not outside.any():
        return out
    f, weight = np.where(total[outside, None] > 2, p[outside], 1 - p[outside]), n[outside]
    rows, which = np.unique(np.concatenate([f, weight], axis=1), axis=0, return_inverse=True)
    f, weight = rows[:, :3], rows[:, 3:]
    low, high = np.zeros(len(f)), 3 * weight.max(axis=1)
    for _ in range(60):
        lam = (low + high) / 2
        too_large = _on_facet(f, weight, lam).sum(axis=1) > 2
        low, high = np.where(too_large, lam, low), np.where(too_large, high, lam)
    fit = _on_facet(f, weight, (low + high) / 2)
    out[outside] = deviance(f, weight, fit).sum(axis=1)[which.ravel()]
    return out


def _on_facet(f: FloatArray, n: FloatArray, lam: FloatArray) -> FloatArray:
    """Root in [0, 1] of λp² − (λ + n)p + nf = 0, written so that λ → 0 gives f."""
    b = lam[:, None] + n
    return np.asarray(2 * n * f / (b + np.sqrt(np.maximum(b**2 - 4 * lam[:, None] * n * f, 0.0))))
