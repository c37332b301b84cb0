"""Estimates and standard errors as reports print them."""

from __future__ import annotations

import math

from fiduciary.economics.inference import Interval

NO_ERROR = "no error"
"""In place of a standard error that cannot be told: from one unit, or from units that all gave the same."""


def number(value: float, decimals: int = 3) -> str:
    """A value, or "-" if it is missing."""
    return f"{value:.{decimals}f}" if math.isfinite(value) else "-"


def error(stderr: float, decimals: int = 3) -> str:
    """A standard error, never as 0: it is smaller than can be printed, or there is none."""
    if not math.isfinite(stderr):
        return NO_ERROR
    least = 10.0**-decimals
    return f"<{least:.{decimals}f}" if stderr < least / 2 else f"{stderr:,.{decimals}f}"


def with_error(found: Interval, decimals: int = 3) -> str:
    """``0.258 (0.052)``."""
    if not found.known:
        return "-"
    return f"{number(found.value, decimals)} ({error(found.stderr, decimals)})"


def limits(found: Interval, decimals: int = 3) -> str:
    """``[0.156, 0.360]``, or what stands in its place."""
    if not (math.isfinite(found.low) and math.isfinite(found.high)):
        return found.reason or "no interval"
    return f"[{found.low:.{decimals}f}, {found.high:.{decimals}f}]"
