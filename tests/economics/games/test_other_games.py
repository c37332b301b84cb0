"""Dictator, public goods, stag hunt and beauty contest."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.games import BeautyContest, DictatorGame, PublicGoodsGame, StagHunt


def test_dictator_payoffs_and_best_gifts() -> None:
    game = DictatorGame(100, 10)
    assert game.payoffs(30) == (70, 30) and game.share_given(30) == 0.3
    assert list(game.gifts) == list(range(0, 101, 10))
    assert game.best_gifts() == (game.equilibrium(),)
    # Half is given iff β > 1/2; at 1/2 everything up to half ties.
    assert game.best_gifts(beta=0.6) == (50,)
    assert game.best_gifts(beta=0.5) == (0, 10, 20, 30, 40, 50)
    # κ = 1 weighs only the sum, which no gift changes; a gift worth more is given whole.
    assert len(game.best_gifts(kappa=1)) == 11
    assert DictatorGame(100, 10, multiplier=2).best_gifts(kappa=1) == (100,)


@pytest.mark.parametrize("kwargs", [{"endowment": 0}, {"step": 3}, {"multiplier": math.nan}, {"step": -1}])
def test_dictator_refuses(kwargs: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(kwargs))):
        DictatorGame(**kwargs)


def test_dictator_refuses_gifts_outside() -> None:
    with pytest.raises(ValueError, match=r"gift must lie in \[0, 100\], got 101"):
        DictatorGame().share_given(101)
    with pytest.raises(ValueError, match="kappa"):
        DictatorGame().best_gifts(kappa=2)


def test_public_goods_by_hand() -> None:
    game = PublicGoodsGame(4, 20, 0.4)
    assert game.payoffs([20, 0, 0, 0]) == pytest.approx((8, 28, 28, 28))
    assert game.payoff(20, 20) == pytest.approx(32) and game.payoff(0, 20) == pytest.approx(44)
    assert game.contribution_rate(5) == 0.25


@given(
    players=st.integers(2, 8),
    position=st.floats(0.05, 0.95),
    own=st.floats(0, 20),
    others=st.floats(0, 20),
)
def test_contributing_costs_the_player_and_pays_the_group(
    players: int, position: float, own: float, others: float
) -> None:
    game = PublicGoodsGame(players, 20.0, 1 / players + position * (1 - 1 / players))
    assert game.payoff(game.equilibrium(), others) >= game.payoff(own, others) - 1e-9
    assert game.payoff(game.optimum(), game.optimum()) >= game.payoff(own, own) - 1e-9
    kappa = game.kappa_threshold()
    for k, better in ((kappa + 1e-3, 20.0), (kappa - 1e-3, 0.0)):
        if 0 <= k <= 1:

            def u(c: float, k: float = k) -> float:
                return (1 - k) * game.payoff(c, others) + k * game.payoff(c, c)

            assert u(better) >= u(own) - 1e-9


def test_public_goods_refuses() -> None:
    for m in (0.25, 1.0, math.nan):
        with pytest.raises(ValueError, match="mpcr must lie between"):
            PublicGoodsGame(4, 20, m)
    with pytest.raises(ValueError, match="players"):
        PublicGoodsGame(1)
    with pytest.raises(ValueError, match=r"contributions must lie in \[0, 20\]"):
        PublicGoodsGame().payoffs([21, 0, 0, 0])
    with pytest.raises(ValueError, match="4 numbers"):
        PublicGoodsGame().payoffs([1, 1])


def test_stag_hunt_dominance_and_mixed_equilibrium() -> None:
    game = StagHunt(80, 10, 50, 50)
    p = game.mixed_equilibrium()
    assert p == pytest.approx(4 / 7)
    assert game.best_responses(p) == ("stag", "hare")
    assert game.best_responses(p + 0.01) == ("stag",) and game.best_responses(p - 0.01) == ("hare",)
    assert game.payoff_dominant() == "stag" and game.risk_dominant() == "hare"
    assert StagHunt(100, 40, 50, 50).risk_dominant() == "stag"
    assert StagHunt(80, 20, 50, 50).risk_dominant() == "neither"
    assert game.payoffs(True, False) == (10, 50) and game.payoffs(False, True) == (50, 10)


@given(st.lists(st.integers(0, 100), min_size=4, max_size=4, unique=True))
def test_risk_dominance_is_the_best_reply_to_a_coin(values: list[int]) -> None:
    b, d, c, a = sorted(values)
    game = StagHunt(a, b, c, d)
    expected = game.best_responses(0.5)
    assert game.risk_dominant() == ("neither" if len(expected) == 2 else expected[0])


def test_stag_hunt_refuses() -> None:
    with pytest.raises(ValueError, match="a stag hunt needs"):
        StagHunt(50, 10, 60, 20)
    with pytest.raises(ValueError, match="belief"):
        StagHunt().best_responses(1.5)


def test_beauty_contest_by_hand() -> None:
    game = BeautyContest(2 / 3, 100, players=3, prize=60)
    assert game.target([30, 30, 30]) == pytest.approx(20)
    assert game.payoffs([0, 30, 60]) == (0, 60, 0)  # the target is 20
    assert game.payoffs([0, 20, 40]) == (0, 60, 0)
    assert game.payoffs([10, 10, 70]) == (30, 30, 0)
    assert [round(game.level_guess(k), 2) for k in range(4)] == [50, 33.33, 22.22, 14.81]
    assert game.dominated(67) and not game.dominated(66)


@given(guess=st.floats(0.01, 100), p=st.floats(0.1, 0.95), players=st.integers(2, 30))
def test_beauty_contest_level_and_best_reply(guess: float, p: float, players: int) -> None:
    game = BeautyContest(p, 100, players)
    assert game.level_guess(0) * p ** game.implied_level(guess) == pytest.approx(guess)
    own = game.best_response(guess)
    assert own == pytest.approx(game.target([own, *[guess] * (players - 1)]))


def test_beauty_contest_refuses() -> None:
    with pytest.raises(ValueError, match="p must lie strictly between"):
        BeautyContest(p=1.0)
    with pytest.raises(ValueError, match="guesses must be 10 numbers"):
        BeautyContest().target([1, 2])
    with pytest.raises(ValueError, match=r"guess must lie in \[0, 100\]"):
        BeautyContest().implied_level(101)
    with pytest.raises(ValueError, match="level must be >= 0"):
        BeautyContest().level_guess(-1)
    assert BeautyContest().implied_level(0) == math.inf
    assert np.isclose(BeautyContest().equilibrium(), 0)
