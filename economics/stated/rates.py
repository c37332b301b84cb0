"""Rates at which dollars of one group stand for dollars of another, as stated and as a CES utility implies.

A rate of group i over group j is U_i/U_j, what a dollar of i counts beside one of j. With shifted gains
s = w + K and f(s) = (s^ρ − 1)/ρ the three forms of a statement tell it so:

    makes_up   i loses a, and x more for j make up for it: rate x/a, where
               θ_j (f(s_j + x) − f(s_j)) = θ_i (f(s_i) − f(s_i − a))
    gives_up   j gains a, for which i may lose x at most: rate a/x, where
               θ_i (f(s_i) − f(s_i − x)) = θ_j (f(s_j + a) − f(s_j))
    points     100 points by what one more dollar counts: p_i/p_j = θ_i s_i^(ρ−1) / (θ_j s_j^(ρ−1))

so that the implied rate of a statement is that of its own amounts, and not their limit.

Source: Hicks (1939) for the compensating amount; Louviere, Hensher & Swait (2000) for rates from choices.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.conventions import SHIFT, STAKEHOLDERS

FORMS = ("makes_up", "gives_up", "points")
"""Ways of stating a rate."""

PAIRS: tuple[tuple[int, int], ...] = tuple(combinations(range(len(STAKEHOLDERS)), 2))
"""Pairs of groups (i, j), of which rates are i over j."""

MOST = 20.0
"""Rates from so many to one on are alike: a statement cannot tell them apart, and no choice does."""

LEAST_RHO = -20.0
"""ρ below it is as good as maximin at the gains asked about."""

_FAR = 1e4


@dataclass(frozen=True, eq=False)
class Statements:
    """Statements of one form, a row a pair of groups.

    Attributes:
        form: one of ``FORMS``.
        bundle: (n, 4), gains at which the rate is stated, raw units.
        loser, gainer: (n,), the groups i and j.
        amount: (n,), a, raw units; NaN for points.
        rate: (n,), log rate of i over j, within ±log ``MOST``; NaN where missing.
        question: (n,), labels: rows of one answer share it.
        shift: K, raw units.
    """

    form: str
    bundle: FloatArray
    loser: IntArray
    gainer: IntArray
    amount: FloatArray
    rate: FloatArray
    question: npt.NDArray[np.str_]
    shift: float = SHIFT


def read_rates(form: str, stated: npt.ArrayLike, amount: npt.ArrayLike) -> FloatArray:
    """Log rate of i over j that amounts state, within ±log ``MOST``.

    Args:
        form: ``makes_up`` or ``gives_up``.
        stated: x ≥ 0, in the units of ``amount``.
        amount: a > 0.

    Raises:
        ValueError: another form.
    """
    if form not in ("makes_up", "gives_up"):
        raise ValueError(f"form must be makes_up or gives_up, got {form!r}")
    with np.errstate(divide="ignore"):
        logs = np.log(np.asarray(stated, float)) - np.log(np.asarray(amount, float))
    return clipped(logs if form == "makes_up" else -logs)


def points_rates(points: npt.ArrayLike, i: npt.ArrayLike, j: npt.ArrayLike) -> FloatArray:
    """Log rates that points (…, 4) state; a group that gets none is the end of the scale."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.asarray(points, float))
        return clipped(logs[..., i] - logs[..., j])


def clipped(logs: npt.ArrayLike) -> FloatArray:
    """Log rates within ±log ``MOST``."""
    return np.asarray(np.clip(logs, -math.log(MOST), math.log(MOST)))


def implied_rates(data: Statements, theta: npt.ArrayLike, rho: float) -> FloatArray:
    """Log rates (n,) that a CES utility implies at each statement's gains and amounts; not clipped.

    NaN where neither group counts.

    Args:
        data: the statements.
        theta: weights (4,).
        rho: ρ ≤ 1.
    """
    weights, r = np.asarray(theta, float), max(float(rho), LEAST_RHO)
    rows = np.arange(len(data.loser))
    own, other = data.bundle[rows, data.loser] + data.shift, data.bundle[rows, data.gainer] + data.shift
    a, b = weights[data.loser], weights[data.gainer]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if data.form == "points":
            found = np.log(a) - np.log(b) + (r - 1) * (np.log(own) - np.log(other))
        elif data.form == "makes_up":
            lost = a * (_f(own, r) - _f(own - data.amount, r))
            x = _inverse(_f(other, r) + lost / b, r) - other
            found = np.log(x) - np.log(data.amount)
        else:
            gained = b * (_f(other + data.amount, r) - _f(other, r))
            x = own - _inverse(_f(own, r) - gained / a, r)
            found = np.log(data.amount) - np.log(x)
        nobody = (a <= 0) & (b <= 0)
        found = np.where(b <= 0, math.log(_FAR), np.where(a <= 0, -math.log(_FAR), found))
        return np.where(nobody, np.nan, np.clip(found, -math.log(_FAR), math.log(_FAR)))


def _f(s: FloatArray, rho: float) -> FloatArray:
    return np.asarray(np.log(s) if abs(rho) < 1e-9 else np.expm1(rho * np.log(s)) / rho)


def _inverse(y: FloatArray, rho: float) -> FloatArray:
    """s with f(s) = y: ∞ where no gain is enough, 0 where no loss is too much."""
    if abs(rho) < 1e-9:
        return np.asarray(np.exp(y))
    inside = 1 + rho * y
    end = np.inf if rho < 0 else 0.0
    return np.where(inside > 0, np.maximum(inside, 1e-300) ** (1 / rho), end)
