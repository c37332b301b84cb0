"""The consistent agent with the same noise."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_expit

from fiduciary.economics.consistency.bradley_terry import LARGEST_CONSTANT, bradley_terry
from fiduciary.economics.consistency.pairs import PairedChoices
from tests.economics.consistency.conftest import one_order


def test_two_options_by_hand():
    """Jeffreys' prior of one pair adds half an answer to each side: log((w + ½)/(n − w + ½))."""
    fit = bradley_terry(one_order([[0, 3], [1, 0]]))
    assert fit.utilities[0, 0] - fit.utilities[0, 1] == pytest.approx(np.log(3.5 / 1.5))
    p = 3.5 / 5
    assert fit.probabilities[0, 0, 1] == pytest.approx(p)
    # u_0 − u_1 has variance 1/(n p q), and each centred utility half its standard deviation.
    assert fit.se[0, 0] == pytest.approx(np.sqrt(1 / (4 * p * (1 - p))) / 2)
    assert fit.constant == 0 and "both orders" in fit.constant_reason


def test_against_an_optimiser(simulate, logit):
    """The penalised likelihood, with the determinant of the information written out."""
    choices = simulate(logit(5, 4, seed=4), 2, constant=0.5, missing=0.1, seed=4)
    fit = bradley_terry(choices)
    assert fit.converged.all()
    for s in range(5):
        n, y = choices.asked[s], choices.first_wins[s]

        def loss(free, n=n, y=y):
            u = np.append(free, 0.0)
            eta = u[:, None] - u[None, :] + fit.constant
            likelihood = np.sum(y * log_expit(eta) + (n - y) * log_expit(-eta))
            w = n * expit(eta) * expit(-eta)
            w = w + w.T
            information = (np.diag(w.sum(axis=1)) - w)[:3, :3]
            return -likelihood - 0.5 * np.linalg.slogdet(information)[1]

        found = minimize(loss, np.zeros(3), method="BFGS", options={"gtol": 1e-8})
        expected = np.append(found.x, 0.0)
        assert fit.utilities[s] == pytest.approx(expected - expected.mean(), abs=1e-4)


def test_recovers_utilities_and_their_errors(simulate, logit):
    p = logit(1_500)
    true = np.log(p / (1 - p)).mean(axis=2)  # centred utilities
    fit = bradley_terry(simulate(p, 20, constant=0.4))
    assert fit.constant == pytest.approx(0.4, abs=0.03)
    z = (fit.utilities - true)[~fit.separated] / fit.se[~fit.separated]
    assert np.mean(np.abs(z) < 1.96) == pytest.approx(0.95, abs=0.02)
    assert np.abs(np.mean(fit.probabilities - p, axis=0)[~np.eye(3, dtype=bool)]).max() < 0.01


def test_separation_is_said_and_bounded():
    """Unanimous answers: no finite maximum; Λ(δ)⁴ = .05 bounds the difference from below."""
    fit = bradley_terry(one_order([[0, 4, 4], [0, 0, 2], [0, 2, 0]]))
    assert fit.separated[0] and np.isnan(fit.se).all() and np.isfinite(fit.utilities).all()
    assert expit(fit.lower[0, 0, 1]) == pytest.approx(0.05**0.25)
    assert np.isnan(fit.lower[0, 1, 2]) and np.isnan(fit.lower[0, 1, 0])
    assert 0.5 < fit.probabilities[0, 0, 1] < 1 and fit.probabilities[0, 1, 2] == pytest.approx(0.5)
    unasked = bradley_terry(one_order([[0, 4, 0], [0, 0, 4], [0, 0, 0]]))
    assert unasked.lower[0, 0, 2] == -np.inf


def test_circle_has_no_preference():
    fit = bradley_terry(one_order([[0, 5, 0], [0, 0, 5], [5, 0, 0]]))
    assert not fit.separated[0] and fit.utilities[0] == pytest.approx([0, 0, 0], abs=1e-8)
    assert fit.error_rate == pytest.approx(0.5)


def test_order_effect_is_no_preference():
    asked = np.repeat((1 - np.eye(3, dtype=int))[None], 20, axis=0)
    fit = bradley_terry(PairedChoices(asked, asked))
    assert fit.constant == LARGEST_CONSTANT and "inf" in fit.constant_reason
    assert np.allclose(fit.utilities, 0, atol=1e-6) and np.all(fit.se > 3)
    assert not fit.separated.any()


def test_unconnected_and_smaller_sets():
    asked = np.zeros((2, 4, 4), int)
    asked[0, :3, :3] = 2 * (1 - np.eye(3, dtype=int))
    asked[1, 0, 1] = asked[1, 1, 0] = asked[1, 2, 3] = asked[1, 3, 2] = 2
    choices = PairedChoices(asked, asked // 2, np.array([3, 4]))
    fit = bradley_terry(choices)
    assert np.isfinite(fit.utilities[0, :3]).all() and np.isnan(fit.utilities[0, 3])
    assert np.isnan(fit.utilities[1]).all() and not fit.converged[1] and not fit.separated[1]
    padded = PairedChoices(asked[:1, :3, :3], asked[:1, :3, :3] // 2)
    assert fit.se[0, :3] == pytest.approx(bradley_terry(padded).se[0])
