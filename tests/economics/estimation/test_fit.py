"""fit_ces returns what was put in, agrees with outside programs, and refuses what it cannot use."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from fiduciary.economics.estimation import THETA_NAMES, TooFewChoices, fit_ces
from fiduciary.economics.logit import choice_probabilities, draw_choices, log_choice_probabilities
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, PROFILES, profile
from tests.economics.estimation.conftest import places

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def biogeme():
    table = pd.read_csv(DATA / "biogeme_choices.csv")
    columns = [[f"{name}{j}" for name in ("sh", "em", "co", "soc")] for j in range(4)]
    welfare = np.stack([table[names].to_numpy() for names in columns], axis=1)
    reference = json.loads((DATA / "biogeme_estimate.json").read_text())
    return fit_ces(welfare, table["chosen"].to_numpy(), table["tau"].to_numpy()), reference


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("theta_SH", "theta_SH"),
        ("theta_EM", "theta_EM"),
        ("theta_CO", "theta_CO"),
        ("rho", "rho"),
        ("gamma", "gamma"),
    ],
)
def test_estimates_and_both_standard_errors_equal_biogeme(biogeme, ours, theirs):
    """To five significant digits; four are asked for."""
    fit, reference = biogeme
    expected = reference["parameters"][theirs]
    assert fit.estimate(ours) == pytest.approx(expected["estimate"], rel=1e-5)
    assert fit.se(ours, "observed") == pytest.approx(expected["se"], rel=1e-5)
    assert fit.se(ours, "robust") == pytest.approx(expected["robust_se"], rel=1e-5)
    assert fit.loglik == pytest.approx(reference["loglik"], rel=1e-9)


def test_agrees_with_a_plain_slsqp(simulate, interior):
    """The paper's own optimiser on the plainest likelihood reaches the same maximum."""
    w, c, tau = simulate(interior, 400)

    def loss(p):
        ces = CES(tuple(np.clip(p[:4], 1e-9, 1) / np.clip(p[:4], 1e-9, 1).sum()), p[4], np.exp(p[5]))
        return -log_choice_probabilities(ces.utility(w), tau)[np.arange(len(w)), c].sum() / len(w)

    best = minimize(
        loss,
        [0.25] * 4 + [0.5, 0.0],
        method="SLSQP",
        bounds=[(1e-6, 1)] * 4 + [(-20, 1), (-5, 5)],
        constraints={"type": "eq", "fun": lambda p: p[:4].sum() - 1},
        options={"ftol": 1e-13, "maxiter": 500},
    )
    fit = fit_ces(w, c, tau)
    assert fit.loglik >= -best.fun * len(w) - 1e-6
    np.testing.assert_allclose(fit.theta, best.x[:4], atol=2e-3)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("name", "design"), [("study1", "published"), ("symmetric", "default")])
def test_recovers_interior_preferences(simulate, name, design, seed):
    true = profile(name)
    fit = fit_ces(*simulate(true, 3000, design, seed))
    for parameter, value in zip(fit.names, (*true.theta, true.rho, 1.0), strict=True):
        assert abs(fit.estimate(parameter) - value) < 4 * fit.se(parameter, "observed")
    assert fit.converged
    assert fit.theta.sum() == pytest.approx(1, abs=1e-12)


def test_recovers_a_preference_at_the_boundary(simulate):
    fit = fit_ces(*simulate(profile("for_profit"), 3000))
    assert fit.theta[0] > 0.95
    assert "boundary" in fit.statuses
    assert all(np.isnan(fit.se(n)) for n in fit.names if fit.status(n) != "ok")


def test_exact_probabilities_give_the_exact_parameters(simulate, interior):
    w, _, _ = simulate(interior, 300)
    p = choice_probabilities(interior.utility(w))
    fit = fit_ces(w, None, 1.0, probabilities=np.where(np.isnan(w[..., 0]), np.nan, p))
    np.testing.assert_allclose(fit.values, [*interior.theta, interior.rho, 1.0], atol=1e-5)


def test_censored_labels_do_not_bias(simulate, interior):
    """Dropping the labels that a server did not return leaves exact answers exact."""
    w, _, _ = simulate(interior, 400)
    p = choice_probabilities(interior.utility(w))
    p = np.where(np.isnan(w[..., 0]) | (p < 0.02), np.nan, p)
    fit = fit_ces(w, None, 1.0, probabilities=p)
    assert fit.n_censored > 50
    np.testing.assert_allclose(fit.values, [*interior.theta, interior.rho, 1.0], atol=1e-4)


def test_observed_information_is_refused_for_probabilities(simulate, interior):
    w, _, _ = simulate(interior, 100)
    p = choice_probabilities(interior.utility(w))
    fit = fit_ces(w, None, 1.0, probabilities=np.where(np.isnan(w[..., 0]), np.nan, p))
    with pytest.raises(ValueError, match="kind='observed' is refused for probabilities"):
        fit.se("rho", "observed")


