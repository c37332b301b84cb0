"""Do the ranks hold, and is the table fast?

Ranks: CES models of known utility, exact ties and near-ties among them, choose on problems drawn from a
known population; regret for a principal is known exactly. In how many simulations do the 95 % rank sets of
all models at once hold the ranks that are true (at a tie, all ranks that it spans)? Beside it, what a
bootstrap of ranks reaches on the same data.

Speed: 50 models × 1,000 problems × 5 tasks. One run of each task is made by subjects; its log is copied for
the others with another model's name and, for choices, another preference's answers. Reading, estimates,
intervals, ranks and all table files are timed; the page apart.

    python -m benchmarks.leaderboard
    python -m benchmarks.leaderboard --simulations 500 --models 50 --logs /tmp/fiduciary-logs
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from inspect_ai.log import list_eval_logs

from fiduciary.economics.conventions import DOLLARS_PER_UNIT, TEMPERATURES
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.losses import losses
from fiduciary.economics.principals import Principal
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.ranking import rank_sets
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.leaderboard import build, outputs
from fiduciary.leaderboard.board import build as build_board

COVERAGE = 0.93
SECONDS = 60.0
SAMPLES = 1000
POPULATION = 4000
PROBLEMS = 300
MISSING = 0.03

TIED = (
    PROFILES["nonprofit"],
    PROFILES["nonprofit"],
    PROFILES["symmetric"],
    PROFILES["symmetric"],
    PROFILES["symmetric"],
    PROFILES["study1"],
    PROFILES["for_profit"],
    CES((0.24, 0.26, 0.26, 0.24), 0.7),
)
"""Models of the simulation: two exact ties, and one model that is nearly tied with the second."""

TASKS = {
    "stakeholder_choice": ["-T", f"n={SAMPLES}", "-T", "elicitation=text"],
    "transitivity": ["--limit", "8"],
    "money_pump": ["--limit", "8"],
    "menus": ["--limit", "8"],
    "allocation": ["--limit", "8"],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--simulations", type=int, default=500)
    parser.add_argument("--models", type=int, default=50)
    parser.add_argument("--logs", type=Path, help="where the logs are, or go (default: a temporary folder)")
    options = parser.parse_args()
    passed = ranks(options.simulations)
    if options.models:
        with tempfile.TemporaryDirectory() as folder:
            passed &= speed(options.models, options.logs or Path(folder))
    return 0 if passed else 1


def ranks(simulations: int) -> bool:
    """Coverage of rank sets, for every model at once, with and without exact ties."""
    welfare = stack(generate(POPULATION, 7))
    served = PROFILES["nonprofit"]
    temperature = np.resize(TEMPERATURES, POPULATION)
    utilities = [model.utility(welfare) for model in TIED]
    u = DOLLARS_PER_UNIT * served.utility(welfare)
    regret = np.nanmax(u, axis=1, keepdims=True) - u
    true = np.array(
        [np.nansum(choice_probabilities(own, temperature) * regret, axis=1).mean() for own in utilities]
    )
    # Equal utilities have equal means to the last digit; nothing else may count as a tie.
    first = 1 + (true[None, :] < true[:, None]).sum(axis=1)
    last = len(true) - (true[None, :] > true[:, None]).sum(axis=1)
    held = whole = naive = 0
    width = []
    for s in range(simulations):
        rng = np.random.default_rng([s, 11])
        drawn = rng.integers(POPULATION, size=PROBLEMS)
        lost = np.empty((PROBLEMS, len(TIED)))
        for k, own in enumerate(utilities):
            chosen = draw_choices(own[drawn], temperature[drawn], rng)
            shares = np.where(np.isnan(own[drawn]), np.nan, 0.0)
            shares[np.arange(PROBLEMS), chosen] = 1.0
            shares[rng.random(PROBLEMS) < MISSING] = np.nan
            lost[:, k] = losses(welfare[drawn], shares, served).regret
        found = rank_sets(lost, seed=s)
        held += bool(np.all((found.low <= first) & (first <= found.high)))
        whole += bool(np.all((found.low <= first) & (last <= found.high)))
        width.append(np.mean(found.high - found.low + 1))
        low, high = _bootstrap(lost, rng)
        naive += bool(np.all((low <= first) & (last <= high)))
    good = whole / simulations >= COVERAGE
    print(
        f"ranks: {len(TIED)} models, {PROBLEMS} problems, {simulations} simulations, true regret "
        f"{', '.join(f'${x:.2f}' for x in true)}"
    )
    print(
        f"{'95 % rank sets hold':<52}{'asked':>8}{'measured':>10}\n"
        f"{'  every true rank':<52}{COVERAGE:>8.2f}{held / simulations:>10.3f}\n"
        f"{'  every rank that a tie spans':<52}{COVERAGE:>8.2f}{whole / simulations:>10.3f}"
        f"{'' if good else '   MISSED'}\n"
        f"{'  the same by a bootstrap of ranks, each at 95 %':<52}{'':>8}{naive / simulations:>10.3f}\n"
        f"{'  mean number of ranks in a set':<52}{'':>8}{np.mean(width):>10.2f}",
        flush=True,
    )
    return good


def _bootstrap(
    lost: np.ndarray[Any, Any], rng: np.random.Generator
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Percentile intervals of ranks over resampled problems: what ties break."""
    counts = rng.multinomial(len(lost), np.full(len(lost), 1 / len(lost)), size=200).astype(float)
    there = np.isfinite(lost)
    means = counts @ np.nan_to_num(lost) / (counts @ there)
    drawn = 1 + np.argsort(np.argsort(means, axis=1), axis=1)
    return np.percentile(drawn, 2.5, axis=0), np.percentile(drawn, 97.5, axis=0)


