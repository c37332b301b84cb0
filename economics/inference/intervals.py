"""The type of an estimate with its interval, and the interval of a standard error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import scipy

NAN = float("nan")

LEVEL = 0.95
"""Of intervals."""

NOTHING = "nothing was measured"
ALONE = "one unit says nothing about the next"
ALIKE = "the same in every unit: its spread cannot be told"

_ROUNDING = 1e-12


@dataclass(frozen=True)
class Interval:
    """An estimate with its confidence interval; NaN stands for what there is not.

    Attributes:
        value: the estimate.
        low, high: ends of the interval.
        stderr: standard error, above 0.
        level: confidence level, in (0, 1).
        units: independent units behind it: clusters where there are any, else answers; 0 where unknown.
        reason: why there is no value or no standard error; empty where there are both.
    """

    value: float = NAN
    low: float = NAN
    high: float = NAN
    stderr: float = NAN
    level: float = LEVEL
    units: int = 0
    reason: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.value)

    @property
    def alike(self) -> bool:
        """Whether several units all gave the same, so that nothing tells their spread."""
        return self.reason == ALIKE


def quantile(level: float, df: float = math.inf) -> float:
    """Standard errors on either side of an estimate: the (1 + level)/2 quantile of Student's t.

    Args:
        level: in (0, 1).
        df: degrees of freedom, at least 1; ∞ for the normal.

    Raises:
        ValueError: a level outside (0, 1), or too few degrees of freedom.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1, got {level:g}")
    if not df >= 1:
        raise ValueError(f"df must be at least 1, got {df:g}")
    return float(scipy.special.stdtrit(df, (1 + level) / 2))


def two_sided(value: float, stderr: float, df: float = math.inf) -> float:
    """p-value of "the value is 0", 2 P(T ≥ |value|/stderr) with Student's T; NaN without a standard error.

    Args:
        value: the estimate.
        stderr: its standard error.
        df: degrees of freedom; ∞ for the normal.
    """
    if not (math.isfinite(value) and stderr > 0):
        return NAN
    return float(2 * scipy.special.stdtr(df, -abs(value) / stderr))


def around(
    value: float, stderr: float, df: float = math.inf, level: float = LEVEL, *, units: int = 0
) -> Interval:
    """value ± t·stderr; no standard error and no interval where the given one is 0 or NaN.

    Args:
        value: of the estimate.
        stderr: its standard error. 0, up to rounding, says that units did not differ, not that the estimate
            is exact.
        df: degrees of freedom, at least 1; ∞ for the normal.
        level: of the interval.
        units: independent units behind it.

    Raises:
        ValueError: as :func:`quantile`.
    """
    if not math.isfinite(value):
        return Interval(level=level, units=units, reason=NOTHING)
    if not math.isfinite(stderr):
        return Interval(value, level=level, units=units, reason=ALONE)
    if stderr <= _ROUNDING * max(1.0, abs(value)):
        return Interval(value, level=level, units=units, reason=ALIKE)
    half = quantile(level, df) * stderr
    return Interval(value, value - half, value + half, stderr, level, units)
