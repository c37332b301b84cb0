"""What allocation logs say about preferences, in the terminal and as a picture.

    fiduciary report logs/ --out budgets.png
    fiduciary report allocation.eval --against choices.eval

Each log gets its indices of revealed preference by set, beside those of uniformly random agents and of
agents with the fitted CES demand and its noise: no more consistent than the former is no preference at
all, less than the latter is more than noise. Their means have intervals bootstrapped over the choices of
stakeholders. Then the CES demand with intervals; with --against, a log of tasks/stakeholder_choice, tests
of whether discrete choices say the same.

Exit codes: 0; 1 where no log is of this task; 2 for a path, an argument or an --against that cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from inspect_ai.log import EvalLog, read_eval_log

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
from fiduciary.economics.estimation import CESFit, wald_test
from fiduciary.economics.utility import CES
from fiduciary.scorers.allocation.budget_set import spent_of, valid_rows
from fiduciary.scorers.allocation.grounds import grounds
from fiduciary.scorers.allocation.table import Allocations, Row, allocations, rows_of
from fiduciary.scorers.choice_table import tables
from fiduciary.scorers.logs import arguments_of, find, logs_of
from fiduciary.scorers.stakeholder_choice.report import NO_ESTIMATE, estimates

TASK = "allocation"
AGENTS = 1000

INDICES = {
    "garp": "sets that satisfy GARP",
    "afriat": "Afriat's index",
    "varian": "Varian's index",
    "money_pump": "money pump index",
    "houtman_maks": "Houtman and Maks's index",
}


_SEED, _REPLICATIONS = 0xB0, 999
_NAME = 28


def main(argv: Sequence[str] | None = None) -> int:
    """Print the report and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("logs", nargs="+", help="log files, or folders of them")
    parser.add_argument("--against", metavar="LOG", help="log of tasks/stakeholder_choice to compare with")
    parser.add_argument("--out", type=Path, metavar="PNG", help="where a picture of the first log goes")
    options = parser.parse_args(argv)
    try:
        logs = logs_of(TASK, options.logs)
        against = estimates(tables(read_eval_log(find(options.against)[0]))) if options.against else {}
    except (FileNotFoundError, *NO_ESTIMATE) as error:
        parser.error(str(error))
    if not logs:
        print(f"no log of {TASK} among {', '.join(options.logs)}", file=sys.stderr)
        return 1
    for place, log in enumerate(logs):
        described = describe(log, against)
        if options.out and place == 0:
            from fiduciary.scorers.allocation.picture import draw

            draw(*described, title=str(log.eval.model), path=options.out)
            print(f"picture: {options.out}")
    return 0


def describe(log: EvalLog, against: dict[str, CESFit]) -> tuple[list[Row], CES | None, dict[str, FloatArray]]:
    """Print one log's part of the report.

    Returns:
        The sets, the fitted preference or None, and the means of Afriat's index that go with them:
        ``observed`` (1,), ``random`` (agents,) and, with a fitted preference, ``noise`` (agents,). Without
        grounds for figures there are none.
    """
    rows = rows_of(log)
    title = f"{log.eval.model}  {arguments_of(log)}"
    print(f"\n{title}\n{'=' * min(len(title), 110)}")
    print(f"log {log.location}  task version {log.eval.task_version}  status {log.status}")
    own = grounds(rows)
    print(*own.sentences, sep="\n", end="\n\n")
    _spent(rows)
    if own.withheld is not None:
        print(f"no indices and no demand: {own.withheld}")
        return rows, None, {}
    data = allocations(rows)
    fit = _fit(data)
    preference = _preference(fit)
    means = _sets(rows, preference)
    _intervals(rows)
    _explain(means)
    if fit is not None:
        print(f"\n{fit.summary()}")
        if preference is not None:
            print(f"mean distance of budget shares from the fitted demand: {_distance(data, preference):.3f}")
        for source, other in against.items():
            print(f"\nH0: same preference as discrete choices (from {source}; K = {other.shift:g})")
            try:
                result = wald_test(fit, other)
            except NO_ESTIMATE as error:
                print(f"  no test: {error}")
                continue
            print(f"  chi-square({result.df:g}) = {result.statistic:.2f}, p = {result.p_value:.3f}")
            for name, (difference, se, z, p) in result.z.items():
                print(f"  Δ {name:<12}{difference:>9.4f}  std. error {se:.4f}  z = {z:6.2f}  p = {p:.4f}")
    return rows, preference, means


