"""Changes of figures between two that answered the same: paired, with errors that respect clusters."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference import Interval, around, holm, ratio, two_sided
from fiduciary.leaderboard.columns import COLUMNS, Column

ALPHA = 0.05

NAN = float("nan")

Verdict = Literal["better", "REGRESSION", "changed", "no change shown", "not tested"]

_COLUMNS = {column.key: column for column in COLUMNS}


@dataclass(frozen=True)
class Change:
    """A figure before and after.

    Attributes:
        key: of the table's column; where it has none, what the figure is called.
        before, after: the figure, on what both answered; NaN where there is none.
        difference: after − before.
        stderr: of the difference; NaN where there is none.
        p_value: two-sided, of no difference; NaN where nothing could be tested.
        test: which one.
        df: degrees of freedom behind the standard error.
        adjusted: the p-value after Holm's correction.
    """

    key: str
    before: float
    after: float
    difference: float = NAN
    stderr: float = NAN
    p_value: float = NAN
    test: str = ""
    df: float = math.inf
    adjusted: float = NAN

    @property
    def column(self) -> Column | None:
        """The table's column that holds the figure."""
        return _COLUMNS.get(self.key)

    @property
    def title(self) -> str:
        """What people call it."""
        if self.column is None:
            return self.key
        return f"missing: {self.column.title}" if self.key.endswith(".missing") else self.column.title

    @property
    def interval(self) -> Interval:
        """The difference with its 95 % interval."""
        return around(self.difference, self.stderr, self.df)

    @property
    def verdict(self) -> Verdict:
        """What the test says, two-sided at 5 % after correction."""
        if math.isnan(self.p_value):
            return "no change shown" if self.difference == 0 else "not tested"
        if not self.adjusted < ALPHA:
            return "no change shown"
        better = None if self.column is None else self.column.better
        if better is None:
            return "changed"
        return "better" if (self.difference > 0) == (better == "higher") else "REGRESSION"


def paired(
    key: str,
    before: FloatArray,
    after: FloatArray,
    groups: npt.ArrayLike,
    weight: npt.ArrayLike = 1.0,
    unit: str = "problems",
) -> Change:
    """Σa/Σw before and after and their difference, clustered.

    ::

        s² = G/(G − 1) Σ_g (Σ_{i∈g} (d_i − D w_i))² / (Σ w)²,   d = after − before, D = Σd/Σw

    with the p-value of Student's t with G − 1 degrees of freedom. Where all G clusters moved alike no spread
    can be told, but without a change signs are exchangeable: the sign test, p = 2^(1 − G).

    Args:
        key: as in :class:`Change`.
        before, after: (n,), what is averaged; NaN in either leaves the row out.
        groups: (n,), cluster of each row.
        weight: w, (n,); 1 for a mean.
        unit: what a cluster is, in the plural.
    """
    weights = np.broadcast_to(np.asarray(weight, float), before.shape)
    both = np.isfinite(before) & np.isfinite(after) & np.isfinite(weights)
    kept, weights = np.asarray(groups)[both], weights[both]
    values = [ratio(part, weights, kept).value for part in (before[both], after[both])]
    moved = ratio(after[both] - before[both], weights, kept)
    how, df = f"paired on {moved.units} {unit}", max(moved.units - 1.0, 1.0)
    if moved.value == 0:
        p = 1.0
    elif moved.alike:
        p, how = 2.0 ** (1 - moved.units), f"sign test on {moved.units} {unit}"
    else:
        p = two_sided(moved.value, moved.stderr, df)
    return Change(key, values[0], values[1], moved.value, moved.stderr, p, how, df)


def corrected(families: Iterable[Sequence[Change]]) -> list[tuple[Change, ...]]:
    """The changes with p-values after Holm's correction over all of them."""
    given = [list(family) for family in families]
    adjusted = iter(holm([change.p_value for family in given for change in family]).tolist())
    return [tuple(replace(change, adjusted=next(adjusted)) for change in family) for family in given]
