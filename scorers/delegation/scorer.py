"""What was chosen at every decision of a chain, at every standing that it can come to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.scorers.answers import Kept, answers_of
from fiduciary.scorers.delegation.metrics import delegation_answers, delegation_losses
from fiduciary.scorers.delegation.table import check
from fiduciary.scorers.labelled import read_labelled
from fiduciary.scorers.labels import LABELS


@scorer(metrics=[delegation_losses(), delegation_answers()])
def delegated_decisions() -> Scorer:
    """Read the decisions of a chain; the value is the share of valid answers.

    The score's metadata hold ``answers``: for each question its ``name``; ``decision`` and ``standing``, from
    0; its
    ``shares``, by place (the labels' probabilities, or 1 for what a text decides; None where there is no
    answer) and the ``reason`` where there are none; ``outside``, the probability of no label, None where
    there were no log-probabilities. What they lose is computed of all of them
    (``scorers/delegation/table.py``).
    """

    async def score(state: TaskState, target: Target) -> Score:
        metadata = check(state.metadata, state.sample_id)
        given, elicitation = answers_of(state), str(metadata["elicitation"])
        answers = []
        for name, order in metadata["orders"].items():
            decision, standing = (int(part) - 1 for part in name.split("-")[:2])
            where = {"name": name, "decision": decision, "standing": standing}
            answers.append(where | _answer(given.get(name), elicitation, order))
        valid = sum(answer["reason"] is None for answer in answers)
        return Score(
            value=valid / len(answers),
            answer=f"{valid} of {len(answers)} decisions answered",
            metadata={"answers": answers},
        )

    return score


def _answer(kept: Kept | None, elicitation: str, order: Sequence[int]) -> dict[str, Any]:
    """Shares, reason and mass outside the labels of one answer."""
    said = read_labelled(kept, elicitation, LABELS[: len(order)])
    outside = said.outside if math.isfinite(said.outside) else None
    if said.by_probability:
        shares = said.tempered(1.0)
        return {"shares": list(shares) if shares else None, "reason": said.reason, "outside": outside}
    decided = [float(at == said.stated.place) for at in range(len(order))]
    return {"shares": decided if said.valid else None, "reason": said.reason, "outside": outside}
