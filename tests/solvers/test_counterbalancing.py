"""Orders of options, and the way back from a place to the option that was shown there."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.solvers.counterbalancing import ORDERS, presentation_orders, rotations

counts = st.lists(st.integers(2, 5), min_size=1, max_size=30)


@given(counts, st.sampled_from(ORDERS), st.integers(0, 2**32 - 1))
def test_every_order_is_a_permutation(counts: list[int], how: str, seed: int) -> None:
    orders = presentation_orders(counts, how, seed)
    assert len(orders) == len(counts)
    for k, shown in zip(counts, orders, strict=True):
        assert len(shown) == (k if how == "rotations" else 1)
        assert all(sorted(order) == list(range(k)) for order in shown)


@given(counts, st.sampled_from(ORDERS), st.integers(0, 1000))
def test_orders_of_the_first_problems_do_not_depend_on_those_that_follow(
    counts: list[int], how: str, seed: int
) -> None:
    assert presentation_orders(counts, how, seed) == presentation_orders([*counts, 3], how, seed)[:-1]


def test_rotations_put_every_option_at_every_place_once() -> None:
    shown = rotations((2, 0, 1))
    assert shown == [(2, 0, 1), (0, 1, 2), (1, 2, 0)]


def test_shuffles_favour_no_place() -> None:
    orders = presentation_orders([3] * 6000, "shuffle", 0)
    seen = Counter(order for [order] in orders)
    assert len(seen) == 6
    # Each of six orders is binomial with mean 1,000 and standard deviation 29.
    assert all(abs(count - 1000) < 4 * 29 for count in seen.values())


def test_unknown_orders_are_named() -> None:
    with pytest.raises(ValueError, match="how must be one of shuffle, given, rotations, got 'x'"):
        presentation_orders([2], "x", 0)
