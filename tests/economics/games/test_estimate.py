"""Maximum-likelihood estimates of (α, β, κ, λ): derivatives, optimum, recovery, bounds, bad data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

from fiduciary.economics.games import (
    GAMES,
    HOMO_ECONOMICUS,
    Game,
    PlanChoices,
    SocialPreference,
    best_responses,
    draw_plan,
    fit_social_preference,
    homo_moralis,
    inequity_averse,
    plan_choices,
    plan_probabilities,
    plan_shares,
    plans,
)
from fiduciary.economics.games.estimate import Model
from fiduciary.economics.games.likelihood import PlanLikelihood, maximise
from tests.economics.games.simulation import choices, rows

AGENTS = [
    (HOMO_ECONOMICUS, 5.0),
    (homo_moralis(0.4), 5.0),
    (homo_moralis(1.0), 5.0),
    (inequity_averse(0.5, 0.3), 5.0),
    (SocialPreference(0.3, 0.2, 0.3), 6.0),
    (SocialPreference(-0.2, -0.1, 0.1), 10.0),
]


def loglik(data: PlanChoices, preference: SocialPreference, lam: float) -> float:
    """The log-likelihood from the definition of the logit, row by row."""
    total = 0.0
    for s, k in zip(data.situation, data.shares.argmax(axis=1), strict=True):
        total += np.log(plan_probabilities(data.games[s], data.beliefs[s], preference, lam)[k])
    return total


def test_likelihood_is_that_of_the_logit() -> None:
    data = choices(SocialPreference(0.3, 0.2, 0.3), 6.0, 1, repeats=3)
    c = np.array([1, 0.25, 0.4, -0.1]) / 7.0
    found = PlanLikelihood.of(data, (0, 1, 2, 3)).value(c)
    assert found == pytest.approx(loglik(data, SocialPreference(0.4, -0.1, 0.25), 7.0))


def test_gradient_and_information_against_finite_differences() -> None:
    likelihood = PlanLikelihood.of(choices(homo_moralis(0.4), 5.0, 2, repeats=2), (0, 1, 2, 3))
    c = np.array([0.2, 0.05, 0.03, -0.02])
    _, gradient, information = likelihood.evaluate(c)
    numeric = optimize.approx_fprime(c, likelihood.value, 1e-7)
    np.testing.assert_allclose(gradient, numeric, rtol=1e-3, atol=1e-2)
    hessian = np.array(
        [(likelihood.evaluate(c + e)[1] - likelihood.evaluate(c - e)[1]) / 2e-5 for e in 1e-5 * np.eye(4)]
    )
    np.testing.assert_allclose(-hessian, information, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize(("preference", "lam"), AGENTS)
def test_optimum_is_that_of_a_general_optimiser(preference: SocialPreference, lam: float) -> None:
    """Outside reference: L-BFGS-B in (α, β, κ, log λ) on the same likelihood."""
    data = choices(preference, lam, 3, repeats=8)
    fit = fit_social_preference(data)
    likelihood = PlanLikelihood.of(data, (0, 1, 2, 3))

    def minus(x: np.ndarray) -> float:
        return -likelihood.value(np.array([1, x[2], x[0], x[1]]) / np.exp(x[3]))

    best = min(
        (
            optimize.minimize(
                minus, [a, a, k, 2.0], method="L-BFGS-B", bounds=[(-5, 5), (-5, 5), (0, 1), (-3, 8)]
            )
            for a in (0.0, 0.4)
            for k in (0.1, 0.8)
        ),
        key=lambda r: r.fun,
    )
    assert fit.loglik >= -best.fun - 1e-6
    np.testing.assert_allclose(fit.values[:3], best.x[:3], atol=5e-3)
    assert fit.estimate("lam") == pytest.approx(np.exp(best.x[3]), rel=5e-3)
    assert loglik(data, fit.preference(), fit.estimate("lam")) == pytest.approx(fit.loglik)


def test_estimates_and_errors_are_those_of_statsmodels() -> None:
    """A conditional logit by another program, κ inside its bounds; the script lies beside the data."""
    stored = json.loads((Path(__file__).parent / "data" / "estimate.json").read_text("utf-8"))
    fit = fit_social_preference(choices(SocialPreference(0.3, 0.2, 0.3), 6.0, 3, repeats=6))
    np.testing.assert_allclose(fit.values, stored["estimates"], rtol=1e-4)
    errors = [fit.se(name) for name in fit.names]
    np.testing.assert_allclose(errors, stored["standard_errors"], rtol=1e-3)
    assert fit.loglik == pytest.approx(stored["loglik"], abs=1e-5)


@pytest.mark.parametrize(("preference", "lam"), AGENTS)
@pytest.mark.parametrize("seed", range(3))
def test_recovery(preference: SocialPreference, lam: float, seed: int) -> None:
    """18 games × 20 repeats: within three standard errors, or inside the interval at a bound."""
    fit = fit_social_preference(choices(preference, lam, 100 + seed))
    truth = {"alpha": preference.alpha, "beta": preference.beta, "kappa": preference.kappa, "lam": lam}
    for name, value in truth.items():
        if fit.status(name) == "boundary":
            low, high, _ = fit.interval(name)
            assert low <= value <= high
        else:
            assert abs(fit.estimate(name) - value) <= 3 * fit.se(name), name


def test_errors_are_those_of_repeated_samples() -> None:
    fits = [fit_social_preference(choices(SocialPreference(0.3, 0.2, 0.4), 6.0, 200 + s)) for s in range(40)]
    spread = np.std([fit.values for fit in fits], axis=0, ddof=1)
    mean = np.mean([[fit.se(name) for name in fit.names] for fit in fits], axis=0)
    # A standard deviation of 40 draws is off by 11 %; three times that.
    assert np.all(np.abs(spread / mean - 1) < 0.34)


def test_kappa_at_its_bound_has_an_interval_and_no_standard_error() -> None:
    fits = (fit_social_preference(choices(HOMO_ECONOMICUS, 5.0, seed)) for seed in range(40))
    fit = next(f for f in fits if f.status("kappa") == "boundary")
    assert fit.estimate("kappa") == 0.0 and np.isnan(fit.se("kappa"))
    low, high, method = fit.interval("kappa")
    assert low == 0 and 0 < high < 0.3 and method == "likelihood ratio"
    assert np.isfinite(fit.se("alpha"))


def test_critical_value_at_the_bound_is_the_half_half_mixture() -> None:
    """At κ = 0 the ratio is 0 half of the time: its 95 % point is χ²(1)'s 90 % point, 2.71."""
    fit = fit_social_preference(choices(HOMO_ECONOMICUS, 5.0, 4), "moralis")
    assert fit.critical("kappa", 0.0) == pytest.approx(2.706, abs=0.35)
    inside = fit_social_preference(choices(homo_moralis(0.5), 5.0, 4), "moralis")
    assert inside.critical("kappa", 0.5) == pytest.approx(3.841, abs=1e-3)


