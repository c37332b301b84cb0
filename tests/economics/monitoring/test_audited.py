"""What is taken over from an estimate, and what is drawn from it."""

import numpy as np
import pytest

from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.logit import draw_choices
from fiduciary.economics.monitoring import AuditedPreference
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import profile
from tests.economics.monitoring.conftest import spread


def estimate(name, n=300, temperatures=TEMPERATURES, missing=0, **kwargs):
    rng = np.random.default_rng(4)
    welfare = stack(generate(n, 0))
    tau = rng.permutation(np.resize(temperatures, n))
    chosen = draw_choices(profile(name).utility(welfare), tau, rng)
    chosen[:missing] = -1
    return fit_ces(welfare, chosen, tau, **kwargs)


def test_interior_estimate_keeps_values_and_covariance():
    fit = estimate("study1", missing=7)
    found = AuditedPreference.from_fit(fit)
    np.testing.assert_allclose(found.theta, fit.theta, atol=1e-12)
    assert (found.rho, found.gamma, found.n, found.n_missing) == (fit.rho, fit.gamma, 293, 7)
    np.testing.assert_allclose(found.covariance, fit.covariance()[:6, :6])
    assert found.missing_rate == pytest.approx(7.5 / 301)


def test_weight_at_the_boundary_is_uncertain_one_way():
    found = AuditedPreference.from_fit(estimate("nonprofit"))
    drawn = np.array([u.theta for u in found.draw(400, np.random.default_rng(0))])
    assert np.all(drawn >= 0)
    if found.theta[0] == 0:
        assert 0.3 < (drawn[:, 0] == 0).mean() < 0.7
    assert drawn[:, 0].std() > 0.005


def test_one_stakeholder_takes_all():
    found = AuditedPreference.from_fit(estimate("for_profit", 1000, (0.1, 0.2)))
    assert found.theta[0] > 0.97
    drawn = found.draw(100, np.random.default_rng(0))
    assert np.std([u.rho for u in drawn]) < 1e-6
    assert min(u.theta[0] for u in drawn) > 0.85


def test_choices_that_are_all_explained_are_taken_with_what_is_known():
    fit = estimate("nonprofit", 200, (0.001,))
    assert fit.separation is not None
    found = AuditedPreference.from_fit(fit)
    assert found.gamma == pytest.approx(3 * fit.separation.gamma_low)
    assert np.sqrt(np.asarray(found.covariance)[5, 5]) == pytest.approx(found.gamma)


def test_no_preference_is_refused():
    rng = np.random.default_rng(0)
    welfare = stack(generate(100, 0))
    chosen = draw_choices(np.where(np.isnan(welfare[..., 0]), np.nan, 0.0), 1.0, rng)
    with pytest.raises(ValueError, match="identified no preference"):
        AuditedPreference.from_fit(fit_ces(welfare, chosen, 1.0))
    with pytest.raises(ValueError, match="scale='tau'"):
        AuditedPreference.from_fit(estimate("study1", scale="free"))


def test_draws_have_the_stated_moments(audited):
    drawn = audited.draw(4000, np.random.default_rng(1))
    theta = np.array([u.theta for u in drawn])
    np.testing.assert_allclose(theta.mean(axis=0), audited.theta, atol=0.002)
    np.testing.assert_allclose(np.cov(theta.T), np.asarray(audited.covariance)[:4, :4], atol=4e-5)
    assert np.std([np.log(u.gamma) for u in drawn]) == pytest.approx(0.08, rel=0.05)


def test_json_round_trip(audited):
    again = AuditedPreference.from_json(audited.to_json())
    assert again.to_json() == audited.to_json()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"theta": (0.5, 0.5, 0.5, 0.5)}, "sum to 1"),
        ({"rho": -np.inf}, "rho must be finite"),
        ({"gamma": 0.0}, "gamma"),
        ({"covariance": np.eye(5)}, "covariance must be finite of shape"),
        ({"covariance": -np.eye(6)}, "positive semidefinite"),
        ({"covariance": np.triu(spread(0.1, 0.1, 0.1) + 1)}, "symmetric"),
        ({"n": -1}, "n and n_missing"),
    ],
)
def test_bad_values_are_named(change, message):
    with pytest.raises(ValueError, match=message):
        AuditedPreference(**{"theta": (0.25,) * 4, "rho": 0.5, "gamma": 1.0, **change})


@pytest.mark.parametrize("stored", [{}, {"theta": [0.25] * 4}, {"theta": [0.25] * 4, "colour": 1}])
def test_bad_store_is_named(stored):
    with pytest.raises(ValueError, match="not a stored audited preference"):
        AuditedPreference.from_json(stored)
