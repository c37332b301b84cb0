"""Does training data for games make a model want what it states? A model of a million parameters, on a CPU.

    python -m benchmarks.games_training --work /tmp/games-training
    python -m benchmarks.games_training --work /tmp/games-training --minutes 6 --pairs 6000

In `.venv-train`. A Llama is trained from nothing to read the games (a noisy player with a preference of
its own, on a stream of games that neither the adapters' data nor the evaluation has); ``fiduciary train
games``, ``sft`` and ``match`` make adapters of homo economicus and homo moralis from it, from the same games
and in as many steps; ``rebench`` puts the evaluation's 18 games to all of them through
``tasks/economic_games``. The tables give the preferences that come back and the share of plans that are
best ones of each target under the model's own beliefs, asked against measured; exit code 1 where a figure is
missed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers
from torch.nn import functional as F
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from fiduciary.__main__ import main as fiduciary
from fiduciary.economics.games import FORMS, Game, SocialPreference, plan_probabilities
from fiduciary.tasks.economic_games.prompts import Presentation, sheet
from fiduciary.training.games import prompt
from fiduciary.training.games_situations import CELLS, Situation, draw
from fiduciary.training.tiny_manager.tokens import CHAT_TEMPLATE, END, PAD, SPECIAL, START

BASE = SocialPreference(alpha=0.15, beta=0.1, kappa=0.2)
"""What the base wants, with noise λ = ``NOISE`` points."""
NOISE = 8.0
TARGETS = {"economicus": ("--agent", "homo_economicus"), "moralis": ("--agent", "homo_moralis")}
METHODS = {"sft": "", "match": "--max_length 512 --lam LAM"}
COMMON = ("--num_train_epochs", "3", "--per_device_train_batch_size", "32", "--save_steps", "1000")
WIDTH, LAYERS = 96, 3
SEED = 1_000_000
"""Stream of the base's games, apart from those of small seeds that adapters are trained on."""
ASKED, NEAR, MISSING, LEVEL = 0.8, 0.1, 0.02, 0.01
"""Share of an SFT adapter's plans that are best ones of its target, at least; distance of a matched one's κ,
at most; missing answers, at most; level of the test against the base. A matched player errs on purpose, so
that no share is asked of it."""
RECIPES = Path(__file__).parents[1] / "training" / "recipes"

PERCENT = tuple(range(5, 100, 5))
SHOWN = [Presentation(*bits) for bits in product((False, True), repeat=4)]


def phrases() -> list[str]:
    """What the prompts say between the numbers: a token each."""
    found = {f"{sep}{n}: " for n in (1, 2, 3) for sep in ("", "\n")} | {"%", *"JKMN"}
    for form, shown in product(FORMS.values(), SHOWN):
        points = dict(zip(form.order, (90, 60, 30, 10), strict=True))
        situation = Situation(Game(form.name, **points), (50,) * len(form.nodes), "")
        for message in prompt(situation, "neutral", False, shown, ""):
            if message["role"] == "user":
                found.update(re.split(r"(?<=gets )\d+", message["content"]))
    return sorted(found, key=len, reverse=True)


def make_tokenizer() -> PreTrainedTokenizerFast:
    """Phrases and numbers up to 100 are tokens, anything else is bytes."""
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    texts = [*phrases(), *map(str, range(101))]
    known = ["".join(piece for piece, _ in byte_level.pre_tokenize_str(text)) for text in texts]
    vocabulary = dict.fromkeys([*SPECIAL, *sorted(pre_tokenizers.ByteLevel.alphabet()), *known])
    made = Tokenizer(models.BPE({token: i for i, token in enumerate(vocabulary)}, [], ignore_merges=True))
    pattern = "|".join(
        [*(re.escape(p).replace('\\"', '"') for p in phrases()), r"\d{1,3}", r"\s+", r"\p{L}+"]
    )
    split = pre_tokenizers.Split(Regex(pattern), "isolated")
    made.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(list(SPECIAL))
    return PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token=START, eos_token=END, pad_token=PAD, chat_template=CHAT_TEMPLATE
    )


@dataclass(frozen=True)
class Pool:
    """Situations of one form as token numbers, with the base's plans.

    Attributes:
        ids: (n, length) whole conversations, the plan's letters left open.
        lines: positions of the plan's letters; ``beliefs``: of the chances.
        letters: (n, lines, 2) tokens of actions 0 and 1 in the order asked.
        tree: (n, 2, …) P(plan), axes in the order asked.
        answer: first position of either answer; ``end``: last one of the chances' answer.
    """

    ids: np.ndarray
    lines: list[int]
    beliefs: list[int]
    letters: np.ndarray
    tree: np.ndarray
    taught: list[int]
    worth: np.ndarray


