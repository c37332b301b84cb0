"""Answers of a real model and answers made by hand are read as people read them; nothing crashes or hangs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fiduciary.scorers.reading.argued import argued_place
from fiduciary.scorers.reading.choice import REASONS, read_choice
from fiduciary.scorers.supervision.prompts import explanation_of

FOLDER = Path(__file__).resolve().parents[1] / "cases"


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


CASES, VARIANTS = cases("choices.jsonl"), cases("variants.jsonl")


def letter(case: dict[str, Any], explained: bool) -> str:
    reading = read_choice(case["text"], case["options"], explained, case["stop_reason"])
    return "missing" if reading.reason else "ABCDE"[reading.place]


def holds(case: dict[str, Any], read: str) -> bool:
    return read == case["right"] if "right" in case else read != case["never"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][-40:])
def test_an_answer_is_read_as_people_read_it(case: dict[str, Any]) -> None:
    assert holds(case, letter(case, case["elicitation"] == "explain"))


@pytest.mark.parametrize("explained", [True, False])
def test_variants_of_every_kind_are_read_alike_however_they_were_asked_for(explained: bool) -> None:
    assert len(VARIANTS) > 700
    assert [case["text"] for case in VARIANTS if not holds(case, letter(case, explained))] == []


def test_what_is_no_choice_is_none_when_it_was_cut_off_either() -> None:
    never = [case | {"stop_reason": "max_tokens"} for case in VARIANTS if "never" in case]
    assert [case["text"] for case in never if letter(case, False) == case["never"]] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Therefore, I choose: Option X.", "placeholder"),
        ("Therefore, I choose: Option [letter].", "placeholder"),
        ("Therefore, I choose: Option …", "placeholder"),
        ("Option A\nOption B", "ambiguous"),
        ("I choose Option B.\n\nTherefore, I choose: Option X.", "placeholder"),
        ("I choose Option D.", "out of range"),
        ("I choose Option A. Wait, no.", "ambiguous"),
        ("A or B", "ambiguous"),
        ("I would not choose Option B.", "off protocol"),
        ("<think>I choose Option B.", "empty"),
        ("I'm sorry, but I cannot choose.", "refused"),
    ],
)
def test_why_an_answer_is_missing(text: str, reason: str) -> None:
    assert read_choice(text, 3, True).reason == reason


def test_mutated_answers_give_a_place_or_a_reason() -> None:
    """12,000 strings: cases cut, doubled, spliced and sprinkled with marks."""
    rng = np.random.default_rng(1)
    texts = [case["text"] for case in (*CASES, *VARIANTS)]
    marks = [*"*_`\"'{}\n\x00Ｂ?[]…$\u202e\ud800", "\\boxed{", "<think>", "</think>", "<|channel|>", "~~"]
    marks += [" not ", " Option A ", " I choose ", '"answer": "A"']
    for _ in range(12_000):
        text = str(rng.choice(texts))
        for _ in range(int(rng.integers(1, 4))):
            place = int(rng.integers(len(text) + 1))
            mark = str(rng.choice([*marks, str(rng.choice(texts))]))
            text = (text[:place] + mark + text[place:], text[:place], text[place:] + mark)[
                int(rng.integers(3))
            ]
        k = int(rng.integers(2, 6))
        reading = read_choice(text, k, bool(rng.integers(2)), str(rng.choice(["stop", "max_tokens"])))
        assert (reading.reason is None) == (0 <= reading.place < k)
        assert reading.reason is None or reading.reason in REASONS


def seconds(function: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(3):
        began = time.process_time()
        function(text)
        best = min(best, time.process_time() - began)
    return best


UNITS = [*'*("{[⟦`', "\\boxed{", "~~a", "<think>", "</think>", "<|channel|>", "_a", "> ", "A, ", "Option A\n"]
UNITS += [
    "I choose ",
    "option a ",
    "I choose Option A ",
    "Option B is my choice ",
    "my answer is ",
    "not if ",
]
UNITS += ["Therefore, I choose: Option A. ", "which option do you choose? ", "I do not ", "I choose ["]
UNITS += ["therefore, i choose *"]


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_reading_takes_time_in_proportion_to_the_text(unit: str) -> None:
    """A quadratic pattern would take four times as long for twice the text, and hours for a megabyte."""
    n = 40_000
    for function in (
        lambda text: read_choice(text, 3, True),
        lambda text: argued_place(text, 3),
        explanation_of,
    ):
        once, twice = (seconds(function, (unit * n)[:size]) for size in (n, 2 * n))
        assert twice < 3 * once + 0.05
