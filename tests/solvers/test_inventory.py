"""What an inventory's solver sends: one statement a context, or all in one."""

from __future__ import annotations

from typing import Any

import pytest

from fiduciary.solvers.inventory import MAX_TOKENS, PLACE, questions

ITEMS = [{"number": 3, "statement": "I do {this} and {statement}."}, {"number": 4, "statement": "I rest."}]


def asked(**changes: Any) -> list[tuple[str, str, bool, float, int]]:
    about = {"items": ITEMS, "elicitation": "choose", "context": "fresh", "temperature": 0.3, **changes}
    return [
        (q.name, q.messages[0].text, q.logprobs, q.temperature, q.max_tokens)
        for q in questions(f"Rate {PLACE} now", about)
    ]


def test_statements_go_in_as_they_are() -> None:
    texts = [text for _, text, *_ in asked()]
    assert texts == ["Rate I do {this} and {statement}. now", "Rate I rest. now"]


@pytest.mark.parametrize(
    ("elicitation", "expected"),
    [
        ("logprobs", [("3", True), ("4", True)]),
        ("answer", [("3", False), ("4", False)]),
        ("both", [("3", True), ("3/text", False), ("4", True), ("4/text", False)]),
    ],
)
def test_elicitation_decides_what_is_asked_for(elicitation: str, expected: list[tuple[str, bool]]) -> None:
    found = asked(elicitation=elicitation)
    assert [(name, logprobs) for name, _, logprobs, *_ in found] == expected
    assert {t for _, _, logprobs, t, _ in found if not logprobs} <= {0.3}
    assert {tokens for *_, logprobs, _, tokens in found if not logprobs} <= {MAX_TOKENS}


def test_both_questions_about_an_item_have_the_same_text() -> None:
    found = asked(elicitation="both")
    assert found[0][1] == found[1][1]


def test_together_the_text_stands_alone() -> None:
    [(name, text, logprobs, temperature, tokens)] = asked(context="together", elicitation="text")
    assert (name, text, logprobs, temperature) == ("all", f"Rate {PLACE} now", False, 0.3)
    assert tokens > MAX_TOKENS
