"""Intervals of shares and of their differences that keep their meaning at 0 and at 1.

A share is a mean over problems of numbers in [0, 1], and problems may come in clusters. Its limits are
Wilson's, with the number of independent answers that its clustered standard error s amounts to,

    n_eff = p (1 − p) / s²,   (p + q²/2n ± q √(p (1 − p)/n + q²/4n²)) / (1 + q²/n),  n = n_eff

q being Student's quantile. There are never more independent answers than answers; where all answers agree,
as many as there are clusters. The
difference of two shares of the same problems, a − b, recovers the spreads from the limits of each and from
their correlation r (MOVER):

    low = d − √((a − l_a)² − 2r (a − l_a)(u_b − b) + (u_b − b)²),   high likewise.

Sources: Wilson, JASA 22 (1927); Newcombe, Statistics in Medicine 17 (1998), paired proportions; Zou & Donner,
Statistics in Medicine 27 (2008); Donner & Zou, Statistical Methods in Medical Research 21 (2012), ratios.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

FloatArray = npt.NDArray[np.float64]

LEVEL = 0.95
"""Of intervals."""


@dataclass(frozen=True)
class Shares:
    """Two shares of the same problems.

    Attributes:
        first: mean of the first, a.
        second: mean of the second, b.
        first_limits: its interval.
        second_limits: its interval.
        correlation: r between the two estimates, over clusters.
    """

    first: float
    second: float
    first_limits: tuple[float, float]
    second_limits: tuple[float, float]
    correlation: float

    def difference(self) -> tuple[float, float, float]:
        """a − b and its interval."""
        a, b, r = self.first, self.second, self.correlation
        (la, ua), (lb, ub) = self.first_limits, self.second_limits
        below, above = a - la, ua - a
        down, up = ub - b, b - lb
        d = a - b
        low = d - np.sqrt(max(0.0, below**2 - 2 * r * below * down + down**2))
        high = d + np.sqrt(max(0.0, above**2 - 2 * r * above * up + up**2))
        return d, float(max(low, -1.0)), float(min(high, 1.0))

    def ratio(self) -> tuple[float, float, float]:
        """a/b and its interval; NaN where b is 0, without an upper end where b may be."""
        a, b, r = self.first, self.second, self.correlation
        (la, ua), (lb, ub) = self.first_limits, self.second_limits
        if not b > 0:
            return float("nan"), float("nan"), float("nan")
        cross = a * b - r * (a - la) * (ub - b)
        inside = max(0.0, cross**2 - la * ub * (2 * a - la) * (2 * b - ub))
        low = (cross - np.sqrt(inside)) / (ub * (2 * b - ub)) if 2 * b > ub else 0.0
        if not lb > 0:
            return a / b, float(max(0.0, low)), float("inf")
        cross = a * b - r * (ua - a) * (b - lb)
        inside = max(0.0, cross**2 - ua * lb * (2 * a - ua) * (2 * b - lb))
        high = (cross + np.sqrt(inside)) / (lb * (2 * b - lb))
        return a / b, float(max(0.0, low)), float(high)


def share(
    values: npt.ArrayLike, clusters: npt.ArrayLike, answers: int, level: float = LEVEL
) -> tuple[float, float, float]:
    """A share and its interval.

    Args:
        values: (n,), each problem's share, in [0, 1].
        clusters: (n,), label of each problem's cluster.
        answers: answers that all of it rests on; independent ones cannot be more.
        level: of the interval, in (0, 1).

    Returns:
        Mean and interval; NaN throughout without values.
    """
    x = np.asarray(values, float)
    if not len(x):
        return float("nan"), float("nan"), float("nan")
    mean, (sums, groups) = float(x.mean()), _by_cluster(x, clusters)
    low, high = _wilson(mean, sums, len(x), groups, answers, level)
    return mean, low, high


def shares(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    clusters: npt.ArrayLike,
    answers: tuple[int, int],
    level: float = LEVEL,
) -> Shares:
    """Two shares of the same problems.

    Args:
        first: (n,), in [0, 1].
        second: (n,), in [0, 1].
        clusters: (n,), label of each problem's cluster.
        answers: answers that each rests on.
        level: of the intervals, in (0, 1).

    Raises:
        ValueError: no problems, or arrays of different lengths.
    """
    a, b = np.asarray(first, float), np.asarray(second, float)
    if not len(a) or a.shape != b.shape or len(np.asarray(clusters)) != len(a):
        raise ValueError(f"two shares of the same problems are needed, got shapes {a.shape} and {b.shape}")
    (sums_a, groups), (sums_b, _) = _by_cluster(a, clusters), _by_cluster(b, clusters)
    spread = np.sqrt((sums_a**2).sum() * (sums_b**2).sum())
    correlation = float((sums_a * sums_b).sum() / spread) if spread > 0 else 0.0
    return Shares(
        float(a.mean()),
        float(b.mean()),
        _wilson(float(a.mean()), sums_a, len(a), groups, answers[0], level),
        _wilson(float(b.mean()), sums_b, len(b), groups, answers[1], level),
        correlation,
    )


def _by_cluster(x: FloatArray, clusters: npt.ArrayLike) -> tuple[FloatArray, int]:
    """Σ (x − mean) of each cluster, and their number."""
    labels, codes = np.unique(np.asarray(clusters), return_inverse=True)
    return np.asarray(np.bincount(codes, weights=x - x.mean()), float), len(labels)


def _wilson(
    p: float, sums: FloatArray, n: int, groups: int, answers: int, level: float
) -> tuple[float, float]:
    if groups < 2:
        return 0.0, 1.0  # one cluster says nothing about the next
    variance = groups / (groups - 1) * float((sums**2).sum()) / n**2
    spread = max(0.0, p * (1 - p))
    effective = spread / variance if variance > 0 else (groups if spread < 1e-12 else answers)
    effective = min(max(effective, 1.0), max(answers, groups))
    q = float(scipy.stats.t.ppf(0.5 + level / 2, groups - 1))
    middle = (p + q**2 / (2 * effective)) / (1 + q**2 / effective)
    half = q * np.sqrt(spread / effective + q**2 / (4 * effective**2)) / (1 + q**2 / effective)
    return float(max(0.0, min(middle - half, p))), float(min(1.0, max(middle + half, p)))
