"""`fiduciary cards`, and the project's own cards."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fiduciary.__main__ import main
from fiduciary.cards import find, grade, read
from tests.cards.conftest import FULL

SHIPPED = Path("subjects/tiny_manager")


@pytest.mark.parametrize("name", ["base", "for_profit", "symmetric", "nonprofit"])
def test_shipped_models_have_full_marks_and_no_contradiction(root, name):
    result = grade(read(root / SHIPPED / name / "README.md"))
    assert [(one.item.id, one.lacking) for one in result.missing] == []
    assert result.card.kind == ("model" if name == "base" else "adapter")
    assert not result.contradicted and not result.card.troubles
    assert {"environment.integrity"} <= {claim.item for claim in result.claims}


def test_a_readme_about_a_folder_is_no_card(root):
    names = {path.parent.name for path in find([root / SHIPPED])}
    assert names == {"base", "for_profit", "symmetric", "nonprofit"}


def test_a_changed_weight_file_is_found(root, tmp_path):
    folder = tmp_path / "for_profit"
    shutil.copytree(root / SHIPPED / "for_profit", folder)
    weights = folder / "adapter_model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    found = grade(read(folder / "README.md")).contradicted
    assert [claim.what for claim in found] == ["SHA-256 of adapter_model.safetensors"]


def test_files_and_formats(adapter, tmp_path, capsys):
    path = adapter(FULL.replace("LoRA rank 8", "LoRA rank 64"))
    assert main(["cards", str(path.parent), "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    assert "All items" in shown and "29 of 30" in shown and "LoRA rank is stated as 64" in shown
    written = json.loads((tmp_path / "out" / "cards.json").read_text("utf-8"))
    [card] = written["cards"]
    assert (card["points"], card["of"], card["kind"]) == (29, 30, "adapter")
    assert {item["id"] for item in card["items"]} and written["checklist"]["sources"]["mitchell2019"]
    assert "contradicted" in (tmp_path / "out" / "cards.md").read_text("utf-8")
    assert main(["cards", str(path), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == written | {"cards": [card | {"file": str(path)}]}
    assert main(["cards", str(path), "--format", "markdown", "--kind", "data"]) == 0
    assert "procedure.labels" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone"], "no such card or folder: gone"),
        (["empty"], "no card in empty"),
        (["weights.bin"], "not a card: weights.bin"),
        (["README.md", "--out", "weights.bin"], "is a file; name a folder"),
    ],
)
def test_bad_arguments_are_one_line(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "weights.bin").write_bytes(b"x")
    (tmp_path / "README.md").write_text("# Quill\n")
    assert main(["cards", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
