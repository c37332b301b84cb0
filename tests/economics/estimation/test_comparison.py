"""Tests of fits against targets and of fits against each other."""

import numpy as np
import pytest

from fiduciary.economics.estimation import fit_ces, likelihood_ratio_test, wald_test
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.utility import CES, profile


@pytest.fixture(scope="module")
def replications(simulate, interior):
    """Forty small studies of the same preference."""
    return [fit_ces(*simulate(interior, 400, "joint", seed)) for seed in range(40)]


def rejections(p_values):
    return np.mean(np.array(p_values) < 0.05)


def test_both_tests_keep_their_size_at_the_truth(replications, interior):
    assert rejections([likelihood_ratio_test(f, interior).p_value for f in replications]) <= 0.15
    assert rejections([wald_test(f, interior).p_value for f in replications]) <= 0.2


def test_both_tests_reject_a_distant_target(replications):
    for f in replications[:5]:
        assert likelihood_ratio_test(f, profile("for_profit")).p_value < 1e-3
        assert wald_test(f, CES((0.1, 0.4, 0.4, 0.1), -1.0)).p_value < 1e-3


def test_likelihood_ratio_keeps_its_size_on_the_boundary(simulate):
    """At the for-profit target, where z-tests have no meaning."""
    true = profile("for_profit")
    p = [likelihood_ratio_test(fit_ces(*simulate(true, 400, "default", s)), true).p_value for s in range(60)]
    assert rejections(p) <= 0.12


def test_a_fit_does_not_differ_from_itself(replications):
    f = replications[0]
    assert likelihood_ratio_test(f, f).p_value == 1.0
    wald = wald_test(f, f)
    assert wald.p_value == 1.0 and wald.statistic == 0


def test_pairing_makes_small_differences_visible(simulate, interior):
    """Probabilities of two models on the same problems: what the problems share cancels."""
    w, _, _ = simulate(interior, 400)
    rng = np.random.default_rng(1)
    noise = rng.normal(size=w.shape[:2])
    moved = CES((0.32, 0.24, 0.24, 0.20), 0.25)
    p = [choice_probabilities(u.utility(w) + noise) for u in (interior, moved)]
    p = [np.where(np.isnan(w[..., 0]), np.nan, q) for q in p]
    ids = np.arange(400)
    a, b = (fit_ces(w, None, 1.0, probabilities=q, groups=ids) for q in p)
    elsewhere = fit_ces(w, None, 1.0, probabilities=p[1], groups=ids + 1000)
    paired, unpaired = wald_test(a, b), wald_test(a, elsewhere)
    assert paired.z["theta_SH"][1] < unpaired.z["theta_SH"][1] / 2
    assert paired.p_value < unpaired.p_value


def test_two_fits_of_one_preference_seldom_differ(simulate, interior):
    p_lr, p_wald = [], []
    for seed in range(30):
        w, c, tau = simulate(interior, 400, "joint", seed)
        again = draw_choices(interior.utility(w), tau, np.random.default_rng(seed + 500))
        a, b = fit_ces(w, c, tau), fit_ces(w, again, tau)
        p_lr.append(likelihood_ratio_test(a, b).p_value)
        p_wald.append(wald_test(a, b).p_value)
    assert rejections(p_lr) <= 0.17
    assert rejections(p_wald) <= 0.2


def test_two_fits_of_two_preferences_differ_also_on_the_boundary(simulate):
    w, c, tau = simulate(profile("for_profit"), 400)
    other = draw_choices(profile("nonprofit").utility(w), tau, np.random.default_rng(9))
    assert likelihood_ratio_test(fit_ces(w, c, tau), fit_ces(w, other, tau)).p_value < 1e-3


def test_wald_names_what_it_left_out(simulate):
    fit = fit_ces(*simulate(profile("for_profit"), 400))
    result = wald_test(fit, profile("study1"))
    assert set(result.left_out) == {n for n in fit.names[:5] if fit.status(n) != "ok"}


def test_unknown_and_incomparable_are_refused(replications, simulate, interior):
    f = replications[0]
    with pytest.raises(ValueError, match="unknown parameter 'theta_unions'"):
        wald_test(f, {"theta_unions": 0.5})
    with pytest.raises(ValueError, match="only θ and ρ"):
        likelihood_ratio_test(f, {"gamma": 1.0})
    w, c, tau = simulate(interior, 100)
    with pytest.raises(ValueError, match="equal shift, rho_max"):
        likelihood_ratio_test(f, fit_ces(w, c, tau, shift=6.0))


def test_wald_with_nothing_left_to_compare_has_no_p_value(simulate):
    """At a bound everywhere: silence is not agreement."""
    w, _, tau = simulate(profile("for_profit"), 300)
    fit = fit_ces(w, np.nanargmax(w[..., 0], axis=1), tau)
    assert np.isnan(wald_test(fit, profile("nonprofit")).p_value)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (CES((0.25,) * 4, 0.5, shift=20.0), "shift K = 20 is not the fit's"),
        (CES((0.25,) * 4, -np.inf), "target rho must lie in"),
        ({"rho": 3.0}, "target rho must lie in"),
        ({f"theta_{k}": 0.2 for k in ("SH", "EM", "CO", "SOC")}, "must be >= 0 and sum to 1"),
    ],
)
def test_impossible_targets_are_refused(replications, target, message):
    for test in (wald_test, likelihood_ratio_test):
        with pytest.raises(ValueError, match=message):
            test(replications[0], target)
