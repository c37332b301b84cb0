"""Rings, and what a consistent chooser loses going round them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from fiduciary.economics.money_pump import LENGTH, Ring, consistent_losses, expected_trades, ring_of


def shares(**pairs: float) -> np.ndarray:
    """A frequency matrix from ``p01=…``: the share of answers for 0 against 1."""
    m = 1 + max(int(c) for name in pairs for c in name[1:])
    p = np.full((m, m), np.nan)
    for name, share in pairs.items():
        i, j = int(name[1]), int(name[2])
        p[i, j], p[j, i] = share, 1 - share
    return p


def test_a_circle_is_gone_round_against_its_arrows() -> None:
    """0 beats 1, 1 beats 2, 2 beats 0: who holds 0 is offered 2, then 1, then 0."""
    ring = ring_of(shares(p01=0.9, p12=0.8, p20=0.7))
    assert ring is not None
    assert ring.options == (0, 2, 1)
    np.testing.assert_allclose(ring.shares, (0.7, 0.8, 0.9))
    assert ring.closed


def test_without_a_circle_the_weakest_link_is_the_strongest_possible() -> None:
    """0 over 1 over 2: going up 2, 1, 0 only the way back to 2 goes against an answer (p = 0.4)."""
    ring = ring_of(shares(p01=0.9, p12=0.8, p02=0.6))
    assert ring is not None
    assert ring.options == (0, 2, 1)
    assert not ring.closed
    assert min(ring.shares) == pytest.approx(0.4)


def test_a_tie_closes_no_circle() -> None:
    ring = ring_of(shares(p01=0.9, p12=0.8, p20=0.5))
    assert ring is not None and not ring.closed


def test_the_circle_is_found_among_more_options() -> None:
    ring = ring_of(shares(p01=0.9, p02=0.9, p03=0.9, p12=0.8, p23=0.8, p31=0.8))
    assert ring is not None
    assert set(ring.options) == {1, 2, 3} and ring.closed


def test_no_ring_where_a_pair_lacks() -> None:
    assert ring_of(shares(p01=0.9, p12=0.8)) is None


@given(st.integers(-5, 5))
def test_starting_elsewhere_changes_only_the_start(place: int) -> None:
    ring = Ring((0, 2, 1), (0.7, 0.8, 0.9))
    moved = ring.started(place)
    links = {
        (o, moved.options[(k + 1) % 3]): s
        for k, (o, s) in enumerate(zip(moved.options, moved.shares, strict=True))
    }
    assert links == {(0, 2): 0.7, (2, 1): 0.8, (1, 0): 0.9}
    assert moved.options[0] == ring.options[place % 3]


@given(st.floats(0, 0.99), st.integers(1, 12))
def test_expected_trades_of_a_constant_probability(p: float, n: int) -> None:
    np.testing.assert_allclose(expected_trades(np.full(n, p)), p * (1 - p**n) / (1 - p))


def simulate(
    spread: float, position: float, pumps: int, repeats: int, rng: np.random.Generator, offers: int = 9
) -> tuple[np.ndarray, ...]:
    """A consistent chooser: its answers, the ring that they imply, and what it really accepts."""
    values = spread * rng.standard_normal((pumps, 3))
    asked = np.full((pumps, 3, 3), repeats) * (1 - np.eye(3, dtype=int))
    wins = rng.binomial(asked, expit(values[:, :, None] - values[:, None] + position))
    frequency = (wins + (asked - wins).swapaxes(1, 2)) / (2 * repeats)
    frequency[:, np.eye(3, dtype=bool)] = np.nan
    rings = np.zeros((pumps, 3), int)
    first = rng.random((pumps, offers)) < 0.5
    trades = np.zeros(pumps)
    for k in range(pumps):
        ring = ring_of(frequency[k])
        assert ring is not None
        rings[k] = ring.started(int(rng.integers(3))).options
        for step in range(offers):
            gain = values[k, rings[k, (step + 1) % 3]] - values[k, rings[k, step % 3]]
            if rng.random() >= expit(gain + (position if first[k, step] else -position)):
                break
            trades[k] += 1
    return asked, wins, rings, first, trades


@pytest.mark.parametrize(("spread", "position"), [(0.001, 0.0), (1.0, 0.5), (4.0, 0.0), (30.0, 1.0)])
def test_a_consistent_chooser_loses_what_is_expected_of_it(spread: float, position: float) -> None:
    """Mean loss and full circles agree with the expectation, although the ring was chosen by the answers."""
    asked, wins, rings, first, trades = simulate(spread, position, 600, 3, np.random.default_rng(8))
    found = consistent_losses(asked, wins, rings, first)
    z = (trades - found.trades).sum() / np.sqrt(found.variance.sum())
    assert abs(z) < 3
    p = found.circled
    z = ((trades >= LENGTH) - p).sum() / np.sqrt((p * (1 - p)).sum())
    assert abs(z) < 3


def test_circular_answers_are_worth_no_more_to_a_consistent_chooser_than_coins() -> None:
    """Whoever always draws a circle is best explained as indifferent: half of all trades, 1 − 2⁻⁹ in all."""
    asked = np.broadcast_to(5 * (1 - np.eye(3, dtype=int)), (40, 3, 3))
    wins = np.zeros((40, 3, 3), int)
    wins[:, [0, 1, 2], [1, 2, 0]] = 5  # in both orders 0 beats 1, 1 beats 2, 2 beats 0
    first = np.tile([True, False, True] * 3, (40, 1))
    found = consistent_losses(asked, wins, np.tile([0, 2, 1], (40, 1)), first)
    np.testing.assert_allclose(found.trades, 1 - 2.0**-9, atol=0.05)
    reached = 2.0 ** -np.arange(1.0, 10)
    exact = (np.arange(1, 18, 2) * reached).sum() - reached.sum() ** 2
    np.testing.assert_allclose(found.variance, exact, atol=0.15)


def test_clear_preferences_make_certain_losses() -> None:
    """0 over 1 over 2 for certain: from 2 it moves up twice and refuses to go back, from 0 it refuses."""
    asked = np.broadcast_to(20 * (1 - np.eye(3, dtype=int)), (2, 3, 3))
    wins = np.broadcast_to(np.triu(np.full((3, 3), 20), 1), (2, 3, 3))
    found = consistent_losses(asked, wins, [[2, 1, 0], [0, 2, 1]], np.ones((2, 9), bool))
    np.testing.assert_allclose(found.trades, [2, 0], atol=0.1)
    np.testing.assert_allclose(found.circled, 0, atol=0.05)


def test_the_same_answers_give_the_same_losses() -> None:
    asked, wins, rings, first, _ = simulate(1.0, 0.0, 20, 2, np.random.default_rng(1))
    one, two = (consistent_losses(asked, wins, rings, first) for _ in range(2))
    np.testing.assert_array_equal(one.trades, two.trades)


@pytest.mark.parametrize(
    ("asked", "rings", "first", "said"),
    [
        (np.zeros((0, 3, 3)), np.zeros((0, 3)), np.zeros((0, 9)), "there is no pump"),
        (np.zeros((2, 3, 3)), np.zeros((2, 2)), np.zeros((2, 9)), "rings"),
        (np.zeros((2, 3, 3)), np.zeros((2, 3)), np.zeros((1, 9)), "offered_first"),
    ],
)
def test_shapes_that_do_not_fit(asked: np.ndarray, rings: np.ndarray, first: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        consistent_losses(asked, asked, rings, first)
