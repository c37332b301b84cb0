"""Which games inform which parameter."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.games import (
    GAMES,
    HOMO_ECONOMICUS,
    SocialPreference,
    fit_social_preference,
    homo_moralis,
    identification,
    plan_choices,
    silent_on_kappa,
)
from tests.economics.games.simulation import rows

ALL = list(GAMES.values())
BELIEFS = [(0.6, 0.7, 0.3)[: len(game.tree.nodes)] for game in ALL]


def test_errors_of_the_design_are_those_of_a_fit() -> None:
    preference = SocialPreference(0.3, 0.2, 0.4)
    games, beliefs, chosen, _ = rows(preference, 6.0, 1)
    fit = fit_social_preference(plan_choices(games, beliefs, chosen))
    design = identification(games, beliefs, fit.preference(), fit.estimate("lam"))
    np.testing.assert_allclose(design.standard_errors, [fit.se(name) for name in fit.names], rtol=1e-4)


def test_shares_sum_to_one_and_more_plans_tell_more() -> None:
    once = identification(ALL, BELIEFS, homo_moralis(0.3), 5.0)
    four = identification(ALL * 4, BELIEFS * 4, homo_moralis(0.3), 5.0)
    np.testing.assert_allclose(once.share.sum(axis=0), 1.0)
    np.testing.assert_allclose(once.share, four.share, atol=1e-9)
    np.testing.assert_allclose(once.standard_errors, 2 * four.standard_errors)
    assert once.labels[0] == "prisoners_dilemma_1" and once.identified.all()
    assert once.to_dict()["identified"]["kappa"]


def test_one_ultimatum_game_leaves_a_direction_open() -> None:
    game = GAMES["ultimatum_1"]
    found = identification([game], [(0.5, 0.8)], SocialPreference(0.1, 0.1, 0.2), 5.0)
    assert len(found.open_directions) == 1 and not found.identified.any()
    assert np.isnan(found.standard_errors).all()
    # Nothing moves along it: probabilities at a small step stay as they are to first order.
    a, b, k, lam = np.array([0.1, 0.1, 0.2, 5.0]) + 1e-5 * found.open_directions[0]
    from fiduciary.economics.games import plan_probabilities

    moved = plan_probabilities(game, (0.5, 0.8), SocialPreference(a, b, k), lam)
    here = plan_probabilities(game, (0.5, 0.8), SocialPreference(0.1, 0.1, 0.2), 5.0)
    np.testing.assert_allclose(moved, here, atol=1e-9)


def test_against_nobody_cooperative_some_parameters_stay_open() -> None:
    """Who expects no investment in trust games is never ahead nor behind as trustee."""
    games = [game for game in ALL if game.form == "trust"]
    found = identification(games, [(0.0, 1.0)] * 6, HOMO_ECONOMICUS, 5.0)
    assert not found.identified[:2].any() and found.identified[2:].all()
    assert np.isfinite(found.standard_errors[2:]).all()


def test_what_says_nothing_on_kappa() -> None:
    for number in range(1, 7):
        silent = silent_on_kappa(GAMES[f"ultimatum_{number}"])
        assert ("offer_equal", (1, 1)) in silent and ("offer_equal", (1, 0)) not in silent
    assert ("give_back", (1, 1)) in silent_on_kappa(GAMES["trust_1"])
    assert ("give_back", (1, 1)) not in silent_on_kappa(GAMES["trust_3"])


def test_games_of_ones_own_are_named_by_their_payoffs() -> None:
    from fiduciary.economics.games import Game

    found = identification([Game("trust", 9, 5, 3, 1)], [(0.5, 0.5)], HOMO_ECONOMICUS, 1.0)
    assert found.labels == ("trust (9, 5, 3, 1)",)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="lam"):
        identification(ALL, BELIEFS, HOMO_ECONOMICUS, 0.0)
    with pytest.raises(ValueError, match="no valid choice"):
        identification([], [], HOMO_ECONOMICUS, 1.0)
