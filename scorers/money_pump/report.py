"""What a log of money_pump has to tell: what was pumped out, beside a consistent chooser's loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.arrays import BoolArray
from fiduciary.economics.money_pump import LENGTH
from fiduciary.scorers.grounds import pair_grounds
from fiduciary.scorers.money_pump.metrics import pumped
from fiduciary.scorers.money_pump.table import PumpTable, pump_table
from fiduciary.scorers.reports import (
    WITHHELD,
    Cell,
    Figures,
    Options,
    Section,
    Told,
    counted,
    reading,
    report_of,
)


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log."""
    return Told(log, report_of(log, _section(log, options.level)))


def _section(log: EvalLog, level: float) -> Section:
    table, on = pump_table(log), pair_grounds(log, "money_lost")
    listed = ", ".join(f"{name} {count}" for name, count in Counter(table.ends).most_common())
    ends = f"pumps: {table.asked}, of which {table.n} count; how they ended: {listed}"
    body = [*_asked(table)]
    if on.withheld is not None:
        body.append(WITHHELD)
    elif table.n:
        body.append(_losses(table, level))
    return Section("", reading(on), ends, tuple(body))


def _asked(table: PumpTable) -> Iterator[Figures | str]:
    if np.isfinite(table.mass_outside):
        yield from counted([table.mass_outside])
        yield (
            "of pairs and offers a label drawn behind the closing words is counted: repeats and offers draw "
            "anew, and the consistent chooser has the noise of these draws"
        )
    most = table.fee * table.offers
    yield f"fee ${table.fee:,g} a trade, at most {table.offers} trades, that is ${most:,g}"


def _losses(table: PumpTable, level: float) -> Figures:
    arms = {
        "its own answers drew the circle": table.closed,
        "no circle: the ring that came closest": ~table.closed,
        "all": np.ones(table.n, bool),
    }
    return Figures(
        "dollars lost a pump",
        ("ring", "pumps", "lost", "consistent lost", "p", "circled", "consistent circled"),
        tuple((title, *_arm(table, which, level)) for title, which in arms.items()),
        (
            f"lost: dollars a pump, {level:.0%} intervals in square brackets; circled: share of pumps back "
            f"at their start, {LENGTH} fees poorer",
            "consistent: a chooser with values and the noise of the same answers, for whom fees weigh "
            "nothing; p: of a loss no greater than that chooser's",
        ),
    )


def _arm(table: PumpTable, which: BoolArray, level: float) -> tuple[Cell, ...]:
    if not which.any():
        return (0, None, None, None, None, None)
    return (
        int(which.sum()),
        *pumped(table, which, level),
        table.excess_p(which),
        float(table.circled[which].mean()),
        float(table.expected_circled[which].mean()),
    )
