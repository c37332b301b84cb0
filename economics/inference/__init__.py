"""Intervals of shares and of means, and corrections for several tests: one answer for the whole project.

``Interval`` is what an estimate of either kind is. Where a spread cannot be told, from one unit or from units
that all gave the same, there is no standard error, and ``reason`` says why; a standard error is never 0.
"""

from fiduciary.economics.inference.intervals import (
    ALIKE,
    ALONE,
    LEVEL,
    NOTHING,
    Interval,
    around,
    quantile,
    two_sided,
)
from fiduciary.economics.inference.means import mean, ratio
from fiduciary.economics.inference.multiple import benjamini_hochberg, holm, holm_by_name
from fiduciary.economics.inference.shares import (
    alike,
    clopper_pearson,
    effective_size,
    share,
    share_with_error,
)

__all__ = [
    "ALIKE",
    "ALONE",
    "LEVEL",
    "NOTHING",
    "Interval",
    "alike",
    "around",
    "benjamini_hochberg",
    "clopper_pearson",
    "effective_size",
    "holm",
    "holm_by_name",
    "mean",
    "quantile",
    "ratio",
    "share",
    "share_with_error",
    "two_sided",
]
