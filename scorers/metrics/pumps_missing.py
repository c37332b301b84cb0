"""How many pumps say nothing, and how many pair answers before them are missing."""

from __future__ import annotations

from collections import Counter

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from scorers.metrics._clustered import NAN


@metric(scores="unreduced")
def pumps_missing() -> Metric:
    """Share of missing pair answers; share of pumps without a ring or with an unreadable last answer."""

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"missing": NAN, "no_ring": NAN, "broken_off": NAN}
        found = [item.score.metadata or {} for item in scores]
        missing = sum(int(about.get("missing", 0)) for about in found)
        asked = missing + sum(int(about.get("answers", 0)) for about in found)
        ends = Counter(str(about.get("ended")) for about in found)
        return {
            "missing": missing / asked if asked else NAN,
            "no_ring": ends["no ring"] / len(found),
            "broken_off": ends["missing"] / len(found),
        }

    return compute
