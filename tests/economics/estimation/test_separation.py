"""Deterministic, aligned choices: detected, bounded, and described as a set."""

import numpy as np
import pytest

from fiduciary.economics.estimation import fit_ces, likelihood_ratio_test
from fiduciary.economics.estimation.data import prepare
from fiduciary.economics.estimation.separation import explaining_set
from fiduciary.economics.logit import draw_choices
from fiduciary.economics.utility import CES, profile
from tests.economics.estimation.conftest import places


def deterministic(simulate, utility, n=400, design="default"):
    w, _, tau = simulate(utility, n, design)
    return w, np.nanargmax(utility.utility(w), axis=1), tau


@pytest.mark.parametrize("name", ["for_profit", "symmetric", "nonprofit"])
def test_a_perfectly_aligned_model_is_separated(simulate, name):
    true = profile(name)
    fit = fit_ces(*deterministic(simulate, true))
    assert fit.separation is not None and fit.separation.by == "utility"
    assert set(fit.statuses) == {"separated"}
    assert np.isinf(fit.gamma)
    low, high = fit.separation.theta_range.T
    assert np.all(low - 1e-9 <= true.theta) and np.all(true.theta <= high + 1e-9)
    assert fit.interval("gamma").low == fit.separation.gamma_low > 1
    assert fit.interval("gamma").high == np.inf
    assert "explain every choice" in fit.separation.describe()


def test_noisy_choices_are_not_separated(simulate):
    assert fit_ces(*simulate(profile("nonprofit"), 400)).separation is None


def test_the_published_design_leaves_a_large_set_for_nonprofit(simulate):
    """One lever at a time: any weights without shareholders explain all; the joint design pins them."""
    true = profile("nonprofit")
    wide = fit_ces(*deterministic(simulate, true, 600, "published")).separation.theta_range
    narrow = fit_ces(*deterministic(simulate, true, 600, "joint")).separation.theta_range
    assert np.all(np.diff(wide[1:], axis=1) > 0.8)
    assert np.all(np.diff(narrow, axis=1) < 0.1)


def test_explaining_set_holds_every_explaining_theta(simulate):
    """Nearby weights that explain all choices lie in the reported ranges; the centre explains all."""
    true = CES((0.4, 0.3, 0.2, 0.1), 0.5)
    w, c, tau = deterministic(simulate, true, 60)
    found = explaining_set(prepare(w, c, tau), 0.5)
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(3000):
        theta = 0.98 * np.array(true.theta) + 0.02 * rng.dirichlet(np.ones(4))
        if np.array_equal(np.nanargmax(CES(tuple(theta), 0.5).utility(w), axis=1), c):
            hits += 1
            assert np.all(found.low - 1e-6 <= theta) and np.all(theta <= found.high + 1e-6)
    assert hits > 20
    center = CES(tuple(found.center / found.center.sum()), 0.5)
    assert np.array_equal(np.nanargmax(center.utility(w), axis=1), c)


def test_explaining_set_is_empty_for_contradictions(simulate):
    w, c, tau = deterministic(simulate, profile("symmetric"), 200)
    worst = np.nanargmin(profile("symmetric").utility(w), axis=1)
    mixed = np.where(np.arange(200) % 2, c, worst)
    assert explaining_set(prepare(w, mixed, tau), 0.75) is None


def test_gamma_bound_is_lower_than_the_truth_that_produced_it(simulate):
    """At γ = 400 choices look deterministic; the bound must not exceed what made them."""
    true = CES((0.4, 0.3, 0.2, 0.1), 0.5, gamma=400.0)
    bounds = []
    for seed in range(20):
        w, _, tau = simulate(true, 60, "default", seed)
        fit = fit_ces(w, draw_choices(true.utility(w), tau, np.random.default_rng(seed)), tau)
        if fit.separation is not None:
            bounds.append(fit.separation.gamma_low)
    assert len(bounds) >= 10
    assert np.mean(np.array(bounds) <= 400) >= 0.85


def test_always_the_first_position_identifies_no_preference(simulate):
    w, c, tau = simulate(profile("study1"), 300)
    position = places(w, np.random.default_rng(1))
    fit = fit_ces(w, np.argmin(np.where(position < 0, 9, position), axis=1), tau, position=position)
    assert fit.separation is not None and fit.separation.by == "constants"
    assert "no preference is identified" in fit.separation.describe()


@pytest.mark.parametrize("rho", [0.3, 0.794, -0.7])
def test_the_set_holds_the_truth_at_any_rho(simulate, rho):
    """ρ is found by bisection, not on a grid that the truth may lie between."""
    true = CES((0.30, 0.25, 0.25, 0.20), rho)
    found = fit_ces(*deterministic(simulate, true, 1000, "joint")).separation
    assert found.rho.min() - 1e-3 <= rho <= found.rho.max() + 1e-3
    low, high = found.theta_range.T
    assert np.all(low - 1e-3 <= true.theta) and np.all(true.theta <= high + 1e-3)


def test_gamma_bound_keeps_its_level(simulate):
    """Of studies made at γ = 40 few give a bound above 40, also when only the perfect ones are counted in."""
    true = CES((1, 0, 0, 0), 1.0, gamma=40.0)
    above = 0
    for seed in range(30):
        w, _, tau = simulate(true, 60, "default", seed)
        fit = fit_ces(w, draw_choices(true.utility(w), tau, np.random.default_rng(seed)), tau)
        above += fit.separation is not None and fit.separation.gamma_low > 40
    assert above <= 4  # 30 studies at 5 %: mean 1.5, and 4 is two standard deviations above


def test_utility_with_a_small_position_bias_keeps_its_estimate(simulate):
    """An aligned model that leans a little to the first place is not called a matter of position."""
    true = profile("symmetric")
    w, _, tau = simulate(true, 500)
    position = places(w, np.random.default_rng(4))
    chosen = np.nanargmax(true.utility(w) + 0.3 * (position == 0), axis=1)
    fit = fit_ces(w, chosen, tau, position=position)
    assert fit.separation.by == "utility and constants"
    np.testing.assert_allclose(fit.theta, true.theta, atol=0.1)


def test_one_hot_probabilities_are_separated_too(simulate):
    true = profile("symmetric")
    w, c, _ = deterministic(simulate, true, 300)
    exists = ~np.isnan(w[..., 0])
    hot = np.where(exists, 0.0, np.nan)
    hot[np.arange(300), c] = 1.0
    fit = fit_ces(w, None, 1.0, probabilities=hot)
    assert set(fit.statuses) == {"separated"}


def test_tests_of_separated_fits_are_quick_and_do_not_reject_what_explains_all(simulate):
    data = deterministic(simulate, profile("for_profit"))
    fit = fit_ces(*data)
    assert likelihood_ratio_test(fit, profile("for_profit")).p_value == 1.0
    assert likelihood_ratio_test(fit, profile("nonprofit")).p_value < 1e-6
    assert likelihood_ratio_test(fit, fit_ces(*data)).p_value == 1.0
