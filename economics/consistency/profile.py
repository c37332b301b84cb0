"""The rationality profile: every index of consistency with its interval, chance level and tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from types import MappingProxyType

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.consistency.indices import INDICES, indices, part, parts
from fiduciary.economics.consistency.noise import HYPOTHESES, ConsistencyTest, consistency_test
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.position import PositionBias, position_bias
from fiduciary.economics.consistency.random_answers import coin, distribution
from fiduciary.economics.consistency.triads import Triads, chance, chance_consistence
from fiduciary.economics.inference import alike

__all__ = ["ConsistencyTest", "Index", "PositionBias", "RationalityProfile", "indices", "rationality_profile"]

_CHUNK = 4_000_000


@dataclass(frozen=True)
class Index:
    """One index.

    Attributes:
        value: the index; NaN where nothing could be scored.
        low, high: confidence interval by the bootstrap over choice sets.
        chance: what a coin's answers give on average, with the same numbers of answers. Exact for
            ``intransitive``, ``tied_circle``, ``weak``, ``zeta`` and ``first_share``, and for the others
            in triads with few answers; otherwise from simulated answers.
        reason: why there is no value, or None.
    """

    value: float
    low: float
    high: float
    chance: float
    reason: str | None = None


@dataclass(frozen=True)
class RationalityProfile:
    """What the answers to pairs say about a respondent's consistency.

    Attributes:
        indices: by the names of ``INDICES``.
        tests: by the names of ``HYPOTHESES``: of each consistency, at the least favourable noise.
        chance_p_value: probability that a coin's answers turn in as few circles; small for a respondent
            more transitive than chance. NaN without a scored triad.
        position: the constant of the first position.
        n_sets: choice sets.
        sets_incomplete: of these, sets with a pair that is not usable.
        triads, triads_incomplete: triads that the sets have, and how many are left out.
        pairs, pairs_unasked, pairs_one_sided: pairs that the sets have, without any answer, and answered
            in one order only while the design has both.
        answers: valid answers.
        level: confidence level of the intervals.
        replications, seed: of bootstrap and simulations.
    """

    indices: Mapping[str, Index]
    tests: Mapping[str, ConsistencyTest]
    chance_p_value: float
    position: PositionBias
    n_sets: int
    sets_incomplete: int
    triads: int
    triads_incomplete: int
    pairs: int
    pairs_unasked: int
    pairs_one_sided: int
    answers: int
    level: float
    replications: int
    seed: int


def rationality_profile(
    choices: PairedChoices, *, seed: int = 0, replications: int = 999, level: float = 0.95
) -> RationalityProfile:
    """Make the profile; :func:`indices` alone is far cheaper.

    Args:
        choices: the answers.
        seed: of bootstrap and simulations.
        replications: of each, at least 99.
        level: confidence level, between 0 and 1.

    Raises:
        ValueError: too few replications, or a level not between 0 and 1.
    """
    if replications < 99:
        raise ValueError(f"replications must be at least 99, got {replications}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level:g}")
    rng = np.random.default_rng([seed, 1])
    by_set = parts(choices)
    expected = chance_levels(choices, seed=seed)
    intervals = bootstrap(by_set, rng, replications, level)
    found = {}
    for name, (above, below) in by_set.items():
        if below.sum() > 0:
            found[name] = Index(float(above.sum() / below.sum()), *intervals[name], expected[name])
        else:
            nan = float("nan")
            found[name] = Index(nan, nan, nan, nan, _why_none(choices, name))
    triads = Triads(choices)
    exists = np.triu(choices.exists)
    return RationalityProfile(
        indices=MappingProxyType(found),
        tests=MappingProxyType(
            {
                name: consistency_test(choices, name, seed=seed, replications=replications)
                for name in HYPOTHESES
            }
        ),
        chance_p_value=chance_p_value(choices, seed=seed, replications=replications),
        position=position_bias(choices, level=level),
        n_sets=len(choices),
        sets_incomplete=int(np.sum(~choices.complete)),
        triads=int(triads.exists.sum()),
        triads_incomplete=int(np.sum(triads.exists & ~triads.scored)),
        pairs=int(exists.sum()),
        pairs_unasked=int(np.sum(exists & (choices.answers == 0))),
        pairs_one_sided=int(np.triu(choices.one_sided).sum()),
        answers=int(choices.asked.sum()),
        level=level,
        replications=replications,
        seed=seed,
    )


def bootstrap(
    by_set: Mapping[str, tuple[FloatArray, FloatArray]],
    rng: np.random.Generator,
    replications: int,
    level: float,
) -> dict[str, tuple[float, float]]:
    """Percentile intervals of ratios of sums, resampling choice sets.

    Resampling cannot tell how rare a thing is that no set showed. Where all sets have the same ratio the
    interval is therefore that of a share (``economics.inference.alike``).
    """
    sets = len(next(iter(by_set.values()))[0])
    names = list(by_set)
    above, below = (np.stack([by_set[name][k] for name in names], axis=1) for k in (0, 1))
    ratios = np.full((replications, len(names)), np.nan)
    step = max(1, _CHUNK // max(sets, 1))
    for start in range(0, replications if sets else 0, step):
        n = min(step, replications - start)
        times = rng.multinomial(sets, np.full(sets, 1 / sets), size=n).astype(float)
        with np.errstate(invalid="ignore", divide="ignore"):
            ratios[start : start + n] = (times @ above) / (times @ below)
    tail = (1 - level) / 2
    out = {}
    for k, name in enumerate(names):
        used = below[:, k] > 0
        if not used.any():
            out[name] = (float("nan"), float("nan"))
            continue
        own = above[used, k] / below[used, k]
        if np.ptp(own) < 1e-12:
            same = alike(float(own[0]), int(used.sum()), level)
            out[name] = (same.low, same.high)
        else:
            low, high = np.nanquantile(ratios[:, k], [tail, 1 - tail])
            out[name] = (float(low), float(high))
    return out


def chance_levels(choices: PairedChoices, *, seed: int = 0) -> dict[str, float]:
    """Expected value of each index when every answer is a coin's, with the same numbers of answers."""
    circular, tied = chance(choices)
    zeta = chance_consistence(choices)
    scored = np.isfinite(circular)
    complete = choices.usable_only().take(choices.complete)
    answers = float(complete.asked.sum())
    out = dict.fromkeys(INDICES, float("nan"))
    out["first_share"] = 0.5
    if scored.any():
        out["intransitive"] = float(circular[scored].mean())
        out["tied_circle"] = float(tied[scored].mean())
        out["weak"] = out["intransitive"] + out["tied_circle"]
    if np.isfinite(zeta).any():
        out["zeta"] = float(np.nanmean(zeta))
    data = choices.usable_only()
    tested = data.take(Triads(data).scored.any(axis=1))
    rng = np.random.default_rng([seed, 2])
    for name, sets, below in (
        ("moderate", tested, float(scored.sum())),
        ("strong", tested, float(scored.sum())),
        ("triangle", tested, float(scored.sum())),
        ("rationalisable", complete, float(len(complete))),
        ("consistent_share", complete, answers),
    ):
        if below:
            # Few draws suffice for a mean; a linear programme for each would take minutes at m = 6.
            draws = 200 if name == "rationalisable" else 2_000
            blocks = distribution(sets, _NUMERATORS[name], coin, rng, draws=draws)
            out[name] = sum(block.mean for block in blocks) / below
    return out


