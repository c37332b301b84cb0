"""Probabilities of labels from a first token's log-probabilities."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import Logprob, Logprobs, TopLogprob

from fiduciary.scorers.labels import label_drawn, label_probabilities


def first_token(mass: dict[str, float], sampled: str | None = None) -> Logprobs:
    top = [TopLogprob(token=token, logprob=math.log(p)) for token, p in mass.items()]
    token = sampled or next(iter(mass))
    return Logprobs(content=[Logprob(token=token, logprob=math.log(mass.get(token, 0.01)), top_logprobs=top)])


def test_labels_are_renormalised_and_the_rest_is_reported() -> None:
    found = label_probabilities(first_token({"A": 0.6, "B": 0.2, "The": 0.15}), "AB")
    assert found is not None
    assert found.by_place == pytest.approx((0.75, 0.25))
    assert found.outside == pytest.approx(0.2)


def test_a_label_that_was_not_returned_is_censored_not_zero() -> None:
    found = label_probabilities(first_token({"A": 0.6, "C": 0.2}), "ABC")
    assert found is not None
    assert list(found.by_place) == [pytest.approx(0.75), None, pytest.approx(0.25)]


@pytest.mark.parametrize("variant", [" A", "ĠA", "▁A", "A\n"])
def test_spellings_of_one_label_are_added_up(variant: str) -> None:
    found = label_probabilities(first_token({"A": 0.3, variant: 0.3, "B": 0.4}), "AB")
    assert found is not None
    assert found.by_place == pytest.approx((0.6, 0.4))


def test_words_lower_case_letters_and_letters_beyond_the_options_are_no_labels() -> None:
    found = label_probabilities(first_token({"A": 0.5, "a": 0.2, "C": 0.1, "AB": 0.1, "É": 0.05}), "AB")
    assert found is not None
    assert found.by_place == (1.0, None)
    assert found.outside == pytest.approx(0.5)


def test_the_sampled_token_counts_when_it_is_not_among_the_top_ones() -> None:
    found = label_probabilities(first_token({"A": 0.6, "The": 0.3}, sampled="B"), "AB")
    assert found is not None
    assert found.by_place == pytest.approx((0.6 / 0.61, 0.01 / 0.61))


@pytest.mark.parametrize("nothing", [None, Logprobs(content=[]), first_token({"The": 0.9})])
def test_without_a_label_there_are_no_probabilities(nothing: Logprobs | None) -> None:
    assert label_probabilities(nothing, "ABC") is None


@given(st.lists(st.floats(1e-6, 1), min_size=2, max_size=5))
def test_probabilities_of_labels_sum_to_one(weights: list[float]) -> None:
    mass = {label: w / (sum(weights) + 0.1) for label, w in zip("ABCDE", weights, strict=False)}
    found = label_probabilities(first_token(mass), "ABCDE"[: len(weights)])
    assert found is not None
    assert sum(p for p in found.by_place if p is not None) == pytest.approx(1)
    assert 0 <= found.outside <= 1


@pytest.mark.parametrize(
    ("token", "place"), [("B", 1), (" B", 1), (" ", -1), ("\n", -1), ("AB", -1), ("C", -1)]
)
def test_the_label_that_was_drawn(token: str, place: int) -> None:
    assert label_drawn(first_token({token: 0.9}), "AB") == place
