"""What first tokens are read as, and why some are missing."""

from __future__ import annotations

import math

import pytest
from inspect_ai.model import Logprob, Logprobs, TopLogprob

from fiduciary.scorers.inventory.distribution import read_distribution

NUMBERS = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
TURNED = {"1": 5, "2": 4, "3": 3, "4": 2, "5": 1}
LETTERS = {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5}
WORDS = {"strongly disagree": 1, "disagree": 2, "neutral": 3, "agree": 4, "strongly agree": 5}


def first(**probabilities: float) -> Logprobs:
    top = [TopLogprob(token=t.replace("_", " "), logprob=math.log(p)) for t, p in probabilities.items()]
    return Logprobs(content=[Logprob(token=top[0].token, logprob=top[0].logprob, top_logprobs=top)])


def test_distributions() -> None:
    found = read_distribution(first(**{"4": 0.5, "_4": 0.1, "5": 0.2, "The": 0.2}), NUMBERS)
    assert found is not None
    assert found.probabilities == pytest.approx((0, 0, 0, 0.75, 0.25))
    assert found.outside == pytest.approx(0.2)
    turned = read_distribution(first(**{"4": 0.5, "5": 0.5}), TURNED)
    assert turned is not None and turned.probabilities == pytest.approx((0.5, 0.5, 0, 0, 0))
    letters = read_distribution(first(B=0.6, b=0.3, A=0.1), LETTERS)
    assert letters is not None and letters.probabilities == pytest.approx((0.1, 0.9, 0, 0, 0))


def test_a_beginning_counts_where_it_begins_one_label() -> None:
    found = read_distribution(first(dis=0.5, strongly=0.4, agree=0.1), WORDS)
    assert found is not None and found.outside == pytest.approx(0.4)
    assert found.probabilities == pytest.approx((0, 5 / 6, 0, 1 / 6, 0))


def test_no_distribution() -> None:
    assert read_distribution(None, NUMBERS) is None
    assert read_distribution(Logprobs(content=[]), NUMBERS) is None
    assert read_distribution(first(The=0.9, I=0.1), NUMBERS) is None
