"""The proof with a real model takes its server down, whatever ends it, and leaves the user's .env alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SERVER = """#!/usr/bin/env bash
case "$1" in --install-only) exit 0 ;; esac
trap 'echo down >"$HERE/down"; exit 143' TERM
echo "$$" >"$HERE/up"
%s
while :; do sleep 0.1; done
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose server and interpreters are stand-ins."""
    runs = tmp_path / "runs"
    runs.mkdir()
    shutil.copy(ROOT / "runs" / "real.sh", runs)
    write(tmp_path / "train-python", "#!/bin/sh\necho /model\n")
    write(runs / "serve_cpu.sh", SERVER % "touch .env")
    (tmp_path / ".env").write_text("MINE=1\n")
    return tmp_path


def write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def start(checkout: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "HERE": str(checkout),
        "PYTHON": str(checkout / "python"),
        "TRAIN_PYTHON": str(checkout / "train-python"),
    }
    environment.pop("LOG_DIR", None)
    return subprocess.Popen(
        [str(checkout / "runs" / "real.sh")],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_to_the_page(checkout: Path) -> None:
    write(checkout / "python", '#!/bin/sh\necho "$VLLM_BASE_URL $@" >>"$HERE/asked"\n')
    running = start(checkout)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    assert "Open site/real/index.html" in out
    asked = (checkout / "asked").read_text().splitlines()
    tasks = {line.split("tasks/")[1].split()[0] for line in asked if "tasks/" in line}
    assert tasks == {path.parent.name for path in (ROOT / "tasks").glob("*/task.py")}
    assert all(line.startswith("http://127.0.0.1:8000/v1 ") for line in asked)
    assert (checkout / "down").exists()
    assert (checkout / ".env").read_text() == "MINE=1\n"


def test_a_failing_task_ends_the_run_and_the_server(checkout: Path) -> None:
    write(checkout / "python", "#!/bin/sh\nexit 3\n")
    running = start(checkout)
    running.communicate(timeout=60)
    assert running.returncode == 3
    assert (checkout / "down").exists()


def test_a_signal_takes_the_server_down(checkout: Path) -> None:
    write(checkout / "python", '#!/bin/sh\necho >"$HERE/asking"\nexec sleep 2\n')
    running = start(checkout)
    deadline = time.monotonic() + 30
    while not (checkout / "asking").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    assert running.returncode == 143
    assert (checkout / "down").exists()


def test_a_server_that_does_not_start_is_said(checkout: Path) -> None:
    write(checkout / "python", "#!/bin/sh\n")
    write(
        checkout / "runs" / "serve_cpu.sh",
        '#!/bin/sh\n[ "$1" = --install-only ] || { echo "port taken"; exit 1; }\n',
    )
    running = start(checkout)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "port taken" in err
    assert "the server did not start" in err
