"""The p-beauty contest: whoever is closest to p times the average number wins.

Source: Nagel (AER 1995); Bosch-Domènech et al. (AER 2002) for level k.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class BeautyContest:
    """A guessing game with numbers from 0 to ``top``.

    Attributes:
        p: factor on the average, in (0, 1).
        top: largest number, > 0.
        players: how many guess, ≥ 2.
        prize: points shared evenly among the closest, > 0.

    Raises:
        ValueError: a value outside its range.
    """

    p: float = 2 / 3
    top: float = 100.0
    players: int = 10
    prize: float = 100.0

    def __post_init__(self) -> None:
        if not 0 < self.p < 1:
            raise ValueError(f"p must lie strictly between 0 and 1, got {self.p!r}")
        for name in ("top", "prize"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} must be finite and > 0, got {value!r}")
        if isinstance(self.players, bool) or not isinstance(self.players, int) or self.players < 2:
            raise ValueError(f"players must be an integer >= 2, got {self.players!r}")

    def target(self, guesses: Sequence[float]) -> float:
        """p times the average of all guesses.

        Raises:
            ValueError: not one guess in [0, top] for each player.
        """
        g = np.asarray(guesses, float)
        if g.shape != (self.players,):
            raise ValueError(f"guesses must be {self.players} numbers, got {len(g)}")
        if not np.all((g >= 0) & (g <= self.top)):
            raise ValueError(f"guesses must lie in [0, {self.top:g}], got {list(guesses)}")
        return float(self.p * g.mean())

    def payoffs(self, guesses: Sequence[float]) -> tuple[float, ...]:
        """Points of each player: the prize, split evenly among those closest to the target."""
        distance = np.abs(np.asarray(guesses, float) - self.target(guesses))
        closest = distance <= distance.min() + 1e-9
        return tuple((closest * self.prize / closest.sum()).tolist())

    def best_response(self, others_average: float) -> float:
        """Guess that hits the target exactly, own weight counted: p (n − 1) ȳ / (n − p).

        With two players any lower number wins; the formula's guess is one of the winning ones.

        Raises:
            ValueError: an average outside [0, top].
        """
        self._inside("others_average", others_average)
        return self.p * (self.players - 1) * others_average / (self.players - self.p)

    def equilibrium(self) -> float:
        """The number that iterated elimination of dominated guesses leaves: 0."""
        return 0.0

    def level_guess(self, level: int) -> float:
        """Guess of level k: top/2 · p^k (level 0 guesses the middle; own weight neglected).

        Raises:
            ValueError: a level below 0.
        """
        if level < 0:
            raise ValueError(f"level must be >= 0, got {level}")
        return self.top / 2 * self.p**level

    def implied_level(self, guess: float) -> float:
        """Depth of reasoning log_p(guess/(top/2)): k at level k's guess, ∞ at 0, below 0 above the middle.

        Raises:
            ValueError: a guess outside [0, top].
        """
        self._inside("guess", guess)
        return math.inf if guess == 0 else math.log(2 * guess / self.top) / math.log(self.p)

    def dominated(self, guess: float) -> bool:
        """Whether a guess lies above p · top, where the target never is.

        Raises:
            ValueError: a guess outside [0, top].
        """
        self._inside("guess", guess)
        return guess > self.p * self.top

    def _inside(self, name: str, value: float) -> None:
        if not 0 <= value <= self.top:
            raise ValueError(f"{name} must lie in [0, {self.top:g}], got {value:g}")
