"""How often a plan is a best response to the chooser's own stated belief, and what it costs when not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.games.choices import PlanChoices
from fiduciary.economics.games.forms import plans
from fiduciary.economics.games.social_preference import HOMO_ECONOMICUS, TIE, SocialPreference
from fiduciary.economics.inference import LEVEL, Interval, mean, share


@dataclass(frozen=True)
class BestResponses:
    """Shares and regret over the valid rows; no noise parameter enters.

    Attributes:
        share: share of rows whose plan is a best one under the row's own belief, clustered by the choices'
            groups.
        chance: share that uniformly random plans would reach.
        regret: mean of max u − u(plan), points, clustered.
        loss_share: mean of (max u − u(plan)) / (max u − min u), 0 best, 1 worst; rows where all
            plans are equal are left out (NaN if all are).
        n, n_groups: rows and clusters.
    """

    share: Interval
    chance: float
    regret: Interval
    loss_share: float
    n: int
    n_groups: int


def best_responses(
    choices: PlanChoices,
    preference: SocialPreference = HOMO_ECONOMICUS,
    tolerance: float = TIE,
    level: float = LEVEL,
) -> BestResponses:
    """Best-response share and regret of the chosen plans to the choosers' own beliefs.

    Args:
        choices: plans with beliefs.
        preference: by whose utility a plan is best; material payoff by default.
        tolerance: utilities closer than this, points, are equal.
        level: of intervals.

    Source: Costa-Gomes & Weizsäcker (Review of Economic Studies 2008) for stated beliefs and actions.
    """
    best = np.zeros(choices.exists.shape, bool)
    regret, span = np.zeros(choices.exists.shape), np.zeros(len(choices.games))
    for i, (game, belief) in enumerate(zip(choices.games, choices.beliefs, strict=True)):
        u = preference.utilities(game, belief)
        k = len(plans(game))
        best[i, :k] = u >= u.max() - tolerance
        regret[i, :k] = np.maximum(u.max() - u, 0.0)
        span[i] = np.ptp(u)
    hits, lost = choices.over_rows(best.astype(float)), choices.over_rows(regret)
    width = span[choices.situation]
    matters = width > tolerance
    random = (best.sum(axis=1) / choices.exists.sum(axis=1))[choices.situation]
    return BestResponses(
        share(hits, 1.0, choices.groups, level),
        float(random.mean()),
        mean(lost, choices.groups, level),
        float((lost[matters] / width[matters]).mean()) if matters.any() else float("nan"),
        choices.n,
        choices.n_groups,
    )
