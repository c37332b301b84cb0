"""What a model thought is no part of its answer, in whatever form it marks that."""

from __future__ import annotations

import pytest

from fiduciary.scorers.reading.choice import read_choice
from fiduciary.scorers.reading.text import answer_of

MARKS = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("<thought>", "</thought>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
]
THOUGHT = "Therefore, I choose: Option A."
ANSWER = "Therefore, I choose: Option B."


@pytest.mark.parametrize(("opens", "closes"), MARKS)
def test_thought_is_cut(opens: str, closes: str) -> None:
    assert answer_of(f"{opens}\n{THOUGHT}\n{closes}\n\n{ANSWER}") == ANSWER


@pytest.mark.parametrize(("opens", "closes"), MARKS)
def test_a_closing_mark_is_enough(opens: str, closes: str) -> None:
    """Where the template opened the thought, a server returns only its end."""
    assert answer_of(f"{THOUGHT}\n{closes}\n{ANSWER}") == ANSWER


@pytest.mark.parametrize(("opens", "closes"), MARKS)
@pytest.mark.parametrize(("stop_reason", "reason"), [("max_tokens", "truncated"), ("stop", "empty")])
def test_thought_alone_is_no_answer(opens: str, closes: str, stop_reason: str, reason: str) -> None:
    assert read_choice(f"{opens}{THOUGHT}", 3, True, stop_reason).reason == reason
    assert read_choice(f"{opens}{THOUGHT}{closes}", 3, True, stop_reason).reason == reason


def test_thought_may_name_its_own_marks() -> None:
    assert answer_of(f"<think>I use <think> tags.</think> {ANSWER}") == ANSWER


def test_only_the_final_channel_is_the_answer() -> None:
    text = f"<|channel|>commentary<|message|>{THOUGHT}<|end|><|channel|>final<|message|>{ANSWER}<|return|>"
    assert answer_of(text) == ANSWER
    assert answer_of(f"analysisWe might say: {THOUGHT}assistantfinal{ANSWER}") == ANSWER


def test_what_follows_the_end_of_the_turn_is_not_the_answer() -> None:
    assert answer_of(f"{ANSWER}<|im_end|>\n<|im_start|>user\n{THOUGHT}") == ANSWER


def test_text_without_marks_stays() -> None:
    assert answer_of(" 3 < 4 [reasoning] and <b>so</b> on ") == "3 < 4 [reasoning] and <b>so</b> on"
