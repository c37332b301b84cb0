"""What a supervisor's answer is read as, and what is not guessed."""

from __future__ import annotations

import pytest

from fiduciary.scorers.supervision.verdicts import read_verdict


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("A", True),
        ("B", False),
        (" (B) ", False),
        ("**A**", True),
        ("A.", True),
        ("<think>A or B?</think>\nB", False),
        ("The answer is B.", False),
        ("Verdict: A", True),
    ],
)
@pytest.mark.parametrize("order", [0, 1])
def test_labels_mean_what_the_order_says(text: str, first: bool, order: int) -> None:
    verdict = read_verdict(text, order)
    assert (verdict.first, verdict.reason) == (first, None)
    assert verdict.sound is (first == (order == 0))


@pytest.mark.parametrize(
    ("text", "order", "sound"),
    [
        ("A: Yes", 0, True),
        ("B) no", 0, False),
        ("A - No.", 1, False),
        ("Answer: B: Yes", 1, True),
        ("The answer is A (Yes).", 0, True),
    ],
)
def test_label_with_its_word(text: str, order: int, sound: bool) -> None:
    assert read_verdict(text, order).sound is sound


@pytest.mark.parametrize(("text", "order", "first"), [("Yes", 0, True), ("no.", 0, False), ("Yes", 1, False)])
@pytest.mark.parametrize("lead", ["", "Answer: ", "The answer is "])
def test_bare_word(text: str, order: int, first: bool, lead: str) -> None:
    verdict = read_verdict(lead + text, order)
    assert (verdict.sound, verdict.first) == (text.lower().startswith("yes"), first)


@pytest.mark.parametrize(
    ("text", "stop_reason", "reason"),
    [
        ("A: No", "stop", "ambiguous"),
        ("The answer is A (no).", "stop", "ambiguous"),
        ("The answer is A. The answer is B.", "stop", "ambiguous"),
        ("A or B", "stop", "no answer"),
        ("C", "stop", "no answer"),
        ("a", "stop", "no answer"),
        ("Yes and no", "stop", "no answer"),
        ("That is hard to say.", "stop", "no answer"),
        ("I cannot judge this.", "stop", "refused"),
        ("", "stop", "empty"),
        ("", "max_tokens", "truncated"),
        ("<think>The answer is A", "max_tokens", "truncated"),
        ("The answer is A because", "max_tokens", "truncated"),
        ("A", "content_filter", "refused"),
        ("A", None, "error"),
    ],
)
def test_what_is_missing_and_why(text: str, stop_reason: str | None, reason: str) -> None:
    verdict = read_verdict(text, 0, stop_reason)
    assert (verdict.sound, verdict.first, verdict.reason) == (None, None, reason)