def _numerator(choices: PairedChoices, name: str) -> FloatArray:
    return part(choices, name)[0]


_NUMERATORS = {name: partial(_numerator, name=name) for name in INDICES}


def chance_p_value(choices: PairedChoices, *, seed: int = 0, replications: int = 999) -> float:
    """P(a coin's answers turn in as few circles or fewer), at the numbers of answers at hand.

    Exact for sets of three options, whose circles are independent: the sum of binomial counts, one for
    each chance level. Simulated for larger sets.
    """
    triads = Triads(choices)
    observed = int(triads.circular.sum())
    if not triads.scored.any():
        return float("nan")
    if np.all(triads.scored.sum(axis=1) <= 1):
        levels, times = np.unique(chance(choices)[0][triads.scored].round(12), return_counts=True)
        total = np.ones(1)
        for p, n in zip(levels, times, strict=True):
            total = np.convolve(total, _binomial(int(n), float(p)))
        return float(min(1.0, total[: observed + 1].sum()))
    data = choices.usable_only()
    rng = np.random.default_rng([seed, 3])
    blocks = distribution(data.take(triads.scored.any(axis=1)), _NUMERATORS["intransitive"], coin, rng)
    sums = np.sum([block.sums(replications, rng) for block in blocks], axis=0)
    return float((1 + np.count_nonzero(sums <= observed + 1e-6)) / (replications + 1))


@lru_cache(maxsize=128)
def _binomial(n: int, p: float) -> FloatArray:
    return np.asarray(scipy.stats.binom.pmf(np.arange(n + 1), n, p))


def _why_none(choices: PairedChoices, name: str) -> str:
    if not len(choices):
        return "no choice sets"
    if not choices.answers.any():
        return "no valid answers"
    if name == "first_share":
        return "no pair has valid answers"
    if name in ("zeta", "rationalisable", "consistent_share"):
        return "no set has usable answers to all of its pairs"
    return "no triad has usable answers to its three pairs"
