"""How often each role cooperates in each form, and what is chosen in the games beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.games import FORMS
from fiduciary.scorers.games_table import Play, plays
from fiduciary.scorers.metrics._clustered import NAN

WHOLE: Mapping[str, tuple[str, str, str | None]] = MappingProxyType(
    {
        "dictator": ("gift_share", "gift", "endowment"),
        "public_goods": ("contribution_share", "contribution", "endowment"),
        "stag_hunt": ("stag", "stag", None),
        "beauty_contest": ("guess", "guess", None),
    }
)
"""Of each other game: the metric, the decision, and the amount that it is a share of."""


@metric(scores="unreduced")
def cooperation_rates() -> Metric:
    """Share of cooperative actions at every node of the forms that were played.

    ``first_move``, ``reply_to_C``, ``reply_to_D`` (prisoner's dilemma), ``invest``, ``give_back``
    (trust), ``offer_equal``, ``accept_unequal`` (ultimatum); of the other games ``gift_share``,
    ``contribution_share`` (of the endowment), ``stag`` (share of stag) and ``guess`` (mean number).
    Missing decisions count in no rate; NaN where none is left.
    """

    def compute(scores: list[SampleScore]) -> Value:
        return dict(rates(plays(scores)))

    return compute


def rates(found: Sequence[Play]) -> dict[str, float]:
    """The mean of every decision's values, by the metric's name."""
    return {name: sum(values) / len(values) if values else NAN for name, values in decided(found).items()}


def decided(found: Sequence[Play]) -> dict[str, list[float]]:
    """The values of every decision of the games that were played, by the metric's name."""
    out: dict[str, list[float]] = {}
    played = {play.form for play in found}
    for form in [*FORMS, *WHOLE]:
        if form not in played:
            continue
        here = [play for play in found if play.form == form]
        if form in FORMS:
            for node in FORMS[form].nodes:
                out[node.name] = _values(here, node.name, None)
        else:
            name, decision, whole = WHOLE[form]
            out[name] = _values(here, decision, whole)
    return out


def _values(found: Sequence[Play], decision: str, whole: str | None) -> list[float]:
    given = [(play.plan.get(decision), play.parameters) for play in found]
    return [value / (parameters[whole] if whole else 1) for value, parameters in given if value is not None]
