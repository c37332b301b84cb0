"""DPO end to end on a tiny model: the adapter, a kill and what follows it, a loss that is not a number."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fiduciary.adapter_base import file_digest
from fiduciary.cards import grade, read
from fiduciary.training.command import train as main

torch = pytest.importorskip("torch")
pytest.importorskip("trl")
load_file = pytest.importorskip("safetensors.torch").load_file

ROOT = Path(__file__).parents[2]
FILES = ["README.md", "adapter_config.json", "adapter_model.safetensors", "curves.png", "training.json"]

KILLED = """
import os, signal, sys
import torch
torch.set_num_threads(1)
from fiduciary.training import finish, folders, guards
where = sys.argv[1]
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
if where.startswith("step"):
    def on_step_end(self, args, state, control, **_):
        if state.global_step == int(where[4:]):
            die()
    guards.MarkWhole.on_step_end = on_step_end
elif where == "checkpoint":
    mark = guards.MarkWhole.on_save
    guards.MarkWhole.on_save = lambda self, args, state, control, **_: (
        die() if state.global_step == 4 else mark(self, args, state, control)
    )
else:
    folders.RunFolder.publish = die
from fiduciary.training.command import train as main
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture(scope="module")
def unbroken(base, pairs, tmp_path_factory):
    """The adapter of a run that nothing stopped."""
    from tests.training.conftest import QUICK, RECIPES

    out = tmp_path_factory.mktemp("adapters") / "unbroken"
    arguments = ["dpo", "--recipe", str(RECIPES / "tiny-dpo.yaml"), "--base", str(base)]
    assert main([*arguments, "--data", str(pairs), "--out", str(out), *QUICK]) == 0
    return out


