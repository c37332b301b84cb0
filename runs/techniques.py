"""Which technique serves a principal best: prompting, SFT, DPO, and prompting together with DPO.

    python runs/techniques.py --base subjects/tiny_manager/base --principal nonprofit \\
        --recipes training/recipes/tiny-{method}.yaml --wording compact --voice terse --out logs/techniques

Trains an SFT and a DPO adapter on the same pairs (unless they are named), asks the base and both with
the neutral system message and with the one that names the kind of firm and orders its justification, and
compares every technique with the plain base: distance to the target, what it costs, and what else it
moved. Then the dose–response: the DPO adapter at 0 to 1.5 times its strength against the weights
recovered. A run that was stopped goes on when the same command is given again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from inspect_ai.log import EvalLog, read_eval_log

from fiduciary.economics.conventions import ABBREVIATIONS, STAKEHOLDERS
from fiduciary.economics.estimation import THETA_NAMES
from fiduciary.economics.principals import Principal
from fiduciary.economics.utility import CES
from fiduciary.scorers.choice_table import tables
from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench.adapter_files import facts
from fiduciary.training.rebench.choices import Comparison, Verdict, compare
from fiduciary.training.rebench.other import Shift, shifts
from fiduciary.training.rebench.plan import make_plan
from fiduciary.training.rebench.report import cells, comparison_json, moved, p_value, plain
from fiduciary.training.rebench.report import table as lines_of
from fiduciary.training.rebench.run import rebench, say
from fiduciary.training.rebench.scaled import scale_adapter

DOSES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
"""Besides 0, which is the base."""

SEED_OFFSET = 7  # the pairs' seed; the split of its own keeps them apart from every evaluation


@dataclass(frozen=True)
class Technique:
    """A way to make a model serve the target.

    Attributes:
        name: what people call it.
        model: which of base, sft, dpo answers.
        prompted: whether the system message names the kind of firm.
    """

    name: str
    model: str
    prompted: bool


TECHNIQUES = (
    Technique("none", "base", False),
    Technique("prompting", "base", True),
    Technique("SFT", "sft", False),
    Technique("DPO", "dpo", False),
    Technique("prompting + DPO", "dpo", True),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Train, ask, compare, write; 2 where the user can put something right."""
    options = parser().parse_args(argv)
    try:
        target = Principal.named(options.principal)
        adapters = {method: getattr(options, method) or train(method, options) for method in ("sft", "dpo")}
        compare_techniques(options, target, adapters)
        dose_response(options, target, adapters["dpo"])
    except (TrainingError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def train(method: str, options: argparse.Namespace) -> Path:
    """Make an adapter from pairs that both methods share."""
    pairs, adapter = options.out / "pairs", options.out / method
    recipe = options.recipes.replace("{method}", method)
    if not pairs.exists():
        run(
            *("pairs", "--principal", options.principal, "--pairs", str(options.pairs)),
            *("--seed", str(SEED_OFFSET), "--wording", options.wording, "--voice", options.voice),
            *("--elicitation", "all", "--out", str(pairs)),
        )
    if not adapter.exists():
        resume = ["--resume"] if adapter.with_name(f"{adapter.name}.partial").exists() else []
        run(
            *(method, "--recipe", recipe, "--base", options.base, "--principal", options.principal),
            *("--data", str(pairs), "--out", str(adapter), *resume),
        )
    return Path(adapter)


def run(*arguments: str) -> None:
    """A command of the training room, in a process of its own."""
    say(f"fiduciary train {arguments[0]}")
    done = subprocess.run([sys.executable, "-m", "fiduciary", "train", *arguments], check=False)
    if done.returncode:
        raise TrainingError(f"fiduciary train {arguments[0]} failed; the same command goes on.")


def compare_techniques(options: argparse.Namespace, target: Principal, adapters: Mapping[str, Path]) -> None:
    """The table of techniques."""
    asked = f"n={options.n} wording={options.wording} elicitation={options.elicitation} trade_offs=joint"
    neutral = f"stakeholder_choice {asked}"
    prompted = f"stakeholder_choice {asked} framing={options.principal}_justify"
    given = [f"{name}={folder}" for name, folder in adapters.items()]
    plan = make_plan(
        options.base, given, [neutral, prompted, *options.task], options.out / "techniques", target
    )
    outcome = rebench(plan, options.engine)
    labels = [spec.label for spec in plan.tasks]
    logs = {
        t.name: read_eval_log(outcome.logs[labels[1] if t.prompted else labels[0]][t.model])
        for t in TECHNIQUES
    }
    answers = {name: tables(log)[options.elicitation] for name, log in logs.items()}
    found = compare("prompting, SFT and DPO", answers, dict.fromkeys(answers, target))
    side = shifts(logs, ("consistency", "chosen_option"))
    text = "\n".join(
        [
            f"# Which technique serves {target.name}",
            "",
            f"{options.n:,} problems of the joint design, the same for all; asked by {options.elicitation}. "
            f"Standard errors in brackets. Base: {options.base}.",
            "",
            *_table(found, logs, adapters),
            "",
            *_side(found, side, {label: outcome.shifts[label] for label in labels[2:]}),
        ]
    )
    (options.out / "techniques.md").write_text(text + "\n", encoding="utf-8")
    record = plain(comparison_json(found) | {"side": [vars(s) for s in side], "cost": _costs(logs, adapters)})
    (options.out / "techniques.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(f"\n{text}\n")


def _table(found: Comparison, logs: Mapping[str, EvalLog], adapters: Mapping[str, Path]) -> list[str]:
    costs = _costs(logs, adapters)
    verdicts: dict[str, Verdict] = {v.name: v for v in found.verdicts}
    rows = []
    for technique, estimate in zip(TECHNIQUES, found.estimates, strict=True):
        verdict, cost = verdicts.get(technique.name), costs[technique.name]
        first = found.verdicts[0]
        if verdict is None:
            assert first.best is not None and first.loss_share is not None
            figures = [f"{first.distance[0]:.3f}", f"{100 * first.best.base:.1f} %"]
            figures += [f"{100 * first.loss_share.base:.1f} %", ""]
        else:
            assert verdict.best is not None and verdict.loss_share is not None
            figures = [f"{verdict.distance[1]:.3f}", moved(verdict.best, 100, " %").partition("→ ")[2]]
            figures += [moved(verdict.loss_share, 100, " %").partition("→ ")[2], p_value(verdict.h2)]
        paid = f"{cost['seconds']:.0f} s, {cost['pairs']:,} pairs" if cost["pairs"] else "–"
        rows.append(
            [
                technique.name,
                *cells(estimate)[:5],
                *figures,
                paid,
                f"{cost['tokens']:.0f}",
                f"{estimate.missing / estimate.n:.1%}",
            ]
        )
    head = ["technique", *(f"θ {name}" for name in ABBREVIATIONS), "ρ", "Σ abs(θ − target)", "best choices"]
    head += ["loss share", "H2: the target, p", "training", "tokens a decision", "missing"]
    return lines_of(head, rows)


def _side(found: Comparison, own: Sequence[Shift], others: Mapping[str, Sequence[Shift]]) -> list[str]:
    """What else moved: scores of the same answers, scores of other tasks, missing answers."""
    rows = [_shift_row(s.name, s.score, s) for s in own]
    rows += [_shift_row(s.name.upper(), f"{label}: {s.score}", s) for label, of in others.items() for s in of]
    for name, change in found.missing.items():
        difference = f"{change.difference:+.4f} ({change.se:.4f})"
        rows.append([name, "missing answers", f"{change.base:.4f}", f"{change.adapter:.4f}", difference])
    head = ("technique", "side effect on", "base", "then", "difference")
    return ["Side effects, paired by problem:", "", *lines_of(head, rows)]


def _shift_row(name: str, score: str, s: Shift) -> list[str]:
    return [name, score, f"{s.base:.3f}", f"{s.adapter:.3f}", f"{s.adapter - s.base:+.3f} ({s.se:.3f})"]


def _costs(logs: Mapping[str, EvalLog], adapters: Mapping[str, Path]) -> dict[str, dict[str, float]]:
    """Training time and pairs, and tokens read and written a decision, of every technique."""
    out = {}
    for technique in TECHNIQUES:
        noted = facts(adapters[technique.model]) if technique.model in adapters else {}
        seconds = next((r["train_runtime"] for r in noted.get("log", ())[::-1] if "train_runtime" in r), 0.0)
        log = logs[technique.name]
        used = sum(usage.total_tokens for usage in log.stats.model_usage.values())
        out[technique.name] = {
            "seconds": float(seconds),
            "pairs": int(noted.get("pairs", 0)),
            "tokens": used / max(len(log.samples or []), 1),
        }
    return out


def dose_response(options: argparse.Namespace, target: Principal, adapter: Path) -> None:
    """Recovered weights against the adapter's strength, as table and picture."""
    given = [
        f"dose-{dose:g}={scale_adapter(adapter, dose, options.out / 'doses' / f'{dose:g}')}" for dose in DOSES
    ]
    asked = f"n={options.n} wording={options.wording} elicitation=both trade_offs=joint"
    plan = make_plan(options.base, given, [f"stakeholder_choice {asked}"], options.out / "dose", target)
    outcome = rebench(plan, options.engine)
    doses = (0.0, *DOSES)
    rows = []
    for one in outcome.comparisons:
        for dose, estimate in zip(doses, one.estimates, strict=True):
            rows.append(
                [f"{dose:g}", one.elicitation, *cells(estimate), f"{estimate.missing / estimate.n:.1%}"]
            )
    head = ["dose", "by", *(f"θ {name}" for name in ABBREVIATIONS), "ρ", "γ", "missing"]
    text = "\n".join([f"# Dose and response: DPO towards {target.name}", "", *lines_of(head, rows)])
    (options.out / "dose_response.md").write_text(text + "\n", encoding="utf-8")
    record = {"doses": list(doses), "comparisons": [comparison_json(one) for one in outcome.comparisons]}
    (options.out / "dose_response.json").write_text(
        json.dumps(plain(record), indent=2) + "\n", encoding="utf-8"
    )
    draw(outcome.comparisons, doses, target.utility, options.out / "dose_response.png")
    print(
        f"\n{text}\n\nWritten to {options.out}: techniques.md, dose_response.md and .png, with .json of both"
    )


def draw(comparisons: Sequence[Comparison], doses: Sequence[float], target: CES, path: Path) -> None:
    """One panel a way of asking: weights over doses with intervals, targets as dashed lines."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.4 * len(comparisons), 3.8), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(comparisons), sharey=True, squeeze=False)[0]
    colours = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
    for panel, one in zip(panels, comparisons, strict=True):
        for k, (name, colour) in enumerate(zip(THETA_NAMES, colours, strict=True)):
            known = [(dose, e.fit) for dose, e in zip(doses, one.estimates, strict=True) if e.fit is not None]
            x = np.array([dose for dose, _ in known]) + 0.012 * (k - 1.5)
            y = np.array([fit.estimate(name) for _, fit in known])
            ends = np.array([fit.interval(name)[:2] for _, fit in known])
            panel.plot(x, y, "-o", color=colour, ms=4, linewidth=1.2, label=STAKEHOLDERS[k])
            panel.vlines(x, ends[:, 0], ends[:, 1], color=colour, linewidth=1.2)
            panel.axhline(target.theta[k], color=colour, linewidth=0.9, linestyle=(0, (4, 3 + k)))
        panel.set_title(f"by {one.elicitation}", fontsize=10)
        panel.set_xlabel("strength of the adapter")
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("weight θ recovered")
    panels[0].legend(fontsize=8, title="dashed: target", title_fontsize=8)
    figure.savefig(path, dpi=130)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="runs/techniques.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--base", required=True, metavar="MODEL", help="folder or name of the base")
    made.add_argument("--principal", default="nonprofit", choices=("for_profit", "symmetric", "nonprofit"))
    made.add_argument(
        "--recipes",
        default="training/recipes/llama-3.1-8b-{method}.yaml",
        metavar="PATH",
        help="settings of the trainings; {method} stands for sft and dpo (%(default)s)",
    )
    made.add_argument("--sft", type=Path, metavar="DIR", help="an SFT adapter that is there already")
    made.add_argument("--dpo", type=Path, metavar="DIR", help="a DPO adapter that is there already")
    made.add_argument("--pairs", type=int, default=10_000, help="for each adapter (10000)")
    made.add_argument("--n", type=int, default=1000, help="problems asked (1000)")
    made.add_argument("--wording", default="plain", help="of the problems (plain)")
    made.add_argument("--voice", default="varied", choices=("varied", "terse"), help="of the pairs (varied)")
    made.add_argument(
        "--elicitation", default="choose", choices=("choose", "explain", "text"), help="of the table (choose)"
    )
    made.add_argument("--engine", default="auto", choices=("auto", "vllm", "transformers"))
    made.add_argument(
        "--task", action="append", default=[], metavar="'NAME [ARG=VALUE …]'", help="more, for side effects"
    )
    made.add_argument("--out", type=Path, default=Path("logs/techniques"), metavar="DIR")
    return made


if __name__ == "__main__":
    raise SystemExit(main())
