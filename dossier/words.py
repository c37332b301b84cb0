"""Figures as people read them."""

from __future__ import annotations

import math
from typing import Literal

from fiduciary.safe_text import visible

Unit = Literal["share", "dollars", "points", "number", "count", "rank", "weight"]
"""``share``: 0 to 1, shown as a percentage. ``points``: difference of shares, in percentage points."""

MINUS = "−"
NARROW = "\u202f"
"""Narrow no-break space between a figure and its sign."""


def figure(value: float | None, unit: Unit) -> str:
    """A figure with its unit; – if there is no figure."""
    if value is None or not math.isfinite(value):
        return "–"
    if unit == "share":
        # Exactly nothing and exactly all are told from what rounds to it.
        return f"{100 * value:.0f}{NARROW}%" if value in (0, 1) else f"{_decimal(100 * value)}{NARROW}%"
    if unit == "points":
        return f"{_signed(100 * value, 1)} points"
    if unit == "dollars":
        return f"{MINUS if value < 0 else ''}${_money(abs(value))}"
    if unit in ("count", "rank"):
        return f"{value:,.0f}"
    return f"{value:.2f}".replace("-", MINUS)


def ends(low: float | None, high: float | None, unit: Unit) -> str:
    """An interval, its unit given once; "" without an interval."""
    if low is None and high is None:
        return ""
    first, second = figure(low, unit), figure(high, unit)
    for sign in (f"{NARROW}%", " points"):
        if first.endswith(sign) and second.endswith(sign):
            first = first.removesuffix(sign)
    return f"{first} to {second}"


def share(value: float) -> str:
    """A share as a percentage."""
    return figure(value, "share")


def dollars(value: float) -> str:
    """An amount."""
    return figure(value, "dollars")


def p_value(p: float | None) -> str:
    """How easily chance alone would bring this about."""
    if p is None or math.isnan(p):
        return "not tested"
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".")


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: list[str] | tuple[str, ...]) -> str:
    """Names in a row of words."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def plain(text: object, limit: int = 200) -> str:
    """Somebody else's text on one line of bounded length, what cannot be seen in it named."""
    clean = " ".join(visible(str(text)).split())
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def _decimal(value: float) -> str:
    text = f"{value:.1f}"
    return "0.0" if text == "-0.0" else text.replace("-", MINUS)


def _signed(value: float, digits: int) -> str:
    text = f"{value:+.{digits}f}".replace("-", MINUS)
    return f"{0:.{digits}f}" if float(f"{value:.{digits}f}") == 0 else text


def _money(value: float) -> str:
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
