"""The logit duopoly: tabulated values, first-order conditions, scaling, limits, what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, minimize_scalar

from fiduciary.economics.duopoly import STANDARD_MARKET, LogitMarket, benchmarks, monopoly_prices, nash_prices
from fiduciary.economics.pricing_strategies import STRATEGIES, strategy_price

SCALES = [(1.0, 1.0), (1.0, 100.0), (3.2, 100.0), (10.0, 100.0), (0.01, 1e-3), (1e3, 1e6)]


@st.composite
def markets(draw: st.DrawFn, most: int = 4) -> LogitMarket:
    """Markets of one to four unequal firms."""
    n = draw(st.integers(1, most))
    number = lambda low, high: st.floats(low, high, allow_nan=False)  # noqa: E731
    return LogitMarket(
        quality=tuple(draw(st.lists(number(0.5, 4), min_size=n, max_size=n))),
        cost=tuple(draw(st.lists(number(0, 2), min_size=n, max_size=n))),
        mu=draw(number(0.1, 2)),
        outside=draw(number(-2, 2)),
        price_scale=draw(number(0.1, 20)),
        quantity_scale=draw(number(0.1, 200)),
    )


@pytest.mark.parametrize(("alpha", "beta"), SCALES)
def test_tabulated_values_at_every_scale(alpha: float, beta: float) -> None:
    """Calvano et al.'s market; prices scale with α, profits with αβ."""
    market = LogitMarket(price_scale=alpha, quantity_scale=beta)
    solved = benchmarks(market)
    for firm in (0, 1):
        assert round(solved.nash_prices[firm] / alpha, 4) == 1.4729
        assert round(solved.nash_profits[firm] / (alpha * beta), 4) == 0.2229
        assert round(solved.monopoly_prices[firm] / alpha, 4) == 1.9250
        assert round(solved.monopoly_profits[firm] / (alpha * beta), 4) == 0.3375
        assert round(solved.deviation_prices[firm] / alpha, 3) == 1.662
        assert round(solved.deviation_profits[firm] / (alpha * beta), 4) == 0.4117
        assert round(solved.critical_discount[firm], 3) == 0.393
    alone = market.alone()
    (price,) = monopoly_prices(alone)
    assert round(price / alpha, 3) == 1.802
    assert round(float(alone.profits([price])[0]) / (alpha * beta), 3) == 0.552


def test_quantities_by_hand() -> None:
    """Two equal firms at p = a = 2 with a_0 = 0: three equal exponentials, a third of β each."""
    market = LogitMarket(quantity_scale=90)
    np.testing.assert_allclose(market.quantities([2.0, 2.0]), [30, 30])
    np.testing.assert_allclose(market.profits([2.0, 2.0]), [30, 30])
    prices = np.array([[1.0, 2.0], [1.5, 1.25]])
    by_formula = np.exp((2 - prices) / 0.25)
    by_formula = 90 * by_formula / (by_formula.sum(axis=1, keepdims=True) + 1)
    np.testing.assert_allclose(market.quantities(prices), by_formula, rtol=1e-12)


@given(markets(), st.data())
def test_best_response_is_the_best(market: LogitMarket, data: st.DataObject) -> None:
    """Against a numerical maximiser, for any prices of the others."""
    firm = data.draw(st.integers(0, market.n_firms - 1))
    prices = market.unit_cost + market.price_scale * np.array(
        data.draw(st.lists(st.floats(0, 3), min_size=market.n_firms, max_size=market.n_firms))
    )
    best = market.best_response(firm, prices)

    def loss(price: float) -> float:
        return -float(market.profits([*prices[:firm], price, *prices[firm + 1 :]])[firm])

    cost = market.unit_cost[firm]
    found = minimize_scalar(loss, bounds=(cost, cost + 4 * (best - cost)), method="bounded")
    assert loss(best) <= found.fun + 1e-9 * abs(found.fun)


@given(markets())
def test_nash_prices_are_a_fixed_point_and_satisfy_the_first_order_condition(market: LogitMarket) -> None:
    """p − αc = αμ/(1 − s) of each firm."""
    prices = nash_prices(market)
    np.testing.assert_allclose(market.best_responses(prices), prices, atol=1e-8 * market.price_scale)
    shares = market.quantities(prices) / market.quantity_scale
    markup = market.price_scale * market.mu / (1 - shares)
    np.testing.assert_allclose(prices - market.unit_cost, markup, rtol=1e-7)


@given(markets(most=3))
@settings(max_examples=30)
def test_monopoly_prices_maximise_joint_profit(market: LogitMarket) -> None:
    prices = monopoly_prices(market)
    joint = float(market.profits(prices).sum())
    found = minimize(lambda p: -market.profits(p).sum() / joint, prices * 1.05, method="Nelder-Mead")
    assert joint >= -found.fun * joint - 1e-9 * joint
    step = 1e-4 * market.price_scale
    for i in range(market.n_firms):
        shift = step * np.eye(market.n_firms)[i]
        slope = (market.profits(prices + shift).sum() - market.profits(prices - shift).sum()) / (2 * step)
        assert abs(slope) <= 1e-5 * market.quantity_scale


