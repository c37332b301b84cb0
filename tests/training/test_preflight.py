"""What stops a training before any work, and recipes as TRL reads them."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple

import pytest

pytest.importorskip("trl")

from fiduciary.training import preference_data
from fiduciary.training.command import train as main
from fiduciary.training.errors import TrainingError
from fiduciary.training.folders import RunFolder
from fiduciary.training.preflight import check_base, check_disk, check_lengths, count_kept, load_tokenizer
from tests.training.conftest import RECIPES


def test_the_8b_recipe_holds_the_published_hyperparameters(tmp_path):
    """Source: Foster & Rawski, study 3."""
    from trl import DPOConfig, ModelConfig, TrlParser

    arguments = ["--config", str(RECIPES / "llama-3.1-8b-dpo.yaml"), "--output_dir", str(tmp_path)]
    config, model = TrlParser((DPOConfig, ModelConfig)).parse_args_and_config([*arguments, "--bf16", "false"])
    assert (config.beta, config.label_smoothing, config.loss_type) == (0.1, 0.0, ["sigmoid"])
    assert (config.learning_rate, config.weight_decay, config.warmup_steps) == (2e-5, 0.05, 20)
    assert (config.lr_scheduler_type, config.optim, config.num_train_epochs) == ("cosine", "adamw_torch", 1)
    assert config.per_device_train_batch_size * config.gradient_accumulation_steps == 16
    assert config.precompute_ref_log_probs
    assert "\nbf16: true\n" in (RECIPES / "llama-3.1-8b-dpo.yaml").read_text("utf-8")
    assert model.lora_target_modules in ("all-linear", ["all-linear"])


@pytest.mark.parametrize("recipe", sorted(RECIPES.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_recipe_is_read(recipe, tmp_path):
    from trl import DPOConfig, SFTConfig

    from fiduciary.training.matching import MatchConfig
    from fiduciary.training.run import Method, Request, settings

    config = {"dpo": DPOConfig, "sft": SFTConfig, "match": MatchConfig}[recipe.stem.rpartition("-")[2]]
    request = Request(recipe, tmp_path / "x", base="some/base", overrides=("--learning_rate", "0.5"))
    read, model = settings(request, Method("", config, object, {}, ()), RunFolder(request.out))
    assert (read.learning_rate, model.model_name_or_path) == (0.5, "some/base")
    assert read.model_init_kwargs["use_safetensors"] and not read.model_init_kwargs["trust_remote_code"]


def stopped(arguments, capsys, folder):
    """The message of a command that stops and leaves nothing."""
    before = sorted(folder.iterdir())
    assert main(arguments) == 2
    assert sorted(folder.iterdir()) == before
    return capsys.readouterr().err


def test_base_without_chat_template(base, tmp_path, command, capsys):
    bare = tmp_path / "bare"
    shutil.copytree(base, bare)
    (bare / "chat_template.jinja").unlink()
    message = stopped(command("dpo", "--model_name_or_path", "x", "--base", str(bare)), capsys, tmp_path)
    assert "has no chat template" in message and "instruct" in message


def test_pickled_weights_adapters_and_folders_without_a_model(base, tmp_path):
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    (pickled / "config.json").write_text("{}")
    (pickled / "pytorch_model.bin").write_text("")
    with pytest.raises(TrainingError, match=r"only pickled ones \(pytorch_model.bin\)"):
        check_base(str(pickled))
    (pickled / "config.json").unlink()
    with pytest.raises(TrainingError, match=r"no config.json"):
        check_base(str(pickled))
    (pickled / "adapter_config.json").write_text("{}")
    with pytest.raises(TrainingError, match="is an adapter"):
        check_base(str(pickled))
    with pytest.raises(TrainingError, match="is not a folder"):
        check_base(str(tmp_path / "nowhere"))
    check_base(str(base))
    check_base("some-organisation/some-model")


REFUSES = (
    "{%- if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{%- endif %}"
    "{%- for message in messages %}{%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate') }}{%- endif %}"
    "{{- '<start_of_turn>' + ('model' if message['role'] == 'assistant' else 'user') }}"
    "{{- '\n' + message['content'] + '<end_of_turn>\n' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<start_of_turn>model\n' }}{%- endif %}"
)
"""Gemma's: no system role, and turns that alternate."""


def with_template(base, folder, template):
    shutil.copytree(base, folder)
    (folder / "chat_template.jinja").write_text(template)
    return folder


