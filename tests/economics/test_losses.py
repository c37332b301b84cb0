"""What choices lose in a principal's utility, by hand and by its properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.logit import draw_choices
from fiduciary.economics.losses import gained, losses, served, shortfalls
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, PROFILES

WELFARE = np.array(
    [
        [[1.0, 2.0, 3.0, 4.0], [5.0, 0.0, 0.0, 0.0], [np.nan] * 4],
        [[2.0, 2.0, 2.0, 2.0], [1.0, 1.0, 1.0, 1.0], [0.0, 4.0, 0.0, 0.0]],
    ]
)


def test_by_hand_for_shareholders_alone() -> None:
    """θ = (1, 0, 0, 0): utility is shareholders' gain plus K, dollars 100 × raw."""
    shares = np.array([[1.0, 0.0, np.nan], [0.25, 0.25, 0.5]])
    found = losses(WELFARE, shares, CES((1, 0, 0, 0), 1.0))
    assert found.regret == pytest.approx([400.0, 25.0 + 100.0])
    assert found.stake == pytest.approx([400.0, 200.0])
    assert found.best == pytest.approx([0.0, 0.25])


def test_missing_answers_are_left_out() -> None:
    found = losses(WELFARE, np.full((2, 3), np.nan), PROFILES["symmetric"])
    assert all(np.isnan(part).all() for part in found)


@pytest.mark.parametrize("rho", [-np.inf, -3.0, -1e-9, 0.0, 1e-9, 0.5, 1.0])
def test_every_rho_has_its_branch(rho: float) -> None:
    welfare = stack(generate(20, 1))
    shares = np.where(np.isnan(welfare[..., 0]), np.nan, 0.0)
    shares[:, 0] = 1.0
    found = losses(welfare, shares, CES((0.25, 0.25, 0.25, 0.25), rho))
    assert np.isfinite(found.regret).all()
    assert (found.regret >= -1e-9).all() and (found.regret <= found.stake + 1e-9).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-5, 1))
def test_the_principal_itself_loses_nothing(seed: int, rho: float) -> None:
    rng = np.random.default_rng(seed)
    utility = CES(tuple(rng.dirichlet(np.ones(4))), rho)
    welfare = stack(generate(10, seed))
    u = utility.utility(welfare)
    shares = np.where(np.isnan(u), np.nan, 0.0)
    shares[np.arange(10), np.nanargmax(u, axis=1)] = 1.0
    found = losses(welfare, shares, utility)
    assert found.regret == pytest.approx(np.zeros(10), abs=1e-9)
    assert found.best == pytest.approx(np.ones(10))


def test_the_loss_share_is_of_what_was_at_stake_where_there_was_an_answer() -> None:
    shares = np.array([[0.5, 0.5, np.nan], [np.nan, np.nan, np.nan]])
    assert losses(WELFARE, shares, CES((1, 0, 0, 0), 1.0)).loss_share == pytest.approx(0.5)
    even = losses(np.ones((1, 2, 4)), np.full((1, 2), 0.5), PROFILES["symmetric"])
    assert np.isnan(even.loss_share)


def test_who_gains_and_pays_adds_up_to_what_is_lost() -> None:
    """A principal that weighs everybody alike and substitutes in full loses a quarter of what all lose."""
    welfare, even = stack(generate(30, 4)), CES((0.25, 0.25, 0.25, 0.25), 1.0)
    exists = np.isfinite(welfare).all(axis=2)
    shares = np.where(exists, 1.0, np.nan) / exists.sum(axis=1, keepdims=True)
    moved = gained(welfare, shares, even)
    assert moved.sum(axis=1) / 4 == pytest.approx(-losses(welfare, shares, even).regret)
    best = np.where(exists, even.best(welfare), np.nan)
    assert gained(welfare, best / np.nansum(best, axis=1, keepdims=True), even) == pytest.approx(0)
    assert np.isnan(gained(welfare, np.full_like(shares, np.nan), even)).all()


def test_service_is_of_what_was_answered_and_regret_is_no_less_than_nothing() -> None:
    welfare, principal = stack(generate(30, 4)), PROFILES["nonprofit"]
    shares = np.where(np.isfinite(welfare).all(axis=2), 0.0, np.nan)
    shares[:, 0] = 1.0
    shares[:5] = np.nan
    lost, problems = losses(welfare, shares, principal), np.arange(30)
    found = served(lost, problems)
    assert found.regret.value == pytest.approx(np.nanmean(lost.regret)) and found.regret.units == 25
    assert found.loss_share.value == pytest.approx(lost.loss_share)
    assert found.best.value == pytest.approx(np.nanmean(lost.best))
    assert all(one.low >= 0 for one in found)


def test_welfare_that_stays_negative_after_the_shift_is_refused() -> None:
    with pytest.raises(ValueError, match="positive after the shift"):
        losses(WELFARE - 9.0, np.zeros((2, 3)), PROFILES["symmetric"])


def test_losses_are_what_one_would_pay() -> None:
    """Equal gains for all of x are worth x: between two such options the loss is their difference."""
    welfare = np.array([[[10.0] * 4, [7.5] * 4, [np.nan] * 4]])
    for wants in (CES((0.25,) * 4, 0.5), CES((0.7, 0.1, 0.1, 0.1), -3.0, gamma=9.0), CES((1, 0, 0, 0), 1.0)):
        assert shortfalls(welfare, wants)[0, :2] == pytest.approx([0, 250])
    assert np.isnan(shortfalls(welfare, CES((0.25,) * 4, 0.5))[0, 2])


def test_losses_of_a_fit_are_those_of_its_preference() -> None:
    truth, rng = CES((0.1, 0.2, 0.3, 0.4), 0.5, gamma=3.0), np.random.default_rng(7)
    welfare = np.full((400, 5, 4), np.nan)
    for i, problem in enumerate(generate(400, seed=2)):
        welfare[i, : problem.n_options] = problem.displayed()
    utility = np.where(np.isnan(welfare[:, :, 0]), np.nan, truth.utility(np.nan_to_num(welfare, nan=1.0)))
    found = shortfalls(welfare, fit_ces(welfare, draw_choices(utility, 0.5, rng), 0.5))
    assert np.nanmean(np.abs(found - shortfalls(welfare, truth))) < 0.1 * np.nanmean(
        shortfalls(welfare, truth)
    )
