"""Nothing of a published wording is in the project, as far as that can be told without having it.

A comparison with the published statements would need them, or fragments of them in some form, in the
project. What can be held instead: the statements that are here are the recorded own forms; no other
file looks like an instrument; no log of an official run is kept; and what is imported lands elsewhere
(``test_official.py``). That the own statements borrow no published phrase was seen to when they were
written, and is for readers to judge.
"""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from fiduciary.economics.psychometrics.instruments import INSTRUMENTS, own
from fiduciary.tasks.inventory.statements import from_rows, from_text
from tests.economics.psychometrics.test_instruments import OWN_SHA256

SEVERAL = 16
"""Statements in one file from which it counts as an instrument; the shortest official one has 28."""

CASES = {"tests/scorers/cases/trials.jsonl"}
"""Answers of models, in which they explain themselves in the first person, as readers are tried on them."""

OWN_FORMS = {f"economics/psychometrics/data/{name}_items.csv" for name in INSTRUMENTS}

# A sentence in the first person that stands alone: on a line, in quotation marks or in a cell.
_SELF_DESCRIPTION = re.compile(
    r"(?:^|[\"“'>|,;\t])[ \d.)]*(?:I|I['’]\w+|My|People|When|If|Sometimes|Most|Even|In)\b [^\"”|\n]{12,150}"
    r"[.!](?=[\"”'|,;\t]|\s*$)",
    re.MULTILINE,
)
_FIRST_PERSON = re.compile(r"\b(?:I|me|my)\b", re.IGNORECASE)
_ANSWER = re.compile(r"\b(?:option|choose|choice|answer|agree|disagree)\b", re.IGNORECASE)


def committed(root: Path) -> list[Path]:
    """Files that are in the repository or would be with the next ``git add``."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout.decode()
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        hidden = [path for path in root.iterdir() if path.name.startswith(".")]
        return [
            path
            for path in root.rglob("*")
            if path.is_file() and not any(path.is_relative_to(folder) for folder in hidden)
        ]
    return [path for name in listed.split("\0") if name and (path := root / name).is_file()]


def numbered(text: str) -> int:
    """Length of the longest list 1, 2, 3, … of numbered statements."""
    return max(_run([number for number, _ in read(text)]) for read in (from_text, from_rows))


def self_descriptions(text: str) -> int:
    """Number of sentences in the first person that stand alone and are no answers to a question."""
    found = (match[0] for match in _SELF_DESCRIPTION.finditer(text))
    return sum(bool(_FIRST_PERSON.search(one)) and not _ANSWER.search(one) for one in found)


def _run(numbers: list[int]) -> int:
    expected = 1
    for number in numbers:
        expected += number == expected
    return expected - 1


def test_the_statements_in_the_project_are_the_recorded_own_forms() -> None:
    assert {name: own(name).sha256 for name in INSTRUMENTS} == OWN_SHA256


def test_no_other_file_looks_like_an_instrument(root: Path) -> None:
    found = []
    for path in committed(root):
        if path.relative_to(root).as_posix() in CASES:
            continue
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if numbered(text) >= SEVERAL or self_descriptions(text) >= SEVERAL:
            found.append(path.relative_to(root).as_posix())
    assert set(found) == OWN_FORMS


def test_no_document_that_could_hold_one(root: Path) -> None:
    kinds = {".pdf", ".doc", ".docx", ".odt", ".rtf", ".xls", ".xlsx"}
    assert [path for path in committed(root) if path.suffix.lower() in kinds] == []


def test_no_log_of_an_official_run(root: Path) -> None:
    """Logs hold what was asked; those in the repository may hold own statements only."""
    assert "/logs/" in (root / ".gitignore").read_text().splitlines()
    for path in committed(root):
        if path.suffix == ".eval":
            assert not _asks_official(path), path


def _asks_official(log: Path) -> bool:
    with zipfile.ZipFile(log) as archive:
        return any(
            re.search(rb'"instrument":\s*(?:\{"name":\s*)?"official"', archive.read(member))
            for member in archive.namelist()
        )


def test_the_check_finds_what_it_looks_for(tmp_path: Path) -> None:
    """The own form stands in for an official one, in the ways in which one would be kept."""
    statements = [item.statement for item in own("hexaco100").items]
    assert numbered("\n".join(f"{n}. {text}" for n, text in enumerate(statements, 1))) == 100
    assert numbered("\n".join(f'{n},"{text}"' for n, text in enumerate(statements, 1))) == 100
    assert self_descriptions("\n".join(statements)) >= SEVERAL
    assert self_descriptions(str(statements)) >= SEVERAL
    assert self_descriptions("\n".join(f'    "{text}",' for text in statements)) >= SEVERAL
    short = [item.statement for item in own("dark_tetrad").items]
    assert self_descriptions("\n".join(short)) >= SEVERAL
    log = tmp_path / "x.eval"
    with zipfile.ZipFile(log, "w") as archive:
        archive.writestr("samples/a.json", '{"metadata": {"instrument": {"name": "official"}}}')
    assert _asks_official(log)


@pytest.mark.parametrize("text", ["1. One.\n2. Two.\n4. Four.", "I did.\nYou did.\nI would say that I did."])
def test_the_check_does_not_mind_short_lists(text: str) -> None:
    assert numbered(text) < 4 and self_descriptions(text) < 4
