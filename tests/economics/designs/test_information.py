"""The information of a problem is the curvature of its expected log-likelihood, and D_s is what it says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiduciary.economics.designs.information import (
    checked_offset,
    information_of_problems,
    theta_basis,
    theta_information,
    theta_standard_errors,
)
from fiduciary.economics.logit import choice_probabilities, log_choice_probabilities
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, profile

W = stack(generate(30, 3))
NAMES = ("study1", "symmetric", "nonprofit")


def at(utility: CES, basis: np.ndarray, z: np.ndarray) -> CES:
    """The preference at coordinates z from a preference."""
    theta = np.array(utility.theta) + basis @ z[:3]
    return CES(tuple(theta), utility.rho + z[3], utility.gamma * np.exp(z[4]))


def expected_loglik(utility, basis, z, p, tau, offset):
    logs = log_choice_probabilities(at(utility, basis, z).utility(W) + offset, tau)
    return np.nansum(p * np.where(p > 0, logs, 0), axis=1)


@pytest.mark.parametrize("tau", [0.5, 1.5])
@pytest.mark.parametrize("shifted", [False, True])
def test_information_is_minus_the_hessian_of_the_expected_loglikelihood(tau, shifted):
    u = CES((0.3, 0.3, 0.25, 0.15), 0.4, 0.8)
    basis = theta_basis(u)
    offset = np.random.default_rng(1).normal(size=W.shape[:2]) * shifted
    p = choice_probabilities(u.utility(W) + offset, tau)
    information = information_of_problems(W, u, tau, offset=offset)
    h = 1e-4
    for a in range(5):
        for b in range(a + 1):
            d, e = np.eye(5)[a] * h, np.eye(5)[b] * h
            signs = ((1, 1), (1, -1), (-1, 1), (-1, -1))
            second = sum(s * t * expected_loglik(u, basis, s * d + t * e, p, tau, offset) for s, t in signs)
            np.testing.assert_allclose(information[:, a, b], -second / (4 * h * h), rtol=2e-3, atol=2e-3)


def test_weights_at_the_boundary_have_information():
    """A model that gives shareholders nothing may start to: the direction inward must count."""
    u = profile("nonprofit")
    total = information_of_problems(W, u, 0.5).sum(axis=0)
    basis = theta_basis(u)
    inward = next(k for k in range(3) if basis[0, k] == 1)
    assert total[inward, inward] > 1
    assert np.all(np.isfinite(theta_standard_errors(total, basis)))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(NAMES), st.integers(0, 10_000))
def test_criterion_ranks_designs_alike_in_every_basis(name, seed):
    rng = np.random.default_rng(seed)
    u = profile(name)
    turned = theta_basis(u) @ (rng.normal(size=(3, 3)) + 3 * np.eye(3))
    first, second = rng.choice(len(W), (2, 12), replace=False)
    here = information_of_problems(W, u, 0.5)
    there = information_of_problems(W, u, 0.5, basis=turned)

    def gap(i):
        return theta_information(i[first].sum(axis=0)) - theta_information(i[second].sum(axis=0))

    assert gap(here) == pytest.approx(gap(there), abs=1e-5)


def test_criterion_is_the_determinant_of_the_covariance_of_theta():
    total = information_of_problems(W, profile("study1"), 0.5).sum(axis=0)
    covariance = np.linalg.inv(total)[:3, :3]
    assert theta_information(total) == pytest.approx(-np.linalg.slogdet(covariance)[1], rel=1e-4)


def test_standard_errors_are_those_of_the_inverse_and_infinite_without_information():
    u = profile("study1")
    total = information_of_problems(W, u, 0.5).sum(axis=0)
    basis = theta_basis(u)
    full = basis @ np.linalg.inv(total)[:3, :3] @ basis.T
    np.testing.assert_allclose(theta_standard_errors(total, basis), np.sqrt(np.diag(full)), rtol=1e-3)
    one = information_of_problems(W, u, 0.5)[0]
    assert np.all(np.isinf(theta_standard_errors(one, basis)))
    assert np.all(np.isinf(theta_standard_errors(np.zeros((5, 5)), basis)))


def test_offset_is_checked():
    with pytest.raises(ValueError, match="offset must have shape"):
        checked_offset(np.zeros(3), W)
    with pytest.raises(ValueError, match="finite"):
        checked_offset(np.full(W.shape[:2], np.nan), W)
    assert not checked_offset(None, W).any()
