"""The script of the two exploratory tables, on subjects."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "runs" / "psychometrics.sh"


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SCRIPT), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHON": sys.executable, "INSPECT_DISPLAY": "none", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_a_table_of_two_models(tmp_path: Path) -> None:
    small = {"TASKS": "dark_tetrad", "WORDING": "plain", "LABELS": "numbers", "OUT": "out"}
    models = ["subject/trait_profile", "again=subject/trait_profile"]
    traits = ["-M", "machiavellianism=4.5", "-M", "sadism=1.5"]
    done = run(tmp_path, *models, "--", "--no-log-realtime", *traits, **small)
    assert done.returncode == 0, done.stderr
    assert "Items of dark_tetrad that deviate from subject-trait_profile" in done.stdout
    assert "again against subject-trait_profile" in done.stdout
    assert "2 blocks are fewer than 12" in done.stdout
    assert "for_profit 73, symmetric 24, nonprofit 76" in done.stdout
    out = tmp_path / "out"
    assert {path.name for path in out.iterdir()} == {"logs", "inventories.csv", "dark_tetrad.png"}
    assert len(list((out / "logs").rglob("*.eval"))) == 2


@pytest.mark.slow
def test_who_answers_every_statement_alike_is_not_compared(tmp_path: Path) -> None:
    small = {"TASKS": "dark_tetrad", "WORDING": "plain", "LABELS": "numbers", "OUT": "out"}
    models = ["subject/trait_profile", "agrees=subject/constant"]
    done = run(tmp_path, *models, "--", "--no-log-realtime", **small)
    assert done.returncode == 0, done.stderr
    assert "agrees: not shown to read" in done.stdout
    assert "so nothing is compared" in done.stdout
    assert "Items of dark_tetrad" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "usage:"),
        (("--base",), "usage:"),
        (("subject/trait_profile",), "name at least one model to compare with subject/trait_profile"),
        (("subject/trait_profile", "-T", "x"), "options for inspect eval follow --"),
    ],
)
def test_what_is_missing_is_said(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode == 2 and said in done.stderr
    assert not list(tmp_path.iterdir())


def test_adapters_in_folders_and_models_by_name_do_not_mix(tmp_path: Path) -> None:
    folder = tmp_path / "adapter"
    folder.mkdir()
    (folder / "adapter_config.json").write_text("{}", "utf-8")
    done = run(tmp_path, "some/base", f"profit={folder}", "other=vllm/other")
    assert done.returncode == 2 and "either all of the others are NAME=DIR of an adapter" in done.stderr
