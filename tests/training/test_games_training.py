"""Data for games on disk, and adapters trained from it by the same pipeline as any other."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("datasets")

import yaml

from fiduciary.training import games_data, preference_data
from fiduciary.training.adapter_card import card as adapter_card
from fiduciary.training.command import train as main
from fiduciary.training.errors import TrainingError
from fiduciary.training.games import GameDesign, build
from fiduciary.training.targets import SocialTarget, read_target

MORALIS = SocialTarget.stated("homo_moralis", kappa=0.6)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    out = tmp_path_factory.mktemp("data") / "games"
    command = [
        "games",
        "--agent",
        "homo_moralis",
        "--kappa",
        ".6",
        "--pairs",
        "60",
        "--elicitation",
        "answer",
    ]
    assert main([*command, "--out", str(out)]) == 0
    return out


def test_what_was_written_is_read_again(data):
    read = preference_data.read(data)
    pairs = build(GameDesign(MORALIS, 60, elicitation="answer"))
    assert read_target(read.target) == MORALIS
    assert read.facts["task"] == "economic_games" and len(read.facts["disjoint_from"]["games"]) == 18
    for name in ("prompt", "chosen", "rejected"):
        assert read.table[name][:] == [getattr(pair, name) for pair in pairs]
    assert read.table["belief"][:] == [list(pair.situation.belief) for pair in pairs]
    assert sorted(path.name for path in data.parent.iterdir()) == ["games"]


def test_the_folder_is_a_data_set_of_its_own(data, tmp_path):
    from datasets import load_dataset

    loaded = load_dataset(str(data), split="train", cache_dir=str(tmp_path))
    assert len(loaded) == 60 and loaded[0]["prompt"][1]["role"] == "assistant"
    _, front, body = (data / "README.md").read_text("utf-8").split("---\n", 2)
    assert yaml.safe_load(front)["configs"][0]["data_files"] == [{"split": "train", "path": "train.parquet"}]
    assert "κ = 0.6" in body and "0 of 18" in body and str(data.parent) not in body


def test_the_card_states_all_that_a_card_should(data):
    from fiduciary.cards import grade, read

    graded = grade(read(data / "README.md"))
    assert [item.item.id for item in graded.missing] == [] and graded.contradicted == ()
    assert graded.score == 1


def test_the_cards_command_makes_the_same_data(data, tmp_path):
    """As a reader would copy it out of the card."""
    text = (data / "README.md").read_text("utf-8")
    command = text.partition("    fiduciary train ")[2].partition("\n\n")[0].replace("\\\n", "").split()
    assert main([*command[:-1], str(tmp_path / "again")]) == 0
    assert (tmp_path / "again" / "train.parquet").read_bytes() == (data / "train.parquet").read_bytes()


def test_nothing_is_overwritten(data):
    with pytest.raises(TrainingError, match="exists"):
        games_data.write(GameDesign(MORALIS, 30), data)


def test_an_adapters_card_says_whose_preference_it_is():
    facts = {
        "method": "SFT",
        "base": {"name": "some/base", "revision": "main"},
        "target": MORALIS.facts(),
        "data": games_data.describe(GameDesign(MORALIS)),
        "pairs": 60,
        "seed": 0,
        "steps": 1,
        "trainable": 1,
        "hyperparameters": {},
        "versions": {"fiduciary": "0"},
    }
    text = adapter_card(facts)
    assert "# SFT adapter: homo_moralis kappa=0.6" in text
    assert "κ = 0.6" in text and "generated games" in text and "θ" not in text


def sft(base: Path, data: Path, out: Path, *more: str, method: str = "sft") -> int:
    recipe = Path(__file__).parents[2] / "training" / "recipes" / f"tiny-{method}.yaml"
    command = [method, "--recipe", str(recipe), "--base", str(base), "--data", str(data), "--out", str(out)]
    return main([*command, "--warmup_steps", "1", "--per_device_train_batch_size", "6", *more])


def test_another_target_than_the_datas_is_refused(base, data, tmp_path, capsys):
    assert sft(base, data, tmp_path / "adapter", "--principal", "nonprofit") == 2
    said = capsys.readouterr().err
    assert "states homo_moralis kappa=0.6, and the command asks for nonprofit" in said
    assert list(tmp_path.iterdir()) == []


def test_data_with_a_game_of_the_evaluation_is_refused(base, data, tmp_path, capsys):
    from datasets import Dataset

    leaky = tmp_path / "leaky"
    shutil.copytree(data, leaky)
    table = preference_data.read(data).table.to_list()
    table[7]["problem"] = "trust-80-50-30-20"
    Dataset.from_list(table).to_parquet(leaky / "train.parquet")
    assert sft(base, leaky, tmp_path / "adapter") == 2
    said = capsys.readouterr().err
    assert "1 games of the data are games of the evaluation too" in said and "trust_1" in said


@pytest.mark.slow
@pytest.mark.parametrize("method", ["sft", "dpo"])
def test_an_adapter_learns_from_it_and_is_loaded(method, base, data, tmp_path):
    """The loss falls, the adapter says whose plans it states, and PEFT loads it."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    out = tmp_path / "adapter"
    assert sft(base, data, out, "--pairs", "12", "--num_train_epochs", "2", method=method) == 0
    facts = json.loads((out / "training.json").read_text("utf-8"))
    losses = [record["loss"] for record in facts["log"] if "loss" in record]
    assert losses[-1] < losses[0]
    assert read_target(facts["target"]) == MORALIS
    assert "κ = 0.6" in (out / "README.md").read_text("utf-8")
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), out)
    assert model.peft_config["default"].r == 16