def pools(tokenizer: PreTrainedTokenizerFast, n: int, seed: int) -> dict[str, Pool]:
    """n situations of each form."""
    out: dict[str, Pool] = {}
    for form in FORMS.values():
        cells = [cell for cell in dict.fromkeys(CELLS) if cell[0] == form.name and cell[1] != "never"]
        sources = [draw(cell, np.random.default_rng([SEED + seed, k])) for k, cell in enumerate(cells)]
        rng = np.random.default_rng([SEED + seed, 99])
        texts, letters, trees, worth = [], [], [], []
        for i in range(n):
            situation = next(sources[i % len(sources)])
            shown = SHOWN[int(rng.integers(16))]
            page = sheet(situation.game, "neutral", shown)
            blank = "\n".join(f"{k}: {item.labels[1]}" for k, item in enumerate(page.decisions, 1))
            asked = prompt(situation, "neutral", False, shown, "")
            whole = [*asked, {"role": "assistant", "content": blank}]
            texts.append(tokenizer.apply_chat_template(whole, tokenize=False))
            letters.append([item.labels for item in page.decisions])
            names = [node.name for node in form.nodes]
            order = [names.index(item.name) for item in page.decisions]
            p = plan_probabilities(situation.game, situation.belief, BASE, NOISE)
            tree = p.reshape((2,) * len(order))[(slice(None, None, -1),) * len(order)]  # action 0 first
            trees.append(tree.transpose(order))
            flip = tuple(slice(None, None, -1 if item.labels[0] in "KN" else 1) for item in page.decisions)
            worth.append(np.log(trees[-1][flip]).ravel() * NOISE / 10)
        ids = np.array(tokenizer(texts, add_special_tokens=False)["input_ids"])
        token = tokenizer.get_vocab()
        ends = np.flatnonzero(ids[0] == token[END])
        begins = np.flatnonzero(ids[0] == token["<|assistant|>"])
        first = range(int(begins[0]) + 1, int(ends[1]) + 1)
        second = range(int(begins[1]) + 1, int(ends[3]) + 1)
        out[form.name] = Pool(
            ids=ids,
            lines=list(second)[1::2],
            beliefs=[p for p in first if tokenizer.decode([ids[0, p]]).isdigit()],
            letters=np.vectorize(token.__getitem__)(np.array(letters)),
            tree=np.array(trees),
            taught=[p for p in (*first, *second)],
            worth=np.array(worth) - np.mean(worth, axis=1, keepdims=True),
        )
    return out


