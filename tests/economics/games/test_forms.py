"""Game forms, payoff sets, plans and beliefs."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.games import (
    FORMS,
    GAMES,
    Game,
    belief_from_distributions,
    check_belief,
    describe_plan,
    plan_index,
    plans,
)


def test_eighteen_games_with_the_published_payoffs() -> None:
    assert len(GAMES) == 18
    assert GAMES["prisoners_dilemma_3"].payoffs == (80, 65, 25, 20)
    assert GAMES["trust_6"].payoffs == (90, 70, 30, 10)
    assert GAMES["ultimatum_1"].payoffs == (60, 50, 10, 40)
    # Totals of the published columns catch a digit that was copied wrongly.
    for form, totals in (
        ("prisoners_dilemma", (520, 380, 145, 80)),
        ("trust", (510, 360, 180, 90)),
        ("ultimatum", (435, 300, 60, 165)),
    ):
        games = [game for game in GAMES.values() if game.form == form]
        assert tuple(sum(game.payoffs[k] for game in games) for k in range(4)) == totals
    assert all(game.T + game.S == 100 for game in GAMES.values())


@pytest.mark.parametrize("form", FORMS)
@given(payoffs=st.permutations([90.0, 60.0, 30.0, 10.0]))
def test_only_the_forms_order_is_accepted(form: str, payoffs: list[float]) -> None:
    order = FORMS[form].order
    if payoffs == [dict(zip(order, (90.0, 60.0, 30.0, 10.0), strict=True))[letter] for letter in "TRPS"]:
        assert Game(form, *payoffs).payoffs == tuple(payoffs)  # type: ignore[arg-type]
    else:
        with pytest.raises(ValueError, match=r"needs .* > .* is not above .*: T = "):
            Game(form, *payoffs)  # type: ignore[arg-type]


def test_equal_payoffs_and_unfit_values_are_refused() -> None:
    with pytest.raises(ValueError, match="R is not above P"):
        Game("trust", 90, 30, 30, 10)
    with pytest.raises(ValueError, match="payoff S must be a finite number, got nan"):
        Game("trust", 90, 50, 30, math.nan)
    with pytest.raises(ValueError, match="payoff T must be a finite number, got '90'"):
        Game("trust", "90", 50, 30, 10)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="form must be one of prisoners_dilemma, trust, ultimatum"):
        Game("chicken", 90, 50, 30, 10)  # type: ignore[arg-type]


@pytest.mark.parametrize(("form", "count"), [("prisoners_dilemma", 8), ("trust", 4), ("ultimatum", 4)])
def test_plans_are_all_of_them_the_cooperative_one_first(form: str, count: int) -> None:
    found = plans(form)
    assert len(set(found)) == count
    assert set(found[0]) == {1} and set(found[-1]) == {0}
    assert [plan_index(form, plan) for plan in found] == list(range(count))


@pytest.mark.parametrize("form", FORMS)
def test_every_profile_reaches_exactly_one_end(form: str) -> None:
    tree = FORMS[form]
    for actions in itertools.product((0, 1), repeat=len(tree.nodes)):
        ends = [t for t in tree.terminals if all(actions[node] == action for node, action in t.path)]
        assert len(ends) == 1


@pytest.mark.parametrize("plan", [(1,), (1, 1, 1), (1, 2), (0.5, 1), None, "10"])
def test_unknown_plans_are_refused(plan: object) -> None:
    with pytest.raises(ValueError, match=r"unknown plan .* at each of invest, give_back"):
        plan_index("trust", plan)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("belief", "message"),
    [
        ((0.5,), "one probability for each of invest, give_back, got 1"),
        ((0.5, 1.2), r"belief at give_back must lie in \[0, 1\], got 1.2"),
        ((-0.1, 0.5), r"belief at invest must lie in \[0, 1\], got -0.1"),
        ((math.nan, 0.5), r"belief at invest must lie in \[0, 1\], got nan"),
        (("x", 0.5), "belief must be numbers"),
    ],
)
def test_beliefs_outside_are_refused(belief: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_belief("trust", belief)


def test_distributions_must_sum_to_one() -> None:
    assert belief_from_distributions("trust", [(0.7, 0.3), (1, 0)]) == (0.7, 1.0)
    with pytest.raises(ValueError, match=r"probabilities at give_back must sum to 1, got 0.5 \+ 0.4 = 0.9"):
        belief_from_distributions("trust", [(0.7, 0.3), (0.5, 0.4)])
    with pytest.raises(ValueError, match=r"probabilities at invest must lie in \[0, 1\]"):
        belief_from_distributions("trust", [(1.3, -0.3), (0.5, 0.5)])
    with pytest.raises(ValueError, match="one pair for each"):
        belief_from_distributions("trust", [(0.5, 0.5)])


def test_plan_in_words() -> None:
    assert describe_plan("ultimatum", (0, 1)) == (
        "offer the unequal split as proposer, accept as responder to the unequal offer"
    )
