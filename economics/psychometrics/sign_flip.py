"""The sign-flip test: exact where patterns can be counted, seeded Monte Carlo beyond.

Under the null hypothesis a matched difference is as likely to be d as −d, so all 2ⁿ sign patterns of n
differences are equally likely, and the two-sided p-value is the share of patterns with |Σ ±d| ≥ |Σ d|. It
assumes neither normality nor equal variances. It cannot go below 2/2ⁿ. Whole differences, as those of answers
in text, have few different sums: their distribution is built up difference by difference, for any n.

Source: Fisher, The Design of Experiments (1935), section 21; for the halves, Horowitz & Sahni,
"Computing partitions with applications to the knapsack problem", Journal of the ACM 21 (1974).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray

EXACT = 28
"""Most differences (other than 0) that are not whole whose patterns are enumerated, in two halves of 2¹⁴."""

DRAWS = 99_999
"""Patterns that are drawn beyond."""

LARGEST = 100
"""Largest whole difference whose sums are counted one by one."""

_CHUNK = 20_000
_TOLERANCE = 1e-9  # of Σ|d|: sums in another order are the same sum


def floor(n: int, whole: bool = False) -> float:
    """Smallest p-value of n differences: 2/2ⁿ, or 1/(draws + 1) where patterns are drawn; 1 for none.

    Args:
        n: number of differences.
        whole: whether they are whole numbers, whose patterns are never drawn.
    """
    if n <= 0:
        return 1.0
    return max(2.0 / 2.0**n, 1 / (DRAWS + 1)) if n > EXACT and not whole else 2.0 / 2.0**n


def are_whole(differences: npt.ArrayLike) -> bool:
    """Whether all differences that are not NaN are whole numbers of at most ``LARGEST``."""
    given = np.asarray(differences, float)
    finite = given[np.isfinite(given)]
    return bool(((finite == np.rint(finite)) & (np.abs(finite) <= LARGEST)).all())


def attainable(differences: npt.ArrayLike) -> FloatArray:
    """All p-values that n whole differences of these sizes can have, ascending; the last is 1.

    Under the null hypothesis, given the sizes, the p-value is at most any one of these with exactly that
    probability.

    Args:
        differences: (n,), whole numbers; NaN is left out.

    Raises:
        ValueError: differences that are not.
    """
    given = np.asarray(differences, float)
    if not are_whole(given):
        raise ValueError(f"differences must be whole numbers of at most {LARGEST}")
    return np.unique(_tail(given[np.isfinite(given)]))


def sign_flip_test(differences: npt.ArrayLike, seed: int = 0) -> FloatArray:
    """Two-sided p-values of "symmetric about 0", one a column.

    Args:
        differences: (n,) or (n, m), independent between rows; NaN leaves a row out of that column.
        seed: of the sign patterns where more than ``EXACT`` differences are not 0 and not all are whole.

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
        if are_whole(kept):
            p[j] = _tail(kept)[round(abs(kept.sum()))]
        elif len(kept) <= EXACT:
            p[j] = _enumerate(kept)
        else:
            drawn.append(j)
    if drawn:
        p[drawn] = _draw(np.nan_to_num(columns[:, drawn]), seed)
    return p


def _tail(differences: FloatArray) -> FloatArray:
    """P(|Σ ±d| ≥ s) for s = 0, 1, …, Σ|d|, of whole differences."""
    sums = np.ones(1)  # probabilities of −Σ|d| … Σ|d| over the sizes so far
    sizes, counts = np.unique(np.abs(differences[differences != 0]).astype(int), return_counts=True)
    for size, count in zip(sizes.tolist(), counts.tolist(), strict=True):
        own = np.zeros(2 * size * count + 1)  # of −count·size … count·size
        own[:: 2 * size] = _heads(count)
        sums = np.convolve(sums, own)
    middle = len(sums) // 2
    folded = sums[middle:].copy()
    folded[1:] += sums[:middle][::-1]
    return np.minimum(1.0, folded[::-1].cumsum()[::-1])


@cache
def _heads(n: int) -> FloatArray:
    """P(0), …, P(n) heads of n coins."""
    heads = np.ones(1)
    for _ in range(n):
        heads = np.convolve(heads, [0.5, 0.5])
    return heads


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
