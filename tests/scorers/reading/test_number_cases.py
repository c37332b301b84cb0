"""Stored texts with numbers in them: what each gives, by kind of reader."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiduciary.errors import UsageError
from fiduciary.scorers.reading.cases import KINDS, read_case
from fiduciary.scorers.reading.command import main, readings

FILE = Path(__file__).parent.parent / "cases" / "numbers.jsonl"
CASES = [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['kind']}: {case['text'][:40]}")
def test_a_stored_case_is_read_rightly(case: dict[str, Any]) -> None:
    assert read_case(case["kind"], case)[0] == case["right"]


def test_every_kind_has_cases_and_another_kind_is_an_error() -> None:
    assert {case["kind"] for case in CASES} == set(KINDS)
    with pytest.raises(ValueError, match="kind is 'colour', but must be one of amount, rating"):
        read_case("colour", {"text": "red"})


def test_the_command_reads_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(FILE)]) == 0
    printed = [json.loads(line)["read"] for line in capsys.readouterr().out.splitlines()]
    assert printed == [case["right"] for case in CASES]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"stop_reason": "tired"}, "stop_reason must be one of"),
        ({"labels": {"A": 7}}, "labels must map"),
        ({"items": [1]}, "items must be a list of objects"),
    ],
)
def test_the_command_says_what_is_wrong_with_a_line(more: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=f"line 1: {message}"):
        list(readings([json.dumps({"kind": "lines", "text": "1: J", **more})]))


PIECES = st.sampled_from(
    "1|2|60|2,500|$|\\$|€|%|％|-|−|.|,|'| |\u202f|\n|: |1: |2: |J|K|not |about |I choose |Reasons:|¼|６|1e2|O"
    f"|\\text{{|}}|agree|I |<think>|@|*|{'9' * 400}".split("|")
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join))


@settings(max_examples=3_000, deadline=None)
@pytest.mark.parametrize("kind", KINDS)
@given(text=TEXTS, stop_reason=st.sampled_from(["stop", "max_tokens", "content_filter", None]))
def test_any_text_is_read_or_missing_with_a_reason(kind: str, text: str, stop_reason: str | None) -> None:
    """Four times 3,000 texts: none ends a run, and a number that is read is in range."""
    read, reason = read_case(kind, {"text": text, "stop_reason": stop_reason})
    missing = "missing" in read if isinstance(read, list) else read == "missing"
    assert missing == (reason is not None)
    for value in read if isinstance(read, list) else [read]:
        assert value in ("missing", "J", "K") or abs(float(value)) < float("inf")


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "piece",
    "9|1 |1\t|1,000|$|$1|a|I agree |1: J\n|\n|\\text{|<think>|Reasons:\n|not |'|- |I would say |(|中|1-|J "
    "|my rating of |. |agree,|A.\n".split("|"),
)
def test_time_grows_with_length_only_in_proportion(kind: str, piece: str) -> None:
    """A megabyte takes seconds; a pattern that looks back again and again would take hours."""
    began = time.perf_counter()
    read_case(kind, {"text": piece * (1_000_000 // len(piece))})
    assert time.perf_counter() - began < 30