@pytest.mark.parametrize(("preference", "lam"), AGENTS)
def test_contains_agrees_with_the_interval(preference: SocialPreference, lam: float) -> None:
    fit = fit_social_preference(choices(preference, lam, 5))
    for name in fit.names:
        low, high, _ = fit.interval(name)
        width = high - low
        assert fit.contains(name, low + 0.05 * width) and fit.contains(name, high - 0.05 * width)
        for outside in (low - 0.05 * width, high + 0.05 * width):
            if name != "kappa" or 0 <= outside <= 1:
                assert not fit.contains(name, outside)
    assert not fit.contains("kappa", -0.1) and not fit.contains("kappa", 1.1)


def test_deterministic_plans_are_said_to_be_separated_with_the_set_that_explains_them() -> None:
    games, beliefs, _, _ = rows(HOMO_ECONOMICUS, 1.0, 0)
    preference = homo_moralis(0.4)
    chosen = [preference.best_plans(g, b)[0] for g, b in zip(games, beliefs, strict=True)]
    fit = fit_social_preference(plan_choices(games, beliefs, chosen))
    assert set(fit.statuses) == {"separated"} and fit.estimate("lam") == 0
    assert fit.explained is not None
    for name, truth in (("alpha", 0.0), ("beta", 0.0), ("kappa", 0.4)):
        low, high, method = fit.interval(name)
        assert low <= truth <= high and high - low < 0.1 and method == "set that explains every plan"
    low, high, _ = fit.interval("lam")
    assert low == 0 and 0 < high < 0.5
    inside = fit.preference()
    for game, belief, plan in zip(games, beliefs, chosen, strict=True):
        assert plan in inside.best_plans(game, belief, tolerance=1e-6)


