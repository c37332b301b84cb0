"""Intervals of differences and ratios of two shares that keep their meaning at 0 and at 1.

A share is a mean over problems of numbers in [0, 1], and problems may come in clusters
(``economics.inference.shares``). The difference of two shares of the same problems, a − b, recovers the
spreads from the limits of each and from their correlation r (MOVER):

    low = d − √((a − l_a)² − 2r (a − l_a)(u_b − b) + (u_b − b)²),   high likewise.

Sources: Newcombe, Statistics in Medicine 17 (1998), paired proportions; Zou & Donner, Statistics in Medicine
27 (2008); Donner & Zou, Statistical Methods in Medical Research 21 (2012), ratios.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.inference import LEVEL, NOTHING, Interval, share


@dataclass(frozen=True)
class Shares:
    """Two shares of the same problems.

    Attributes:
        first: the first, a.
        second: the second, b.
        correlation: r between the two estimates, over clusters.
    """

    first: Interval
    second: Interval
    correlation: float

    def difference(self) -> Interval:
        """a − b."""
        a, b, r = self.first, self.second, self.correlation
        below, above = a.value - a.low, a.high - a.value
        down, up = b.high - b.value, b.value - b.low
        d = a.value - b.value
        low = d - np.sqrt(max(0.0, below**2 - 2 * r * below * down + down**2))
        high = d + np.sqrt(max(0.0, above**2 - 2 * r * above * up + up**2))
        return Interval(d, float(max(low, -1.0)), float(min(high, 1.0)), level=a.level, units=a.units)

    def ratio(self) -> Interval:
        """a/b; NaN where b is 0, without an upper end where b may be."""
        r = self.correlation
        a, la, ua = self.first.value, self.first.low, self.first.high
        b, lb, ub = self.second.value, self.second.low, self.second.high
        level, units = self.first.level, self.first.units
        if not b > 0:
            return Interval(level=level, units=units, reason=NOTHING)
        cross = a * b - r * (a - la) * (ub - b)
        inside = max(0.0, cross**2 - la * ub * (2 * a - la) * (2 * b - ub))
        low = (cross - np.sqrt(inside)) / (ub * (2 * b - ub)) if 2 * b > ub else 0.0
        high = float("inf")
        if lb > 0:
            cross = a * b - r * (ua - a) * (b - lb)
            inside = max(0.0, cross**2 - ua * lb * (2 * a - ua) * (2 * b - lb))
            high = float((cross + np.sqrt(inside)) / (lb * (2 * b - lb)))
        return Interval(a / b, float(max(0.0, low)), high, level=level, units=units)


def shares(
    first: npt.ArrayLike, second: npt.ArrayLike, clusters: npt.ArrayLike, level: float = LEVEL
) -> Shares:
    """Two shares of the same problems.

    Args:
        first: (n,), in [0, 1].
        second: (n,), in [0, 1].
        clusters: (n,), label of each problem's cluster.
        level: of the intervals, in (0, 1).

    Raises:
        ValueError: no problems, or arrays of different lengths.
    """
    a, b = np.asarray(first, float), np.asarray(second, float)
    if not len(a) or a.shape != b.shape or len(np.asarray(clusters)) != len(a):
        raise ValueError(f"two shares of the same problems are needed, got shapes {a.shape} and {b.shape}")
    _, codes = np.unique(np.asarray(clusters), return_inverse=True)
    sums_a, sums_b = (np.bincount(codes, weights=x - x.mean()) for x in (a, b))
    spread = np.sqrt((sums_a**2).sum() * (sums_b**2).sum())
    correlation = float((sums_a * sums_b).sum() / spread) if spread > 0 else 0.0
    return Shares(share(a, 1.0, clusters, level), share(b, 1.0, clusters, level), correlation)
