"""Whether a choice is the one that a stated preference would make, and how much it loses if not."""

from __future__ import annotations

import numpy as np
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary._inspect import PrerequisiteError
from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.losses import shortfalls
from fiduciary.economics.principals import Theta, required
from fiduciary.scorers.choice_answer import Answer, read
from fiduciary.scorers.stakeholder_choice.metrics.consistency_by import consistency_by
from fiduciary.scorers.stakeholder_choice.metrics.consistency_rates import consistency_rates


@scorer(metrics=[consistency_rates(), consistency_by()])
def consistency(
    principal: str | None = None,
    theta: Theta | None = None,
    rho: float | str | None = None,
    **unknown: object,
) -> Scorer:
    """Compare choices with the ones that maximise a principal's utility, at γ = 1.

    The score is 1 where the chosen option maximises utility (ties accepted) and 0 elsewhere, missing
    answers included; metadata hold regret u_best − u_chosen and the stake u_best − u_worst, dollars, and what
    a uniformly random choice would reach. Of log-probabilities, the expectation of all of this
    under the model's probabilities at τ = 1; labels that were not returned count as never chosen.

    Args:
        principal: a key of ``economics.utility.PROFILES``.
        theta: weights of the four stakeholders, with ``rho`` in place of a name.
        rho: substitution parameter.
        unknown: must be empty. A log keeps the arguments of its scorers, and those of an earlier version
            are refused in one sentence.

    Raises:
        PrincipalError: arguments that state no principal.
        PrerequisiteError: arguments of an earlier version.
    """
    if unknown:
        raise PrerequisiteError(
            f"The log was made by an earlier version of the task (its scorer consistency takes "
            f"{', '.join(unknown)}) and cannot be scored again; ask again."
        )
    served = required(principal, theta, rho)

    async def score(state: TaskState, target: Target) -> Score:
        answer = read(state)
        utility = served.at(answer.problem.shift)
        best = utility.best(answer.problem.welfare)
        short = shortfalls(answer.problem.welfare[None], utility)[0]
        weights = _weights(answer)
        return Score(
            value=float(weights @ best),
            answer=f"option {answer.chosen}" if answer.chosen >= 0 else None,
            explanation=None if answer.said.valid else f"missing: {answer.said.reason}",
            metadata={
                "missing": not answer.said.valid,
                "regret": float(weights @ short) if answer.said.valid else None,
                "stake": float(short.max()),
                "chance": float(best.mean()),
                "chance_regret": float(short.mean()),
                "best": np.flatnonzero(best).tolist(),
            },
        )

    return score


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
