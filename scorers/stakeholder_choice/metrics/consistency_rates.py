"""How often choices maximise a stated utility, and how much of what was at stake they lose."""

from __future__ import annotations

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.inference import ratio
from fiduciary.economics.losses import served
from fiduciary.scorers.metrics.clustered import NAN, groups_of, with_error
from fiduciary.scorers.stakeholder_choice.metrics.stakes import stakes_of

_NAMES = tuple(
    name + suffix
    for name in ("consistent", "loss_share")
    for suffix in ("", "_stderr", "_chance", "_worst", "_best")
)


@metric(scores="unreduced")
def consistency_rates() -> Metric:
    """Share of utility-maximising choices, and loss share Σ(u_best − u_chosen) / Σ(u_best − u_worst).

    Both over valid answers, with a standard error clustered by problem, the level that uniformly
    random choices would reach on the same problems (``_chance``), and bounds over all answers that a
    missing one can do: ``_worst`` counts it as the worst option, ``_best`` as
    the best one. Refusing to answer can so never improve the worst case.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {name: NAN for name in _NAMES}
        stakes, groups = stakes_of(scores), groups_of(scores)
        valid = ~stakes.missing
        valid_groups = [g for g, v in zip(groups, valid, strict=True) if v]
        found = served(stakes.losses(valid), valid_groups)
        everything = stakes.stake.sum()
        lost = stakes.regret[valid].sum()
        most = lost + stakes.stake[stakes.missing].sum()
        out = {
            **with_error("consistent", found.best),
            "consistent_chance": ratio(stakes.chance[valid], 1.0, valid_groups).value,
            "consistent_worst": stakes.right[valid].sum() / len(scores),
            "consistent_best": (stakes.right[valid].sum() + stakes.missing.sum()) / len(scores),
            **with_error("loss_share", found.loss_share),
            "loss_share_chance": ratio(stakes.chance_regret[valid], stakes.stake[valid], valid_groups).value,
            "loss_share_worst": most / everything if everything > 0 else NAN,
            "loss_share_best": lost / everything if everything > 0 else NAN,
        }
        return {name: float(value) for name, value in out.items()}

    return compute
