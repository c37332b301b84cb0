"""Implied rates against the utility itself, what statements are read as, and the verdicts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fiduciary.economics.stated import (
    PAIRS,
    PRINCIPLES,
    Statements,
    compare,
    compare_principles,
    implied_rates,
    read_rates,
    worths,
)
from fiduciary.economics.stated.comparison import NOT_MEASURED, OTHER, SAYS, Estimate
from fiduciary.economics.stated.principles import PRINCIPLE_PAIRS, bound
from fiduciary.economics.utility import CES

THETA = np.array([0.4, 0.3, 0.2, 0.1])


def statements(form: str, rng: np.random.Generator, n: int = 8) -> Statements:
    bundle, i, j = [], [], []
    for a, b in PAIRS:
        for k in range(n):
            poor = [10.0] * 4
            poor[(a, b)[k % 2]], poor[(b, a)[k % 2]] = 5.0, 20.0
            bundle.append(poor)
            i.append((a, b)[k // 2 % 2])
            j.append((b, a)[k // 2 % 2])
    size = len(i)
    amount = np.full(size, np.nan) if form == "points" else rng.choice([0.5, 1.0, 2.0], size)
    return Statements(
        form, np.array(bundle), np.array(i), np.array(j), amount, np.zeros(size), np.arange(size).astype(str)
    )


@pytest.mark.parametrize("rho", [1.0, 0.5, 1e-12, -2.0])
@pytest.mark.parametrize("form", ["makes_up", "gives_up"])
def test_what_is_implied_leaves_utility_as_it_was(form: str, rho: float) -> None:
    data = statements(form, np.random.default_rng(0))
    utility = CES(tuple(THETA), rho)
    rates = np.exp(implied_rates(data, THETA, rho))
    lost = data.amount if form == "makes_up" else data.amount / rates
    won = data.amount * rates if form == "makes_up" else data.amount
    after = data.bundle.copy()
    rows = np.arange(len(rates))
    after[rows, data.loser] -= lost
    after[rows, data.gainer] += won
    known = rates < 1e3
    assert known.sum() > 20
    np.testing.assert_allclose(utility.utility(after[known]), utility.utility(data.bundle[known]), rtol=1e-8)


def test_both_dollar_forms_approach_the_marginal_rate() -> None:
    rng = np.random.default_rng(0)
    points = implied_rates(statements("points", rng), THETA, 0.3)
    for form in ("makes_up", "gives_up"):
        data = statements(form, rng)
        small = Statements(
            form, data.bundle, data.loser, data.gainer, np.full(len(points), 1e-4), data.rate, data.question
        )
        np.testing.assert_allclose(implied_rates(small, THETA, 0.3), points, atol=1e-3)


def test_amounts_are_read_as_rates_of_the_loser_over_the_gainer() -> None:
    np.testing.assert_allclose(np.exp(read_rates("makes_up", [3.0, 0.0], [1.0, 1.0])), [3.0, 0.05])
    np.testing.assert_allclose(np.exp(read_rates("gives_up", [0.5, 0.0], [1.0, 1.0])), [2.0, 20.0])


def test_the_same_rates_say_what_it_does_and_reversed_ones_something_else() -> None:
    rng = np.random.default_rng(1)
    again = np.append(THETA, 0.5) + 0.002 * rng.standard_normal((20, 5))
    estimate = Estimate(THETA, 0.5, again)
    data = statements("makes_up", rng)
    for theta, verdict in ((THETA, SAYS), (THETA[::-1], OTHER)):
        rate = implied_rates(data, theta, 0.5) + 0.1 * rng.standard_normal(len(data.rate))
        said = Statements(data.form, data.bundle, data.loser, data.gainer, data.amount, rate, data.question)
        assert compare(said, estimate).verdict == verdict


def test_without_replicates_nothing_is_measured() -> None:
    data = statements("points", np.random.default_rng(0))
    estimate = Estimate(THETA, 0.5, np.empty((0, 5)))
    assert compare(data, estimate).verdict == NOT_MEASURED
    assert compare_principles({}, estimate).verdict == NOT_MEASURED


def test_each_principle_is_worth_most_to_who_shares_it() -> None:
    for k, utility in enumerate(PRINCIPLES.values()):
        assert worths(utility).argmax() == k


def test_principles_answered_the_opposite_way_are_found_and_a_habit_of_place_is_not() -> None:
    again = np.append(THETA, 0.5) + 0.002 * np.random.default_rng(0).standard_normal((20, 5))
    estimate = Estimate(THETA, 0.5, again)
    worth = dict(zip(PRINCIPLES, worths(CES(tuple(THETA), 0.5)), strict=True))
    right = {(a, b): [float(worth[a] > worth[b])] * 16 for a, b in PRINCIPLE_PAIRS}
    assert compare_principles(right, estimate).verdict == SAYS
    wrong = {pair: [1 - x for x in shares] for pair, shares in right.items()}
    assert compare_principles(wrong, estimate).verdict == OTHER
    habit = {pair: [1.0, 0.0] * 8 for pair in right}
    assert not any(one.opposed for one in compare_principles(habit, estimate).pairs)


def test_the_bound_is_above_the_binomial_tail() -> None:
    for n, k in ((8, 8), (16, 14), (16, 12)):
        tail = sum(math.comb(n, m) for m in range(k, n + 1)) / 2**n
        assert bound(k / n, n) >= tail
    assert bound(0.5, 100) == 1
