"""The official text: taken in by a command, kept outside the project, found again intact."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fiduciary.economics.psychometrics.instruments import checksum, key, own
from fiduciary.tasks.dark_tetrad.task import dark_tetrad
from fiduciary.tasks.hexaco100.task import hexaco100
from fiduciary.tasks.inventory.command import main
from fiduciary.tasks.inventory.official import data_folder, load, store
from fiduciary.tasks.inventory.statements import InstrumentError

TASKS: dict[str, Any] = {"hexaco100": hexaco100, "dark_tetrad": dark_tetrad}


def stand_ins(name: str) -> tuple[str, ...]:
    """Made-up statements, as many as the official text has."""
    return tuple(f"Stand-in number {slot.number} for a published statement." for slot in key(name))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's data folder of the test's own."""
    folder = tmp_path / "data"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
    return folder


@pytest.mark.parametrize("name", TASKS)
def test_what_was_stored_comes_back_with_the_key(name: str, home: Path) -> None:
    path = store(name, stand_ins(name))
    assert path == home / "fiduciary" / "instruments" / f"{name}.json"
    found = load(name)
    assert found.form == "official"
    assert tuple(item.statement for item in found.items) == stand_ins(name)
    assert [item.facet for item in found.items] == [slot.facet for slot in key(name)]
    assert found.sha256 == checksum(stand_ins(name))


@pytest.mark.parametrize("name", TASKS)
def test_without_an_import_the_task_says_how_to_make_one(name: str) -> None:
    said = f"needs the official text of {name}.*fiduciary inventory import {name} FILE"
    with pytest.raises(InstrumentError, match=said):
        TASKS[name](instrument="official")


@pytest.mark.parametrize("name", TASKS)
def test_an_imported_text_is_what_the_task_asks(name: str) -> None:
    store(name, stand_ins(name))
    task = TASKS[name](instrument="official", wording="plain", direction="ascending", labels="numbers")
    [sample] = task.dataset
    assert sample.metadata["instrument"] == {"name": "official", "sha256": checksum(stand_ins(name))}
    assert sample.metadata["items"][-1]["statement"] == stand_ins(name)[-1]
    assert task.metadata["instrument"] == "official"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content["statements"].__setitem__(3, "Another statement."),
        lambda content: content["statements"].pop(),
        lambda content: content.pop("sha256"),
        lambda content: content.update(instrument="dark_tetrad"),
        lambda content: content.update(statements=None),
    ],
)
def test_an_edited_text_is_refused(spoil: Any) -> None:
    path = store("hexaco100", stand_ins("hexaco100"))
    content = json.loads(path.read_text())
    spoil(content)
    path.write_text(json.dumps(content))
    with pytest.raises(InstrumentError, match=r"damaged or was edited.*import hexaco100 FILE"):
        load("hexaco100")


def test_text_that_is_no_json_is_refused() -> None:
    store("hexaco100", stand_ins("hexaco100")).write_text("{")
    with pytest.raises(InstrumentError, match="damaged"):
        load("hexaco100")


def test_the_own_form_is_not_taken_for_the_official_one() -> None:
    mixed = [*stand_ins("hexaco100")[:-1], own("hexaco100").items[-1].statement]
    with pytest.raises(InstrumentError, match=r"got 1 of this project's own form \(the first is number 100"):
        store("hexaco100", tuple(mixed))


def test_a_data_folder_that_cannot_be_made_is_named(home: Path) -> None:
    home.write_text("a file is in the way")
    with pytest.raises(InstrumentError, match=r"data folder must be writable, got .*XDG_DATA_HOME"):
        store("hexaco100", stand_ins("hexaco100"))


def test_nothing_is_kept_inside_the_project(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(root / "logs"))
    with pytest.raises(InstrumentError, match="XDG_DATA_HOME must be a folder outside the project"):
        store("hexaco100", stand_ins("hexaco100"))
    assert not (root / "logs" / "fiduciary").exists()


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, ".local/share"),
        ("darwin", {}, "Library/Application Support"),
        ("win32", {}, "AppData/Local"),
        ("win32", {"LOCALAPPDATA": "elsewhere"}, "elsewhere"),
        ("linux", {"XDG_DATA_HOME": "other"}, "other"),
    ],
)
def test_each_platform_has_its_folder(
    platform: str,
    variables: dict[str, str],
    folder: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert data_folder() == tmp_path / folder / "fiduciary" / "instruments"


@pytest.mark.parametrize("name", TASKS)
def test_the_command_takes_a_file_in_and_shows_how_the_key_fits(
    name: str, tmp_path: Path, home: Path, root: Path
) -> None:
    file = tmp_path / "form.txt"
    file.write_text("\n".join(f"{n}. {text}" for n, text in enumerate(stand_ins(name), 1)))
    done = subprocess.run(
        [sys.executable, "-m", "fiduciary", "inventory", "import", name, str(file)],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert f"{len(stand_ins(name))} statements kept in {home}" in done.stdout
    assert checksum(stand_ins(name)) in done.stdout
    first = key(name)[0]
    shown = f"1 ({first.facet}{', reversed' if first.reversed else ''}): {stand_ins(name)[0]}"
    assert shown in done.stdout
    assert load(name).form == "official"


def test_a_refused_file_leaves_what_was_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store("hexaco100", stand_ins("hexaco100"))
    file = tmp_path / "sixty.txt"
    file.write_text("\n".join(f"{n}. {text}" for n, text in enumerate(stand_ins("hexaco100")[:60], 1)))
    assert main(["hexaco100", str(file)]) == 2
    assert "Missing: 61–100" in capsys.readouterr().err
    assert load("hexaco100").items[99].statement == stand_ins("hexaco100")[99]
