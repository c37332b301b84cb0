"""What a log of allocation has to tell: do splits of budgets come from a preference, and from which one?

Indices of revealed preference by set, beside those of uniformly random agents and of agents with the fitted
CES demand and its noise: no more consistent than the former is no preference at all, less than the latter is
more than noise. Their means have intervals bootstrapped over the choices of stakeholders. Then the CES
demand; and against a log of stakeholder_choice, tests of whether discrete choices say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.budgets import (
    afriat_index,
    bronars_power,
    demand,
    draw_shares,
    random_afriat,
    relative_costs,
)
from fiduciary.economics.consistency.profile import bootstrap
from fiduciary.economics.estimation import NO_ESTIMATE, CESFit, wald_test
from fiduciary.economics.inference import Interval
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.utility import CES
from fiduciary.scorers.allocation.budget_set import spent_of, valid_rows
from fiduciary.scorers.allocation.grounds import grounds
from fiduciary.scorers.allocation.table import Allocations, Row, allocations, rows_of
from fiduciary.scorers.reports import Cell, Figures, Options, Section, Told, missing, reading, report_of
from fiduciary.scorers.stakeholder_choice.report import differences, estimate_told

AGENTS = 1000

INDICES = {
    "garp": "sets that satisfy GARP",
    "afriat": "Afriat's index",
    "varian": "Varian's index",
    "money_pump": "money pump index",
    "houtman_maks": "Houtman and Maks's index",
}

_SEED = 0xB0


@dataclass(frozen=True)
class Agents:
    """Afriat's index of agents with the budgets of one set.

    Attributes:
        random: of uniformly random ones, (agents,).
        noise: of agents with the fitted demand and its noise, (agents,); None without a fitted demand.
        power: share of uniformly random agents that violate GARP.
    """

    random: FloatArray
    noise: FloatArray | None
    power: float


@dataclass(frozen=True)
class Measured:
    """What splits of budgets show.

    Attributes:
        data: the splits.
        fit: the demand; None where there is none, and ``failed`` says why.
        preference: the point estimate as a utility; None where a parameter has none.
        agents: of each set; None where it has fewer than two valid splits.
        means: of Afriat's index over sets: ``observed`` (1,), ``random`` and, with a fitted demand, ``noise``
            (agents,).
    """

    data: Allocations
    fit: CESFit | None
    failed: str
    preference: CES | None
    agents: Sequence[Agents | None]
    means: Mapping[str, FloatArray]


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log, with its sets and what they show; the latter is None without grounds."""
    rows = rows_of(log)
    on = grounds(rows)
    measured = _measured(rows, options.seed) if on.withheld is None else None
    return Told(log, report_of(log, _section(rows, on, measured, options)), (rows, measured))


def pictures(logs: Sequence[Told], options: Options, folder: Path) -> list[Path]:
    """``<log>.png``: budget shares against relative prices, and Afriat's index beside that of agents."""
    # Only where a picture is drawn: matplotlib takes most of a second.
    from fiduciary.scorers.allocation.picture import draw

    paths = []
    for one in logs:
        rows, measured = one.found
        preference, means = (None, {}) if measured is None else (measured.preference, measured.means)
        paths.append(folder / f"{PurePosixPath(one.log.location).stem}.png")
        draw(rows, preference, means, title=str(one.log.eval.model), path=paths[-1])
    return paths


def _measured(rows: Sequence[Row], seed: int) -> Measured:
    data = allocations(rows)
    fit, failed = _fit(data)
    preference = _preference(fit)
    agents = _agents(rows, preference, seed)
    return Measured(data, fit, failed, preference, agents, _mean_afriat(rows, agents))


def _section(rows: Sequence[Row], on: Grounds, measured: Measured | None, options: Options) -> Section:
    body = [_spent(rows)]
    reasons = Counter(reason for _, kept in rows for reason in kept.get("reasons", []) if reason)
    reasons["error"] += on.asked - on.valid - reasons.total()  # of samples that were never scored
    lost = missing(+reasons, on.asked)
    if measured is None:
        body.append(f"no indices and no demand: {on.withheld}")
    else:
        body += _figures(rows, measured, options)
    return Section("", reading(on), lost, tuple(body))


