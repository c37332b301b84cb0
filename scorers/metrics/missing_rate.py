"""How many answers are missing, and why; how much probability the labels miss."""

from __future__ import annotations

import math
from collections import Counter

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.inference import ratio
from fiduciary.scorers.metrics.clustered import NAN, groups_of, with_error


@metric(scores="unreduced")
def missing_rate() -> Metric:
    """Share of missing answers with its standard error, and the share of every reason that occurred.

    Where there are log-probabilities also ``mass_outside``, their mean mass outside the labels.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"missing": NAN, "missing_stderr": NAN}
        reasons = [(s.score.metadata or {}).get("reason") for s in scores]
        rate = ratio([reason is not None for reason in reasons], 1.0, groups_of(scores))
        counts = Counter(reason for reason in reasons if reason is not None)
        by_reason = {
            f"missing_{reason.replace(' ', '_')}": count / len(scores)
            for reason, count in sorted(counts.items())
        }
        masses = [(s.score.metadata or {}).get("mass_outside") for s in scores]
        observed = [mass for mass in masses if mass is not None and math.isfinite(mass)]
        outside = {"mass_outside": sum(observed) / len(observed)} if observed else {}
        return {**with_error("missing", rate), **by_reason, **outside}

    return compute
