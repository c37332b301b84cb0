"""Which option was chosen from every menu of a set."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.scorers.answers import Kept, answers_of
from fiduciary.scorers.choice_problem import MissingMetadata
from fiduciary.scorers.decisions import decision
from fiduciary.scorers.labelled import read_labelled
from fiduciary.scorers.labels import LABELS
from fiduciary.scorers.menus.metrics import menu_answers, menu_effects
from fiduciary.scorers.pairs import by_probability

REQUIRED = ("questions", "repeats", "size", "pair", "elicitation", "group")


@scorer(metrics=[menu_effects(), menu_answers()])
def menu_choices() -> Scorer:
    """Read the choice from every menu; the value is the share of valid answers.

    The score's metadata hold ``answers``: for each question the ``order`` of options shown; its ``shares``,
    by place (with ``choose`` the labels' probabilities, otherwise 1 for what was decided; None where there is
    no answer) and the ``reason`` where there are none; ``outside``, the probability of no label, None where
    there were no log-probabilities.
    """

    async def score(state: TaskState, target: Target) -> Score:
        metadata = _checked(state.metadata, state.sample_id)
        answers = read_menus(state, metadata)
        valid = sum(answer["reason"] is None for answer in answers)
        return Score(
            value=valid / len(answers),
            answer=f"{valid} of {len(answers)} menus answered",
            metadata={"answers": answers},
        )

    return score


def read_menus(state: TaskState, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The ``answers`` of :func:`menu_choices`, of any sample that ``solvers.pairs.ask_pairs`` asked."""
    given, elicitation = answers_of(state), str(metadata["elicitation"])
    answers = []
    for name in metadata["questions"]:
        order = [int(part) for part in name.split("-")]
        for repeat in range(1, int(metadata["repeats"]) + 1):
            answers.append({"order": order, **_answer(given.get(f"{name}-{repeat}"), elicitation, order)})
    return answers


def _answer(kept: Kept | None, elicitation: str, order: list[int]) -> dict[str, Any]:
    """Shares, reason and mass outside the labels of one answer."""
    labels = LABELS[: len(order)]
    said = read_labelled(kept, elicitation, labels)
    outside = said.outside if math.isfinite(said.outside) else None
    if by_probability(elicitation):
        shares = said.tempered(1.0)
        return {"shares": list(shares) if shares else None, "reason": said.reason, "outside": outside}
    place, reason = decision(said, kept, labels)
    decided = [float(at == place) for at in range(len(order))]
    return {"shares": decided if reason is None else None, "reason": reason, "outside": outside}


def _checked(metadata: Mapping[str, Any], sample: str | int) -> Mapping[str, Any]:
    missing = [key for key in REQUIRED if key not in metadata]
    if missing:
        raise MissingMetadata(
            f"sample {sample!r} cannot be scored: its metadata lack {', '.join(missing)}. This scorer "
            f"reads logs of tasks/menus, whose samples carry {', '.join(REQUIRED)}"
        )
    return metadata
