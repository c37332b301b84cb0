"""How many menus were left unanswered, by size; and whether the place decides."""

from __future__ import annotations

from collections import Counter

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.inference import ratio
from fiduciary.scorers.metrics._clustered import bias, groups_of, with_error


@metric(scores="unreduced")
def menu_answers() -> Metric:
    """``missing`` answers, by reason and by menu size; ``first_excess``; ``mass_outside``.

    ``missing_2`` and ``missing_5`` (or the largest size asked) show whether larger menus are refused
    more often. ``first_excess`` is the share of choices of the option shown first minus 1/(options):
    every option is first equally often, so that without an effect of place it is 0; one option set shows
    none. ``mass_outside``, with ``choose`` and ``explain``, is the mean probability outside the labels.
    Standard errors are clustered by option set.
    """

    def compute(scores: list[SampleScore]) -> Value:
        missing: list[bool] = []
        sizes: list[int] = []
        clusters: list[str] = []
        first: list[float] = []
        valid_clusters: list[str] = []
        outside: list[float] = []
        reasons: Counter[str] = Counter()
        for item, group in zip(scores, groups_of(scores), strict=True):
            for answer in (item.score.metadata or {}).get("answers", []):
                order, valid = answer["order"], answer["reason"] is None
                missing.append(not valid)
                sizes.append(len(order))
                clusters.append(group)
                if answer["outside"] is not None:
                    outside.append(answer["outside"])
                if valid:
                    first.append(answer["shares"][0] - 1 / len(order))
                    valid_clusters.append(group)
                else:
                    reasons[str(answer["reason"])] += 1
        rate, excess = ratio(missing, 1.0, clusters), ratio(first, 1.0, valid_clusters)
        out = with_error("missing", rate)
        for reason, count in sorted(reasons.items()):
            out[f"missing_{reason.replace(' ', '_')}"] = count / len(missing)
        for size in sorted({min(sizes), max(sizes)}) if sizes else ():
            lost = [lost for lost, of in zip(missing, sizes, strict=True) if of == size]
            out[f"missing_{size}"] = sum(lost) / len(lost)
        if outside:
            out["mass_outside"] = sum(outside) / len(outside)
        return {**out, **bias("first_excess", excess)}

    return compute
