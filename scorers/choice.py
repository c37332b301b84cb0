"""Which option was chosen, or why none was."""

from __future__ import annotations

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.scorers._reading import Answer, read
from fiduciary.scorers.metrics import ces_parameters, missing_rate, position_effects


@scorer(metrics=[ces_parameters(), missing_rate(), position_effects()])
def chosen_option() -> Scorer:
    """Read the choice; 1 where there is a valid answer and 0 where it is missing.

    It is not called ``choice``: logs keep a scorer's bare name, and under that one ``inspect score``
    would find Inspect's own multiple-choice scorer.

    The score's metadata hold the chosen option in the problem's own order (−1 for none), the place at
    which it was shown, the reason where the answer is missing, and with log-probabilities the
    probability of every option (None where its label was not returned: censored, not zero) and the
    probability outside the labels.

    With ``elicitation=logprobs`` the answer is valid when probabilities are: ``chosen`` is then the
    option whose label was drawn at temperature 1, if a label was.
    """

    async def score(state: TaskState, target: Target) -> Score:
        answer = read(state)
        metadata: dict[str, object] = {
            "chosen": answer.chosen,
            "shown": answer.reading.place,
            "reason": answer.reason,
            "strict": answer.reading.strict,
            "argued": answer.argued,
            "temperature": answer.problem.temperature,
        }
        if answer.probabilities is not None:
            metadata["probabilities"] = list(answer.probabilities)
            metadata["mass_outside"] = answer.mass_outside
        return Score(
            value=1.0 if answer.valid else 0.0,
            answer=_label(answer.reading.place),
            explanation=_explain(answer),
            metadata=metadata,
        )

    return score


def _label(place: int) -> str | None:
    return chr(ord("A") + place) if place >= 0 else None


def _explain(answer: Answer) -> str:
    if not answer.valid:
        return f"missing: {answer.reason}"
    if answer.by_probability:
        return f"probabilities of the labels; {answer.mass_outside:.3f} outside them"
    how = "closing sentence" if answer.reading.strict else "fallback rule"
    return f"option {answer.chosen} of the problem's own order, read by the {how}"