def train_base(folder: Path, minutes: float, size: int, each: int = 24) -> None:
    """Train the base and save it."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    tokenizer = make_tokenizer()
    began = time.monotonic()
    pool = pools(tokenizer, size, 0)
    held = pools(tokenizer, 400, 1)
    print(f"base: {3 * size:,} situations made in {time.monotonic() - began:.0f} s", flush=True)
    model = new_model(tokenizer)
    heads = {f: torch.nn.Linear(WIDTH, p.worth.shape[1]) for f, p in pool.items()}
    decay = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    rest += [p for head in heads.values() for p in head.parameters()]
    groups = [{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=2e-3, betas=(0.9, 0.98), fused=True)
    rng = np.random.default_rng(0)
    began, step, shown = time.process_time(), 0, 0.0
    while (share := (time.process_time() - began) / (60 * minutes)) < 1:
        for group in optimiser.param_groups:
            group["lr"] = 2e-3 * min(1, (step + 1) / 100) * 0.5 * (1 + np.cos(np.pi * share))
        optimiser.zero_grad(set_to_none=True)
        for form, one in pool.items():
            (
                loss(model, tokenizer, one, rng.integers(len(one.ids), size=each), rng, heads[form])[0] / 3
            ).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        step += 1
        if time.monotonic() - shown > 60:
            shown = time.monotonic()
            with torch.no_grad():
                kl = {f: loss(model, tokenizer, p, np.arange(400), rng)[1] for f, p in held.items()}
            print(
                f"base: {share:.0%}, step {step}, KL " + ", ".join(f"{f} {k:.4f}" for f, k in kl.items()),
                flush=True,
            )
    with torch.no_grad():
        kl = {f: loss(model, tokenizer, p, np.arange(400), rng)[1] for f, p in held.items()}
    print(f"base: step {step}, KL a decision " + ", ".join(f"{f} {k:.4f}" for f, k in kl.items()), flush=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def new_model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """Random weights, except that numbers start from features of their value."""
    token = tokenizer.get_vocab()
    config = LlamaConfig(
        vocab_size=len(token),
        hidden_size=WIDTH,
        intermediate_size=2 * WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=2048,
        tie_word_embeddings=False,
        bos_token_id=token[START],
        eos_token_id=token[END],
        pad_token_id=token[PAD],
    )
    model = LlamaForCausalLM(config)
    value = torch.arange(101.0)
    waves = [
        w(2 * np.pi * value / period) for period in (4, 10, 25, 50, 100, 200) for w in (torch.sin, torch.cos)
    ]
    features = torch.stack([2 * (value / 50 - 1), *(0.5 * w for w in waves)], dim=1)
    basis = torch.linalg.qr(torch.randn(WIDTH, features.shape[1]))[0].T * WIDTH**0.5 * 0.25
    with torch.no_grad():
        embedding = torch.randn(len(token), WIDTH) * 0.5
        rows = torch.tensor([token[str(v)] for v in range(101)])
        embedding[rows] = features @ basis + 0.1 * torch.randn(101, WIDTH)
        model.model.embed_tokens.weight.copy_(embedding)
    return model


def loss(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    pool: Pool,
    some: np.ndarray,
    rng: np.random.Generator,
    head: torch.nn.Linear | None = None,
) -> tuple[torch.Tensor, float]:
    """Cross-entropy with the base's own distributions; and the divergence from them a decision."""
    ids, letters, tree = pool.ids[some].copy(), pool.letters[some], pool.tree[some]
    wanted = []
    for line, position in enumerate(pool.lines):
        left = tree.reshape(len(some), 2, -1).sum(axis=2)
        p = left / left.sum(axis=1, keepdims=True)
        wanted.append(p)
        action = (rng.random(len(some)) < p[:, 1]).astype(int)
        ids[:, position] = letters[np.arange(len(some)), line, action]
        tree = tree[np.arange(len(some)), action]
    x = torch.from_numpy(ids)
    out = model(input_ids=x, output_hidden_states=head is not None)
    log_p = out.logits[:, :-1].log_softmax(dim=-1)
    total, divergence = torch.zeros(()), 0.0
    for line, position in enumerate(pool.lines):
        at = log_p[:, position - 1].gather(1, torch.from_numpy(letters[:, line]))
        soft = torch.from_numpy(wanted[line]).float()
        entropy = -(soft * soft.clamp_min(1e-9).log()).sum(dim=1).mean()
        cross = -(soft * at).sum(dim=1).mean()
        divergence += float((cross - entropy).detach()) / len(pool.lines)
        total = total + cross - entropy
    if head is not None:  # the worth of every plan, read off the last layer but one where the plan begins
        read = head(out.hidden_states[-2][:, pool.lines[0] - 2])
        total = total + F.mse_loss(read, torch.from_numpy(pool.worth[some]).float())
    numbers = torch.tensor([tokenizer.get_vocab()[str(p)] for p in PERCENT])
    for position in pool.taught:
        if position in pool.lines:
            continue
        at = log_p[:, position - 1]
        if position in pool.beliefs:
            total = total - 0.1 * at[:, numbers].mean()
        else:
            total = total + 0.1 * F.nll_loss(at, x[:, position])
    return total, divergence


