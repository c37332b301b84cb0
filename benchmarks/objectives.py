"""Which objective reaches a stated preference, what it costs, and how far it carries beyond what was trained.

    python -m benchmarks.objectives --work /tmp/objectives
    python -m benchmarks.objectives --work /tmp/objectives --problems 2000 --ask 300
    python -m benchmarks.objectives --work /tmp/objectives --base models/SmolLM2-135M-Instruct --size small \\
        --only match --wording plain

In `.venv-train`. Every objective makes an adapter from as many problems (DPO and SFT from a pair each: an
argmax choice and another one; matching from the target's probabilities), and one `rebench` asks base and
adapters the same problems in every way. Two tables: the objectives at the position that they train, with the
time that training took; and for each adapter what the same problems show when asked otherwise. *nats* is the
divergence of the choice probabilities from the target's at its stated γ (DPO and SFT know none: at the
nearest one), *answers* how many would tell it from the target (5 %, power 80 %). Beside them stand the
published fine-tunes: how far a chooser with their printed weights and the target's own ρ and γ is from their
targets on the same problems (a lower bound: their K is not printed, so that their ρ says nothing here). What
is finished stays in the work folder and is not made again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fiduciary.__main__ import main as fiduciary
from fiduciary.economics.inference.telling import divergence
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.principals import Principal
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.published import PUBLISHED
from fiduciary.economics.utility import CES
from fiduciary.solvers.asking import CLOSINGS
from fiduciary.tasks.stakeholder_choice.prompts import NEUTRAL_WORDINGS
from fiduciary.training.matching_data import TRAINED_CLOSINGS, TRAINED_WORDINGS

RECIPES = Path(__file__).parents[1] / "training" / "recipes"

OBJECTIVES: dict[str, tuple[str, tuple[str, ...]]] = {
    "match": ("match", ()),
    "dpo": ("dpo", ("--loss_type", "sigmoid", "--loss_weights", "1")),
    "dpo-sft": ("dpo", ("--loss_type", "sigmoid", "sft", "--loss_weights", "1", "2")),
    "ipo": ("dpo", ("--loss_type", "ipo", "--loss_weights", "1")),
    "sft": ("sft", ()),
}
"""Name → TRL's method and what overrides the recipe."""

TRAINED = "trained closing words"


def main(argv: Sequence[str] | None = None) -> int:
    """Train what is not there yet, measure, print the tables."""
    options = _options().parse_args(argv)
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    times = {name: _train(name, options) for name in options.only}
    ways = dict(_ways(options))
    out = work / f"rebench-{options.ask}"
    if not (out / "comparison.json").exists():
        tasks = [part for way in dict.fromkeys(ways.values()) for part in ("--task", way)]
        adapters = [part for name in times for part in ("--adapter", f"{name}={work / name}")]
        code = fiduciary(
            [
                "rebench",
                "--base",
                options.base,
                *adapters,
                *tasks,
                "--engine",
                options.engine,
                "--out",
                str(out),
            ]
        )
        if code:
            return int(code)
    found = json.loads((out / "comparison.json").read_text("utf-8"))
    _print(f"objectives, {options.problems:,} problems, asked as trained", _objectives(found, ways, times))
    for name in times:
        _print(f"{name}: the same problems, asked otherwise", _transfer(found, ways, name))
    _print(f"published fine-tunes, at the targets' ρ and γ = {options.gamma:g}", _published(options))
    return 0


def _train(name: str, options: argparse.Namespace) -> float:
    """Seconds that the training took, by its own account."""
    folder: Path = options.work / name
    method, overrides = OBJECTIVES[name]
    given = [*Principal.named(options.principal).options()]
    seed = ["--seed", "1"]
    if not folder.exists():
        recipe = ["--recipe", str(RECIPES / f"{options.size}-{method}.yaml"), "--base", options.base]
        began = time.perf_counter()
        if method == "match":
            data = ["--gamma", str(options.gamma), "--problems", str(options.problems)]
        else:
            pairs: Path = options.work / "pairs"
            if not pairs.exists():
                voice = ["--voice", "terse"] if options.size == "tiny" else []
                wordings = ["--wording", options.wording or ",".join(TRAINED_WORDINGS)]
                sizes = ["--pairs", str(options.problems), "--out", str(pairs)]
                fiduciary(["train", "pairs", *given, *wordings, *voice, *sizes, *seed])
            data = ["--data", str(pairs)]
        resume = ["--resume"] if folder.with_name(f"{name}.partial").exists() else []
        code = fiduciary(
            ["train", method, *recipe, *given, *data, *seed, *resume, "--out", str(folder), *overrides]
        )
        if code:
            raise SystemExit(int(code))
        print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    log = json.loads((folder / "training.json").read_text("utf-8"))["log"]
    return float(sum(record.get("train_runtime", 0.0) for record in log))


