"""Benjamini & Hochberg's correction for discrete tests, such as those of whole answers.

Whole answers make the sign-flip test coarse: with ten differences of ±1 its p-value is .002, .02, .1, … and
nothing between, so that it is small far less often than a p-value may be. Benjamini–Hochberg counts every
item of the family as if it could be found at any level. Its discrete form counts what the item can do:

    F_i(t) = P(p_i ≤ t) under the null hypothesis, given the sizes of its differences
    τ = max{t ≤ α : Σ_i F_i(t)/(1 − F_i(t)) ≤ mα}
    adjusted p_(k) = min over j ≥ k of Σ_i F_i(p_(j))/(1 − F_i(τ)) / j, and 1 where p_(j) > τ

(not below p_(k) itself), which holds the false discovery rate at α as Benjamini–Hochberg does, for
independent p-values. The source has no t ≤ α: any lower τ holds the rate too, and with this one nothing is
significant after correction that was not before.

Source: Döhler, Durand & Roquain, "New FDR bounds for discrete and heterogeneous tests", Electronic Journal of
Statistics 12 (2018), the step-up procedure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference import benjamini_hochberg
from fiduciary.economics.psychometrics.sign_flip import are_whole, attainable

ALPHA = 0.05
"""Level of the tests."""

_EQUAL = 1 + 1e-9  # sums in another order are the same p-value


def discrete_benjamini_hochberg(
    p_values: npt.ArrayLike, possible: Sequence[FloatArray], alpha: float = ALPHA
) -> FloatArray:
    """Adjusted p-values of discrete tests; at most α is significant at level α, and at any below it.

    Args:
        p_values: (m,); NaN stays and does not count.
        possible: for each test, the p-values that it can have, ascending up to 1, each of which is also the
            probability of a p-value at most as large (:func:`economics.psychometrics.sign_flip.attainable`).
        alpha: level that τ is made for, in (0, 1).
    """
    given = np.asarray(p_values, float)
    out = np.full(given.shape, np.nan)
    kept = np.flatnonzero(np.isfinite(given))
    if not len(kept):
        return out
    supports: list[FloatArray] = [np.asarray(possible[i], np.float64) for i in kept.tolist()]
    levels = np.unique(np.concatenate(supports))
    levels = levels[levels <= alpha]
    below = np.stack([_reached(support, levels) for support in supports])
    fine = np.flatnonzero((below / (1 - below)).sum(axis=0) <= alpha * len(kept))
    if not len(fine):
        out[kept] = 1.0
        return out
    last = levels[fine[-1]]
    order = kept[np.argsort(given[kept], kind="stable")]
    p = given[order]
    weights = 1 / (1 - below[:, fine[-1]])
    expected = sum(w * _reached(support, p) for w, support in zip(weights, supports, strict=True))
    ratio = np.where(p <= last * _EQUAL, expected / np.arange(1, len(p) + 1), 1.0)
    out[order] = np.clip(np.minimum.accumulate(ratio[::-1])[::-1], p, 1.0)
    return out


def false_discovery_control(differences: npt.ArrayLike, p_values: npt.ArrayLike) -> FloatArray:
    """Adjusted p-values of sign-flip tests: Benjamini–Hochberg, in its discrete form for whole differences.

    Args:
        differences: (n, m) of which the p-values are.
        p_values: (m,).
    """
    d = np.asarray(differences, float)
    if not are_whole(d):
        return benjamini_hochberg(p_values)
    return discrete_benjamini_hochberg(p_values, [attainable(column) for column in d.T])


def _reached(support: FloatArray, levels: FloatArray) -> FloatArray:
    """F(t) at each level: the largest possible p-value up to it, 0 below the smallest."""
    place = np.searchsorted(support, levels * _EQUAL, side="right")
    return np.asarray(np.where(place > 0, support[np.maximum(place - 1, 0)], 0.0), float)
