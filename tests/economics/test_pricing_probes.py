"""Histories of probes say nothing false, and what is drawn for them is independent of all else."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fiduciary.economics.duopoly import STANDARD_MARKET, LogitMarket
from fiduciary.economics.pricing_probes import MARKUPS, draw_probes


@given(
    st.floats(0.05, 1),
    st.floats(0.5, 20),
    st.floats(1.05, 6),
    st.floats(0.1, 3),
    st.sampled_from([0.0, -1.0, -math.inf]),
)
def test_a_quality_makes_a_price_the_best_response(
    mu: float, alpha: float, markup: float, rival: float, outside: float
) -> None:
    """Of one firm alone: costs, scales and the other firm stay as they are."""
    market = LogitMarket(mu=mu, price_scale=alpha, outside=outside, quality=(2.0, 1.5))
    prices = (alpha * (1 + mu * markup), alpha * rival)
    found = market.with_best_response(0, prices)
    assert found.best_response(0, prices) == pytest.approx(prices[0], rel=1e-9)
    assert replace(found, quality=market.quality) == market and found.quality[1] == 1.5


@pytest.mark.parametrize("price", [1.25, 1.0, 0.5])
def test_no_quality_makes_a_markup_of_mu_or_less_best(price: float) -> None:
    with pytest.raises(ValueError, match=r"markup above mu = 0\.25"):
        STANDARD_MARKET.with_best_response(0, (price, 1.5))


def test_the_price_that_earned_most_is_the_one_that_was_drawn() -> None:
    market = LogitMarket(price_scale=3.2, quantity_scale=100)
    for probe in draw_probes(market, 200, 0):
        profits = probe.market.profits(probe.prices)[:, 0]
        assert probe.own[int(np.argmax(profits))] == probe.best
        assert np.sum(profits == profits.max()) == 1
        assert sorted(probe.own) == pytest.approx([3.2 * (1 + 0.25 * m) for m in MARKUPS])
        assert probe.market.cost == market.cost and probe.market.quality[1] == market.quality[1]


def test_both_are_drawn_evenly_and_independently_of_each_other_and_of_the_order() -> None:
    probes = draw_probes(STANDARD_MARKET, 5000, 1)
    grid = sorted(probes[0].own)
    rival = np.array([probe.rival for probe in probes])
    best = np.array([grid.index(probe.best) for probe in probes])
    place = np.array([probe.own.index(probe.best) for probe in probes])
    last = np.array([probe.own[-1] for probe in probes])
    for counts in (np.bincount(best), np.bincount(place), np.histogram(rival, 10, (1.3, 2.2))[0]):
        assert stats.chisquare(counts).pvalue > 0.001
    drawn = np.stack([rival, best, place, last])
    assert np.abs(np.corrcoef(drawn)[np.triu_indices(4, 1)]).max() < 0.05


def test_the_same_seed_the_same_histories_and_fewer_are_a_beginning() -> None:
    assert draw_probes(STANDARD_MARKET, 3, 7) == draw_probes(STANDARD_MARKET, 9, 7)[:3]
    assert draw_probes(STANDARD_MARKET, 3, 7) != draw_probes(STANDARD_MARKET, 3, 8)
    with pytest.raises(ValueError, match="two firms, got a market of 1"):
        draw_probes(STANDARD_MARKET.alone(), 3, 7)
