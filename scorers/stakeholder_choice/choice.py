"""Which option was chosen, or why none was."""

from __future__ import annotations

from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.scorers.choice_answer import Answer, read, read_explained
from fiduciary.scorers.metrics.missing_rate import missing_rate
from fiduciary.scorers.metrics.reads import reads
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import ces_parameters
from fiduciary.scorers.stakeholder_choice.metrics.position_effects import position_effects


@scorer(metrics=[reads(), ces_parameters(), missing_rate(), position_effects()])
def chosen_option() -> Scorer:
    """Read the answer; 1 where there is a valid one and 0 where it is missing.

    It is not called ``choice``: logs keep a scorer's bare name, and under that one ``inspect score``
    would find Inspect's own multiple-choice scorer.

    The score's metadata hold the option stated, or drawn with the one token, in the problem's own order
    (−1 for none), the place at which it was shown, the reason where the answer is missing, what became of
    an explanation, and with log-probabilities the probability of every option (None where its label was
    not returned: censored, not zero) and the probability outside the labels. Where a problem was asked in
    both ways, that of the explained answer stands under ``explained``.
    """

    async def score(state: TaskState, target: Target) -> Score:
        return score_of(state)

    return score


def score_of(state: TaskState) -> Score:
    """The score of a sample's choice."""
    answer = read(state)
    metadata = told(answer)
    if answer.problem.elicitation == "both" and (explained := read_explained(state)) is not None:
        metadata["explained"] = told(explained)
    return Score(
        value=1.0 if answer.said.valid else 0.0,
        answer=_label(answer.said.stated.place),
        explanation=_explain(answer),
        metadata=metadata,
    )


def told(answer: Answer) -> dict[str, Any]:
    """What a score's metadata hold of one answer."""
    metadata: dict[str, Any] = {
        "chosen": answer.chosen,
        "shown": answer.said.stated.place,
        "reason": answer.said.reason,
        "strict": answer.said.stated.strict,
        "argued": answer.argued,
        "state": answer.said.state,
        "temperature": 1.0 if answer.said.elicitation == "choose" else answer.problem.temperature,
    }
    if answer.probabilities is not None:
        metadata["probabilities"] = list(answer.probabilities)
        metadata["mass_outside"] = answer.said.outside
    return metadata


def _label(place: int) -> str | None:
    return chr(ord("A") + place) if place >= 0 else None


def _explain(answer: Answer) -> str:
    if not answer.said.valid:
        return f"missing: {answer.said.reason}"
    if answer.said.by_probability:
        return f"probabilities of the labels; {answer.said.outside:.3f} outside them"
    how = "closing sentence" if answer.said.stated.strict else "fallback rule"
    return f"option {answer.chosen} of the problem's own order, read by the {how}"