def test_the_adapter_is_whole_and_nothing_else_is_left(unbroken):
    assert sorted(file.name for file in unbroken.iterdir()) == FILES
    assert [path.name for path in unbroken.parent.iterdir()] == ["unbroken"]
    assert (unbroken / "curves.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_facts_and_card_say_what_was_done(unbroken, base):
    facts = json.loads((unbroken / "training.json").read_text("utf-8"))
    assert facts["target"] == {"name": "nonprofit", "theta": [0, 0.4, 0.4, 0.2], "rho": 0.25}
    assert (facts["pairs"], facts["steps"], facts["hyperparameters"]["batch"]) == (24, 6, 4)
    assert facts["measured"] == {}
    told = facts["hyperparameters"]
    assert (told["loss_weights"], told["attn_implementation"]) == ([1.0, 2.0], "sdpa")
    assert told["precompute_ref_batch_size"] == 32
    assert facts["seconds"] >= facts["log"][-1]["train_runtime"] - 0.01  # both are rounded
    assert f"-M base={base} -M adapter={unbroken}" in facts["ask"]
    assert [record["step"] for record in facts["log"] if "rewards/margins" in record] == [1, 2, 3, 4, 5, 6]
    card = (unbroken / "README.md").read_text("utf-8")
    asked = "inspect eval tasks/stakeholder_choice -T wording=compact -T elicitation=choose --model peft/name"
    assert f"{asked} -M base={base} -M adapter=ADAPTER" in card
    assert "| attn_implementation | sdpa |" in card and "| loss_weights | 1, 2 |" in card
    assert "ρ = 0.25" in card and "| beta | 0.3 |" in card and "| trl |" in card
    assert "<!-- measured: begin -->\n<!-- measured: end -->" in card
    # Nothing was measured yet, and a base without a card has no licence to take over.
    graded = grade(read(unbroken / "README.md"))
    lacking = {one.item.id for one in graded.missing}
    assert {name for name in lacking if not name.startswith("evaluation.")} == {"licence.identifier"}
    assert {claim.what for claim in graded.claims} >= {"LoRA rank", "number of parameters", "base model"}
    assert graded.claims and not graded.contradicted


def test_peft_loads_it_and_it_changes_what_the_base_says(unbroken, base):
    """All linear layers carry LoRA, and before the first step the adapter is the base."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), unbroken)
    targets = set(model.peft_config["default"].target_modules)
    assert targets == {f"{m}_proj" for m in ("q", "k", "v", "o", "gate", "up", "down")}
    log = json.loads((unbroken / "training.json").read_text("utf-8"))["log"]
    assert log[0]["rewards/margins"] == pytest.approx(0, abs=1e-5)
    ids = torch.arange(20)[None]
    with torch.no_grad(), model.disable_adapter():
        before = model(input_ids=ids).logits
    with torch.no_grad():
        after = model(input_ids=ids).logits
    assert float((after - before).abs().max()) > 1e-3


def test_going_on_from_an_adapter_begins_where_it_ended(unbroken, command, tmp_path):
    """Its margins over the base, which stays the reference, are there in the first step."""
    assert main(command("dpo", "--start", str(unbroken), "--max_steps", "1")) == 0
    facts = json.loads((tmp_path / "adapter" / "training.json").read_text("utf-8"))
    first = next(record for record in facts["log"] if "rewards/margins" in record)
    assert abs(first["rewards/margins"]) > 1e-3
    assert facts["start"]["digest"] == file_digest(unbroken / "adapter_model.safetensors")
    assert (facts["start"]["pairs"], facts["start"]["steps"]) == (24, 6)
    card = (tmp_path / "adapter" / "README.md").read_text("utf-8")
    assert "made in 6 steps from 24 pairs" in card and "--start START" in card


def test_an_adapter_of_another_rank_or_factor_or_none_is_refused(unbroken, command, tmp_path, capsys):
    assert main(command("dpo", "--start", str(unbroken), "--lora_r", "4")) == 2
    assert "Give the recipe the same rank and layers" in capsys.readouterr().err
    for changed, said in (
        (("--lora_alpha", "64"), "lora_alpha"),
        (("--use_rslora", "true"), "use_rslora False, not True"),
    ):
        assert main(command("dpo", "--start", str(unbroken), *changed)) == 2
        assert (line := capsys.readouterr().err).count("\n") == 1
        assert said in line and "its change would become another one" in line
    assert main(command("dpo", "--start", str(tmp_path))) == 2
    assert "holds no adapter" in capsys.readouterr().err
    assert not (tmp_path / "adapter").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "nested too deep"),
        ("- a\n- b", "states no settings"),
        ("learning_rate: !!timestamp never", "is not YAML"),
        ("1: 2", "states no settings"),
        ("", "states no settings"),
    ],
)
def test_a_recipe_that_is_none_is_refused(text, said, tmp_path, capsys):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(text)
    out = ["--principal", "nonprofit", "--base", "x", "--out", str(tmp_path / "adapter")]
    assert main(["dpo", "--recipe", str(recipe), *out]) == 2
    assert said in (line := capsys.readouterr().err) and line.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize("where", ["step1", "step3", "checkpoint", "publish"])
def test_killed_and_resumed_ends_with_the_same_adapter(where, unbroken, command, tmp_path, capsys):
    """Before the first checkpoint, between two, while one is written, and when all is done but the rename."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    child = [sys.executable, "-c", KILLED, where, *command()]
    assert subprocess.run(child, cwd=ROOT, env=environment, capture_output=True).returncode == -9
    assert [path.name for path in tmp_path.iterdir()] == ["adapter.partial"]

    assert main(command()) == 2
    assert "Continue it with --resume" in capsys.readouterr().err
    assert main(command("dpo", "--learning_rate", "0.1", "--resume")) == 2
    assert "other settings (overrides)" in capsys.readouterr().err

    assert main(command("dpo", "--resume")) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["adapter"]
    whole, resumed = (load_file(f / "adapter_model.safetensors") for f in (unbroken, tmp_path / "adapter"))
    assert whole.keys() == resumed.keys()
    for name, weight in whole.items():
        torch.testing.assert_close(resumed[name], weight, rtol=1e-5, atol=1e-7)
    logs = [
        [
            record["loss"]
            for record in json.loads((f / "training.json").read_text("utf-8"))["log"]
            if "loss" in record
        ]
        for f in (unbroken, tmp_path / "adapter")
    ]
    assert logs[1] == pytest.approx(logs[0], abs=1e-4)


@pytest.mark.slow
def test_two_processes_train_the_same_adapter(unbroken, command, tmp_path):
    """The same batch of four, half of it in each process."""
    torchrun = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc_per_node",
        "2",
        "-m",
        "fiduciary",
        "train",
    ]
    alike = ["--gradient_accumulation_steps", "1", "--use_cpu", "true", "--ddp_backend", "gloo"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*torchrun, *command("dpo", *alike)], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert [path.name for path in tmp_path.iterdir()] == ["adapter"]
    facts = json.loads((tmp_path / "adapter" / "training.json").read_text("utf-8"))
    assert (facts["hyperparameters"]["processes"], facts["hyperparameters"]["batch"]) == (2, 4)
    whole, other = (load_file(f / "adapter_model.safetensors") for f in (unbroken, tmp_path / "adapter"))
    for name, weight in whole.items():
        torch.testing.assert_close(other[name], weight, rtol=1e-3, atol=1e-4)


