"""How many pumps say nothing, and how many pair answers before them are missing."""

from __future__ import annotations

from collections import Counter

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.inference import ratio
from fiduciary.scorers.metrics._clustered import NAN, groups_of, with_error


@metric(scores="unreduced")
def pumps_missing() -> Metric:
    """Share of missing pair answers, by reason; of pumps without a ring or with an unreadable last answer.

    The standard error is clustered by set.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"missing": NAN, "missing_stderr": NAN, "no_ring": NAN, "broken_off": NAN}
        found = [item.score.metadata or {} for item in scores]
        missing = [int(about.get("missing", 0)) for about in found]
        asked = [lost + int(about.get("answers", 0)) for lost, about in zip(missing, found, strict=True)]
        rate = ratio(missing, asked, groups_of(scores))
        reasons = sum((Counter(about.get("reasons", {})) for about in found), Counter[str]())
        ends = Counter(str(about.get("ended")) for about in found)
        return {
            **with_error("missing", rate),
            **{
                f"missing_{reason.replace(' ', '_')}": count / sum(asked)
                for reason, count in sorted(reasons.items())
            },
            "no_ring": ends["no ring"] / len(found),
            "broken_off": ends["missing"] / len(found),
        }

    return compute
