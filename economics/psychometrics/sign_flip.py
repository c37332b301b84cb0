"""The sign-flip test: exact where it can be enumerated, seeded Monte Carlo beyond.

Under the null hypothesis a matched difference is as likely to be d as −d, so all 2ⁿ sign patterns of n
differences are equally likely, and the two-sided p-value is the share of patterns with |Σ ±d| ≥ |Σ d|. It
assumes neither normality nor equal variances. It cannot go below 2/2ⁿ.

Source: Fisher, The Design of Experiments (1935), section 21; for the halves, Horowitz & Sahni,
"Computing partitions with applications to the knapsack problem", Journal of the ACM 21 (1974).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

EXACT = 28
"""Most differences (other than 0) whose patterns are enumerated, in two halves of 2¹⁴."""

DRAWS = 99_999
"""Patterns that are drawn beyond."""

_CHUNK = 20_000
_TOLERANCE = 1e-9  # of Σ|d|: sums in another order are the same sum


def floor(n: int) -> float:
    """Smallest p-value of n differences: 2/2ⁿ, or 1/(draws + 1) where patterns are drawn; 1 for none."""
    if n <= 0:
        return 1.0
    return max(2.0 / 2.0**n, 1 / (DRAWS + 1)) if n > EXACT else 2.0 / 2.0**n


def sign_flip_test(differences: npt.ArrayLike, seed: int = 0) -> FloatArray:
    """Two-sided p-values of "symmetric about 0", one a column.

    Args:
        differences: (n,) or (n, m), independent between rows; NaN leaves a row out of that column.
        seed: of the sign patterns where more than ``EXACT`` differences are not 0.

    Returns:
        (m,); 1 where all differences are 0, NaN where there is none.
    """
    given = np.asarray(differences, float)
    columns = given[:, None] if given.ndim == 1 else given
    p = np.full(columns.shape[1], np.nan)
    drawn = []
    for j, column in enumerate(columns.T):
        if not np.isfinite(column).any():
            continue
        kept = column[np.isfinite(column) & (column != 0)]
        if len(kept) <= EXACT:
            p[j] = _enumerate(kept)
        else:
            drawn.append(j)
    if drawn:
        p[drawn] = _draw(np.nan_to_num(columns[:, drawn]), seed)
    return p


def _enumerate(differences: FloatArray) -> float:
    n = len(differences)
    slack = _TOLERANCE * np.abs(differences).sum()
    observed = abs(differences.sum())
    if observed <= slack:
        return 1.0
    left, right = _sums(differences[: n // 2]), np.sort(_sums(differences[n // 2 :]))
    # Σ is symmetric, so both tails are twice the upper one.
    reached = len(right) - np.searchsorted(right, observed - slack - np.sort(left))
    return min(1.0, 2.0 * float(reached.sum()) / 2.0**n)


def _sums(differences: FloatArray) -> FloatArray:
    """All 2ⁿ sums of signed differences."""
    sums = np.zeros(1)
    for d in differences:
        sums = np.concatenate([sums + d, sums - d])
    return sums


def _draw(differences: FloatArray, seed: int) -> FloatArray:
    """p = (1 + #{|Σ*| ≥ |Σ|}) / (1 + draws), which is valid whatever the number of draws."""
    rng = np.random.default_rng(seed)
    limit = np.abs(differences.sum(axis=0)) - _TOLERANCE * np.abs(differences).sum(axis=0)
    reached = np.ones(differences.shape[1])
    left = DRAWS
    while left > 0:
        size = min(_CHUNK, left)
        signs = rng.integers(0, 2, (size, len(differences))) * 2.0 - 1.0
        reached += (np.abs(signs @ differences) >= limit).sum(axis=0)
        left -= size
    return np.asarray(reached / (DRAWS + 1), float)
