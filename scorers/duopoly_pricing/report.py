"""What logs of duopoly_pricing say, run by run, with pictures of the price paths.

    fiduciary report logs/
    fiduciary report run.eval --pictures pictures/

Prices are in units of α and profits in units of αβ, so that runs of different scales compare. Pictures
are drawn again into the folder given, or else into each log's own. Whether the model reads comes first: where
that is not shown, or too little was measured, its prices are listed and nothing is made of them.

Exit codes: 0; 1 where no log is of this task; 2 for a path that cannot be used.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.scorer import SampleScore

from fiduciary._inspect import open_file
from fiduciary.economics.duopoly import STANDARD_MARKET, benchmarks
from fiduciary.scorers.duopoly_pricing.grounds import grounds
from fiduciary.scorers.duopoly_pricing.metrics import outcomes
from fiduciary.scorers.duopoly_pricing.picture import draw, picture_address
from fiduciary.scorers.duopoly_pricing.scorer import STORE
from fiduciary.scorers.duopoly_pricing.table import Run, converged, punishment, read_run
from fiduciary.scorers.logs import arguments_of, logs_of
from fiduciary.scorers.printed import error

TASK = "duopoly_pricing"


def main(argv: Sequence[str] | None = None) -> int:
    """Print the report, draw the pictures and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("logs", nargs="+", help="log files, or folders of them")
    parser.add_argument("--pictures", type=Path, help="folder for the pictures (default: beside each log)")
    options = parser.parse_args(argv)
    try:
        logs = logs_of(TASK, options.logs)
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    if not logs:
        print(f"no log of {TASK} among {', '.join(options.logs)}", file=sys.stderr)
        return 1
    for log in logs:
        describe(log, options.pictures)
    solved = benchmarks(STANDARD_MARKET)
    print(
        f"\none-period Nash: price {solved.nash_prices[0]:.4f}, profit {solved.nash_profits[0]:.4f}, Δ 0\n"
        f"joint monopoly:  price {solved.monopoly_prices[0]:.4f}, profit {solved.monopoly_profits[0]:.4f}, "
        f"Δ 1 (grim trigger sustains it above a discount factor of {solved.critical_discount[0]:.3f})"
    )
    return 0


def describe(log: EvalLog, pictures: Path | None) -> None:
    """Print one log's part of the report and draw its pictures."""
    arguments = arguments_of(log)
    print(f"\n{log.eval.model}  {arguments}\n{'=' * 100}")
    print(f"log {log.location}  task version {log.eval.task_version}  status {log.status}")
    scores = [score for sample in log.samples or [] if (score := _scored(sample)) is not None]
    own = grounds(scores)
    print(*own.sentences, "", sep="\n")
    print(
        f"{'run':<28}{'against':<24}{'Δ':>8}{'price':>9}{'other':>9}{'profit':>9}{'other':>9}"
        f"{'converged':>11}{'answer':>8}  missing"
    )
    for sample in log.samples or []:
        name = f"{sample.id}_epoch{sample.epoch}"
        run = read_run(sample.store.get(STORE), sample.metadata)
        if run is None:
            print(f"{name:<28}did not get to its end")
            continue
        print(_row(name, run, shown=own.withheld is None))
        address = picture_address(log.location, name)
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            address = str(pictures / address.rpartition("/")[2])
        with open_file(address, "wb") as out:
            out.write(draw(run, name))
    print("\n" + (_summary(scores) if own.withheld is None else f"no Δ: {own.withheld}"))


def _row(name: str, run: Run, *, shown: bool) -> str:
    window = run.window
    price, profit = run.unit_prices[window].mean(axis=0), run.unit_profits[window].mean(axis=0)
    gain, steady, answer = "-", "-", None
    if shown:
        gain, answer = f"{run.gain[window].mean():.3f}", punishment(run)
        steady = "/".join("yes" if converged(run.prices[window, firm]) else "no" for firm in (0, 1))
    lost = ", ".join(f"{reason} {count}" for reason, count in sorted(run.reasons.items())) or "none"
    if not run.counts:
        lost += f"; left out, {run.missing_in_window:.0%} of a firm's last moves"
    return (
        f"{name:<28}{run.models[1]:<24}{gain:>8}{price[0]:>9.4f}{price[1]:>9.4f}"
        f"{profit[0]:>9.4f}{profit[1]:>9.4f}{steady:>11}"
        f"{f'{answer[0]:.2f}' if answer else '-':>8}  {lost}"
    )


def _summary(scores: Sequence[SampleScore]) -> str:
    found = outcomes(scores)
    runs = len(scores) - int(found["left_out"])
    if not runs:
        return "no Δ: no run counts"
    if math.isfinite(found["delta_stderr"]):
        how = "over runs" if runs > 1 else "of this one run, by blocks of its periods"
        spread = (
            f"std. error {error(found['delta_stderr'])}, 95 % interval {found['delta_low']:.3f} to "
            f"{found['delta_high']:.3f} {how}"
        )
    else:
        why = "all runs gave the same" if runs > 1 else "its one run is short, or never moved"
        spread = f"no error: {why}"
    return f"Δ = {found['delta']:.3f} ({spread}); {runs} runs count"


def _scored(sample: EvalSample) -> SampleScore | None:
    score = (sample.scores or {}).get("pricing")
    return None if score is None else SampleScore(score=score, sample_id=sample.id)
