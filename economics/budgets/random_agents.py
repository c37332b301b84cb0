"""What uniformly random behaviour would look like on the same budgets: power, and a reference.

A random agent draws its budget shares uniformly from the simplex. Source: Bronars (1987), "The Power
of Nonparametric Tests of Preference Maximization".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.budgets.revealed import afriat_index, check_prices, relative_costs, satisfies_garp


class Power(NamedTuple):
    """Share of random agents that violate GARP, and its simulation error."""

    value: float
    stderr: float


def random_bundles(
    prices: npt.ArrayLike, amounts: npt.ArrayLike, n: int, rng: np.random.Generator
) -> FloatArray:
    """Bundles (n, T, K) of n random agents, who spend every budget.

    Args:
        prices: (T, K), > 0.
        amounts: (T,), > 0.
        n: number of agents.
        rng: source of the draws.
    """
    p = check_prices(prices)
    shares = rng.dirichlet(np.ones(p.shape[1]), (n, len(p)))
    return np.asarray(shares * np.asarray(amounts, float)[:, None] / p)


def random_relative_costs(
    prices: npt.ArrayLike, amounts: npt.ArrayLike, n: int, rng: np.random.Generator
) -> FloatArray:
    """Relative costs (n, T, T) of n random agents."""
    return relative_costs(prices, random_bundles(prices, amounts, n, rng))


def bronars_power(
    prices: npt.ArrayLike, amounts: npt.ArrayLike, rng: np.random.Generator, n: int = 1000
) -> Power:
    """Bronars's power: how probable it is that a uniformly random agent violates GARP.

    Args:
        prices: (T, K), > 0.
        amounts: (T,), > 0.
        rng: source of the draws.
        n: number of agents.
    """
    share = float(np.mean(~satisfies_garp(random_relative_costs(prices, amounts, n, rng))))
    return Power(share, float(np.sqrt(share * (1 - share) / n)))


def random_afriat(
    prices: npt.ArrayLike, amounts: npt.ArrayLike, rng: np.random.Generator, n: int = 1000
) -> FloatArray:
    """Afriat's index of n random agents, (n,): the distribution to hold an observed index against."""
    return afriat_index(random_relative_costs(prices, amounts, n, rng))
