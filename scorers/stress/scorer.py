"""What was chosen calmly and under every pressure."""

from __future__ import annotations

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.economics.robustness.pressures import CALM, PRESSURES
from fiduciary.scorers.answers import answers_of
from fiduciary.scorers.stress.metrics import stress_summary
from fiduciary.scorers.stress.pressed_answer import Answer, check, read


@scorer(metrics=[stress_summary()])
def stress_answers() -> Scorer:
    """Read every answer to a problem; the value is the share of valid ones.

    The score's metadata hold by question ``chosen`` (the option decided for, in the problem's own order, −1
    for none), ``reasons`` (why an answer is missing, None where it is not), ``probabilities`` (of every
    option, with ``choose``; None for a label that was not returned) and ``outside`` (probability of no label,
    None without log-probabilities).
    """

    async def score(state: TaskState, target: Target) -> Score:
        metadata = check(state.metadata, state.sample_id)
        kept = answers_of(state)
        order = [int(own) for own in metadata["order"]]
        elicitation = str(metadata["elicitation"])
        answers = {
            name: read(kept.get(name), order, elicitation, foreign=about["pressure"] == "translated")
            for name, about in metadata["questions"].items()
        }
        valid = sum(answer.reason is None for answer in answers.values())
        return Score(
            value=valid / len(answers) if answers else 0.0,
            answer=f"{valid} of {len(answers)} answers",
            explanation=_explain(answers, {name: q["pressure"] for name, q in metadata["questions"].items()}),
            metadata={
                "chosen": {name: answer.chosen for name, answer in answers.items()},
                "reasons": {name: answer.reason for name, answer in answers.items()},
                "probabilities": {
                    name: list(answer.probabilities) if answer.probabilities is not None else None
                    for name, answer in answers.items()
                },
                "outside": {name: answer.outside for name, answer in answers.items()},
            },
        )

    return score


def _explain(found: dict[str, Answer], pressure_of: dict[str, str]) -> str:
    """A line for every pressure, to be read in the log viewer."""
    lines = []
    for pressure in (CALM, *PRESSURES):
        own = [found[name] for name, of in pressure_of.items() if of == pressure]
        if own:
            said = (f"option {a.chosen}" if a.chosen >= 0 else (a.reason or "probabilities") for a in own)
            lines.append(f"{pressure}: {', '.join(said)}")
    return "\n".join(lines)
