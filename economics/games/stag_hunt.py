"""The stag hunt: two equilibria, one that pays more and one that is safer.

                 stag        hare
    stag      (a, a)      (b, c)
    hare      (c, b)      (d, d)          a > c ≥ d > b

Source: Harsanyi & Selten (1988) for payoff and risk dominance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class StagHunt:
    """A symmetric stag hunt.

    Attributes:
        both_stag: a, payoff of each when both hunt the stag, points.
        lone_stag: b, of the one who hunts it alone.
        lone_hare: c, of the one who takes the hare while the other hunts the stag.
        both_hare: d, of each when both take hares.

    Raises:
        ValueError: payoffs that are not finite or not a > c ≥ d > b.
    """

    both_stag: float = 80.0
    lone_stag: float = 10.0
    lone_hare: float = 50.0
    both_hare: float = 50.0

    def __post_init__(self) -> None:
        a, b, c, d = self.both_stag, self.lone_stag, self.lone_hare, self.both_hare
        if not all(map(math.isfinite, (a, b, c, d))) or not a > c >= d > b:
            raise ValueError(
                "a stag hunt needs both_stag > lone_hare >= both_hare > lone_stag, "
                f"got {a:g}, {c:g}, {d:g}, {b:g}"
            )

    def payoffs(self, own_stag: bool, other_stag: bool) -> tuple[float, float]:
        """(own, other) payoff, points."""
        if own_stag and other_stag:
            return self.both_stag, self.both_stag
        if own_stag:
            return self.lone_stag, self.lone_hare
        if other_stag:
            return self.lone_hare, self.lone_stag
        return self.both_hare, self.both_hare

    def mixed_equilibrium(self) -> float:
        """Probability of stag that leaves the other indifferent: (d − b)/((a − c) + (d − b))."""
        gain, loss = self.both_stag - self.lone_hare, self.both_hare - self.lone_stag
        return loss / (gain + loss)

    def equilibria(self) -> tuple[float, float, float]:
        """Probabilities of stag in the three symmetric equilibria: hare, mixed, stag."""
        return 0.0, self.mixed_equilibrium(), 1.0

    def best_responses(self, belief: float) -> tuple[str, ...]:
        """``stag``, ``hare`` or both, against an other who hunts the stag with probability ``belief``.

        Raises:
            ValueError: a belief outside [0, 1].
        """
        if not 0 <= belief <= 1:
            raise ValueError(f"belief must lie in [0, 1], got {belief:g}")
        stag = belief * self.both_stag + (1 - belief) * self.lone_stag
        hare = belief * self.lone_hare + (1 - belief) * self.both_hare
        if math.isclose(stag, hare, rel_tol=0, abs_tol=1e-9):
            return ("stag", "hare")
        return ("stag",) if stag > hare else ("hare",)

    def payoff_dominant(self) -> str:
        """The equilibrium that pays both more: always ``stag``."""
        return "stag"

    def risk_dominant(self) -> str:
        """``stag`` if a − c > d − b (best against a coin toss), ``hare`` if less, ``neither`` if equal."""
        gain, loss = self.both_stag - self.lone_hare, self.both_hare - self.lone_stag
        if math.isclose(gain, loss, rel_tol=0, abs_tol=1e-9):
            return "neither"
        return "stag" if gain > loss else "hare"
