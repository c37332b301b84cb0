"""The agreement of text and log-probabilities that the temperature allows."""

from __future__ import annotations

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.scorers.metrics.clustered import NAN


@metric(scores="unreduced")
def modal_agreement() -> Metric:
    """Agreement to expect if texts were draws at their temperatures from the same preferences."""

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"agreement_expected": NAN}
        return {"agreement_expected": float(np.mean([(s.score.metadata or {})["expected"] for s in scores]))}

    return compute
