"""Few clusters: the jackknife in one step, intervals that stay informative, clusters that stand alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fiduciary.economics.games import (
    GAMES,
    HOMO_ECONOMICUS,
    PlanChoices,
    SocialPreference,
    draw_plan,
    fit_social_preference,
    homo_moralis,
    inequity_averse,
    plan_choices,
)
from fiduciary.economics.games.clustering import jackknife_scores, small_sample
from fiduciary.economics.games.likelihood import PlanLikelihood, maximise

ALL = (0, 1, 2, 3)


def by_game(
    preference: SocialPreference, lam: float, seed: int, belief: tuple[float, ...], repeats: int = 20
) -> PlanChoices:
    """Plans in the 18 games under one belief, clustered by game."""
    rng = np.random.default_rng(seed)
    names = [name for name in GAMES for _ in range(repeats)]
    beliefs = [belief[: len(GAMES[name].tree.nodes)] for name in names]
    chosen = [draw_plan(GAMES[n], b, preference, lam, rng) for n, b in zip(names, beliefs, strict=True)]
    return plan_choices([GAMES[name] for name in names], beliefs, chosen, names)


def test_information_of_the_clusters_is_the_whole() -> None:
    data = by_game(homo_moralis(0.4), 5.0, 0, (0.5, 0.5, 0.5), repeats=3)
    likelihood, c = PlanLikelihood.of(data, ALL), np.array([0.2, 0.08, 0.03, -0.02])
    parts = likelihood.cluster_information(data, c)
    assert parts.shape == (18, 4, 4)
    np.testing.assert_allclose(parts.sum(axis=0), likelihood.evaluate(c)[2])


def test_scores_are_those_of_the_formula() -> None:
    data = by_game(SocialPreference(0.3, 0.2, 0.3), 6.0, 1, (0.5, 0.6, 0.3))
    likelihood = PlanLikelihood.of(data, ALL)
    c = maximise(likelihood).c
    found, alone = jackknife_scores(likelihood, data, c)
    information = likelihood.evaluate(c)[2]
    raw, parts = likelihood.cluster_scores(data, c), likelihood.cluster_information(data, c)
    expected = [
        np.linalg.solve(np.eye(4) - f @ np.linalg.inv(information), s)
        for s, f in zip(raw, parts, strict=True)
    ]
    np.testing.assert_allclose(found, np.array(expected) * np.sqrt(17 / 18), rtol=1e-5, atol=1e-7)
    assert not alone


def test_errors_are_those_of_leaving_each_game_out() -> None:
    """Outside reference: 18 refits without one game each; (G − 1)/G Σ (c₋g − c)(c₋g − c)ᵀ."""
    data = by_game(SocialPreference(0.3, 0.2, 0.4), 6.0, 2, (0.5, 0.6, 0.3))
    likelihood = PlanLikelihood.of(data, ALL)
    c = maximise(likelihood).c
    moved = []
    for g in range(data.n_groups):
        counts = data.weighted_counts((data.groups != g).astype(float))
        moved.append(maximise(PlanLikelihood.of(data, ALL, counts)).c - c)
    refits = np.array(moved).T @ np.array(moved) * 17 / 18
    scores, _ = jackknife_scores(likelihood, data, c)
    inverse = np.linalg.inv(likelihood.evaluate(c)[2])
    one_step = inverse @ scores.T @ scores @ inverse
    np.testing.assert_allclose(np.sqrt(np.diag(one_step)), np.sqrt(np.diag(refits)), rtol=0.15)


@pytest.mark.parametrize("seed", range(4))
def test_intervals_of_few_clusters_are_informative(seed: int) -> None:
    """Far from the estimate a wrong null is no reason for a wide interval."""
    fit = fit_social_preference(by_game(inequity_averse(0.8, -0.2), 3.0, seed, (0.4, 0.5, 0.1)))
    assert fit.n_groups == 18
    for name, true, width in (
        ("alpha", 0.8, 0.9),
        ("beta", -0.2, 0.8),
        ("kappa", 0.0, 0.3),
        ("lam", 3.0, 4.0),
    ):
        low, high, _ = fit.interval(name, 0.99)
        assert low <= true <= high and high - low < width, name
    assert fit.critical("kappa", 1.0) < 30


def test_what_clusters_guard_against_widens_errors() -> None:
    """Players whose preference differs from game to game: rows of one game are alike, errors larger."""
    rng = np.random.default_rng(0)
    parts = [
        by_game(homo_moralis(kappa), 5.0, int(rng.integers(1_000)), (0.5, 0.5, 0.5)) for kappa in (0.1, 0.7)
    ]
    even = parts[0].groups[:, None] % 2 == 0
    mixed = replace(parts[0], shares=np.where(even, parts[0].shares, parts[1].shares))
    alone = replace(mixed, groups=np.arange(mixed.n), group_labels=tuple(range(mixed.n)))
    assert fit_social_preference(mixed).se("kappa") > 1.5 * fit_social_preference(alone).se("kappa")


def test_a_cluster_that_alone_informs_a_parameter_has_no_standard_error() -> None:
    """With everybody giving back only the ultimatum game says what being ahead is worth: one cluster."""
    rng = np.random.default_rng(0)
    names = ["ultimatum_3"] * 40 + ["trust_3"] * 40 + ["trust_4"] * 40 + ["trust_6"] * 40
    names += ["trust_5"] * 40
    beliefs = [(0.5, 1.0) if n.startswith("trust") else (0.5, 0.5) for n in names]
    chosen = [draw_plan(GAMES[n], b, HOMO_ECONOMICUS, 12.0, rng) for n, b in zip(names, beliefs, strict=True)]
    fit = fit_social_preference(plan_choices([GAMES[n] for n in names], beliefs, chosen, names), "inequity")
    assert "too few clusters" in fit.statuses
    assert all(np.isnan(fit.se(n)) for n in fit.names if fit.status(n) == "too few clusters")


def test_small_sample_stretch() -> None:
    """t(17) at 97.5 % is 2.110, the normal 1.960."""
    assert small_sample(0.95, 18) == pytest.approx((2.1098 / 1.95996) ** 2, rel=1e-4)
    assert small_sample(0.95, 10_000) == pytest.approx(1, abs=1e-3)