def speed(models: int, folder: Path) -> bool:
    """Seconds from logs to table."""
    logs = folder / "logs"
    if len(list(logs.glob("*.eval"))) < models * len(TASKS):
        make_logs(models, folder)
    started, used = time.monotonic(), os.times()
    board = build_board([str(logs)], Principal.named("nonprofit"), lambda text: None)
    outputs.write(board, folder / "site")
    took, spent = time.monotonic() - started, _cpu(used)
    contenders = [row for row in board.rows if row.ranked]
    complete = len(contenders) == models and all(len(row.runs) == len(TASKS) for row in contenders)
    good = took <= SECONDS and complete
    print(
        f"table of {len(contenders)} models × {SAMPLES} samples × {len(TASKS)} tasks\n"
        f"{'  seconds to the table and its files':<52}{SECONDS:>8.0f}{took:>10.1f}"
        f"{'' if good else '   MISSED'}\n"
        f"{'  seconds of processor, all processes':<52}{'':>8}{spent:>10.1f}\n"
        f"{'  load of the machine, processors':<52}{os.cpu_count():>8}{os.getloadavg()[0]:>10.1f}",
        flush=True,
    )
    started = time.monotonic()
    page = build.publish(board, folder / "site", lambda text: None)
    size = page.stat().st_size / 1e6 if page.is_file() else 0.0
    print(
        f"{'  seconds for the page with all logs beside it':<52}{'':>8}{time.monotonic() - started:>10.1f}\n"
        f"{'  megabytes of the page':<52}{5:>8}{size:>10.2f}{'' if size <= 5 else '   MISSED'}"
    )
    return good and size <= 5


