"""Preference data on disk: whole or not there, readable, with its card."""

from __future__ import annotations

import json
from collections import Counter

import pytest

pytest.importorskip("datasets")

import yaml

from fiduciary.economics.principals import Principal
from fiduciary.training import preference_data
from fiduciary.training.checks import Evaluations
from fiduciary.training.command import train as main
from fiduciary.training.errors import TrainingError
from fiduciary.training.preference_pairs import PairDesign, build

FEW = Evaluations(seeds=(0,), n=100)


def test_what_was_written_is_read_again(tmp_path):
    design = PairDesign(Principal.named("symmetric"), 60, seed=2, wordings=("all",))
    facts = preference_data.write(design, tmp_path / "data", FEW)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data"]
    data = preference_data.read(tmp_path / "data")
    assert data.facts == json.loads(json.dumps(facts))
    assert data.target == {"name": "symmetric", "theta": [0.25] * 4, "rho": 0.75}
    pairs = build(design)
    assert data.table["prompt"][:] == [p.prompt for p in pairs]
    assert data.table["chosen"][:] == [p.chosen for p in pairs]
    assert data.table["rejected"][:] == [p.rejected for p in pairs]
    assert Counter(data.table["wording"]) == Counter(p.wording for p in pairs)


def test_the_folder_is_a_data_set_of_its_own(tmp_path):
    from datasets import load_dataset

    preference_data.write(PairDesign(Principal.named("nonprofit"), 40), tmp_path / "data", FEW)
    loaded = load_dataset(str(tmp_path / "data"), split="train", cache_dir=str(tmp_path / "cache"))
    assert len(loaded) == 40
    _, front, body = (tmp_path / "data" / "README.md").read_text("utf-8").split("---\n", 2)
    assert yaml.safe_load(front)["configs"][0]["data_files"] == [{"split": "train", "path": "train.parquet"}]
    assert "ρ = 0.25" in body and str(tmp_path) not in body


def test_nothing_is_overwritten_or_left_half_done(tmp_path, monkeypatch):
    design = PairDesign(Principal.named("nonprofit"), 20)
    (tmp_path / "data").mkdir()
    with pytest.raises(TrainingError, match="exists"):
        preference_data.write(design, tmp_path / "data", FEW)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("datasets.Dataset.to_parquet", full)
    with pytest.raises(TrainingError, match="No space left on device"):
        preference_data.write(design, tmp_path / "other", FEW)
    assert [p.name for p in tmp_path.iterdir()] == ["data"]


def test_a_folder_without_data_says_how_to_make_it(tmp_path):
    with pytest.raises(TrainingError, match=r"train.parquet and facts.json missing.*fiduciary train pairs"):
        preference_data.read(tmp_path)


def test_command(tmp_path, capsys):
    out = tmp_path / "pairs"
    command = ["pairs", "--principal", "nonprofit", "--pairs", "50", "--evaluation-n", "50"]
    assert main([*command, "--out", str(out), "--wording", "compact", "--voice", "terse"]) == 0
    assert "50 pairs for nonprofit" in capsys.readouterr().out
    assert preference_data.read(out).facts["voice"] == "terse"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--theta", "0.5,0.5,0.5,0", "--rho", "1"], "--theta must be four weights >= 0 that sum to 1"),
        (["--theta", "0.5,0.5,0,0"], "--rho must be given together with theta"),
        (["--principal", "profit"], "--principal must be one of"),
        ([], "a principal is needed: --principal (study1"),
        (["--principal", "nonprofit", "--trade-offs", "taxes"], "trade_offs must be one of"),
    ],
)
def test_bad_arguments_are_named(tmp_path, capsys, arguments, message):
    assert main(["pairs", *arguments, "--out", str(tmp_path / "x")]) == 2
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