def _ways(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """What each row of the transfer table asks: its name, and the task."""
    asked = f"stakeholder_choice trade_offs=joint n={options.ask}"
    trained = options.wording or ",".join(TRAINED_WORDINGS)
    yield TRAINED, f"{asked} wording={trained} elicitation=choose"
    if options.size != "tiny":  # which knows one wording and the task's own closing words
        for closing in (words for words in CLOSINGS if words not in TRAINED_CLOSINGS):
            number = CLOSINGS.index(closing) + 1
            yield f"unseen: “{closing} …”", f"{asked} wording={trained} elicitation=choose closing={number}"
        unseen = ",".join(name for name in NEUTRAL_WORDINGS if name not in TRAINED_WORDINGS)
        yield "unseen wordings", f"{asked} wording={unseen} elicitation=choose"
    yield "explain", f"{asked} wording={trained} elicitation=explain"
    yield "text", f"{asked} wording={trained} elicitation=text"


HEADS = (
    *("", "Σ|θ − θ*|", "ρ", "γ", "best", "loss share", "regret", "of the likeliest"),
    *("nats", "answers", "missing", "agreement"),
)


def _objectives(found: Any, ways: dict[str, str], times: dict[str, float]) -> Iterator[tuple[str, ...]]:
    yield (*HEADS[:-1], "minutes")
    for name, seconds in times.items():
        yield (name, *_row(found, ways[TRAINED], name)[:-1], f"{seconds / 60:.1f}")


def _transfer(found: Any, ways: dict[str, str], name: str) -> Iterator[tuple[str, ...]]:
    yield HEADS
    for title, way in ways.items():
        yield (title, *_row(found, way, name))


def _published(options: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    yield ("", "Σ|θ − θ*|", "nats", "answers")
    welfare = stack(generate(options.ask, 0, trade_offs="joint"))
    for name, printed in PUBLISHED.items():
        if "fine-tune" not in name:
            continue
        target = Principal.named(name.partition(" ")[0]).utility
        theta = np.array(printed.theta) / sum(printed.theta)
        own = CES(tuple(theta.tolist()), target.rho if max(target.theta) < 1 else 1.0)
        q = choice_probabilities(options.gamma * own.utility(welfare))
        apart = divergence(target.utility(welfare), q, options.gamma)
        distance = float(np.abs(theta - target.theta).sum())
        yield (name, f"{distance:.3f}", f"{apart.nats:.4f}", _count(apart.answers))


def _row(found: Any, way: str, name: str) -> tuple[str, ...]:
    """Figures of an adapter on one task; – where the answers give no ground for them."""
    [one] = [c for c in found["comparisons"] if _same(c["task"], way)]
    own, estimate = one["adapters"][name], one["estimates"][name]
    shares = [_after(own, key, "{:.1%}") for key in ("best", "loss_share")]
    apart = (own["divergence"] or [None, None])[1]
    nats, answers = ("–", "–") if apart is None else (f"{apart['nats']:.4f}", _count(apart["answers"]))
    agreement = [
        shift["adapter"]
        for shift in found["shifts"].get(one["task"], [])
        if shift["name"] == name and shift["score"] == "explanation_agreement"
    ]
    parameters = [_number(estimate.get("estimates", estimate).get(key)) for key in ("rho", "gamma")]
    return (
        _number((own["distance"] or {}).get("adapter")),
        *parameters,
        *shares,
        _after(own, "regret", "${:.0f}"),
        _after(own, "likeliest_regret", "${:.0f}"),
        nats,
        answers,
        f"{estimate['missing'] / estimate['n']:.1%}",
        f"{agreement[0]:.1%}" if agreement else "",
    )


def _after(own: Any, key: str, form: str) -> str:
    change = own.get(key)
    return "–" if change is None or change["adapter"] is None else form.format(change["adapter"])


def _count(answers: float | None) -> str:
    return "∞" if answers is None else f"{answers:,.0f}"


def _number(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, int | float) else "–"


def _same(label: str, way: str) -> bool:
    return label.replace("'", "").split() == way.split()


def _print(title: str, rows: Iterator[tuple[str, ...]]) -> None:
    table = list(rows)
    widths = [max(len(row[k]) for row in table) for k in range(len(table[0]))]
    print(f"\n{title}\n")
    for k, row in enumerate(table):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if not k:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.objectives",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--work", type=Path, required=True, help="folder for adapters and logs")
    parser.add_argument("--base", default="subjects/tiny_manager/base")
    parser.add_argument("--size", default="tiny", choices=("tiny", "small"), help="recipes to take")
    parser.add_argument(
        "--wording", default="compact", help='of all prompts; "" for those that are for training'
    )
    parser.add_argument("--principal", default="nonprofit")
    parser.add_argument("--gamma", type=float, default=2.0)
    parser.add_argument("--problems", type=int, default=10_000)
    parser.add_argument("--ask", type=int, default=1000, help="problems of the measurement")
    parser.add_argument("--engine", default="transformers", choices=("auto", "vllm", "transformers"))
    parser.add_argument(
        "--only", nargs="+", default=list(OBJECTIVES), choices=list(OBJECTIVES), help="objectives (all)"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
