"""Chains: what a decision does to the firm's standing, and standing to later gains."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.delegation.chain import (
    KINDS,
    STANDINGS,
    START,
    STEP,
    Chain,
    at_standing,
    draw_chains,
    scale,
)
from fiduciary.economics.problems import LEVERS, TRADE_OFFS

CHAINS = draw_chains(12, 6, seed=3)


def test_standing_scales_sales_at_the_same_price() -> None:
    for chain in CHAINS:
        for s in range(STANDINGS):
            sold = chain.levels[..., 0] * scale(s)
            assert np.allclose(
                at_standing(chain.market, s).price(sold), chain.market.price(chain.levels[..., 0])
            )
        # All but the fixed cost grows with sales, and is shown in whole dollars.
        fixed = np.array([chain.market.gamma_f, 0, 0, 0])
        middle = chain.welfare[:, START] + fixed
        assert np.allclose(chain.welfare[:, 0] + fixed, (1 - STEP * START) * middle, atol=0.011)


def test_the_most_generous_option_raises_standing_and_the_least_lowers_it() -> None:
    for chain in CHAINS:
        for t, kind in enumerate(chain.kinds):
            [lever] = TRADE_OFFS[kind]
            rank = np.argsort(np.argsort(chain.levels[t, :, LEVERS.index(lever)]))
            assert np.array_equal(chain.following[t, START], START + rank - 1)
    assert all(chain.following.min() >= 0 and chain.following.max() == STANDINGS - 1 for chain in CHAINS)


def test_every_kind_stands_at_every_position_equally_often() -> None:
    counts = np.array([[c.kinds[t] == kind for kind in KINDS] for c in CHAINS for t in range(6)])
    assert (counts.reshape(12, 6, 3).sum(axis=0) == 4).all()


def test_gains_add_up_without_falling_below_zero_and_tell_options_apart() -> None:
    for chain in CHAINS:
        assert chain.welfare.min() >= 0
        assert np.array_equal(np.round(chain.welfare, 2), chain.welfare)
        assert all(len(np.unique(chain.welfare[t, START], axis=0)) == 3 for t in range(6))


def test_only_what_a_course_comes_to_is_reachable() -> None:
    nodes = CHAINS[0].reachable
    assert [s for t, s in nodes if t == 0] == [START]
    assert [s for t, s in nodes if t == 1] == [START - 1, START, START + 1]
    assert len(nodes) == 1 + 3 + 4 * STANDINGS == len(set(nodes))


def test_more_firms_begin_with_the_same_ones() -> None:
    assert [chain.id for chain in draw_chains(3, 6, seed=3)] == [chain.id for chain in CHAINS[:3]]
    assert len({chain.id for chain in CHAINS}) == 12


def test_facts_make_the_same_chain() -> None:
    again = Chain.of_facts(CHAINS[0].facts())
    assert again.id == CHAINS[0].id and np.array_equal(again.welfare, CHAINS[0].welfare)
    with pytest.raises(ValueError, match="a chain of 5 decisions cannot have welfare"):
        Chain.of_facts(CHAINS[0].facts() | {"kinds": list(CHAINS[0].kinds[:5])})


@pytest.mark.parametrize("arguments", [(0, 6, 0), (3, 1, 0), (3, 9, 0), (3, 6, -1)])
def test_numbers_outside_of_what_can_be_drawn(arguments: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="links from 2 to 8"):
        draw_chains(*arguments)
