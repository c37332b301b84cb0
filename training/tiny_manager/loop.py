"""The training loop: cosine over a time limit, checkpoints, a progress line, resumption."""

from __future__ import annotations

import json
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.nn import functional as F
from transformers import LlamaForCausalLM

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.problems import generate
from fiduciary.tasks.stakeholder_choice.framings import FIRM_TYPES, SHORT_FRAMINGS
from fiduciary.training.tiny_manager.data import Batch, batch, by_count, letters, stream, target
from fiduciary.training.tiny_manager.model import WIDTH, adopt, new_model, save_model

HELD_OUT_SEED = 999_000
SOFT_TEMPERATURES = (1.0, 2.0)
"""Where the answer is compared with softmax(V/τ). The hotter one keeps everything that is not an option
so unlikely that text sampled at τ = 1.5 stays valid."""
TEXT_TEMPERATURE = 1.5
"""Where the rest of an answer is taught, for the same reason."""
SCORED_LAYER = 2
"""After this many layers, an option's last figure must hold the option's utility (an auxiliary loss)."""
UTILITY_CENTRE, UTILITY_SPREAD = 15.5, 3.0


@dataclass(frozen=True)
class Settings:
    """What a run is.

    Attributes:
        minutes: time that training takes, earlier parts of a resumed run included.
        seed: seed of weights and problems.
        rate: highest learning rate.
        per_count: problems of each number of options in a step.
        text_share: share of batches that ask for an explanation, by ``explain`` or ``text`` at random.
        moved_letters: share of problems whose letters are in a random order.
        other_framings: share of batches with another system message than the neutral one.
        text: weight of the loss on the rest of the answer.
        score: weight of the auxiliary loss on options' utilities at the start; a tenth at the end.
        checkpoint: minutes between checkpoints.
        threads: threads of PyTorch.
        max_steps: stop after so many steps, whatever the time; 0 for no limit.
        start: folder of an earlier model to go on from; empty for random weights.
    """

    minutes: float = 40.0
    seed: int = 0
    rate: float = 2e-3
    per_count: int = 32
    text_share: float = 0.3
    moved_letters: float = 0.7
    other_framings: float = 0.4
    text: float = 0.2
    score: float = 0.5
    checkpoint: float = 3.0
    threads: int = 1
    max_steps: int = 0
    start: str = ""


class Scorer(torch.nn.Module):
    """Reads options' utilities off a middle layer; helps training and is thrown away."""

    def __init__(self, model: LlamaForCausalLM) -> None:
        super().__init__()
        self.read = torch.nn.Linear(WIDTH, 1)
        self.seen: torch.Tensor | None = None
        model.model.layers[SCORED_LAYER - 1].register_forward_hook(self._keep)

    def _keep(self, module: torch.nn.Module, inputs: object, output: torch.Tensor) -> None:
        self.seen = output[0] if isinstance(output, tuple) else output

    def loss(self, one: Batch) -> torch.Tensor:
        assert self.seen is not None
        read = self.read(self.seen[:, torch.as_tensor(one.options)])[..., 0]
        wanted = (torch.as_tensor(one.utility, dtype=torch.float32) - UTILITY_CENTRE) / UTILITY_SPREAD
        return F.mse_loss(read, wanted)


