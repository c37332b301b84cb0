"""Houtman and Maks' largest consistent part."""

from itertools import combinations, permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fiduciary.economics.consistency.consistent_subset import answers_to_drop, cheapest_order
from fiduciary.economics.consistency.pairs import PairedChoices
from tests.economics.consistency.conftest import one_order


def test_hand_computed():
    order = one_order([[0, 3, 3], [0, 0, 3], [0, 0, 0]])
    assert [x.tolist() for x in answers_to_drop(order)] == [[0], [0]]
    noisy = one_order([[0, 2, 3], [1, 0, 3], [0, 0, 0]])
    assert [x.tolist() for x in answers_to_drop(noisy)] == [[1], [0]]
    circle = one_order([[0, 3, 0], [0, 0, 2], [3, 1, 0]])  # 2 > 3 is cheapest to give up: net 1 answer
    assert [x.tolist() for x in answers_to_drop(circle)] == [[1], [1]]


@given(st.integers(0, 10_000))
@settings(max_examples=40)
def test_no_smaller_set_of_answers_does(seed):
    """By trying all subsets of answers of a triad and looking for cycles one by one."""
    rng = np.random.default_rng(seed)
    wins = rng.integers(0, 3, size=(3, 3)) * (1 - np.eye(3, dtype=int))
    arcs = [(i, j) for i in range(3) for j in range(3) for _ in range(wins[i, j])]

    def acyclic(kept):
        return any(all(order.index(i) < order.index(j) for i, j in kept) for order in permutations(range(3)))

    fewest = next(
        n for n in range(len(arcs) + 1) if any(acyclic(kept) for kept in combinations(arcs, len(arcs) - n))
    )
    assert sum(int(x[0]) for x in answers_to_drop(one_order(wins.tolist()))) == fewest


def test_cheapest_order_is_the_order():
    cost = np.zeros((1, 4, 4))
    for above, below in [(3, 1), (1, 0), (0, 2), (3, 0), (3, 2), (1, 2)]:
        cost[0, below, above] = 1  # ranking below above above costs 1
    least, order = cheapest_order(cost)
    assert least[0] == 0 and order[0].tolist() == [3, 1, 0, 2]


def test_large_numbers_of_sets_are_done_in_parts():
    rng = np.random.default_rng(0)
    cost = rng.random((6_000, 6, 6))
    least, order = cheapest_order(cost)
    rank = np.argsort(order, axis=1)
    above = rank[:, :, None] < rank[:, None, :]
    assert np.allclose((cost * above).sum(axis=(1, 2)), least)
    again, _ = cheapest_order(cost[-3:])
    assert np.allclose(again, least[-3:])


def test_unusable_pairs_are_left_out():
    asked = np.ones((2, 3, 3), int) - np.eye(3, dtype=int)
    asked[0, 0, 1] = 0
    first = asked.copy()
    within, across = answers_to_drop(PairedChoices(asked, first))
    assert within.tolist() == [2, 3] and across.tolist() == [0, 0]
