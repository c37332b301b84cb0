"""Tests of consistency: their level where it is hardest to keep, and their power."""

import numpy as np
import pytest

from fiduciary.economics.consistency.noise import HYPOTHESES, STATISTICS, chain, consistency_test
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.random_answers import Block, distribution

OFF = 1 - np.eye(3, dtype=int)
CIRCLE = np.array([[0.5, 0.95, 0.05], [0.05, 0.5, 0.95], [0.95, 0.05, 0.5]])


def triad(ij: float, jk: float, ik: float) -> np.ndarray:
    p = np.full((3, 3), 0.5)
    for (i, j), value in (((0, 1), ij), ((1, 2), jk), ((0, 2), ik)):
        p[i, j], p[j, i] = value, 1 - value
    return p


def consistent(hypothesis: str, rng: np.random.Generator) -> np.ndarray:
    """A random triad of the hypothesis, mostly on its boundary."""
    a, b, free = (rng.choice([0.5, 1.0, rng.uniform(0.5, 1), rng.uniform(0.5, 1)]) for _ in range(3))
    bound = {"weak": 0.5, "moderate": min(a, b), "strong": max(a, b), "circles": max(a, b)}
    if hypothesis == "random_utility":  # p_ij + p_jk + p_ki = 2
        one, two = rng.uniform(0, 1, 2)
        return triad(max(one, two), 1 - min(one, two), max(one, two) - min(one, two))
    low = bound[hypothesis]
    return triad(a, b, low if rng.random() < 0.7 else max(low, free))


def asked(each: int, sets: int) -> PairedChoices:
    counts = np.repeat(each * OFF[None], sets, axis=0)
    return PairedChoices(counts, 0 * counts)


def high(blocks: list[Block]) -> float:
    return sum(b.mean for b in blocks) + 1.645 * np.sqrt(sum(b.variance for b in blocks))


@pytest.mark.parametrize("each", [1, 2])
@pytest.mark.parametrize("hypothesis", list(HYPOTHESES))
def test_no_consistent_triad_is_less_favourable(hypothesis, each):
    """95 % quantiles of the sum over 30 triads: those listed against a search at random."""
    rng = np.random.default_rng(each)
    data, statistic = asked(each, 30), STATISTICS[hypothesis]
    listed = max(high(distribution(data, statistic, p, rng)) for p in HYPOTHESES[hypothesis].values())
    for _ in range(120):
        p = consistent(hypothesis, rng)
        assert high(distribution(data, statistic, lambda m: p, rng)) <= 1.01 * listed  # noqa: B023


@pytest.mark.parametrize("each", [1, 2, 4])
def test_weak_transitivity_is_hardest_at_one_toss(each):
    """The whole distribution at (1, 1, ½) lies right of every other weakly transitive one."""
    rng = np.random.default_rng(each)
    data = asked(each, 1)
    (worst,) = distribution(data, STATISTICS["weak"], chain, rng)
    for _ in range(60):
        p = consistent("weak", rng)
        (block,) = distribution(data, STATISTICS["weak"], lambda m: p, rng)  # noqa: B023
        for value in worst.values[1:]:
            tail = block.weights[block.values >= value - 1e-9].sum()
            assert tail <= worst.weights[worst.values >= value - 1e-9].sum() + 1e-9


@pytest.mark.parametrize("hypothesis", list(HYPOTHESES))
def test_level_and_power(hypothesis, simulate, logit):
    """30 triads: the level on random utilities and on the first listed probabilities; power on circles."""
    run = lambda p, seed: consistency_test(  # noqa: E731
        simulate(p, 2, sets=None if p.ndim == 3 else 30, seed=seed), hypothesis, seed=seed, replications=499
    )
    least = next(iter(HYPOTHESES[hypothesis].values()))(3)
    assert np.mean([run(least, seed).rejected() for seed in range(60)]) <= 0.15  # P(more | 5 %) < .002
    assert np.mean([run(logit(30, seed=seed), seed).rejected() for seed in range(60)]) <= 0.1
    assert np.mean([run(CIRCLE, seed).rejected() for seed in range(20)]) == 1


@pytest.mark.parametrize("hypothesis", list(HYPOTHESES))
@pytest.mark.parametrize("m", [4, pytest.param(6, marks=pytest.mark.slow)])
def test_larger_sets(hypothesis, m, simulate, logit):
    circle = np.array(
        [[0.5 if i == j else 0.9 if (j - i) % m <= (m - 1) / 2 else 0.1 for j in range(m)] for i in range(m)]
    )
    circle = np.where(np.abs(circle + circle.T - 1) > 1e-9, 0.5, circle)
    assert consistency_test(simulate(circle, 6, sets=20), hypothesis, replications=199).rejected()
    assert not consistency_test(simulate(logit(20, m), 3), hypothesis, replications=199).rejected()


@pytest.mark.parametrize("hypothesis", list(HYPOTHESES))
def test_order_effect_is_not_a_circle(hypothesis, simulate, logit):
    """Somebody who nearly always takes the first, with a fifth of the answers missing."""
    choices = simulate(np.full((3, 3), 0.5), 3, sets=60, constant=6.0, missing=0.2)
    assert choices.one_sided.any()
    assert consistency_test(choices, hypothesis).p_value > 0.2
    biased = simulate(logit(60), 3, constant=1.5, missing=0.2)
    assert consistency_test(biased, hypothesis).p_value > 0.05


def test_incomplete_triads_are_not_tested(simulate):
    circle = simulate(CIRCLE, 2, sets=10)
    some = circle.asked.copy()
    some[:, 0, 1] = some[:, 1, 0] = 0
    cut = PairedChoices(some, np.minimum(circle.first_wins, some))
    result = consistency_test(cut, "weak")
    assert np.isnan(result.p_value) and "no set has a triad" in result.reason and not result.rejected()
    both = PairedChoices(
        np.concatenate([circle.asked, some]),
        np.concatenate([circle.first_wins, np.minimum(circle.first_wins, some)]),
    )
    alone, with_cut = consistency_test(circle, "weak"), consistency_test(both, "weak")
    assert with_cut.statistic == pytest.approx(alone.statistic) and with_cut.p_value == alone.p_value


def test_same_seed_same_p_value(simulate):
    choices = simulate(np.full((3, 3), 0.5), 2, sets=30)
    one, two = (consistency_test(choices, "strong", seed=5) for _ in range(2))
    assert one == two


def test_refusals(simulate):
    choices = simulate(CIRCLE, 1, sets=2)
    with pytest.raises(ValueError, match="hypothesis must be one of circles, weak"):
        consistency_test(choices, "mild")
    with pytest.raises(ValueError, match="at least 99"):
        consistency_test(choices, "weak", replications=10)
