"""In which order options are shown, and which option a displayed place stands for.

A presentation order is a tuple ``order`` with ``order[place] = own``: the option of the problem's own
order that is shown at that place. It travels in each sample's metadata.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

ORDERS = ("shuffle", "given", "rotations")
"""Seeded shuffle of every problem; the problem's own order; every rotation of a shuffled order."""

_STREAM = 1  # keeps these draws apart from others that start from the same seed

Order = tuple[int, ...]


def presentation_orders(counts: Sequence[int], how: str, seed: int) -> list[list[Order]]:
    """The orders in which each problem is shown.

    Args:
        counts: number of options of each problem.
        how: one of ``ORDERS``.
        seed: seed of the shuffles. Orders of the first problems do not depend on how many follow.

    Returns:
        For each problem its orders: one, or with ``rotations`` as many as it has options, so that
        every option is shown once at every place.
    """
    if how not in ORDERS:
        raise ValueError(f"how must be one of {', '.join(ORDERS)}, got {how!r}")
    if how == "given":
        return [[tuple(range(k))] for k in counts]
    rng = np.random.default_rng([seed, _STREAM])
    shuffled = [tuple(int(i) for i in rng.permutation(k)) for k in counts]
    return [rotations(order) if how == "rotations" else [order] for order in shuffled]


def rotations(order: Order) -> list[Order]:
    """All cyclic rotations of an order."""
    return [order[i:] + order[:i] for i in range(len(order))]


def reordered(order: Order, rng: np.random.Generator) -> Order:
    """Another order than the one given, each of the others equally likely."""
    while True:
        other = tuple(int(i) for i in rng.permutation(order))
        if other != order:
            return other
