"""Counting answers to pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.consistency.pairs import PairedChoices

OFF = 1 - np.eye(3, dtype=int)


def test_answers_are_counted_by_pair_and_order():
    choices = PairedChoices.from_answers(
        [0, 0, 0, 1, 1], [0, 1, 0, 2, 0], [1, 0, 1, 0, 2], [0, 0, -1, 2, 2], n_sets=2, m=3
    )
    assert choices.asked[0].tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]
    assert choices.first_wins[0].tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 0]]
    assert choices.wins[0, 0, 1] == 2 and choices.wins[0, 1, 0] == 0
    assert choices.wins[1, 2, 0] == 2 and choices.answers[1, 0, 2] == 2
    assert choices.answers[0, 1, 2] == 0 and not choices.usable[0, 1, 2]


def test_missing_answer_leaves_the_pair_unasked():
    choices = PairedChoices.from_answers([0, 0], [0, 1], [1, 0], [-1, -1], n_sets=1, m=2)
    assert not choices.answers.any() and np.isnan(choices.frequency).all()
    assert not choices.complete[0]


def test_frequency_is_the_mean_of_both_orders():
    """3 of 4 with i first, 1 of 2 with j first: ½ (¾ + ½); worth 4 · 4 · 2/6 answers."""
    asked, first = np.zeros((1, 2, 2), int), np.zeros((1, 2, 2), int)
    asked[0, 0, 1], first[0, 0, 1] = 4, 3
    asked[0, 1, 0], first[0, 1, 0] = 2, 1
    choices = PairedChoices(asked, first)
    assert choices.frequency[0, 0, 1] == pytest.approx(0.625)
    assert choices.frequency[0, 1, 0] == pytest.approx(0.375)
    assert choices.weight[0, 0, 1] == pytest.approx(16 / 3)
    assert choices.majority[0].tolist() == [[0, 1], [-1, 0]]


def test_balanced_pairs_are_worth_their_answers():
    choices = PairedChoices(3 * OFF[None], OFF[None])
    assert choices.weight[0, 0, 1] == choices.answers[0, 0, 1] == 6


def test_order_effect_is_a_tie_however_many_answers_are_missing():
    rng = np.random.default_rng(0)
    asked = rng.integers(0, 5, size=(200, 4, 4)) * (1 - np.eye(4, dtype=int))
    choices = PairedChoices(asked, asked)  # the first one always wins
    assert choices.counterbalanced
    assert not choices.majority.any()
    assert np.all(choices.frequency[choices.usable] == 0.5)


def test_pair_in_one_order_is_unusable_beside_others_in_both():
    asked = np.array([OFF, OFF])
    asked[0, 0, 1] = 0
    choices = PairedChoices(asked, asked)
    assert choices.one_sided[0, 0, 1] and choices.one_sided[0, 1, 0]
    assert choices.complete.tolist() == [False, True]
    assert choices.usable_only().answers[0, 0, 1] == 0
    plain = PairedChoices(np.triu(asked), np.triu(asked))
    assert not plain.counterbalanced and plain.complete[1] and not plain.one_sided.any()


def test_smaller_sets_are_padded():
    asked = np.zeros((2, 4, 4), int)
    asked[0, :3, :3], asked[1] = OFF, 1 - np.eye(4, dtype=int)
    choices = PairedChoices(asked, asked, np.array([3, 4]))
    assert choices.complete.all() and choices.exists[0].sum() == 6
    assert not PairedChoices(asked, asked).complete[0]


@given(st.integers(0, 10_000))
def test_frequencies_of_both_sides_add_to_one(seed):
    rng = np.random.default_rng(seed)
    asked = rng.integers(0, 4, size=(5, 3, 3)) * OFF
    choices = PairedChoices(asked, rng.integers(0, asked + 1))
    total = choices.frequency + choices.frequency.swapaxes(1, 2)
    assert np.allclose(total[choices.usable], 1, atol=1e-15)
    # A tie is a half exactly, in floating point too.
    sign = np.sign(np.nan_to_num(choices.frequency, nan=0.5) - 0.5)
    assert np.array_equal(sign, choices.majority)


@pytest.mark.parametrize(
    ("asked", "first", "extra", "says"),
    [
        (np.zeros((2, 3)), np.zeros((2, 3)), {}, r"shape \(sets, m, m\)"),
        (np.zeros((2, 3, 3)), np.zeros((1, 3, 3)), {}, "shape of asked"),
        (np.zeros((1, 7, 7)), np.zeros((1, 7, 7)), {}, "m = 7"),
        (np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), {}, "m = 1"),
        (np.zeros((1, 8, 8)), np.zeros((1, 8, 8)), {"max_options": 8}, "max_options"),
        (np.ones((1, 3, 3)), np.zeros((1, 3, 3)), {}, "diagonal"),
        (OFF[None], 2 * OFF[None], {}, "must not exceed"),
        (-OFF[None], -OFF[None], {}, "negative"),
        (OFF[None] / 2, OFF[None] / 2, {}, "whole numbers"),
        (OFF[None], OFF[None], {"n_options": [2]}, "beyond n_options"),
        (OFF[None], OFF[None], {"n_options": [4]}, "from 2 to 3"),
        (OFF[None], OFF[None], {"n_options": [3, 3]}, "n_options"),
    ],
)
def test_wrong_counts_are_refused(asked, first, extra, says):
    with pytest.raises(ValueError, match=says):
        PairedChoices(asked, first, **extra)


def test_seven_options_by_asking_for_them():
    asked = np.ones((1, 7, 7), int) - np.eye(7, dtype=int)
    assert PairedChoices(asked, asked, max_options=7).m == 7


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (([0], [0], [1], [2]), "answer 0 chose 2 from 0 and 1"),
        (([0], [0], [0], [0]), "different options"),
        (([1], [0], [1], [0]), r"choice_set must lie in 0 … 0"),
        (([0], [3], [1], [1]), r"first must lie in 0 … 2"),
        (([0], [0], [-1], [0]), r"second must lie in 0 … 2"),
        (([0, 0], [0], [1], [0]), "same length"),
        (([0], [0], [1], [0.5]), "chosen must hold whole numbers"),
        (([0], ["a"], [1], [0]), "first must hold whole numbers"),
    ],
)
def test_wrong_answers_are_refused(columns, says):
    with pytest.raises(ValueError, match=says):
        PairedChoices.from_answers(*columns, n_sets=1, m=3)
