"""How often two readings of the same sample agree."""

from __future__ import annotations

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.inference import ratio
from fiduciary.scorers.metrics.clustered import NAN, groups_of, with_error


@metric(scores="unreduced")
def agreement_rate() -> Metric:
    """Mean of the scored samples with its standard error, clustered by problem.

    Samples to which the comparison does not apply are unscored and do not enter.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"agreement": NAN, "agreement_stderr": NAN}
        return dict(
            with_error("agreement", ratio([s.score.as_float() for s in scores], 1.0, groups_of(scores)))
        )

    return compute
