"""The end of a training: the adapter's files put together, looked at, and made to appear."""

from __future__ import annotations

import json
import platform
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fiduciary.adapter_base import file_digest, weights_digest
from fiduciary.adapter_files import CONFIG, FACTS, WEIGHTS, noted_facts
from fiduciary.training.adapter_card import asking, card
from fiduciary.training.curves import draw
from fiduciary.training.errors import TrainingError
from fiduciary.training.folders import RunFolder
from fiduciary.training.preference_data import PreferenceData

if TYPE_CHECKING:
    from fiduciary.training.run import Method, Request

_NOT_OF_DATA = ("target", "checks", "maker")
_PACKAGES = ("fiduciary", "torch", "transformers", "trl", "peft", "datasets", "accelerate")
_HYPERPARAMETERS = """
loss_type beta label_smoothing optim learning_rate weight_decay lr_scheduler_type warmup_steps
num_train_epochs max_steps per_device_train_batch_size gradient_accumulation_steps max_grad_norm bf16
max_length precompute_ref_log_probs activation_checkpointing
precompute_ref_batch_size loss_weights gradient_checkpointing adam_beta2 train_sampling_strategy
text_weight keep_weight max_explanation
""".split()
_LORA = """
lora_r lora_alpha lora_dropout lora_target_modules use_rslora use_dora dtype load_in_4bit load_in_8bit
""".split()


def write_adapter(
    trainer: Any,
    method: Method,
    folder: RunFolder,
    config: Any,
    model: Any,
    data: PreferenceData,
    trainable: int,
    state: Any,
    request: Request,
) -> None:
    """Save, add card, curves and facts, and rename into place.

    Raises:
        TrainingError: the trained weights are not all finite.
    """
    saved = folder.partial / "saved"
    trainer.save_model(str(saved))  # on every process: sharded weights are gathered here
    state.wait_for_everyone()
    if not state.is_main_process:
        return
    folder.adapter.mkdir(exist_ok=True)  # kept checkpoints are there
    for name in (CONFIG, WEIGHTS):  # the rest are pickles or the base's own
        shutil.copyfile(saved / name, folder.adapter / name)
    _refuse_nonfinite(folder)
    history = [record for record in trainer.state.log_history if "step" in record]
    facts = {
        "method": method.name,
        "base": _base(trainer, model),
        "target": data.target,
        "data": {name: value for name, value in data.facts.items() if name not in _NOT_OF_DATA},
        "pairs": len(data.table),
        "seed": config.seed,
        "steps": trainer.state.global_step,
        "seen": round(trainer.state.epoch * len(data.table)),
        "trainable": trainable,
        "hyperparameters": _hyperparameters(config, model, state.num_processes)
        | {"attn_implementation": trainer.model.config._attn_implementation},
        "versions": versions(),
        "hardware": _hardware(config),
        "files": {WEIGHTS: file_digest(folder.adapter / WEIGHTS)},
        **({"maker": request.maker} if request.maker else {}),
        **({"start": _start(request.start)} if request.start else {}),
        "seconds": float(folder.seconds.read_text(encoding="utf-8")),
        "log": history,
        "measured": {},
    }
    facts["ask"] = asking(facts, str(request.out))
    title = f"{method.name} towards {data.target['name']}"
    draw(history, method.curves, title, folder.adapter / "curves.png")
    _write_facts(folder.adapter, facts)
    _describe_kept(folder.kept, facts)
    (folder.adapter / "README.md").write_text(card(facts), encoding="utf-8")
    folder.publish()


def _write_facts(folder: Path, facts: dict[str, Any]) -> None:
    text = json.dumps(facts, indent=2, ensure_ascii=False, default=str) + "\n"
    (folder / FACTS).write_text(text, encoding="utf-8")


def _describe_kept(kept: Path, finished: dict[str, Any]) -> None:
    """Note beside the adapter of every kept checkpoint how far the training had come; that of the last step
    is the finished one and goes."""
    shared = {name: value for name, value in finished.items() if name not in ("ask", "seconds")}
    for folder in kept.glob("*"):
        step = int(folder.name)
        if step == finished["steps"]:
            shutil.rmtree(folder)
            continue
        own = {
            "steps": step,
            "seen": round(finished["seen"] * step / finished["steps"]),
            "files": {WEIGHTS: file_digest(folder / WEIGHTS)},
            "log": [record for record in finished["log"] if record["step"] <= step],
        }
        _write_facts(folder, shared | own)


def versions() -> dict[str, str]:
    """Versions of what the result depends on."""
    out = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            out[name] = version(name)
        except PackageNotFoundError:
            out[name] = "not installed"
    return out


def _hyperparameters(config: Any, model: Any, processes: int) -> dict[str, Any]:
    out = {name: getattr(config, name) for name in _HYPERPARAMETERS if hasattr(config, name)}
    out = {name: getattr(value, "value", value) for name, value in out.items()}
    if out.get("max_steps", 0) <= 0:
        out.pop("max_steps", None)
    out["batch"] = processes * config.per_device_train_batch_size * config.gradient_accumulation_steps
    return out | {"processes": processes} | {name: getattr(model, name) for name in _LORA}


def _hardware(config: Any) -> str:
    """What the first process trained on."""
    import torch

    if config.device.type != "cuda":
        return f"CPU ({platform.machine()}), {torch.get_num_threads()} threads"
    return f"GPU {torch.cuda.get_device_name(config.device)}"


def _base(trainer: Any, model: Any) -> dict[str, str]:
    """Name and revision of the base, and of a local one the digest of its weights."""
    name = model.model_name_or_path
    out = {"name": name, "revision": _revision(trainer, model)}
    return out | ({"digest": weights_digest(Path(name))} if Path(name).is_dir() else {})


def _start(folder: Path) -> dict[str, Any]:
    """The adapter that training went on from: its weights' digest, and what it had learnt from by then."""
    noted = noted_facts(folder / FACTS)
    before = {name: noted[name] for name in ("pairs", "steps", "strength") if name in noted}
    return {"digest": file_digest(folder / WEIGHTS), **before}


def _revision(trainer: Any, model: Any) -> str:
    """The commit of a base from the Hub, as far as it is known."""
    return str(getattr(trainer.model.config, "_commit_hash", None) or model.model_revision)


def _refuse_nonfinite(folder: RunFolder) -> None:
    from safetensors.torch import load_file

    weights = load_file(folder.adapter / WEIGHTS)
    bad = [name for name, weight in weights.items() if not bool(weight.isfinite().all())]
    if bad:
        raise TrainingError(
            f"{len(bad)} of the adapter's tensors hold values that are not finite (such as {bad[0]}): it was "
            f"not written. Remove {folder.partial} and start again with a lower learning_rate."
        )
