"""How many answers are missing, and why."""

from __future__ import annotations

from collections import Counter

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from scorers.metrics._clustered import NAN, groups_of, ratio


@metric(scores="unreduced")
def missing_rate() -> Metric:
    """Share of missing answers with its standard error, and the share of every reason that occurred."""

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
        return {"missing": rate.value, "missing_stderr": rate.stderr, **by_reason}

    return compute
