"""Means of clustered values, and ratios of sums, with Student's interval over clusters.

::

    r = Σa/Σb,   s² = G/(G − 1) Σ_g (Σ_{i∈g} (a_i − r b_i))² / (Σb)²,   r ± t(G − 1) s

G clusters; b = 1 is a mean. Clusters are taken as independent, what is in them as anything.

Sources: Cochran, Sampling Techniques (3rd ed. 1977), ch. 6, for ratios; Liang & Zeger, Biometrika 73 (1986);
Cameron & Miller, Journal of Human Resources 50 (2015), for t(G − 1).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fiduciary.economics.inference.intervals import LEVEL, NAN, NOTHING, Interval, around


def ratio(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    clusters: npt.ArrayLike,
    level: float = LEVEL,
) -> Interval:
    """Σa/Σb with Student's interval.

    Args:
        numerator: a, (n,).
        denominator: b, (n,) or a number.
        clusters: (n,), label of each one's cluster.
        level: of the interval.

    Returns:
        No value where Σb is not positive; no standard error from one cluster, or from clusters whose ratios
        are all the same.
    """
    a, b = np.broadcast_arrays(np.asarray(numerator, float), np.asarray(denominator, float))
    total = b.sum()
    if not total > 0:
        return Interval(level=level, reason=NOTHING)
    value = float(a.sum() / total)
    labels, codes = np.unique(np.asarray(clusters), return_inverse=True)
    g = len(labels)
    if g < 2:
        return around(value, NAN, level=level, units=g)
    by_cluster = np.bincount(codes, weights=a - value * b)
    stderr = float(np.sqrt(g / (g - 1) * (by_cluster**2).sum()) / total)
    return around(value, stderr, g - 1, level, units=g)


def lower_bound(
    numerator: npt.ArrayLike, denominator: npt.ArrayLike, level: float = LEVEL
) -> tuple[float, float]:
    """Σa/Σb, and its one-sided lower bound over units: the value itself where all units gave the same.

    Args:
        numerator: a, (n,).
        denominator: b, (n,).
        level: of the bound, above ½.
    """
    found = ratio(numerator, denominator, np.arange(np.size(numerator)), 2 * level - 1)
    return found.value, found.value if found.alike else found.low


def mean(values: npt.ArrayLike, clusters: npt.ArrayLike | None = None, level: float = LEVEL) -> Interval:
    """Mean with Student's interval; without ``clusters`` every value is a unit of its own.

    Args:
        values: (n,).
        clusters: (n,), label of each one's cluster.
        level: of the interval.
    """
    given = np.asarray(values, float)
    return ratio(given, 1.0, np.arange(len(given)) if clusters is None else clusters, level)
