"""Plans that one preference explains perfectly: which preferences do, when the likelihood has no maximum.

Utility is linear in (1, κ, α, β), so that "the chosen plan is a best one" is a set of linear
inequalities; the preferences that satisfy all of them form a polytope, whose extent in each
parameter is found by linear programmes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.games.choices import PlanChoices
from fiduciary.economics.games.likelihood import COEFFICIENTS, KAPPA, LAM, PlanLikelihood

_NEVER = 1e-9
"""A plan whose probabilities sum to no more than this was not chosen: no label's probability is quite 0."""


@dataclass(frozen=True)
class ExplainingSet:
    """Preferences under which every chosen plan is a best one (ties allowed).

    Attributes:
        low, high: smallest and largest value of each parameter in the model; infinite where open.
        inside: a member of the set, from its middle.
    """

    low: dict[str, float]
    high: dict[str, float]
    inside: dict[str, float]


def _advantages(choices: PlanChoices, likelihood: PlanLikelihood) -> FloatArray:
    """Slopes of chosen less unchosen plan, one row each (r, p)."""
    i, x = np.nonzero(likelihood.counts > _NEVER)
    difference = likelihood.a[i, x][:, None, :] - likelihood.a[i]
    rows = difference[choices.exists[i]]
    rows = rows[np.abs(rows).max(axis=1) > 1e-12]
    return np.unique(np.round(rows, 12), axis=0) if len(rows) else rows


def diverges(choices: PlanChoices, likelihood: PlanLikelihood) -> bool:
    """Whether the likelihood rises for ever in some direction of the cone (separation).

    There is one if and only if some c of the cone gives no chosen plan a disadvantage and some an advantage.
    """
    rows = _advantages(choices, likelihood)
    if not len(rows):
        return False
    rows = rows / np.abs(rows).max(axis=1, keepdims=True)
    solution = scipy.optimize.linprog(
        -rows.sum(axis=0),
        A_ub=np.vstack([-rows, -likelihood.cone]),
        b_ub=np.zeros(len(rows) + len(likelihood.cone)),
        bounds=[(-1, 1)] * likelihood.p,
        method="highs",
    )
    return bool(solution.success and -solution.fun > 1e-6)


def explaining_set(choices: PlanChoices, likelihood: PlanLikelihood) -> ExplainingSet | None:
    """The preferences under which every chosen plan is a best one; None if no preference explains all."""
    rows = _advantages(choices, likelihood)
    names = [COEFFICIENTS[k] for k in likelihood.columns if k != LAM]
    bounds = [(0.0, 1.0) if k == KAPPA else (None, None) for k in likelihood.columns if k != LAM]
    if not names:
        fits = not len(rows) or bool(np.all(rows[:, 0] >= -1e-9))
        return ExplainingSet({}, {}, {}) if fits else None
    a, b = -rows[:, 1:], rows[:, 0] + 1e-9
    some = scipy.optimize.linprog(np.zeros(len(names)), A_ub=a, b_ub=b, bounds=bounds, method="highs")
    if not some.success:
        return None
    ends: list[list[float]] = []
    members = [some.x]
    for k in range(len(names)):
        pair = []
        for sign in (1.0, -1.0):
            objective = np.zeros(len(names))
            objective[k] = sign
            solution = scipy.optimize.linprog(objective, A_ub=a, b_ub=b, bounds=bounds, method="highs")
            if solution.success:
                members.append(solution.x)
            pair.append(float(solution.x[k]) if solution.success else -sign * np.inf)
        ends.append(pair)
    inside = np.mean(members, axis=0)  # the set is convex
    return ExplainingSet(
        {name: end[0] for name, end in zip(names, ends, strict=True)},
        {name: end[1] for name, end in zip(names, ends, strict=True)},
        {name: float(v) for name, v in zip(names, inside, strict=True)},
    )
