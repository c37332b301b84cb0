"""Numbers of the table with their intervals, and why a number or an interval is not there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.estimation import THETA_NAMES
from fiduciary.economics.estimation.fit import RHO_MIN
from fiduciary.economics.ranking import Ranking
from fiduciary.economics.utility import CES
from fiduciary.leaderboard.columns import CHOICE, Column
from fiduciary.leaderboard.preferences import Answers
from fiduciary.leaderboard.principal import Losses
from fiduciary.leaderboard.runs import Run
from fiduciary.scorers.metrics._clustered import Ratio, ratio
from fiduciary.scorers.metrics.ces_parameters import PARAMETERS

_SOURCES = {
    "choose": "from log-probabilities",
    "explain": "from log-probabilities behind explanations",
    "text": None,
}
"""What must be said of an estimate, by elicitation."""


_NONE = "too little measured, or not identified"


@dataclass(frozen=True)
class Cell:
    """A number.

    Attributes:
        value: None where there is none, and ``note`` says why.
        low, high: ends of its interval, None where it has none.
        stderr: standard error, None where it has none.
        n: answers, samples or problems behind it.
        note: what must be known to read it.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    stderr: float | None = None
    n: int | None = None
    note: str | None = None


def from_log(column: Column, header: EvalLog, z: float) -> Cell | None:
    """A metric that a log holds, with ± z standard errors; None where the log has no such metric."""
    if header.results is None or column.metric is None:
        return None
    scores = sorted(header.results.scores, key=lambda score: score.name != column.scorer)
    metrics = next((score.metrics for score in scores if column.metric in score.metrics), None)
    if metrics is None:
        return None
    values = {name: _number(found.value) for name, found in metrics.items()}
    value, error = values[column.metric], values.get(f"{column.metric}_stderr")
    n = header.results.completed_samples
    if value is None:
        return Cell(None, n=n, note="not shown to read" if values.get("reads") == 0 else _NONE)
    low, high = values.get(f"{column.metric}_low"), values.get(f"{column.metric}_high")
    if low is None and error:
        low, high = value - z * error, value + z * error
    note = None
    if is_zero(error, value) or (low is not None and low == high):
        note = "every unit gave the same: its spread cannot be told from these answers"
        low = high = error = None
    elif error is None and f"{column.metric}_stderr" in values:
        note = "no standard error: at a bound, or too few units"
    return _clipped(Cell(value, low, high, error, n, note), column.floor, column.ceiling)


def raw(column: Column, header: EvalLog) -> tuple[float | None, float | None, int]:
    """A metric's value, its standard error (0 included, None where the log has none) and the samples."""
    if header.results is None or column.metric is None:
        return None, None, 0
    scores = sorted(header.results.scores, key=lambda score: score.name != column.scorer)
    metrics = next((score.metrics for score in scores if column.metric in score.metrics), {})
    value, error = (metrics.get(column.metric + suffix) for suffix in ("", "_stderr"))
    return (
        None if value is None else _number(value.value),
        None if error is None else _number(error.value),
        header.results.completed_samples,
    )


def service_cells(ranking: Ranking, k: int, lost: Losses, z: float) -> dict[str, Cell]:
    """How well one row serves the principal."""
    answered = np.isfinite(lost.regret)
    n = int(answered.sum())
    if n == 0:
        return no_service_cells("all answers missing")
    place, low, high = (int(a[k]) for a in (ranking.rank, ranking.low, ranking.high))
    tied = f"{low}–{high}" if low < high else str(low)
    groups = [str(i) for i in np.flatnonzero(answered)]
    share = ratio(lost.regret[answered], lost.stake[answered], groups)
    right = ratio(lost.best[answered], 1.0, groups)
    found = {
        "regret": _with_error(Ratio(float(ranking.mean[k]), float(ranking.stderr[k])), z, n, math.inf),
        "regret_share": _with_error(share, z, n, 1.0),
        "consistent": _with_error(right, z, n, 1.0),
    }
    rank = Cell(float(place), float(low), float(high), None, n, tied)
    return {f"{CHOICE}.rank": rank} | {f"{CHOICE}.{name}": cell for name, cell in found.items()}


def reads_cell(answers: Answers) -> Cell:
    """Whether the answers depend on what was asked: the exact p-value, and the verdict in words."""
    content = answers.grounds.content
    assert content is not None  # problems are shown in an order, so there is a test
    value = None if answers.grounds.unmeasured else _number(content.p_value)
    return Cell(value, n=content.n, note=answers.grounds.withheld)


