"""Numbers of the table with their intervals, and why a number or an interval is not there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from inspect_ai.log import EvalLog, EvalMetric

from fiduciary.economics.arrays import IntArray
from fiduciary.economics.estimation import THETA_NAMES
from fiduciary.economics.estimation.fit import RHO_MIN
from fiduciary.economics.inference import LEVEL, Interval, alike, around, share, share_with_error
from fiduciary.economics.losses import Losses, served
from fiduciary.economics.ranking import Ranking
from fiduciary.economics.utility import CES
from fiduciary.leaderboard.choices import Answers
from fiduciary.leaderboard.columns import CHOICE, Column
from fiduciary.leaderboard.runs import Run
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import PARAMETERS

_SOURCES = {
    "choose": "from log-probabilities",
    "explain": "from log-probabilities behind explanations",
    "text": None,
}
"""What must be said of an estimate, by elicitation."""


UNREAD = "not shown to read"
"""Note of a cell that lacks its value or error since answers are not shown to depend on what was asked."""

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


def cell_of(found: Interval, n: int | None, note: str | None = None) -> Cell:
    """An estimate as a cell."""
    low, high, stderr = (_number(x) for x in (found.low, found.high, found.stderr))
    return Cell(_number(found.value), low, high, stderr, n, note)


def from_log(column: Column, header: EvalLog, level: float = LEVEL) -> Cell | None:
    """A metric that a log holds, with its interval; None where the log has no such metric."""
    metrics = _metrics(column, header)
    if header.results is None or metrics is None:
        return None
    values = {name: _number(found.value) for name, found in metrics.items()}
    found = held(values, column.metric or "", header.results.completed_samples, column.unit == "share", level)
    return _clipped(found, column.floor, column.ceiling)


def held(values: Mapping[str, float | None], name: str, n: int, is_share: bool, level: float = LEVEL) -> Cell:
    """A metric among those that a scorer left, with its interval.

    Args:
        values: the scorer's metrics.
        name: of the metric.
        n: samples behind it.
        is_share: whether it is a share of answers.
        level: of the interval.
    """
    value, error, units = _raw(values, name, n)
    unread = values.get("reads") == 0
    if value is None:
        return Cell(None, n=n, note=UNREAD if unread else _NONE)
    note = None
    if error == 0:
        found = Interval(value, level=level)
        note = "every unit gave the same: its spread cannot be told from these answers"
        if is_share and f"{name}_alike" in values:
            found, note = alike(value, units, level), f"the same in all {units}; exact interval"
    elif error is None:
        found = Interval(value, level=level)
        if f"{name}_stderr" in values:
            note = UNREAD if unread else "no standard error: at a bound, or too few units"
    elif is_share:
        found = share_with_error(value, error, level)
    else:
        found = around(value, error, level=level)
    low, high = values.get(f"{name}_low"), values.get(f"{name}_high")
    if low is not None and high is not None and low < high:
        found = replace(found, low=low, high=high)
    return cell_of(found, n, note)


def raw(column: Column, header: EvalLog) -> tuple[float | None, float | None, int]:
    """A metric's value, its standard error and the units that it rests on.

    The standard error is 0 where all units gave the same, as the log says, and None where it has none. The
    units are samples, but where all gave the same as many clusters as did.
    """
    metrics = _metrics(column, header)
    if header.results is None or metrics is None:
        return None, None, 0
    values = {name: _number(found.value) for name, found in metrics.items()}
    return _raw(values, column.metric or "", header.results.completed_samples)


def _raw(values: Mapping[str, float | None], name: str, n: int) -> tuple[float | None, float | None, int]:
    value, error, same = (values.get(f"{name}{suffix}") for suffix in ("", "_stderr", "_alike"))
    return (value, error, n) if same is None else (value, 0.0, int(same))


def _metrics(column: Column, header: EvalLog) -> Mapping[str, EvalMetric] | None:
    if header.results is None or column.metric is None:
        return None
    scores = sorted(header.results.scores, key=lambda score: score.name != column.scorer)
    return next((score.metrics for score in scores if column.metric in score.metrics), None)


def service_cells(ranking: Ranking, k: int, lost: Losses, groups: IntArray) -> dict[str, Cell]:
    """How well one row serves the principal; ``groups`` are the clusters that its losses fall into."""
    n = int(np.isfinite(lost.regret).sum())
    if n == 0:
        return no_service_cells("all answers missing")
    place, low, high = (int(a[k]) for a in (ranking.rank, ranking.low, ranking.high))
    tied = f"{low}–{high}" if low < high else str(low)
    service = served(lost, groups, ranking.level)
    found = {
        "regret": told(service.regret, n),
        "loss_share": told(service.loss_share, n),
        "consistent": told(service.best, n),
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
    return {f"{CHOICE}.{name}": none for name in ("rank", "regret", "loss_share", "consistent")}


def preference_cells(answers: Answers, target: CES) -> dict[str, Cell]:
    """Recovered parameters, and how far the weights are from the principal's."""
    names = [*PARAMETERS, "distance"]
    if answers.fit is None:
        silent = Cell(None, n=0, note=answers.grounds.brief or answers.why)
        return {f"{CHOICE}.{name}": silent for name in names}
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
        # A label is drawn by the sampler, whatever the model: its noise cannot be shown to scale.
        scale = "not conviction" if name == "gamma" and answers.data.by_probability else None
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


def missing_cell(answers: Answers, level: float) -> Cell:
    """Share of missing answers to choice problems, clustered by problem."""
    data = answers.data
    return told(share(answers.missing, 1.0, data.groups, level), data.n)


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


def shift_cell(own: Cell | None, base: Cell | None, level: float) -> Cell | None:
    """Difference of a scale from the base's, as of independent runs."""
    if own is None or base is None or own.value is None or base.value is None:
        return None
    moved = own.value - base.value
    if own.stderr is None or base.stderr is None:
        return Cell(moved, n=own.n, note="no standard error")
    return cell_of(around(moved, math.hypot(own.stderr, base.stderr), level=level), own.n)


def told(found: Interval, n: int) -> Cell:
    """A cell that says why there is no value or no standard error, and where an interval is exact."""
    if not found.known:
        return Cell(None, n=n, note="nothing at stake")
    if found.stderr > 0:
        return cell_of(found, n)
    if found.units < 2:
        return cell_of(found, n, "one problem only: no standard error")
    if not math.isfinite(found.low):
        return cell_of(found, n, "the same in every problem: its spread cannot be told")
    return cell_of(found, n, f"the same in all {found.units}; exact interval")


def _clipped(cell: Cell, floor: float, ceiling: float) -> Cell:
    low = None if cell.low is None else min(max(cell.low, floor), ceiling)
    high = None if cell.high is None else min(max(cell.high, floor), ceiling)
    return Cell(cell.value, low, high, cell.stderr, cell.n, cell.note)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None
