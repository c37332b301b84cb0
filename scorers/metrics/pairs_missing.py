"""How many answers about pairs are missing, and what that leaves out."""

from __future__ import annotations

from collections import Counter

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.consistency.triads import Triads
from fiduciary.economics.inference import ratio
from fiduciary.scorers.metrics._clustered import NAN, with_error
from fiduciary.scorers.pair_table import pair_table


@metric(scores="unreduced")
def pairs_missing() -> Metric:
    """Share of missing answers, by reason, and of triads that they leave incomplete.

    With ``choose`` and ``explain`` also ``mass_outside``, the mean probability outside the labels.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"missing": NAN, "missing_stderr": NAN, "incomplete": NAN}
        table = pair_table(scores)
        missing = [sum(reasons.values()) for reasons in table.reasons]
        rate = ratio(missing, table.questions, table.groups)
        total = sum(table.reasons, Counter[str]())
        by_reason = {
            f"missing_{reason.replace(' ', '_')}": count / int(table.questions.sum())
            for reason, count in sorted(total.items())
        }
        incomplete = float(np.mean(~Triads(table.triads()[0]).scored))
        observed = table.mass_outside[np.isfinite(table.mass_outside)]
        outside = {"mass_outside": float(observed.mean())} if len(observed) else {}
        return {
            **with_error("missing", rate),
            **by_reason,
            "incomplete": incomplete,
            **outside,
        }

    return compute
