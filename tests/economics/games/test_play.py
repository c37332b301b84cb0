"""Expected payoffs and inequities, against the rules of each game written out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.games import (
    GAMES,
    Game,
    consequences,
    expected_payoff,
    plans,
    reach,
    universalised_payoff,
)

probability = st.floats(0, 1)


def outcome(game: Game, first: tuple[int, ...], second: tuple[int, ...]) -> tuple[float, float]:
    """What first and second mover get when they follow their plans: the rules, without the tree."""
    T, R, P, S = game.payoffs
    if game.form == "prisoners_dilemma":
        reply = second[1] if first[0] else second[2]
        return {(1, 1): (R, R), (1, 0): (S, T), (0, 1): (T, S), (0, 0): (P, P)}[first[0], reply]
    if game.form == "trust":
        if not first[0]:
            return (P, P)
        return (R, R) if second[1] else (S, T)
    if first[0]:
        return (R, R)
    return (T, S) if second[1] else (P, P)


def by_enumeration(game: Game, plan: tuple[int, ...], belief: tuple[float, ...]) -> np.ndarray:
    """(payoff, universal, behind, ahead) by summing over all plans of the other."""
    total = np.zeros(4)
    for other in itertools.product((0, 1), repeat=len(belief)):
        weight = np.prod([b if a else 1 - b for a, b in zip(other, belief, strict=True)])
        first = outcome(game, plan, other)
        second = outcome(game, other, plan)[::-1]
        for own, theirs in (first, second):
            total += 0.5 * weight * np.array([own, 0, max(0, theirs - own), max(0, own - theirs)])
    total[1] = np.mean(outcome(game, plan, plan))
    return total


@pytest.mark.parametrize("name", GAMES)
@given(belief=st.lists(probability, min_size=3, max_size=3))
def test_consequences_agree_with_enumeration(name: str, belief: list[float]) -> None:
    game = GAMES[name]
    ours = tuple(belief[: len(game.tree.nodes)])
    found = consequences(game, ours)
    expected = np.array([by_enumeration(game, plan, ours) for plan in plans(game)])
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_by_hand() -> None:
    game = GAMES["trust_3"]  # 80, 60, 30, 20
    # Investing: .4·60 + .6·20 = 36; as trustee .5·30 + .5·80 = 55.
    assert expected_payoff(game, (1, 0), (0.5, 0.4)) == pytest.approx((36 + 55) / 2)
    assert universalised_payoff(game, (1, 0)) == pytest.approx(50)
    assert universalised_payoff(game, (1, 1)) == pytest.approx(60)
    assert universalised_payoff(game, (0, 1)) == pytest.approx(30)


@given(belief=st.tuples(probability, probability, probability), k=st.integers(0, 7))
def test_distribution_over_ends_sums_to_one_half_a_role(belief: tuple[float, ...], k: int) -> None:
    plan = plans("prisoners_dilemma")[k]
    np.testing.assert_allclose(reach("prisoners_dilemma", plan, belief).sum(axis=1), [0.5, 0.5])


def test_against_itself_nobody_is_behind_on_average() -> None:
    for game in GAMES.values():
        for k, plan in enumerate(plans(game)):
            own, universal, behind, ahead = consequences(game, plan)[k]
            assert own == pytest.approx(universal)
            assert behind == pytest.approx(ahead)


def test_stored_figures_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        consequences(GAMES["trust_1"], (0.5, 0.5))[0, 0] = 1.0


def test_a_belief_of_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="one probability for each of first_move"):
        expected_payoff(GAMES["prisoners_dilemma_1"], (1, 1, 1), (0.5, 0.5))
    with pytest.raises(ValueError, match="unknown plan"):
        universalised_payoff(GAMES["trust_1"], (1, 1, 1))
