"""Choice sets: reproducible, contested, and able to show a circle."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from fiduciary.economics.choice_sets import (
    CONTESTED,
    dominations,
    draw_sets,
    panel,
    panel_differences,
    proneness,
)
from fiduciary.economics.utility import CES
from fiduciary.subjects.utilities import Cyclic


def test_a_smaller_draw_is_the_beginning_of_a_larger_one() -> None:
    ids = [s.id for s in draw_sets(60, 3)]
    assert [s.id for s in draw_sets(50, 3)] == ids[:50]
    assert len(set(ids)) == 60
    assert not set(ids) & {s.id for s in draw_sets(60, 4)}


@pytest.mark.parametrize("m", [3, 4, 6])
def test_every_pair_divides_plausible_preferences(m: int) -> None:
    """Held with utilities computed one by one, not as the generator does it."""
    for choice_set in draw_sets(4, 1, m=m):
        welfare = choice_set.options.displayed()
        assert not dominations(welfare).any()
        values = np.array([CES(theta, rho).utility(welfare) for theta, rho in panel()])
        for i, j in combinations(range(m), 2):
            share = (values[:, i] > values[:, j]).mean()
            assert CONTESTED <= share <= 1 - CONTESTED


def test_panel_differences_are_those_of_the_utility() -> None:
    welfare = np.stack([s.options.displayed() for s in draw_sets(3, 2)])
    found = panel_differences(welfare, [(0, 1), (2, 1)])
    theta, rho = panel()[40]
    values = CES(theta, rho).utility(welfare)
    np.testing.assert_allclose(found[40], values[:, [0, 2]] - values[:, [1, 1]])


@pytest.mark.parametrize("m", [3, 5])
def test_a_dominance_check_has_one_dominated_pair_however_it_is_displayed(m: int) -> None:
    for choice_set in draw_sets(6, 0, m=m, dominance=True):
        fine, coarse = (dominations(choice_set.options.displayed(d)) for d in (2, 1))
        assert fine.sum() == 1
        np.testing.assert_array_equal(fine, coarse)


def test_strata_take_turns_and_differ() -> None:
    sets = draw_sets(48, 5)
    assert [s.stratum for s in sets] == ["near", "clear"] * 24
    near, clear = ([s.spread for s in sets if s.stratum == name] for name in ("near", "clear"))
    assert max(near) < min(clear)


def test_a_pair_is_the_two_options_in_the_order_asked() -> None:
    choice_set = draw_sets(1, 0)[0]
    np.testing.assert_array_equal(choice_set.pair(2, 0).levels, choice_set.options.levels[[2, 0]])
    np.testing.assert_array_equal(choice_set.pair(2, 0).welfare, choice_set.options.welfare[[2, 0]])


def test_sets_can_show_a_circle() -> None:
    """Both strata, for a respondent that the panels know nothing about."""
    for stratum in ("near", "clear"):
        welfare = [s.options.displayed() for s in draw_sets(96, 0) if s.stratum == stratum]
        ways = np.array([np.sign(Cyclic().advantage(w)[[0, 1, 2], [1, 2, 0]]) for w in welfare])
        assert (np.abs(ways.sum(axis=1)) == 3).mean() > 0.15


def test_proneness_by_hand() -> None:
    # Three of four groups rank these in a Latin square: each option beats the next by two of them.
    latin = [[3.0, 1.0, 2.0, 5.0], [2.0, 3.0, 1.0, 5.0], [1.0, 2.0, 3.0, 5.0]]
    better_for_all = [[1.0, 1.0, 1.0, 1.0], [5.0, 5.0, 5.0, 5.0], [9.0, 9.0, 9.0, 9.0]]
    prone, never = proneness([latin, better_for_all])
    assert prone > 0.05
    assert never == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n": 0}, "n must be at least 1, got 0"),
        ({"seed": -1}, "seed must be >= 0"),
        ({"m": 2}, "m must lie between 3 and 7, got 2"),
        ({"m": 8}, "m must lie between 3 and 7, got 8"),
        ({"m": 7, "dominance": True}, "with dominance m must be at most 6"),
    ],
)
def test_bad_arguments(arguments: dict[str, int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        draw_sets(**({"n": 1} | arguments))  # type: ignore[arg-type]
