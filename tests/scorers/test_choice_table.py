"""From scores to the arrays that estimators take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from inspect_ai.scorer import SampleScore, Score

from fiduciary.scorers.choice_problem import MissingMetadata
from fiduciary.scorers.choice_table import table

Metadata = Callable[..., list[dict[str, Any]]]
Scores = Callable[..., list[SampleScore]]


def test_rows_hold_what_was_displayed_chosen_and_where(metadata: Metadata, choice_scores: Scores) -> None:
    about = metadata(40, temperature=0.5)
    chosen = [i % m["n_options"] if i % 7 else -1 for i, m in enumerate(about)]
    data = table(choice_scores(about, chosen))
    assert data.n == 40
    assert (data.shift, data.elicitation) == (5.0, "text")
    assert not data.by_probability
    np.testing.assert_array_equal(data.chosen, chosen)
    np.testing.assert_array_equal(data.temperature, 0.5)
    np.testing.assert_array_equal(data.n_options, [m["n_options"] for m in about])
    for i, m in enumerate(about):
        k = m["n_options"]
        np.testing.assert_array_equal(data.welfare[i, :k], m["welfare"])
        assert np.isnan(data.welfare[i, k:]).all()
        assert [m["order"][p] for p in data.position[i, :k]] == list(range(k))
        assert (data.position[i, k:] == -1).all()
        np.testing.assert_array_equal(data.label[i], data.position[i])  # letters in their own order
        assert data.groups[i] == m["group"]
        assert (data.reason[i] is None) == (chosen[i] >= 0)


def test_metrics_of_one_round_share_a_table_and_those_of_the_next_get_another(
    metadata: Metadata, choice_scores: Scores
) -> None:
    """A running score would else spend most of its time on laying the same answers out again."""
    scores = choice_scores(metadata(10), [0] * 10)
    first = table(scores)
    assert table(scores) is first
    scores += choice_scores(metadata(11)[10:], [1])
    assert table(scores).n == 11
    assert table(list(scores)[:10]).n == 10


def test_letters_out_of_their_order_name_the_options_at_their_places(
    metadata: Metadata, choice_scores: Scores
) -> None:
    about = [m | {"labels": "ABCDE"[: m["n_options"]][::-1]} for m in metadata(12)]
    data = table(choice_scores(about, [0] * 12))
    for i, m in enumerate(about):
        k = m["n_options"]
        for place, own in enumerate(m["order"]):
            assert "ABCDE"[data.label[i, own]] == m["labels"][place]
        assert (data.label[i, k:] == -1).all()


def test_shares_are_one_for_the_chosen_option_and_unknown_where_missing(
    metadata: Metadata, choice_scores: Scores
) -> None:
    about = metadata(10)
    shares = table(choice_scores(about, [0] * 9 + [-1])).shares()
    np.testing.assert_array_equal(shares[:9, 0], 1)
    np.testing.assert_array_equal(np.nansum(shares[:9], axis=1), 1)
    assert np.isnan(shares[9]).all()


def test_shares_are_probabilities_where_those_are_the_answer(
    metadata: Metadata, choice_scores: Scores
) -> None:
    about = [m for m in metadata(60, elicitation="choose") if m["n_options"] == 3][:2]
    data = table(choice_scores(about, [0, -1], [[0.5, None, 0.5], None]))
    np.testing.assert_array_equal(data.probabilities[0], [0.5, np.nan, 0.5])
    np.testing.assert_array_equal(data.shares()[0], [0.5, 0.0, 0.5])
    assert np.isnan(data.shares()[1]).all()


def test_equal_content_has_equal_digests(metadata: Metadata, choice_scores: Scores) -> None:
    about = metadata(10)
    one, same = table(choice_scores(about, [0] * 10)), table(choice_scores(about, [0] * 10))
    other = table(choice_scores(about, [0] * 9 + [1]))
    warmer = table(choice_scores([m | {"temperature": 2.0} for m in about], [0] * 10))
    assert one.digest() == same.digest()
    renamed = table(choice_scores([m | {"labels": "ABCDE"[: m["n_options"]][::-1]} for m in about], [0] * 10))
    assert len({one.digest(), other.digest(), warmer.digest(), renamed.digest()}) == 4


def test_what_no_single_estimate_could_cover_is_refused(metadata: Metadata, choice_scores: Scores) -> None:
    with pytest.raises(ValueError, match="no scored samples"):
        table([])
    mixed = [*metadata(3), *metadata(3, elicitation="choose")]
    with pytest.raises(ValueError, match="samples differ in elicitation: choose, text"):
        table(choice_scores(mixed, [0] * 6))
    shifted = [m | {"shift": float(i)} for i, m in enumerate(metadata(2))]
    with pytest.raises(ValueError, match=r"samples differ in shift: 0.0, 1.0"):
        table(choice_scores(shifted, [0, 0]))
    with pytest.raises(MissingMetadata, match="lack welfare"):
        table(choice_scores([{"order": [0, 1]}], [0]))


@pytest.mark.parametrize("chosen", ["0", [0], True, 0.6, None, 7, -2, float("nan")])
def test_a_choice_of_another_type_is_refused(metadata: Metadata, chosen: Any) -> None:
    scores = [
        SampleScore(score=Score(value=1.0, metadata={"chosen": own, "reason": None}), sample_metadata=about)
        for own, about in zip([0, chosen], metadata(2), strict=True)
    ]
    with pytest.raises(ValueError, match="chosen must be a whole number from -1 to"):
        table(scores)


@pytest.mark.parametrize("given", [[0.5], ["a", "b"], "ab", [2.0] * 5, [True] * 5, {"A": 1}])
def test_probabilities_of_another_type_are_refused(metadata: Metadata, given: Any) -> None:
    [about] = metadata(1, elicitation="choose")
    answer = {"chosen": 0, "reason": None, "probabilities": given}
    with pytest.raises(ValueError, match="probabilities must be"):
        table([SampleScore(score=Score(value=1.0, metadata=answer), sample_metadata=about)])
