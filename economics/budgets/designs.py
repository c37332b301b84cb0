"""Budgets to split between stakeholders: who can be given to, at which prices, out of how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.budgets.revealed import check_prices
from fiduciary.economics.conventions import STAKEHOLDERS

LARGEST_LOG_PRICE = float(np.log(3))
"""Prices lie between 1/3 and 3, so that relative prices reach 9: budget lines must cross to bite."""

PRICE_STEP = 0.05
AMOUNTS = (30.0, 60.0)
"""Smallest and largest budget, raw units (dollars / 100)."""

AMOUNT_STEP = 1.0


@dataclass(frozen=True, eq=False)
class BudgetSet:
    """Budgets that the same stakeholders can be given to from.

    Attributes:
        stakeholders: two or more of ``conventions.STAKEHOLDERS``, in that order.
        prices: (T, K) > 0, cost of one unit of benefit to each, in units of the budget.
        amounts: (T,) > 0, budgets, raw units.

    Raises:
        ValueError: unknown, repeated or too few stakeholders; prices or amounts that are not finite
            and > 0, or of another shape.
    """

    stakeholders: tuple[str, ...]
    prices: FloatArray
    amounts: FloatArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "stakeholders", check_stakeholders(self.stakeholders))
        prices, amounts = check_prices(self.prices), np.asarray(self.amounts, float)
        if prices.shape[1] != len(self.stakeholders) or amounts.shape != prices.shape[:1]:
            raise ValueError(
                f"prices must have one column for each of {', '.join(self.stakeholders)} and amounts one "
                f"entry for each row, got shapes {prices.shape} and {amounts.shape}"
            )
        if not np.all(np.isfinite(amounts) & (amounts > 0)):
            raise ValueError("amounts must be finite and > 0")
        object.__setattr__(self, "prices", prices)
        object.__setattr__(self, "amounts", amounts)

    @property
    def columns(self) -> list[int]:
        """Place of each stakeholder on the last axis of a welfare array."""
        return [STAKEHOLDERS.index(who) for who in self.stakeholders]


def check_stakeholders(names: Sequence[str]) -> tuple[str, ...]:
    """Two or more different stakeholders, put in the order of ``conventions.STAKEHOLDERS``.

    Raises:
        ValueError: anything else.
    """
    if len(names) < 2 or len(set(names)) < len(names) or any(name not in STAKEHOLDERS for name in names):
        raise ValueError(
            f"stakeholders must be two or more different ones of {', '.join(STAKEHOLDERS)}, "
            f"got {', '.join(map(str, names)) or 'none'}"
        )
    return tuple(who for who in STAKEHOLDERS if who in names)


def draw_budgets(stakeholders: Sequence[str], n: int, rng: np.random.Generator) -> BudgetSet:
    """Draw n budgets.

    The log price of every stakeholder is spread evenly over [−log 3, log 3] (one draw in each of n
    equal parts, in an order of its own), which makes cheap and dear equally frequent for all.
    Prices are rounded to $0.05 and budgets to $100.

    Args:
        stakeholders: as in :func:`check_stakeholders`.
        n: number of budgets, ≥ 1.
        rng: source of the draws.

    Raises:
        ValueError: stakeholders as in :func:`check_stakeholders`, or n < 1.
    """
    names = check_stakeholders(stakeholders)
    if n < 1:
        raise ValueError(f"the number of budgets must be at least 1, got {n}")
    parts = np.stack([rng.permutation(n) for _ in names], axis=1)
    logs = LARGEST_LOG_PRICE * (2 * (parts + rng.random(parts.shape)) / n - 1)
    prices = np.maximum(np.round(np.exp(logs) / PRICE_STEP), 1) * PRICE_STEP
    amounts = np.round(rng.uniform(*AMOUNTS, n) / AMOUNT_STEP) * AMOUNT_STEP
    # Cents as written: 0.05 · 7 is 0.35000000000000003 otherwise.
    return BudgetSet(names, np.round(prices, 2), amounts)
