"""The test of noise against temperature: its size, and models that answer by rules."""

import numpy as np
import pytest
from scipy.stats import kstest

from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.logit import draw_choices
from fiduciary.economics.monitoring import AuditedPreference, noise_p_value
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import profile

WELFARE = stack(generate(300, 8))
TAU = np.resize(TEMPERATURES, 300)
NONE = np.zeros(WELFARE.shape[:2])


def test_p_values_of_a_ces_are_even():
    """γ is fitted, as the degrees of freedom say: here by the score alone, which is what they rest on."""
    utility, found = profile("study1"), []
    for seed in range(60):
        chosen = draw_choices(utility.utility(WELFARE), TAU, np.random.default_rng(seed))
        found.append(noise_p_value(utility, WELFARE, NONE, chosen, TAU))
    assert kstest(found, "uniform").pvalue > 0.01


@pytest.mark.parametrize("name", ["study1", "nonprofit"])
def test_a_fitted_ces_passes_and_noise_that_ignores_the_temperature_does_not(name):
    utility, rng = profile(name).utility(WELFARE), np.random.default_rng(1)
    for tau, passes in ((TAU, True), (0.6, False)):
        chosen = draw_choices(utility, np.broadcast_to(tau, TAU.shape), rng)
        fitted = AuditedPreference.from_fit(fit_ces(WELFARE, chosen, TAU)).utility
        assert (noise_p_value(fitted, WELFARE, NONE, chosen, TAU) > 1e-3) is passes


def test_one_temperature_tells_nothing():
    chosen = np.zeros(300, int)
    assert noise_p_value(profile("study1"), WELFARE, NONE, chosen, np.full(300, 0.5)) is None
    chosen[TAU != 0.5] = -1
    assert noise_p_value(profile("study1"), WELFARE, NONE, chosen, TAU) is None
