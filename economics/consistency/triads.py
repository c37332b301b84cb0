"""Triads: circular ones under majority, their exact chance level, and the coefficient of consistence.

A triad is three options of a set. It is scored where its three pairs are usable, and left out, counted,
where one is not. Sources: Kendall & Babington Smith (1940), "On the method of paired comparisons",
Biometrika 31; Kendall (1955), "Further contributions to the theory of paired comparisons", Biometrics 11.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray
from fiduciary.economics.consistency.pairs import PairedChoices


@cache
def places(m: int) -> tuple[tuple[int, int, int], ...]:
    """All triads i < j < k of m options."""
    return tuple(combinations(range(m), 3))


def around(matrix: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Values of a pair matrix (sets, m, m) around each triad: ij, jk, ki, (sets, triads, 3)."""
    i, j, k = np.array(places(matrix.shape[-1]), int).reshape(-1, 3).T
    return np.stack([matrix[..., i, j], matrix[..., j, k], matrix[..., k, i]], axis=-1)


@dataclass(frozen=True, eq=False)
class Triads:
    """Verdicts on all triads of all sets, arrays (sets, C(m, 3)).

    Around the cycle i, j, k each of the three majorities is 1, −1 or 0 (a tie):

    - ``circular``: i beats j, j beats k and k beats i, or all three the other way round;
    - ``tied_circle``: i beats j, j beats k, and i and k tie. Transitivity asks that i beats k; it is
      kept apart because few answers make ties easily;
    - every other triad is transitive, up to two or three ties.
    """

    choices: PairedChoices

    @cached_property
    def signs(self) -> IntArray:
        """Majorities around the cycle, (sets, triads, 3)."""
        return around(self.choices.majority).astype(np.int64)

    @cached_property
    def exists(self) -> BoolArray:
        """Triads that the set has."""
        return np.asarray(around(self.choices.exists).all(axis=-1))

    @cached_property
    def scored(self) -> BoolArray:
        """Triads whose three pairs are usable."""
        return np.asarray(around(self.choices.usable).all(axis=-1))

    @cached_property
    def circular(self) -> BoolArray:
        """Strict cycles of majorities."""
        return np.asarray(self.scored & (np.abs(self.signs.sum(axis=-1)) == 3))

    @cached_property
    def tied_circle(self) -> BoolArray:
        """Two majorities in a row and a tie where the third should follow."""
        return np.asarray(self.scored & (np.abs(self.signs.sum(axis=-1)) == 2))


def tie_probability(choices: PairedChoices) -> FloatArray:
    """Exact probability that a pair ties when every answer is a coin's, (sets, m, m).

    With n answers in each order (or n answers in all, where the design is not counterbalanced) this is
    the binomial C(2n, n)/4ⁿ (or C(n, n/2)/2ⁿ, 0 for odd n); with unequal numbers a, b in the two orders
    Σ_x P(X = x) P(Y = bx/a), X ~ B(a, ½), Y ~ B(b, ½). NaN where the pair is not usable.
    """
    one, two = choices.asked, choices.asked.swapaxes(1, 2)
    if not choices.counterbalanced:
        one, two = np.maximum(one + two, 0), np.zeros_like(one)
    out = np.full(one.shape, np.nan)
    for a, b in np.unique(np.stack([one[choices.usable], two[choices.usable]], axis=1), axis=0):
        out[choices.usable & (one == a) & (two == b)] = _tie(int(a), int(b))
    return out


@cache
def _tie(a: int, b: int) -> float:
    if b == 0:
        return float(scipy.stats.binom.pmf(a // 2, a, 0.5)) if a % 2 == 0 else 0.0
    if a == b:
        return float(scipy.stats.binom.pmf(a, 2 * a, 0.5))
    x = np.arange(a + 1)
    x = x[(x * b) % a == 0]
    return float(scipy.stats.binom.pmf(x, a, 0.5) @ scipy.stats.binom.pmf(x * b // a, b, 0.5))


def chance(choices: PairedChoices) -> tuple[FloatArray, FloatArray]:
    """Exact probabilities of a circular triad and of a tied circle when every answer is a coin's.

    With tie probabilities t of the three pairs, P(circular) = 2 Π (1 − t)/2, which is ¼ for one answer
    a pair, and P(tied circle) = 2 Σ_l t_l Π_{r ≠ l} (1 − t_r)/2.

    Returns:
        Two arrays (sets, triads); NaN where the triad is not scored.
    """
    tie = around(tie_probability(choices)).astype(float)
    half = (1 - tie) / 2
    one_tied = sum(tie[..., k] * half[..., (k + 1) % 3] * half[..., (k + 2) % 3] for k in range(3))
    return 2 * half.prod(axis=-1), np.asarray(2 * one_tied)


def most_circular(m: npt.ArrayLike) -> FloatArray:
    """Largest number of circular triads among m options: (m³ − m)/24 for odd m, (m³ − 4m)/24 for even."""
    m = np.asarray(m, float)
    return np.asarray((m**3 - np.where(m % 2 == 1, m, 4 * m)) / 24)


def consistence(choices: PairedChoices) -> FloatArray:
    """Kendall's coefficient of consistence ζ = 1 − d/d_max of each set, (sets,).

    d is the number of circular triads and d_max the largest possible. A tied pair counts as a coin's
    toss: d is then the expected number. Without ties this is Kendall's ζ; with coins for answers its
    mean is 1 − ¼ C(m, 3)/d_max, whatever the number of answers: ¾ for a triad. NaN for a set with a
    pair that is not usable, and for two options.
    """
    won = (1 + around(choices.majority).astype(float)) / 2
    exists = around(choices.exists).all(axis=-1)
    circular = won.prod(axis=-1) + (1 - won).prod(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        zeta = 1 - (circular * exists).sum(axis=-1) / most_circular(choices.sizes)
    return np.where(choices.complete & (choices.sizes > 2), zeta, np.nan)


def chance_consistence(choices: PairedChoices) -> FloatArray:
    """Expected ζ of each set when every answer is a coin's, (sets,); NaN where ζ is."""
    m = choices.sizes.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = 1 - m * (m - 1) * (m - 2) / 24 / most_circular(m)
    return np.where(choices.complete & (m > 2), expected, np.nan)