def test_repeating_every_problem_leaves_clustered_errors_alone(simulate, interior):
    """Two more copies of each answer add nothing: clustering by problem says so, the rest is fooled."""
    w, c, tau = simulate(interior, 500)
    once = fit_ces(w, c, tau)
    copied = np.tile(np.arange(500), 6)
    twice, six = (fit_ces(w[k], c[k], tau[k], groups=k) for k in (copied[:1000], copied))
    np.testing.assert_allclose(six.values, once.values, atol=1e-6)
    assert six.se("rho") == pytest.approx(twice.se("rho"), rel=1e-4)
    assert six.se("rho", "observed") == pytest.approx(once.se("rho", "observed") / np.sqrt(6), rel=1e-4)
    assert six.n_groups == 500


def test_errors_are_those_of_leaving_each_problem_out(simulate, interior):
    """The jackknife, by refits: a tenth wider than a plain sandwich of so few problems."""
    w, _, _ = simulate(interior, 90, seed=3)
    strays = 0.5 * np.random.default_rng(0).standard_normal(w.shape[:2])
    p = np.where(np.isnan(w[..., 0]), np.nan, choice_probabilities(interior.utility(w) + strays))
    fit = fit_ces(w, None, 1.0, probabilities=p)
    left = np.array([fit_ces(w[k], None, 1.0, probabilities=p[k]).values for k in ~np.eye(90, dtype=bool)])
    around = left - left.mean(axis=0)
    jackknife = np.sqrt((around**2).sum(axis=0))
    for k, name in enumerate(fit.names):
        assert fit.se(name) == pytest.approx(jackknife[k], rel=0.02), name


def test_what_each_problem_moves_matters_less_the_more_there_are(simulate, interior, monkeypatch):
    """Leaving each out widens the errors of a hundred problems by more than those of many."""
    wider = []
    for n in (100, 1500):
        w, _, _ = simulate(interior, n, seed=3)
        p = np.where(np.isnan(w[..., 0]), np.nan, choice_probabilities(interior.utility(w) ** 0.9))
        corrected = fit_ces(w, None, 1.0, probabilities=p)
        with monkeypatch.context() as patch:
            patch.setattr("fiduciary.economics.estimation.uncertainty.FEW", 0)
            plain = fit_ces(w, None, 1.0, probabilities=p)
        wider.append(corrected.se("rho") / plain.se("rho"))
    assert 1 < wider[1] < 1.02 < wider[0]


def test_free_scale_needs_no_temperature(simulate, interior):
    w, c, _ = simulate(interior, 3000, temperatures=(0.5,))
    fit = fit_ces(w, c, None, scale="free")
    assert fit.gamma == pytest.approx(2.0, rel=0.25)
    assert "γ/τ" in fit.gamma_meaning


def test_power_scale_accepts_noise_that_is_proportional_to_temperature(simulate, interior):
    fit = fit_ces(*simulate(interior, 4000, seed=2), scale="power")
    assert abs(fit.estimate("eta") - 1) < 3 * fit.se("eta")
    assert fit.power_test.p_value > 0.01
    assert fit.proportional and fit.gamma_meaning == "conviction γ"


def test_power_scale_rejects_noise_that_is_not(simulate, interior):
    """True noise τ + 1: γ may then not be called conviction."""
    w, _, tau = simulate(interior, 4000)
    chosen = draw_choices(interior.utility(w), tau + 1, np.random.default_rng(5))
    fit = fit_ces(w, chosen, tau, scale="power")
    assert fit.power_test.p_value < 1e-6
    assert "not conviction" in fit.gamma_meaning


def test_seventeen_answers_show_no_conviction(simulate, interior):
    """Not rejecting η = 1 is easy with few answers: the interval is far too wide."""
    for seed in range(12):
        fit = fit_ces(*simulate(interior, 17, "default", seed), scale="power")
        assert not fit.proportional and "conviction γ" not in fit.gamma_meaning


def test_a_failure_to_reject_is_no_conviction(simulate, interior):
    fit = fit_ces(*simulate(interior, 150), scale="power")
    assert fit.power_test.p_value > 0.05 and not fit.proportional
    assert fit.gamma_meaning == "γ (not shown to be conviction)"


def test_noise_outside_the_bounds_of_equivalence_is_seldom_called_proportional(simulate, interior):
    """η = 1.3, just beyond the bound of 1.25, at a size that shows η = 1 half of the time."""
    shown = []
    for seed in range(10):
        w, _, tau = simulate(interior, 1000, "default", seed)
        chosen = draw_choices(interior.utility(w), tau**1.3, np.random.default_rng(seed))
        shown.append(fit_ces(w, chosen, tau, scale="power").proportional)
    assert sum(shown) <= 1