def make_logs(models: int, folder: Path) -> None:
    """One real run of each task, and copies of its log for the other models."""
    first, logs = folder / "first", folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(5)
    preferences = [
        CES(tuple(rng.dirichlet(np.ones(4)).tolist()), float(rng.uniform(-2, 1))) for _ in range(models)
    ]
    for task, arguments in TASKS.items():
        if not list((first / task).glob("*.eval")):
            subprocess.run(
                [
                    *(sys.executable, "-m", "inspect_ai", "eval", f"tasks/{task}", *arguments),
                    *("--model", "subject/study1", "--log-dir", str(first / task), "--display", "none"),
                    *("--no-log-realtime", "--no-score-display", "--max-connections", "100"),
                ],
                check=True,
                capture_output=True,
            )
        (info,) = list_eval_logs(str(first / task))
        source = Path(info.name.removeprefix("file://"))
        members = _members(source)
        for k, preference in enumerate(preferences):
            _copy(members, logs / f"{task}_{k:03d}.eval", f"made/model-{k:02d}", preference, k)
        print(f"made {models} logs of {task}", flush=True)


def _members(source: Path) -> dict[str, Any]:
    """A log's parts, its samples without what was said, repeated until there are ``SAMPLES``."""
    with zipfile.ZipFile(source) as file:
        parts = {name: json.loads(file.read(name)) for name in file.namelist() if "_journal" not in name}
    samples = [part for name, part in parts.items() if name.startswith("samples/")]
    for sample in samples:
        sample |= {"messages": [], "events": [], "attachments": {}}
    summaries = {summary["id"]: summary for summary in parts["summaries.json"]}
    made, listed = [], []
    for k in range(SAMPLES):
        sample = samples[k % len(samples)]
        name = sample["id"] if k < len(samples) else f"{sample['id']}-copy{k // len(samples)}"
        made.append(sample | {"id": name})
        listed.append(summaries[sample["id"]] | {"id": name})
    return {"header": parts["header.json"], "samples": made, "summaries": listed}


def _copy(members: dict[str, Any], out: Path, model: str, preference: CES, seed: int) -> None:
    """The same log of another model, with its own choices where the task is one of choices."""
    header = json.loads(json.dumps(members["header"]))
    header["eval"] |= {
        "model": model,
        "eval_id": f"{model}-e",
        "run_id": f"{model}-r",
        "task_id": f"{model}-t",
    }
    header["eval"]["dataset"]["sample_ids"] = [sample["id"] for sample in members["samples"]]
    header["eval"]["config"]["limit"] = None
    header["results"] |= {"total_samples": SAMPLES, "completed_samples": SAMPLES}
    chosen = _choices(members["summaries"], preference, seed)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for parts in ("samples", "summaries"):
            changed = [
                part if own is None else _with_choice(part, own)
                for part, own in zip(members[parts], chosen[parts == "summaries"], strict=True)
            ]
            if parts == "summaries":
                file.writestr("summaries.json", json.dumps(changed))
            else:
                for part in changed:
                    file.writestr(f"samples/{part['id']}_epoch_1.json", json.dumps(part))
        file.writestr("header.json", json.dumps(header))


def _choices(summaries: list[dict[str, Any]], preference: CES, seed: int) -> list[list[int | None]]:
    if "chosen_option" not in summaries[0]["scores"]:
        return [[None] * len(summaries)] * 2
    # Samples and summaries are in the same order: made so by _members.
    width = max(len(s["metadata"]["welfare"]) for s in summaries)
    welfare = np.full((len(summaries), width, 4), np.nan)
    for i, s in enumerate(summaries):
        welfare[i, : len(s["metadata"]["welfare"])] = s["metadata"]["welfare"]
    temperature = np.array([s["metadata"]["temperature"] for s in summaries])
    drawn = draw_choices(preference.utility(welfare), temperature, np.random.default_rng([seed, 3]))
    return [drawn.tolist()] * 2


def _with_choice(part: dict[str, Any], chosen: int) -> dict[str, Any]:
    score = part["scores"]["chosen_option"]
    own = score | {"value": 1.0, "metadata": score["metadata"] | {"chosen": chosen, "reason": None}}
    return part | {"scores": part["scores"] | {"chosen_option": own}}


def _cpu(since: os.times_result) -> float:
    now = os.times()
    return float(sum(getattr(now, name) - getattr(since, name) for name in _TIMES))


_TIMES = ("user", "system", "children_user", "children_system")


if __name__ == "__main__":
    raise SystemExit(main())
