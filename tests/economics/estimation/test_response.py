"""Where choices are not shown to depend on welfare, nothing is said of θ and ρ."""

import numpy as np
import pytest

from fiduciary.economics.estimation import NotIdentified, fit_ces, likelihood_ratio_test
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.utility import CES, profile


def at_random(simulate, seed, n=300, soft=False):
    """Answers that depend on nothing, or their log-odds on noise."""
    w, _, tau = simulate(profile("study1"), n, "default", seed)
    rng = np.random.default_rng([seed, 3])
    indifferent = np.where(np.isnan(w[..., 0]), np.nan, 0.0)
    if not soft:
        return fit_ces(w, draw_choices(indifferent, tau, rng), tau)
    shares = choice_probabilities(indifferent + rng.normal(size=indifferent.shape))
    return fit_ces(w, None, 1.0, probabilities=np.where(np.isnan(indifferent), np.nan, shares))


@pytest.mark.parametrize("soft", [False, True])
def test_two_random_choosers_are_not_compared(simulate, soft):
    """They once differed with p = .001 at a likelihood ratio of 0."""
    fits = [at_random(simulate, seed, soft=soft) for seed in range(8)]
    for a, b in zip(fits[::2], fits[1::2], strict=True):
        with pytest.raises(NotIdentified, match="answers of both were not shown to depend on welfare"):
            likelihood_ratio_test(a, b)
    with pytest.raises(NotIdentified, match="no test: the answers were not shown"):
        likelihood_ratio_test(fits[0], profile("nonprofit"))


def test_one_random_chooser_is_enough(simulate):
    reader = fit_ces(*simulate(profile("study1"), 300))
    with pytest.raises(NotIdentified, match="the second answers were"):
        likelihood_ratio_test(reader, at_random(simulate, 1))


@pytest.mark.parametrize("soft", [False, True])
def test_random_choosers_seldom_respond(simulate, soft):
    assert sum(at_random(simulate, seed, 120, soft).responds for seed in range(60)) <= 2


@pytest.mark.parametrize("utility", [profile("study1"), profile("for_profit"), CES((0, 0.5, 0.5, 0), -20.0)])
def test_choosers_with_a_preference_respond(simulate, utility):
    assert all(fit_ces(*simulate(utility, 100, "default", seed)).responds for seed in range(5))


def test_a_preference_for_losses_is_no_response(simulate):
    """γ > 0: who wants the least is described by no γ."""
    w, _, tau = simulate(profile("study1"), 200)
    fit = fit_ces(w, draw_choices(-profile("study1").utility(w), tau, np.random.default_rng(0)), tau)
    assert not fit.responds and fit.status("gamma") == "boundary"


def test_faint_but_exact_log_probabilities_respond(simulate):
    """A tenth of a hundredth of the log-odds, without noise, is still all of what varies."""
    w, _, _ = simulate(profile("study1"), 100)
    shares = choice_probabilities(1e-3 * profile("study1").utility(w))
    fit = fit_ces(w, None, 1.0, probabilities=np.where(np.isnan(w[..., 0]), np.nan, shares))
    assert fit.responds and fit.theta == pytest.approx(profile("study1").theta, abs=0.01)


def test_places_alone_are_no_preference(simulate):
    w, _, tau = simulate(profile("study1"), 200)
    exists = ~np.isnan(w[..., 0])
    place = np.where(exists, np.arange(w.shape[1]), -1)
    fit = fit_ces(w, np.zeros(200, int), tau, position=place)
    with pytest.raises(NotIdentified):
        likelihood_ratio_test(fit, profile("study1"))
