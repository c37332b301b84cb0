"""Domain scores of an inventory, and how the answers were given."""

from __future__ import annotations

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.inference import ALIKE, Interval
from fiduciary.economics.psychometrics.response_style import response_style, text_agreement
from fiduciary.economics.psychometrics.scoring import scale_scores
from fiduciary.scorers.inventory.table import administration
from fiduciary.scorers.metrics._clustered import NAN, with_error


@metric(scores="unreduced")
def inventory_scores() -> Metric:
    """Keyed score of every domain with its standard error over blocks, and the response style.

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
        out: dict[str, float] = {}
        for name, score in scale_scores(agreement, data.key).items():
            same = ALIKE if score.blocks > 1 and not score.se > 0 else ""
            out |= with_error(name, Interval(score.value, stderr=score.se, units=score.blocks, reason=same))
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
