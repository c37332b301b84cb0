"""Answers to the questions of :mod:`economics.axioms.items`, counted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray

LEAST = 1e-6
"""Probabilities are kept this far from 0 and 1 before their log-odds are taken."""

LEAST_WOBBLE = 0.05
"""Log-odds by which the two orders of a question may differ without its being noticed: a percentage point
about ½. Differences that small are trifles whatever their regularity."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Answers to pairs of options, each asked in both orders.

    Attributes:
        welfare: (..., 2, 4), raw units.
        asked: (..., 2), valid answers with option 0, and with option 1, shown first.
        wins: (..., 2), how many of them chose option 1, or the sum of its probabilities.
    """

    welfare: FloatArray
    asked: IntArray
    wins: FloatArray

    def __post_init__(self) -> None:
        shape = np.shape(self.welfare)[:-2]
        if np.shape(self.welfare)[-2:] != (2, 4):
            raise ValueError(f"welfare must have shape (..., 2, 4), got {np.shape(self.welfare)}")
        for name in ("asked", "wins"):
            if np.shape(getattr(self, name)) != (*shape, 2):
                raise ValueError(f"{name} must have shape {(*shape, 2)}, got {np.shape(getattr(self, name))}")

    @cached_property
    def share(self) -> FloatArray:
        """(...), share of option 1, the mean of its two orders; NaN where one lacks."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((self.wins / self.asked).mean(axis=-1))

    @cached_property
    def odds(self) -> FloatArray:
        """(...), log-odds of option 1, the mean of its two orders; of probabilities. NaN where one lacks."""
        return np.asarray(self._by_order.mean(axis=-1))

    @property
    def _by_order(self) -> FloatArray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(scipy.special.logit(np.clip(self.wins / self.asked, LEAST, 1 - LEAST)))

    @property
    def exact(self) -> BoolArray:
        """(...), where both orders give log-odds that are not cut off at ``LEAST``."""
        with np.errstate(invalid="ignore", divide="ignore"):
            p = self.wins / self.asked
        return np.asarray(((p > LEAST) & (p < 1 - LEAST)).all(axis=-1))

    @property
    def swing(self) -> FloatArray:
        """(...), half of what the log-odds of option 1 gain from its being shown first."""
        return np.asarray((self._by_order[..., 1] - self._by_order[..., 0]) / 2)

    def flat(self) -> Pairs:
        """The same along one axis."""
        return Pairs(self.welfare.reshape(-1, 2, 4), self.asked.reshape(-1, 2), self.wins.reshape(-1, 2))


def joined(*parts: Pairs) -> Pairs:
    """Several along one axis."""
    flat = [part.flat() for part in parts]
    return Pairs(
        np.concatenate([part.welfare for part in flat]),
        np.concatenate([part.asked for part in flat]),
        np.concatenate([part.wins for part in flat]),
    )


@dataclass(frozen=True, eq=False)
class AxiomAnswers:
    """All answers of a run.

    Attributes:
        by_probability: whether probabilities stand in the place of counts: of each question one answer, of
            which nothing is sampled.
        same_asked, same_first: (B,), answers about identical options, and those for the one shown first.
        raised: (F, 4, sizes), the firm's gains against the same with one group's raised (option 1).
        paths: (P, steps), the firm's gains against each step of a path (option 1).
        gives, gets: (P,), group that gives along each path and group that gets.
        triads: (S, 3), pairs 01, 02 and 12 of each set of three.
        three: (S, 3), choices of each option where all three were shown, or sums of probabilities.
        mass: (answers,), probability of the labels after a begun turn; empty where answers are texts.
        open_asked: questions whose turn was not begun, an answer to which is a text.
        open_answered, open_refused: how many of them were answered and refused.
    """

    by_probability: bool
    same_asked: IntArray
    same_first: FloatArray
    raised: Pairs
    paths: Pairs
    gives: IntArray
    gets: IntArray
    triads: Pairs
    three: FloatArray
    mass: FloatArray
    open_asked: int
    open_answered: int
    open_refused: int

    @cached_property
    def pairs(self) -> Pairs:
        """All pairs of different options along one axis."""
        return joined(self.raised, self.paths, self.triads)

    @cached_property
    def wobble(self) -> float:
        """Standard error of the log-odds of one question, by how its two orders differ beyond the place.

        The square root of half of ½ Var(difference of the orders): what no order shares with the other.
        """
        swing = self.pairs.swing
        swing = swing[np.isfinite(swing)]
        found = float(np.std(swing, ddof=1)) if len(swing) > 1 else np.nan
        return max(found, LEAST_WOBBLE) if np.isfinite(found) else np.nan
