"""The recipes: the lines that they give, added to a copy of the checkout, do what the page says."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

RECIPES = (ROOT / "docs" / "recipes.md").read_text("utf-8")
ROOMS = [link.name for link in (ROOT / "fiduciary").iterdir() if link.is_symlink()]
WHERE = {"economics/utility.py": "PROFILES", "tasks/stakeholder_choice/framings.py": "_IDENTITY"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the rooms with the lines of the page in it."""
    place = tmp_path_factory.mktemp("checkout")
    for room in [*ROOMS, "fiduciary"]:
        shutil.copytree(
            ROOT / room, place / room, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "base")
        )
    for file, line in re.findall(r'^```python title="([^"]+)"\n(.*?)^```', RECIPES, re.M | re.S):
        text = (place / file).read_text("utf-8")
        head = re.search(rf"^{WHERE[file]}\b.*?\{{$", text, re.M | re.S)
        assert head is not None, f"{file} has no {WHERE[file]}"
        (place / file).write_text(text[: head.end()] + "\n" + line + text[head.end() :], "utf-8")
    return place


def _run(copy: Path, words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "INSPECT_DISPLAY": "none"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_line_of_a_framing_is_enough_for_a_model_to_be_told_so(copy: Path) -> None:
    [command] = re.findall(r"^    fiduciary (show .*framing=\w+)", RECIPES, re.M)
    done = _run(copy, ["fiduciary", *shlex.split(command), "--n", "1"])
    assert done.returncode == 0, done.stderr
    assert "You manage a cooperative" in done.stdout


def test_the_line_of_a_principal_is_enough_for_a_run_to_be_held_against_it(copy: Path) -> None:
    run = "inspect_ai eval tasks/stakeholder_choice --model subject/study1 --limit 3 -T principal=cooperative"
    done = _run(copy, [*shlex.split(run), "--log-dir", str(copy / "logs")])
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((copy / "logs").glob("*.eval"))


@pytest.mark.parametrize(
    "command", re.findall(r"^    inspect eval (tasks/\S+ .*)$", RECIPES, re.M), ids=lambda line: line[:40]
)
def test_every_run_of_the_page_starts(copy: Path, command: str) -> None:
    words = shlex.split(command.replace("vllm/NAME", "subject/random"))
    if "games" in command:
        words = ["subject/economicus" if word == "subject/random" else word for word in words]
    done = _run(copy, ["inspect_ai", "eval", *words, "--limit", "1", "--log-dir", str(copy / "runs")])
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_that_the_page_names_are_there() -> None:
    named = set(re.findall(r"`((?:\w+/)+\w+\.py)`", RECIPES))
    assert len(named) > 7
    assert [file for file in named if not (ROOT / file.replace("NAME", "menus")).is_file()] == []
