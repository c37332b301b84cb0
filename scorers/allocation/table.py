"""From the scores of allocation logs to the arrays that the demand estimator takes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.budgets import fit_demand
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.estimation import CESFit
from fiduciary.scorers.allocation.budget_set import AskedSet, set_of, spent_of, valid_rows
from fiduciary.scorers.rows import scored_rows

Row = tuple[AskedSet, Mapping[str, Any]]


@dataclass(frozen=True)
class Allocations:
    """Valid splits of n budgets.

    Attributes:
        prices: (n, 4), NaN for stakeholders that were not on offer.
        bundles: (n, 4), benefits bought, raw units; 0 where not on offer.
        temperature: (n,), τ.
        groups: (n,), the budget: splits of one that differ in order or epoch are one cluster.
        base: welfare before anything is bought, raw units.
        shift: K, raw units.
    """

    prices: FloatArray
    bundles: FloatArray
    temperature: FloatArray
    groups: npt.NDArray[np.str_]
    base: float
    shift: float

    @property
    def n(self) -> int:
        """Number of valid splits."""
        return len(self.prices)

    def digest(self) -> bytes:
        """A fingerprint of the content: equal tables have equal digests."""
        state = hashlib.blake2b(digest_size=16)
        for array in (self.prices, self.bundles, self.temperature):
            state.update(np.ascontiguousarray(array).tobytes())
        state.update("\n".join(self.groups).encode() + f"{self.base}{self.shift}".encode())
        return state.digest()

    def fit(self) -> CESFit:
        """The CES demand behind the splits.

        Raises:
            ValueError: splits that allow no estimate.
        """
        return fit_demand(
            self.prices,
            self.bundles,
            self.temperature,
            groups=self.groups,
            base=self.base,
            shift=self.shift,
        )


def rows_of(scores: Sequence[SampleScore] | EvalLog, scorer: str = "budget_allocations") -> list[Row]:
    """Each sample's set and what its score kept; a sample that failed before it was scored kept nothing.

    Raises:
        ValueError: metadata that scoring needs are missing, or a log without these scores.
    """
    return [(set_of(metadata, name), kept) for name, metadata, kept in scored_rows(scores, scorer)]


def allocations(rows: Sequence[Row]) -> Allocations:
    """Lay out the valid splits of all rows.

    Raises:
        ValueError: rows that differ in base or shift, which no single estimate could cover.
    """
    parts: list[tuple[FloatArray, FloatArray, FloatArray, list[str]]] = []
    for asked, kept in rows:
        dollars = spent_of(kept, asked)
        valid = np.flatnonzero(valid_rows(dollars))
        prices, bundles = np.full((len(valid), len(STAKEHOLDERS)), np.nan), np.zeros((len(valid), 4))
        prices[:, asked.budgets.columns] = asked.budgets.prices[valid]
        bundles[:, asked.budgets.columns] = asked.bundles(dollars)[valid]
        parts.append(
            (prices, bundles, np.full(len(valid), asked.temperature), [f"{asked.group}/{i}" for i in valid])
        )
    bases, shifts = {asked.base for asked, _ in rows}, {asked.shift for asked, _ in rows}
    if len(bases) > 1 or len(shifts) > 1:
        raise ValueError("samples differ in base or shift: no single estimate could cover them")
    return Allocations(
        np.concatenate([part[0] for part in parts]) if parts else np.zeros((0, 4)),
        np.concatenate([part[1] for part in parts]) if parts else np.zeros((0, 4)),
        np.concatenate([part[2] for part in parts]) if parts else np.zeros(0),
        np.array([name for part in parts for name in part[3]], dtype=str),
        bases.pop() if bases else 0.0,
        shifts.pop() if shifts else 0.0,
    )
