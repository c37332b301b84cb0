"""Whether the rules of a game were understood."""

from __future__ import annotations

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.scorers.games_table import plays
from fiduciary.scorers.metrics._clustered import NAN


@metric(scores="unreduced")
def rules_right() -> Metric:
    """Share of the questions about the rules that were answered rightly.

    An answer that cannot be read is not right. Wrong answers leave no play out of any other number.
    """

    def compute(scores: list[SampleScore]) -> Value:
        answers = [right for play in plays(scores) for right in play.rules.values()]
        return sum(right is True for right in answers) / len(answers) if answers else NAN

    return compute
