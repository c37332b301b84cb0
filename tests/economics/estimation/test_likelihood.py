"""The analytic gradient is the gradient, and the information is the variance of the score."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fiduciary.economics.estimation.constants import offsets
from fiduciary.economics.estimation.data import prepare
from fiduciary.economics.estimation.likelihood import CESLikelihood
from fiduciary.economics.logit import choice_probabilities, log_choice_probabilities
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES
from tests.economics.estimation.conftest import places

W = stack(generate(60, 3))
RNG = np.random.default_rng(0)
TAU = RNG.uniform(0.2, 1.5, len(W))
CHOSEN = np.nanargmax(np.where(np.isnan(W[..., 0]), np.nan, RNG.random(W.shape[:2])), axis=1)
LIKELIHOOD = CESLikelihood(
    prepare(W, CHOSEN, TAU, position=places(W, RNG), label=places(W, RNG), groups=np.arange(len(W)) // 3)
)
C = len(LIKELIHOOD.data.constants)

thetas = arrays(float, 4, elements=st.floats(0.03, 1)).map(lambda a: a / a.sum())
rhos = st.one_of(
    st.floats(-8, 1), st.sampled_from([0.0, 5e-324, 1e-5, -1e-4, 9.9e-4, 1.1e-3, 0.049, 0.051, 1.0])
)
points = st.tuples(
    thetas, rhos, st.floats(-1.5, 0.7), arrays(float, C, elements=st.floats(-1, 1)), st.floats(0.5, 1.5)
)


def vector(point):
    theta, rho, log_gamma, constants, eta = point
    return np.concatenate([theta, [rho, log_gamma], constants, [eta]])


def tangent(x):
    """Directions that keep Σθ = 1."""
    basis = np.eye(len(x))[:, 1:]
    basis[0, :3] = -1.0
    return basis


@settings(max_examples=60, deadline=None)
@given(points)
def test_gradient_equals_finite_differences(point):
    x = vector(point)
    basis = tangent(x)
    analytic = basis.T @ LIKELIHOOD.evaluate(x).gradient
    h = 1e-6
    numeric = [(LIKELIHOOD.loglik(x + h * b) - LIKELIHOOD.loglik(x - h * b)) / (2 * h) for b in basis.T]
    np.testing.assert_allclose(analytic, numeric, rtol=2e-5, atol=2e-4)
    np.testing.assert_allclose(basis.T @ LIKELIHOOD.gradient(x), analytic, rtol=1e-9, atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(points)
def test_scores_of_clusters_add_up_to_the_gradient(point):
    evaluation = LIKELIHOOD.evaluate(vector(point), scores=True)
    assert evaluation.scores.shape == (20, LIKELIHOOD.size)
    np.testing.assert_allclose(evaluation.scores.sum(axis=0), evaluation.gradient, rtol=1e-9, atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(thetas, rhos)
def test_loglik_is_that_of_the_published_model(theta, rho):
    """The flat, chunked likelihood equals Σ log P from the theory's own functions."""
    ces = CES(tuple(theta), rho)
    flat = CESLikelihood(prepare(W, CHOSEN, TAU))
    x = np.array([*ces.theta, rho, 0.0, 1.0])
    direct = log_choice_probabilities(ces.utility(W), TAU)[np.arange(len(W)), CHOSEN].sum()
    assert flat.loglik(x) == pytest.approx(direct, rel=1e-10)


def test_information_is_the_covariance_of_the_score():
    """Weights put at the model's own probabilities give zero scores; choices give variance F."""
    ces = CES((0.3, 0.25, 0.25, 0.2), 0.4)
    position, label = places(W, RNG), places(W, RNG)
    constants = np.linspace(-0.5, 0.5, C)
    x = np.array([*ces.theta, 0.4, 0.0, *constants, 1.0])
    named = dict(zip(LIKELIHOOD.data.constants, constants, strict=True))
    p = choice_probabilities(ces.utility(W) + offsets(named, position, label), TAU)
    shown = {"position": position, "label": label}
    soft = np.where(np.isnan(W[..., 0]), np.nan, p)
    exact = CESLikelihood(prepare(W, None, TAU, probabilities=soft, **shown))
    evaluation = exact.evaluate(x, scores=True)
    np.testing.assert_allclose(evaluation.scores, 0, atol=1e-8)
    total = np.zeros((len(x), len(x)))
    for j in range(W.shape[1]):  # every option chosen, weighted by its probability
        has = ~np.isnan(W[:, j, 0])
        chosen = np.where(has, j, CHOSEN)
        picked = CESLikelihood(prepare(W, chosen, TAU, **shown)).evaluate(x, scores=True).scores[has]
        total += (picked * p[has, j][:, None]).T @ picked
    basis = tangent(x)
    np.testing.assert_allclose(
        basis.T @ evaluation.information @ basis, basis.T @ total @ basis, rtol=1e-8, atol=1e-8
    )


def test_chunks_do_not_change_the_sum(monkeypatch):
    x = vector((np.full(4, 0.25), 0.3, 0.0, np.linspace(-1, 1, C), 1.0))
    whole = LIKELIHOOD.evaluate(x, scores=True)
    monkeypatch.setattr("fiduciary.economics.estimation.likelihood._CHUNK", 7)
    parts = LIKELIHOOD.evaluate(x, scores=True)
    assert parts.loglik == pytest.approx(whole.loglik, rel=1e-12)
    np.testing.assert_allclose(parts.information, whole.information, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(parts.scores, whole.scores, atol=1e-10)


def test_hessian_agrees_with_second_differences_of_the_value():
    x = vector((np.array([0.3, 0.3, 0.2, 0.2]), 0.4, 0.1, np.linspace(-0.2, 0.2, C), 1.0))
    basis = tangent(x)
    hessian = LIKELIHOOD.hessian(x, basis)
    h = 1e-4
    for a in range(basis.shape[1]):
        for b in range(a + 1):
            u, v = h * basis[:, a], h * basis[:, b]
            second = (
                LIKELIHOOD.loglik(x + u + v)
                - LIKELIHOOD.loglik(x + u - v)
                - LIKELIHOOD.loglik(x - u + v)
                + LIKELIHOOD.loglik(x - u - v)
            ) / (4 * h * h)
            assert hessian[a, b] == pytest.approx(second, rel=1e-3, abs=1e-2)
