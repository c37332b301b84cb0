"""What is asked: options that are the same, raised by one gain, moved along a path, or three of a set.

Raw welfare units throughout; stakeholders in the order of ``conventions.STAKEHOLDERS``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from types import MappingProxyType
from typing import Any

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.choice_sets import draw_sets
from fiduciary.economics.conventions import SHIFT, STAKEHOLDERS
from fiduciary.economics.problems import generate

GROUPS = len(STAKEHOLDERS)

SIZES = (1.0, 3.0, 9.0)
"""By how much a gain is raised where all else is equal."""

GIVEN = 3.0
"""What one group gives up along a path."""

AMOUNTS = tuple(round(GIVEN * 2 ** ((step - 4) / 2), 2) for step in range(9))
"""What the other group gets at each step: from a quarter of what is given up to four times that, each step
41 % more than the one before."""

DIRECTIONS = tuple((one, other) for one, other in permutations(range(GROUPS), 2))
"""Who gives and who gets: twelve trade-offs, taken in turn."""

SAME, PATHS = 3, 2
"""Pairs of identical options, and paths, of each firm."""

KINDS = ("reflexivity", "monotonicity", "continuity", "triads")

_STRIDE = 5  # between a firm's first and second path: other groups than those of the first


@dataclass(frozen=True, eq=False)
class Item:
    """Options about which several questions are asked.

    Attributes:
        id: name, unique within a run.
        kind: one of ``KINDS``.
        options: (m, 4), as shown.
        orders: the menus, each as the options in the order shown; every one in all of its rotations.
        about: what scoring needs beside them: of ``continuity`` the groups that ``gives`` and ``gets``.
    """

    id: str
    kind: str
    options: FloatArray
    orders: tuple[tuple[int, ...], ...]
    about: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def draw_items(n: int, seed: int = 0, decimals: int = 2) -> list[Item]:
    """The items of n firms, and of 5n/2 sets of three options, those of ``economics.choice_sets``.

    Args:
        n: number of firms, ≥ 1.
        seed: of all draws, ≥ 0; a smaller n gives the beginning of each kind.
        decimals: to which gains are rounded as shown.

    Raises:
        ValueError: n or seed out of range.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    sets = draw_sets(-(-5 * n // 2), seed)
    return [*firm_items(n, seed, decimals), *set_items([found.options.displayed(decimals) for found in sets])]


def firm_items(n: int, seed: int = 0, decimals: int = 2) -> list[Item]:
    """The items of n firms.

    A firm is what one option of a choice problem gives each group. Beside each of the n firms stand others,
    each with gains of its own. Asked are

    - ``SAME`` pairs of identical options;
    - the firm's gains against the same with one group's raised, for each group and each of ``SIZES``;
    - ``PATHS`` paths: one group gives up ``GIVEN`` and another gets each of ``AMOUNTS`` in turn, against a
      firm as it is.

    Args:
        n, seed, decimals: as in :func:`draw_items`.
    """
    each = 1 + SAME + PATHS
    firms = _firms(each * n, seed, decimals).reshape(n, each, GROUPS)
    items: list[Item] = []
    for k, own in enumerate(firms):
        items.append(_raised(f"more-{k + 1}", own[0]))
        items.append(_identical(f"same-{k + 1}", own[1 : 1 + SAME]))
        items += [
            _path(
                f"path-{k + 1}-{p + 1}",
                own[1 + SAME + p],
                *DIRECTIONS[(k + p * _STRIDE) % len(DIRECTIONS)],
                decimals,
            )
            for p in range(PATHS)
        ]
    return items


def set_items(sets: Sequence[FloatArray]) -> list[Item]:
    """The items of sets of three options (3, 4): all pairs in both orders, and the three in all rotations."""
    orders = (*permutations(range(3), 2), (0, 1, 2), (1, 2, 0), (2, 0, 1))
    return [Item(f"three-{k}", "triads", options, orders) for k, options in enumerate(sets, 1)]


def _identical(name: str, firms: FloatArray) -> Item:
    options = np.repeat(firms, 2, axis=0)
    # Shown in the other order it is the same text, so that one order is all there is.
    return Item(name, "reflexivity", options, tuple((2 * k, 2 * k + 1) for k in range(len(firms))))


def _raised(name: str, firm: FloatArray) -> Item:
    raised = [firm + size * np.eye(GROUPS)[group] for group in range(GROUPS) for size in SIZES]
    return Item(name, "monotonicity", np.vstack([firm, raised]), _against_first(len(raised)))


def _path(name: str, firm: FloatArray, gives: int, gets: int, decimals: int) -> Item:
    unit = np.eye(GROUPS)
    steps = [firm - GIVEN * unit[gives] + amount * unit[gets] for amount in AMOUNTS]
    options = np.round(np.vstack([firm, steps]), decimals) + 0.0
    return Item(name, "continuity", options, _against_first(len(steps)), {"gives": gives, "gets": gets})


def _against_first(others: int) -> tuple[tuple[int, int], ...]:
    """The first option against each of the others, in both orders."""
    return tuple(pair for other in range(1, others + 1) for pair in ((0, other), (other, 0)))


def _firms(n: int, seed: int, decimals: int) -> FloatArray:
    """Gains (n, 4) of one option each of so many problems, from which ``GIVEN`` can be taken."""
    found: list[FloatArray] = []
    for problem in generate(2 * n + 8, seed, trade_offs="joint"):
        gains = problem.displayed(decimals)[0]
        if gains.min() >= GIVEN - SHIFT + 1:
            found.append(gains)
    return np.array(found[:n])
