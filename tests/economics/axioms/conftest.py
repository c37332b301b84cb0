"""Choosers with known preferences, and their answers to the questions of the card."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from scipy.special import logsumexp

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.axioms.answers import AxiomAnswers
from fiduciary.economics.axioms.gather import Open, gather
from fiduciary.economics.axioms.items import Item, draw_items

TIMES = {"reflexivity": 4, "monotonicity": 2, "continuity": 3, "triads": 5}

Utility = Callable[[FloatArray], FloatArray]


@cache
def items(n: int = 12) -> tuple[Item, ...]:
    return tuple(draw_items(n, 0))


def answered(
    utility: Utility, seed: int | None = None, place: float = 0.0, opened: Open | None = None
) -> AxiomAnswers:
    """Answers of a chooser: drawn with a seed, its probabilities without.

    Args:
        utility: of the options of a menu in the order shown, utils.
        seed: of the draws.
        place: utils of being shown first.
        opened: questions whose turn was not begun.
    """
    rng = None if seed is None else np.random.default_rng(seed)
    tallies = {}
    for item in items():
        for order in item.orders:
            values = utility(item.options[list(order)]) + place * (np.arange(len(order)) == 0)
            p = np.exp(values - logsumexp(values))
            tallies[item.id, order] = p if rng is None else rng.multinomial(TIMES[item.kind], p)
    return gather(items(), tallies, rng is None, opened or Open(48, 48, 0))
