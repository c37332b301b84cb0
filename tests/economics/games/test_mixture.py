"""Finite mixtures of social preferences."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.games import (
    GAMES,
    PlanChoices,
    SocialPreference,
    compare_mixtures,
    fit_mixture,
    fit_social_preference,
    homo_moralis,
    inequity_averse,
    plan_choices,
)
from tests.economics.games.simulation import rows

Kind = tuple[SocialPreference, float, int]


def population(kinds: list[Kind], seed: int, repeats: int = 1) -> PlanChoices:
    """Several players of each kind, each a group."""
    parts = [
        rows(preference, lam, seed + 100 * k + i, repeats, group=f"{k}-{i}")
        for k, (preference, lam, count) in enumerate(kinds)
        for i in range(count)
    ]
    games, beliefs, chosen, groups = ([x for part in parts for x in part[j]] for j in range(4))
    return plan_choices(games, beliefs, chosen, groups)


TWO: list[Kind] = [(homo_moralis(0.6), 5.0, 24), (inequity_averse(0.8, 0.5), 6.0, 12)]


@pytest.fixture(scope="module")
def data() -> PlanChoices:
    return population(TWO, 1, repeats=2)


def test_types_and_members_are_recovered(data: PlanChoices) -> None:
    fit = fit_mixture(data, 2, starts=4)
    assert fit.converged and fit.note == ""
    assert abs(fit.shares[0] - 2 / 3) < 3 * fit.share_errors[0]
    truth = np.array([[0, 0, 0.6, 5.0], [0.8, 0.5, 0, 6.0]])
    known = np.isfinite(fit.standard_errors)
    assert known[0].all() and known[1, [0, 1, 3]].all()
    assert np.all(np.abs(fit.values - truth)[known] < 3.5 * fit.standard_errors[known])
    member = {label: int(np.argmax(p)) for label, p in zip(fit.group_labels, fit.posterior, strict=True)}
    wrong = sum(int(str(label).startswith("1")) != k for label, k in member.items())
    assert wrong <= 1
    np.testing.assert_allclose(fit.posterior.sum(axis=1), 1.0)


def test_criteria_prefer_two_types(data: PlanChoices) -> None:
    fits = compare_mixtures(data, 3, starts=3)
    assert [fit.types for fit in fits] == [1, 2, 3]
    assert min(fits, key=lambda fit: fit.bic).types == 2
    assert min(fits, key=lambda fit: fit.icl).types == 2
    assert fits[0].loglik < fits[1].loglik and fits[1].loglik <= fits[2].loglik + 1e-3


def test_one_type_is_the_pooled_estimate(data: PlanChoices) -> None:
    pooled = fit_social_preference(data)
    fit = fit_mixture(data, 1)
    np.testing.assert_allclose(fit.values[0], pooled.values, atol=1e-4)
    assert fit.loglik == pytest.approx(pooled.loglik)
    assert fit.shares.tolist() == [1.0]


def test_information_is_the_curvature_of_the_likelihood() -> None:
    """Standard errors against a numerical Hessian of the mixture's log-likelihood."""
    from scipy.special import logsumexp

    from fiduciary.economics.games.likelihood import PlanLikelihood

    small = population([(homo_moralis(0.6), 5.0, 14), (homo_moralis(0.1), 8.0, 10)], 5)
    fit = fit_mixture(small, 2, "moralis", starts=4)
    likelihood = PlanLikelihood.of(small, (0, 1))

    def total(x: np.ndarray) -> float:
        kappa, lam, share = x[[0, 2]], x[[1, 3]], np.array([x[4], 1 - x[4]])
        parts = []
        for k in range(2):
            logs = likelihood.log_probabilities(np.array([1, kappa[k]]) / lam[k])
            stated = logs[small.situation, small.shares.argmax(axis=1)]
            parts.append(np.bincount(small.groups, stated))
        return float(logsumexp(np.log(share) + np.stack(parts, 1), axis=1).sum())

    x = np.array([*fit.values[0], *fit.values[1], fit.shares[0]])
    h = 1e-3 * np.array([1, 5, 1, 5, 1])
    hessian = np.empty((5, 5))
    for i in range(5):
        for j in range(5):
            ei, ej = np.eye(5)[i] * h, np.eye(5)[j] * h
            hessian[i, j] = (
                total(x + ei + ej) - total(x + ei - ej) - total(x - ei + ej) + total(x - ei - ej)
            ) / (4 * h[i] * h[j])
    errors = np.sqrt(np.diag(np.linalg.inv(-hessian)))
    ours = [*fit.standard_errors[0], *fit.standard_errors[1], fit.share_errors[0]]
    np.testing.assert_allclose(ours, errors, rtol=0.02)


def test_same_seed_same_fit(data: PlanChoices) -> None:
    first, second = (fit_mixture(data, 2, "moralis", seed=3, starts=2) for _ in range(2))
    np.testing.assert_array_equal(first.values, second.values)


def test_few_groups_have_estimates_and_no_errors() -> None:
    small = population([(homo_moralis(0.7), 5.0, 3), (inequity_averse(0.8, 0.5), 5.0, 2)], 2, repeats=6)
    fit = fit_mixture(small, 2, starts=3)
    assert "5 groups are not more than" in fit.note
    assert np.isnan(fit.standard_errors).all() and np.isfinite(fit.values).all()
    assert fit.to_dict()["note"] == fit.note


def test_deterministic_types_have_estimates_and_no_errors() -> None:
    parts = []
    for k, preference in enumerate((homo_moralis(0.7), inequity_averse(0.8, 0.5))):
        for i in range(12):
            games, beliefs, _, _ = rows(preference, 1.0, 50 * k + i, repeats=1)
            chosen = [preference.best_plans(g, b)[0] for g, b in zip(games, beliefs, strict=True)]
            parts.append((games, beliefs, chosen, [f"{k}-{i}"] * len(games)))
    games, beliefs, chosen, groups = ([x for part in parts for x in part[j]] for j in range(4))
    fit = fit_mixture(plan_choices(games, beliefs, chosen, groups), 2, starts=3)
    assert np.isnan(fit.standard_errors).all()
    assert sorted(np.round(fit.values[:, 2], 1).tolist()) == [0.0, 0.7]
    assert sorted({int(np.argmax(p)) for p in fit.posterior}) == [0, 1]


def test_bad_arguments_are_refused(data: PlanChoices) -> None:
    for types in (0, 37, 1.5):
        with pytest.raises(ValueError, match="types must be an integer from 1 to the 36 groups"):
            fit_mixture(data, types)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="starts"):
        fit_mixture(data, 2, starts=0)
    with pytest.raises(ValueError, match="model must be one of"):
        fit_mixture(data, 2, "kind")  # type: ignore[arg-type]
    one = plan_choices([GAMES["ultimatum_1"]] * 4, [(0.5, 0.5)] * 4, [(1, 1), (0, 1), (1, 0), (0, 0)])
    with pytest.raises(ValueError, match="do not identify the model 'sum'"):
        fit_mixture(one, 2)
