"""What all answers together ask for at each token of one of them."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.training.matching_layout import next_tokens


@st.composite
def distributions(draw):
    """Sequences of a few tokens that all end in the same one, and their probabilities."""
    bodies = draw(st.sets(st.lists(st.integers(1, 3), max_size=4).map(tuple), min_size=1, max_size=8))
    weights = draw(st.lists(st.floats(0.01, 1), min_size=len(bodies), max_size=len(bodies)))
    return [(*body, 0) for body in sorted(bodies)], [w / sum(weights) for w in weights]


@given(distributions())
def test_each_token_has_a_distribution_and_their_product_is_the_answers_probability(given_):
    responses, p = given_
    for k, response in enumerate(responses):
        tokens = next_tokens(responses, p, k)
        assert all(sum(one.values()) == pytest.approx(1) for one in tokens)
        chance = math.prod(one[token] for one, token in zip(tokens, response, strict=True))
        assert chance == pytest.approx(p[k])


@given(distributions())
def test_over_the_answers_drawn_they_add_up_to_each_places_share_of_tokens(given_):
    responses, p = given_
    wanted, expected = defaultdict(float), defaultdict(float)
    for k, response in enumerate(responses):
        for place, one in enumerate(next_tokens(responses, p, k)):
            wanted[place, response[place]] += p[k]
            for token, share in one.items():
                expected[place, token] += p[k] * share
    assert expected == pytest.approx(wanted)


def test_the_second_decision_is_asked_given_the_first():
    plans = list(itertools.product((1, 0), repeat=2))
    tokens = [(10 + a, 20 + b, 9) for a, b in plans]
    first, second, end = next_tokens(tokens, [0.4, 0.1, 0.3, 0.2], along=2)
    assert first == pytest.approx({11: 0.5, 10: 0.5})
    assert second == pytest.approx({21: 0.6, 20: 0.4})
    assert end == {9: 1}
