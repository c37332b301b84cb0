"""The command line without the packages that its commands need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("arguments", [["--help"], ["pairs", "--help"], ["dpo", "--help"]])
def test_help_needs_no_package(arguments):
    """-S: not even site-packages."""
    command = [sys.executable, "-S", "-m", "fiduciary", "train", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "usage: fiduciary train" in done.stdout


def test_a_missing_package_is_named(tmp_path):
    """Training without torch, as in the environment of `make test`."""
    code = (
        "import sys; sys.modules['trl'] = None; from fiduciary.training.command import train as main; "
        "sys.exit(main(['dpo', '--recipe', 'r', '--principal', 'nonprofit', '--out', sys.argv[1]]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "x")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "package trl is missing" in done.stderr and "make train-env" in done.stderr