def _spent(rows: Sequence[Row]) -> None:
    """Print what each group gets on average where it is on offer."""
    shares: dict[str, list[float]] = {}
    for asked, kept in rows:
        dollars = spent_of(kept, asked)
        valid = dollars[valid_rows(dollars)]
        for who, column in zip(
            asked.budgets.stakeholders, (valid / valid.sum(axis=1, keepdims=True)).T, strict=True
        ):
            shares.setdefault(who, []).extend(column.tolist())
    told = ", ".join(f"{who} {np.mean(own):.3f}" for who, own in shares.items() if own)
    print(f"mean share of what was spent, where on offer: {told or 'no valid split'}\n")


def _fit(data: Allocations) -> CESFit | None:
    try:
        return data.fit()
    except NO_ESTIMATE as error:
        print(f"no estimate of demand: {' '.join(str(error).split())}\n")
        return None


def _preference(fit: CESFit | None) -> CES | None:
    """The point estimate as a utility; None where a parameter has none."""
    if fit is None or not np.isfinite([*fit.theta, fit.rho, fit.gamma]).all():
        return None
    if "not identified" in fit.statuses or fit.gamma <= 0:
        return None
    theta = np.maximum(fit.theta, 0)
    return CES(tuple(theta / theta.sum()), min(fit.rho, 1.0), fit.gamma, shift=fit.shift)


def _sets(rows: Sequence[Row], preference: CES | None) -> dict[str, FloatArray]:
    """Print a line for each set; return the means over sets."""
    print(f"{'':{_NAME}}{'':7}{'':6}{'random agents':>16}")
    print(
        f"{'set, in the order shown':<{_NAME}}{'valid':>7}{'afriat':>8}{'mean':>8}{'below':>7}"
        f"{'varian':>8}{'pump':>7}{'h-m':>6}{'power':>7}  GARP"
    )
    observed, random, noise = [], [], []
    for number, (asked, kept) in enumerate(rows):
        dollars = spent_of(kept, asked)
        valid = valid_rows(dollars)
        name = ", ".join(asked.shown)
        if len(name) >= _NAME:
            name = f"{len(asked.shown)} groups, {asked.shown[0]} first"
        if kept.get("afriat") is None:
            print(f"{name:<{_NAME}}{valid.sum():>4}/{len(valid):<2}  fewer than two valid splits")
            continue
        prices, amounts = asked.budgets.prices[valid], asked.budgets.amounts[valid]
        rng = np.random.default_rng([number, _SEED])
        drawn = random_afriat(prices, amounts, rng, AGENTS)
        power = bronars_power(prices, amounts, rng, AGENTS).value
        index = float(kept["afriat"])
        observed.append(index)
        random.append(drawn)
        if preference is not None:
            shares = draw_shares(
                preference, prices, amounts, asked.budgets.columns, asked.temperature, rng, AGENTS // 5
            )
            noise.append(afriat_index(relative_costs(prices, shares * amounts[:, None] / prices)))
        print(
            f"{name:<{_NAME}}{valid.sum():>4}/{len(valid):<2}{index:>8.3f}{drawn.mean():>8.3f}"
            f"{np.mean(drawn < index):>7.3f}{kept['varian']:>8.3f}{kept['money_pump']:>7.3f}"
            f"{kept['houtman_maks']:>6.2f}{power:>7.3f}  {'yes' if kept['garp'] else 'no'}"
        )
    means = {"observed": np.array([np.mean(observed)])} if observed else {}
    if random:
        means["random"] = np.mean(random, axis=0)
    if noise:
        means["noise"] = np.mean(noise, axis=0)
    return means


def _intervals(rows: Sequence[Row]) -> None:
    """Print the mean of every index, with its interval over the stakeholders who share budgets."""
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
    found = bootstrap(by_group, np.random.default_rng(_SEED), _REPLICATIONS, 0.95)
    alone = "one choice of stakeholders: no intervals"
    over = f"95 % intervals over {len(names)} choices of stakeholders" if len(names) > 1 else alone
    print(f"\nmeans over sets; {over}")
    for index, title in INDICES.items():
        above, below = by_group[index]
        if not below.sum():
            print(f"  {title:<26}     -  no optimum was proven in time")
            continue
        low, high = found[index]
        interval = f"  [{low:.3f}, {high:.3f}]" if len(names) > 1 else ""
        print(f"  {title:<26}{above.sum() / below.sum():>6.3f}{interval}")


def _explain(means: dict[str, FloatArray]) -> None:
    if not means:
        return
    index = float(means["observed"][0])
    print(f"\nAfriat's index, mean over sets: {index:.4f}")
    for name, who in (("random", "uniformly random agents"), ("noise", "the fitted demand with its noise")):
        if name in means:
            low, high = np.quantile(means[name], [0.025, 0.975])
            below = (1 + np.sum(means[name] <= index + 1e-12)) / (1 + len(means[name]))
            print(
                f"  {who:<34} mean {means[name].mean():.4f}, 95 % of them in [{low:.4f}, {high:.4f}]; "
                f"share not above the observed {below:.3f}"
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
