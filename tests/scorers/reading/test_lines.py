"""Numbered lines as models write them, and the reasons why one can be missing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.scorers.reading.lines import read_lines
from fiduciary.scorers.reading.numbers import Said

FIRST: dict[str, Any] = {"name": "first", "labels": ["K", "J"]}
REPLY: dict[str, Any] = {"name": "reply", "labels": ["N", "M"]}
WORDS: dict[str, Any] = {"name": "words", "labels": ["not invest", "invest"]}
CHANCE: dict[str, Any] = {"name": "chance", "low": 0, "high": 100, "about": 1}
POINTS: dict[str, Any] = {"name": "points", "answer": 45}


def one(text: str, item: dict[str, Any], stop_reason: str | None = "stop") -> Said:
    return read_lines(text, [item], stop_reason)[item["name"]]


@pytest.mark.parametrize(
    "text",
    [
        "1: J\n2: N",
        "1. J\n2. N",
        "1) J\n2) N",
        "**1:** J\n**2:** N",
        '1: "J"\n2: "N".',
        "1: j\n2: n",
        "<think>1: K\n2: M</think>1: J\n2: N",
        "1. If you are Player 1: J\n2. If you are Player 2 and Player 1 chose J: N",
        "My points are\n1. the sums\n2. the risks\n\n1: J\n2: N",
        "1: J, 2: N",
        "J\nN",
        "1: I choose J\n2: N it is",
        "2: N\n1: J",
        "1: K\n1: J\n2: N",  # the last one counts
    ],
)
def test_two_actions(text: str) -> None:
    read = read_lines(text, [FIRST, REPLY], "stop")
    assert read == {"first": Said(1.0), "reply": Said(0.0)}, text


@pytest.mark.parametrize(
    ("text", "item", "value"),
    [
        ("1: not invest", WORDS, 0),
        ("1: Invest", WORDS, 1),
        ("1: I would not invest", WORDS, 0),
        ("1: 60%", CHANCE, 60),
        ("1: 60", CHANCE, 60),
        ("1: 62.5 percent", CHANCE, 62.5),
        ("60", CHANCE, 60),
        ("1: 0.5%", CHANCE, 0.5),
        ("1: 0", CHANCE, 0),
        ("1: 1", CHANCE, 1),
        ("1: 100 %", CHANCE, 100),
        ("1: 1,250 points", POINTS, 1250),
        ("1: -5", POINTS, -5),
        ("1: Player 2 gets: 45", POINTS, 45),
    ],
)
def test_one_answer(text: str, item: dict[str, Any], value: float) -> None:
    assert one(text, item) == Said(float(value))


@pytest.mark.parametrize(
    ("text", "item", "reason"),
    [
        ("1: J or K", FIRST, "ambiguous"),
        ("1: not J", FIRST, "ambiguous"),
        ("1: I don't invest", WORDS, "ambiguous"),
        ("1: Q", FIRST, "out of range"),
        ("1: it depends", FIRST, "no answer"),
        ("2: J", FIRST, "no answer"),
        ("1: ...", FIRST, "no answer"),
        ("1: 60-70%", CHANCE, "ambiguous"),
        ("1: about 62.5 percent", CHANCE, "ambiguous"),
        ("1: 0.6", CHANCE, "ambiguous"),
        ("1: 120", CHANCE, "out of range"),
        ("1: -3", CHANCE, "out of range"),
        ("1: high", CHANCE, "no answer"),
        ("", FIRST, "empty"),
        ("I cannot take part in this.", FIRST, "refused"),
        ("A long answer that says\nnothing to the point", FIRST, "no answer"),
    ],
)
def test_what_is_missing_and_why(text: str, item: dict[str, Any], reason: str) -> None:
    assert one(text, item) == Said(reason=reason)


def test_how_an_answer_ended() -> None:
    assert one("1: 6", CHANCE, "max_tokens") == Said(reason="truncated")
    assert one("", CHANCE, "max_tokens") == Said(reason="truncated")
    assert one("1: J", FIRST, "content_filter") == Said(reason="refused")
    assert one("", FIRST, None) == Said(reason="error")
    cut = read_lines("1: J\n2: M", [FIRST, REPLY], "max_tokens")
    assert cut == {"first": Said(1.0), "reply": Said(reason="truncated")}


def test_a_line_that_is_missing_leaves_the_others() -> None:
    read = read_lines("1: both\n2: M", [FIRST, REPLY], "stop")
    assert read == {"first": Said(reason="no answer"), "reply": Said(1.0)}


@given(st.text(max_size=200), st.sampled_from(["stop", "max_tokens", "content_filter", None]))
def test_any_text_is_read_or_missing_with_a_reason(text: str, stop_reason: str | None) -> None:
    for item in (FIRST, WORDS, CHANCE):
        line = one(text, item, stop_reason)
        assert (line.value is None) != (line.reason is None)
        if item is CHANCE and line.value is not None:
            assert 0 <= line.value <= 100


@given(st.lists(st.integers(0, 100), min_size=1, max_size=4))
def test_whole_percents_survive(values: list[int]) -> None:
    items = [{**CHANCE, "name": str(i)} for i in range(len(values))]
    text = "\n".join(f"{i}: {value}%" for i, value in enumerate(values, 1))
    assert [line.value for line in read_lines(text, items, "stop").values()] == values


@pytest.mark.parametrize(
    "text",
    [
        "1: J\n2: 60\n\nReasons:\n1: K\n2: 20",
        "1: J\n2: 60\n\n1. K would be bad\n2. 20 of them leave",
        "Reasoning:\n1. K pays more\n2. 20 leave\n\nAnswer:\n1: J\n2: 60",
        "1. K pays more.\n2. They may leave.\n\n1: J\n2: 60%",
        "1: J\n2: 60\n3: 70",
        "1: J, because K is risky\n2: 60, because 3 of them leave",
        "| 1 | J |\n| 2 | 60 |",
        "1: J\n2: 60 out of 100",
    ],
)
def test_reasons_and_lines_beyond_those_asked_change_nothing(text: str) -> None:
    assert read_lines(text, [FIRST, CHANCE], "stop") == {"first": Said(1.0), "chance": Said(60.0)}


def test_two_complete_lists_that_differ_are_ambiguous_where_they_do() -> None:
    read = read_lines("1: J\n2: 60\n\n1: K\n2: 60", [FIRST, CHANCE], "stop")
    assert read == {"first": Said(reason="ambiguous"), "chance": Said(60.0)}


@pytest.mark.parametrize(
    "text", "avoid J|K is worse|J?|J or K|J if safe|anything but J|I prefer J over K|J/K".split("|")
)
def test_an_action_that_is_mentioned_is_not_chosen(text: str) -> None:
    assert one(f"1: {text}", FIRST).value is None


def test_a_line_of_any_length_ends_nothing() -> None:
    assert one("1: " + "9" * 5_000, CHANCE).reason == "out of range"
    assert one("9" * 5_000 + ": J", FIRST).value is None
