"""SFT end to end on a tiny model."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("trl")

from fiduciary.training.command import train as main


def test_the_chosen_responses_become_likelier(command, tmp_path):
    assert main(command("sft", "--num_train_epochs", "2")) == 0
    facts = json.loads((tmp_path / "adapter" / "training.json").read_text("utf-8"))
    losses = [record["loss"] for record in facts["log"] if "loss" in record]
    assert facts["method"] == "SFT" and len(losses) == 12
    assert losses[-1] < losses[0]
    assert "beta" not in facts["hyperparameters"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter"]
