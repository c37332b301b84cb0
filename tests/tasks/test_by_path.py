"""Every task as users name it: its folder, which Inspect loads by path and outside of any package."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from inspect_ai.log import list_eval_logs, read_eval_log

from tests.conftest import ROOT


def test_every_folder_of_tasks_runs_by_its_path(tmp_path: Path) -> None:
    """A module that Inspect loads so is in no list of modules: a dataclass in it, for one, cannot be made."""
    folders = sorted(path.parent.name for path in (ROOT / "tasks").glob("*/task.py"))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "inspect_ai", "eval", *(f"tasks/{name}" for name in folders)),
            *("--limit", "1", "--model", "subject/random", "--log-dir", str(tmp_path), "--display", "none"),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    asked = {read_eval_log(log, header_only=True).eval.task for log in list_eval_logs(str(tmp_path))}
    assert {name.split("/")[-1] for name in asked} >= set(folders)
