"""Domain scores of an inventory, and how the answers were given."""

from __future__ import annotations

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.inference import ALIKE, Interval
from fiduciary.economics.psychometrics.response_style import response_style, text_agreement
from fiduciary.economics.psychometrics.scoring import scale_scores
from fiduciary.scorers.inventory.grounds import grounds
from fiduciary.scorers.inventory.table import administration
from fiduciary.scorers.metrics.clustered import NAN, with_error
from fiduciary.scorers.metrics.reads import told


@metric(scores="unreduced")
def inventory_scores() -> Metric:
    """Whether it reads; the keyed score of every domain with its standard error over blocks; response style.

    - ``reads``: 1 where answers are shown to depend on the statements, 0 where they are not, NaN where too
      little was measured; ``reads_p`` and ``content_share`` (of the variation, from probabilities) beside
      it. Without grounds for figures the domains are NaN.
    - a domain's name: mean of its items, 1 … 5; ``_stderr`` with blocks as the unit (repeats are blocks
      only where answers are sampled).
    - ``missing``: share of answers that are missing; ``refused``: share that are refusals in words. Behind
      the closing words one token tells no refusal: it is missing as "outside the labels".
    - ``acquiescence``: mean agreement before keying; 3 is neutral.
    - ``entropy``: bits; of an item's distribution over the labels with log-probabilities, otherwise of its
      answers over blocks.
    - ``text_agreement``: share of texts that give the likeliest label, where both were asked for.
    - ``flag``: 0 for none, else the place in ``economics.psychometrics.response_style.FLAGS``. Without
      reversed items "always agrees" or "disagrees" may be the traits themselves.

    Facets, items and reliability: ``fiduciary report LOG``.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"missing": NAN}
        data = administration(scores)
        _, agreement = data.blocks()
        own = grounds(data)
        out: dict[str, float] = told(own)
        for name, score in scale_scores(agreement, data.key).items():
            same = ALIKE if score.blocks > 1 and not score.se > 0 else ""
            found = Interval(score.value, stderr=score.se, units=score.blocks, reason=same)
            out |= with_error(name, found if own.withheld is None else Interval())
        style = response_style(data.shares, data.order)
        out["missing"] = data.missing
        out["refused"] = data.reasons()["refused"] / data.agreement.size
        out["acquiescence"] = style.acquiescence
        out["entropy"] = data.entropy()
        if data.about["elicitation"] == "both":
            out["text_agreement"] = text_agreement(data.text, data.probabilities)[0]
        out["flag"] = float(style.code)
        return {name: float(value) for name, value in out.items()}

    return compute
