"""Models that set prices against each other, pair by pair: what both firms came to, over all logs of a pair.

Both firms' market is the same, so A against B and B against A are runs of one pair. Whether it reads is
tested of the evaluated model, so of both models of a pair where both orders were asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference import LEVEL, Interval, mean
from fiduciary.scorers.duopoly_pricing.grounds import grounds
from fiduciary.scorers.duopoly_pricing.table import Run
from fiduciary.scorers.reports import Cell, Figures

PLAYED_BY_A_MODEL = "self"
"""What a sample's metadata call a second firm that a model runs, be it the evaluated one or another."""

NEVER_EVALUATED = "whether it reads was not tested: it was only ever the other firm (play both orders)"


class Meeting(NamedTuple):
    """A run in which a model ran each firm.

    Attributes:
        run: the run.
        objective: tone of the objective.
        score: of its sample, which tells whether the first model reads.
    """

    run: Run
    objective: str
    score: SampleScore


def pairs_table(meetings: Sequence[Meeting], level: float = LEVEL) -> Figures | None:
    """What every pair of models came to; None where no two different models met.

    Prices and profits are those of the pair's models in the order of its name. Gains say where a firm's
    profit lies between one-period Nash and joint monopoly, (π_i − π_N)/(π_M − π_N); they stand only where
    both models are shown to read. Runs are the unit of every error.

    Args:
        meetings: runs with a model behind each firm.
        level: of the intervals.
    """
    if all(len(set(meeting.run.models)) == 1 for meeting in meetings):
        return None
    why = withheld(meetings)
    tones = {meeting.objective for meeting in meetings}
    by_pair: dict[tuple[str, str, str], list[Run]] = defaultdict(list)
    for meeting in meetings:
        first, second = sorted(meeting.run.models)
        by_pair[first, second, meeting.objective].append(meeting.run)
    rows = []
    for (first, second, tone), runs in sorted(by_pair.items()):
        name = f"{_short(first)} and {_short(second)}" + (f" ({tone})" if len(tones) > 1 else "")
        reads = why.get(first) is None and why.get(second) is None
        rows.append((name, *_cells(first, runs, level, shown=reads)))
    return Figures(
        "pairs of models",
        (
            *("pair", "runs", "price", "other's price", "profit", "other's profit"),
            *("gain", "other's gain", "Δ"),
        ),
        tuple(rows),
        (
            f"means over runs of both orders, {level:.0%} intervals; prices in units of α, profits in units "
            "of αβ; figures without a name are those of the model named first, the other's of the second",
            "gain: where a firm's profit lies between one-period Nash (0) and joint monopoly (1); Δ: where "
            "both firms' mean profit lies",
            *(
                f"no gain or Δ of {_short(model)}: {reason}"
                for model, reason in sorted(why.items())
                if reason
            ),
        ),
    )


def withheld(meetings: Sequence[Meeting]) -> dict[str, str | None]:
    """Why no gain is shown of a model, by name: from all runs in which it was the evaluated one."""
    scores: dict[str, list[SampleScore]] = {name: [] for meeting in meetings for name in meeting.run.models}
    for meeting in meetings:
        scores[meeting.run.models[0]].append(meeting.score)
    return {name: grounds(own).withheld if own else NEVER_EVALUATED for name, own in scores.items()}


def own_gains(run: Run) -> FloatArray:
    """(π_i − π_N)/(π_M − π_N) of each firm over the window, (2,)."""
    low, high = run.solved.nash_profits, run.solved.monopoly_profits
    profits = run.market.profits(run.prices[run.window]).mean(axis=0)
    return np.asarray((profits - low) / (high - low))


def _cells(first: str, runs: Sequence[Run], level: float, *, shown: bool) -> Iterator[Cell]:
    counted = [run for run in runs if run.counts]
    yield len(counted)
    # The model named first may have run either firm.
    sides = [slice(None) if run.models[0] == first else slice(None, None, -1) for run in counted]

    def over(values: Sequence[FloatArray]) -> Iterator[Interval | None]:
        sided = np.array([value[side] for value, side in zip(values, sides, strict=True)]).reshape(-1, 2)
        for k in (0, 1):
            yield mean(sided[:, k], level=level) if len(sided) else None

    yield from over([run.unit_prices[run.window].mean(axis=0) for run in counted])
    yield from over([run.unit_profits[run.window].mean(axis=0) for run in counted])
    if shown and counted:
        yield from over([own_gains(run) for run in counted])
        yield mean([float(run.gain[run.window].mean()) for run in counted], level=level)
    else:
        yield from (None, None, None)


def _short(model: str) -> str:
    return model.rpartition("/")[2]
