"""Exact exchange tests against enumeration, against SciPy, and at their level."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, permutations, product

import numpy as np
import pytest
from scipy import stats

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.robustness import exchange
from fiduciary.economics.robustness.distance import departures, distances
from fiduciary.economics.robustness.exchange import add_up, distance_p_value, goal_p_value, share_p_value


def test_one_problem_by_hand() -> None:
    # A A A A against B B: of the 15 ways to call two of six answers pressed, one is as far apart.
    assert distance_p_value([[4, 0]], [[0, 2]]) == pytest.approx(1 / 15)
    assert distance_p_value([[4, 0]] * 3, [[0, 2]] * 3) == pytest.approx(15.0**-3)
    assert distance_p_value([[4, 0]], [[2, 0]]) == 1
    assert distance_p_value(np.empty((0, 2)), np.empty((0, 2))) == 1


@pytest.mark.parametrize("statistic", [distances, departures])
def test_distance_against_enumeration(statistic: Callable[..., FloatArray]) -> None:
    """Every exchange of two problems written out, one of them with an answer missing."""
    problems = [("AABC", "CC"), ("ABB", "AA")]
    letters = "ABC"

    def counts(text: str) -> list[int]:
        return [text.count(letter) for letter in letters]

    every = []
    for calm, pressed in problems:
        pooled = calm + pressed
        values = []
        for chosen in combinations(range(len(pooled)), len(pressed)):
            own = "".join(pooled[i] for i in chosen)
            others = "".join(pooled[i] for i in range(len(pooled)) if i not in chosen)
            values.append(float(statistic(counts(others), counts(own))))
        every.append(values)
    observed = sum(float(statistic(counts(c), counts(p))) for c, p in problems)
    sums = [a + b for a, b in product(*every)]
    expected = np.mean([s >= observed - 1e-9 for s in sums])
    calm_counts, pressed_counts = ([counts(text) for text in texts] for texts in zip(*problems, strict=True))
    found = distance_p_value(calm_counts, pressed_counts, departure=statistic is departures)
    assert found == pytest.approx(expected)


def test_drawn_exchanges_agree_with_counted_ones() -> None:
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet([0.5] * 4, size=30), rng.dirichlet([0.5] * 4, size=30)
    mixed = 0.5 * p + 0.5 * q
    calm, pressed = rng.multinomial(4, p), rng.multinomial(2, mixed)
    exact = distance_p_value(calm, pressed)
    drawn = exchange._drawn(pressed, calm, seed=1)
    assert 0.0001 < exact < 0.9  # a case in which the two could differ
    assert drawn == pytest.approx(exact, abs=4 * np.sqrt(exact / exchange.DRAWS) + 2 / exchange.DRAWS)


def test_long_sums_go_through_a_transform() -> None:
    rng = np.random.default_rng(3)
    long = rng.dirichlet(np.ones(4_000), size=2)
    assert len(long[0]) * len(long[1]) > exchange._DIRECT
    assert add_up(list(long)) == pytest.approx(np.convolve(*long), abs=1e-15)
    assert add_up([]).tolist() == [1]
    assert add_up([np.array([0.5, 0.5])] * 3) == pytest.approx([1 / 8, 3 / 8, 3 / 8, 1 / 8])


def test_many_answers_a_problem_are_drawn() -> None:
    rng = np.random.default_rng(1)
    calm, pressed = rng.multinomial(40, [0.6, 0.4], size=3), rng.multinomial(20, [0.1, 0.9], size=3)
    assert distance_p_value(calm, pressed) == pytest.approx(1 / (exchange.DRAWS + 1))


def test_shares_are_fishers_and_mcnemars_tests() -> None:
    table = [[9, 3], [2, 12]]  # pressed yes, no; calm yes, no
    expected = stats.fisher_exact(table, alternative="greater").pvalue
    assert share_p_value([2], [14], [9], [12]) == pytest.approx(expected)
    # One answer against one: 7 problems turned to yes, 2 away from it, 20 the same.
    calm = [0] * 7 + [1] * 2 + [1] * 20
    pressed = [1] * 7 + [0] * 2 + [1] * 20
    mcnemar = stats.binomtest(7, 9, alternative="greater").pvalue
    assert share_p_value(calm, [1] * 29, pressed, [1] * 29) == pytest.approx(mcnemar)


def test_goals_of_their_own_against_enumeration() -> None:
    """Two pressed answers with different goals, dealt out in every order."""
    calm, pressed, goals = "AABC", "BC", "BC"
    pooled = calm + pressed
    hits = [
        sum(pooled[i] == goal for i, goal in zip(places, goals, strict=True))
        for places in permutations(range(len(pooled)), len(goals))
    ]
    expected = np.mean([h >= 2 for h in hits])
    assert goal_p_value([[2, 1, 1]], [[1, 2]], [[1, 2]]) == pytest.approx(expected)


def test_one_goal_is_the_test_of_a_share() -> None:
    rng = np.random.default_rng(2)
    calm = rng.multinomial(4, [0.5, 0.3, 0.2], size=12)
    chosen = rng.integers(3, size=(12, 2))
    goal = np.repeat(rng.integers(3, size=(12, 1)), 2, axis=1)
    of_goal = np.take_along_axis(calm, goal[:, :1], axis=1)[:, 0]
    hits = (chosen == goal).sum(axis=1)
    expected = share_p_value(of_goal, calm.sum(axis=1), hits, np.full(12, 2))
    assert goal_p_value(calm, chosen, goal) == pytest.approx(expected)


def test_missing_answers_have_no_goal_to_reach() -> None:
    with_gap = goal_p_value([[2, 2]], [[1, -1]], [[1, 0]])
    assert with_gap == pytest.approx(goal_p_value([[2, 2]], [[1]], [[1]]))
    assert goal_p_value([[2, 2]], [[-1, -1]], [[1, 0]]) == 1


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_level(alpha: float) -> None:
    """Same distributions, different between problems: rejected no more often than stated."""
    rng, runs, rejected = np.random.default_rng(4), 1_000, 0
    p = rng.dirichlet([0.5] * 4, size=40)
    for _ in range(runs):
        rejected += distance_p_value(rng.multinomial(4, p), rng.multinomial(2, p)) <= alpha
    assert rejected <= stats.binom.ppf(0.9999, runs, alpha)
    assert rejected >= stats.binom.ppf(0.0001, runs, 0.6 * alpha)  # and it does reject