def test_lengths_are_those_of_what_a_batch_is_padded_to():
    from datasets import Dataset

    from fiduciary.training.guards import token_lengths

    assert token_lengths(Dataset.from_dict({"input_ids": [[1, 2, 3], [4]]})) == [3, 1]
    columns = {"prompt_ids": [[1, 2], [3]], "chosen_ids": [[4], [5, 6]], "rejected_ids": [[7, 8, 9], []]}
    assert token_lengths(Dataset.from_dict(columns)) == [5, 3]


def test_the_time_of_a_resumed_run_is_that_of_all_its_parts(tmp_path):
    from types import SimpleNamespace

    from fiduciary.training.guards import Clock

    path, first = tmp_path / "seconds.txt", SimpleNamespace(is_world_process_zero=True)
    path.write_text("100.5\n")
    clock = Clock(path)
    clock.on_train_begin(None, first, None)
    clock.on_log(None, SimpleNamespace(is_world_process_zero=False), None)
    assert path.read_text() == "100.5\n"
    clock.on_log(None, first, None)
    second = float(path.read_text())
    clock.on_save(None, first, None)
    assert 100.5 <= second <= float(path.read_text())
    assert [file.name for file in tmp_path.iterdir()] == ["seconds.txt"]


class Stopped(Exception):
    pass


@pytest.mark.slow
@pytest.mark.parametrize("method", ["dpo", "sft"])
def test_batches_of_like_lengths_are_drawn_again_the_same_when_a_run_is_resumed(
    method, command, pairs, base, tmp_path, monkeypatch
):
    import trl

    trainer = getattr(trl, f"{method.upper()}Trainer")
    step, compute, widths = trainer.training_step, trainer.compute_loss, []

    def stops(self, *arguments, **keywords):
        if self.state.global_step == 9:  # in the second pass, behind a checkpoint
            raise Stopped
        return step(self, *arguments, **keywords)

    def looked_at(self, model, inputs, *arguments, **keywords):
        widths.append(inputs["input_ids"].shape[1])
        return compute(self, model, inputs, *arguments, **keywords)

    by_length = ("--num_train_epochs", "2", "--train_sampling_strategy", "group_by_length")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    with monkeypatch.context() as patched:
        patched.setattr(trainer, "compute_loss", looked_at)
        assert main(command(method, *by_length, out=whole)) == 0
    # A step's batch is two parts, of which the second is the longer one.
    assert len(set(widths)) > 1 and all(a <= b for a, b in zip(widths[::2], widths[1::2], strict=True))
    with monkeypatch.context() as patched:
        patched.setattr(trainer, "training_step", stops)
        with pytest.raises(Stopped):
            main(command(method, *by_length, out=broken))
    assert main([*command(method, *by_length, out=broken), "--resume"]) == 0
    first, second = (load_file(f / "adapter_model.safetensors") for f in (whole, broken))
    for name, weight in first.items():
        torch.testing.assert_close(second[name], weight, rtol=1e-5, atol=1e-7)


def test_a_loss_that_is_no_number_stops_the_run(command, tmp_path, capsys, monkeypatch):
    from trl import DPOTrainer

    compute = DPOTrainer.compute_loss

    def broken(self, *arguments, **keywords):
        loss = compute(self, *arguments, **keywords)
        return loss * float("nan") if self.state.global_step == 3 else loss

    monkeypatch.setattr(DPOTrainer, "compute_loss", broken)
    assert main(command()) == 2
    assert "the loss became nan in step 4" in capsys.readouterr().err
    assert not (tmp_path / "adapter").exists()


def test_a_full_disk_leaves_no_adapter_and_the_run_can_go_on(
    command, tmp_path, capsys, monkeypatch, unbroken
):
    from fiduciary.training import finish

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(finish.shutil, "copyfile", full)
        assert main(command()) == 2
    assert "the disk is full" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["adapter.partial"]
    assert main(command("dpo", "--resume")) == 0
    whole, resumed = (load_file(f / "adapter_model.safetensors") for f in (unbroken, tmp_path / "adapter"))
    for name, weight in whole.items():
        torch.testing.assert_close(resumed[name], weight, rtol=1e-5, atol=1e-7)


def test_weights_that_are_not_finite_are_not_published(tmp_path):
    from safetensors.torch import save_file

    from fiduciary.training.errors import TrainingError
    from fiduciary.training.finish import _refuse_nonfinite
    from fiduciary.training.folders import RunFolder

    folder = RunFolder(tmp_path / "adapter")
    folder.adapter.mkdir(parents=True)
    save_file({"a": torch.tensor([1.0, float("nan")])}, folder.adapter / "adapter_model.safetensors")
    with pytest.raises(TrainingError, match="1 of the adapter's tensors"):
        _refuse_nonfinite(folder)
