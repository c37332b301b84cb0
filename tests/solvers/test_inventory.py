"""What an inventory's solver sends: one statement a context, or all in one."""

from __future__ import annotations

from typing import Any

import pytest

from fiduciary.solvers.asking import Question
from fiduciary.solvers.inventory import CLOSING, MAX_TOKENS, PLACE, questions

ITEMS = [{"number": 3, "statement": "I do {this} and {statement}."}, {"number": 4, "statement": "I rest."}]
LABELS = {"1": 5, "2": 4, "3": 3, "4": 2, "5": 1}


def asked(**changes: Any) -> list[Question]:
    about = {"items": ITEMS, "answer_of_label": LABELS, "elicitation": "choose", "context": "fresh"}
    return questions(f"Rate {PLACE} now", {**about, "temperature": 0.3, **changes})


def texts(found: list[Question]) -> list[str]:
    return [q.messages[0].text for q in found]


def test_statements_go_in_as_they_are() -> None:
    assert texts(asked()) == ["Rate I do {this} and {statement}. now", "Rate I rest. now"]


@pytest.mark.parametrize(
    ("elicitation", "expected"),
    [
        ("choose", [("3", "choose"), ("4", "choose")]),
        ("text", [("3", "text"), ("4", "text")]),
        ("both", [("3", "choose"), ("3/text", "text"), ("4", "choose"), ("4/text", "text")]),
    ],
)
def test_elicitation_decides_what_is_asked_for(elicitation: str, expected: list[tuple[str, str]]) -> None:
    found = asked(elicitation=elicitation)
    assert [(q.name, q.elicitation) for q in found] == expected
    assert {q.labels for q in found} == {("1", "2", "3", "4", "5")}
    assert {(q.temperature, q.max_tokens) for q in found if q.elicitation == "text"} <= {(0.3, MAX_TOKENS)}


def test_both_questions_about_an_item_have_the_same_text() -> None:
    found = texts(asked(elicitation="both"))
    assert found[0] == found[1]


def test_closing_words_survive_trimming_and_ask_for_no_blank() -> None:
    """Chat templates that trim a begun turn, Llama's for one, take a blank at its end away."""
    assert CLOSING.strip() == CLOSING and not CLOSING[-1].isalnum()
    assert {q.closing for q in asked()} == {CLOSING}


def test_together_the_text_stands_alone() -> None:
    [q] = asked(context="together", elicitation="text")
    assert (q.name, q.messages[0].text, q.elicitation, q.temperature) == (
        "all",
        f"Rate {PLACE} now",
        "text",
        0.3,
    )
    assert q.max_tokens > MAX_TOKENS
