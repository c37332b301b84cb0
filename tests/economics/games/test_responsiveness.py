"""How cooperation moves with payoffs, and plans as best replies to stated beliefs."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from fiduciary.economics.games import (
    GAMES,
    HOMO_ECONOMICUS,
    best_responses,
    homo_moralis,
    plan_choices,
    plans,
    responsiveness,
    responsiveness_table,
)
from tests.economics.games.simulation import choices, responding, rows

STORED = json.loads((Path(__file__).parent / "data" / "responsiveness.json").read_text("utf-8"))
NODES = {
    "prisoners_dilemma.1": ("prisoners_dilemma", "reply_to_C"),
    "trust.0": ("trust", "invest"),
    "ultimatum.1": ("ultimatum", "accept_unequal"),
}


@pytest.mark.parametrize("key", NODES)
def test_effects_are_those_of_statsmodels(key: str) -> None:
    form, node = NODES[key]
    found = responsiveness(plan_choices(*responding(form)), form, node)
    assert found.status == "ok" and found.n_groups == 30
    for name, expected in STORED[key].items():
        np.testing.assert_allclose(getattr(found, name), expected, rtol=1e-6)


def test_payoffs_that_move_together_are_named() -> None:
    found = {(r.form, r.node): r for r in responsiveness_table(choices(homo_moralis(0.4), 5.0, 1))}
    assert len(found) == 7
    trust = found["trust", "give_back"]
    assert trust.letters == ("T", "R")
    assert trust.notes == (
        "P is 30 in every game",
        "S = 100 -1·T in every game: no effect of its own",
    )
    assert found["ultimatum", "offer_equal"].letters == ("T",)


def test_moralis_gives_back_more_when_the_reward_rises() -> None:
    found = responsiveness(choices(homo_moralis(0.4), 5.0, 1), "trust", "give_back")
    reward = found.letters.index("R")
    assert found.effects[reward] > 3 * found.standard_errors[reward]
    assert found.p_value < 0.01
    # A payoff maximiser never gives back, whatever the reward.
    assert found.best_response_effects == pytest.approx([0, 0], abs=1e-12)


def test_random_players_do_not_respond() -> None:
    games, beliefs, _, _ = rows(HOMO_ECONOMICUS, 1.0, 0, repeats=40)
    rng = np.random.default_rng(2)
    chosen = [plans(game)[rng.integers(len(plans(game)))] for game in games]
    for found in responsiveness_table(plan_choices(games, beliefs, chosen)):
        assert np.all(np.abs(found.effects) < 3.5 * found.standard_errors)
        assert found.p_value > 1e-3


def test_what_never_varies_has_no_effect_and_no_error() -> None:
    games = [game for game in GAMES.values() if game.form == "trust"] * 3
    found = responsiveness(plan_choices(games, [(0.5, 0.5)] * 18, [(1, 0)] * 18), "trust", "invest")
    assert found.status == "never varies" and found.rate == 1.0 and np.isnan(found.rate_se)
    assert np.isnan(found.effects).all() and np.isnan(found.standard_errors).all()


def test_a_perfectly_explained_action_has_linear_effects_only() -> None:
    games = [game for game in GAMES.values() if game.form == "trust"] * 4
    chosen = [(int(game.R > 55), 0) for game in games]
    found = responsiveness(plan_choices(games, [(0.5, 0.5)] * 24, chosen), "trust", "invest")
    assert found.status == "ok" and np.isfinite(found.effects).all()
    assert np.isnan(found.logit_effects).all()


def test_too_few_clusters_and_one_game() -> None:
    games = [game for game in GAMES.values() if game.form == "trust"] * 4
    rng = np.random.default_rng(0)
    chosen = [tuple(rng.integers(0, 2, 2).tolist()) for _ in games]
    few = responsiveness(
        plan_choices(games, [(0.5, 0.5)] * 24, chosen, [i % 3 for i in range(24)]), "trust", "invest"
    )
    assert few.status == "too few clusters" and np.isnan(few.standard_errors).all()
    one = responsiveness(plan_choices([games[0]] * 6, [(0.5, 0.5)] * 6, chosen[:6]), "trust", "invest")
    assert one.status == "payoffs do not vary" and one.letters == () and len(one.notes) == 4


def test_unknown_nodes_are_refused() -> None:
    data = choices(HOMO_ECONOMICUS, 5.0, 0, repeats=1)
    with pytest.raises(ValueError, match="form must be one of"):
        responsiveness(data, "chicken", "swerve")
    with pytest.raises(ValueError, match="node must be one of invest, give_back in a trust game"):
        responsiveness(data, "trust", "accept")
    with pytest.raises(ValueError, match="no valid choice"):
        responsiveness(data.only("ultimatum"), "trust", "invest")


def test_best_responses_by_hand() -> None:
    game = GAMES["trust_1"]  # 80, 50, 30, 20, belief (1, 1): plans pay 50, 65, 40, 55
    data = plan_choices([game] * 2, [(1.0, 1.0)] * 2, [(1, 0), (0, 1)])
    found = best_responses(data)
    assert (found.share.value, found.chance, found.n, found.n_groups) == (0.5, 0.25, 2, 2)
    assert found.regret.value == pytest.approx(25 / 2)
    assert found.loss_share == pytest.approx((0 + 1) / 2)
    assert found.share.stderr == pytest.approx(np.sqrt(2 * (0.5**2 + 0.5**2)) / 2)
    moral = best_responses(data, homo_moralis(1.0))
    assert moral.share.value == 0.5 and moral.regret.value == pytest.approx(10)


def test_a_deterministic_maximiser_always_answers_best_and_a_single_cluster_has_no_error() -> None:
    games, beliefs, _, _ = rows(HOMO_ECONOMICUS, 1.0, 3, repeats=2)
    chosen = [HOMO_ECONOMICUS.best_plans(g, b)[-1] for g, b in zip(games, beliefs, strict=True)]
    found = best_responses(plan_choices(games, beliefs, chosen, ["one"] * len(games)))
    assert found.share.value == 1 and found.regret.value == 0 and np.isnan(found.share.stderr)
    assert 0.1 < found.chance < 0.5


def test_random_plans_reach_the_chance_level() -> None:
    games, beliefs, _, _ = rows(HOMO_ECONOMICUS, 1.0, 4, repeats=60)
    rng = np.random.default_rng(5)
    chosen = [plans(game)[rng.integers(len(plans(game)))] for game in games]
    found = best_responses(plan_choices(games, beliefs, chosen))
    assert abs(found.share.value - found.chance) < 3.5 * found.share.stderr
