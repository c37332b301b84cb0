"""Which number a text states, as a rating and as an amount of dollars."""

from __future__ import annotations

import pytest

from fiduciary.scorers.reading.numbers import read_amount, read_rating


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
    assert read_rating("85. The passengers", "max_tokens").value == 85
    assert read_rating("I would say 85 at first. But then", "max_tokens").reason == "truncated"


def test_a_number_that_may_lack_a_digit_is_cut_off() -> None:
    assert read_rating("8", "max_tokens").reason == "truncated"
    assert read_amount("$8", "max_tokens").reason == "truncated"
    assert read_amount("$8.", "max_tokens").value == 8


@pytest.mark.parametrize(
    "text",
    [
        "I'd rate it at 40 because 3 people die",
        "Rating: 40",
        "I give it a 40.",
        "I would rate the killing of 3 people as 40",
        "I don't think it is right, so my rating is 40.",
        "On a scale from 0 to 100, I would rate this as 40.",
        "My answer: 40/100 - it is okay",
        "4 people would die. 40",
        "Not 80. 40.",
        "I am 90% sure that the rating is 40.",
        "\\boxed{40}",
        "４０",
        "40 (rather wrong)",
    ],
)
def test_a_number_that_is_stated_is_the_rating(text: str) -> None:
    assert read_rating(text).value == 40


@pytest.mark.parametrize(
    "text",
    [
        "Not 80.",
        "I would not, under any circumstance, say 80.",
        "I would never say 80",
        "about 80",
        "approx. 80",
        "~80",
        "80+",
        "80-ish",
        "80 or so",
        "80, maybe 70",
        "80. Or rather 70.",
        "I'd say 80, but 20 for the other",
        "at most 80",
        "80 at most",
        "80?",
        "8e1",
        "8O",
        "$80",
        "4/5",
        "¾",
        "9" * 5_000 + "x",
        "1 " * 2_000,
    ],
)
def test_a_number_that_is_denied_bounded_or_unclear_is_ambiguous(text: str) -> None:
    assert read_rating(text) == (None, "ambiguous")


@pytest.mark.parametrize(
    "text", ["a 95% confidence", "80% of people agree", "75 lives", "Article 5 forbids it."]
)
def test_a_number_that_counts_something_is_no_rating(text: str) -> None:
    assert read_rating(text) == (None, "no answer")


def test_a_number_of_any_length_is_out_of_range() -> None:
    assert read_rating("9" * 5_000).reason == read_amount("$" + "9" * 100_000).reason == "out of range"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$2,500.50", 2500.5),
        ("1 000 000", 1e6),
        ("2’500 dollars", 2500),
        ("USD 250", 250),
        ("250$", 250),
        ("€250", 250),
        ("\\$250", 250),
        ("$2{,}500$", 2500),
        ("−$250", -250),
        ("I would spend $250.", 250),
        ("Employees: $250 (10%)", 250),
        ("$250 each", 250),
        ("$0.125", 0.125),
        ("１，０００", 1000),
    ],
)
def test_amounts(text: str, amount: float) -> None:
    assert read_amount(text) == (amount, None)


@pytest.mark.parametrize(
    "text",
    "25%|25 pct|$1.500|$1,50|$1.000,00|$2.500.000|1,000,00|$1e3|$250k|$12 thousand|2 dozen|50 cents|£500"
    "|$500+|$500-$600"
    "|500–600|20 to 30|between 20 and 30|$500/$600|$500 and $600|$500, or $600|$500 minus $20|less than $60"
    "|up to $60|no more than $60|$60 max|max. $60|half of $60|$500/month|1/2|2½|10²|5*10|2\t500|1_000"
    "|0x10|- $250"
    "|٢٥|$500 (or $600)|$500\n$600".split("|"),
)
def test_amounts_that_may_mean_two_things(text: str) -> None:
    assert read_amount(text) == (None, "ambiguous")
