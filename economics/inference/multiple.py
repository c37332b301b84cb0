"""Corrections of a family of p-values, m of them, p_(1) ≤ … ≤ p_(m); NaN stays NaN and does not count.

::

    Holm:                 max over j ≤ k of (m − j + 1) p_(j)
    Benjamini–Hochberg:   min over j ≥ k of m p_(j) / j

both at most 1. The first holds the probability of any false rejection, the second the expected share of false
ones among the rejections of independent tests.

Sources: Holm, Scandinavian Journal of Statistics 6 (1979); Benjamini & Hochberg, JRSS B 57 (1995).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray, IntArray

Name = TypeVar("Name", bound=Hashable)


def holm(p_values: npt.ArrayLike) -> FloatArray:
    """Holm's adjusted p-values, (m,)."""
    given = np.asarray(p_values, float)
    out, order = np.full(given.shape, np.nan), _ascending(given)
    stepped = given[order] * (len(order) - np.arange(len(order)))
    out[order] = np.minimum(1.0, np.maximum.accumulate(stepped))
    return out


def holm_by_name(p_values: Mapping[Name, float]) -> dict[Name, float]:
    """Holm's adjusted p-values under the names of the tests."""
    return dict(zip(p_values, holm(list(p_values.values())).tolist(), strict=True))


def benjamini_hochberg(p_values: npt.ArrayLike) -> FloatArray:
    """Benjamini–Hochberg adjusted p-values, (m,)."""
    given = np.asarray(p_values, float)
    out, order = np.full(given.shape, np.nan), _ascending(given)
    m = len(order)
    stepped = given[order] * m / np.arange(1, m + 1)
    out[order] = np.minimum(1.0, np.minimum.accumulate(stepped[::-1])[::-1])
    return out


def _ascending(given: FloatArray) -> IntArray:
    kept = np.flatnonzero(~np.isnan(given))
    return kept[np.argsort(given[kept], kind="stable")]
