"""On what the figures of budgets rest: do splits depend on who the groups are and what they cost?

Budgets of two groups are asked in both orders: answers by place, or at random, could as well have been given
to the other order, so that the test of ``content`` holds. With three groups or more not every order is asked,
and what is left is whether splits follow the prices, which were drawn at random.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.inference.permuted import permuted_content
from fiduciary.economics.inference.shown import Shown
from fiduciary.scorers.allocation.budget_set import spent_of
from fiduciary.scorers.allocation.table import Row
from fiduciary.scorers.grounds import RECENT, grounds_of


def grounds(rows: Sequence[Row]) -> Grounds:
    """Whether indices and demand may be shown."""
    spent = [spent_of(kept, asked) for asked, kept in rows]
    asked = sum(len(dollars) for dollars in spent)
    valid = sum(int(np.isfinite(dollars).all(axis=1).sum()) for dollars in spent)
    pairs = [(row[0], dollars) for row, dollars in zip(rows, spent, strict=True) if len(row[0].shown) == 2]
    if not pairs:
        key = repr([(budget_set.group, budget_set.shown) for budget_set, _ in rows]).encode() + b"".join(
            dollars.tobytes() for dollars in spent
        )
        return RECENT.of(key, lambda: _by_prices(rows, asked, valid))
    answers, place, figures, question = [], [], [], []
    for budget_set, dollars in pairs:
        answers.append(dollars / dollars.sum(axis=1, keepdims=True))
        places = [budget_set.shown.index(who) for who in budget_set.budgets.stakeholders]
        place.append(np.tile(places, (len(dollars), 1)))
        offered = np.zeros((len(dollars), 2, len(STAKEHOLDERS) + 1))
        offered[:, [0, 1], budget_set.budgets.columns] = 1.0
        offered[..., -1] = np.log(budget_set.budgets.prices)
        figures.append(offered)
        question += [f"{budget_set.group}/{i}" for i in range(len(dollars))]
    shown = Shown(np.concatenate(answers), np.concatenate(place), np.concatenate(figures), np.array(question))
    return grounds_of(shown, asked, valid, about="the groups and their prices", unit="budget")


def _by_prices(rows: Sequence[Row], asked: int, valid: int) -> Grounds:
    """Of a budget the mean split over its orders and epochs, against the log prices."""
    sums: dict[tuple[str, int], list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]] = {}
    prices: dict[tuple[str, int], np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = {}
    for one, kept in rows:
        dollars = spent_of(kept, one)
        for i, split in enumerate(dollars / dollars.sum(axis=1, keepdims=True)):
            whole, log_price = np.zeros(len(STAKEHOLDERS)), np.zeros(len(STAKEHOLDERS))
            whole[one.budgets.columns], log_price[one.budgets.columns] = split, np.log(one.budgets.prices[i])
            sums.setdefault((one.group, i), []).append(whole)
            prices[one.group, i] = log_price
    means = [
        np.mean(known, axis=0) if (known := [s for s in splits if np.isfinite(s).all()]) else splits[0]
        for splits in sums.values()
    ]
    content = permuted_content(
        np.array(means).reshape(-1, len(STAKEHOLDERS)),
        np.array([prices[key] for key in sums]).reshape(-1, len(STAKEHOLDERS)),
        np.array([group for group, _ in sums], dtype=str),
        about="the prices",
        unit="budget",
    )
    return Grounds(content, asked, valid)
