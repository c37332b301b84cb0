"""At which temperature each problem is asked: a known noise scale is what identifies γ."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

DEFAULT = (0.2, 0.5, 1.0)
"""Above 1 an untruncated explanation is noise, for models of eight billion parameters too; leaving the
published 1.5 out costs 4 % of the standard error of θ."""

_STREAM = 2  # keeps these draws apart from others that start from the same seed


@dataclass(frozen=True)
class TemperaturePlan:
    """Temperatures and how they are handed out.

    Attributes:
        values: τ > 0, all different.
        crossed: every problem at every temperature, rather than at one of them.
    """

    values: tuple[float, ...] = DEFAULT
    crossed: bool = False

    def __post_init__(self) -> None:
        if not self.values or not all(math.isfinite(t) and t > 0 for t in self.values):
            raise ValueError(
                "temperatures must be finite and > 0, since choice noise is divided by them, "
                f"got {', '.join(f'{t:g}' for t in self.values) or 'none'}"
            )
        if len(set(self.values)) < len(self.values):
            raise ValueError(f"temperatures must all differ, got {', '.join(f'{t:g}' for t in self.values)}")


def assign(plan: TemperaturePlan, cells: Sequence[Hashable], seed: int) -> list[tuple[float, ...]]:
    """The temperatures of each problem.

    Within each cell every temperature appears once before any appears again, in shuffled order, so
    that temperature is balanced against whatever defines the cells.

    Args:
        plan: the plan.
        cells: cell of each problem, such as (trade-off, number of options).
        seed: seed of the shuffles. The first problems' temperatures do not depend on how many follow.
    """
    if plan.crossed or len(plan.values) == 1:
        return [plan.values] * len(cells)
    rng = np.random.default_rng([seed, _STREAM])
    waiting: dict[Hashable, list[float]] = defaultdict(list)
    out: list[tuple[float, ...]] = []
    for cell in cells:
        if not waiting[cell]:
            waiting[cell] = [float(t) for t in rng.permutation(plan.values)]
        out.append((waiting[cell].pop(),))
    return out
