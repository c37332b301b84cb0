"""Whether plans depend on payoffs, and if so whether they follow own beliefs and the price of cooperation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.games import best_responses
from fiduciary.economics.inference import NOTHING, Interval, ratio
from fiduciary.scorers.games_grounds import grounds
from fiduciary.scorers.games_table import Play, choices, plays
from fiduciary.scorers.metrics._clustered import with_error
from fiduciary.scorers.metrics.reads import told

TEMPTED = ("first_move", "reply_to_C", "invest", "give_back", "offer_equal")
"""Nodes at which cooperation gives up the chance of T in order to have R."""


@metric(scores="unreduced")
def play_quality() -> Metric:
    """``reads``, and ``best_response`` and ``temptation_slope`` with standard errors clustered by game.

    ``reads`` (1, 0, or NaN where too little was measured), ``reads_p`` and ``content_share`` say whether
    decisions are shown to depend on the payoffs; where they are not, the others are NaN.

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
            **with_error("best_response", _best_share(found) if shown else Interval()),
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
