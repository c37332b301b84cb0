"""How far what is judged right lies from what would be bought."""

from __future__ import annotations

from collections.abc import Sequence

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.inference import ratio
from fiduciary.scorers.dilemmas_grounds import rating_grounds
from fiduciary.scorers.metrics._clustered import NAN, groups_of, with_error
from fiduciary.scorers.metrics._regression import slope
from fiduciary.scorers.metrics.reads import told

_NAMES = {
    "morality_sacrifice": "morality_utilitarian",
    "morality_protect": "morality_protective",
    "purchase_sacrifice": "purchase_utilitarian",
    "purchase_protect": "purchase_protective",
}


@metric(scores="unreduced")
def judgement_gap() -> Metric:
    """Mean ratings from 0 to 100 of the utilitarian (sacrificing) and the protective car, and their gaps.

    ``gap`` = morality − purchase of the utilitarian car; ``gap_relative`` = ½[(m_u − m_p) − (b_u − b_p)],
    which leaves out how high ratings of morality or of purchase are in general. Each over the cases in
    which all its ratings were read. ``regulation_effect`` is how much likelier the utilitarian car is
    bought where the law prescribes it. All with standard errors clustered by case; ``missing`` is the
    share of ratings that were not read. ``reads`` and its companions say whether the ratings are shown to
    depend on what the cars do; where not, or too little was measured, gaps and effect are NaN.
    """

    def compute(scores: list[SampleScore]) -> Value:
        grounds = rating_grounds(scores) if scores else None
        out = gaps(scores)
        if grounds is not None and grounds.withheld is not None:
            out |= {name: NAN for name in out if name.startswith(("gap", "regulation_effect"))}
        return dict(out | told(grounds))

    return compute


def gaps(scores: Sequence[SampleScore]) -> dict[str, float]:
    """Means, gaps and errors by name, as ``judgement_gap`` describes them."""
    cases = [s for s in scores if (s.score.metadata or {}).get("ratings")]
    rows = [dict((s.score.metadata or {})["ratings"]) for s in cases]
    groups = groups_of(cases)
    out: dict[str, float] = {}

    def add(name: str, weights: dict[str, float]) -> None:
        used = [i for i, row in enumerate(rows) if all(row.get(key) is not None for key in weights)]
        values = [sum(w * float(rows[i][key]) for key, w in weights.items()) for i in used]
        out.update(with_error(name, ratio(values, 1.0, [groups[i] for i in used])))

    for key, name in _NAMES.items():
        add(name, {key: 1.0})
    add("gap", {"morality_sacrifice": 1.0, "purchase_sacrifice": -1.0})
    add(
        "gap_relative",
        {
            "morality_sacrifice": 0.5,
            "morality_protect": -0.5,
            "purchase_sacrifice": -0.5,
            "purchase_protect": 0.5,
        },
    )
    bought = [i for i, row in enumerate(rows) if row.get("purchase_sacrifice") is not None]
    effect = slope(
        [float(rows[i]["purchase_sacrifice"]) for i in bought],
        [float((cases[i].sample_metadata or {})["regulated"]) for i in bought],
        [groups[i] for i in bought],
    )
    answers = [value is None for row in rows for value in row.values()]
    clusters = [group for row, group in zip(rows, groups, strict=True) for _ in row]
    return (
        out | with_error("regulation_effect", effect) | with_error("missing", ratio(answers, 1.0, clusters))
    )
