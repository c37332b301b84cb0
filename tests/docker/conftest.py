"""Where the files of ``docker/`` are; the images and the stack of the tests with an engine."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docker import engine
from tests.docker.engine import TAG, run
from tests.docker.stack import VERBATIM, Stack


@pytest.fixture(scope="session")
def docker_folder() -> Path:
    return Path(__file__).resolve().parents[2] / "docker"


@pytest.fixture(scope="session")
def copied(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a commit of this working tree would hold."""
    folder = tmp_path_factory.mktemp("checkout")
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=root)
    for name in listed.split("\0"):
        if name and (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def images(copied: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The suite's and the CPU server's image, inspected."""
    work = tmp_path_factory.mktemp("engine")
    with engine.started(work / "dockerd.log"), engine.pip_settings(work) as options:
        base = engine.base_image(work / "base")
        names = ("suite", "serve-cpu")
        # From the checkout itself, so that labels carry its commit.
        run(root / "docker" / "build.sh", "--base", base, "--tag", TAG, *options, *names, cwd=root)
        yield {
            name: json.loads(run("docker", "image", "inspect", f"fiduciary-{name}:{TAG}"))[0]
            for name in names
        }


@pytest.fixture(scope="session")
def stack(copied: Path, images: dict[str, Any]) -> Iterator[Stack]:
    """The stack, and the time from stopped to the first result by the README's command."""
    stack = Stack(copied)
    run("docker/setup.sh", "subjects/tiny_manager/base", cwd=copied, env=stack.environment)
    stack.down()
    try:
        start = time.monotonic()
        stack.compose("--profile", "cpu", "up", "-d")
        # The suite waits until the server generates.
        run(*stack.in_suite(*VERBATIM, limit=1), cwd=copied, env=stack.environment)
        stack.seconds = time.monotonic() - start
        yield stack
    finally:
        stack.down()
        assert stack.left() == []
