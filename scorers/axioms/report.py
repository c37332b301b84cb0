"""What a log of axioms has to tell: the card, and where preference tips beside the fitted utility's curve."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from inspect_ai.log import EvalLog

from fiduciary.economics.axioms.chooser import Chooser, fitted
from fiduciary.economics.axioms.curve import LackOfFit, Tipping, lack_of_fit, tipping_points
from fiduciary.economics.axioms.finding import LEVEL, TOLERATED, Finding
from fiduciary.economics.axioms.items import AMOUNTS, GIVEN
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.inference import Interval
from fiduciary.scorers.axioms.card import card
from fiduciary.scorers.axioms.picture import draw
from fiduciary.scorers.axioms.table import AxiomTable, axiom_table
from fiduciary.scorers.reports import (
    Cell,
    Figures,
    Options,
    Section,
    Told,
    counted,
    missing,
    reading,
    report_of,
)


@dataclass(frozen=True)
class Found:
    """What the picture rests on.

    Attributes:
        tipping: where preference tips; empty where the answers are no ground for it.
    """

    tipping: tuple[Tipping, ...] = ()


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log."""
    table = axiom_table(log)
    chooser = fitted(table.answers) if table.grounds.withheld is None else None
    body: list[Figures | str] = [*counted(1 - table.answers.mass), _card(card(table, chooser), table)]
    found = Found()
    if table.grounds.withheld is None:
        found = Found(tipping_points(table.answers, chooser))
        body += _curve(found.tipping, chooser, lack_of_fit(table.answers, chooser), table)
    else:
        body.append("the other axioms rest on reading: of them no figure is shown and nothing is tested")
    section = Section("", reading(table.grounds), missing(table.reasons, table.asked), tuple(body))
    return Told(log, report_of(log, section), found)


def pictures(logs: Sequence[Told], options: Options, folder: Path) -> list[Path]:
    """One picture a log: tipping points beside the fitted curve."""
    drawn = []
    for number, one in enumerate(logs, 1):
        if one.found.tipping:
            path = folder / f"axioms_{number}.png"
            draw(one.found.tipping, one.report.title, path)
            drawn.append(path)
    return drawn


def _card(found: Sequence[Finding], table: AxiomTable) -> Figures:
    rows: list[tuple[Cell, ...]] = []
    for f in found:
        share = f.share if f.share.known else None
        p_value = None if math.isnan(f.p_value) else f.p_value
        verdict = f"{f.verdict} ({f.note})" if f.verdict == "not measured" else f.verdict
        rows.append((f.axiom, share, f.beside, verdict, p_value, f.n, f.note))
    beside = "beside: a consistent chooser with the utility, noise and place effect of these answers"
    if table.answers.by_probability:
        beside = (
            "beside: the fitted utility with its misfit, the root mean square of what log-odds differ from "
            "it; of completeness, the share of questions answered where no turn is begun"
        )
    return Figures(
        "axioms",
        ("axiom", "share kept", "beside", "verdict", "p", "n", "found"),
        tuple(rows),
        (
            f"violated: shown by a test of size {LEVEL:.0%} at the least favourable noise; kept: the share "
            f"in which it fails is shown to be below {TOLERATED:.0%} (of monotonicity: each group's gains "
            "are shown to be wanted; of independence: below 5%); not shown: neither",
            beside,
        ),
    )


def _curve(
    tipping: Sequence[Tipping], chooser: Chooser | None, fit: LackOfFit, table: AxiomTable
) -> Iterator[Figures | str]:
    least, most = (amount * DOLLARS_PER_UNIT for amount in (AMOUNTS[0], AMOUNTS[-1]))
    given = GIVEN * DOLLARS_PER_UNIT
    yield Figures(
        f"dollars that make up for ${given:,.0f} (asked: ${least:,.0f} to ${most:,.0f})",
        ("gives, gets", "answers", "fitted CES"),
        tuple(
            (f"{STAKEHOLDERS[t.gives]}, {STAKEHOLDERS[t.gets]}", _amount(t), _dollars(t.fitted))
            for t in tipping
        ),
        (
            "95% intervals in square brackets; nothing where answers do not rise along the path, or no "
            "amount makes up for it",
        ),
        decimals=0,
    )
    if chooser is None:
        yield "no CES utility could be fitted to these answers, so that nothing stands beside them"
        return
    of = chooser.preference
    weights = ", ".join(f"{who} {theta:.2f}" for who, theta in zip(STAKEHOLDERS, of.theta, strict=True))
    yield (
        f"fitted: {weights}; rho {of.rho:.2f}, gamma {of.gamma:.3g}; being shown first adds "
        f"{chooser.place:+.2f} log-odds"
        + ("" if math.isnan(chooser.misfit) else f"; misfit {chooser.misfit:.2f} log-odds")
    )
    rejected = "rejected" if fit.p_value <= LEVEL else "not rejected"
    against = (
        "beyond what two orders of a question differ by" if table.answers.by_probability else "beyond noise"
    )
    yield (
        f"that this utility explains where every trade-off tips is {rejected} (chi-squared "
        f"{fit.statistic:.1f}, {fit.freedom} degrees of freedom, p {fit.p_value:.3g}; {against})"
    )


def _amount(t: Tipping) -> Cell:
    if math.isnan(t.amount):
        return None
    value, low, high = (v * DOLLARS_PER_UNIT for v in (t.amount, t.low, t.high))
    return Interval(value, low, high)


def _dollars(value: float) -> float | None:
    return None if math.isnan(value) else value * DOLLARS_PER_UNIT
