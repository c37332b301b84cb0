"""Where the files of ``docker/`` are."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def docker_folder() -> Path:
    return Path(__file__).resolve().parents[2] / "docker"
