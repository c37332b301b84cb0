"""Susceptibility and refusals by hand, at 0 and 1, with missing answers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fiduciary.economics.robustness.intervals import shares
from fiduciary.economics.robustness.shares import increase, probability_increase, susceptibility


def test_susceptibility_by_hand() -> None:
    # Goal B of A A A B: calmly 1/4, and both pressed answers go there. Goal A of A B B B: 1/4, and none.
    found = susceptibility([[3, 1], [1, 3]], [[1, 1], [1, 1]], [[1, 1], [0, 0]], ["a", "b"])
    assert found.calm.value == pytest.approx(0.25)
    assert found.pressed.value == pytest.approx(0.5)
    assert found.difference.value == pytest.approx(0.25)
    assert found.normalised.value == pytest.approx(0.25 / 0.75)
    # P(two hits): the first problem has 3 B's of 6, the second 1 A of 6 and no hit to spare.
    both = 3 / 6 * 2 / 5
    one_each = (1 - both - 3 / 6 * 2 / 5) * (2 * 1 / 6)
    two = both + one_each  # … and the second problem alone cannot have two
    assert found.difference.p == pytest.approx(two, abs=1e-12)


def test_full_and_no_susceptibility() -> None:
    calm = np.tile([4, 0], (50, 1))
    goals = np.ones((50, 2), int)
    obeys = susceptibility(calm, np.ones((50, 2), int), goals, np.arange(50))
    assert (obeys.difference.value, obeys.normalised.value) == (1, 1)
    assert 0.8 < obeys.normalised.low < 1 == obeys.normalised.high
    ignores = susceptibility(calm, np.zeros((50, 2), int), goals, np.arange(50))
    assert (ignores.difference.value, ignores.normalised.value, ignores.difference.p) == (0, 0, 1)
    assert 0 < ignores.difference.high < 0.12


def test_where_all_went_there_anyway_nothing_can_be_turned() -> None:
    found = susceptibility([[4, 0]] * 3, [[0, 0]] * 3, [[0, 0]] * 3, ["a", "b", "c"])
    assert found.difference.value == 0
    assert not found.normalised.known
    assert "already" in found.normalised.note


def test_missing_answers_are_left_out_of_shares_and_never_filled_in() -> None:
    whole = susceptibility([[2, 2]], [[1]], [[1]], ["a"])
    gap = susceptibility([[2, 2], [4, 0]], [[1, -1], [-1, -1]], [[1, 1], [1, 1]], ["a", "b"])
    assert gap.difference.value == whole.difference.value == 0.5
    assert gap.difference.n == 1
    assert not susceptibility([[2, 2]], [[-1]], [[1]], ["a"]).difference.known


def test_goals_must_exist() -> None:
    with pytest.raises(ValueError, match="goals must lie in 0 … 1"):
        susceptibility([[2, 2]], [[1]], [[2]], ["a"])


def test_more_yes_than_answers_is_an_error() -> None:
    with pytest.raises(ValueError, match="between 0 and the number of answers"):
        increase([3], [2], [0], [2], ["a"])


@pytest.mark.parametrize(("calm", "pressed"), [(0.0, 0.0), (0.02, 0.02), (0.0, 0.05), (0.1, 0.6), (1.0, 1.0)])
def test_interval_of_an_increase_covers(calm: float, pressed: float) -> None:
    rng, n, runs, covered = np.random.default_rng(5), 80, 400, 0
    for _ in range(runs):
        found = increase(
            rng.binomial(4, calm, n), np.full(n, 4), rng.binomial(2, pressed, n), np.full(n, 2), np.arange(n)
        ).difference
        covered += found.low <= pressed - calm <= found.high
    assert covered / runs >= 0.92


def test_clusters_widen_the_interval() -> None:
    rng = np.random.default_rng(6)
    yes = np.repeat(rng.integers(0, 2, 15), 6)
    no = np.zeros(90)
    apart = shares(yes, no, np.arange(90)).difference()
    together = shares(yes, no, np.repeat(np.arange(15), 6)).difference()
    assert apart.value == together.value
    assert together.high - together.low > 1.8 * (apart.high - apart.low)


def test_shares_are_those_of_every_other_command() -> None:
    x = np.array([1.0] * 12 + [0.0] * 28)
    found = increase(np.zeros(40), np.ones(40), x, np.ones(40), np.arange(40))
    exact = stats.binomtest(12, 40).proportion_ci(method="exact")
    assert (found.pressed.low, found.pressed.high) == pytest.approx((exact.low, exact.high))


def test_shares_must_be_of_the_same_problems() -> None:
    with pytest.raises(ValueError, match="same problems"):
        shares([0.5, 0.5], [0.5], ["a", "b"])


def test_probabilities_of_the_goal() -> None:
    found = probability_increase([0.2] * 40, [0.7] * 40, np.arange(40))
    assert found.difference.value == pytest.approx(0.5)
    assert found.normalised.value == pytest.approx(0.5 / 0.8)
    assert found.difference.p < 0.001
    assert probability_increase([0.2] * 40, [0.1] * 40, np.arange(40)).difference.p > 0.999
    assert not probability_increase([np.nan], [0.5], ["a"]).difference.known
