"""The scripts that reproduce the published studies run, and refuse what the task refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(script: str, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "runs" / script), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHON": sys.executable, "INSPECT_DISPLAY": "none", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_study_1_from_any_directory_and_again(tmp_path: Path) -> None:
    """The second time nothing is asked again."""
    for _ in range(2):
        done = run("study1.sh", tmp_path, "subject/study1", N="60")
        assert done.returncode == 0, done.stderr
        assert "missing answers: 0 of 60" in done.stdout
        assert "published for" in done.stdout
    assert len(list((tmp_path / "logs/study1/subject-study1").glob("*.eval"))) == 1


@pytest.mark.slow
def test_study_2_asks_under_each_framing(tmp_path: Path) -> None:
    done = run("study2.sh", tmp_path, "subject/nonprofit", N="40", FRAMINGS="nonprofit nonprofit_justify")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("missing answers: 0 of 40") == 2


def test_a_model_is_needed(tmp_path: Path) -> None:
    done = run("study1.sh", tmp_path)
    assert done.returncode == 2
    assert "usage:" in done.stderr


def test_bad_sizes_are_named(tmp_path: Path) -> None:
    """By the name that they were given under, not by that of the task's argument."""
    done = run("study1.sh", tmp_path, "subject/study1", N="0")
    assert done.returncode == 2
    assert "study1.sh: error: N must be a whole number of at least 1, not '0'" in done.stderr


def test_a_framing_that_is_none_is_named(tmp_path: Path) -> None:
    done = run("study2.sh", tmp_path, "subject/study1", FRAMINGS="nonprofit neutral")
    assert done.returncode == 2 and not list(tmp_path.iterdir())
    assert "study2.sh: error: FRAMINGS holds" in done.stderr and "not 'neutral'" in done.stderr