def test_random_plans_leave_the_noise_without_an_upper_end() -> None:
    rng = np.random.default_rng(0)
    games, beliefs, _, _ = rows(HOMO_ECONOMICUS, 1.0, 0, repeats=5)
    chosen = [plans(game)[rng.integers(len(plans(game)))] for game in games]
    fit = fit_social_preference(plan_choices(games, beliefs, chosen))
    assert fit.interval("lam").high == np.inf
    assert fit.interval("alpha")[:2] == (-np.inf, np.inf)
    assert fit.interval("kappa")[:2] == (0.0, 1.0)


@pytest.mark.parametrize("model", ["economicus", "inequity", "sum"])
def test_plans_against_the_own_interest_put_the_noise_at_its_bound(model: Model) -> None:
    games, beliefs, _, _ = rows(HOMO_ECONOMICUS, 1.0, 0, repeats=5)
    rng = np.random.default_rng(1)
    # Utilities turned round: the worst plan is the likeliest.
    chosen = []
    for game, belief in zip(games, beliefs, strict=True):
        p = plan_probabilities(game, belief, HOMO_ECONOMICUS, 20.0)
        p = 1 / p / (1 / p).sum()
        chosen.append(plans(game)[rng.choice(len(p), p=p)])
    fit = fit_social_preference(plan_choices(games, beliefs, chosen), model)
    assert fit.status("lam") == "boundary" and fit.estimate("lam") == np.inf
    assert {fit.status(name) for name in fit.names if name != "lam"} <= {"not identified"}
    low, high, _ = fit.interval("lam")
    assert 20 < low < np.inf and high == np.inf


def test_one_game_does_not_identify_the_sum_and_says_along_what() -> None:
    game = GAMES["ultimatum_1"]
    rng = np.random.default_rng(0)
    chosen = [draw_plan(game, (0.5, 0.8), HOMO_ECONOMICUS, 10, rng) for _ in range(50)]
    fit = fit_social_preference(plan_choices([game] * 50, [(0.5, 0.8)] * 50, chosen))
    assert "not identified" in fit.statuses and len(fit.open_directions) == 1
    unknown = [name for name in fit.names if fit.status(name) == "not identified"]
    assert all(np.isnan(fit.estimate(name)) and np.isnan(fit.se(name)) for name in unknown)
    assert fit.interval("kappa").method == "not identified"
    with pytest.raises(ValueError, match="could not be estimated: not identified"):
        fit.preference()


def test_clusters_that_repeat_rows_change_errors_and_not_estimates() -> None:
    games, beliefs, chosen, groups = rows(homo_moralis(0.4), 5.0, 6)
    once = fit_social_preference(plan_choices(games, beliefs, chosen, groups))
    four = fit_social_preference(plan_choices(games * 4, beliefs * 4, chosen * 4, groups * 4))
    naive = fit_social_preference(plan_choices(games * 4, beliefs * 4, chosen * 4))
    np.testing.assert_allclose(four.values, once.values, atol=1e-4)
    assert four.n == 4 * once.n and four.n_groups == once.n
    for name in once.names:
        assert naive.se(name) == pytest.approx(once.se(name) / 2, rel=1e-3)
        assert four.se(name) == pytest.approx(once.se(name), rel=0.25)
    assert four.interval("kappa").method == "Wald, clustered"


