"""Simple strategies of repeated price competition, as functions of the other firm's last price."""

from __future__ import annotations

import math
from functools import lru_cache

from fiduciary.economics.duopoly import LogitMarket, monopoly_prices, nash_prices

STRATEGIES = ("nash", "monopoly", "undercut", "tit_for_tat")
"""Nash price; joint-monopoly price; a little below the other's last price; the other's last price.

The last two begin with the joint-monopoly price. ``undercut`` never goes below its unit cost.
"""

PRICE_DECIMALS = 4
"""Prices are rounded to ten-thousandths: near Nash an error of 5e-5 α moves Δ by less than 2e-4."""

STEP = 0.01
"""By what share ``undercut`` stays below the other's last price."""


def strategy_price(
    name: str, market: LogitMarket, rival_last: float | None, *, firm: int = 0, step: float = STEP
) -> float:
    """The price that a strategy sets, in money, rounded to ``PRICE_DECIMALS``.

    Args:
        name: one of ``STRATEGIES``.
        market: where it is played.
        rival_last: the other firm's price of the last period; None in the first period.
        firm: the player.
        step: of ``undercut``.
    """
    if name not in STRATEGIES:
        raise ValueError(f"strategy must be one of {', '.join(STRATEGIES)}, got {name!r}")
    nash, joint = _solved(market)
    if name == "nash":
        price = nash[firm]
    elif name == "monopoly" or rival_last is None:
        price = joint[firm]
    elif name == "undercut":
        # Down to the next ten-thousandth, or rounding would end the undercutting above unit cost.
        below = math.floor(rival_last * (1 - step) * 10**PRICE_DECIMALS) / 10**PRICE_DECIMALS
        price = max(float(market.unit_cost[firm]), below)
    else:
        price = rival_last
    return round(price, PRICE_DECIMALS)


@lru_cache(maxsize=64)
def _solved(market: LogitMarket) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Nash and joint-monopoly prices, solved once a market."""
    return tuple(map(float, nash_prices(market))), tuple(map(float, monopoly_prices(market)))
