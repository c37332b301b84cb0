"""Checkpoints of a training that stay, from a run that was stopped to their re-benchmark."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("trl")

from fiduciary.__main__ import main
from fiduciary.adapter_base import file_digest
from fiduciary.adapter_files import CHECKPOINTS, read_adapter
from fiduciary.training import matching
from fiduciary.training.folders import WHOLE
from fiduciary.training.next_steps import after_adapter
from fiduciary.training.rebench.adapter_files import check_adapter

ROOT = Path(__file__).parents[2]
TINY = ROOT / "subjects" / "tiny_manager" / "base"
RECIPE = ROOT / "training" / "recipes" / "tiny-match.yaml"
WEIGHTS = "adapter_model.safetensors"


def command(out: Path, *more: str) -> list[str]:
    """Six steps over 36 problems; at the last one the first checkpoint is deleted."""
    start = ["train", "match", "--recipe", str(RECIPE), "--base", str(TINY), "--principal", "nonprofit"]
    small = ["--per_device_train_batch_size", "12", "--num_train_epochs", "2", "--warmup_steps", "1"]
    saved = ["--save_steps", "2", "--save_total_limit", "2", "--keep-checkpoints"]
    return [*start, "--gamma", "2", "--problems", "36", "--out", str(out), *small, *saved, *more]


class Stopped(Exception):
    pass


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """An adapter of a run that was stopped after four steps, while its second checkpoint was written.

    Returns its folder, and digests of the checkpoints' weights as the trainer had saved them before.
    """
    out = tmp_path_factory.mktemp("kept") / "adapter"
    partial = out.with_name("adapter.partial")

    class Stops(matching.MatchTrainer):
        def training_step(self, *arguments, **keywords):
            if self.state.global_step == 4:
                raise Stopped
            return super().training_step(*arguments, **keywords)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(matching, "MatchTrainer", Stops)
        with pytest.raises(Stopped):
            main(command(out))
    saved = {path.parent.name: file_digest(path) for path in partial.glob(f"checkpoints/*/{WEIGHTS}")}
    assert sorted(saved) == ["checkpoint-2", "checkpoint-4"]
    (partial / "checkpoints" / "checkpoint-4" / WHOLE).unlink()
    (partial / "adapter" / CHECKPOINTS / "4" / WEIGHTS).write_bytes(b"half")
    assert main([*command(out), "--resume"]) == 0
    return out, saved


def test_every_checkpoint_stays_as_an_adapter_and_nothing_else_of_it(trained):
    """Also the one that was deleted, and the one whose copy was cut short; the last is the adapter itself."""
    out, saved = trained
    assert [path.name for path in out.parent.iterdir()] == ["adapter"]
    kept = {int(path.name): path for path in (out / CHECKPOINTS).iterdir()}
    assert sorted(kept) == [2, 4]
    for folder in kept.values():
        assert {path.name for path in folder.iterdir()} == {"adapter_config.json", WEIGHTS, "training.json"}
    for step in kept:
        assert file_digest(kept[step] / WEIGHTS) == saved[f"checkpoint-{step}"]
    assert len({file_digest(folder / WEIGHTS) for folder in (*kept.values(), out)}) == 3
    assert read_adapter(out).facts["steps"] == 6
    assert f" --adapter {out} --checkpoints " in after_adapter(out)


def test_it_says_how_far_the_training_had_come(trained):
    out, _ = trained
    whole = json.loads((out / "training.json").read_text("utf-8"))
    assert (whole["steps"], whole["seen"], whole["pairs"]) == (6, 72, 36)
    for step in (2, 4):
        facts = check_adapter(out / CHECKPOINTS / str(step), str(TINY)).facts
        assert (facts["steps"], facts["seen"]) == (step, 12 * step)
        assert facts["target"] == whole["target"] and facts["base"] == whole["base"]
        assert facts["files"] == {WEIGHTS: file_digest(out / CHECKPOINTS / str(step) / WEIGHTS)}
        assert all(record["step"] <= step for record in facts["log"])
        assert "seconds" not in facts and "ask" not in facts  # these are the whole run's


@pytest.mark.slow
def test_the_re_benchmark_asks_them_like_adapters_and_tells_what_happened_along_the_training(
    trained, tmp_path, capsys
):
    out, _ = trained
    again = tmp_path / "rebench"
    asked = ["rebench", "--base", str(TINY), "--adapter", str(out), "--checkpoints", "--out", str(again)]
    asked += ["--engine", "transformers", "--write-cards"]
    asked += ["--task", "stakeholder_choice trade_offs=joint n=60 wording=compact elicitation=choose"]
    assert main([*asked, "--task", "transitivity n=6 wording=compact elicitation=choose"]) == 0
    said = capsys.readouterr().out
    assert "rebench: base, adapter-2, adapter-4, adapter from transformers" in said
    assert "\nalong the training\n" in said and "checkpoints.png" in said
    assert (again / "checkpoints.png").stat().st_size > 10_000
    found = json.loads((again / "comparison.json").read_text("utf-8"))
    points = found["checkpoints"]["adapter"]
    assert [(p["name"], p["steps"], p["seen"]) for p in points] == [
        ("adapter-2", 2, 24),
        ("adapter-4", 4, 48),
        ("adapter", 6, 72),
    ]
    [choices] = found["comparisons"]
    lost = {name: one["loss_share"] for name, one in choices["adapters"].items()}
    assert lost["adapter"]["adapter"] < lost["adapter-2"]["adapter"] < lost["adapter-2"]["base"]
    for point in points:
        [moved] = point["moved"].values()
        assert 0 <= moved["moved"] <= moved["tested"] > 0
    facts = [json.loads(path.read_text("utf-8")) for path in sorted(out.rglob("training.json"))]
    assert [one["steps"] for one in facts if one["measured"]] == [6]  # the checkpoints have no card


def test_a_training_that_would_keep_none_is_refused(tmp_path, capsys):
    assert main(command(tmp_path / "adapter", "--save_steps", "6")) == 2
    assert "--keep-checkpoints would keep none" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
