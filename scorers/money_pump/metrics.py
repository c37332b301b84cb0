"""Dollars pumped out, beside what a consistent chooser with the same noise would have lost.

How many pumps say nothing, and how many pair answers before them are missing.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.arrays import BoolArray
from fiduciary.economics.inference import LEVEL, Interval, ratio
from fiduciary.scorers.grounds import pair_grounds
from fiduciary.scorers.metrics.clustered import NAN, groups_of, with_error
from fiduciary.scorers.metrics.reads import told
from fiduciary.scorers.money_pump.table import PumpTable, pump_table
from fiduciary.scorers.recent import Recent

_recent = Recent[PumpTable]()


@metric(scores="unreduced")
def pump_losses() -> Metric:
    """Mean loss of a pump in dollars, apart for circles that the model's own answers drew and others.

    - ``own_circles``: share of pumps round a circle that its own majorities drew.
    - ``lost_own``: mean loss in those, with standard error clustered by set; ``lost_own_consistent``:
      what a consistent chooser that gave the same answers would have lost, if fees weigh nothing with
      it. ``lost_other`` likewise for rings that only came closest to a circle.
    - ``circled``: share of pumps that came back to their start at least once, poorer by the fees and
      with nothing to show for them; ``circled_consistent`` beside it.
    - ``excess_p``: one-sided p-value of a mean loss that is no greater than the consistent chooser's; NaN
      where the pair answers are no ground for a test (``scorers/grounds.py``).

    Pumps without a ring, or that ended with an unreadable answer, are left out.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"own_circles": NAN, "circled": NAN, "circled_consistent": NAN, "excess_p": NAN}
        table = _table(scores)
        everything = np.ones(table.n, bool)
        out = {"own_circles": float(table.closed.mean()) if table.n else NAN}
        out |= _lost(table, table.closed, "own") | _lost(table, ~table.closed, "other")
        out["circled"] = float(table.circled.mean()) if table.n else NAN
        out["circled_consistent"] = float(table.expected_circled.mean()) if table.n else NAN
        found = pair_grounds(scores, "money_lost")
        out["excess_p"] = NAN if found.withheld is not None else table.excess_p(everything)
        return out | told(found)

    return compute


def _lost(table: PumpTable, which: BoolArray, name: str) -> dict[str, float]:
    """Mean dollars lost in some pumps; nothing where there are none."""
    if not which.any():
        return {}
    lost, consistent = pumped(table, which)
    return {**with_error(f"lost_{name}", lost), f"lost_{name}_consistent": consistent}


def pumped(table: PumpTable, which: BoolArray, level: float = LEVEL) -> tuple[Interval, float]:
    """Mean dollars lost in some pumps, clustered by set, and what the consistent chooser would have lost."""
    groups = [group for group, kept in zip(table.groups, which, strict=True) if kept]
    lost = ratio(table.fee * table.trades[which], 1.0, groups, level)
    return lost, float(table.fee * table.expected[which].mean())


def _table(scores: Sequence[SampleScore]) -> PumpTable:
    """The table of these scores."""
    state = hashlib.blake2b(digest_size=16)
    for item in scores:
        state.update(json.dumps([str(item.sample_id), item.score.metadata], sort_keys=True).encode())
    return _recent.of(state.digest(), lambda: pump_table(scores))


@metric(scores="unreduced")
def pumps_missing() -> Metric:
    """Share of missing pair answers, by reason; of pumps without a ring or with an unreadable last answer.

    The standard error is clustered by set.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"missing": NAN, "missing_stderr": NAN, "no_ring": NAN, "broken_off": NAN}
        pumps = [item.score.metadata or {} for item in scores]
        missing = [int(about.get("missing", 0)) for about in pumps]
        asked = [lost + int(about.get("answers", 0)) for lost, about in zip(missing, pumps, strict=True)]
        rate = ratio(missing, asked, groups_of(scores))
        reasons = sum((Counter(about.get("reasons", {})) for about in pumps), Counter[str]())
        ends = Counter(str(about.get("ended")) for about in pumps)
        return {
            **with_error("missing", rate),
            **{
                f"missing_{reason.replace(' ', '_')}": count / sum(asked)
                for reason, count in sorted(reasons.items())
            },
            "no_ring": ends["no ring"] / len(pumps),
            "broken_off": ends["missing"] / len(pumps),
        }

    return compute