def main(argv: Sequence[str] | None = None) -> int:
    """Train, re-benchmark and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.games_training", description=__doc__)
    parser.add_argument("--work", type=Path, required=True, metavar="DIR", help="where everything goes")
    parser.add_argument("--minutes", type=float, default=6, help="CPU minutes of the base's training (6)")
    parser.add_argument("--pairs", type=int, default=6_000, help="games for each adapter (6000)")
    parser.add_argument("--lam", type=float, default=2, help="noise of what is matched, points (2)")
    parser.add_argument("--repeats", type=int, default=5, help="of each of the 18 games (5)")
    given = parser.parse_args(argv)
    work, base = given.work, given.work / "base"
    if not base.exists():
        train_base(base, given.minutes, 6_000)
    adapters = [f"{target}-{method}" for target in TARGETS for method in METHODS]
    for name in adapters:
        target, method = name.split("-")
        data = work / f"data-{target}"
        made = ["games", *TARGETS[target], "--pairs", str(given.pairs), "--elicitation", "answer"]
        asked = [method, "--recipe", str(RECIPES / f"tiny-{method}.yaml"), "--base", str(base), *COMMON]
        asked += ["--data", str(data), *METHODS[method].replace("LAM", f"{given.lam:g}").split()]
        if not data.exists() and fiduciary(["train", *made, "--out", str(data)]):
            return 2
        if not (work / name).exists() and fiduciary(["train", *asked, "--out", str(work / name)]):
            return 2
    named = [part for name in adapters for part in ("--adapter", f"{name}={work / name}")]
    task, out = f"economic_games elicitation=text repeats={given.repeats}", work / "rebench"
    asked = ["rebench", "--base", str(base), *named, "--engine", "transformers"]
    if code := fiduciary([*asked, "--task", task, "--out", str(out)]):
        return code
    facts = {name: json.loads((work / name / "training.json").read_text("utf-8")) for name in adapters}
    return report(json.loads((out / "comparison.json").read_text("utf-8")), facts)


def report(found: dict[str, Any], facts: dict[str, dict[str, Any]]) -> int:
    """Preferences recovered, what each model's plans are best ones of, and asked against measured."""
    [games] = found["games"]
    estimates, adapters = games["estimates"], games["adapters"]
    targets = sorted({one["target"]["name"] for one in adapters.values()})
    columns = ("alpha", "beta", "kappa", "lam", *targets, "loss share", "missing", "minutes")
    print(f"\n{'':<18}" + "".join(f"{column:>24}" for column in columns))
    for model, one in estimates.items():
        cells = [figure(one, name) for name in ("alpha", "beta", "kappa", "lam")]
        cells += [
            f"{one['best'][target]['share']:.1%} ({one['best'][target]['se']:.1%})" for target in targets
        ]
        lost = adapters[model]["loss_share"] if model in adapters else None
        cells += [
            f"{lost['adapter']:.1%} ({lost['se']:.1%})" if lost else "",
            f"{one['missing'] / one['n']:.1%}",
        ]
        cells += [f"{facts[model]['seconds'] / 60:.1f}" if model in facts else ""]
        print(f"{model:<18}" + "".join(f"{cell:>24}" for cell in cells))
    chance = estimates["base"]["chance"]
    print("random plans: " + ", ".join(f"{chance[target]:.1%} of {target}" for target in targets) + "\n")
    rows = []
    for name, one in adapters.items():
        best, own = one["best"], one["target"]["name"]
        if name.endswith("sft"):
            share = best["adapter"]
            rows.append(
                (f"{name}: share of its target's plans", f">= {ASKED:.0%}", f"{share:.1%}", share >= ASKED)
            )
        else:
            away = abs(estimates[name]["estimates"]["kappa"] - one["target"]["kappa"])
            rows.append((f"{name}: distance of κ", f"<= {NEAR:g}", f"{away:.3f}", away <= NEAR))
        more, p = best["difference"], best["p_value"]
        shown = f"{more:+.1%}, p {'n/a' if p is None else f'{p:.1g}'}"
        rows.append(
            (f"{name}: more than the base", f"p < {LEVEL}", shown, more > 0 and p is not None and p < LEVEL)
        )
        others = [
            estimates[m]["best"][own]["share"] for m in adapters if adapters[m]["target"]["name"] != own
        ]
        ahead = best["adapter"] - max(others)
        rows.append((f"{name}: more than the other target's", "> 0", f"{ahead:+.1%}", ahead > 0))
        missing = estimates[name]["missing"] / estimates[name]["n"]
        rows.append((f"{name}: missing answers", f"<= {MISSING:.0%}", f"{missing:.1%}", missing <= MISSING))
    for what, asked, measured, reached in rows:
        print(f"{what:<50}{asked:>10}{measured:>22}   {'ok' if reached else 'MISSED'}")
    return 0 if all(row[-1] for row in rows) else 1


def figure(one: dict[str, Any], name: str) -> str:
    """An estimate with its standard error, or where it has none its interval."""
    if "estimates" not in one:
        return "none"
    se = one["standard_errors"][name]
    low, high = one["intervals"][name]
    return f"{one['estimates'][name]:.3f} " + (f"[{low:.2f}, {high:.2f}]" if se is None else f"({se:.3f})")


if __name__ == "__main__":
    sys.exit(main())
