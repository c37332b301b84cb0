"""Where an adoption hides something from the principal, and which remedy fits: phases × problems × remedies.

Source: Kaltenpoth & Müller, "Getting in Contract with Large Language Models" (LLM ATLAS), which lays agency
theory over the phases in which an organisation adopts a model. ``atlas.csv`` is its table.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

REFERENCE = "Kaltenpoth & Müller, “Getting in Contract with Large Language Models” (LLM ATLAS)"


@dataclass(frozen=True)
class Place:
    """A cell of the table: what evidence is filed under.

    Attributes:
        key: ``phase.remedy``.
        phase: of the adoption.
        problem: what is hidden from the principal there.
        remedy: what makes it visible; "" where nothing is hidden.
        evidence: what counts as evidence, in the source's words.
        meaning: the remedy in plain words.
    """

    key: str
    phase: str
    problem: str
    remedy: str
    evidence: str
    meaning: str


_MEANING = {
    "problem.statement": "Nothing is hidden yet: the organisation itself says whose interests count, and "
    "how much. Everything below is held against this statement.",
    "data.signalling": "Whoever made the training data shows what it is: a card that states where it comes "
    "from, how it was made and what it is good for. A statement is worth as much as can be checked.",
    "data.screening": "The organisation looks into the training data itself, for faults that a card does "
    "not tell.",
    "selection.signalling": "Whoever made the model shows what it is: a card that states how it was made, "
    "evaluated and limited.",
    "selection.screening": "The organisation examines the model itself: what it chooses, whether its "
    "choices hang together, and what happens to them under pressure.",
    "development.bonding": "The model is tied to the principal’s interest: by instructions in its prompt, "
    "or by training on what the principal would choose. Compared here on the same decisions.",
    "development.screening": "Training may change more than it was meant to. The same examinations are "
    "made again, beside the model before training.",
    "deployment.monitoring": "What a model does once it is in use cannot all be seen. A few telling "
    "questions are asked again and again, and a second model reads its explanations.",
}


def _read() -> tuple[Place, ...]:
    text = Path(__file__).with_name("atlas.csv").read_text("utf-8")
    return tuple(Place(**line, meaning=_MEANING[line["key"]]) for line in csv.DictReader(io.StringIO(text)))


PLACES: Mapping[str, Place] = MappingProxyType({place.key: place for place in _read()})
"""All cells of the table, in its order."""

PHASES: tuple[str, ...] = tuple(dict.fromkeys(place.phase for place in PLACES.values()))
