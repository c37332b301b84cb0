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

from fiduciary.adapter_files import FACTS, noted_facts
from fiduciary.comparison.choices import Comparison, compare_models
from fiduciary.comparison.paired import Change
from fiduciary.comparison.tables import SYMBOLS, parameters, share_missing
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.estimation import THETA_NAMES
from fiduciary.economics.principals import Principal
from fiduciary.economics.utility import CES
from fiduciary.scorers.choice_table import tables
from fiduciary.scorers.rendering import as_markdown
from fiduciary.scorers.reports import Cell, Figures, Report, Section
from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench.plan import make_plan
from fiduciary.training.rebench.record import comparison_json, plain, scores_json
from fiduciary.training.rebench.run import rebench, say, shifts
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


REACHED = ("consistent", "loss_share")

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
    found = compare_models("prompting, SFT and DPO", answers, dict.fromkeys(answers, target))
    side = shifts(logs, ("consistency", "chosen_option"))
    costs = _costs(logs, adapters)
    asked = f"{options.n:,} problems of the joint design, the same for all; asked by {options.elicitation}"
    gone = {
        name: [c for c in one.changes if c.key.endswith(".missing")] for name, one in found.choices.items()
    }
    beside = [_effects("scores of the same answers", side), _effects("missing answers", gone)]
    beside += [_effects(label, outcome.shifts[label]) for label in labels[2:]]
    body = (f"Base: {options.base}. {asked}.", _table(found, costs), *beside)
    text = as_markdown([Report("Which technique serves", target.label, sections=(Section(body=body),))])
    (options.out / "techniques.md").write_text(text, encoding="utf-8")
    record = plain(comparison_json(found) | {"side": scores_json(side), "cost": costs})
    (options.out / "techniques.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    print(f"\n{text}")


def _table(found: Comparison, costs: Mapping[str, Mapping[str, float]]) -> Figures:
    """What each technique reaches, and what it takes."""
    rows: list[tuple[Cell, ...]] = []
    for technique in TECHNIQUES:
        one, cost = found.choices.get(technique.name), costs[technique.name]
        first = one or next(iter(found.choices.values()))
        own = 0 if one is None else 1
        sides = [(c.before, c.after)[own] if (c := first.change(n)) else None for n in REACHED]
        answers = found.answers[technique.name]
        tested = None if one is None or one.h2 is None else one.h2.p_value
        paid = (cost["seconds"], int(cost["pairs"]), cost["tokens"])
        reached = (first.distance[own], *sides, tested)
        rows.append((technique.name, *parameters(answers)[:5], *reached, *paid, share_missing(answers)))
    taken = ("seconds of training", "pairs", "tokens a decision", "missing")
    heads = (
        "technique",
        *SYMBOLS[:5],
        "Σ|θ − θ*|",
        "best choices",
        "loss share",
        "p, H2: the target",
        *taken,
    )
    return Figures("technique by technique", heads, tuple(rows), ("standard errors in brackets",))


def _effects(title: str, found: Mapping[str, Sequence[Change]]) -> Figures:
    """What else moved, technique by technique, against the plain base."""
    rows = [
        (f"{name}: {c.title}", c.before, c.after, c.interval, c.test)
        for name, of in found.items()
        for c in of
    ]
    return Figures(f"side effects, {title}", ("on", "base", "then", "difference", "test"), tuple(rows))


def _costs(logs: Mapping[str, EvalLog], adapters: Mapping[str, Path]) -> dict[str, dict[str, float]]:
    """Training time and pairs, and tokens read and written a decision, of every technique."""
    out = {}
    for technique in TECHNIQUES:
        noted = noted_facts(adapters[technique.model] / FACTS) if technique.model in adapters else {}
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
    rows: list[tuple[Cell, ...]] = []
    for one in outcome.comparisons:
        for dose, answers in zip(doses, one.answers.values(), strict=True):
            rows.append((f"{dose:g}", one.elicitation, *parameters(answers), share_missing(answers)))
    told = Figures("weights by dose", ("dose", "by", *SYMBOLS, "missing"), tuple(rows))
    report = Report("Dose and response", f"DPO towards {target.label}", sections=(Section(body=(told,)),))
    text = as_markdown([report])
    (options.out / "dose_response.md").write_text(text, encoding="utf-8")
    record = {"doses": list(doses), "comparisons": [comparison_json(one) for one in outcome.comparisons]}
    (options.out / "dose_response.json").write_text(
        json.dumps(plain(record), indent=2) + "\n", encoding="utf-8"
    )
    draw(outcome.comparisons, doses, target.utility, options.out / "dose_response.png")
    print(f"\n{text}\nWritten to {options.out}: techniques.md, dose_response.md and .png, with .json of both")


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
            known = [
                (dose, e.fit)
                for dose, e in zip(doses, one.answers.values(), strict=True)
                if e.fit is not None
            ]
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
