"""What all tests share."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Whatever the caller has set: the first display of a process stays, and what tests read is what they print.
os.environ["INSPECT_DISPLAY"] = "none"

# Same examples in every run of continuous integration; no deadline, since machines are shared.
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("local", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture
def rows_told(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, dict[str, Any]]]:
    """``fiduciary report`` as JSON: the cells of the one log's rows, by the row's name and the column's."""
    from fiduciary.report import main

    def tell(*arguments: str) -> dict[str, dict[str, Any]]:
        capsys.readouterr()
        assert main([*arguments, "--format", "json"]) == 0
        [report] = json.loads(capsys.readouterr().out)
        tables = [
            part for section in report["sections"] for part in section["body"] if not isinstance(part, str)
        ]
        return {
            row[0]: dict(zip(table["columns"][1:], row[1:], strict=True))
            for table in tables
            for row in table["rows"]
        }

    return tell


@pytest.fixture(autouse=True)
def _no_traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs go to the test's own folder, and a developer's model settings stay out."""
    monkeypatch.setenv("INSPECT_LOG_DIR", str(tmp_path / "logs"))
    for name in ("INSPECT_EVAL_MODEL", "INSPECT_EVAL_TEMPERATURE", "INSPECT_EVAL_SEED", "VLLM_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
