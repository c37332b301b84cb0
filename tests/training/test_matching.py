"""Choice matching end to end on a tiny model: the stated loss, and labels with the target's shares."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("trl")

import torch
from safetensors.torch import load_file

from fiduciary.solvers.asking import CLOSING
from fiduciary.training.command import train as main

ROOT = Path(__file__).parents[2]
RECIPE = Path(__file__).parents[2] / "training" / "recipes" / "tiny-match.yaml"
ROOM = ("--max_length", "1024", "--max_explanation", "6")
"""The base of random weights knows no word, so that a conversation takes many tokens."""

QUICK = [
    *("--per_device_train_batch_size", "8", "--save_steps", "2"),
    *("--warmup_steps", "1", "--logging_steps", "1", *ROOM),
]


def command(base: Path, out: Path, *more: str, problems: int = 32) -> list[str]:
    start = [
        "match",
        "--recipe",
        str(RECIPE),
        "--base",
        str(base),
        "--principal",
        "nonprofit",
        "--gamma",
        "2",
    ]
    return [*start, "--problems", str(problems), "--num_train_epochs", "1", "--out", str(out), *QUICK, *more]


def trainer(base: Path, tmp_path: Path, *overrides: str):
    """A trainer that has not begun, and its rows."""
    from transformers import AutoTokenizer
    from trl import get_peft_config

    from fiduciary.economics.principals import Principal
    from fiduciary.training.folders import RunFolder
    from fiduciary.training.matching import MatchConfig, MatchTrainer, problems
    from fiduciary.training.run import Method, Request, settings

    request = Request(
        RECIPE,
        tmp_path / "out",
        Principal.named("nonprofit"),
        2.0,
        str(base),
        pairs=24,
        overrides=(*ROOM, *overrides),
    )
    method = Method("match", MatchConfig, MatchTrainer, {}, ())
    config, model = settings(request, method, RunFolder(request.out))
    data = problems(request, config, None).table
    made = MatchTrainer(
        str(base), config, data, AutoTokenizer.from_pretrained(base), get_peft_config(model), callbacks=[]
    )
    return made, data.to_list()


def test_the_loss_is_the_divergence_at_the_label(base, tmp_path):
    """Against the whole conversation as text, one row at a time, without batches, padding or cut logits."""
    own, rows = trainer(base, tmp_path, "--own_share", "0", "--written_share", "0")
    found = own.compute_loss(own.model, {"rows": rows}).item()
    expected = []
    for row in rows:
        text = own.tokenizer.apply_chat_template(row["prompt"], tokenize=False, add_generation_prompt=True)
        ids = own.tokenizer(text + CLOSING, add_special_tokens=False, return_tensors="pt").input_ids
        with torch.no_grad():
            log_q = own.model(input_ids=ids).logits[0, -1].log_softmax(-1)
        q = [
            log_q[own.tokenizer(f"{CLOSING} {x}", add_special_tokens=False).input_ids[-1]]
            for x in row["labels"]
        ]
        p = np.array(row["probabilities"])
        expected.append(float((p * (np.log(p) - np.array(q))).sum()))
    assert found == pytest.approx(np.mean(expected), rel=1e-4)


def test_written_explanations_are_taught_without_their_label(base, tmp_path):
    """The text's part is the mean negative log-probability of its tokens; the label has its shares alone."""
    own, rows = trainer(base, tmp_path, "--own_share", "0", "--written_share", "1", "--text_weight", "3")
    row = rows[0]
    found = own.compute_loss(own.model, {"rows": [row]}).item()
    whole = own.tokenizer.apply_chat_template(
        [*row["prompt"], {"role": "assistant", "content": row["written"]}], return_dict=False
    )
    start = len(
        own.tokenizer.apply_chat_template(row["prompt"], add_generation_prompt=True, return_dict=False)
    )
    with torch.no_grad():
        log_q = own.model(input_ids=torch.tensor([whole])).logits[0].log_softmax(-1)
    chosen = own.tokenizer(f"{CLOSING} {row['written'][-2]}", add_special_tokens=False).input_ids[-1]
    label = max(k for k, token in enumerate(whole) if token == chosen)
    text = -np.mean([float(log_q[k - 1, whole[k]]) for k in range(start, len(whole)) if k != label])
    tokens = [own.tokenizer(f"{CLOSING} {x}", add_special_tokens=False).input_ids[-1] for x in row["labels"]]
    p = np.array(row["probabilities"])
    divergence = float((p * (np.log(p) - log_q[label - 1, tokens].numpy())).sum())
    assert found == pytest.approx(divergence + 3 * text, rel=1e-4)


