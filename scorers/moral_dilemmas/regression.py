"""Least squares with standard errors that respect clusters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fiduciary.economics.inference import LEVEL, NOTHING, Interval, around
from fiduciary.scorers.metrics.clustered import NAN


def slope(
    outcome: npt.ArrayLike, regressor: npt.ArrayLike, groups: Sequence[str], level: float = LEVEL
) -> Interval:
    """Slope of y on x with a constant, Σ(x − x̄)(y − ȳ)/Σ(x − x̄)², and its clustered standard error.

    √(c Σ_g (Σ_{i∈g} (x_i − x̄) e_i)²) / Σ(x − x̄)² with c = G/(G − 1) · (n − 1)/(n − 2), Liang & Zeger's
    sandwich with the usual correction; Student's interval with G − 1 degrees of freedom. NaN where x does not
    vary; the error is NaN with fewer than three rows or two clusters, and where every row lies on the line.
    With x of 0 and 1 this is a difference of two means.
    """
    y, x = np.asarray(outcome, float), np.asarray(regressor, float)
    n = len(y)
    centred = x - x.mean() if n else x
    spread = float(centred @ centred)
    if not spread > 0:
        return Interval(level=level, reason=NOTHING)
    value = float(centred @ y / spread)
    labels, codes = np.unique(np.asarray(groups), return_inverse=True)
    clusters = len(labels)
    if clusters < 2 or n < 3:
        return around(value, NAN, level=level, units=clusters)
    residuals = y - y.mean() - value * centred
    by_group = np.bincount(codes, weights=centred * residuals)
    correction = clusters / (clusters - 1) * (n - 1) / (n - 2)
    stderr = float(np.sqrt(correction * (by_group**2).sum()) / spread)
    return around(value, stderr, clusters - 1, level, units=clusters)
