"""Consistency by trade-off and by number of options."""

from __future__ import annotations

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.losses import served
from fiduciary.economics.problems import MAX_OPTIONS, MIN_OPTIONS, TRADE_OFFS
from fiduciary.scorers.stakeholder_choice.metrics.stakes import stakes_of


@metric(scores="unreduced")
def consistency_by() -> Metric:
    """Share of utility-maximising choices, its chance level and loss share, for parts of the valid answers.

    Parts are the trade-offs (``wage``, ``wage_chance``, ``wage_loss_share``, …) and the numbers of options
    (``options_2`` …); those without a valid answer are left out.
    """

    def compute(scores: list[SampleScore]) -> Value:
        out: dict[str, float] = {}
        if not scores:
            return dict(out)
        stakes = stakes_of(scores)
        metadata = [s.sample_metadata or {} for s in scores]
        trade_off = np.array([str(m.get("trade_off")) for m in metadata])
        n_options = np.array([int(m.get("n_options", 0)) for m in metadata])
        parts = {name: trade_off == name for name in TRADE_OFFS}
        parts |= {f"options_{k}": n_options == k for k in range(MIN_OPTIONS, MAX_OPTIONS + 1)}
        for name, part in parts.items():
            rows = part & ~stakes.missing
            if rows.any():
                found = served(stakes.losses(rows), np.arange(rows.sum()))
                out[name] = found.best.value
                out[f"{name}_chance"] = float(stakes.chance[rows].mean())
                out[f"{name}_loss_share"] = found.loss_share.value
        return dict(out)

    return compute