def train(out: Path, settings: Settings) -> None:
    """Train until the time is up; writes the model to ``out`` and the state to ``out/state``.

    A folder that holds a state is resumed. The best checkpoint by divergence on held-out problems is
    what lies in ``out``.

    Raises:
        FloatingPointError: a loss that is not finite.
        ValueError: ``out`` holds the state of another seed.
    """
    torch.set_num_threads(settings.threads)
    model = new_model(settings.seed)
    if settings.start:
        adopt(model, Path(settings.start))
    scorer = Scorer(model)
    named = [*model.named_parameters(), *((f"scorer.{n}", p) for n, p in scorer.named_parameters())]
    optimiser = torch.optim.AdamW(
        [
            {"params": [p for _, p in named if p.ndim > 1], "weight_decay": 0.01},
            {"params": [p for _, p in named if p.ndim <= 1], "weight_decay": 0.0},
        ],
        lr=settings.rate,
        betas=(0.9, 0.98),
        fused=True,
    )
    step, spent, best = _resume(out / "state", settings, dict(named), optimiser)
    held_out = by_count(generate(960, HELD_OUT_SEED, split="training"))
    began, last, running = time.monotonic() - spent, spent, None
    pools: dict[int, dict[int, FloatArray]] = {}
    done = False
    while not done:
        spent = time.monotonic() - began
        done = spent >= 60 * settings.minutes or 0 < settings.max_steps <= step
        if done or spent - last > 60 * settings.checkpoint:
            figures = check(model, held_out)
            print(_line(step, spent, running, figures), flush=True)
            divergences = sum(figures[name] for name in ("kl", "kl_moved", "kl_prompted"))
            if divergences < best:
                best = divergences
                save_model(model, out)
            _save_state(out / "state", settings, dict(named), optimiser, step, spent, best)
            last = spent
        if done:
            break
        share = spent / (60 * settings.minutes)
        if settings.max_steps:
            share = max(share, step / settings.max_steps)
        for group in optimiser.param_groups:
            group["lr"] = settings.rate * min(1.0, (step + 1) / 100) * _cosine(share)
        optimiser.zero_grad(set_to_none=True)
        parts = np.zeros(3)
        batches = step_batches(step, settings, pools)
        for one in batches:
            soft, text = losses(model, one)
            score = scorer.loss(one)
            weight = settings.score * (0.1 + 0.9 * _cosine(share))
            ((soft + settings.text * text + weight * score) / len(batches)).backward()
            parts += np.array([soft.item(), text.item(), score.item()]) / len(batches)
        if not np.isfinite(parts).all():
            raise FloatingPointError(f"loss {parts} at step {step}; start again with a lower --rate")
        torch.nn.utils.clip_grad_norm_([p for _, p in named], 1.0)
        optimiser.step()
        running = parts if running is None else 0.97 * running + 0.03 * parts
        step += 1
        if step % 50 == 0:
            print(_line(step, time.monotonic() - began, running), flush=True)


def step_batches(step: int, settings: Settings, pools: dict[int, dict[int, FloatArray]]) -> list[Batch]:
    """One batch for each number of options; the same for the same step, whenever it is asked.

    Args:
        step: number of the step.
        settings: the run's.
        pools: problems in use, kept by the caller between steps.
    """
    rng = np.random.default_rng([settings.seed, step])
    steps_a_pool = 2400 // settings.per_count
    pool, place = divmod(step, steps_a_pool)
    if pool not in pools:
        pools.clear()
        pools[pool] = next(stream(1_000_000 * settings.seed + pool))
    batches = []
    for k, welfare in pools[pool].items():
        rows = (place * settings.per_count + np.arange(settings.per_count)) % len(welfare)
        order = np.argsort(rng.random((len(rows), k)), axis=1)
        shown = np.take_along_axis(welfare[rows], order[..., None], axis=1)
        form = "choose"
        if rng.random() < settings.text_share:
            form = str(rng.choice(["explain", "text"]))
        framing = "neutral"
        if rng.random() < settings.other_framings:
            framing = str(rng.choice(list(SHORT_FRAMINGS)))
        named = letters(len(rows), k, settings.moved_letters, rng)
        batches.append(batch(shown, form, framing, rng, named))
    return batches


