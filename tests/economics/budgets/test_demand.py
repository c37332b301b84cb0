"""CES demand, its noise and its estimate; the design."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.budgets import (
    BudgetSet,
    afriat_index,
    bronars_power,
    demand,
    draw_budgets,
    draw_shares,
    fit_demand,
    relative_costs,
    satisfies_garp,
    share_grid,
)
from fiduciary.economics.budgets.demand import welfare_of_shares
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.estimation import CESFit
from fiduciary.economics.utility import CES, profile


def simulate(truth: CES, sets: list[tuple[str, ...]], n: int, seed: int, temperature: float = 1.0) -> CESFit:
    rng = np.random.default_rng(seed)
    prices, bundles = [], []
    for names in sets:
        budgets = draw_budgets(names, n, rng)
        p, x = np.full((n, 4), np.nan), np.zeros((n, 4))
        p[:, budgets.columns] = budgets.prices
        shares = draw_shares(truth, budgets.prices, budgets.amounts, budgets.columns, temperature, rng)[0]
        x[:, budgets.columns] = shares * budgets.amounts[:, None] / budgets.prices
        prices.append(p)
        bundles.append(x)
    return fit_demand(np.concatenate(prices), np.concatenate(bundles), temperature)


def test_demand_by_hand() -> None:
    """Cobb-Douglas with K = 5: (x + 5) shares θ of m + Σ 5p; then the corner where that is less than 5."""
    utility = CES((0.5, 0.5, 0, 0), 0.0)
    assert demand(utility, [[1, 2]], [21], [0, 1]) == pytest.approx(np.array([[13.0, 4.0]]))
    assert demand(utility, [[1, 9]], [21], [0, 1]) == pytest.approx(np.array([[21.0, 0.0]]))
    assert demand(utility, [[1, 2]], [21], [0, 1], base=-4.5) == pytest.approx(np.array([[10.75, 5.125]]))


def test_limits_of_demand() -> None:
    linear, maximin = CES((0.6, 0.4, 0, 0), 1.0), CES((0.6, 0.4, 0, 0), -np.inf)
    assert demand(linear, [[1, 1], [2, 1]], [8, 8], [0, 1]).tolist() == [[8, 0], [0, 8]]
    assert demand(maximin, [[1, 3]], [8], [0, 1]) == pytest.approx(np.array([[2.0, 2.0]]))
    near = demand(CES((0.6, 0.4, 0, 0), 1 - 1e-6), [[2, 1]], [8], [0, 1])
    assert near == pytest.approx(np.array([[0.0, 8.0]]))
    assert np.isnan(demand(linear, [[1, 1]], [8], [2, 3])).all()


@given(
    seed=st.integers(0, 10_000),
    rho=st.sampled_from([1.0, 0.9, 0.5, 0.0, -1.0, -5.0]),
    k=st.integers(2, 4),
)
def test_no_split_beats_demand(seed: int, rho: float, k: int) -> None:
    rng = np.random.default_rng(seed)
    utility = CES(tuple(rng.dirichlet(np.ones(4))), rho)
    budgets = draw_budgets(STAKEHOLDERS[-k:], 4, rng)
    bought = demand(utility, budgets.prices, budgets.amounts, budgets.columns)
    assert (budgets.prices * bought).sum(axis=1) == pytest.approx(budgets.amounts)
    assert bought.min() >= 0
    welfare = np.zeros((4, 4))
    welfare[:, budgets.columns] = bought
    grid = welfare_of_shares(
        share_grid(k), budgets.prices[:, None], budgets.amounts[:, None, None], budgets.columns
    )
    assert np.all(utility.utility(welfare) >= utility.utility(grid).max(axis=1) - 1e-9)
    assert satisfies_garp(relative_costs(budgets.prices, bought))


def test_grid() -> None:
    assert [len(share_grid(k)) for k in (2, 3, 4)] == [101, 231, 1771]
    for k in (2, 3, 4):
        grid = share_grid(k)
        assert grid.sum(axis=1) == pytest.approx(1) and grid.min() == 0
        assert grid[0].tolist() == [1] + [0] * (k - 1)
        assert len(np.unique(grid, axis=0)) == len(grid)
    with pytest.raises(ValueError, match="one of 2, 3, 4, got 5"):
        share_grid(5)


def test_noise_is_a_logit_over_splits() -> None:
    utility, prices = CES((0.5, 0.5, 0, 0), 0.5), np.array([[1.0, 1.5]])
    shares = draw_shares(utility, prices, [20], [0, 1], 0.7, np.random.default_rng(0), 20_000)[:, 0, 0]
    values = utility.utility(welfare_of_shares(share_grid(2), prices[0], 20, [0, 1])) / 0.7
    weights = np.exp(values - values.max())
    expected = weights @ share_grid(2)[:, 0] / weights.sum()
    assert shares.mean() == pytest.approx(expected, abs=4 * shares.std() / np.sqrt(len(shares)))


@pytest.mark.parametrize(
    "truth",
    [profile("study1"), CES((0.30, 0.25, 0.25, 0.20), 0.25), CES((0.1, 0.4, 0.3, 0.2), -1.0, 2.0)],
)
def test_recovers_what_went_in(truth: CES) -> None:
    fit = simulate(truth, [*combinations(STAKEHOLDERS, 2), STAKEHOLDERS], 20, seed=1)
    for name, true in zip(fit.names, [*truth.theta, truth.rho, truth.gamma], strict=True):
        assert fit.status(name) == "ok"
        assert abs(fit.estimate(name) - true) <= 3 * fit.se(name)


def test_amounts_off_the_grid_are_kept() -> None:
    """Two budgets at one price that differ by less than a step are told apart."""
    prices = np.full((60, 4), np.nan)
    prices[:, :2] = np.random.default_rng(0).uniform(0.5, 2, (60, 2))
    bundles = np.zeros((60, 4))
    bundles[:, 0] = 0.5037 * 40 / prices[:, 0]
    bundles[:, 1] = 0.4963 * 40 / prices[:, 1]
    moved = bundles.copy()
    moved[:, 0] *= 0.5043 / 0.5037
    moved[:, 1] *= 0.4957 / 0.4963
    assert fit_demand(prices, bundles).loglik != fit_demand(prices, moved).loglik


def test_a_stakeholder_who_counts_for_nothing_is_at_its_bound() -> None:
    fit = simulate(profile("nonprofit"), list(combinations(STAKEHOLDERS, 2)), 20, seed=2)
    assert fit.status("theta_SH") == "boundary"
    assert np.isnan(fit.se("theta_SH"))
    assert fit.interval("theta_SH").low == 0


def test_fit_refuses_nonsense() -> None:
    with pytest.raises(ValueError, match="shape"):
        fit_demand(np.ones((3, 2)), np.ones((3, 2)))
    with pytest.raises(ValueError, match="must cost something"):
        fit_demand(np.ones((3, 4)), np.zeros((3, 4)))


@pytest.mark.parametrize("k", [2, 3, 4])
def test_design_has_power(k: int) -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        budgets = draw_budgets(STAKEHOLDERS[:k], 20, rng)
        assert bronars_power(budgets.prices, budgets.amounts, rng, 500).value >= 0.9
        assert budgets.prices.min() >= 0.3 and budgets.prices.max() <= 3
        assert set(np.round(budgets.amounts, 6)) <= set(np.arange(30.0, 61.0))
    assert budgets.stakeholders == STAKEHOLDERS[:k]


def test_low_noise_is_consistent() -> None:
    rng = np.random.default_rng(3)
    budgets = draw_budgets(("employees", "society"), 20, rng)
    shares = draw_shares(profile("study1"), budgets.prices, budgets.amounts, budgets.columns, 0.05, rng, 20)
    relative = relative_costs(budgets.prices, shares * budgets.amounts[:, None] / budgets.prices)
    assert afriat_index(relative).min() > 0.98


def test_budget_sets_refuse_nonsense() -> None:
    rng = np.random.default_rng(0)
    for names in (("employees",), ("employees", "employees"), ("employees", "owners"), ()):
        with pytest.raises(ValueError, match="two or more different ones"):
            draw_budgets(names, 5, rng)
    with pytest.raises(ValueError, match="at least 1"):
        draw_budgets(STAKEHOLDERS, 0, rng)
    with pytest.raises(ValueError, match="> 0"):
        BudgetSet(("employees", "society"), np.array([[1.0, 0.0]]), np.array([5.0]))
    with pytest.raises(ValueError, match="amounts must be finite"):
        BudgetSet(("employees", "society"), np.array([[1.0, 1.0]]), np.array([0.0]))
    with pytest.raises(ValueError, match="one column for each"):
        BudgetSet(("employees", "society"), np.ones((2, 3)), np.ones(2))
    # Given in another order, stakeholders and draws come in the house's.
    assert draw_budgets(("society", "employees"), 3, rng).columns == [1, 3]
