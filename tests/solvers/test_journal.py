"""A journal gives back what was written, drops what was cut off, and refuses other settings."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest

from fiduciary.solvers._journal import Journal, JournalError, log_folder, open_journal

SETTINGS = {"model": "subject/x", "periods": 5, "list": (1, 2)}


def test_steps_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.jsonl"
    first = Journal(path, SETTINGS)
    assert first.steps == []
    for i in range(3):
        first.append({"period": i, "text": "Δ\n"})
    assert Journal(path, SETTINGS).steps == [{"period": i, "text": "Δ\n"} for i in range(3)]


@pytest.mark.parametrize("rest", ['{"period": 3, "te', '{"period": 3}', "\n", "\x00\x00"])
def test_a_last_line_that_was_cut_off_is_dropped_and_writing_goes_on(tmp_path: Path, rest: str) -> None:
    path = tmp_path / "a.jsonl"
    journal = Journal(path, SETTINGS)
    journal.append({"period": 1})
    with path.open("a") as file:
        file.write(rest)
    again = Journal(path, SETTINGS)
    assert again.steps == [{"period": 1}]
    again.append({"period": 2})
    assert Journal(path, SETTINGS).steps == [{"period": 1}, {"period": 2}]


def test_other_settings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    Journal(path, SETTINGS)
    with pytest.raises(JournalError, match="written under other settings"):
        Journal(path, SETTINGS | {"periods": 6})
    path.write_text(json.dumps({"period": 1}) + "\n")
    with pytest.raises(JournalError):
        Journal(path, SETTINGS)


def test_an_empty_file_counts_as_new(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"settings": {"mod')
    Journal(path, SETTINGS).append({"period": 1})
    assert Journal(path, SETTINGS).steps == [{"period": 1}]


def test_outside_of_a_run_there_is_none() -> None:
    assert anyio.run(open_journal, "duopoly", "s", 1, SETTINGS) is None


def test_folder_of_a_log() -> None:
    assert log_folder("/tmp/my logs/a.eval") == Path("/tmp/my logs")
    assert log_folder("file:///tmp/my%20logs/a.eval") == Path("/tmp/my logs")
    assert log_folder("s3://bucket/a.eval") is None
