"""What was answered about a firm or a set of options."""

from __future__ import annotations

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.scorers.axioms.metrics import axiom_answers_missing, axiom_card
from fiduciary.scorers.axioms.table import check
from fiduciary.scorers.menus.scorer import read_menus


@scorer(metrics=[axiom_card(), axiom_answers_missing()])
def axiom_answers() -> Scorer:
    """Read the answer to every question; the value is the share of valid ones.

    The score's metadata hold ``answers``, as those of ``menu_choices`` do. What they say of an axiom is said
    of all samples together, by the metrics and the report.
    """

    async def score(state: TaskState, target: Target) -> Score:
        answers = read_menus(state, check(state.metadata, state.sample_id))
        valid = sum(answer["reason"] is None for answer in answers)
        return Score(
            value=valid / len(answers),
            answer=f"{valid} of {len(answers)} questions answered",
            metadata={"answers": answers},
        )

    return score
