"""From the scores of a log to pumps, beside what a consistent chooser would have lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.money_pump import LENGTH, consistent_losses
from fiduciary.scorers.pairs import check
from fiduciary.scorers.rows import scored_rows


@dataclass(frozen=True, eq=False)
class PumpTable:
    """Pumps whose loss is known, and how many there were in all.

    Attributes:
        groups: choice set of each, (pumps,).
        closed: whether its own majorities drew the circle, (pumps,).
        trades: trades accepted, (pumps,).
        offers: trades that could have been offered.
        fee: dollars of each trade.
        expected: trades that a consistent chooser with the noise of the answers would have accepted,
            fees weighing nothing, (pumps,).
        variance: of that number, (pumps,).
        expected_circled: probability that it would have gone round at least once, (pumps,).
        asked: pumps in all.
        ends: how the pumps ended, all of them.
        mass_outside: mean probability of no label in the pair answers; NaN without log-probabilities.
    """

    groups: tuple[str, ...]
    closed: BoolArray
    trades: FloatArray
    offers: int
    fee: float
    expected: FloatArray
    variance: FloatArray
    expected_circled: FloatArray
    asked: int
    ends: Mapping[str, int]
    mass_outside: float

    @property
    def n(self) -> int:
        """Pumps whose loss is known."""
        return len(self.groups)

    @property
    def circled(self) -> BoolArray:
        """Pumps that came back to where they started at least once."""
        return np.asarray(self.trades >= LENGTH)

    def excess_p(self, which: BoolArray | None = None) -> float:
        """One-sided p-value of a loss beyond the consistent chooser's: normal, with its own variance.

        Args:
            which: pumps to look at, (pumps,); all where not given.
        """
        some = np.ones(self.n, bool) if which is None else which
        variance = float(self.variance[some].sum())
        if not variance > 0:
            return float("nan")
        z = float((self.trades - self.expected)[some].sum()) / np.sqrt(variance)
        return float(scipy.stats.norm.sf(z))


def pump_table(scores: Sequence[SampleScore] | EvalLog, scorer: str = "money_lost") -> PumpTable:
    """Lay out the scores of ``scorers.money_pump.scorer``.

    Spread of values and position effect are fitted within each stratum of sets. The Monte Carlo draws
    are seeded: the same scores give the same table.

    Args:
        scores: scores as a metric gets them, or a log read with its samples. In a log, a sample that
            failed before it was scored counts as a pump that ended in "error".
        scorer: name under which a log holds the scores.

    Raises:
        ValueError: no samples, metadata that scoring needs are missing, or samples that differ in fee,
            in the number of circles or of options.
    """
    rows = [(check(about, sample), answer) for sample, about, answer in scored_rows(scores, scorer)]
    if not rows:
        raise ValueError("there are no scored samples to make a table of")
    for key in ("fee", "circles", "m"):
        if len({row[0].get(key) for row in rows}) > 1 or key not in rows[0][0]:
            raise ValueError(f"samples must have one and the same {key}: is this a log of tasks/money_pump?")
    about = rows[0][0]
    valid = [(metadata, answer) for metadata, answer in rows if answer.get("valid")]
    outside = [mass for _, answer in rows for mass in answer.get("mass_outside", [])]
    expected, variance, circled = (np.zeros(len(valid)) for _ in range(3))
    strata = np.array([str(metadata["stratum"]) for metadata, _ in valid])
    for stratum in np.unique(strata):
        at = np.flatnonzero(strata == stratum)
        answers = [valid[k][1] for k in at]
        losses = consistent_losses(
            np.array([a["asked"] for a in answers]),
            np.array([a["first_wins"] for a in answers]),
            np.array([a["ring"] for a in answers]),
            np.array([a["offered_first"] for a in answers]),
        )
        expected[at], variance[at], circled[at] = losses.trades, losses.variance, losses.circled
    return PumpTable(
        tuple(str(metadata["group"]) for metadata, _ in valid),
        np.array([bool(answer["closed"]) for _, answer in valid], bool),
        np.array([float(answer["trades"]) for _, answer in valid]),
        LENGTH * int(about["circles"]),
        float(about["fee"]),
        expected,
        variance,
        circled,
        len(rows),
        Counter(str(answer.get("ended", "error")) for _, answer in rows),
        float(np.mean(outside)) if outside else float("nan"),
    )
