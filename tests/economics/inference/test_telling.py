"""Divergence from a target: nil where it is reached, and as many answers as a power analysis says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.inference.telling import answers_to_tell, divergence
from fiduciary.economics.logit import choice_probabilities

RNG = np.random.default_rng(4)
UTILITY = np.where(np.arange(5) < RNG.integers(2, 6, 200)[:, None], RNG.normal(size=(200, 5)) + 10, np.nan)


@given(st.floats(0.01, 50))
def test_a_chooser_that_is_the_target_is_not_apart_from_it(gamma: float) -> None:
    q = choice_probabilities(gamma * UTILITY)
    assert divergence(UTILITY, q, gamma).nats == pytest.approx(0, abs=1e-7)


def test_the_noise_that_is_nearest_is_found_where_none_is_stated() -> None:
    found = divergence(UTILITY, choice_probabilities(3.0 * UTILITY))
    assert found.gamma == pytest.approx(3, rel=1e-3) and found.nats == pytest.approx(0, abs=1e-7)


def test_the_divergence_is_the_one_by_hand() -> None:
    q = np.array([[0.5, 0.3, 0.2]])
    p = np.exp([1.0, 0.0, 2.0]) / np.exp([1.0, 0.0, 2.0]).sum()
    expected = float((p * np.log(p / q[0])).sum())
    assert divergence(np.array([[1.0, 0.0, 2.0]]), q, 1.0).nats == pytest.approx(expected)


def test_an_option_without_any_probability_is_told_at_once() -> None:
    found = divergence(np.array([[1.0, 0.0]]), np.array([[1.0, 0.0]]), 1.0)
    assert found.nats > 4 and found.answers < 2


def test_numbers_of_answers_are_those_of_a_power_analysis() -> None:
    """Cohen (1988): λ = 7.85 for one degree of freedom and 12.83 for five, at 5 % and power .8."""
    assert 2 * 0.01 * answers_to_tell(0.01, parameters=1) == pytest.approx(7.849, abs=0.001)
    assert 2 * 0.0013 * answers_to_tell(0.0013) == pytest.approx(12.83, abs=0.01)
    assert answers_to_tell(0.0) == np.inf


@given(st.floats(1e-6, 1.0), st.floats(1.1, 100))
def test_half_the_divergence_takes_twice_the_answers(nats: float, factor: float) -> None:
    assert answers_to_tell(nats / factor) == pytest.approx(factor * answers_to_tell(nats))


def test_a_test_finds_it_as_often_as_was_promised() -> None:
    """Two coins: the likelihood-ratio test of one parameter, with as many answers as were told."""
    p, q = 0.5, 0.44
    nats = p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))
    n = round(answers_to_tell(nats, parameters=1))
    k = np.random.default_rng(0).binomial(n, p, 4000)
    share = k / n
    ratio = 2 * (k * np.log(share / q) + (n - k) * np.log((1 - share) / (1 - q)))
    assert (ratio > 3.841).mean() == pytest.approx(0.8, abs=0.03)
