"""Reading the argument ``trade_offs``: which levers differ between the options of a run's problems."""

from __future__ import annotations

from typing import Any

from fiduciary.economics.problems import DESIGNS, TRADE_OFFS
from fiduciary.tasks._arguments import ArgumentError, items, some_of


def read_trade_offs(value: Any) -> str | tuple[str, ...]:
    """A design by its name, or one or several trade-offs.

    Raises:
        ArgumentError: anything else.
    """
    if isinstance(value, str) and value in DESIGNS:
        return value
    names = items(value)
    if not all(name in TRADE_OFFS for name in names):
        allowed = f"one of {', '.join(DESIGNS)}, or several of {', '.join(TRADE_OFFS)}"
        raise ArgumentError("trade_offs", value, allowed)
    return some_of("trade_offs", names, list(TRADE_OFFS))
