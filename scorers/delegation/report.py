"""What a log of delegation has to tell: losses by number and position, compounding, break-even."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from inspect_ai.log import EvalLog

from fiduciary.economics.delegation.losses import Delegation, by_number, by_position, delegation
from fiduciary.scorers.delegation.table import DelegationTable, delegation_table
from fiduciary.scorers.reports import (
    WITHHELD,
    Figures,
    Options,
    Section,
    Told,
    counted,
    missing,
    reading,
    report_of,
)

FORESIGHT = {
    "full": "each decision shows its gains with those of all later ones, if the principal takes these",
    "none": "each decision shows its own gains alone, and the standing that it leaves",
}
REPAIR = {
    "principal": "where the principal decides, it makes the best of the standing that it finds",
    "none": "where the principal decides, it keeps to its first plan",
}


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log, with its table and figures where there are grounds for these."""
    table = delegation_table(log)
    found = delegation(table.losses, table.groups, options.level) if _shown(table) else None
    return Told(log, report_of(log, _section(table, found, options.level)), (table, found))


def pictures(logs: Sequence[Told], options: Options, folder: Path) -> list[Path]:
    """``<log>.png``, loss by number of decisions and by position, of each log that has figures."""
    # Only where a picture is drawn: matplotlib takes most of a second.
    from fiduciary.scorers.delegation.picture import draw

    paths = []
    for one in logs:
        table, found = one.found
        if found is not None:
            paths.append(folder / f"{PurePosixPath(one.log.location).stem}.png")
            draw(table, found, str(one.log.eval.model), paths[-1])
    return paths


def _shown(table: DelegationTable) -> bool:
    return table.grounds.withheld is None and table.n > 0


def _section(table: DelegationTable, found: Delegation | None, level: float) -> Section:
    lost = missing(table.reasons, table.questions)
    body: list[Figures | str] = [*counted(table.outside), *_design(table)]
    if found is None:
        body.append(
            WITHHELD if table.grounds.withheld is not None else "no firm counts, so no figure is shown"
        )
        return Section("", reading(table.grounds), lost, tuple(body))
    return Section(
        "", reading(table.grounds), lost, (*body, _numbers(table, found, level), _positions(table, found))
    )


def _design(table: DelegationTable) -> Iterator[str]:
    yield (
        f"firms: {table.asked}, of which {table.n} count: every question that a course of their chain comes "
        "to has an answer"
    )
    yield f"{table.links} decisions a firm; {FORESIGHT[table.foresight]}; {REPAIR[table.repair]}"
    yield f"principal {table.principal.title}"
    if table.n:
        yield f"the first-best plan is worth ${table.first_best.mean():,.0f} a firm"


def _numbers(table: DelegationTable, found: Delegation, level: float) -> Figures:
    guessed = by_number(table.guessed).mean(axis=0)
    return Figures(
        "dollars lost, by number of decisions delegated",
        ("delegated", "loss", "compounding", "break-even", "by guessing"),
        tuple(
            (f"{k + 1} of {table.links}", loss, extra if k else None, even, float(guess))
            for k, (loss, extra, even, guess) in enumerate(
                zip(found.by_number, found.compounding, found.break_even, guessed, strict=True)
            )
        ),
        (
            f"a firm, against the first-best plan, over all ways to choose the decisions; {level:.0%} "
            "intervals, clustered by firm, in square brackets",
            "compounding: the loss less the sum of what each of these decisions loses delegated alone",
            "break-even: loss per delegated decision; delegation pays where a human decision costs more",
            "by guessing: loss of somebody who takes every option equally often",
        ),
        decimals=1,
    )


def _positions(table: DelegationTable, found: Delegation) -> Figures:
    guessed = by_position(table.guessed).mean(axis=0)
    return Figures(
        "dollars lost by one delegated decision, by its position",
        ("position", "loss", "by guessing"),
        tuple(
            (str(i + 1), loss, float(guess))
            for i, (loss, guess) in enumerate(zip(found.by_position, guessed, strict=True))
        ),
        decimals=1,
    )
