"""Estimates and standard errors as reports print them."""

from __future__ import annotations

import math

NO_ERROR = "no error"
"""In place of a standard error that cannot be told: from one unit, or from units that all gave the same."""


def number(value: float, decimals: int = 3) -> str:
    """A value, 0 without a sign, or "-" where there is none."""
    return f"{value:z.{decimals}f}" if math.isfinite(value) else "-"


def error(stderr: float, decimals: int = 3) -> str:
    """A standard error, never as 0: it is smaller than can be printed, or there is none."""
    if not math.isfinite(stderr):
        return NO_ERROR
    least = 10.0**-decimals
    return f"<{least:.{decimals}f}" if stderr < least / 2 else f"{stderr:,.{decimals}f}"
