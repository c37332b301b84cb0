"""The README's way: runs/serve.sh in one terminal, `inspect eval … --model vllm/llama-3.1-8b` in another."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from fiduciary.serving.checks import default_name
from tests.serving.tiny_adapter import MODEL


def clean(**given: str) -> dict[str, str]:
    """This process's environment without a server's address or key."""
    names = ("VLLM_BASE_URL", "VLLM_API_KEY", "INSPECT_LOG_DIR")
    return {name: value for name, value in os.environ.items() if name not in names} | given


@pytest.fixture
def folder(tmp_path: Path, root: Path) -> Path:
    """Where both commands are given: as in a checkout, tasks/ lies there."""
    place = tmp_path / "here"
    place.mkdir()
    (place / "tasks").symlink_to(root / "tasks", target_is_directory=True)
    return place


@pytest.fixture
def path(tmp_path: Path, root: Path) -> str:
    """PATH with a vllm command before all others."""
    script = tmp_path / "bin" / "vllm"
    script.parent.mkdir()
    script.write_text(
        f'#!/bin/sh\nPYTHONPATH={root} exec {sys.executable} -m tests.serving.vllm_stand_in "$@"\n'
    )
    script.chmod(0o755)
    return f"{script.parent}:{os.environ['PATH']}"


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return str(one.getsockname()[1])


@contextmanager
def serving(root: Path, folder: Path, port: str, **environment: str) -> Iterator[Path]:
    """The script, from ready to stopped; what it said."""
    said = folder / "said.txt"
    checkpoint = folder / "Llama-3.1-8B-Instruct"
    checkpoint.unlink(missing_ok=True)
    checkpoint.symlink_to(MODEL, target_is_directory=True)
    with said.open("w") as file:
        process = subprocess.Popen(
            [root / "runs" / "serve.sh", checkpoint, "--port", port, "--log", folder / "server.log"],
            cwd=folder,
            env=clean(**environment),
            stdout=file,
            stderr=file,
        )
    try:
        limit = time.monotonic() + 60
        while "Ctrl-C stops" not in said.read_text():
            assert process.poll() is None and time.monotonic() < limit, said.read_text()
            time.sleep(0.1)
        yield said
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def settings(folder: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (folder / ".env").read_text().splitlines())


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b"),
        ("/models/Meta-Llama-3.1-8B-Instruct/", "llama-3.1-8b"),
        ("meta-llama/Llama-3.1-8B", "llama-3.1-8b-base"),
        ("Qwen/Qwen3-8B", "qwen3-8b"),
        ("/hub/models--Qwen--Qwen3-8B/snapshots/0123abc", "qwen3-8b"),
        ("/models/.my model (ü)", "my-model-----"),
        ("/", "model"),
    ],
)
def test_the_name_follows_the_model_in_scripts_and_containers_alike(
    root: Path, model: str, name: str
) -> None:
    """Two models that are served one after the other must not share a row of a table."""
    command = ["bash", "-c", '. "$1"; served_name "$2"', "_", root / "runs" / "_serve_common.sh", model]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout == default_name(model) == name


@pytest.mark.slow
def test_the_key_is_random_and_the_readmes_command_finds_it(
    root: Path, folder: Path, path: str, port: str
) -> None:
    with serving(root, folder, port, PATH=path) as said:
        found = settings(folder)
        key = found["VLLM_API_KEY"]
        assert found == {"VLLM_BASE_URL": f"http://127.0.0.1:{port}/v1", "VLLM_API_KEY": key}
        assert re.fullmatch("[0-9a-f]{48}", key)
        assert (folder / ".env").stat().st_mode & 0o077 == 0
        text = said.read_text() + (folder / "server.log").read_text()
        assert key not in text
        assert f". '{folder}/.env'" in text and "--model vllm/llama-3.1-8b" in text
        models = f"{found['VLLM_BASE_URL']}/models"
        for given, status in (("local", 401), (key, 200)):
            bearer = {"Authorization": f"Bearer {given}"}
            assert httpx.get(models, headers=bearer, trust_env=False).status_code == status
        command = "inspect eval tasks/stakeholder_choice --model vllm/llama-3.1-8b"
        assert f"    {command}\n" in (root / "README.md").read_text("utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "inspect_ai", *command.split()[1:], "--limit", "2", "--display", "plain"],
            cwd=folder,
            env=clean(INSPECT_LOG_FORMAT="json", PYTHONPATH=str(root)),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        (log,) = (folder / "logs").glob("*.json")
        assert '"status": "success"' in log.read_text("utf-8")
    with serving(root, folder, port, PATH=path):
        assert settings(folder)["VLLM_API_KEY"] == key, "who was asking could not go on after a restart"


def test_an_env_that_is_a_link_is_refused_before_anything_starts(
    root: Path, folder: Path, path: str, port: str
) -> None:
    other = folder.parent / "elsewhere"
    other.write_text("A=1\n")
    (folder / ".env").symlink_to(other)
    done = subprocess.run(
        [root / "runs" / "serve.sh", MODEL, "--port", port, "--log", folder / "server.log"],
        cwd=folder,
        env=clean(PATH=path),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and ".env is a symbolic link" in done.stderr
    assert done.stderr.count("\n") == 1
    assert other.read_text() == "A=1\n" and not (folder / "server.log").exists()


def test_a_key_that_is_given_is_taken_and_others_are_not_kept(
    root: Path, folder: Path, path: str, port: str
) -> None:
    (folder / ".env").write_text(f"OTHER=1\nVLLM_BASE_URL=http://127.0.0.1:{port}/v1\nVLLM_API_KEY=local\n")
    with serving(root, folder, port, PATH=path):
        assert settings(folder)["OTHER"] == "1"
        assert re.fullmatch("[0-9a-f]{48}", settings(folder)["VLLM_API_KEY"])
    with serving(root, folder, port, PATH=path, VLLM_API_KEY="mine"):
        assert settings(folder)["VLLM_API_KEY"] == "mine"
