"""Circles, position and money pumped out, by model.

    python runs/rationality_picture.py logs/consistency --picture rationality.png

One row a model. Left: triads whose majorities go round, with 95 % intervals over choice sets, the level
of a coin as a tick, and filled where there are more than noise makes (5 % level; of probabilities, which are
not sampled, wherever there are any). Middle: answers for
the option shown first. Right: dollars that a money pump took, beside what a consistent chooser with the
same answers would have lost. A log whose answers are no ground for figures, as its report says, is left out
and named.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np

# Run as a script, its folder stands where the checkout should.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fiduciary.economics.consistency.profile import rationality_profile
from fiduciary.economics.inference import Interval
from fiduciary.errors import UsageError
from fiduciary.eval_logs import Trouble, UnusableLog, code_of, find, read_header, read_log, tell
from fiduciary.scorers.grounds import pair_grounds
from fiduciary.scorers.money_pump.metrics import pumped
from fiduciary.scorers.money_pump.table import PumpTable, pump_table
from fiduciary.scorers.transitivity.metrics import circular_share, first_share
from fiduciary.scorers.transitivity.table import PairTable, pair_table

SCORERS = {"transitivity": "transitive_triads", "money_pump": "money_lost"}
"""Task → the scorer whose answers its figures rest on."""


@dataclass(frozen=True)
class Pairs:
    """Circles and places, each with its interval.

    Attributes:
        n_sets: choice sets.
        circles: share of triads that go round.
        chance: the same from coins.
        more: whether there are more than noise makes.
        first: share of answers for the option shown first.
    """

    n_sets: int
    circles: Interval
    chance: float
    more: bool
    first: Interval


@dataclass
class Row:
    """What a model's logs say; the latest log of each task counts."""

    pairs: Pairs | None = None
    pumps: PumpTable | None = None


def main(argv: Sequence[str] | None = None) -> int:
    """Draw the picture and name what is left out; 1 if nothing can be drawn, 2 if a log is damaged."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("logs", nargs="+", help="log files, or folders of them")
    parser.add_argument("--picture", type=Path, default=Path("rationality.png"), help="where it goes")
    options = parser.parse_args(argv)
    try:
        rows, left_out = read(find(options.logs))
    except UsageError as error:
        parser.error(str(error))
    tell(left_out)
    if not rows:
        print(f"no finished log of pairs or pumps to draw among {', '.join(options.logs)}", file=sys.stderr)
        return 1
    draw(rows, options.picture)
    print(f"Picture: {options.picture}")
    return code_of(left_out)


def read(paths: Sequence[str]) -> tuple[dict[str, Row], list[Trouble]]:
    """Pairs and pumps by model, and why others are left out.

    Left out are logs whose answers are no ground for figures, and without a word counts of sets of more than
    six options, which have no test. The latest log of each task counts.
    """
    latest: dict[tuple[str, str], str] = {}
    left_out: list[Trouble] = []
    for path in paths:
        try:
            log = read_header(path)
        except UnusableLog as error:
            left_out.append(Trouble(path, f"cannot be read: {error}", damaged=True))
            continue
        task = log.eval.task.rpartition("/")[2]
        if log.status == "success" and task in SCORERS:
            latest[log.eval.model, task] = path
    rows: dict[str, Row] = {}
    for (model, task), path in latest.items():
        try:
            log = read_log(path)
        except UnusableLog as error:
            left_out.append(Trouble(path, f"cannot be read: {error}", damaged=True))
            continue
        withheld = pair_grounds(log, SCORERS[task]).withheld
        if withheld is not None:
            left_out.append(Trouble(path, f"left out: {model}, {task}: {withheld}"))
            continue
        row = rows.setdefault(model, Row())
        if task == "money_pump":
            row.pumps = pump_table(log)
        else:
            table = pair_table(log)
            if table.whole or table.by_probability:
                row.pairs = _exact(table) if table.by_probability else _counted(table)
    return {model: row for model, row in rows.items() if row.pairs or (row.pumps and row.pumps.n)}, left_out


def _counted(table: PairTable) -> Pairs:
    profile = rationality_profile(table.choices())
    circles, first = profile.indices["intransitive"], profile.indices["first_share"]
    return Pairs(
        table.n,
        Interval(circles.value, circles.low, circles.high),
        circles.chance,
        profile.tests["circles"].rejected(),
        Interval(first.value, first.low, first.high),
    )


def _exact(table: PairTable) -> Pairs:
    """Probabilities: a circle is a circle, and intervals are those of other sets."""
    circles, chance = circular_share(table)
    return Pairs(table.n, circles, chance, circles.value > 0, first_share(table))


def draw(rows: dict[str, Row], path: Path) -> None:
    """One row a model, three panels."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, 3, figsize=(11, 1.6 + 0.34 * len(rows)), sharey=True)
    circles, places, money = panels
    for y, row in enumerate(reversed(rows.values())):
        if row.pairs is not None:
            own = row.pairs.circles
            circles.hlines(y, own.low, own.high, color="C0", linewidth=2)
            circles.plot(own.value, y, "o", color="C0", markerfacecolor="C0" if row.pairs.more else "white")
            circles.plot(row.pairs.chance, y, "|", color="C3", ms=14, mew=2)
            first = row.pairs.first
            places.hlines(y, first.low, first.high, color="C0", linewidth=2)
            places.plot(first.value, y, "o", color="C0")
        if row.pumps is not None:
            for which, colour, shift in ((row.pumps.closed, "C1", 0.13), (~row.pumps.closed, "C0", -0.13)):
                if not which.any():
                    continue
                lost, expected = pumped(row.pumps, which)
                if np.isfinite(lost.low):
                    money.hlines(y + shift, max(0, lost.low), lost.high, color=colour, lw=2)
                money.plot(lost.value, y + shift, "o", color=colour)
                money.plot(expected, y + shift, "|", color="C3", ms=9, mew=2)
    circles.set_yticks(np.arange(len(rows)), list(reversed(rows)))
    circles.set_ylim(-0.6, len(rows) - 0.4)
    circles.set_xlabel("share of intransitive triads\n(filled: more than noise; tick: a coin's)")
    circles.set_xlim(left=-0.01)
    places.axvline(0.5, color="C3", linewidth=1)
    places.set_xlim(-0.05, 1.05)
    places.set_xlabel("share of answers\nfor the option shown first")
    money.set_xlim(left=-1)
    money.set_xlabel("dollars lost a pump\n(tick: a consistent chooser's)")
    money.plot([], [], "o", color="C1", label="round a circle of its own")
    money.plot([], [], "o", color="C0", label="no circle: the closest ring")
    money.legend(frameon=False, fontsize=8)
    for panel in panels:
        panel.grid(axis="x", alpha=0.3)
    figure.set_layout_engine("constrained")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    plt.close(figure)


if __name__ == "__main__":
    sys.exit(main())