@pytest.mark.parametrize("method", ["dpo", "sft"])
def test_system_texts_go_into_the_users_turn_where_the_template_takes_none(
    method, base, pairs, tmp_path, command, monkeypatch
):
    """What the trainer is given holds the text, and the run ends in an adapter."""
    import trl

    seen = []
    trainer = getattr(trl, f"{method.upper()}Trainer")
    begin = trainer.__init__

    def watched(self, *arguments, train_dataset, **keywords):
        seen.extend(train_dataset["prompt"])
        begin(self, *arguments, train_dataset=train_dataset, **keywords)

    monkeypatch.setattr(trainer, "__init__", watched)
    bare = with_template(base, tmp_path / "bare", REFUSES)
    assert main(command(method, "--base", str(bare), "--max_steps", "1")) == 0
    assert (tmp_path / "adapter" / "adapter_model.safetensors").is_file()
    given = preference_data.read(pairs).table["prompt"]
    assert len(seen) == 24
    for (system, user), asked in zip(given, seen, strict=True):
        assert asked == [{"role": "user", "content": f"{system['content']}\n\n{user['content']}"}]


@pytest.mark.parametrize("method", ["dpo", "sft"])
def test_a_template_that_can_lay_nothing_out_is_said_before_data_are_made(
    method, base, tmp_path, command, capsys
):
    broken = with_template(base, tmp_path / "broken", "{{ raise_exception('no such role') }}")
    message = stopped(command(method, "--base", str(broken)), capsys, tmp_path)
    assert message == (
        "error: the model's chat template cannot lay out a conversation of user: no such role.\n"
    )


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (("--load_in_4bit", "true"), "load_in_4bit needs a GPU"),
        (("--load_in_8bit", "true"), "load_in_8bit needs a GPU"),
        (("--use_bnb_nested_quant", "true"), "use_bnb_nested_quant says how 4 bits are used"),
        (("--bnb_4bit_quant_type", "fp4"), "bnb_4bit_quant_type says how 4 bits are used"),
        (("--attn_implementation", "flash_attention_2"), "flash_attention_2 needs a GPU"),
        (("--attn_implementation", "some/kernel"), "would run code from the Hub"),
        (("--use_liger_kernel", "true"), "use_liger_kernel needs a GPU"),
    ],
)
@pytest.mark.parametrize("method", ["dpo", "sft", "match"])
def test_what_this_machine_has_not_is_said_before_any_work(
    method, setting, message, base, command, tmp_path, capsys
):
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    asked = command("dpo", *setting)
    if method != "dpo":
        asked = [method, "--recipe", str(RECIPES / f"tiny-{method}.yaml"), "--base", str(base), *setting]
        asked += ["--principal", "nonprofit", "--out", str(tmp_path / "adapter")]
        asked += ["--gamma", "2"] if method == "match" else []
    said = stopped(asked, capsys, tmp_path)
    assert message in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("setting", "package"),
    [
        ({"load_in_4bit": True}, "bitsandbytes"),
        ({"load_in_8bit": True}, "bitsandbytes"),
        ({"attn_implementation": "flash_attention_2"}, "flash-attn"),
        ({"use_liger_kernel": True}, "liger-kernel"),
    ],
)
def test_a_package_that_is_missing_beside_a_gpu_is_named(setting, package, tmp_path, monkeypatch):
    import torch
    from trl import ModelConfig

    from fiduciary.training import preflight

    config = read_settings(RECIPES / "tiny-sft.yaml", tmp_path)
    model = ModelConfig()
    for name, value in setting.items():
        setattr(model if hasattr(model, name) else config, name, value)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(preflight, "find_spec", lambda _: None)
    with pytest.raises(TrainingError, match=f"needs the package {package}"):
        preflight.check_machine(config, model)


def test_the_base_is_loaded_in_few_bits_where_that_was_asked_for(tmp_path, monkeypatch):
    from fiduciary.training import run

    monkeypatch.setattr(run, "check_machine", lambda *_: None)
    setting = ("--load_in_8bit", "true")
    quantized = read_settings(RECIPES / "tiny-sft.yaml", tmp_path, *setting).model_init_kwargs
    assert quantized["quantization_config"].load_in_8bit
    assert "quantization_config" not in read_settings(RECIPES / "tiny-sft.yaml", tmp_path).model_init_kwargs


def read_settings(recipe, tmp_path, *overrides):
    from trl import SFTConfig

    from fiduciary.training.run import Method, Request, settings

    request = Request(recipe, tmp_path / "x", base="some/base", overrides=overrides)
    return settings(request, Method("", SFTConfig, object, {}, ()), RunFolder(request.out))[0]


def test_remote_code_stays_off(command, tmp_path, capsys):
    arguments = command("dpo", "--trust_remote_code", "true")
    assert "trust_remote_code stays off" in stopped(arguments, capsys, tmp_path)


def test_unknown_settings_of_a_recipe(command, tmp_path, capsys):
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("betta: 0.1\n")
    assert "betta" in stopped(command("dpo", "--recipe", str(recipe)), capsys, tmp_path)


def test_weights_that_do_not_sum_to_one(command, tmp_path, capsys):
    arguments = command("dpo", "--theta", "0.5,0.5,0.5,0", "--rho", "1")
    assert "--theta must be four weights >= 0 that sum to 1" in stopped(arguments, capsys, tmp_path)


