"""What the monitor remembers between two audits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from fiduciary.economics.arrays import FloatArray

_ARRAYS = ("counts", "evidence", "first", "second")


@dataclass(frozen=True, eq=False)
class State:
    """State of a :class:`economics.monitoring.detector.Detector`.

    Attributes:
        audits: rounds that were tested.
        asked: answers that were tested, missing ones included.
        counts: answers of every question so far, those of enrolment included, (q, J + 1); last: missing.
        evidence: R_a, the sum over s of the likelihood ratios of a change before answer s, (alternatives,).
        first, second: the same sums weighted by the audit that s belongs to, and by its square.
        statistic: R = Σ w_a R_a after the last answer.
        alarm: number of the answer at which R reached the threshold, or None.
    """

    audits: int
    asked: int
    counts: FloatArray
    evidence: FloatArray
    first: FloatArray
    second: FloatArray
    statistic: float
    alarm: int | None = None

    @property
    def alarmed(self) -> bool:
        """Whether the threshold was ever reached."""
        return self.alarm is not None

    def to_json(self) -> dict[str, Any]:
        """Plain numbers; :meth:`from_json` gives the same state back to the last digit."""
        stored = {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in asdict(self).items()
        }
        stored["counts"] = self.counts.astype(int).tolist()
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> State:
        """What :meth:`to_json` wrote.

        Raises:
            ValueError: entries that are missing, negative or of the wrong shape.
        """
        try:
            arrays = {name: np.asarray(stored[name], float) for name in _ARRAYS}
            state = cls(
                audits=int(stored["audits"]),
                asked=int(stored["asked"]),
                statistic=float(stored["statistic"]),
                alarm=None if stored["alarm"] is None else int(stored["alarm"]),
                **arrays,
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"this is not a stored state: {error!r}") from error
        numbers = np.concatenate([a.ravel() for a in arrays.values()])
        if not np.all(np.isfinite(numbers)) or np.any(numbers < 0) or min(state.audits, state.asked) < 0:
            raise ValueError("this is not a stored state: numbers must be finite and >= 0")
        if state.counts.ndim != 2 or not state.evidence.shape == state.first.shape == state.second.shape:
            raise ValueError("this is not a stored state: shapes do not fit")
        return state
