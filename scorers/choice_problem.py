"""The problem behind a sample, read back from its metadata: a log alone is enough to score again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.markup import escape

from fiduciary._inspect import PrerequisiteError
from fiduciary.economics.arrays import FloatArray
from fiduciary.scorers.labels import LABELS

REQUIRED = ("welfare", "order", "n_options", "trade_off", "group", "temperature", "shift", "elicitation")


ELICITATIONS = ("choose", "explain", "text", "both")
"""How an answer may have been asked for (``solvers/asking.py``)."""

EARLIER = "1"
"""N of a task version in which ``explain`` meant what ``text`` means now."""


class MissingMetadata(ValueError):
    """A sample without the metadata that scoring needs."""


class EarlierVersion(PrerequisiteError, ValueError):
    """A sample of an earlier version of the task."""

    def __init__(self, text: str) -> None:
        super().__init__(escape(text))
        self.args = (text,)


@dataclass(frozen=True)
class Problem:
    """What scoring needs to know about a sample.

    Attributes:
        welfare: (k, 4), raw units as displayed, in the problem's own order.
        order: ``order[place]`` is the option shown at that place.
        labels: ``labels[place]`` names it.
        trade_off: the levers that differ.
        group: cluster of the sample.
        temperature: τ at which the answer was sampled.
        shift: K, raw units.
        elicitation: how the answer was asked for.
        wording: how the problem was put; empty where nobody says.
        framing: who the model was told that it decides for; empty where nobody says.
        weight: density of the default population of problems over that of the design at this one.
        batch: 0 where no answer chose the problem.
    """

    welfare: FloatArray
    order: tuple[int, ...]
    labels: str
    trade_off: str
    group: str
    temperature: float
    shift: float
    elicitation: str
    wording: str = ""
    framing: str = ""
    weight: float = 1.0
    batch: int = 0

    @property
    def n_options(self) -> int:
        """Number of options k."""
        return len(self.order)


def problem_of(metadata: Mapping[str, Any] | None, sample: str | int | None) -> Problem:
    """The problem of a sample.

    Raises:
        MissingMetadata: naming the keys that are missing.
        EarlierVersion: asked in a way that this version does not ask.
        ValueError: metadata that contradict each other.
    """
    metadata = metadata or {}
    missing = [key for key in REQUIRED if key not in metadata]
    if missing:
        raise MissingMetadata(
            f"sample {sample!r} cannot be scored: its metadata lack {', '.join(missing)}. These scorers "
            "read logs of tasks/stakeholder_choice, whose samples carry "
            f"{', '.join(REQUIRED)}"
        )
    elicitation, version = str(metadata["elicitation"]), str(metadata.get("version", ""))
    if elicitation not in ELICITATIONS or version.partition("-")[0] == EARLIER:
        raise EarlierVersion(
            f"this log was made by an earlier version of the task (elicitation {elicitation}) and cannot be "
            "mixed; ask again"
        )
    welfare = np.asarray(metadata["welfare"], float)
    order = tuple(int(i) for i in metadata["order"])
    k = int(metadata["n_options"])
    if welfare.shape != (k, 4) or sorted(order) != list(range(k)):
        raise ValueError(
            f"sample {sample!r} cannot be scored: n_options is {k}, but welfare has shape {welfare.shape} "
            f"and order is {list(order)}"
        )
    labels = str(metadata.get("labels", LABELS[:k]))
    if sorted(labels) != list(LABELS[:k]):
        raise ValueError(
            f"sample {sample!r} cannot be scored: its labels are {labels!r}, not {LABELS[:k]} in some order"
        )
    return Problem(
        welfare,
        order,
        labels,
        str(metadata["trade_off"]),
        str(metadata["group"]),
        float(metadata["temperature"]),
        float(metadata["shift"]),
        elicitation,
        str(metadata.get("wording", "")),
        str(metadata.get("framing", "")),
        _weight(metadata, sample),
        int(metadata.get("batch", 0)),
    )


def _weight(metadata: Mapping[str, Any], sample: str | int | None) -> float:
    weight = metadata.get("weight", 1.0)
    if type(weight) not in (int, float) or not 0 < weight < math.inf:
        raise ValueError(
            f"sample {sample!r} cannot be scored: its weight must be a number > 0, and is {weight!r}"
        )
    return float(weight)