def test_data_of_another_target(command, tmp_path, capsys):
    arguments = command("dpo", "--principal", "for_profit")
    assert "states nonprofit, and the command asks for for_profit" in stopped(arguments, capsys, tmp_path)


def test_more_pairs_than_there_are(command, tmp_path, capsys):
    assert "holds 24 pairs, 25 were asked for" in stopped(command("dpo", "--pairs", "25"), capsys, tmp_path)


def test_data_that_overlap_an_evaluation(pairs, command, tmp_path, capsys):
    from fiduciary.economics.problems import generate

    stolen = tmp_path / "stolen"
    shutil.copytree(pairs, stolen)
    table = preference_data.read(pairs).table
    ids = [generate(1, 3)[0].id, *table["problem"][1:]]
    table.remove_columns("problem").add_column("problem", ids).to_parquet(stolen / "train.parquet")
    message = stopped(command("dpo", "--data", str(stolen)), capsys, tmp_path)
    assert "1 problems of the data are evaluation problems too" in message


def test_too_little_disk(tmp_path, monkeypatch):
    usage = namedtuple("usage", "free")
    needed = check_disk(tmp_path, 1_000_000, 2)
    assert needed == 40_000_000 + 64 * 2**20
    assert check_disk(tmp_path, 1_000_000, 2, 5) == needed + 20_000_000  # kept adapters: weights alone
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(needed - 1))
    with pytest.raises(TrainingError, match=r"has 0.11 GB free and the run needs 0.11 GB"):
        check_disk(tmp_path, 1_000_000, 2)


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"save_steps": 10}, 4),  # of 50 steps; the last one is the adapter itself
        ({"save_steps": 9}, 5),
        ({"save_steps": 0.2}, 4),
        ({"save_steps": 10, "max_steps": 21}, 2),
        ({"save_steps": 10, "gradient_accumulation_steps": 2}, 2),
        ({"save_strategy": "epoch"}, 1),
        ({"save_steps": 50}, None),
        ({"save_strategy": "no"}, None),
    ],
)
def test_how_many_checkpoints_there_will_be_to_keep(settings, kept, tmp_path):
    from transformers import TrainingArguments

    config = TrainingArguments(
        str(tmp_path), **{"per_device_train_batch_size": 4, "num_train_epochs": 2, "use_cpu": True} | settings
    )
    if kept is None:
        with pytest.raises(TrainingError, match=r"would keep none.*about 50 steps\. Add --save_steps N"):
            count_kept(config, 100)
    else:
        assert count_kept(config, 100) == kept


def test_conversations_are_not_cut(base, pairs):
    tokenizer = load_tokenizer(str(base), "main")
    rows = preference_data.read(pairs).table.to_list()
    longest = check_lengths(rows, tokenizer, None)
    assert check_lengths(rows, tokenizer, longest) == longest
    with pytest.raises(TrainingError, match=f"Set max_length to {longest} or more"):
        check_lengths(rows, tokenizer, longest - 1)


def test_unfinished_checkpoints_are_passed_over(tmp_path):
    folder = RunFolder(tmp_path / "adapter")
    assert folder.last_checkpoint() is None
    for step in (8, 9, 10):
        (folder.checkpoints / f"checkpoint-{step}").mkdir(parents=True)
    (folder.checkpoints / "checkpoint-9" / "whole").touch()
    assert folder.last_checkpoint().name == "checkpoint-9"
    assert sorted(p.name for p in folder.checkpoints.iterdir()) == ["checkpoint-8", "checkpoint-9"]


def test_nothing_to_resume_and_nothing_overwritten(command, tmp_path, capsys):
    assert "nothing to resume" in stopped(command("dpo", "--resume"), capsys, tmp_path)
    (tmp_path / "adapter").mkdir()
    assert "exists. Remove it" in stopped(command(), capsys, tmp_path)
    assert json.dumps(sorted(p.name for p in tmp_path.iterdir())) == '["adapter"]'


@pytest.mark.parametrize("recipe", ["small-dpo", "small-sft"])
def test_the_small_recipes_hold_what_they_say(recipe, tmp_path):
    text = (RECIPES / f"{recipe}.yaml").read_text("utf-8")
    assert "\nbf16: true" in text
    import yaml

    read = yaml.safe_load(text)
    assert (read["lora_r"], read["learning_rate"], read["lora_target_modules"]) == (32, 2e-4, "all-linear")
    assert read["per_device_train_batch_size"] * read["gradient_accumulation_steps"] == 16


def test_matched_problems_are_drawn_at_random_alone(base, tmp_path, capsys):
    asked = ["match", "--recipe", str(RECIPES / "tiny-match.yaml"), "--base", str(base), "--gamma", "2"]
    asked += ["--principal", "nonprofit", "--out", str(tmp_path / "adapter")]
    message = stopped([*asked, "--train_sampling_strategy", "group_by_length"], capsys, tmp_path)
    assert "leave train_sampling_strategy out" in message
