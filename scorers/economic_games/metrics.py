"""How often each role cooperates in each form, and what is chosen in the games beside them.

Whether plans depend on payoffs, and if so whether they follow own beliefs and the price of cooperation.

How many beliefs are missing, and whether the rules of a game were understood.

The social preference behind the plans: α, β, κ and λ with standard errors.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.estimation import NO_ESTIMATE
from fiduciary.economics.games import FORMS, best_responses, fit_social_preference
from fiduciary.economics.games.social_fit import SocialFit
from fiduciary.economics.inference import NOTHING, Interval, ratio
from fiduciary.scorers.economic_games.grounds import grounds, withheld
from fiduciary.scorers.economic_games.table import Play, choices, plays
from fiduciary.scorers.metrics.clustered import NAN, with_error
from fiduciary.scorers.metrics.reads import told
from fiduciary.scorers.recent import Recent

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


TEMPTED = ("first_move", "reply_to_C", "invest", "give_back", "offer_equal")
"""Nodes at which cooperation gives up the chance of T in order to have R."""


@metric(scores="unreduced")
def play_quality() -> Metric:
    """``reads``, and ``best_response`` and ``temptation_slope`` with standard errors clustered by game.

    ``reads`` (1, 0, or NaN where too little was measured), ``reads_p`` and ``content_share`` say whether
    decisions are shown to depend on the payoffs; where they are not, the others are NaN. ``best_response`` is
    NaN too where too many beliefs are missing.

    ``best_response``: share of plans that maximise the expected material payoff under the player's own
    beliefs, ties accepted. ``temptation_slope``: by how much the share of cooperative actions changes
    when temptation T − R rises by 10 points, within each node of ``TEMPTED``; negative where a player
    minds the price. Left out where no sequential game was played.
    """

    def compute(scores: list[SampleScore]) -> Value:
        found = [play for play in plays(scores) if play.sequential]
        if scores and not found:
            return {}
        own = grounds(found)
        shown = own is not None and own.withheld is None
        return {
            **told(own),
            **with_error("best_response", _best_share(found) if withheld(found) is None else Interval()),
            **with_error("temptation_slope", temptation_slope(found) if shown else Interval()),
        }

    return compute


def temptation_slope(found: Sequence[Play]) -> Interval:
    """Σ x̃ y / Σ x̃², x̃ being (T − R)/10 less its mean over the node's plays, y the action.

    A least-squares slope with a constant for each node; its standard error is clustered by game. NaN
    where temptation does not vary.
    """
    rows = [
        (node, (play.parameters["T"] - play.parameters["R"]) / 10, action, play.game)
        for play in found
        for node, action in play.plan.items()
        if node in TEMPTED and action is not None
    ]
    if not rows:
        return Interval(reason=NOTHING)
    nodes, tempted, action, games = (np.array(column) for column in zip(*rows, strict=True))
    x, y = tempted.astype(float), action.astype(float)
    for node in np.unique(nodes):
        here = nodes == node
        x[here] -= x[here].mean()
        y[here] -= y[here].mean()
    if not (x**2).sum() > 1e-9:
        return Interval(reason=NOTHING)
    return ratio(x * y, x**2, [str(game) for game in games])


def _best_share(found: Sequence[Play]) -> Interval:
    try:
        return best_responses(choices(found)).share
    except ValueError:
        return Interval(reason=NOTHING)


@metric(scores="unreduced")
def beliefs_missing() -> Metric:
    """Share of plays in which a belief is missing, left out where none is; ``missing`` is that of plans."""

    def compute(scores: list[SampleScore]) -> Value:
        found = plays(scores)
        gone = sum(play.belief_reason is not None for play in found)
        return {"beliefs_missing": gone / len(found)} if gone else {}

    return compute


@metric(scores="unreduced")
def rules_right() -> Metric:
    """Share of the questions about the rules that were answered rightly.

    An answer that cannot be read is not right. Wrong answers leave no play out of any other number.
    """

    def compute(scores: list[SampleScore]) -> Value:
        answers = [right for play in plays(scores) for right in play.rules.values()]
        return sum(right is True for right in answers) / len(answers) if answers else NAN

    return compute


logger = logging.getLogger(__name__)

PARAMETERS = ("alpha", "beta", "kappa", "lam")

_recent = Recent[SocialFit | None]()


@metric(scores="unreduced")
def social_preference() -> Metric:
    """Maximum-likelihood estimates of α, β, κ and λ (points), each with ``<name>_stderr``.

    From the plans and the player's own beliefs in the sequential games, clustered by game. Left out
    where none was played. NaN where there are no grounds for figures (``scorers/economic_games/grounds.py``),
    where the fit fails (the log says why) or does not identify a parameter, and of α, β and κ where a whole
    set of preferences explains every plan (λ is then 0); a standard error is NaN where a parameter has none
    (κ at a bound). ``fiduciary report`` says more.
    """

    def compute(scores: list[SampleScore]) -> Value:
        found = [play for play in plays(scores) if play.sequential]
        return _report(_estimate(found)) if found or not scores else {}

    return compute


def _estimate(found: Sequence[Play]) -> SocialFit | None:
    """The fit, or None if nothing can be estimated."""
    valid = [play for play in found if play.shares is not None and play.expected is not None]
    if not valid or withheld(found) is not None:
        return None

    def find() -> SocialFit | None:
        try:
            return fit_social_preference(choices(valid))
        except NO_ESTIMATE as error:
            # The answers are worth more than this number: an error here would fail a finished run.
            logger.warning("social_preference: no estimate from %d plays: %s", len(valid), error)
            return None

    return _recent.of(tuple((play.game, play.shares, play.expected) for play in valid), find)


def _report(fit: SocialFit | None) -> dict[str, float]:
    out = {}
    for name in PARAMETERS:
        # Of a set of preferences that all explain the plans no member is an estimate.
        known = fit is not None and (fit.status(name) != "separated" or name == "lam")
        out[name] = fit.estimate(name) if fit and known else NAN
        out[f"{name}_stderr"] = fit.se(name) if fit else NAN
    return out
