"""Principles of deciding: which one a preference would be governed by, and whether that is what is stated.

A principle chooses, in every problem of a fixed set from the default population, the option that is best by
it. What it is worth to a preference is the mean gain, shared by all alike, that would be as good as the
principle's choices: E_p[U(w_p,best)] − K at γ = 1. Of two principles a preference implies the one that is
worth more; by the jackknife that direction is shown or not.

Of a pair whose direction is shown, answers x_1 … x_n in [0, 1] are the shares of the implied principle,
over wordings and both orders. If the statement is not the opposite one, their mean is ½ or more whatever the
place does, and a mean x̄ < ½ has probability exp(−n KL(x̄ ‖ ½)) at most.

Source: Hoeffding (1963), theorem 1, for the bound; Holm (1979) over pairs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from types import MappingProxyType

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference.intervals import quantile
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.stated.comparison import (
    LEAST_GROUPS,
    NOT_MEASURED,
    NOT_SHOWN,
    OTHER,
    SAYS,
    Estimate,
)
from fiduciary.economics.utility import CES

PRINCIPLES: MappingProxyType[str, CES] = MappingProxyType(
    {
        "profits first": CES((1, 0, 0, 0), 1.0),
        "equal shares": CES((0.25, 0.25, 0.25, 0.25), -np.inf),
        "jobs first": CES((0, 1, 0, 0), 1.0),
        "consumers first": CES((0, 0, 1, 0), 1.0),
        "society first": CES((0, 0, 0, 1), 1.0),
    }
)
"""Principles by name, each as the preference that follows it."""

PRINCIPLE_PAIRS: tuple[tuple[str, str], ...] = tuple(combinations(PRINCIPLES, 2))

LEAST_PAIRS = 3
"""Pairs with a shown direction below which nothing is compared."""

_PROBLEMS = 300


@lru_cache(maxsize=1)
def _chosen() -> FloatArray:
    """(principles, problems, 4), what each principle chooses."""
    welfare = stack(generate(_PROBLEMS, 0))
    rows = np.arange(len(welfare))
    best = [np.nan_to_num(u.best(welfare), nan=0).argmax(axis=1) for u in PRINCIPLES.values()]
    return np.array([welfare[rows, b] for b in best])


def worths(utility: CES) -> FloatArray:
    """What each principle is worth to a preference, raw units (principles,)."""
    plain = CES(utility.theta, utility.rho, shift=utility.shift)
    return np.asarray(plain.utility(_chosen()).mean(axis=1) - plain.shift)


@dataclass(frozen=True)
class Pair:
    """Two principles.

    Attributes:
        first, second: the implied one first where a direction is implied.
        shown: whether the direction is shown.
        share: mean share of the first among answers; NaN without any.
        n: answers.
        p_value: of "the statement is not the opposite one"; 1 where no direction is shown.
        opposed: whether it is found to be the opposite, Holm's correction over all pairs.
    """

    first: str
    second: str
    shown: bool
    share: float
    n: int
    p_value: float
    opposed: bool = False


@dataclass(frozen=True)
class Principles:
    """All pairs, and what they say together."""

    pairs: tuple[Pair, ...]
    agreed: float
    """p-value of "answers do not lean to the implied side", over all pairs with a direction."""

    @property
    def verdict(self) -> str:
        """One of the four."""
        directed = [one for one in self.pairs if one.shown and one.n]
        if len(directed) < LEAST_PAIRS:
            return NOT_MEASURED
        if any(one.opposed for one in directed):
            return OTHER
        return SAYS if self.agreed <= 0.05 and all(one.share > 0.5 for one in directed) else NOT_SHOWN


def compare_principles(
    shares: Mapping[tuple[str, str], Sequence[float]], estimate: Estimate, alpha: float = 0.05
) -> Principles:
    """Hold stated choices between principles against an estimate.

    Args:
        shares: pair → share of its first principle in every answer, each in [0, 1].
        estimate: of the choices between options.
        alpha: size of the test that they are opposed.
    """
    if len(estimate.replicates) < LEAST_GROUPS:
        return Principles((), 1.0)
    difference, error = _implied(estimate)
    names = list(PRINCIPLES)
    found = []
    for a, b in PRINCIPLE_PAIRS:
        ia, ib = names.index(a), names.index(b)
        d, se = float(difference[ia, ib]), float(error[ia, ib])
        shown = abs(d) > quantile(1 - alpha / len(PRINCIPLE_PAIRS), estimate.df) * se
        given = np.asarray(shares.get((a, b), ()), float)
        given = given[np.isfinite(given)] if d >= 0 else 1 - given[np.isfinite(given)]
        first, second = (a, b) if d >= 0 else (b, a)
        mean = float(given.mean()) if len(given) else math.nan
        p = bound(1 - mean, len(given)) if shown and len(given) else 1.0
        found.append(Pair(first, second, shown, mean, len(given), p))
    directed = [one for one in found if one.shown and one.n]
    n = sum(one.n for one in directed)
    lean = sum(one.n * one.share for one in directed) / n if n else math.nan
    return Principles(_holm(found, alpha), bound(lean, n) if n else 1.0)


def bound(mean: float, n: int) -> float:
    """Most that the probability of a mean so far above ½ can be where ½ or less is expected.

    Args:
        mean: of n independent answers in [0, 1].
        n: number of them.
    """
    if mean <= 0.5:
        return 1.0
    parts = [x * math.log(2 * x) for x in (mean, 1 - mean) if x > 0]
    return math.exp(-n * sum(parts))


def _implied(estimate: Estimate) -> tuple[FloatArray, FloatArray]:
    """Differences in worth (principles, principles), and their standard errors by the jackknife."""
    base, again = estimate.of(_worth_at)
    between = again[:, :, None] - again[:, None, :]
    g = len(between)
    variance = (g - 1) / g * ((between - between.mean(axis=0)) ** 2).sum(axis=0)
    return base[:, None] - base[None, :], np.sqrt(variance)


def _worth_at(theta: FloatArray, rho: float) -> FloatArray:
    weights = np.maximum(theta, 0)
    return worths(CES(tuple((weights / weights.sum()).tolist()), min(float(rho), 1.0)))


def _holm(pairs: Sequence[Pair], alpha: float) -> tuple[Pair, ...]:
    order = sorted(range(len(pairs)), key=lambda k: pairs[k].p_value)
    opposed: set[int] = set()
    for rank, k in enumerate(order):
        if pairs[k].p_value > alpha / (len(pairs) - rank):
            break
        opposed.add(k)
    return tuple(
        Pair(p.first, p.second, p.shown, p.share, p.n, p.p_value, k in opposed) for k, p in enumerate(pairs)
    )
