"""Shares and means with intervals, also where every unit gave the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy.typing as npt

from fiduciary.dossier.case import LEVEL
from fiduciary.economics.arrays import BoolArray
from fiduciary.economics.inference import Interval, alike, ratio, share
from fiduciary.leaderboard.cells import Cell, cell_of


def mean(values: npt.ArrayLike, groups: Sequence[str], *, floor: float = -math.inf) -> Cell:
    """Mean with a clustered interval, which ends at what is possible."""
    cell = _told(ratio(values, 1.0, groups, LEVEL), len(groups))
    return cell if cell.low is None else replace(cell, low=max(cell.low, floor))


def part(values: npt.ArrayLike, wholes: npt.ArrayLike, groups: Sequence[str]) -> Cell:
    """The share Σvalues/Σwholes with its interval."""
    return _told(share(values, wholes, groups, LEVEL), len(groups))


def exact(cell: Cell) -> Cell:
    """A share that was 0 or 1 in every unit, with the exact interval.

    A cell that has an interval, or holds any other figure, stays as it is.
    """
    if cell.low is not None or cell.value not in (0.0, 1.0) or not cell.n:
        return cell
    return _told(alike(cell.value, cell.n, LEVEL), cell.n)


def rate(flags: BoolArray, groups: Sequence[str]) -> Cell:
    """A share of answers, clustered by problem."""
    return part(flags, 1.0, groups)


def finite(value: float) -> float | None:
    """A finite number, or None for NaN and the infinities."""
    return float(value) if math.isfinite(value) else None


def _told(found: Interval, n: int) -> Cell:
    if not found.known:
        return Cell(None, n=n, note="no answers")
    if found.stderr > 0:
        return cell_of(found, n)
    if found.units < 2:
        return cell_of(found, n, "one problem only")
    if not math.isfinite(found.low):
        return cell_of(found, n, "the same in every problem")
    return cell_of(found, n, f"the same in all {found.units}; exact interval")