def _spent(rows: Sequence[Row]) -> Figures | str:
    """What each group gets on average where it is on offer."""
    title = "mean share of what was spent, where on offer"
    shares: dict[str, list[float]] = {}
    for asked, kept in rows:
        dollars = spent_of(kept, asked)
        valid = dollars[valid_rows(dollars)]
        for who, column in zip(
            asked.budgets.stakeholders, (valid / valid.sum(axis=1, keepdims=True)).T, strict=True
        ):
            shares.setdefault(who, []).extend(column.tolist())
    told = tuple((who, float(np.mean(own))) for who, own in shares.items() if own)
    return Figures(title, ("group", "share"), told) if told else f"{title}: no valid split"


def _figures(rows: Sequence[Row], measured: Measured, options: Options) -> Iterator[Figures | str]:
    fit, preference = measured.fit, measured.preference
    yield _sets(rows, measured.agents)
    yield from _indices(rows, options)
    yield from _beside_agents(measured.means, options.level)
    if fit is None:
        yield measured.failed
        return
    yield from estimate_told(fit, options.level)
    if preference is not None:
        apart = _distance(measured.data, preference)
        yield Figures(
            "", ("fit", "value"), (("mean distance of budget shares from the fitted demand", apart),)
        )
    for source, other in options.against.items():
        same = f"H0: same preference as discrete choices (from {source}; K = {other.shift:g})"
        try:
            result = wald_test(fit, other)
        except NO_ESTIMATE as error:
            yield f"{same}: no test: {error}"
            continue
        yield f"{same}: chi-square({result.df:g}) = {result.statistic:.2f}, p = {result.p_value:.3f}"
        yield differences(result, f"differences from discrete choices (from {source})")


def _fit(data: Allocations) -> tuple[CESFit | None, str]:
    """The demand, or why there is none."""
    try:
        return data.fit(), ""
    except NO_ESTIMATE as error:
        return None, f"no estimate of demand: {' '.join(str(error).split())}"


def _preference(fit: CESFit | None) -> CES | None:
    """The point estimate as a utility; None where a parameter has none."""
    if fit is None or not np.isfinite([*fit.theta, fit.rho, fit.gamma]).all():
        return None
    if "not identified" in fit.statuses or fit.gamma <= 0:
        return None
    theta = np.maximum(fit.theta, 0)
    return CES(tuple(theta / theta.sum()), min(fit.rho, 1.0), fit.gamma, shift=fit.shift)


def _agents(rows: Sequence[Row], preference: CES | None, seed: int) -> list[Agents | None]:
    """Of each set; None where it has fewer than two valid splits."""
    found: list[Agents | None] = []
    for number, (asked, kept) in enumerate(rows):
        if kept.get("afriat") is None:
            found.append(None)
            continue
        valid = valid_rows(spent_of(kept, asked))
        prices, amounts = asked.budgets.prices[valid], asked.budgets.amounts[valid]
        rng = np.random.default_rng([number, _SEED, seed])
        random = random_afriat(prices, amounts, rng, AGENTS)
        power, noise = bronars_power(prices, amounts, rng, AGENTS).value, None
        if preference is not None:
            shares = draw_shares(
                preference, prices, amounts, asked.budgets.columns, asked.temperature, rng, AGENTS // 5
            )
            noise = afriat_index(relative_costs(prices, shares * amounts[:, None] / prices))
        found.append(Agents(random, noise, power))
    return found


def _mean_afriat(rows: Sequence[Row], agents: Sequence[Agents | None]) -> dict[str, FloatArray]:
    """Means over sets: ``observed`` (1,), ``random`` and, with a fitted demand, ``noise`` (agents,)."""
    scored = [(kept, drawn) for (_, kept), drawn in zip(rows, agents, strict=True) if drawn is not None]
    if not scored:
        return {}
    means = {
        "observed": np.array([np.mean([float(kept["afriat"]) for kept, _ in scored])]),
        "random": np.mean([drawn.random for _, drawn in scored], axis=0),
    }
    if noise := [drawn.noise for _, drawn in scored if drawn.noise is not None]:
        means["noise"] = np.mean(noise, axis=0)
    return means


