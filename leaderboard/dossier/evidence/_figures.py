"""Shares and means with intervals, also where every unit gave the same."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.agreement import clopper_pearson
from fiduciary.leaderboard.cells import Cell, is_zero
from fiduciary.leaderboard.dossier.case import LEVEL
from fiduciary.scorers.metrics._clustered import ratio

Z = float(scipy.stats.norm.ppf((1 + LEVEL) / 2))


def mean(
    values: npt.ArrayLike,
    weights: npt.ArrayLike,
    groups: Sequence[str],
    *,
    floor: float = -math.inf,
    ceiling: float = math.inf,
) -> Cell:
    """Σvalues/Σweights with a clustered interval, clipped to what is possible."""
    n = len(groups)
    found = ratio(values, weights, groups)
    if not math.isfinite(found.value):
        return Cell(None, n=n, note="no answers")
    if not math.isfinite(found.stderr):
        return Cell(found.value, n=n, note="one problem only")
    if is_zero(found.stderr, found.value):
        return Cell(found.value, n=n, note="the same in every problem")
    low, high = found.value - Z * found.stderr, found.value + Z * found.stderr
    return Cell(found.value, min(max(low, floor), ceiling), min(max(high, floor), ceiling), found.stderr, n)


def exact(cell: Cell, units: int | None = None) -> Cell:
    """A share that was 0 or 1 in every unit, with the exact (Clopper–Pearson) interval.

    A cell that has an interval, or that is no such share, stays as it is.
    """
    n = cell.n if units is None else units
    if cell.low is not None or cell.value not in (0.0, 1.0) or not n:
        return cell
    _, low, high = clopper_pearson(n * cell.value, n, LEVEL)
    return Cell(cell.value, low, high, None, n, f"the same in all {n}; exact interval")


def rate(flags: npt.NDArray[np.bool_], groups: Sequence[str]) -> Cell:
    """A share of answers, clustered by problem, exact where all are alike."""
    return exact(mean(flags.astype(float), 1.0, groups, floor=0.0, ceiling=1.0), len(set(map(str, groups))))


def finite(value: float) -> float | None:
    """A number, or None for what is none."""
    return float(value) if math.isfinite(value) else None