def test_probabilities_are_no_conviction(simulate, interior):
    """Drawn by the sampler as they are, they hold no noise that could scale, at whatever temperatures."""
    w, _, tau = simulate(interior, 300)
    for temperature in (1.0, tau):
        p = choice_probabilities(interior.utility(w), temperature)
        p = np.where(np.isnan(w[..., 0]), np.nan, p)
        fit = fit_ces(w, None, temperature, probabilities=p)
        assert fit.gamma_meaning == "γ (scale of the log-probabilities; not conviction)"
    assert not fit_ces(w, None, tau, probabilities=p, scale="power").proportional


def test_missing_answers_are_dropped_and_counted(simulate, interior):
    w, c, tau = simulate(interior, 500)
    lost = np.arange(500) % 5 == 0
    fit = fit_ces(w, np.where(lost, -1, c), tau)
    kept = fit_ces(w[~lost], c[~lost], tau[~lost])
    assert (fit.n, fit.n_missing) == (400, 100)
    np.testing.assert_allclose(fit.values, kept.values, atol=1e-8)


def test_the_shift_matters_for_rho(simulate):
    """Data made with K = 5 and fitted with K = 20 give another ρ: K is no nuisance."""
    w, c, tau = simulate(profile("study1"), 4000, "published")
    right, wrong = fit_ces(w, c, tau), fit_ces(w, c, tau, shift=20.0)
    assert right.rho - wrong.rho > 0.1
    np.testing.assert_allclose(right.theta, wrong.theta, atol=0.03)


def test_rho_above_one_is_found_where_it_is_allowed(simulate):
    """Study 2 printed ρ = 1.17; the bound is an argument."""
    w, _, tau = simulate(profile("study1"), 4000)
    x = w + 5
    v = (x**1.6 @ np.array([0.3, 0.3, 0.2, 0.2])) ** (1 / 1.6)
    chosen = draw_choices(v, tau, np.random.default_rng(1))
    assert fit_ces(w, chosen, tau).rho == 1.0
    assert fit_ces(w, chosen, tau, rho_max=3.0).rho == pytest.approx(1.6, abs=0.2)


def test_the_dict_says_what_was_estimated(simulate, interior):
    plain = fit_ces(*simulate(interior, 300)).to_dict()
    json.dumps(plain)
    assert plain["units"].startswith("raw") and plain["shift"] == 5.0


W = np.ones((20, 3, 4))
C = np.zeros(20, int)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"welfare": np.ones((20, 3))}, "welfare must have shape"),
        ({"welfare": W - 7}, r"welfare must be positive after the shift K = 5, got -6"),
        ({"chosen": C + 3}, "chosen must lie in -1 … 2"),
        ({"chosen": C.astype(float)}, "chosen must be integers"),
        ({"chosen": C[:5]}, "chosen must be integers of shape"),
        ({"temperature": 0.0}, "temperature must be finite and > 0"),
        ({"temperature": np.full(20, -1.0)}, "temperature must be finite and > 0"),
        ({"temperature": None}, "temperature is needed unless scale='free'"),
        ({"groups": C[:3]}, "groups must have shape"),
        ({"position": np.full((20, 3), 7)}, "position must lie in 0 … 2"),
        ({"probabilities": np.full((20, 3), 2.0)}, r"probabilities must lie in \[0, 1\]"),
        ({"scale": "loud"}, "scale must be 'tau', 'free' or 'power', got 'loud'"),
        ({"scale": "power"}, "at least two temperatures"),
        ({"rho_max": 99}, "rho_max must lie between"),
        ({"starts": 0}, "starts must be at least 1"),
    ],
)
def test_bad_arguments_are_named(change, message):
    arguments = {"welfare": W, "chosen": C, "temperature": 1.0, **change}
    with pytest.raises(ValueError, match=message):
        fit_ces(**arguments)


def test_too_few_choices_have_an_error_of_their_own():
    with pytest.raises(TooFewChoices, match="at least 10 valid choices are needed, got 4 of 20"):
        fit_ces(W, np.where(np.arange(20) < 4, 0, -1), 1.0)


def test_options_without_differences_are_not_identified():
    """Every option alike: nothing is learned, and the fit says so instead of inventing errors."""
    fit = fit_ces(W, C, 1.0)
    assert set(fit.statuses) <= {"not identified", "boundary", "separated"}
    assert np.isnan(fit.se("rho"))


def test_too_few_clusters_give_no_standard_errors(simulate, interior):
    w, c, tau = simulate(interior, 300)
    fit = fit_ces(w, c, tau, groups=np.arange(300) % 4)
    assert fit.status("rho") == "too few clusters"
    assert np.isnan(fit.se("rho"))


