"""Which group every explanation argues for, and the letters behind it in every context."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.scorers.answers import Kept, answers_of
from fiduciary.scorers.instruments.metrics import instrument_effects
from fiduciary.scorers.instruments.table import check
from fiduciary.scorers.labelled import read_labelled
from fiduciary.scorers.labels import LABELS
from fiduciary.scorers.reading.groups import NO_GROUP, argued_group

SAID, LETTER = "said/", "letter/"
"""How the names of explanations and of the letters behind them begin (``solvers/instruments.py``)."""


@scorer(metrics=[instrument_effects()])
def argued_choices() -> Scorer:
    """Read all answers to a problem; the value is the share of letters that are valid.

    The score's metadata hold by arm ``argued`` (the group that the explanation argues for, by its place among
    the stakeholders, −1 for none) and ``states`` (what became of the explanation); by question ``letters``
    (probability of every option by own index, None where there is no answer), ``reasons`` (why there is
    none) and ``outside`` (probability of no label, None without log-probabilities).
    """

    async def score(state: TaskState, target: Target) -> Score:
        metadata = check(state.metadata, state.sample_id)
        kept, arms = answers_of(state), list(metadata["encouragements"])
        labels = LABELS[: int(metadata["n_options"])]
        states = {arm: read_labelled(kept.get(SAID + arm), "text", labels).state for arm in arms}
        argued = {
            arm: argued_group(kept[SAID + arm].text) if states[arm] == "complete" else NO_GROUP
            for arm in arms
        }
        letters: dict[str, list[float] | None] = {}
        reasons: dict[str, str | None] = {}
        outside: dict[str, float | None] = {}
        for name in _asked(arms):
            letters[name], reasons[name], outside[name] = _letter(kept.get(name), metadata, labels)
            behind = states.get(name.rpartition("/")[2]) if name.startswith(LETTER) else "complete"
            if behind != "complete":
                letters[name], reasons[name] = None, f"explanation: {behind}"
        valid = sum(letter is not None for letter in letters.values())
        return Score(
            value=valid / len(letters),
            answer=f"{valid} of {len(letters)} letters",
            explanation="\n".join(_explain(arm, argued[arm], str(states[arm])) for arm in arms),
            metadata={
                "argued": argued,
                "states": states,
                "letters": letters,
                "reasons": reasons,
                "outside": outside,
            },
        )

    return score


def _asked(arms: list[str]) -> list[str]:
    """Names of all letters: at once, behind the own explanation, and behind transplanted ones."""
    unasked, *named = arms
    at_once = [f"direct/{arm}" for arm in arms]
    own = [f"{LETTER}{unasked}/{arm}" for arm in arms]
    return at_once + own + [f"{LETTER}{at}/{arm}" for at in named for arm in arms if arm != at]


def _letter(
    kept: Kept | None, metadata: Mapping[str, Any], labels: str
) -> tuple[list[float] | None, str | None, float | None]:
    """Probabilities by own index, why there are none, and the mass outside the labels."""
    said = read_labelled(kept, "choose", labels)
    shares = said.tempered(1.0)
    outside = said.outside if math.isfinite(said.outside) else None
    if shares is None:
        return None, said.reason or "no answer", outside
    place_of = {int(own): place for place, own in enumerate(metadata["order"])}
    return [shares[place_of[own]] for own in range(len(labels))], None, outside


def _explain(arm: str, argued: int, state: str) -> str:
    """A line for every arm, to be read in the log viewer."""
    asked = "asked for nothing" if arm == "none" else f"asked to weigh {arm}"
    if state != "complete":
        return f"{asked}: no explanation ({state})"
    return f"{asked}: argues for {STAKEHOLDERS[argued] if argued >= 0 else 'no group plainly'}"
