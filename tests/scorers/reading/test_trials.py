"""Answers that the readers were tried on: none is read as what it does not say, and few are missed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fiduciary.scorers.reading.cases import KINDS
from fiduciary.scorers.reading.command import MISSING, readings

FILE = Path(__file__).parent.parent / "cases" / "trials.jsonl"
TRIALS = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]
MOST_MISSED = 0.05
"""Share of what is stated that may be called missing."""


def said(case: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """What each part of a case says (None where only what it does not say is known), and what is read."""
    [(read, _)] = readings([json.dumps(case)])
    right = case.get("right")
    yield from zip(right, read, strict=True) if isinstance(right, list) else [(right, read)]


def missed(cases: Iterable[dict[str, Any]]) -> tuple[list[str], int]:
    """Texts with something stated that is called missing, and how much is stated in all."""
    pairs = [(case["text"], *pair) for case in cases for pair in said(case)]
    stated = [(text, read) for text, right, read in pairs if right not in (None, MISSING)]
    return [text for text, read in stated if read == MISSING], len(stated)


@pytest.mark.parametrize("case", TRIALS, ids=lambda case: f"{case['why']}: {case['text'][:40]}")
def test_nothing_is_read_that_is_not_said(case: dict[str, Any]) -> None:
    for right, read in said(case):
        if right is None:
            assert read != case["never"]
        else:
            assert read in (right, MISSING)


@pytest.mark.parametrize("kinds", [("choice",), KINDS], ids=["choices", "numbers"])
def test_little_that_is_said_is_missed(kinds: tuple[str, ...]) -> None:
    texts, stated = missed(case for case in TRIALS if case["kind"] in kinds)
    assert stated > 200
    assert len(texts) <= MOST_MISSED * stated, texts
