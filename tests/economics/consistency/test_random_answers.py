"""Distributions of statistics under given answer probabilities."""

from itertools import product

import numpy as np
import pytest

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.consistency.consistent_subset import answers_to_drop
from fiduciary.economics.consistency.noise import likelihood_ratio, rotations
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.random_answers import Block, coin, distribution, exact

OFF = 1 - np.eye(3, dtype=int)


def unanimous(choices: PairedChoices) -> FloatArray:
    """Pairs of the set all of whose answers agree."""
    return np.sum((choices.wins == 0) & (choices.answers > 0), axis=(1, 2)).astype(float)


def dropped(choices: PairedChoices) -> FloatArray:
    """Answers to drop."""
    within, across = answers_to_drop(choices)
    return (within + across).astype(float)


def made(asked: np.ndarray, sets: int = 1) -> PairedChoices:
    asked = np.repeat(np.asarray(asked)[None], sets, axis=0)
    return PairedChoices(asked, 0 * asked)


UNEVEN = np.array([[0, 2, 1], [3, 0, 1], [1, 1, 0]])


@pytest.mark.parametrize("asked", [OFF, 2 * OFF, UNEVEN, np.triu(UNEVEN)])
def test_enumeration_is_the_average_over_all_sequences_of_answers(asked):
    """Every single sequence of coin tosses, one by one."""
    tosses = [(i, j) for i in range(3) for j in range(3) for _ in range(asked[i, j])]
    sequences = np.array(list(product((0, 1), repeat=len(tosses))))
    first = np.zeros((len(sequences), 3, 3), int)
    for k, (i, j) in enumerate(tosses):
        first[:, i, j] += sequences[:, k]
    everything = PairedChoices(np.broadcast_to(asked, first.shape), first)
    data = made(asked)
    assert exact(data)
    for statistic in (unanimous, dropped) if data.counterbalanced else (unanimous,):
        (block,) = distribution(data, statistic, coin, np.random.default_rng(0))
        values = statistic(everything)
        assert block.weights.sum() == pytest.approx(1)
        assert block.mean == pytest.approx(values.mean())
        assert block.variance == pytest.approx(values.var())


def test_drawn_and_enumerated_distributions_agree():
    statistic = lambda c: likelihood_ratio(c, "random_utility")  # noqa: E731
    p = lambda m: rotations(0.5, False, m)  # noqa: E731
    rng = np.random.default_rng(1)
    (block,) = distribution(made(2 * OFF), statistic, p, rng)
    # Padding by a fourth option that does not exist turns enumeration off.
    asked = np.zeros((1, 4, 4), int)
    asked[0, :3, :3] = 2 * OFF
    padded = PairedChoices(asked, 0 * asked, np.array([3]))
    assert not exact(padded)
    (drawn,) = distribution(padded, statistic, p, rng, draws=40_000)
    assert drawn.mean == pytest.approx(block.mean, rel=0.03)
    assert drawn.variance == pytest.approx(block.variance, rel=0.05)


def test_sums_have_the_right_moments():
    rng = np.random.default_rng(2)
    few = Block(50, np.array([0.0, 1.0, 3.0]), np.array([0.5, 0.3, 0.2]))
    many = Block(20, rng.random(3_000), np.full(3_000, 1 / 3_000))
    for block in (few, many):
        sums = block.sums(20_000, rng)
        assert sums.mean() == pytest.approx(block.mean, abs=4 * np.sqrt(block.variance / 20_000))
        assert sums.var() == pytest.approx(block.variance, rel=0.05)


def test_patterns_of_missing_answers_have_blocks_of_their_own():
    data = PairedChoices(np.array([OFF, OFF, UNEVEN]), np.zeros((3, 3, 3), int))
    blocks = distribution(data, unanimous, coin, np.random.default_rng(0))
    assert sorted(block.times for block in blocks) == [1, 2]
    assert distribution(data.take([]), unanimous, coin, np.random.default_rng(0)) == []


def test_many_answers_are_drawn():
    assert not exact(made(30 * OFF)) and exact(made(8 * OFF))
    assert not exact(made(np.ones((4, 4), int) - np.eye(4, dtype=int)))
