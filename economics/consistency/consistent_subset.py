"""The largest consistent part of the answers, exactly, by enumeration of all orders.

Source: Houtman & Maks (1985), "Determining all maximal data subsets consistent with revealed
preference", Kwantitatieve Methoden 19. For pairs it is the minimum feedback arc set of the answers.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.consistency.pairs import PairedChoices

_CHUNK = 2_000_000  # entries of the table of costs by set and order that are made at a time


@cache
def orders(m: int) -> IntArray:
    """All m! strict orders, each the options from best to worst, (m!, m)."""
    return np.array(list(permutations(range(m))), np.int64)


@cache
def above(m: int) -> FloatArray:
    """1 where the order has i above j, (m!, m·m)."""
    rank = np.argsort(orders(m), axis=1)
    return np.asarray((rank[:, :, None] < rank[:, None, :]).reshape(len(rank), m * m).astype(float))


def cheapest_order(cost: npt.ArrayLike) -> tuple[FloatArray, IntArray]:
    """Order of least cost of each set.

    Args:
        cost: what it costs to rank i above j, (sets, m, m); the diagonal does not count.

    Returns:
        The least sum of costs, (sets,), and the first order that has it, best to worst, (sets, m).
    """
    cost = np.asarray(cost, float)
    n, m = len(cost), cost.shape[1]
    table = above(m).T
    least, which = np.zeros(n), np.zeros(n, np.int64)
    step = max(1, _CHUNK // table.shape[1])
    for start in range(0, n, step):
        sums = cost[start : start + step].reshape(-1, m * m) @ table
        which[start : start + step] = np.argmin(sums, axis=1)
        least[start : start + step] = np.take_along_axis(
            sums, which[start : start + step, None], axis=1
        ).ravel()
    return least, orders(m)[which]


def answers_to_drop(choices: PairedChoices) -> tuple[IntArray, IntArray]:
    """Fewest answers without which one strict order explains all others, (sets,) each.

    Pairs that are not usable are left out. Every answer i over j is an arc; two opposite answers to a
    pair already contradict each other.

    Returns:
        within: answers to drop because they contradict the majority on the same pair, Σ min(w_ij, w_ji):
            noise, order effects, indifference.
        across: the further ones that must go because the majorities turn in a circle.
    """
    wins = choices.wins * choices.usable
    least, _ = cheapest_order(wins.swapaxes(1, 2))
    within = np.minimum(wins, wins.swapaxes(1, 2)).sum(axis=(1, 2)) // 2
    return np.asarray(within), np.rint(least).astype(np.int64) - within
