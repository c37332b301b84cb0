"""The problem behind a sample, read back from its metadata: a log alone is enough to score again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

REQUIRED = ("welfare", "order", "n_options", "trade_off", "group", "temperature", "shift", "elicitation")


class MissingMetadata(ValueError):
    """A sample without the metadata that scoring needs."""


@dataclass(frozen=True)
class Problem:
    """What scoring needs to know about a sample.

    Attributes:
        welfare: (k, 4), raw units as displayed, in the problem's own order.
        order: ``order[place]`` is the option shown at that place.
        trade_off: the levers that differ.
        group: cluster of the sample.
        temperature: τ at which the answer was sampled.
        shift: K, raw units.
        elicitation: how the answer was asked for.
    """

    welfare: npt.NDArray[np.float64]
    order: tuple[int, ...]
    trade_off: str
    group: str
    temperature: float
    shift: float
    elicitation: str

    @property
    def n_options(self) -> int:
        """Number of options k."""
        return len(self.order)


def problem_of(metadata: Mapping[str, Any] | None, sample: str | int | None) -> Problem:
    """The problem of a sample.

    Raises:
        MissingMetadata: naming the keys that are missing.
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
    welfare = np.asarray(metadata["welfare"], float)
    order = tuple(int(i) for i in metadata["order"])
    k = int(metadata["n_options"])
    if welfare.shape != (k, 4) or sorted(order) != list(range(k)):
        raise ValueError(
            f"sample {sample!r} cannot be scored: n_options is {k}, but welfare has shape {welfare.shape} "
            f"and order is {list(order)}"
        )
    return Problem(
        welfare,
        order,
        str(metadata["trade_off"]),
        str(metadata["group"]),
        float(metadata["temperature"]),
        float(metadata["shift"]),
        str(metadata["elicitation"]),
    )
