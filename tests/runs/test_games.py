"""`runs/games.sh` from any directory, and the picture of cooperation against incentives."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from inspect_ai import eval

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect
from fiduciary.tasks.economic_games.task import economic_games

ROOT = Path(__file__).parents[2]


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHON": sys.executable, "INSPECT_DISPLAY": "none", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_script_ends_with_a_report_and_a_picture(tmp_path: Path) -> None:
    script = str(ROOT / "runs" / "games.sh")
    for model in ("subject/moralis", "subject/economicus"):
        done = run(tmp_path, script, model, REPEATS="2")
        assert done.returncode == 0, done.stderr
        assert "of 44: none" in done.stdout and "best replies to own beliefs" in done.stdout
        assert (tmp_path / "logs/games" / model.replace("/", "-") / "cooperation.png").stat().st_size > 10_000
    picture = tmp_path / "both.png"
    both = run(
        tmp_path, sys.executable, str(ROOT / "runs/games_picture.py"), "logs/games", "--picture", str(picture)
    )
    assert both.returncode == 0, both.stderr
    assert picture.stat().st_size > 10_000


def test_a_model_is_needed(tmp_path: Path) -> None:
    done = run(tmp_path, str(ROOT / "runs" / "games.sh"))
    assert done.returncode == 2 and "usage:" in done.stderr


def test_a_folder_without_logs_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main = runpy.run_path(str(ROOT / "runs/games_picture.py"))["main"]
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path)])
    assert ended.value.code == 2 and "no logs in the folder" in capsys.readouterr().err


def test_a_damaged_log_is_named_and_the_others_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main = runpy.run_path(str(ROOT / "runs/games_picture.py"))["main"]
    logs, picture = tmp_path / "logs", tmp_path / "picture.png"
    eval(
        economic_games(repeats=1, elicitation="text"),
        model="subject/moralis",
        log_dir=str(logs),
        display="none",
        score_display=False,
    )
    (logs / "cut.eval").write_bytes(next(logs.glob("*.eval")).read_bytes()[:99])
    capsys.readouterr()
    assert main([str(logs), "--picture", str(picture)]) == 2
    assert "cut.eval: cannot be read" in capsys.readouterr().err
    assert picture.stat().st_size > 5_000