def no_service_cells(why: str) -> dict[str, Cell]:
    """The same cells where there is nothing to rank by."""
    none = Cell(None, n=0, note=why)
    return {f"{CHOICE}.{name}": none for name in ("rank", "regret", "regret_share", "consistent")}


def preference_cells(answers: Answers, target: CES) -> dict[str, Cell]:
    """Recovered parameters, and how far the weights are from the principal's."""
    names = [*PARAMETERS, "distance"]
    if answers.fit is None:
        return {f"{CHOICE}.{name}": Cell(None, n=0, note=answers.why) for name in names}
    fit = answers.fit
    source = _SOURCES[answers.data.elicitation]
    out = {}
    for name in PARAMETERS:
        low, high, method = answers.intervals[name]
        status = fit.status(name)
        known = status != "not identified" and math.isfinite(fit.estimate(name))
        error = _number(fit.se(name))
        said = None if status == "ok" else status if status == method else f"{status} ({method})"
        ends = "open below: estimation ends there" if name == "rho" and low == RHO_MIN else None
        # A label at τ = 1 is drawn by the sampler, whatever the model: its noise cannot be shown to scale.
        scale = "not conviction" if name == "gamma" and answers.data.elicitation == "choose" else None
        note = "; ".join(filter(None, (said, ends, source, scale))) or None
        value = fit.estimate(name) if known else None
        out[f"{CHOICE}.{name}"] = Cell(value, _number(low), _number(high), error, fit.n, note)
    off = np.abs(fit.theta - np.asarray(target.theta))
    nearest, farthest = 0.0, 0.0
    for name, wanted in zip(THETA_NAMES, target.theta, strict=True):
        low, high, _ = answers.joint[name]
        nearest += max(0.0, low - wanted, wanted - high)
        farthest += max(abs(low - wanted), abs(high - wanted))
    known = all(fit.status(name) != "not identified" for name in THETA_NAMES)
    out[f"{CHOICE}.distance"] = Cell(
        float(off.sum()) if known else None,
        nearest,
        min(farthest, 2.0),
        None,
        fit.n,
        source if known else "not identified",
    )
    return out


def missing_cell(answers: Answers, z: float) -> Cell:
    """Share of missing answers to choice problems, clustered by problem."""
    data = answers.data
    return _with_error(ratio(answers.missing, 1.0, data.groups.tolist()), z, data.n, 1.0)


def usage_cells(runs: Sequence[Run]) -> dict[str, Cell]:
    """Tokens and cost of all runs of a row; a cost only where every log holds one."""
    read, written = (sum(run.tokens[k] for run in runs) for k in (0, 1))
    out = {"usage.tokens_in": Cell(float(read)), "usage.tokens_out": Cell(float(written))}
    costs = [run.cost for run in runs]
    held = [cost for cost in costs if cost is not None]
    if held:
        without = len(costs) - len(held)
        note = f"{without} of {len(costs)} logs hold no cost" if without else None
        out["usage.cost"] = Cell(sum(held), note=note)
    return out


def shift_cell(own: Cell | None, base: Cell | None, z: float) -> Cell | None:
    """Difference of a scale from the base's, as of independent runs."""
    if own is None or base is None or own.value is None or base.value is None:
        return None
    moved = own.value - base.value
    if own.stderr is None or base.stderr is None:
        return Cell(moved, n=own.n, note="no standard error")
    error = math.hypot(own.stderr, base.stderr)
    return Cell(moved, moved - z * error, moved + z * error, error, own.n)


def _with_error(found: Ratio, z: float, n: int, ceiling: float) -> Cell:
    value, error = _number(found.value), _number(found.stderr)
    if value is None:
        return Cell(None, n=n, note="nothing at stake")
    if error is None:
        return Cell(value, n=n, note="one problem: no standard error")
    if is_zero(error, value):
        return Cell(value, n=n, note="the same in every problem: its spread cannot be told")
    return _clipped(Cell(value, value - z * error, value + z * error, error, n), 0.0, ceiling)


def _clipped(cell: Cell, floor: float, ceiling: float) -> Cell:
    low = None if cell.low is None else min(max(cell.low, floor), ceiling)
    high = None if cell.high is None else min(max(cell.high, floor), ceiling)
    return Cell(cell.value, low, high, cell.stderr, cell.n, cell.note)


def is_zero(error: float | None, value: float) -> bool:
    """Whether a standard error is none but for rounding: all units gave the same."""
    return error is not None and error <= 1e-12 * max(1.0, abs(value))


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
