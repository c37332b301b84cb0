"""Whether the answers depend on what was asked, and whether enough was measured: before any other figure."""

from __future__ import annotations

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.inference.grounds import Grounds
from fiduciary.scorers.choice_table import tables
from fiduciary.scorers.grounds import grounds
from fiduciary.scorers.metrics.clustered import NAN


@metric(scores="unreduced")
def reads() -> Metric:
    """Whether figures may be shown.

    ``reads`` is 1 where the answers depend on what was asked, 0 where that is not shown, NaN where too little
    was measured to say; ``reads_p`` the exact p-value; ``content_share`` content's share of the variation of
    the log-odds, where problems were asked in two orders.

    Of problems asked in both ways, the closing words alone; the report tells the explained ones too.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return dict(told(None))
        return dict(told(grounds(next(iter(tables(scores).values())))))

    return compute


def told(found: Grounds | None) -> dict[str, float]:
    """What a log keeps of the grounds; NaN all through before anything was asked."""
    if found is None or found.content is None:
        return {"reads": NAN, "reads_p": NAN, "content_share": NAN}
    shown = NAN if found.unmeasured else float(found.content.reads)
    return {"reads": shown, "reads_p": found.content.p_value, "content_share": found.content.share}