def test_clustered_interval_at_the_bound() -> None:
    games, beliefs, chosen, groups = rows(inequity_averse(0.5, 0.3), 5.0, 0)
    fit = fit_social_preference(plan_choices(games * 3, beliefs * 3, chosen * 3, groups * 3))
    low, high, method = fit.interval("kappa")
    assert low == 0 and 0 < high < 0.2 and method == "likelihood ratio"
    assert fit.contains("alpha", 0.5) and fit.contains("lam", 5.0, level=0.99)


def test_too_few_clusters() -> None:
    games, beliefs, chosen, _ = rows(homo_moralis(0.4), 5.0, 6, repeats=3)
    fit = fit_social_preference(plan_choices(games, beliefs, chosen, [i % 3 for i in range(len(games))]))
    assert set(fit.statuses) == {"too few clusters"}
    assert np.all(np.isfinite(fit.values)) and np.isnan(fit.se("kappa"))


@pytest.mark.parametrize(
    ("model", "names"),
    [
        ("inequity", ("alpha", "beta", "lam")),
        ("moralis", ("kappa", "lam")),
        ("economicus", ("lam",)),
    ],
)
def test_nested_models(model: str, names: tuple[str, ...]) -> None:
    data = choices(homo_moralis(0.4), 5.0, 8)
    fit, full = fit_social_preference(data, model), fit_social_preference(data)  # type: ignore[arg-type]
    assert fit.names == names and fit.loglik <= full.loglik + 1e-9
    if model == "moralis":
        # α = β = 0 is true: twice the difference is χ²(2), beyond 13.8 once in a thousand.
        assert 2 * (full.loglik - fit.loglik) < 13.8
        assert abs(fit.estimate("kappa") - 0.4) < 3 * fit.se("kappa")
    else:
        assert full.loglik - fit.loglik > 10


def test_missing_rows_are_dropped_and_counted() -> None:
    games, beliefs, chosen, groups = rows(homo_moralis(0.4), 5.0, 9, repeats=2)
    fit = fit_social_preference(
        plan_choices(
            [*games, games[0], games[1]],
            [*beliefs, None, beliefs[1]],
            [*chosen, chosen[0], None],
            [*groups, 98, 99],
        )
    )
    assert (fit.n, fit.n_missing, fit.n_groups) == (36, 2, 36)
    assert fit.loglik == pytest.approx(fit_social_preference(plan_choices(games, beliefs, chosen)).loglik)


def test_bad_data_are_refused() -> None:
    game = GAMES["trust_1"]
    with pytest.raises(ValueError, match="no valid choice among 0 rows"):
        plan_choices([], [], [])
    with pytest.raises(ValueError, match="no valid choice among 1 rows"):
        plan_choices([game], [None], [(1, 1)])
    with pytest.raises(ValueError, match="as long as each other, got 1, 2, 1"):
        plan_choices([game], [(0.5, 0.5)] * 2, [(1, 1)])
    with pytest.raises(ValueError, match="unknown plan"):
        plan_choices([game], [(0.5, 0.5)], [(1, 1, 1)])
    with pytest.raises(ValueError, match="a probability of each of the 4 plans"):
        plan_shares([game], [(0.5, 0.5)], [(0.5, 0.5)])
    with pytest.raises(ValueError, match="a probability of each of the 4 plans"):
        plan_shares([game], [(0.5, 0.5)], [(0.5, 0.5, 0.5, -0.5)])
    with pytest.raises(ValueError, match="belief at invest must lie"):
        plan_choices([game], [(50, 0.5)], [(1, 1)])
    data = plan_choices([game], [(0.5, 0.5)], [(1, 1)])
    with pytest.raises(ValueError, match="model must be one of sum, inequity, moralis, economicus"):
        fit_social_preference(data, "altruist")  # type: ignore[arg-type]
    fit = fit_social_preference(choices(HOMO_ECONOMICUS, 5.0, 1, repeats=2))
    with pytest.raises(ValueError, match="unknown parameter 'gamma'"):
        fit.interval("gamma")
    with pytest.raises(ValueError, match="level must lie strictly between"):
        fit.interval("kappa", 95)


