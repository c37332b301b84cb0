"""Which option was chosen from every menu of a set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.scorers._answers import Kept, answers_of
from fiduciary.scorers._problem import MissingMetadata
from fiduciary.scorers.metrics.menu_answers import menu_answers
from fiduciary.scorers.metrics.menu_effects import menu_effects
from fiduciary.scorers.reading.choice import NO_PLACE, Reading, read_choice

REQUIRED = ("questions", "repeats", "size", "pair", "elicitation", "group")


@scorer(metrics=[menu_effects(), menu_answers()])
def menu_choices() -> Scorer:
    """Read the choice from every menu; the value is the share of valid answers.

    The score's metadata hold ``answers``: for each question the ``order`` of options shown, the option
    ``chosen`` (own index, −1 for none) and the ``reason`` where there is none.
    """

    async def score(state: TaskState, target: Target) -> Score:
        metadata = _checked(state.metadata, state.sample_id)
        given = answers_of(state)
        answers = []
        for name in metadata["questions"]:
            order = [int(part) for part in name.split("-")]
            for repeat in range(1, int(metadata["repeats"]) + 1):
                reading = _read(given.get(f"{name}-{repeat}"), len(order), str(metadata["elicitation"]))
                chosen = order[reading.place] if reading.place >= 0 else NO_PLACE
                answers.append({"order": order, "chosen": chosen, "reason": reading.reason})
        valid = sum(answer["reason"] is None for answer in answers)
        return Score(
            value=valid / len(answers),
            answer=f"{valid} of {len(answers)} menus answered",
            metadata={"answers": answers},
        )

    return score


def _read(kept: Kept | None, n_options: int, elicitation: str) -> Reading:
    if kept is None or kept.error:
        return Reading(reason="error")
    return read_choice(kept.text, n_options, elicitation in ("explain", "both"), kept.stop_reason or "stop")


def _checked(metadata: Mapping[str, Any], sample: str | int) -> Mapping[str, Any]:
    missing = [key for key in REQUIRED if key not in metadata]
    if missing:
        raise MissingMetadata(
            f"sample {sample!r} cannot be scored: its metadata lack {', '.join(missing)}. This scorer "
            f"reads logs of tasks/menus, whose samples carry {', '.join(REQUIRED)}"
        )
    return metadata
