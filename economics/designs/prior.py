"""Preferences that a model may have, before it was asked anything."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from fiduciary.economics.designs.selection import Criterion, criterion
from fiduciary.economics.utility import CES

RHO_RANGE = (-2.0, 0.95)
GAMMA_RANGE = (0.3, 6.0)
"""From answers that are nearly at random to answers that hardly ever err, utils per hundred dollars."""

PREFERENCES = 48
"""For so many draws an efficient design is made."""

_CONCENTRATION = 1.5  # of a Dirichlet: equal weights are somewhat likelier than single ones
_LEAST = 0.01
_STREAM = 0xB311EF  # keeps these draws apart from others that start from the same seed


def draw_preferences(n: int, seed: int = 0) -> list[CES]:
    """Independent draws: θ Dirichlet(1.5), each weight at least .01; ρ uniform; log γ uniform.

    Args:
        n: how many, ≥ 1.
        seed: ≥ 0. The first draws do not depend on how many follow.
    """
    rng = np.random.default_rng([seed, _STREAM])
    found = []
    for _ in range(n):
        theta = np.maximum(rng.dirichlet([_CONCENTRATION] * 4), _LEAST)
        rho, gamma = rng.uniform(*RHO_RANGE), np.exp(rng.uniform(*np.log(GAMMA_RANGE)))
        found.append(CES(tuple(theta / theta.sum()), float(rho), float(gamma)))
    return found


@lru_cache(maxsize=8)
def prior_criterion(temperatures: tuple[float, ...], trade_offs: str | tuple[str, ...]) -> Criterion:
    """What tells most before anything was answered.

    Args:
        temperatures, trade_offs: as in :func:`economics.designs.selection.criterion`.

    Raises:
        Untold: answers to these problems do not tell θ.
    """
    return criterion(draw_preferences(PREFERENCES), temperatures, trade_offs)