def test_a_mixed_batch_is_the_mean_of_its_rows(base, tmp_path):
    own, rows = trainer(base, tmp_path, "--own_share", "0", "--written_share", ".5")
    assert {row["part"] for row in rows} == {"choose", "written"}
    together = own.compute_loss(own.model, {"rows": rows}).item()
    apart = np.mean([own.compute_loss(own.model, {"rows": [row]}).item() for row in rows])
    assert together == pytest.approx(apart, rel=1e-4)


def test_training_moves_the_labels_towards_the_target_and_ends_in_an_adapter(base, tmp_path):
    out = tmp_path / "adapter"
    assert main(command(base, out, "--learning_rate", "1e-2", problems=160)) == 0
    facts = json.loads((out / "training.json").read_text("utf-8"))
    told = [record for record in facts["log"] if "divergence" in record]
    assert facts["method"] == "match" and facts["data"]["gamma"] == 2
    assert told[-1]["divergence"] < told[0]["divergence"] / 2
    assert told[-1]["mass"] > told[0]["mass"]
    card = (out / "README.md").read_text("utf-8")
    assert "--gamma 2" in card and "softmax" in card
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter"]


def test_explanations_are_kept_by_the_divergence_from_the_base(base, tmp_path):
    """Before the first step nothing has moved, so that this part is 0; afterwards it is not."""
    out = tmp_path / "adapter"
    assert main(command(base, out, "--keep_weight", "1", "--own_share", "1", "--written_share", "0")) == 0
    kept = [r["kept"] for r in json.loads((out / "training.json").read_text("utf-8"))["log"] if "kept" in r]
    assert kept[0] == pytest.approx(0, abs=1e-6) and kept[-1] > 1e-6


@pytest.mark.slow
def test_a_resumed_run_ends_with_the_same_weights(base, tmp_path, monkeypatch):
    from fiduciary.adapter_base import weights_digest

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert main(command(base, whole)) == 0
    # A stop in the middle: two of four steps, then on from there.
    from fiduciary.training import matching

    class Stops(Exception):
        pass

    class Broken(matching.MatchTrainer):
        def training_step(self, *arguments, **keywords):
            if self.state.global_step == 3:
                raise Stops
            return super().training_step(*arguments, **keywords)

    with monkeypatch.context() as patched:
        patched.setattr(matching, "MatchTrainer", Broken)
        with pytest.raises(Stops):
            main(command(base, broken))
    assert main([*command(base, broken), "--resume"]) == 0
    assert weights_digest(whole) == weights_digest(broken)


@pytest.mark.slow
def test_two_processes_match_the_same_adapter(base, tmp_path):
    """A batch of eight, once in one process and once half of it in each of two."""
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    launch = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
    launch += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
    launch += ["--main_process_port", "0", "-m", "fiduciary", "train"]
    # Adam would make whole steps of gradients that are nearly 0, whose sign is rounding.
    alike = ("--own_share", "0", "--use_cpu", "true", "--optim", "sgd", "--learning_rate", "0.1")
    whole, halves = tmp_path / "whole", tmp_path / "halves"
    assert main(command(base, whole, *alike)) == 0
    asked = command(base, halves, *alike, "--per_device_train_batch_size", "4", "--ddp_backend", "gloo")
    done = subprocess.run([*launch, *asked], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("Written to") == 1
    facts = json.loads((halves / "training.json").read_text("utf-8"))
    assert (facts["hyperparameters"]["processes"], facts["hyperparameters"]["batch"]) == (2, 8)
    one, two = (load_file(folder / "adapter_model.safetensors") for folder in (whole, halves))
    assert one.keys() == two.keys()
    assert max(float(weight.abs().max()) for name, weight in one.items() if "lora_B" in name) > 1e-3
    for name, weight in one.items():
        torch.testing.assert_close(two[name], weight, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--closings", "9"), "closings must lie between 1 and 4, got 9"),
        (("--wordings", "shouted"), "wording must be one of plain"),
        (("--own_share", ".9", "--written_share", ".9"), "own and written"),
        (("--max_length", "20"), "max_length is 20"),
        (("--beta", ".1"), "beta"),
    ],
)
def test_what_cannot_be_is_refused_with_one_line(base, tmp_path, capsys, more, message):
    assert main(command(base, tmp_path / "adapter", *more)) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_target_without_a_noise_is_not_enough(base, tmp_path, capsys):
    asked = command(base, tmp_path / "adapter")
    at = asked.index("--gamma")
    assert main([*asked[:at], *asked[at + 2 :]]) == 2
    assert "--gamma G" in capsys.readouterr().err
