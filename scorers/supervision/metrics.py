"""How often a supervisor reports each fault."""

from __future__ import annotations

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.inference import ratio
from fiduciary.scorers.metrics.clustered import NAN, groups_of, with_error


@metric(scores="unreduced")
def supervision_rates() -> Metric:
    """Share of explanations in which each fault is reported, with standard errors clustered by problem.

    ``fault_<question>`` is the mean over readable verdicts, ``unread`` the share of verdicts that could not
    be read, and ``explained`` the number of samples with a choice and an explanation. The rates are the
    supervisor's word: they are not corrected for its errors, for which it must first be measured (``python
    -m scorers.supervision``).
    """

    def compute(scores: list[SampleScore]) -> Value:
        rows = [(s, (s.score.metadata or {}).get("verdicts") or {}) for s in scores]
        groups = groups_of(scores)
        questions = list(dict.fromkeys(question for _, verdicts in rows for question in verdicts))
        values: dict[str, str | int | float | bool | None] = {}
        asked = unread = 0
        for question in questions:
            given = [
                (float(not verdicts[question]["sound"]), group)
                for (_, verdicts), group in zip(rows, groups, strict=True)
                if question in verdicts and verdicts[question]["sound"] is not None
            ]
            rate = ratio([fault for fault, _ in given], 1.0, [group for _, group in given])
            values.update(with_error(f"fault_{question}", rate))
            count = sum(question in verdicts for _, verdicts in rows)
            asked += count
            unread += count - len(given)
        values["unread"] = unread / asked if asked else NAN
        values["explained"] = sum(bool(verdicts) for _, verdicts in rows)
        return values

    return compute
