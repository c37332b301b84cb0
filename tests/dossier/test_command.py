"""The command: what is written, what is said, and bad input."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog

from fiduciary.__main__ import main
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.command import folder_name
from fiduciary.dossier.write import NAMES, write
from fiduciary.errors import UsageError
from tests.dossier.conftest import Document

HOSTILE = "subject/<script>alert(1)</script>'\"&{{7*7}}\x1b[31m\u202e; rm -rf ~ #"


def test_files_and_summary(logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "dossier"
    given = [
        "nonprofit",
        str(logs),
        "--principal",
        "nonprofit",
        "--base",
        "study1",
        "--out",
        str(out),
        "--no-pdf",
    ]
    assert main(["dossier", *given]) == 0
    assert sorted(file.name for file in out.iterdir()) == ["dossier.html", "dossier.json"]
    data = json.loads((out / "dossier.json").read_text("utf-8"))
    assert data["kind"] == "fiduciary.dossier" and data["model"] == "subject/nonprofit"
    said, progress = capsys.readouterr()
    assert [line.partition("? ")[0] + "?" for line in said.splitlines() if "? " in line] == [
        answer["question"] for answer in data["front"]
    ]
    assert "Recommendation: " in said and "Yes" in said and "evidence" in progress and "evidence" not in said


def test_a_pattern_makes_a_folder_each(logs: Path, tmp_path: Path) -> None:
    assert (
        main(
            [
                "dossier",
                "*/*profit",
                str(logs),
                "--principal",
                "nonprofit",
                "--out",
                str(tmp_path),
                "--no-pdf",
            ]
        )
        == 0
    )
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_dir() and (p / NAMES[0]).exists()) == [
        "subject-for_profit",
        "subject-nonprofit",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["nobody", "LOGS"],
            "MODEL 'nobody' is in none of these logs; finished runs without a framing are of: ",
        ),
        (["x*", "LOGS"], "MODEL 'x*' fits none of these logs' models: subject/for_profit, subject/nonprofit"),
        (["nonprofit", "LOGS", "--base", "nobody"], "--base 'nobody'"),
        (["nonprofit", "/no/such/place"], "no such log file or folder"),
        (["nonprofit", "LOGS", "--principal", "nobody"], "--principal must be one of"),
        (["nonprofit", "LOGS", "--cards", "nowhere"], "--cards nowhere does not exist"),
        (["nonprofit", "LOGS", "--data", "nowhere"], "--data nowhere does not exist"),
        (["nonprofit", "LOGS", "--monitor", "nowhere"], "--monitor nowhere does not exist"),
        (["nonprofit", "LOGS", "--supervision", "nowhere"], "--supervision nowhere does not exist"),
        # Both files are checked before any log is looked for.
        (["nonprofit", "/no/such/place", "--limits", "nowhere"], "--limits nowhere cannot be read"),
        (["nonprofit", "/no/such/place", "--atlas", "nowhere"], "--atlas nowhere cannot be used"),
        (["nonprofit", "/no/such/place", "--atlas", "FILE"], "has no column key"),
        (["nonprofit", "LOGS", "--out", "FILE"], "is a file; name a folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line(
    logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    (tmp_path / "file").touch()
    names = {"LOGS": str(logs), "FILE": str(tmp_path / "file")}
    given = [names.get(word, word) for word in arguments]
    if "--out" not in given:
        given += ["--out", str(tmp_path / "out")]
    assert main(["dossier", *given, "--no-pdf"]) == 2
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and said in errors[0]
    assert not (tmp_path / "out").exists()


def test_hostile_names_stay_text(
    renamed: Callable[[str, Callable[[EvalLog], None]], Path], tmp_path: Path
) -> None:
    def change(log: EvalLog) -> None:
        log.eval.model = HOSTILE
        log.eval.model_args = {"path": "</pre><img src=x onerror=alert(1)>"}

    folder = renamed("nonprofit", change)
    out = tmp_path / "out"
    assert (
        main(["dossier", "*script*", str(folder), "--principal", "nonprofit", "--out", str(out), "--no-pdf"])
        == 0
    )
    html = (out / "dossier.html").read_text("utf-8")
    assert "<script" not in html and "<img" not in html and "\x1b" not in html and "\u202e" not in html
    data = json.loads((out / "dossier.json").read_text("utf-8"))
    document = Document(html, None)  # type: ignore[arg-type]
    (title,) = document.all("h1")
    assert (
        title.text == data["model"] and "<script>alert(1)</script>" in title.text and "{{7*7}}" in title.text
    )
    command = next(gap["command"] for gap in data["gaps"] if gap["id"].endswith("transitivity"))
    # The shell gets the whole name as one word.
    assert "'subject/<script>alert(1)</script>'\"'\"'\"&{{7*7}}[U+001B][31m[U+202E]; rm -rf ~ #'" in command


def test_without_pango(dossiers: dict[str, Dossier], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTML and JSON are there, one line says how to get the PDF, and an older PDF does not stay."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    fake = tmp_path / "fake" / "weasyprint"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text("print('many lines')\nraise OSError('cannot load library')\n")
    monkeypatch.syspath_prepend(str(tmp_path / "fake"))
    out = tmp_path / "out"
    out.mkdir()
    (out / "dossier.pdf").write_text("older")
    said: list[str] = []
    files = write(dossiers["nonprofit"], out, said.append)
    assert [file.name for file in files] == ["dossier.html", "dossier.json"] and not (
        out / "dossier.pdf"
    ).exists()
    (line,) = [line for line in said if line.startswith("no PDF")]
    assert "\n" not in line and "apt install libpango" in line


def test_a_stop_leaves_the_older_files_whole(
    dossiers: dict[str, Dossier], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(dossiers["nonprofit"], tmp_path, lambda _: None, pdf=False)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write(dossiers["for_profit"], tmp_path, lambda _: None, pdf=False)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_folder_that_cannot_be_written_to(dossiers: dict[str, Dossier], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot write to"):
        write(dossiers["nonprofit"], tmp_path / "file" / "below", lambda _: None, pdf=False)


def test_names_of_folders() -> None:
    assert folder_name("peft/a b:c") == "peft-a-b-c" and folder_name("../..") == "model"
