"""Intervals and null distributions where parameters meet their bounds."""

import numpy as np
import pytest
from scipy import stats

from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.estimation.boundary import NullDistribution
from fiduciary.economics.estimation.experiment import Experiment
from fiduciary.economics.estimation.experiment import simulate as simulate_ratio
from fiduciary.economics.estimation.intervals import contains
from fiduciary.economics.utility import CES, profile


def draw(e: Experiment, draws: int):
    """Draws of the likelihood ratio of one experiment."""
    return simulate_ratio([[e.free()]], [e], draws=draws)


def test_one_bounded_parameter_gives_half_and_half():
    """Testing one parameter at its bound: ½χ²(0) + ½χ²(1), Chernoff's case."""
    e = Experiment(np.eye(1), np.eye(1), np.eye(1), np.zeros(1), np.eye(1), np.zeros(1, bool))
    draws = draw(e, 40_000)
    assert np.mean(draws == 0) == pytest.approx(0.5, abs=0.01)
    assert np.quantile(draws, 0.95) == pytest.approx(stats.chi2.ppf(0.90, 1), rel=0.05)


def test_two_bounded_parameters_give_binomial_weights():
    """Two independent parameters at bounds: ¼χ²(0) + ½χ²(1) + ¼χ²(2)."""
    e = Experiment(np.eye(2), np.eye(2), np.eye(2), np.zeros(2), np.eye(2), np.zeros(2, bool))
    draws = draw(e, 40_000)
    mixture = lambda x: 0.25 + 0.5 * stats.chi2.cdf(x, 1) + 0.25 * stats.chi2.cdf(x, 2)  # noqa: E731
    for x in (0.5, 2.0, 4.0):
        assert np.mean(draws <= x) == pytest.approx(mixture(x), abs=0.012)


def test_without_bounds_the_distribution_is_chi_square():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(4, 4))
    e = Experiment(root.T @ root, root, np.empty((0, 4)), np.empty(0), np.eye(4)[:2], np.empty(0, bool))
    draws = draw(e, 40_000)
    for level in (0.5, 0.9, 0.95):
        assert np.quantile(draws, level) == pytest.approx(stats.chi2.ppf(level, 2), rel=0.04)


def test_clusters_widen_the_null_distribution():
    """Scores repeated c times have covariance cF: the likelihood ratio is then c times a χ²."""
    e = Experiment(
        np.eye(1), np.sqrt(3) * np.eye(1), np.empty((0, 1)), np.empty(0), np.eye(1), np.empty(0, bool)
    )
    assert np.quantile(draw(e, 40_000), 0.95) == pytest.approx(3 * stats.chi2.ppf(0.95, 1), rel=0.05)


def test_p_values_from_draws_are_never_zero():
    null = NullDistribution((np.zeros(99),))
    assert null.p_value(5.0) == pytest.approx(0.01)
    assert NullDistribution((), 2).p_value(5.991) == pytest.approx(0.05, abs=1e-3)


def test_interval_at_zero_is_one_sided_and_holds_the_truth(simulate):
    fit = fit_ces(*simulate(profile("for_profit"), 1000))
    for name in ("theta_EM", "theta_CO", "theta_SOC"):
        low, high, method = fit.interval(name)
        assert low == 0 and 0 < high < 0.15
        assert "likelihood ratio" in method
    low, high, _ = fit.interval("theta_SH")
    assert 0.8 < low < 1 and high == 1


def test_interval_ends_are_where_the_test_turns(simulate, interior):
    fit = fit_ces(*simulate(interior, 500))
    for name in ("theta_CO", "rho", "gamma"):
        low, high, _ = fit.interval(name)
        width = high - low
        assert contains(fit, name, low + 0.05 * width) and contains(fit, name, high - 0.05 * width)
        assert not contains(fit, name, low - 0.05 * width) and not contains(fit, name, high + 0.05 * width)


def test_interval_of_the_likelihood_ratio_matches_wald_in_large_samples(simulate, interior):
    """At n = 9,000, just below the rule's threshold, the ends are Wald's to .15 standard errors."""
    w, c, tau = simulate(interior, 9000)
    fit = fit_ces(w, c, tau)
    for name in ("theta_EM", "theta_SOC"):
        low, high, method = fit.interval(name)
        assert method == "likelihood ratio"
        se = fit.se(name, "observed")
        assert low == pytest.approx(fit.estimate(name) - 1.96 * se, abs=0.15 * se)
        assert high == pytest.approx(fit.estimate(name) + 1.96 * se, abs=0.15 * se)


def test_a_wider_level_gives_a_wider_interval(simulate, interior):
    fit = fit_ces(*simulate(interior, 500))
    narrow, wide = fit.interval("rho", 0.8), fit.interval("rho", 0.99)
    assert wide.low < narrow.low < fit.rho < narrow.high < wide.high


def test_rho_is_not_identified_when_one_weight_takes_all(simulate):
    """Shareholders alone, no noise in their favour: ρ has no meaning and gets its whole range."""
    w, _, tau = simulate(CES((1, 0, 0, 0), 1.0), 400)
    chosen = np.nanargmax(w[..., 0], axis=1)
    fit = fit_ces(w, chosen, tau)
    assert fit.status("rho") in ("separated", "not identified")
    assert fit.interval("rho").low <= -10


@pytest.mark.parametrize("level", [0, 1, 1.5])
def test_level_is_checked(simulate, interior, level):
    fit = fit_ces(*simulate(interior, 200))
    with pytest.raises(ValueError, match="level must lie strictly between 0 and 1"):
        fit.interval("rho", level)


def test_unknown_parameters_are_named(simulate, interior):
    fit = fit_ces(*simulate(interior, 200))
    with pytest.raises(ValueError, match="unknown parameter 'theta'; this fit has theta_SH"):
        fit.interval("theta")


@pytest.mark.parametrize("name", ["for_profit", "nonprofit"])
def test_intervals_cover_at_the_boundary(simulate, name):
    """60 small studies: 95 % intervals of every weight cover more than 90 % of the time (the full
    figure, 1,000 studies, is printed by ``benchmarks/recovery.py``)."""
    true = profile(name)
    covered = []
    for seed in range(60):
        fit = fit_ces(*simulate(true, 300, "default", seed))
        covered += [contains(fit, n, t) for n, t in zip(fit.names[:4], true.theta, strict=True)]
    assert np.mean(covered) > 0.9
