"""`fiduciary read`: one reading a line, and an error that names the line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from fiduciary.__main__ import main

CASES = Path(__file__).resolve().parents[1] / "cases" / "choices.jsonl"
LINE = {"kind": "choice", "elicitation": "choose", "options": 3, "stop_reason": "stop", "text": "B"}


def test_every_line_of_the_cases_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(CASES)]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    cases = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    assert len(found) == len(cases)
    for read, case in zip(found, cases, strict=True):
        assert set(read) == {"read", "reason"}
        assert (read["read"] == "missing") == (read["reason"] is not None)
        assert read["read"] == case.get("right", read["read"]) != case.get("never")


def test_standard_input_is_read(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [LINE, LINE | {"elicitation": "text", "text": "Hm."}]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n\n".join(map(json.dumps, lines))))
    assert main(["read", "-"]) == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [
        {"read": "B", "reason": None},
        {"read": "missing", "reason": "off protocol"},
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: not JSON"),
        ("[" * 100_000, "line 2: not JSON"),
        ("[1]", "line 2: must be a JSON object, got list"),
        ("{}", "line 2: lacks the key kind"),
        (json.dumps(LINE | {"kind": "novel"}), "line 2: kind must be one of choice"),
        (json.dumps({"kind": "choice", "text": "B"}), "line 2: lacks elicitation, options, stop_reason"),
        (json.dumps(LINE | {"elicitation": "sing"}), "line 2: elicitation must be one of answer"),
        (json.dumps(LINE | {"options": True}), "line 2: options must be a whole number from 2 to 26"),
        (json.dumps(LINE | {"options": 1}), "got 1"),
        (json.dumps(LINE | {"stop_reason": "bored"}), "line 2: stop_reason must be one of stop"),
        (json.dumps(LINE | {"text": 3}), "line 2: text must be a string, got int"),
    ],
)
def test_a_line_of_no_use_is_refused_by_its_number(
    line: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text(f"{json.dumps(LINE)}\n{line}\n", "utf-8")
    assert main(["read", str(file)]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(tmp_path / "lost.jsonl")]) == 2
    assert "lost.jsonl cannot be read" in capsys.readouterr().err
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff\xfe")
    assert main(["read", str(tmp_path / "bytes.jsonl")]) == 2
