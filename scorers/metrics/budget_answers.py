"""How many splits of budgets are missing, and why; what was left over; what the first place gets."""

from __future__ import annotations

from collections import Counter

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.inference import ratio
from fiduciary.scorers._budget_set import set_of, spent_of, valid_rows
from fiduciary.scorers.metrics._clustered import NAN, bias, with_error

_ALWAYS = ("missing", "missing_stderr", "spent", "first_excess", "first_excess_stderr")


@metric(scores="unreduced")
def budget_answers() -> Metric:
    """Share of missing splits and of every reason; ``spent``; ``first_excess``.

    ``spent`` is the mean share of the budget that valid splits spend. ``first_excess`` is the mean
    share of what is spent that goes to the group named first, minus 1/(number of groups): groups take
    turns in that place, so that without an effect of place it is 0; one set shows none. Standard errors are
    clustered by set.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return dict.fromkeys(_ALWAYS, NAN)
        missing: list[bool] = []
        clusters: list[str] = []
        reasons: Counter[str] = Counter()
        spent: list[float] = []
        first: list[float] = []
        valid_clusters: list[str] = []
        for item in scores:
            asked = set_of(item.sample_metadata, item.sample_id)
            kept = item.score.metadata or {}
            dollars = spent_of(kept, asked)
            valid = valid_rows(dollars)
            missing += (~valid).tolist()
            clusters += [asked.group] * len(valid)
            reasons.update(reason for reason in kept.get("reasons", []) if reason)
            total = dollars[valid].sum(axis=1)
            spent += (total / 100 / asked.budgets.amounts[valid]).tolist()
            at_first = dollars[valid, asked.budgets.stakeholders.index(asked.shown[0])]
            first += (at_first / total - 1 / len(asked.shown)).tolist()
            valid_clusters += [asked.group] * int(valid.sum())
        rate, excess = ratio(missing, 1.0, clusters), ratio(first, 1.0, valid_clusters)
        return {
            **with_error("missing", rate),
            **{
                f"missing_{reason.replace(' ', '_')}": count / len(missing)
                for reason, count in sorted(reasons.items())
            },
            "spent": float(np.mean(spent)) if spent else NAN,
            **bias("first_excess", excess),
        }

    return compute
