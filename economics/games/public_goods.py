"""The linear public goods game (voluntary contributions).

    π_i = e − c_i + m Σ_j c_j,   1/n < m < 1: contributing pays the group and costs the player.

Source: Ledyard's survey (Handbook of Experimental Economics 1995); Fehr & Gächter (AER 2000).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PublicGoodsGame:
    """A linear public goods game.

    Attributes:
        players: n ≥ 2.
        endowment: e > 0, points each.
        mpcr: m, marginal per capita return, in (1/n, 1).

    Raises:
        ValueError: a value outside its range.
    """

    players: int = 4
    endowment: float = 20.0
    mpcr: float = 0.4

    def __post_init__(self) -> None:
        if isinstance(self.players, bool) or not isinstance(self.players, int) or self.players < 2:
            raise ValueError(f"players must be an integer >= 2, got {self.players!r}")
        if not (math.isfinite(self.endowment) and self.endowment > 0):
            raise ValueError(f"endowment must be finite and > 0, got {self.endowment!r}")
        if not 1 / self.players < self.mpcr < 1:
            raise ValueError(
                f"mpcr must lie between 1/players = {1 / self.players:.3g} and 1, so that contributing costs "
                f"the player and pays the group, got {self.mpcr!r}"
            )

    def payoffs(self, contributions: Sequence[float]) -> tuple[float, ...]:
        """Payoff of each player, points.

        Raises:
            ValueError: not one contribution in [0, endowment] for each player.
        """
        c = np.asarray(contributions, float)
        if c.shape != (self.players,):
            raise ValueError(f"contributions must be {self.players} numbers, got {len(c)}")
        if not np.all((c >= 0) & (c <= self.endowment)):
            raise ValueError(f"contributions must lie in [0, {self.endowment:g}], got {list(contributions)}")
        return tuple((self.endowment - c + self.mpcr * c.sum()).tolist())

    def payoff(self, own: float, others: float) -> float:
        """Payoff of a player who gives ``own`` while each other gives ``others`` on average, points."""
        return self.payoffs([own, *[others] * (self.players - 1)])[0]

    def contribution_rate(self, contribution: float) -> float:
        """Contribution over endowment, in [0, 1].

        Raises:
            ValueError: a contribution outside [0, endowment].
        """
        self.payoff(contribution, 0.0)
        return contribution / self.endowment

    def equilibrium(self) -> float:
        """Contribution in the only (dominant-strategy) equilibrium: 0."""
        return 0.0

    def optimum(self) -> float:
        """Contribution of each player that maximises the sum of payoffs: the whole endowment."""
        return self.endowment

    def kappa_threshold(self) -> float:
        """Degree of morality from which homo moralis gives everything: κ (n m − 1) = (1 − κ)(1 − m).

        u = (1 − κ) π(c, others) + κ π(c, …, c) rises in c iff κ > (1 − m)/(m (n − 1)).
        """
        return (1 - self.mpcr) / (self.mpcr * (self.players - 1))