def test_choices_that_ignore_welfare_identify_no_preference(simulate, interior):
    w, _, tau = simulate(interior, 600)
    chosen = draw_choices(0 * w[..., 0], tau, np.random.default_rng(3))
    fit = fit_ces(w, chosen, tau)
    assert {fit.status(name) for name in fit.names[:5]} == {"not identified"}
    assert fit.interval("theta_SH")[:2] == (0.0, 1.0)


def test_a_design_that_moves_one_lever_still_gives_intervals(simulate):
    """Wage problems alone say nothing of consumers and society; every interval exists all the same."""
    fit = fit_ces(*simulate(profile("study1"), 400, "wage"))
    for name in fit.names:
        low, high, _ = fit.interval(name)
        assert low <= high


def test_a_weight_beside_three_at_their_bound_has_no_standard_error() -> None:
    """It has nowhere to go, so that an error of 0 would be none: the interval says what is known."""
    welfare = stack(generate(200, seed=2))
    temperature = np.resize([0.2, 0.5, 1.0], len(welfare))
    utility = PROFILES["for_profit"].utility(welfare)
    fit = fit_ces(welfare, draw_choices(utility, temperature, np.random.default_rng(2)), temperature)
    assert 1 - 1e-4 < fit.theta[0] < 1 - 1e-6
    assert [fit.status(name) for name in THETA_NAMES] == ["boundary"] * 4
    assert np.isnan(fit.se("theta_SH"))
    low, high, _ = fit.interval("theta_SH")
    assert low < 1 <= high + 1e-9


@pytest.mark.parametrize("decimals", [None, 4, 6])
@pytest.mark.parametrize("noise", [0.0, 1e-9, 1e-3, 0.3])
@pytest.mark.parametrize("name", ["for_profit", "nonprofit"])
def test_nearly_certain_probabilities_never_give_a_standard_error_of_nothing(name, noise, decimals) -> None:
    """An error is either one that answers could have given or none at all, and the status says why."""
    for seed, (n, gamma) in enumerate([(20, 1), (40, 3), (40, 10), (80, 1)]):
        rng = np.random.default_rng([seed, 8])
        welfare = stack(generate(n, seed))
        utility = gamma * PROFILES[name].utility(welfare) + noise * rng.standard_normal(welfare.shape[:2])
        temperature = rng.permutation(np.resize([0.2, 0.5, 1.0], n))
        p = np.where(np.isnan(utility), np.nan, choice_probabilities(utility, temperature))
        p = p if decimals is None else np.round(p, decimals)
        fit = fit_ces(welfare, None, temperature, probabilities=p, position=places(welfare, rng))
        for parameter in fit.names:
            if fit.status(parameter) == "ok":
                assert fit.se(parameter) > 1e-8
            else:
                assert np.isnan(fit.se(parameter))


def test_answers_that_are_a_preference_to_the_last_digit_are_called_exact(simulate, interior):
    w, _, _ = simulate(interior, 300)
    p = choice_probabilities(interior.utility(w))
    fit = fit_ces(w, None, 1.0, probabilities=np.where(np.isnan(w[..., 0]), np.nan, p))
    assert set(fit.statuses) == {"exact"}
    assert np.isnan(fit.se("theta_SH"))
    low, high, method = fit.interval("theta_SH")
    assert method == "exact"
    assert low < interior.theta[0] < high < low + 1e-6


def test_a_problem_of_weight_two_counts_like_the_problem_twice():
    u = CES((0.3, 0.25, 0.25, 0.2), 0.5)
    rng = np.random.default_rng(4)
    welfare = stack(generate(300, 4, trade_offs="joint"))
    chosen = draw_choices(u.utility(welfare), 0.5, rng)
    place = np.where(np.isnan(welfare[..., 0]), -1, np.arange(welfare.shape[1]))
    weight = rng.integers(1, 4, 300)
    again = np.repeat(np.arange(300), weight)
    weighted = fit_ces(welfare, chosen, 0.5, position=place, importance=weight)
    repeated = fit_ces(welfare[again], chosen[again], 0.5, position=place[again], groups=again)
    np.testing.assert_allclose(weighted.values, repeated.values, atol=2e-4)
    assert weighted.se("theta_SH") == pytest.approx(repeated.se("theta_SH"), rel=1e-3)
    with pytest.raises(ValueError, match="refused for probabilities and weights"):
        weighted.covariance("observed")


@pytest.mark.parametrize(
    ("weight", "message"),
    [([1.0] * 3, "importance must have shape"), ([0.0] * 40, "importance must be finite")],
)
def test_weights_that_are_none_are_refused(weight, message):
    welfare = stack(generate(40, 1))
    with pytest.raises(ValueError, match=message):
        fit_ces(welfare, np.zeros(40, int), 0.5, importance=weight)
