"""The reader of logs: what cannot be used is refused in one line, and what can is read as it is."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.faults.bad_logs import LEFT_OUT, members, put, spec
from fiduciary.__main__ import main
from fiduciary.errors import UsageError
from fiduciary.eval_logs import UnusableLog, find, read_header, read_log, read_summaries
from fiduciary.safe_text import harmless, json_text, one_line
from tests.leaderboard.conftest import logs

__all__ = ["logs"]

LARGE = {"bomb", "liar", "crowd"}
"""Made in seconds; one of them stands for their kind here, ``make faults`` makes them all."""


@pytest.mark.parametrize("name", sorted(LEFT_OUT.keys() - LARGE | {"bomb"}))
def test_a_log_with_something_wrong_is_refused_in_one_line(name: str, logs: Path, tmp_path: Path) -> None:
    good = sorted(logs.glob("*stakeholder*.eval"))[0]
    file = str(LEFT_OUT[name][1](good, tmp_path / f"{name}.eval"))

    def read_all() -> None:
        for read in (read_header, read_log, read_summaries):
            read(file)

    with pytest.raises(UnusableLog) as refused:
        read_all()
    assert 5 < len(str(refused.value)) < 250 and "\n" not in str(refused.value)


@pytest.mark.parametrize(("name", "read"), [("header.json", read_header), ("summaries.json", read_summaries)])
def test_an_archive_that_lies_about_its_size_is_not_inflated(
    name: str, read: Callable[[str], object], logs: Path, tmp_path: Path
) -> None:
    held = members(sorted(logs.glob("*.eval"))[0])
    file = put({**held, name: held[name] + b" " * 50_000}, tmp_path / "x.eval")
    content = file.read_bytes()
    size = len(held[name]) + 50_000
    assert content.count(size.to_bytes(4, "little")) == 2, "in the list of members, and before the member"
    place = content.rindex(size.to_bytes(4, "little"))
    file.write_bytes(content[:place] + (100).to_bytes(4, "little") + content[place + 4 :])
    with pytest.raises(UnusableLog, match=rf"more in {name} than its list of members says"):
        read(str(file))


@pytest.mark.parametrize("name", ["run#1", "q?", "100%25", "a::b", "[x]", "*", "~", os.fsdecode(b"\xff")])
def test_names_of_folders_are_names(name: str, logs: Path, tmp_path: Path) -> None:
    shutil.copytree(logs, tmp_path / name)
    found = find([str(tmp_path / name)])
    assert len(found) == 3
    for file in found:
        assert read_header(file).status == "success"
        assert len(read_log(file).samples or []) == len(read_summaries(file))


def test_links_are_followed_once_and_folders_with_the_name_of_a_log_looked_into(
    logs: Path, tmp_path: Path
) -> None:
    shutil.copytree(logs, tmp_path / "x.eval")
    (tmp_path / "x.eval/back").symlink_to(tmp_path)
    assert len(find([str(tmp_path)])) == 3


def test_a_sample_that_is_there_twice_counts_once(logs: Path, tmp_path: Path) -> None:
    held = members(sorted(logs.glob("*stakeholder*.eval"))[0])
    twice = json.loads(held["summaries.json"]) * 2
    file = put({**held, "summaries.json": json.dumps(twice).encode()}, tmp_path / "x.eval")
    assert len(read_summaries(str(file))) == len(twice) // 2


@pytest.mark.parametrize("command", ["board", "report", "compare", "dossier"])
def test_a_damaged_log_is_named_and_the_others_are_used(
    command: str, logs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "logs"
    shutil.copytree(logs, place)
    spec(model="x" * 600)(sorted(logs.glob("*stakeholder*.eval"))[0], place / "bad.eval")
    words = {
        "board": ["board", str(place)],
        "report": ["report", str(place)],
        "compare": ["compare", str(logs), str(place)],
        "dossier": ["dossier", "nonprofit", str(place), "--no-pdf", "--out", str(tmp_path / "out")],
    }
    assert main(words[command]) == 2
    printed = capsys.readouterr()
    assert printed.err.count("bad.eval: cannot be read: its model's name has 600 characters") == 1
    assert "nonprofit" in printed.out


def test_a_log_whose_samples_cannot_be_used_takes_no_others_place(logs: Path, tmp_path: Path) -> None:
    place = tmp_path / "logs"
    shutil.copytree(logs, place)
    held = members(sorted(logs.glob("*stakeholder*.eval"))[0])
    header = json.loads(held["header.json"])
    header["eval"]["created"] = "2999-01-01T00:00:00+00:00"  # the newest counts
    for name in list(held):
        if name.startswith("samples/"):
            del held[name]
    put(
        {**held, "header.json": json.dumps(header).encode(), "summaries.json": b'[{"id": 1, "epoch": 1}]'},
        place / "bad.eval",
    )
    assert main(["board", str(place), "--out", str(tmp_path / "site")]) == 2
    rows = json.loads((tmp_path / "site/table.json").read_text("utf-8"))
    regret = {row["model"]: row["log"] for row in rows if row["metric"] == "regret"}
    assert set(regret) == {"subject/study1", "subject/nonprofit"}
    assert not any(log.endswith("bad.eval") for log in regret.values())


def test_paths_that_hold_no_log_are_named(tmp_path: Path) -> None:
    for path, said in (
        (tmp_path / "none", "no such"),
        (tmp_path, "no logs in"),
        (Path(__file__), "no log of"),
    ):
        with pytest.raises(UsageError, match=said):
            find([str(path)])


def test_no_terminal_obeys_and_no_spreadsheet_computes() -> None:
    for char in "\x1b\x9b\u202e\u2066\u061c\u200b\ud800\U000e0041\xad":
        assert char not in one_line(f"a{char}b")
        written = json_text({"name": f"a{char}b"})
        assert char not in written and json.loads(written)["name"] == f"a{char}b"
    for text in ("=1", "＝cmd", "﹢1", "＠x", "\t-1", "\u200b+1", "\u00a0=1"):
        assert harmless(text).startswith("'"), text
    assert harmless("name = x") == "name = x" and harmless(-1) == -1
