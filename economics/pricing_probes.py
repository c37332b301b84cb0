"""Made-up histories of a market, by which to tell whether a price setter reads what it is shown.

A history shows ten prices of one firm, at the markups ``MARKUPS``, in random order against one price of its
rival. Two things are drawn, uniformly and independently of each other and of all else: which of the firm's
prices earned most, and the rival's price. The firm's quality is what makes the first true
(``LogitMarket.with_best_response``), so that units and profits are those of logit demand. All else that a
price setter is told stays the same, and whoever does not read the history answers independently of both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.duopoly import LogitMarket
from fiduciary.economics.pricing_strategies import PRICE_DECIMALS

MARKUPS = tuple(1.2 + 0.4 * k for k in range(10))
"""Markups of the prices shown, in units of μ; above 1, or no quality would make them best."""


@dataclass(frozen=True)
class PricingProbe:
    """A history of two firms, the one that is asked first.

    Attributes:
        market: whose demand it follows.
        own: the first firm's price in each period, in money.
        rival: the second firm's price, the same in every period.
        best: which of the first firm's prices earned most.
    """

    market: LogitMarket
    own: tuple[float, ...]
    rival: float
    best: float

    @property
    def prices(self) -> FloatArray:
        """(T, 2), in money."""
        return np.array([(price, self.rival) for price in self.own])


def draw_probes(market: LogitMarket, n: int, seed: int) -> list[PricingProbe]:
    """Draw n histories of a market of two firms.

    Args:
        market: whose costs, differentiation and scales they have; the first firm's quality is drawn.
        n: how many.
        seed: of the draws.

    Raises:
        ValueError: a market that is not one of two firms.
    """
    if market.n_firms != 2:
        raise ValueError(f"a history shows two firms, got a market of {market.n_firms}")
    rng = np.random.default_rng(seed)
    first, second = market.unit_cost
    money = market.price_scale * market.mu
    grid = [round(float(first + money * markup), PRICE_DECIMALS) for markup in MARKUPS]
    probes = []
    for _ in range(n):
        rival = round(float(second + money * rng.uniform(MARKUPS[0], MARKUPS[-1])), PRICE_DECIMALS)
        best = grid[rng.integers(len(grid))]
        own = tuple(grid[k] for k in rng.permutation(len(grid)))
        probes.append(PricingProbe(market.with_best_response(0, (best, rival)), own, rival, best))
    return probes
