"""The dictator game: one player splits an endowment, the other takes what is given.

Source: Kahneman, Knetsch & Thaler (1986); Engel's meta-study (Experimental Economics 2011) for the
share given as the standard measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray


@dataclass(frozen=True)
class DictatorGame:
    """A dictator game.

    Attributes:
        endowment: what there is to split, points, > 0.
        step: gifts are multiples of it, > 0, and it divides the endowment.
        multiplier: what a point given is worth to the recipient, > 0 (1: plain dictator game).

    Raises:
        ValueError: a value outside its range.
    """

    endowment: float = 100.0
    step: float = 1.0
    multiplier: float = 1.0

    def __post_init__(self) -> None:
        for name in ("endowment", "step", "multiplier"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be finite and > 0, got {value!r}")
        if not math.isclose(self.endowment / self.step, round(self.endowment / self.step), abs_tol=1e-9):
            raise ValueError(f"step must divide the endowment {self.endowment:g}, got {self.step:g}")

    @property
    def gifts(self) -> FloatArray:
        """All possible gifts, points, ascending."""
        return np.asarray(np.arange(round(self.endowment / self.step) + 1) * self.step, float)

    def payoffs(self, gift: float) -> tuple[float, float]:
        """(dictator, recipient), points.

        Raises:
            ValueError: a gift outside [0, endowment].
        """
        if not 0 <= gift <= self.endowment:
            raise ValueError(f"gift must lie in [0, {self.endowment:g}], got {gift:g}")
        return self.endowment - gift, self.multiplier * gift

    def share_given(self, gift: float) -> float:
        """Gift over endowment, in [0, 1]."""
        self.payoffs(gift)
        return gift / self.endowment

    def equilibrium(self) -> float:
        """The gift of a payoff maximiser: 0."""
        return 0.0

    def best_gifts(self, alpha: float = 0.0, beta: float = 0.0, kappa: float = 0.0) -> tuple[float, ...]:
        """Gifts of highest utility, several where they tie.

        With (x, y) the payoffs of dictator and recipient, roles equally likely under universalisation:
        u = (1 − κ) x + κ (x + y)/2 − α max(0, y − x) − β max(0, x − y).

        Raises:
            ValueError: κ outside [0, 1].
        """
        if not 0 <= kappa <= 1:
            raise ValueError(f"kappa must lie in [0, 1], got {kappa:g}")
        x, y = self.endowment - self.gifts, self.multiplier * self.gifts
        u = (1 - kappa) * x + kappa * (x + y) / 2 - alpha * np.maximum(y - x, 0) - beta * np.maximum(x - y, 0)
        return tuple(self.gifts[u >= u.max() - 1e-9].tolist())
