"""Utilities, best plans, switch points of κ and logit choice."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.games import (
    GAMES,
    HOMO_ECONOMICUS,
    SocialPreference,
    consequences,
    draw_plan,
    fully_cooperative,
    homo_moralis,
    inequity_averse,
    plan_probabilities,
    plans,
    switch_point,
)

NEVER = None
TABULATED = [
    ("prisoners_dilemma", (1, 1, 0), (NEVER, 0.778, 0.333, 0.455, 0.091, 0.231)),
    ("prisoners_dilemma", (1, 1, 1), (NEVER, 0.875, 0.5, 0.625, 0.167, 0.375)),
    ("trust", (1, 1), (NEVER, NEVER, 0.5, 0.6, 0.2, 0.333)),
]


@pytest.mark.parametrize(("form", "belief", "expected"), TABULATED)
def test_tabulated_switch_points(
    form: str, belief: tuple[int, ...], expected: tuple[float | None, ...]
) -> None:
    for number, kappa in enumerate(expected, 1):
        found = switch_point(GAMES[f"{form}_{number}"], belief)
        if kappa is NEVER:
            assert math.isnan(found.kappa) or found.tie_only
        else:
            assert round(found.kappa, 3) == kappa and not found.tie_only


def test_never_is_a_tie_at_one_in_trust_and_impossible_in_the_first_dilemma() -> None:
    for name in ("trust_1", "trust_2"):
        found = switch_point(GAMES[name], (1, 1))
        assert found.kappa == 1 and found.tie_only
        assert (1, 1) in homo_moralis(1).best_plans(GAMES[name], (1, 1))
        assert (1, 0) in homo_moralis(1).best_plans(GAMES[name], (1, 1))
    assert math.isnan(switch_point(GAMES["prisoners_dilemma_1"], (1, 1, 0)).kappa)


@given(
    name=st.sampled_from(sorted(GAMES)),
    belief=st.lists(st.floats(0, 1), min_size=3, max_size=3),
    kappa=st.floats(0, 1),
)
def test_full_cooperation_is_best_from_the_switch_point_on(
    name: str, belief: list[float], kappa: float
) -> None:
    game = GAMES[name]
    ours = tuple(belief[: len(game.tree.nodes)])
    switch = switch_point(game, ours).kappa
    full = {plan for plan, yes in zip(plans(game), fully_cooperative(game), strict=True) if yes}
    best = homo_moralis(kappa).best_plans(game, ours)
    if not math.isnan(switch) and abs(kappa - switch) > 1e-6:
        assert bool(full & set(best)) == (kappa > switch)


def test_moralis_alternates_in_the_first_dilemma() -> None:
    """The universalised optimum is asymmetric: (T + S)/2 = 50 is more than R = 45."""
    best = homo_moralis(1).best_plans(GAMES["prisoners_dilemma_1"], (1, 1, 0))
    assert (1, 0, 0) in best and (1, 1, 0) not in best


def test_the_ultimatum_offer_says_nothing_on_kappa() -> None:
    for number in range(1, 7):
        game = GAMES[f"ultimatum_{number}"]
        for belief in ((0.2, 0.9), (0.5, 0.5)):
            universal = consequences(game, belief)[:, 1]
            listed = plans(game)
            assert universal[listed.index((1, 1))] == universal[listed.index((0, 1))] == 50


def test_economicus_by_hand() -> None:
    # Trust 80, 50, 30, 20: invest iff p·50 + (1 − p)·20 ≥ 30, p ≥ 1/3; never give back.
    game = GAMES["trust_1"]
    assert HOMO_ECONOMICUS.best_plans(game, (0.5, 0.34)) == ((1, 0),)
    assert HOMO_ECONOMICUS.best_plans(game, (0.5, 0.33)) == ((0, 0),)
    assert HOMO_ECONOMICUS.best_plans(game, (0.5, 1 / 3)) == ((1, 0), (0, 0))
    # A reply that is never asked for ties.
    assert HOMO_ECONOMICUS.best_plans(game, (0.0, 0.5)) == ((1, 1), (1, 0))


def test_inequity_aversion_by_hand() -> None:
    # Ultimatum 85, 50, 10, 15: accept iff 15 − α·70 ≥ 10, α ≤ 1/14.
    game = GAMES["ultimatum_6"]
    assert inequity_averse(0.07, 0).best_plans(game, (0, 1))[0][1] == 1
    assert inequity_averse(0.072, 0).best_plans(game, (0, 1))[0][1] == 0
    # Offer equally iff 50 ≥ 85 − β·70 against a sure acceptance: β ≥ 1/2.
    assert inequity_averse(0, 0.51).best_plans(game, (0.5, 1))[0][0] == 1
    assert inequity_averse(0, 0.49).best_plans(game, (0.5, 1))[0][0] == 0


@given(
    alpha=st.floats(-2, 2),
    beta=st.floats(-2, 2),
    kappa=st.floats(0, 1),
    belief=st.tuples(*[st.floats(0, 1)] * 3),
)
def test_utility_is_the_sum_of_its_parts(
    alpha: float, beta: float, kappa: float, belief: tuple[float, float, float]
) -> None:
    game = GAMES["prisoners_dilemma_4"]
    base = HOMO_ECONOMICUS.utilities(game, belief)
    parts = [SocialPreference(alpha=alpha), SocialPreference(beta=beta), SocialPreference(kappa=kappa)]
    expected = base + sum(part.utilities(game, belief) - base for part in parts)
    np.testing.assert_allclose(
        SocialPreference(alpha, beta, kappa).utilities(game, belief), expected, atol=1e-9
    )


@pytest.mark.parametrize("kappa", [-0.01, 1.01, math.nan, math.inf])
def test_kappa_outside_its_range_is_refused(kappa: float) -> None:
    with pytest.raises(ValueError, match="kappa must"):
        homo_moralis(kappa)


def test_parameters_must_be_numbers() -> None:
    with pytest.raises(ValueError, match="alpha must be a finite number, got inf"):
        inequity_averse(math.inf, 0)
    with pytest.raises(ValueError, match="beta must be a finite number, got True"):
        inequity_averse(0, True)


def test_logit_by_hand_and_in_its_limits() -> None:
    game, belief = GAMES["trust_1"], (0.5, 0.5)
    u = HOMO_ECONOMICUS.utilities(game, belief)
    p = plan_probabilities(game, belief, HOMO_ECONOMICUS, 5.0)
    assert p.sum() == pytest.approx(1)
    assert math.log(p[1] / p[0]) == pytest.approx((u[1] - u[0]) / 5)
    np.testing.assert_allclose(plan_probabilities(game, belief, HOMO_ECONOMICUS, 1e9), 0.25, atol=1e-6)
    sharp = plan_probabilities(game, belief, HOMO_ECONOMICUS, 1e-6)
    assert sharp[int(np.argmax(u))] == pytest.approx(1)
    for lam in (0.0, -1.0, math.nan):
        with pytest.raises(ValueError, match=r"lam .* must be finite and > 0"):
            plan_probabilities(game, belief, HOMO_ECONOMICUS, lam)


def test_draws_follow_the_probabilities_and_repeat() -> None:
    game, belief = GAMES["trust_3"], (0.5, 0.5)
    drawn = [draw_plan(game, belief, homo_moralis(0.5), 5.0, np.random.default_rng(i)) for i in range(4000)]
    share = np.array([drawn.count(plan) / 4000 for plan in plans(game)])
    expected = plan_probabilities(game, belief, homo_moralis(0.5), 5.0)
    assert np.all(np.abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / 4000) + 1e-9)
    assert drawn[7] == draw_plan(game, belief, homo_moralis(0.5), 5.0, np.random.default_rng(7))


def test_without_noise_ties_are_drawn_evenly() -> None:
    drawn = {
        draw_plan(GAMES["trust_1"], (0.0, 0.5), HOMO_ECONOMICUS, 0, np.random.default_rng(i))
        for i in range(30)
    }
    assert drawn == {(1, 1), (1, 0)}