@given(markets(), st.floats(0.1, 50), st.floats(0.1, 50))
def test_scaling_laws(market: LogitMarket, alpha: float, beta: float) -> None:
    """Prices ∝ α, quantities ∝ β, profits ∝ αβ."""
    scaled = LogitMarket(
        market.quality,
        market.cost,
        market.mu,
        market.outside,
        market.price_scale * alpha,
        market.quantity_scale * beta,
    )
    prices = nash_prices(market)
    np.testing.assert_allclose(nash_prices(scaled), alpha * prices, rtol=1e-8)
    np.testing.assert_allclose(monopoly_prices(scaled), alpha * monopoly_prices(market), rtol=1e-8)
    np.testing.assert_allclose(scaled.quantities(alpha * prices), beta * market.quantities(prices), rtol=1e-8)
    np.testing.assert_allclose(
        scaled.profits(alpha * prices), alpha * beta * market.profits(prices), rtol=1e-7
    )


@given(markets())
def test_order_of_benchmarks(market: LogitMarket) -> None:
    """Joint monopoly is no cheaper than Nash; deviating from it pays and joint profit is the larger."""
    solved = benchmarks(market)
    assert np.all(solved.monopoly_prices >= solved.nash_prices - 1e-8 * market.price_scale)
    assert np.all(solved.deviation_profits >= solved.monopoly_profits * (1 - 1e-9))
    assert solved.monopoly_profits.sum() >= solved.nash_profits.sum() * (1 - 1e-9)


def test_asymmetric_firms_exchange_roles() -> None:
    one = LogitMarket((2.0, 2.5), (1.0, 0.8))
    other = LogitMarket((2.5, 2.0), (0.8, 1.0))
    np.testing.assert_allclose(nash_prices(one), nash_prices(other)[::-1], rtol=1e-9)
    assert nash_prices(one)[1] - 0.8 > nash_prices(one)[0] - 1.0  # the better firm has the larger markup


def test_more_rivals_bring_the_markup_down_to_mu() -> None:
    """With many firms shares vanish and the markup is μ."""
    markups = [float(nash_prices(LogitMarket((2.0,) * n, (1.0,) * n))[0] - 1) for n in (1, 2, 5, 80)]
    assert markups == sorted(markups, reverse=True)
    assert markups[-1] == pytest.approx(0.25, rel=0.02)


def test_without_an_outside_good() -> None:
    """Two equal firms share the market: markup 2μ; joint profit has no maximum."""
    market = LogitMarket(outside=-math.inf)
    np.testing.assert_allclose(nash_prices(market), 1.5, rtol=1e-9)
    with pytest.raises(ValueError, match="no maximum without an outside good"):
        monopoly_prices(market)
    with pytest.raises(ValueError, match="no best price"):
        market.alone().best_response(0, [1.0])


def test_extreme_prices_overflow_nowhere() -> None:
    market = LogitMarket(mu=0.01)
    assert np.isfinite(market.profits([[0.0, 1e6], [1e300, 0.0], [1e9, 1e9]])).all()
    assert np.isfinite(nash_prices(market)).all()


def test_gain_index_of_the_benchmarks_themselves() -> None:
    market = LogitMarket(price_scale=3.2, quantity_scale=100)
    solved = benchmarks(market)
    paths = np.array([solved.nash_prices, solved.monopoly_prices])
    np.testing.assert_allclose(solved.gain_index(market.profits(paths)), [0, 1], atol=1e-9)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"quality": (2.0,)}, "name the same firms"),
        ({"quality": (), "cost": ()}, "at least one"),
        ({"quality": (2.0, math.nan)}, "must be finite"),
        ({"mu": 0}, "mu must be finite and > 0, got 0"),
        ({"price_scale": -1}, "price_scale must be finite and > 0"),
        ({"quantity_scale": math.inf}, "quantity_scale must be finite and > 0"),
        ({"outside": math.inf}, "outside must be a number or -inf"),
        ({"outside": math.nan}, "outside must be a number or -inf"),
    ],
)
def test_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        LogitMarket(**fields)


def test_prices_of_a_wrong_number_of_firms_are_refused() -> None:
    with pytest.raises(ValueError, match="must have 2 entries last"):
        STANDARD_MARKET.profits([1.0, 1.0, 1.0])


class TestStrategies:
    market = LogitMarket(price_scale=3.2)

    def test_fixed_ones_ignore_the_rival(self) -> None:
        for name, price in (("nash", 1.472927 * 3.2), ("monopoly", 1.924981 * 3.2)):
            for last in (None, 1.0, 9.0):
                assert strategy_price(name, self.market, last) == pytest.approx(price, abs=5.1e-5)

    def test_undercutting_ends_at_unit_cost(self) -> None:
        prices = [strategy_price("undercut", self.market, None)]
        for _ in range(400):
            prices.append(strategy_price("undercut", self.market, prices[-1]))
        assert prices[0] == strategy_price("monopoly", self.market, None)
        falling = np.array(prices[: prices.index(3.2) + 1])
        assert np.all(np.diff(falling) < 0)
        assert prices[-1] == 3.2

    def test_tit_for_tat_repeats_the_rival(self) -> None:
        assert strategy_price("tit_for_tat", self.market, 2.71828) == 2.7183

    def test_unknown_names_are_refused(self) -> None:
        with pytest.raises(ValueError, match=f"one of {', '.join(STRATEGIES)}, got 'x'"):
            strategy_price("x", self.market, None)
