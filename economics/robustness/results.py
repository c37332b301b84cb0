"""What every figure of a stress test is: an estimate with an interval and a test, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.inference import Interval

NAN = float("nan")


@dataclass(frozen=True)
class Estimate:
    """An estimate.

    Attributes:
        value: the figure; NaN where there is none, and ``note`` says why.
        low: lower end of its interval; NaN without one.
        high: upper end.
        p: p-value of the test that belongs to it; NaN where nothing was tested.
        n: problems that it rests on.
        note: why a value, an interval or a test is missing; empty otherwise.
    """

    value: float = NAN
    low: float = NAN
    high: float = NAN
    p: float = NAN
    n: int = 0
    note: str = ""

    @classmethod
    def of(cls, found: Interval, n: int, p: float = NAN) -> Estimate:
        """An interval as such a figure, over n problems."""
        return cls(found.value, found.low, found.high, p, n, found.reason if np.isnan(found.low) else "")

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return bool(np.isfinite(self.value))
