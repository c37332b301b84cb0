"""What a statistic of the choice sets looks like when the pairs are answered with given probabilities.

The numbers of answers of every pair and order are those of the data. For triads with few answers all
outcomes are enumerated, and the distribution of a set's statistic is exact; otherwise sets are drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.consistency.pairs import PairedChoices

Statistic = Callable[[PairedChoices], FloatArray]
"""A number for each set, (sets,), that does not depend on how options are named."""

Probabilities = Callable[[int], FloatArray]
"""P(i over j) (m, m) for a set of m options."""

_MOST_OUTCOMES, _MOST_PATTERNS = 100_000, 40  # enumerated at most
_FEWEST_DRAWS, _MOST_DRAWS, _DRAWS_PER_SET = 5_000, 200_000, 20
_CHUNK = 5_000_000


def coin(m: int) -> FloatArray:
    """Every answer is a coin's."""
    return np.full((m, m), 0.5)


@dataclass(frozen=True, eq=False)
class Block:
    """Sets whose statistics are drawn from one distribution.

    Attributes:
        times: number of sets.
        values: what the statistic may be, (k,).
        weights: probability of each value, (k,).
    """

    times: int
    values: FloatArray
    weights: FloatArray

    @property
    def mean(self) -> float:
        """Expected sum over the sets."""
        return float(self.times * (self.weights @ self.values))

    @property
    def variance(self) -> float:
        """Variance of the sum."""
        mean = float(self.weights @ self.values)
        return self.times * max(float(self.weights @ self.values**2) - mean**2, 0.0)

    def sums(self, n: int, rng: np.random.Generator) -> FloatArray:
        """Draws of the sum, (n,)."""
        if len(self.values) <= 1_000 or len(self.values) < self.times:
            return np.asarray(rng.multinomial(self.times, self.weights, size=n) @ self.values)
        out = np.zeros(n)
        step = max(1, _CHUNK // max(self.times, 1))
        edges = np.cumsum(self.weights)
        for start in range(0, n, step):
            size = (min(step, n - start), self.times)
            at = np.minimum(np.searchsorted(edges, rng.random(size)), len(edges) - 1)
            out[start : start + step] = self.values[at].sum(axis=1)
        return out


def exact(choices: PairedChoices) -> bool:
    """Whether all outcomes can be enumerated: triads, few answers, few patterns of missing ones."""
    if choices.m != 3 or np.any(choices.sizes != 3):
        return False
    patterns = np.unique(choices.asked.reshape(len(choices), -1), axis=0)
    if len(patterns) > _MOST_PATTERNS:
        return False
    counts = [[_outcomes(*pair) for pair in _pairs(row, choices.counterbalanced)] for row in patterns]
    return float(np.prod(np.array(counts, float), axis=1).sum()) <= _MOST_OUTCOMES


def distribution(
    choices: PairedChoices,
    statistic: Statistic,
    probabilities: Probabilities,
    rng: np.random.Generator,
    *,
    draws: int | None = None,
) -> list[Block]:
    """Distribution of a set's statistic.

    Which option takes which place in ``probabilities`` matters only where pairs have unequal numbers
    of answers. Enumerated sets then take the naming under which the statistic tends to be largest;
    drawn ones a random naming.

    Args:
        choices: the data, of which only the numbers of answers are used. Only usable pairs.
        statistic: computed for each outcome.
        probabilities: of the answers.
        rng: source of draws.
        draws: number of sets drawn where outcomes are not enumerated; 20 times the sets by default,
            5,000 … 200,000.
    """
    if not len(choices):
        return []
    if exact(choices):
        rows, times = np.unique(choices.asked.reshape(len(choices), -1), axis=0, return_counts=True)
        return [
            _enumerated(row, int(n), statistic, probabilities(3), choices.counterbalanced, len(choices))
            for row, n in zip(rows, times, strict=True)
        ]
    n = draws or int(np.clip(_DRAWS_PER_SET * len(choices), _FEWEST_DRAWS, _MOST_DRAWS))
    values, at = np.unique(statistic(draw(choices, probabilities, n, rng)).round(9), return_inverse=True)
    return [Block(len(choices), values, np.bincount(at.ravel()) / n)]


def draw(
    choices: PairedChoices, probabilities: Probabilities, n: int, rng: np.random.Generator
) -> PairedChoices:
    """n sets with the numbers of answers of sets drawn from ``choices``, answered at random."""
    which = rng.integers(len(choices), size=n)
    asked, sizes = choices.asked[which], choices.sizes[which]
    p = np.full(asked.shape, 0.5)
    for m in np.unique(sizes):
        at = np.flatnonzero(sizes == m)
        names = np.argsort(rng.random((len(at), m)), axis=1)
        p[at, :m, :m] = probabilities(int(m))[names[:, :, None], names[:, None, :]]
    return PairedChoices(asked, rng.binomial(asked, p), sizes, choices.max_options)


def _enumerated(
    row: IntArray,
    times: int,
    statistic: Statistic,
    probabilities: FloatArray,
    counterbalanced: bool,
    sets: int,
) -> Block:
    key = tuple(int(v) for v in row)
    values, at = _values(key, counterbalanced, statistic)
    even = len({key[k] for k in (1, 2, 3, 5, 6, 7)}) == 1
    best: tuple[float, FloatArray] | None = None
    for names in permutations(range(3)) if not even else [(0, 1, 2)]:
        p = probabilities[np.ix_(names, names)]
        each = [
            _weights(pair, float(p[i, j]))
            for pair, (i, j) in zip(_pairs(row, counterbalanced), ((0, 1), (0, 2), (1, 2)), strict=True)
        ]
        joint = (each[0][:, None, None] * each[1][:, None] * each[2]).ravel()
        weights: FloatArray = np.bincount(at, joint, minlength=len(values)).astype(float)
        weights = weights / weights.sum()
        one = Block(1, values, weights)
        high = one.mean + 1.645 * float(np.sqrt(one.variance / sets))
        if best is None or high > best[0]:
            best = (high, weights)
    assert best is not None  # there is at least one naming
    return Block(times, values, best[1])


@lru_cache(maxsize=512)
def _values(
    row: tuple[int, ...], counterbalanced: bool, statistic: Statistic
) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """Distinct values of the statistic over all outcomes of a triad, and the place of each outcome's."""
    asked = np.array(row, np.int64).reshape(3, 3)
    outcomes = [_pair(*pair) for pair in _pairs(np.array(row), counterbalanced)]
    places = np.indices([len(one[0]) for one in outcomes]).reshape(3, -1)
    first = np.zeros((places.shape[1], 3, 3), np.int64)
    for (i, j), (ij, ji), place in zip(((0, 1), (0, 2), (1, 2)), outcomes, places, strict=True):
        if counterbalanced:
            first[:, i, j], first[:, j, i] = ij[place], ji[place]
        else:  # only the sum counts: fill the answers in the one order first, then those in the other
            as_first = np.minimum(ij[place], asked[i, j])
            first[:, i, j] = as_first
            first[:, j, i] = asked[j, i] - (ij[place] - as_first)
    made = PairedChoices(np.broadcast_to(asked, first.shape), first)
    values, at = np.unique(np.asarray(statistic(made), float).round(9), return_inverse=True)
    return values, at.ravel()


def _pairs(row: IntArray, counterbalanced: bool) -> list[tuple[int, int]]:
    """Answers of the three pairs in their two orders; all in the first where orders do not count."""
    asked = np.asarray(row).reshape(3, 3)
    both = [(int(asked[i, j]), int(asked[j, i])) for i, j in ((0, 1), (0, 2), (1, 2))]
    return both if counterbalanced else [(a + b, 0) for a, b in both]


def _outcomes(a: int, b: int) -> int:
    """How many outcomes :func:`_pair` lists."""
    return a + b + 1 if a == b or b == 0 else (a + 1) * (b + 1)


@lru_cache(maxsize=256)
def _pair(a: int, b: int) -> tuple[IntArray, IntArray]:
    """Outcomes of a pair that differ in frequency: first_wins of either order.

    With as many answers in both orders only their sum counts; one way to get each sum is enough.
    """
    if a == b or b == 0:
        won = np.arange(a + b + 1)
        ij = np.minimum(won, a)
        return ij, b - (won - ij)
    ij, lost = np.indices((a + 1, b + 1)).reshape(2, -1)
    return ij, lost


@lru_cache(maxsize=4096)
def _weights(pair: tuple[int, int], p: float) -> FloatArray:
    """Probability of each outcome of :func:`_pair`."""
    a, b = pair
    ij, ji = _pair(a, b)
    if a == b or b == 0:
        return np.asarray(scipy.stats.binom.pmf(ij + (b - ji), a + b, p))
    return np.asarray(scipy.stats.binom.pmf(ij, a, p) * scipy.stats.binom.pmf(b - ji, b, p))
