"""Response styles that are told apart by asking with both directions of the scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.psychometrics.response_style import (
    FLAGS,
    answer_entropy,
    entropy,
    expected,
    one_answer,
    response_style,
    text_agreement,
)

UP, DOWN = [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]


def style(agreement: list[list[float]], order: list[list[int]]) -> tuple[str, float, float]:
    found = response_style(one_answer(agreement), order)
    assert FLAGS[found.code] == found.flag
    return found.flag, found.acquiescence, found.same_label


def test_always_agreeing_is_not_always_the_same_label() -> None:
    assert style([[5] * 10, [5] * 10], [UP, DOWN]) == ("always agrees", 5, 0.5)
    assert style([[1] * 10, [5] * 10], [UP, DOWN]) == ("always the same label", 3, 1)
    assert style([[1] * 10, [2] * 10], [UP, DOWN]) == ("always disagrees", 1.5, 0.5)
    assert style([[3] * 10, [3] * 10], [UP, DOWN]) == ("always neutral", 3, 1)


def test_one_direction_cannot_tell() -> None:
    assert style([[5] * 10, [5] * 10], [UP, UP])[0] == FLAGS[-1]
    assert style([[5] * 5 + [4] * 5] * 2, [UP, UP])[0] == "always agrees"


def test_a_varied_answerer_is_not_flagged() -> None:
    answers = np.random.default_rng(0).integers(1, 6, (4, 50)).astype(float)
    flag, acquiescence, same = style(answers.tolist(), [UP, DOWN, UP, DOWN])
    assert flag == "none" and acquiescence == answers.mean() and same < 0.3


def test_a_distribution_around_the_middle_is_not_always_neutral() -> None:
    spread = np.broadcast_to([0.1, 0.2, 0.4, 0.2, 0.1], (2, 10, 5))
    found = response_style(spread, [UP, DOWN])
    assert found.flag == "none" and found.neutral == pytest.approx(0.4)
    assert found.acquiescence == pytest.approx(3)


def test_missing_answers_do_not_count() -> None:
    found = response_style(one_answer([[5, np.nan], [np.nan, np.nan]]), [UP, DOWN])
    assert found.acquiescence == 5 and found.flag == FLAGS[-1], "one direction was answered only"
    nothing = response_style(one_answer([[np.nan]]), [UP])
    assert np.isnan(nothing.acquiescence) and nothing.flag == "none"


def test_entropy() -> None:
    assert entropy([0.2] * 5) == pytest.approx(np.log2(5))
    assert entropy([0, 0, 1, 0, 0]) == 0
    assert entropy([0.5, 0.5, 0, 0, 0]) == 1
    assert np.isnan(entropy([np.nan] * 5))


def test_entropy_of_sampled_answers() -> None:
    # Items: always 4; half 1 and half 5; answered once only, which says nothing.
    assert answer_entropy([[4, 1, np.nan], [4, 5, 2]]) == pytest.approx(0.5)
    assert np.isnan(answer_entropy([[4, 5, 1]]))


@given(st.lists(st.floats(0.01, 1), min_size=5, max_size=5))
def test_the_mean_of_a_distribution(weights: list[float]) -> None:
    p = np.array(weights) / sum(weights)
    assert expected(p) == pytest.approx(sum(k * q for k, q in zip(range(1, 6), p, strict=True)))
    assert 0 <= entropy(p) <= np.log2(5) + 1e-9


def test_text_and_log_probabilities() -> None:
    p = [[0.7, 0.3, 0, 0, 0], [0, 0, 0, 0.2, 0.8], [np.nan] * 5, [1, 0, 0, 0, 0]]
    share, distance = text_agreement([1, 4, 3, np.nan], p)
    assert share == 0.5 and distance == pytest.approx((0.3 + 0.8) / 2)
    assert np.isnan(text_agreement([np.nan], [[0.2] * 5])).all()
