"""The temperature-standardised logit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fiduciary.economics.logit import choice_probabilities, draw_choices, log_choice_probabilities

utilities = arrays(float, (3, 4), elements=st.floats(-50, 50))


@given(utilities, st.floats(0.01, 5))
def test_probabilities_sum_to_one_at_any_temperature(v, tau):
    np.testing.assert_allclose(choice_probabilities(v, tau).sum(axis=1), 1, rtol=1e-12)


@given(utilities, st.floats(0.1, 5), st.floats(-100, 100))
def test_a_constant_added_to_all_options_changes_nothing(v, tau, c):
    np.testing.assert_allclose(
        log_choice_probabilities(v + c, tau), log_choice_probabilities(v, tau), atol=1e-8
    )


@given(utilities, st.floats(0.1, 5), st.floats(0.1, 10))
def test_only_utility_over_temperature_matters(v, tau, c):
    np.testing.assert_allclose(
        log_choice_probabilities(c * v, c * tau), log_choice_probabilities(v, tau), rtol=1e-9, atol=1e-9
    )


def test_a_tiny_temperature_overflows_nothing():
    assert choice_probabilities([[1e4, 0.0]], 1e-3).tolist() == [[1.0, 0.0]]


def test_padding_is_never_chosen():
    v = np.array([[0.0, 1.0, np.nan]])
    assert choice_probabilities(v, 1.0)[0, 2] == 0
    draws = [draw_choices(v, 1.0, np.random.default_rng(i))[0] for i in range(50)]
    assert set(draws) == {0, 1}


def test_draws_follow_the_probabilities():
    v = np.tile([0.0, 0.7, -0.4], (40_000, 1))
    chosen = draw_choices(v, 0.5, np.random.default_rng(1))
    np.testing.assert_allclose(np.bincount(chosen) / len(v), choice_probabilities(v[0], 0.5), atol=0.01)


@pytest.mark.parametrize("tau", [0.0, -1.0, np.nan, np.inf])
def test_temperature_must_be_positive(tau):
    with pytest.raises(ValueError, match="temperature must be finite and > 0"):
        log_choice_probabilities([[0.0, 1.0]], tau)