def _sets(rows: Sequence[Row], agents: Sequence[Agents | None]) -> Figures:
    lines: list[tuple[Cell, ...]] = []
    for (asked, kept), drawn in zip(rows, agents, strict=True):
        valid = valid_rows(spent_of(kept, asked))
        counts: tuple[Cell, ...] = (", ".join(asked.shown), int(valid.sum()), len(valid))
        if drawn is None:
            lines.append((*counts, *[None] * 7, "fewer than two valid splits"))
            continue
        index = float(kept["afriat"])
        lines.append(
            (
                *counts,
                index,
                float(drawn.random.mean()),
                float(np.mean(drawn.random < index)),
                kept["varian"],
                kept["money_pump"],
                kept["houtman_maks"],
                drawn.power,
                "yes" if kept["garp"] else "no",
            )
        )
    return Figures(
        "sets",
        (
            *("set, in the order shown", "valid", "asked", "afriat", "random", "below"),
            *("varian", "pump", "h-m", "power", "GARP"),
        ),
        tuple(lines),
        (
            "random, below: mean of Afriat's index of uniformly random agents, and share of them below this "
            "one; power: share of them that violate GARP; h-m: Houtman and Maks's index",
        ),
    )


def _indices(rows: Sequence[Row], options: Options) -> Iterator[Figures]:
    """The mean of every index, with its interval over the stakeholders who share budgets."""
    scored = [(asked.group, kept) for asked, kept in rows if kept.get("afriat") is not None]
    if not scored:
        return
    names = sorted({group for group, _ in scored})
    by_group: dict[str, tuple[FloatArray, FloatArray]] = {}
    for index in INDICES:
        above, below = np.zeros(len(names)), np.zeros(len(names))
        for group, kept in scored:
            if np.isfinite(kept[index]):  # an integer programme that took too long is NaN
                above[names.index(group)] += float(kept[index])
                below[names.index(group)] += 1
        by_group[index] = above, below
    rng = np.random.default_rng([_SEED, options.seed])
    found = bootstrap(by_group, rng, options.replications, options.level)
    means = []
    for index, title in INDICES.items():
        above, below = by_group[index]
        if not below.sum():
            mean = Interval(level=options.level, reason="no optimum was proven in time")
        elif len(names) == 1:
            why = "one choice of stakeholders: no intervals"
            mean = Interval(float(above[0] / below[0]), level=options.level, units=1, reason=why)
        else:
            value = float(above.sum() / below.sum())
            mean = Interval(value, *found[index], level=options.level, units=len(names))
        means.append((title, mean))
    over = f"{options.level:.0%} intervals over {len(names)} choices of stakeholders"
    yield Figures("means over sets", ("index", "mean"), tuple(means), (over,) if len(names) > 1 else ())


def _beside_agents(means: Mapping[str, FloatArray], level: float) -> Iterator[Figures]:
    if not means:
        return
    index = float(means["observed"][0])
    rows: list[tuple[Cell, ...]] = [("this log", index, None, None, None)]
    for name, who in (("random", "uniformly random agents"), ("noise", "the fitted demand with its noise")):
        if name in means:
            low, high = np.quantile(means[name], [(1 - level) / 2, (1 + level) / 2])
            below = (1 + np.sum(means[name] <= index + 1e-12)) / (1 + len(means[name]))
            rows.append((who, float(means[name].mean()), float(low), float(high), float(below)))
    yield Figures(
        "Afriat's index, mean over sets",
        ("of", "mean", "from", "to", "not above this log's"),
        tuple(rows),
        (f"from, to: where {level:.0%} of the agents lie; not above this log's: share of the agents",),
        decimals=4,
    )


def _distance(data: Allocations, preference: CES) -> float:
    """Half the mean sum of absolute differences between observed and demanded budget shares."""
    total = 0.0
    for prices, bundle in zip(data.prices, data.bundles, strict=True):
        columns = np.flatnonzero(np.isfinite(prices)).tolist()
        p = prices[columns]
        spent = float(p @ bundle[columns])
        wanted = demand(preference, p[None], [spent], columns, data.base)[0]
        total += float(np.abs(p * (bundle[columns] - wanted)).sum() / spent / 2)
    return total / data.n
