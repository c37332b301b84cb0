"""One training, from a recipe to an adapter: what DPO and SFT have in common.

Checks come before work, work happens in a folder of its own, and the adapter appears when it is whole.
Under `accelerate launch` every process runs this; the first one writes.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fiduciary.adapter_base import file_digest
from fiduciary.adapter_files import WEIGHTS, AdapterFiles
from fiduciary.economics.principals import Principal
from fiduciary.parsing import parse_yaml
from fiduciary.training import preference_data
from fiduciary.training.checks import Evaluations, refuse_overlap
from fiduciary.training.errors import TrainingError
from fiduciary.training.folders import RunFolder
from fiduciary.training.games_situations import refuse_evaluation_games
from fiduciary.training.preference_data import PreferenceData
from fiduciary.training.preference_pairs import PairDesign
from fiduciary.training.preflight import (
    check_base,
    check_disk,
    check_lengths,
    check_machine,
    count_kept,
    load_tokenizer,
    with_system_folded,
)
from fiduciary.training.rebench.adapter_files import check_adapter
from fiduciary.training.targets import SocialTarget, read_target

PAIRS = 10_000
_ALPHA = 8  # PEFT's own, where a configuration states none


@dataclass(frozen=True)
class Request:
    """What the command line asks for.

    Attributes:
        recipe: YAML file with TRL's settings.
        target: the preference to state; None takes the data's.
        out: the adapter's folder.
        base: base model, or None for the recipe's.
        gamma, lam: noise of the target, where it is a part of what is taught: γ of choices, λ of plans in
            games; None for none.
        pairs: number of pairs or problems to make, or to take of the data; None for 10,000, or all.
        data: folder of pairs, or None to make them.
        start: folder of an adapter to go on from, of the same rank and layers; None for a new one.
        seed: seed of pairs and training.
        resume: go on with a run that was stopped.
        overrides: further arguments for TRL, which override the recipe.
        maker: who answers for the adapter, for its card.
        keep_checkpoints: leave the adapter of every checkpoint in the finished folder.
    """

    recipe: Path
    out: Path
    target: Principal | None = None
    gamma: float | None = None
    base: str | None = None
    lam: float | None = None
    pairs: int | None = None
    data: Path | None = None
    start: Path | None = None
    seed: int = 0
    resume: bool = False
    overrides: tuple[str, ...] = ()
    maker: str | None = None
    keep_checkpoints: bool = False


@dataclass(frozen=True)
class Method:
    """A way of training.

    Attributes:
        name: as people call it.
        config: TRL's class of settings.
        trainer: TRL's class that trains.
        columns: columns of the pairs that it takes, and what it calls them.
        curves: figures of its log to draw.
        problems: makes what it learns from where that is not pairs, of data where these are given.
    """

    name: str
    config: type
    trainer: type
    columns: Mapping[str, str]
    curves: Sequence[str]
    problems: Callable[[Request, Any, PreferenceData | None], PreferenceData] | None = None


def run(request: Request, method: Method) -> Path:
    """Train and write the adapter; returns its folder.

    Raises:
        TrainingError: whatever the user can put right.
    """
    from accelerate import PartialState

    folder = RunFolder(request.out)
    if not request.recipe.is_file():
        raise TrainingError(f"there is no recipe {request.recipe}.")
    if request.target is None and request.data is None and method.problems is None:
        raise TrainingError("say whose preference: --principal NAME, --theta with --rho, or --data.")
    folder.refuse_to_overwrite(request.resume)
    config, model = settings(request, method, folder)
    check_base(model.model_name_or_path)
    if request.start is not None:
        _same_scale(check_adapter(request.start, model.model_name_or_path), model)
    tokenizer = load_tokenizer(model.model_name_or_path, model.model_revision)

    _ = config.device  # sets up the processes
    state = PartialState()
    state.wait_for_everyone()  # no process may meet what the first one is about to make
    try:
        if state.is_main_process:
            folder.begin(_note(request, method, model), request.resume)
            if method.problems is None:
                _make_data(request, folder)
        state.wait_for_everyone()
        if method.problems is None:
            data = _read_data(request, folder)
        else:
            given = None if request.data is None else _read_data(request, folder)
            data = method.problems(request, config, given)
        _train(request, method, folder, config, model, tokenizer, data, state)
    except Exception as error:
        if state.is_main_process and not any(folder.checkpoints.glob("checkpoint-*")) and not request.resume:
            shutil.rmtree(folder.partial, ignore_errors=True)
        if _disk_is_full(error):
            raise TrainingError(
                f"the disk is full: {error}. No adapter was written. Make room and add --resume."
            ) from error
        raise
    return request.out


def settings(request: Request, method: Method, folder: RunFolder) -> tuple[Any, Any]:
    """TRL's settings and the model's, from recipe and command line.

    Raises:
        TrainingError: a setting that is unknown, or not allowed here.
    """
    import torch
    from trl import ModelConfig, TrlParser, get_quantization_config

    stated = _recipe(request.recipe)
    arguments = ["--config", str(request.recipe), "--bf16", str(_bf16(stated, torch))]
    if not torch.accelerator.is_available():
        arguments += ["--use_cpu", "true"]  # without it bf16 is refused
    arguments += [*request.overrides, "--output_dir", str(folder.checkpoints), "--seed", str(request.seed)]
    if request.base is not None:
        arguments += ["--model_name_or_path", request.base]
    try:
        config, model = TrlParser((method.config, ModelConfig)).parse_args_and_config(arguments)
    except ValueError as error:
        raise TrainingError(f"{request.recipe}: {error}") from error
    if model.model_name_or_path is None:
        raise TrainingError(f"{request.recipe} names no base model. Name one with --base.")
    if config.trust_remote_code:
        raise TrainingError("trust_remote_code stays off: a base must not bring code of its own.")
    if not model.use_peft:
        raise TrainingError(f"{request.recipe}: use_peft must be true; what is made here are adapters.")
    check_machine(config, model)
    if method.problems is not None and config.train_sampling_strategy != "random":
        raise TrainingError(f"{method.name} draws its problems at random: leave train_sampling_strategy out.")
    quantized = get_quantization_config(model)
    config.model_init_kwargs = {
        **(config.model_init_kwargs or {}),
        "revision": model.model_revision,
        "attn_implementation": model.attn_implementation,
        "dtype": model.dtype,
        "trust_remote_code": False,
        "use_safetensors": True,
        **({"quantization_config": quantized} if quantized else {}),
    }
    config.logging_nan_inf_filter = False
    return config, model


def _bf16(settings: Mapping[str, Any], torch: Any) -> bool:
    """Whether to compute in bf16: where the recipe asks for it and GPU, or processor alone, have it."""
    asked = bool(settings.get("bf16", False))
    if torch.cuda.is_available():
        return asked and bool(torch.cuda.is_bf16_supported())
    # Without instructions of its own a processor only emulates it, several times slower.
    return (
        asked
        and not torch.accelerator.is_available()
        and bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
    )


def _recipe(file: Path) -> dict[str, Any]:
    """What a recipe states, before TRL reads it.

    Raises:
        TrainingError: no YAML of names and values.
    """
    try:
        stated = parse_yaml(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(f"the recipe {file} cannot be read: {error}.") from error
    if not isinstance(stated, dict) or not all(isinstance(name, str) for name in stated):
        raise TrainingError(f"the recipe {file} states no settings (NAME: VALUE, one a line).")
    return stated


def _same_scale(start: AdapterFiles, model: Any) -> None:
    """Hold an adapter to go on from to the recipe's factor α/r: its weights mean nothing under another one.

    Raises:
        TrainingError: they differ.
    """
    ours = {name: getattr(model, name) for name in ("lora_alpha", "use_rslora", "use_dora")}
    theirs = {"lora_alpha": start.config.get("lora_alpha", _ALPHA)}
    theirs |= {name: bool(start.config.get(name)) for name in ("use_rslora", "use_dora")}
    if apart := [f"{name} {theirs[name]}, not {ours[name]}" for name in ours if theirs[name] != ours[name]]:
        raise TrainingError(
            f"--start {start.folder} was trained with {' and '.join(apart)}: its change would become another "
            "one. Give the recipe the same."
        )
    if start.config.get("alpha_pattern"):
        raise TrainingError(f"--start {start.folder} has an alpha_pattern, which no recipe can state.")


def _note(request: Request, method: Method, model: Any) -> dict[str, Any]:
    """What must be the same when the run is resumed."""
    return {
        "method": method.name,
        "recipe": request.recipe.read_text(encoding="utf-8"),
        "overrides": list(request.overrides),
        "base": model.model_name_or_path,
        "target": None if request.target is None else request.target.label,
        "gamma": request.gamma,
        "lam": request.lam,
        "pairs": request.pairs,
        "data": None if request.data is None else str(request.data),
        "start": None if request.start is None else file_digest(request.start / WEIGHTS),
        "seed": request.seed,
        "keep_checkpoints": request.keep_checkpoints,
    }


def _make_data(request: Request, folder: RunFolder) -> None:
    if request.data is None and not folder.data.exists():
        assert request.target is not None
        pairs = PAIRS if request.pairs is None else request.pairs
        preference_data.write(PairDesign(request.target, pairs, request.seed), folder.data)


def _read_data(request: Request, folder: RunFolder) -> PreferenceData:
    data = preference_data.read(request.data or folder.data, folder.cache)
    stated = read_target(data.target)
    if isinstance(stated, SocialTarget):
        refuse_evaluation_games(data.table["problem"])
    else:
        refuse_overlap(data.table["problem"], Evaluations())
    if request.target is not None and not (isinstance(stated, Principal) and stated.same(request.target)):
        raise TrainingError(
            f"{request.data} states {stated.label}, and the command asks for {request.target.label}."
        )
    if request.data is None or request.pairs is None:
        return data
    if request.pairs > len(data.table):
        raise TrainingError(f"{request.data} holds {len(data.table)} pairs, {request.pairs} were asked for.")
    return PreferenceData(data.table.select(range(request.pairs)), data.facts)


def _train(
    request: Request,
    method: Method,
    folder: RunFolder,
    config: Any,
    model: Any,
    tokenizer: Any,
    data: PreferenceData,
    state: Any,
) -> None:
    from jinja2 import TemplateError
    from trl import get_peft_config

    from fiduciary.training.finish import write_adapter
    from fiduciary.training.guards import Clock, KeepAdapter, MarkWhole, watched

    table = data.table
    if method.columns:
        table = table.select_columns(list(method.columns)).rename_columns(
            {old: new for old, new in method.columns.items() if old != new}
        )
        table = with_system_folded(table, tokenizer)
        check_lengths(table.to_list(), tokenizer, config.max_length)
    kept = count_kept(config, len(table)) if request.keep_checkpoints else 0
    keeping = [KeepAdapter(folder.kept)] if request.keep_checkpoints else []
    try:
        trainer = watched(method.trainer)(
            model=model.model_name_or_path,
            args=config,
            train_dataset=table,
            processing_class=tokenizer,
            peft_config=get_peft_config(model),
            callbacks=[*keeping, MarkWhole(), Clock(folder.seconds)],
        )
    except (OSError, ValueError, TemplateError) as error:
        if _disk_is_full(error):
            raise
        raise TrainingError(f"training {model.model_name_or_path} could not begin: {error}") from error
    if request.start is not None:
        _go_on_from(request.start, trainer.accelerator.unwrap_model(trainer.model))
    trainable = sum(p.numel() for p in trainer.model.parameters() if p.requires_grad)
    check_disk(folder.partial, trainable, config.save_total_limit or 10, kept)
    last = folder.last_checkpoint() if request.resume and state.is_main_process else None
    state.wait_for_everyone()
    if request.resume and not state.is_main_process:
        last = folder.last_checkpoint()
    trainer.train(resume_from_checkpoint=None if last is None else str(last))
    write_adapter(trainer, method, folder, config, model, data, trainable, state, request)


def _go_on_from(start: Path, model: Any) -> None:
    """Give a new adapter the weights of another one; the reference stays the base without any.

    Raises:
        TrainingError: an adapter of other layers or another rank.
    """
    from peft import get_peft_model_state_dict, set_peft_model_state_dict
    from safetensors.torch import load_file

    weights = load_file(start / WEIGHTS)
    ours = {name: tuple(weight.shape) for name, weight in get_peft_model_state_dict(model).items()}
    theirs = {name: tuple(weight.shape) for name, weight in weights.items()}
    if ours != theirs:
        apart = min(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
        raise TrainingError(
            f"--start {start}: {apart} is {theirs.get(apart, 'not there')} there and "
            f"{ours.get(apart, 'not there')} in the adapter to be trained. Give the recipe the same rank and "
            "layers."
        )
    set_peft_model_state_dict(model, weights)


def _disk_is_full(error: BaseException) -> bool:
    """Also as torch and safetensors say it, which pass no error number on."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return True
    text = f"{error} {error.__cause__}"
    return "No space left" in text or "PytorchStreamWriter failed writing" in text
