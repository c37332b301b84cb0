"""The script of the stress test runs and ends with its report."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "runs" / "stress.sh"), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHON": sys.executable, "INSPECT_DISPLAY": "none", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_from_any_directory_to_the_report(tmp_path: Path) -> None:
    done = run(
        tmp_path,
        "subject/weak",
        "-M",
        "to=hidden_instruction",
        "-M",
        "gamma=4",
        N="50",
        PRESSURES="units,hidden_instruction",
    )
    assert done.returncode == 0, done.stderr
    assert "1 weakness found" in done.stdout
    folder = tmp_path / "logs/stress/subject-weak"
    assert (folder / "stress.png").exists()


def test_a_model_is_needed(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 2
    assert "usage:" in done.stderr
    assert run(tmp_path, "--help").returncode == 0
