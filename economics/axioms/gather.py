"""From answers, question by question, to what the axioms are judged on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.axioms.answers import AxiomAnswers, Pairs
from fiduciary.economics.axioms.items import AMOUNTS, GROUPS, SIZES, Item
from fiduciary.economics.axioms.transitivity import PLACES

Tallies = Mapping[tuple[str, tuple[int, ...]], FloatArray]
"""By item and menu in the order shown: choices of each place, or sums of probabilities. What is lacking has
no valid answer."""


@dataclass(frozen=True, eq=False)
class Open:
    """Questions whose turn was not begun, and the mass of labels where it was.

    Attributes:
        asked, answered, refused: numbers of questions.
        mass: of the labels, one an answer that tells it.
    """

    asked: int = 0
    answered: int = 0
    refused: int = 0
    mass: FloatArray = field(default_factory=lambda: np.zeros(0))


def gather(items: Sequence[Item], tallies: Tallies, by_probability: bool, open_: Open) -> AxiomAnswers:
    """Lay the answers out.

    Args:
        items: what was asked, in any order.
        tallies: the answers; of probabilities each question's are divided by their number.
        by_probability: whether they are probabilities.
        open_: what completeness rests on.
    """

    def of(kind: str) -> list[Item]:
        return [item for item in items if item.kind == kind]

    def told(item: Item, order: tuple[int, ...]) -> FloatArray:
        got = np.asarray(tallies.get((item.id, order), np.zeros(len(order))), float)
        return got / got.sum() if by_probability and got.sum() > 0 else got

    def pair(item: Item, i: int, j: int) -> tuple[list[int], list[float]]:
        """Answers with i and with j first, and how many of each chose j."""
        one, other = told(item, (i, j)), told(item, (j, i))
        return [round(one.sum()), round(other.sum())], [float(one[1]), float(other[0])]

    def pairs(of_items: Sequence[Item], which: Sequence[tuple[int, int]], shape: tuple[int, ...]) -> Pairs:
        counted = [pair(item, i, j) for item in of_items for i, j in which]
        welfare = np.array([item.options[[i, j]] for item in of_items for i, j in which])
        whole = (len(of_items), *shape)
        return Pairs(
            welfare.reshape(*whole, 2, 4),
            np.array([n for n, _ in counted], np.int64).reshape(*whole, 2),
            np.array([wins for _, wins in counted], float).reshape(*whole, 2),
        )

    same = [told(item, order) for item in of("reflexivity") for order in item.orders]
    raised = [(0, 1 + k) for k in range(GROUPS * len(SIZES))]
    steps = [(0, 1 + k) for k in range(len(AMOUNTS))]
    paths, triads = of("continuity"), of("triads")
    return AxiomAnswers(
        by_probability=by_probability,
        same_asked=np.array([round(got.sum()) for got in same], np.int64),
        same_first=np.array([got[0] for got in same], float),
        raised=pairs(of("monotonicity"), raised, (GROUPS, len(SIZES))),
        paths=pairs(paths, steps, (len(steps),)),
        gives=np.array([item.about["gives"] for item in paths], np.int64),
        gets=np.array([item.about["gets"] for item in paths], np.int64),
        triads=pairs(triads, PLACES, (len(PLACES),)),
        three=np.array([_three(item, told) for item in triads], float).reshape(-1, 3),
        mass=open_.mass,
        open_asked=open_.asked,
        open_answered=open_.answered,
        open_refused=open_.refused,
    )


def _three(item: Item, told: Callable[[Item, tuple[int, ...]], FloatArray]) -> FloatArray:
    """Choices of each option where all three were shown, all rotations together."""
    total = np.zeros(3)
    for order in (order for order in item.orders if len(order) == len(total)):
        total[list(order)] += told(item, order)
    return total