def losses(model: LlamaForCausalLM, one: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Divergence from the preference at the answer (nats), and the loss on the rest of the text."""
    ids = torch.as_tensor(one.ids)
    hidden = model.model(input_ids=ids[:, :-1], use_cache=False).last_hidden_state
    logits = model.lm_head(hidden[:, one.answer])
    soft = torch.stack([divergence(logits, one, t) for t in SOFT_TEMPERATURES]).mean()
    places = [p for p in range(one.completion, ids.shape[1] - 1) if p != one.answer]
    rest = model.lm_head(hidden[:, places]) / TEXT_TEMPERATURE
    text = F.cross_entropy(rest.flatten(0, 1), ids[:, [p + 1 for p in places]].flatten())
    return soft, text


def divergence(logits: torch.Tensor, one: Batch, temperature: float) -> torch.Tensor:
    """Mean KL(softmax(V/τ) ‖ model at τ) over the whole vocabulary, nats."""
    wanted = torch.as_tensor(target(one.utility, temperature), dtype=torch.float32)
    log_model = _at_labels(F.log_softmax(logits.float() / temperature, -1), one)
    return (torch.special.xlogy(wanted, wanted) - wanted * log_model).sum(-1).mean()


@torch.no_grad()
def check(model: LlamaForCausalLM, problems: dict[int, FloatArray]) -> dict[str, float]:
    """Divergence, agreement on the best option, stray mass at τ = 1.5 and text loss, held out.

    ``_moved`` is ``choose`` with letters in a random order, ``_explain`` and ``_text`` are at an
    explanation's first label, ``_prompted`` is ``choose`` under the firm types' prompts.
    """
    rng = np.random.default_rng(HELD_OUT_SEED)
    forms = {"": "choose", "_moved": "choose", "_explain": "explain", "_text": "text"}
    prompted = [("choose", f"{kind}_justify", "_prompted") for kind in FIRM_TYPES]
    asked = [*((form, "neutral", suffix) for suffix, form in forms.items()), *prompted]
    sums = {f"{name}{suffix}": 0.0 for suffix in (*forms, "_prompted") for name in ("kl", "agree")}
    sums |= {"stray": 0.0, "text": 0.0}
    total = sum(map(len, problems.values()))
    for k, welfare in problems.items():
        for form, framing, suffix in asked:
            named = letters(len(welfare), k, 1.0 if suffix == "_moved" else 0.0, rng)
            one = batch(welfare, form, framing, rng, named)
            ids = torch.as_tensor(one.ids)
            hidden = model.model(input_ids=ids[:, :-1], use_cache=False).last_hidden_state
            logits = model.lm_head(hidden[:, one.answer])
            n = len(welfare) / total / (len(prompted) if suffix == "_prompted" else 1)
            sums["kl" + suffix] += n * divergence(logits, one, 1.0).item()
            picked = _at_labels(logits, one).argmax(-1).numpy()
            sums["agree" + suffix] += n * float((picked == one.utility.argmax(-1)).mean())
            hot = _at_labels(F.softmax(logits / 1.5, -1), one).sum(-1)
            if framing == "neutral":
                sums["stray"] += n / len(forms) * float((1 - hot).mean())
            if form != "choose":
                places = [p for p in range(one.completion, ids.shape[1] - 1) if p != one.answer]
                wanted = ids[:, [p + 1 for p in places]]
                right = model.lm_head(hidden[:, places]).argmax(-1) == wanted
                sums["text"] += n / 2 * float(right.all(-1).float().mean())
    return sums


def _at_labels(values: torch.Tensor, one: Batch) -> torch.Tensor:
    """What is at the options' labels, (n, k), of values over the vocabulary."""
    return values.gather(-1, torch.as_tensor(one.labels))


def _cosine(share: float) -> float:
    return 0.5 * (1 + math.cos(math.pi * min(share, 1.0)))


def _line(
    step: int, spent: float, running: FloatArray | None, figures: dict[str, float] | None = None
) -> str:
    line = f"{spent / 60:6.1f} min  step {step:6d}"
    if running is not None:
        line += f"  soft {running[0]:.4f}  text {running[1]:.4f}  score {running[2]:.4f}"
    if figures is not None:
        line += "  held out:" + "".join(f" {name} {value:.4f}" for name, value in figures.items())
    return line


def _save_state(
    folder: Path,
    settings: Settings,
    named: dict[str, torch.nn.Parameter],
    optimiser: torch.optim.Optimizer,
    step: int,
    spent: float,
    best: float,
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"p.{name}": p.detach() for name, p in named.items()}
    for name, p in named.items():
        if p in optimiser.state:
            tensors[f"m.{name}"] = optimiser.state[p]["exp_avg"]
            tensors[f"v.{name}"] = optimiser.state[p]["exp_avg_sq"]
    part = folder / "state.safetensors.part"
    facts = {"step": step, "spent": spent, "best": best, "settings": asdict(settings)}
    save_file({n: t.contiguous() for n, t in tensors.items()}, part, metadata={"run": json.dumps(facts)})
    part.replace(folder / "state.safetensors")


def _resume(
    folder: Path,
    settings: Settings,
    named: dict[str, torch.nn.Parameter],
    optimiser: torch.optim.Optimizer,
) -> tuple[int, float, float]:
    path = folder / "state.safetensors"
    if not path.exists():
        return 0, 0.0, math.inf
    with safe_open(path, "pt") as file:
        run = json.loads(file.metadata()["run"])
    if run["settings"]["seed"] != settings.seed:
        raise ValueError(
            f"{path} was made with seed={run['settings']['seed']}; choose another --out or that seed"
        )
    tensors = load_file(path)
    for name, p in named.items():
        with torch.no_grad():
            p.copy_(tensors[f"p.{name}"])
        if f"m.{name}" in tensors:
            optimiser.state[p] = {
                "step": torch.tensor(float(run["step"])),
                "exp_avg": tensors[f"m.{name}"].clone(),
                "exp_avg_sq": tensors[f"v.{name}"].clone(),
            }
    return int(run["step"]), float(run["spent"]), float(run["best"])
