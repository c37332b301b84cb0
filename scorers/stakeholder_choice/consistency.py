"""Whether a choice is the one that a stated preference would make, and how much it loses if not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.utility import CES
from fiduciary.economics.utility import profile as named_profile
from fiduciary.scorers.choice_answer import Answer, read
from fiduciary.scorers.stakeholder_choice.metrics.consistency_by import consistency_by
from fiduciary.scorers.stakeholder_choice.metrics.consistency_rates import consistency_rates


@scorer(metrics=[consistency_rates(), consistency_by()])
def consistency(
    profile: str | None = None, theta: Sequence[float] | None = None, rho: float | None = None
) -> Scorer:
    """Compare choices with the utility-maximising ones of a profile, or of given θ and ρ, at γ = 1.

    The score is 1 where the chosen option maximises utility (ties accepted) and 0 elsewhere, missing
    answers included; metadata hold regret u_best − u_chosen, the range u_best − u_worst, and what a
    uniformly random choice would reach. Of log-probabilities, the expectation of all of this
    under the model's probabilities at τ = 1; labels that were not returned count as never chosen.

    Args:
        profile: a key of ``economics.utility.PROFILES``.
        theta: weights of the four stakeholders, with ``rho`` in place of a profile.
        rho: substitution parameter.
    """
    utility = _preference(profile, theta, rho)

    async def score(state: TaskState, target: Target) -> Score:
        answer = read(state)
        at_shift = CES(utility.theta, utility.rho, shift=answer.problem.shift)
        u = at_shift.utility(answer.problem.welfare)
        best = at_shift.best(answer.problem.welfare)
        weights = _weights(answer)
        return Score(
            value=float(weights @ best),
            answer=f"option {answer.chosen}" if answer.chosen >= 0 else None,
            explanation=None if answer.said.valid else f"missing: {answer.said.reason}",
            metadata={
                "missing": not answer.said.valid,
                "regret": float(weights @ (u.max() - u)) if answer.said.valid else None,
                "range": float(u.max() - u.min()),
                "chance": float(best.mean()),
                "chance_regret": float(u.max() - u.mean()),
                "best": np.flatnonzero(best).tolist(),
            },
        )

    return score


def _preference(profile: str | None, theta: Sequence[float] | None, rho: float | None) -> CES:
    if profile is not None and theta is None and rho is None:
        return named_profile(profile)
    if profile is None and theta is not None and rho is not None:
        return CES(tuple(theta), float(rho))
    raise ValueError(
        f"give either profile, or theta and rho; got profile={profile!r}, theta={theta!r}, rho={rho!r}"
    )


def _weights(answer: Answer) -> FloatArray:
    """How much of the answer goes to each option: all to the chosen one, or its probability."""
    if answer.said.valid and answer.said.by_probability and answer.probabilities is not None:
        # Behind an explanation as the explanation was drawn: at the sample's temperature.
        tau = answer.problem.temperature if answer.said.elicitation == "explain" else 1.0
        raised = np.array([p or 0.0 for p in answer.probabilities]) ** (1 / tau)
        return np.asarray(raised / raised.sum())
    weights = np.zeros(answer.problem.n_options)
    if answer.chosen >= 0 and not answer.said.by_probability:
        weights[answer.chosen] = 1.0
    return weights
