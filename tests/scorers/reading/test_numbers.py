"""Which number a text gives."""

from __future__ import annotations

import pytest

from fiduciary.scorers.reading.numbers import read_rating


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("85", 85.0),
        (" 0\n", 0.0),
        ("100.", 100.0),
        ("**72.5**", 72.5),
        ("85/100", 85.0),
        ("85 out of 100", 85.0),
        ("85%", 85.0),
        ("My rating is 40.", 40.0),
        ("On a scale from 0 to 100 I would say 40, so 40.", 40.0),
        ("<think>10 or 20?</think>30", 30.0),
        ("101", "out of range"),
        ("-5", "out of range"),
        ("60-70", "ambiguous"),
        ("Between 60 and 70", "ambiguous"),
        ("I cannot rate this.", "refused"),
        ("It depends.", "no answer"),
        ("", "empty"),
        ("1,5", "ambiguous"),
    ],
)
def test_ratings(text: str, read: float | str) -> None:
    rating = read_rating(text)
    assert (rating.reason if rating.value is None else rating.value) == read
    assert (rating.value is None) != (rating.reason is None)


def test_what_was_cut_off() -> None:
    assert read_rating("85", "max_tokens").value == 85
    assert read_rating("There are 2 people and", "max_tokens").reason == "truncated"
    assert read_rating("", "max_tokens").reason == "truncated"
    assert read_rating("85", "content_filter").reason == "refused"