def test_a_fit_says_itself_in_numbers() -> None:
    fit = fit_social_preference(choices(homo_moralis(0.4), 5.0, 1, repeats=4))
    assert fit.to_dict()["n"] == 72
    assert fit.to_dict()["estimates"]["kappa"] == fit.estimate("kappa")


def test_maximum_in_the_cone_beats_every_point_of_a_grid() -> None:
    data = choices(inequity_averse(0.5, 0.3), 5.0, 0)
    likelihood = PlanLikelihood.of(data, (0, 1, 2, 3))
    found = maximise(likelihood)
    rng = np.random.default_rng(0)
    for _ in range(500):
        noise = rng.uniform(0.5, 1.5)
        trial = np.array([1, rng.uniform(0, 0.3), rng.normal(0.5, 0.2), rng.normal(0.3, 0.2)]) * noise / 5
        assert likelihood.value(trial) <= found.value + 1e-9


@pytest.mark.parametrize("factor", [1e-3, 1e4])
def test_units_of_the_payoffs_scale_the_noise_and_nothing_else(factor: float) -> None:
    games, beliefs, chosen, _ = rows(SocialPreference(0.3, 0.2, 0.3), 6.0, 11, repeats=6)
    scaled = [Game(g.form, *(v * factor for v in g.payoffs)) for g in games]
    fit = fit_social_preference(plan_choices(games, beliefs, chosen))
    other = fit_social_preference(plan_choices(scaled, beliefs, chosen))
    np.testing.assert_allclose(other.values[:3], fit.values[:3], rtol=1e-3, atol=1e-4)
    assert other.estimate("lam") == pytest.approx(factor * fit.estimate("lam"), rel=1e-3)
    assert other.se("kappa") == pytest.approx(fit.se("kappa"), rel=1e-3)
    np.testing.assert_allclose(other.interval("kappa")[:2], fit.interval("kappa")[:2], rtol=0.02, atol=1e-3)
    assert other.interval("lam").high == pytest.approx(factor * fit.interval("lam").high, rel=0.02)


def test_distributions_over_plans_count_as_their_draws_do_on_average() -> None:
    """Exact shares give the preference back; a share of ¼, ¾ counts as one plan in four and three in four."""
    preference, lam = SocialPreference(0.3, 0.2, 0.4), 6.0
    games, beliefs = list(GAMES.values()), [(0.6, 0.7, 0.2)[: len(g.tree.nodes)] for g in GAMES.values()]
    exact = [plan_probabilities(g, b, preference, lam).tolist() for g, b in zip(games, beliefs, strict=True)]
    fit = fit_social_preference(plan_shares(games, beliefs, exact))
    for name, true in (("alpha", 0.3), ("beta", 0.2), ("kappa", 0.4), ("lam", 6.0)):
        assert fit.estimate(name) == pytest.approx(true, abs=1e-3)
    drawn = [(1, 1, 0)[: len(g.tree.nodes)] for g in games]
    other = [(0, 0, 0)[: len(g.tree.nodes)] for g in games]
    quarters = [
        [0.75 * (plan == a) + 0.25 * (plan == b) for plan in plans(g)]
        for g, a, b in zip(games, drawn, other, strict=True)
    ]
    stated = plan_choices(games * 4, beliefs * 4, drawn * 3 + other, list(range(18)) * 4)
    shared = plan_shares(games, beliefs, quarters, list(range(18)))
    assert shared.counts * 4 == pytest.approx(stated.counts)
    one, four = (fit_social_preference(data, "inequity") for data in (shared, stated))
    assert one.values == pytest.approx(four.values, abs=1e-6)
    assert best_responses(shared).share == pytest.approx(best_responses(stated).share)
