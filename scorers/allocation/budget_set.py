"""The set of budgets behind a sample, read back from its metadata, and what was bought from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.budgets import BudgetSet
from fiduciary.economics.conventions import DOLLARS_PER_UNIT
from fiduciary.scorers.choice_problem import MissingMetadata

REQUIRED = ("stakeholders", "prices", "amounts", "shown", "group", "temperature", "base", "shift")


@dataclass(frozen=True)
class AskedSet:
    """What scoring needs to know about a sample.

    Attributes:
        budgets: the budgets.
        shown: the groups in the order in which they were named.
        group: cluster of the sample: sets that differ in that order only share it.
        temperature: τ of the answers.
        base: welfare before anything is bought, raw units.
        shift: K, raw units.
    """

    budgets: BudgetSet
    shown: tuple[str, ...]
    group: str
    temperature: float
    base: float
    shift: float

    def bundles(self, dollars: FloatArray) -> FloatArray:
        """Benefits bought (T, K), raw units, with dollars spent (T, K)."""
        return np.asarray(dollars / DOLLARS_PER_UNIT / self.budgets.prices)


def set_of(metadata: Mapping[str, Any] | None, sample: str | int | None) -> AskedSet:
    """The set of a sample.

    Raises:
        MissingMetadata: naming the keys that are missing.
        ValueError: metadata that contradict each other.
    """
    metadata = metadata or {}
    missing = [key for key in REQUIRED if key not in metadata]
    if missing:
        raise MissingMetadata(
            f"sample {sample!r} cannot be scored: its metadata lack {', '.join(missing)}. This scorer "
            f"reads logs of tasks/allocation, whose samples carry {', '.join(REQUIRED)}"
        )
    names = tuple(metadata["stakeholders"])
    shown = tuple(metadata["shown"])
    try:
        budgets = BudgetSet(names, np.array(metadata["prices"], float), np.array(metadata["amounts"], float))
    except ValueError as error:
        raise ValueError(f"sample {sample!r} cannot be scored: {error}") from error
    if sorted(shown) != sorted(budgets.stakeholders):
        raise ValueError(f"sample {sample!r} cannot be scored: it shows {shown}, but offers {names}")
    return AskedSet(
        budgets,
        shown,
        str(metadata["group"]),
        float(metadata["temperature"]),
        float(metadata["base"]),
        float(metadata["shift"]),
    )


def spent_of(answer: Mapping[str, Any], asked: AskedSet) -> FloatArray:
    """Dollars spent (T, K) as ``budget_allocations`` keeps them; rows of missing answers are NaN."""
    kept = answer.get("dollars") or [None] * len(asked.budgets.amounts)
    blank = [float("nan")] * len(asked.shown)
    return np.array([blank if row is None else row for row in kept], float)


def valid_rows(dollars: FloatArray) -> BoolArray:
    """Which rows of :func:`spent_of` hold an answer, (T,)."""
    return np.asarray(np.isfinite(dollars).all(axis=1))
