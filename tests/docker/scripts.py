"""The scripts of ``docker/`` run without an engine, in a copy of what they need."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """The scripts, and a checkpoint, in a folder of their own."""
    folder = tmp_path / "checkout"
    (folder / "runs").mkdir(parents=True)
    for name in ("docker", "pyproject.toml", "runs/_serve_common.sh"):
        source = root / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    shutil.rmtree(folder / "docker" / "secrets", ignore_errors=True)
    model = folder / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    (model / "model.safetensors").write_text("")
    return folder


@pytest.fixture
def stand_ins(tmp_path: Path) -> Path:
    """A folder for stand-ins that comes first on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def stand_in(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def run(checkout: Path, script: str, *arguments: str, path: Path | None = None, **environment: str) -> Done:
    names = ("COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "MODEL_DIR", "SERVER_PORT", "PAGE_PORT", "VLLM_API_KEY")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    if path:
        clean["PATH"] = f"{path}:{clean['PATH']}"
    return subprocess.run(
        ["bash", str(checkout / "docker" / script), *arguments],
        cwd=checkout,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def says(done: Done, *words: str) -> None:
    """Fails with one line, the last one, that holds all the words."""
    assert done.returncode != 0
    assert all(word in done.stderr.splitlines()[-1] for word in words), done.stderr


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])
