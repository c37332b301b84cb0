"""Whether the choice in the text is the option that the log-probabilities rank first."""

from __future__ import annotations

import numpy as np
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.scorers._reading import read
from fiduciary.scorers.metrics import agreement_rate, modal_agreement


@scorer(metrics=[agreement_rate(), modal_agreement()])
def logprob_agreement() -> Scorer:
    """1 where the text chooses the option of the highest probability, 0 elsewhere.

    A text is drawn at temperature τ, so perfect agreement is not to be expected. The metadata hold
    what to expect if the text were a draw from the same preferences: max_j P_j^(1/τ) / Σ_j P_j^(1/τ).

    Unscored where either answer is missing.
    """

    async def score(state: TaskState, target: Target) -> Score:
        answer = read(state)
        if answer.chosen < 0:
            return Score.unscored(reason="no choice in the text")
        if answer.probabilities is None:
            return Score.unscored(reason="no log-probabilities of the labels")
        p = np.array([q or 0.0 for q in answer.probabilities])
        tempered = (p / p.max()) ** (1 / answer.problem.temperature)
        return Score(
            value=float(int(p.argmax()) == answer.chosen),
            metadata={
                "expected": float(tempered.max() / tempered.sum()),
                "probability_of_choice": answer.probabilities[answer.chosen],
            },
        )

    return score
