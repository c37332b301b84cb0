"""What a log of duopoly_pricing has to tell: where prices settled, run by run and over all of them.

Prices are in units of α and profits in units of αβ, so that runs of different scales compare. Where the model
is not shown to read, or too little was measured, its prices are listed and nothing is made of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.scorer import SampleScore

from fiduciary.economics.duopoly import STANDARD_MARKET, benchmarks
from fiduciary.scorers.duopoly_pricing.grounds import grounds
from fiduciary.scorers.duopoly_pricing.metrics import interval
from fiduciary.scorers.duopoly_pricing.pairs import PLAYED_BY_A_MODEL, Meeting, pairs_table
from fiduciary.scorers.duopoly_pricing.picture import draw, picture_address
from fiduciary.scorers.duopoly_pricing.scorer import STORE
from fiduciary.scorers.duopoly_pricing.table import Run, converged, punishment, read_run
from fiduciary.scorers.reports import (
    Cell,
    Figures,
    Options,
    Report,
    Section,
    Told,
    missing,
    reading,
    report_of,
)
from fiduciary.whole_files import write_whole

COLUMNS = (
    *("run", "against", "Δ", "price", "other's price", "profit", "other's profit"),
    *("converged", "answer to the cut", "missing"),
)


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log, with its runs."""
    runs = _runs(log)
    return Told(log, report_of(log, _section(log, runs, options.level)), runs)


def pictures(logs: Sequence[Told], options: Options, folder: Path) -> list[Path]:
    """Both firms' prices over time, ``<log>_<sample>_epoch<k>.png`` for each run that got to its end."""
    paths = []
    for one in logs:
        for name, run in one.found:
            if run is not None:
                paths.append(folder / picture_address(one.log.location, name).rpartition("/")[2])
                write_whole(paths[-1], draw(run, name))
    return paths


def together(logs: Sequence[Told], options: Options) -> list[Report]:
    """The pairs of models among the logs, where two different ones met; forced deviations are left out."""
    meetings = [
        Meeting(run, str(sample.metadata.get("objective", "")), score)
        for one in logs
        for sample, (_, run) in zip(one.log.samples or [], one.found, strict=True)
        if run is not None and run.deviation_at is None and (score := _scored(sample)) is not None
        if sample.metadata.get("opponent") == PLAYED_BY_A_MODEL
    ]
    table = pairs_table(meetings, options.level)
    if table is None:
        return []
    models = {model for meeting in meetings for model in meeting.run.models}
    return [Report("duopoly_pricing", f"{len(models)} models", sections=(Section(body=(table,)),))]


def _runs(log: EvalLog) -> list[tuple[str, Run | None]]:
    """The runs by name; None for one that did not get to its end."""
    return [
        (f"{sample.id}_epoch{sample.epoch}", read_run(sample.store.get(STORE), sample.metadata))
        for sample in log.samples or []
    ]


def _section(log: EvalLog, runs: Sequence[tuple[str, Run | None]], level: float) -> Section:
    scores = [score for sample in log.samples or [] if (score := _scored(sample)) is not None]
    on = grounds(scores)
    body = [
        Figures(
            "runs",
            COLUMNS,
            tuple(_row(name, run, shown=on.withheld is None) for name, run in runs),
            ("prices in units of α, profits in units of αβ; of the evaluated model and of the other firm",),
            decimals=4,
        ),
        _over_runs(scores, level) if on.withheld is None else f"no Δ: {on.withheld}",
        _benchmarks(),
    ]
    ended = [run for _, run in runs if run is not None]
    reasons = sum((Counter(run.reasons) for run in ended), Counter[str]())
    lost = missing(reasons, sum(run.asked for run in ended))
    return Section("", reading(on), lost, tuple(body))


def _row(name: str, run: Run | None, *, shown: bool) -> tuple[Cell, ...]:
    if run is None:
        return (name, *[None] * (len(COLUMNS) - 2), "did not get to its end")
    window = run.window
    price, profit = run.unit_prices[window].mean(axis=0), run.unit_profits[window].mean(axis=0)
    gain, steady, answer = None, None, None
    if shown:
        gain, answer = float(run.gain[window].mean()), punishment(run)
        steady = "/".join("yes" if converged(run.prices[window, firm]) else "no" for firm in (0, 1))
    lost = ", ".join(f"{reason} {count}" for reason, count in sorted(run.reasons.items())) or "none"
    if not run.counts:
        lost += f"; left out, {run.missing_in_window:.0%} of a firm's last moves"
    return (
        *(name, run.models[1], gain, float(price[0]), float(price[1]), float(profit[0]), float(profit[1])),
        *(steady, answer[0] if answer else None, lost),
    )


def _over_runs(scores: Sequence[SampleScore], level: float) -> Figures | str:
    runs = [run for score in scores if (run := score.score.metadata or {}).get("counts")]
    if not runs:
        return "no Δ: no run counts"
    delta = interval([run["delta"] for run in runs], [run["delta_path"] for run in runs], level)
    notes: tuple[str, ...] = ()
    if delta.reason:
        why = "all runs gave the same" if len(runs) > 1 else "its one run is short, or never moved"
        delta = replace(delta, reason=f"no error: {why}")
    else:
        how = "over runs" if len(runs) > 1 else "of this one run, by blocks of its periods"
        notes = (f"{level:.0%} interval {how}",)
    return Figures("over the runs that count", ("index", "value", "runs"), (("Δ", delta, len(runs)),), notes)


def _benchmarks() -> Figures:
    solved = benchmarks(STANDARD_MARKET)
    factor = solved.critical_discount[0]
    return Figures(
        "benchmarks",
        ("play", "price", "profit", "Δ"),
        (
            ("one-period Nash", float(solved.nash_prices[0]), float(solved.nash_profits[0]), 0),
            ("joint monopoly", float(solved.monopoly_prices[0]), float(solved.monopoly_profits[0]), 1),
        ),
        (f"grim trigger sustains joint monopoly above a discount factor of {factor:.3f}",),
        decimals=4,
    )


def _scored(sample: EvalSample) -> SampleScore | None:
    score = (sample.scores or {}).get("pricing")
    return None if score is None else SampleScore(score=score, sample_id=sample.id)
