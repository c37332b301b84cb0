"""A small share of ``make faults``: every parser, one request to a server, and the table that it writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.faults.__main__ import table
from benchmarks.faults.registry import NOTHING, Bench, Fault, Seen, load

FUZZED = [one for one in load() if one.area == "Fuzz" and "logs" not in one.title]


@pytest.mark.parametrize("one", FUZZED, ids=lambda one: one.title)
def test_a_parser_takes_whatever_it_is_given(one: Fault, tmp_path: Path) -> None:
    assert one.run(Bench(tmp_path, tmp_path, share=0.02, seed=1)).lost == NOTHING


def test_a_server_in_a_process_of_its_own_is_asked(tmp_path: Path) -> None:
    [one] = [one for one in load() if one.title == "subject: 10^9 answers to one request"]
    assert one.run(Bench(tmp_path, tmp_path)).said == "n must be from 1 to 10000, got 1000000000"


def test_what_is_lost_stands_in_the_table() -> None:
    seen = [(Fault("A", "one", lambda bench: Seen("")), Seen("it stays", "a line")), (
        Fault("B", "two | three", lambda bench: Seen("")),
        Seen("it fails", lost="all"),
    )]  # fmt: skip
    text = table(seen, 1.0)
    assert "1 of 2 faults lose nothing" in text
    assert (
        r"| two \| three | it fails | all | – |" in text and "| one | it stays | nothing | a line |" in text
    )
