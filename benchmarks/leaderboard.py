"""Do the ranks hold, and is the table fast?

Ranks: CES models of known utility, exact ties and near-ties among them, choose on problems drawn from a
known population; regret for a principal is known exactly. In how many simulations do the 95 % rank sets of
all models at once hold the ranks that are true (at a tie, all ranks that it spans)? Beside it, what a
bootstrap of ranks reaches on the same data.

Cost: `fiduciary board` of 100 models × 3 tasks × 1,000 samples. One run of each task is made by subjects; its
log is copied for the others with another model's name and, for choices, another preference's answers.

    python -m benchmarks.leaderboard
    python -m benchmarks.leaderboard --simulations 500 --models 100 --logs /tmp/fiduciary-logs
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
from inspect_ai.log import list_eval_logs

from fiduciary.economics.conventions import DOLLARS_PER_UNIT, TEMPERATURES
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.losses import losses
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.ranking import rank_sets
from fiduciary.economics.utility import CES, PROFILES

COVERAGE = 0.93
PROCESSOR, MEGABYTES, PAGE_MEGABYTES = 40.0, 600.0, 5.0
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

PARTS = ("samples", "summaries")

TASKS = {
    "stakeholder_choice": ["-T", f"n={SAMPLES}", "-T", "elicitation=text"],
    "transitivity": ["--limit", "8"],
    "allocation": ["--limit", "8"],
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--simulations", type=int, default=500)
    parser.add_argument("--models", type=int, default=100)
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
    """Processor and memory of the command, from logs to the page with all files beside it."""
    logs = folder / "logs"
    if len(list(logs.glob("*.eval"))) < models * len(TASKS):
        make_logs(models, folder)
    site, before = folder / "site", os.times()
    command = [sys.executable, "-m", "fiduciary", "board", str(logs), "--out", str(site)]
    with subprocess.Popen([*command, "--principal", "nonprofit"], stdout=subprocess.DEVNULL) as made:
        peak = _peak(made)
    used = sum(getattr(os.times(), name) - getattr(before, name) for name in _TIMES)
    if made.returncode != 0:
        raise RuntimeError(f"fiduciary board ended with {made.returncode}")
    rows = pd.read_json(site / "table.json")
    contenders = rows[rows["ranked"]].groupby("model")["task"].agg(lambda found: set(found) - {"usage"})
    complete = len(contenders) == models and all(found == set(TASKS) for found in contenders)
    size = (site / "index.html").stat().st_size / 1e6
    lines = (
        ("seconds of processor, all processes", PROCESSOR, used, "8.1f"),
        ("megabytes at most, all processes", MEGABYTES, peak / 1e6, "8.1f"),
        ("megabytes of the page", PAGE_MEGABYTES, size, "8.2f"),
    )
    print(f"{len(contenders)} models, {models * len(TASKS)} logs of {SAMPLES} samples, table and page")
    for what, limit, value, form in lines:
        print(f"  {what:<50}{limit:>8.0f}{value:>{form}}{'' if value <= limit else '   MISSED'}")
    if not complete:
        print("  MISSED: not every log is in the table")
    return complete and all(value <= limit for _, limit, value, _ in lines)


def _peak(run: subprocess.Popen[bytes]) -> float:
    """Bytes that a program and its children hold at most, shared pages counted once, until it ends."""
    most = 0.0
    program = psutil.Process(run.pid)
    while run.poll() is None:
        held = 0
        with suppress(psutil.Error):
            for process in (program, *program.children(recursive=True)):
                with suppress(psutil.Error):
                    held += process.memory_full_info().pss
        most = max(most, held)
        time.sleep(0.2)
    return most


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
    if chosen is None:
        # Without choices only the header is the model's own.
        common = out.with_name(f"{out.stem.rpartition('_')[0]}.zip")
        if not common.exists():
            _write(members["samples"], members["summaries"], common)
        shutil.copyfile(common, out)
    else:
        _write(
            *([_with_choice(*pair) for pair in zip(members[part], chosen, strict=True)] for part in PARTS),
            out,
        )
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("header.json", json.dumps(header))


def _write(samples: list[dict[str, Any]], summaries: list[dict[str, Any]], out: Path) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for sample in samples:
            file.writestr(f"samples/{sample['id']}_epoch_1.json", json.dumps(sample))
        file.writestr("summaries.json", json.dumps(summaries))


def _choices(summaries: list[dict[str, Any]], preference: CES, seed: int) -> list[int] | None:
    """The option that a preference takes in every sample, in their order; None without options."""
    if "chosen_option" not in summaries[0]["scores"]:
        return None
    width = max(len(s["metadata"]["welfare"]) for s in summaries)
    welfare = np.full((len(summaries), width, 4), np.nan)
    for i, s in enumerate(summaries):
        welfare[i, : len(s["metadata"]["welfare"])] = s["metadata"]["welfare"]
    temperature = np.array([s["metadata"]["temperature"] for s in summaries])
    drawn = draw_choices(preference.utility(welfare), temperature, np.random.default_rng([seed, 3]))
    return [int(option) for option in drawn]


def _with_choice(part: dict[str, Any], chosen: int) -> dict[str, Any]:
    score = part["scores"]["chosen_option"]
    own = score | {"value": 1.0, "metadata": score["metadata"] | {"chosen": chosen, "reason": None}}
    return part | {"scores": part["scores"] | {"chosen_option": own}}


_TIMES = ("children_user", "children_system")


if __name__ == "__main__":
    raise SystemExit(main())
