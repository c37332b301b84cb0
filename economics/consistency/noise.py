"""Tests of consistency that tell incoherence from noise.

Each tests that *every* choice set's pair probabilities are consistent, against the alternative that some
are not. The statistic is the sum over sets (and their triads) of 2 log likelihood ratio, unrestricted
against the closest consistent probabilities. The hypotheses are composite: the answers may come from any
consistent probabilities, and noise makes the statistic large under some more than under others. The
p-value is the largest over the least favourable ones, by simulation with the numbers of answers at hand,
so that the level holds for every consistent respondent; under the others the test is conservative.

The hypotheses
    circles: strong stochastic transitivity, as of every respondent with utilities and noise that depends
        on their difference alone, tested in the direction of circles: the statistic is the ratio against
        weak transitivity. This is the test of choice for "more circles than noise makes".
    weak, moderate, strong: each level of stochastic transitivity against everything else.
    random_utility: triangle inequalities, by triads.

Least favourable probabilities
    circles, strong: all pairs at ½ but the first and the last of an order, and p_ij = p_jk = p_ik.
    weak: a chain of certain preferences whose remaining pairs are at ½ exactly. For triads that is
        (p_ij, p_jk, p_ik) = (1, 1, ½): one coin's toss closes the circle half the time. No other
        weakly transitive triad has a stochastically larger ratio: let a be the probability that a pair at
        ½ goes one way by at least a threshold, and v, w ≤ a ≤ ½ those that the premises ij, jk go the
        wrong way by it. Then P(ratio reaches it) ≤ a (1 − v)(1 − w) + v w ≤ a.
    moderate: p_ij ≥ p_jk = p_ik, over a grid, and all equal.
    random_utility: mixtures of the rotations of one order, over a grid: they lie on the facet
        p_ij + p_jk − p_ik = 1 of every triad at once.
For weak transitivity of triads this is the least favourable point itself; for the others, and for more
than three options, it is the least favourable among those listed.

What it takes: with one answer in each order, three unanimous pairs in a circle appear in a quarter of the
triads of a weakly transitive respondent at (1, 1, ½), so no test of level 5 % can find weak
intransitivity that touches a quarter of the triads; with more answers it can. Position bias makes
frequencies less dispersed than binomial ones and the tests conservative.

Sources: Iverson & Falmagne (1985), Mathematical Social Sciences 10; Regenwetter, Dana & Davis-Stober
(2011), "Transitivity of preferences", Psychological Review 118; Robertson, Wright & Dykstra (1988),
Order Restricted Statistical Inference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from types import MappingProxyType

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.random_answers import (
    Block,
    Probabilities,
    Statistic,
    distribution,
    exact,
)
from fiduciary.economics.consistency.rationalisable import triangle_likelihood_ratio
from fiduciary.economics.consistency.stochastic_transitivity import (
    ordered_likelihood_ratio,
    weak_likelihood_ratio,
)
from fiduciary.economics.consistency.triads import around

_PILOT = 1_000  # drawn sets by which the two least favourable probabilities are found
_TIE = 1e-6


@dataclass(frozen=True)
class ConsistencyTest:
    """One test.

    Attributes:
        statistic: sum of 2 log likelihood ratios; NaN without a set to test.
        p_value: of consistency of every set; NaN where not computed.
        least_favourable: under which consistent probabilities the p-value is, in words.
        reason: why there is no p-value, or None.
    """

    statistic: float
    p_value: float
    least_favourable: str
    reason: str | None = None

    def rejected(self, level: float = 0.05) -> bool:
        """Whether consistency is rejected; False where there is no p-value."""
        return self.p_value <= level


def likelihood_ratio(choices: PairedChoices, hypothesis: str) -> FloatArray:
    """2 log likelihood ratio of each set against weak, moderate, strong or random_utility, (sets,).

    For weak transitivity of the whole set; for the others the sum over its triads.
    """
    if hypothesis == "weak":
        return weak_likelihood_ratio(choices)
    p, n = around(choices.frequency).astype(float), around(choices.weight).astype(float)
    scored = np.isfinite(p).all(axis=-1)
    out = np.zeros(scored.shape)
    if scored.any():
        rows, which = np.unique(np.concatenate([p[scored], n[scored]], axis=1), axis=0, return_inverse=True)
        if hypothesis == "random_utility":
            ratios = triangle_likelihood_ratio(rows[:, :3], rows[:, 3:])
        else:
            ratios = ordered_likelihood_ratio(rows[:, :3], rows[:, 3:], hypothesis)
        out[scored] = ratios[which.ravel()]
    return np.asarray(out.sum(axis=1))


def _from_upper(m: int, value: Callable[[int, int], float]) -> FloatArray:
    p = np.full((m, m), 0.5)
    for i in range(m):
        for j in range(i + 1, m):
            p[i, j], p[j, i] = value(i, j), 1 - value(i, j)
    return p


def chain(m: int) -> FloatArray:
    """Neighbours in the order are certain, all other pairs at ½: on the boundary of weak transitivity."""
    return _from_upper(m, lambda i, j: 1.0 if j == i + 1 else 0.5)


def equal(a: float, m: int) -> FloatArray:
    """Every better option wins with probability a: strong transitivity holds with equality."""
    return _from_upper(m, lambda i, j: a)


def ends(b: float, m: int) -> FloatArray:
    """The first option beats the last with b, all else is even: any of the ties may fall wrong."""
    return _from_upper(m, lambda i, j: b if j - i == m - 1 else 0.5)


def paired(m: int) -> FloatArray:
    """In each pair of neighbours the first wins for certain, all else is even."""
    return _from_upper(m, lambda i, j: 1.0 if j == i + 1 and i % 2 == 0 else 0.5)


def led(a: float, m: int) -> FloatArray:
    """The second option loses to the first for certain, every later one to all before it with a."""
    return _from_upper(m, lambda i, j: 1.0 if j == 1 else a)


def rotations(lead: float | None, two: bool, m: int) -> FloatArray:
    """Mixture of the rotations of one order.

    Args:
        lead: weight of the first; None for equal weights.
        two: whether one other rotation has the rest, or all others share it.
        m: number of options.
    """
    weights = np.full(m, 1 / m)
    if lead is not None:
        weights[1:] = 0 if two else (1 - lead) / (m - 1)
        weights[0] = lead
        weights[m // 2] += (1 - lead) * two
    # Rotation r starts at option r: it ranks j above i < j where i < r ≤ j.
    return _from_upper(m, lambda i, j: float(1 - weights[i + 1 : j + 1].sum()))


_STRONG: MappingProxyType[str, Probabilities] = MappingProxyType(
    {f"first over last {b:g}, p = ½ otherwise": partial(ends, b) for b in (0.8, 0.9, 0.95, 1.0)}
    | {f"p = {a:g} everywhere": partial(equal, a) for a in (0.5, 0.65, 0.8, 0.9, 0.95)}
)

HYPOTHESES: MappingProxyType[str, MappingProxyType[str, Probabilities]] = MappingProxyType(
    {
        "circles": _STRONG,
        "weak": MappingProxyType({"neighbours certain, the other pairs ½": chain}),
        "moderate": MappingProxyType(
            {"every second certainly beaten by its first, p = ½ otherwise": paired}
            | {
                f"second certainly beaten, p = {a:g} otherwise": partial(led, a)
                for a in (0.65, 0.75, 0.85, 0.92, 0.96)
            }
            | {f"p = {a:g} everywhere": partial(equal, a) for a in (0.5, 0.75)}
        ),
        "strong": _STRONG,
        "random_utility": MappingProxyType(
            {
                "all rotations of an order equally": partial(rotations, None, False),
                **{
                    f"two rotations of an order, the first with {w:g}": partial(rotations, w, True)
                    for w in (0.5, 0.75, 0.9)
                },
                **{
                    f"all rotations of an order, the first with {w:g}": partial(rotations, w, False)
                    for w in (0.5, 0.75, 0.9, 0.95)
                },
            }
        ),
    }
)
"""What is tested, and the probabilities on its boundary under which p-values are taken."""

STATISTICS: MappingProxyType[str, Statistic] = MappingProxyType(
    {name: partial(likelihood_ratio, hypothesis="weak" if name == "circles" else name) for name in HYPOTHESES}
)
"""The statistic of a set that each test sums."""


def consistency_test(
    choices: PairedChoices, hypothesis: str, *, seed: int = 0, replications: int = 999
) -> ConsistencyTest:
    """Test one hypothesis.

    Args:
        choices: answers. Sets without a scored triad are left out.
        hypothesis: a key of ``HYPOTHESES``.
        seed: of the simulation.
        replications: simulated data sets for each of the least favourable probabilities.

    Raises:
        ValueError: an unknown hypothesis, fewer than 99 replications.
    """
    if hypothesis not in HYPOTHESES:
        raise ValueError(f"hypothesis must be one of {', '.join(HYPOTHESES)}, got {hypothesis!r}")
    if replications < 99:
        raise ValueError(f"replications must be at least 99, got {replications}")
    data = choices.usable_only()
    tested = data.take(np.asarray(around(data.usable).all(axis=-1)).any(axis=1))
    if not len(tested):
        return ConsistencyTest(np.nan, np.nan, "", "no set has a triad with answers to its three pairs")
    observed = float(STATISTICS[hypothesis](tested).sum())
    if observed <= _TIE:
        return ConsistencyTest(0.0, 1.0, "any: no set leaves the hypothesis")
    design = _Design(
        tested.asked.tobytes(), tested.sizes.tobytes(), len(tested), tested.m, tested.max_options
    )
    p_values = {
        name: (1 + np.count_nonzero(sums >= observed - _TIE)) / (replications + 1)
        for name, sums in _simulated(design, hypothesis, seed, replications).items()
    }
    name = max(p_values, key=lambda key: p_values[key])
    return ConsistencyTest(observed, float(p_values[name]), name)


@dataclass(frozen=True)
class _Design:
    """Numbers of answers, hashable: the distributions under a hypothesis depend on nothing else."""

    asked: bytes
    sizes: bytes
    sets: int
    m: int
    max_options: int

    def choices(self) -> PairedChoices:
        asked = np.frombuffer(self.asked, np.int64).reshape(self.sets, self.m, self.m)
        return PairedChoices(asked, 0 * asked, np.frombuffer(self.sizes, np.int64), self.max_options)


@lru_cache(maxsize=32)  # a metric is asked again and again about the same design
def _simulated(design: _Design, hypothesis: str, seed: int, replications: int) -> dict[str, FloatArray]:
    """Sums of the statistic under each of the least favourable probabilities."""
    choices, statistic, listed = design.choices(), STATISTICS[hypothesis], HYPOTHESES[hypothesis]
    rng = np.random.default_rng(seed)
    enumerated = exact(choices)
    found = {
        name: distribution(choices, statistic, p, rng, draws=None if enumerated else _PILOT)
        for name, p in listed.items()
    }
    if not enumerated:
        worst = sorted(found, key=lambda name: _high(found[name]))[-2:]
        found = {name: distribution(choices, statistic, listed[name], rng) for name in worst}
    return {name: _sums(blocks, replications, rng) for name, blocks in found.items()}


def _high(blocks: list[Block]) -> float:
    """95 % quantile of the sum, by its first two moments."""
    return sum(b.mean for b in blocks) + 1.645 * float(np.sqrt(sum(b.variance for b in blocks)))


def _sums(blocks: list[Block], n: int, rng: np.random.Generator) -> FloatArray:
    return np.asarray(np.sum([block.sums(n, rng) for block in blocks], axis=0))
