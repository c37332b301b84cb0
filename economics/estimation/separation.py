"""Perfectly explained choices: which preferences explain every one, and how large γ must be.

For a fixed ρ the condition "the chosen option has the highest utility" is linear in θ, because the
outer power 1/ρ is monotone: Σ_k θ_k s(x_ck) ≥ Σ_k θ_k s(x_jk) with s(x) = sign(ρ) x^ρ (log x at
ρ = 0). The explaining θ form a polytope, found by linear programmes; over a grid of ρ they form the
identified set. Such choices bound γ from below only: the likelihood rises all the way to γ = ∞.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.estimation.data import ChoiceData
from fiduciary.economics.estimation.likelihood import CESLikelihood
from fiduciary.economics.utility import COBB_DOUGLAS

RHO_GRID = (1.0, 0.9, 0.75, 0.5, 0.25, 0.0, -0.5, -1.0, -2.0, -5.0, -10.0, -20.0)
GRID = 9  # points between the ends of the range of ρ at which ranges of θ are taken
_TOLERANCE = 1e-9
_TIED, _OUT = 1e-2, 10.0  # logits behind the best option


@dataclass(frozen=True, eq=False)
class Separation:
    """Preferences that explain every choice.

    Attributes:
        rho: values of ρ for which some θ explains every choice, (r,): both ends of their range, found
            by bisection, and a grid between them.
        theta_low, theta_high: smallest and largest weight among those θ at each such ρ, (r, 4).
        theta: the explaining θ of largest margin, (4,), found at ρ = ``rho_inside``.
        gamma_low: one-sided lower confidence bound of γ, utils per raw unit: under any smaller γ
            choices this consistent have probability below 1 − level.
        level: confidence level of that bound.
        by: "utility" where preferences alone explain the choices; "utility and constants" where only
            together with constants of places and letters (the set is then not computed); "constants"
            where those alone do, and no θ is identified.
    """

    rho: FloatArray
    theta_low: FloatArray
    theta_high: FloatArray
    theta: FloatArray
    rho_inside: float
    gamma_low: float
    level: float
    by: str

    @property
    def theta_range(self) -> FloatArray:
        """Smallest and largest weight over all ρ that fit, (4, 2); NaN without any."""
        if not len(self.rho):
            return np.full((len(STAKEHOLDERS), 2), np.nan)
        return np.stack([self.theta_low.min(axis=0), self.theta_high.max(axis=0)], axis=1)

    def describe(self) -> str:
        """One paragraph for the terminal."""
        if self.by == "constants":
            return "Separated: places and letters explain every choice; no preference is identified."
        if self.by == "utility and constants":
            return (
                "Separated: one utility together with constants of places and letters explains every "
                "choice. The estimate is one such utility; how far others may differ is not known."
            )
        sets = ", ".join(
            f"{name} [{low:.3f}, {high:.3f}]"
            for name, (low, high) in zip(STAKEHOLDERS, self.theta_range, strict=True)
        )
        return (
            "Separated: every choice maximises one utility (deterministic, aligned). "
            f"γ ≥ {self.gamma_low:.3g} at {self.level:.0%}; θ that explain every choice: {sets}; "
            f"ρ in [{self.rho.min():.3g}, {self.rho.max():.3g}]."
        )


@dataclass(frozen=True)
class ExplainingSet:
    """θ that explain every choice at one ρ: the range of each weight, and a member well inside."""

    low: FloatArray
    high: FloatArray
    center: FloatArray
    margin: float


def explaining_set(data: ChoiceData, rho: float) -> ExplainingSet | None:
    """The polytope of θ that makes every chosen option a best one, or None where it is empty.

    Args:
        data: choices (not probabilities).
        rho: finite ρ.

    Returns:
        Range of each weight and the θ of largest margin, or None.
    """
    rows = _advantage(data, rho)
    k = len(STAKEHOLDERS)
    # Cutting planes: few rows ever bind, so solve on a handful and add those that are violated.
    kept = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), 40)).astype(int))

    def solve(objective: FloatArray, with_margin: bool) -> FloatArray | None:
        nonlocal kept
        while True:
            a = np.hstack([-rows[kept], np.full((len(kept), 1), 1.0 if with_margin else 0.0)])
            solution = scipy.optimize.linprog(
                objective,
                A_ub=a,
                b_ub=np.zeros(len(kept)),
                A_eq=[[1.0] * k + [0.0]],
                b_eq=[1.0],
                bounds=[(0, 1)] * k + [(-1, 1)],
                method="highs",
            )
            if not solution.success:
                return None
            x = np.asarray(solution.x, float)
            margin = rows @ x[:k]
            needed = x[k] if with_margin else 0.0
            violated = np.flatnonzero(margin < needed - _TOLERANCE)
            violated = np.setdiff1d(violated[np.argsort(margin[violated])][:40], kept)
            if not violated.size:
                return x
            kept = np.union1d(kept, violated)

    best = solve(np.array([0.0] * k + [-1.0]), with_margin=True)
    if best is None or best[k] < -_TOLERANCE:
        return None
    low, high = np.empty(k), np.empty(k)
    for i in range(k):
        direction = np.zeros(k + 1)
        direction[i] = 1.0
        bottom, top = solve(direction, with_margin=False), solve(-direction, with_margin=False)
        # Without a solution only the margin's own θ is left, within rounding.
        low[i] = (best if bottom is None else bottom)[i]
        high[i] = (best if top is None else top)[i]
    return ExplainingSet(np.clip(low, 0, 1) + 0.0, np.clip(high, 0, 1) + 0.0, best[:k], float(best[k]))


def explaining_range(data: ChoiceData, inside: float, low: float, high: float) -> dict[float, ExplainingSet]:
    """Explaining sets over the range of ρ around ``inside`` for which there is one.

    Both ends are found by bisection to 1e-4; a grid of ``GRID`` points lies between them.

    Args:
        data: choices.
        inside: where the likelihood's maximum was found.
        low, high: bounds of ρ.
    """
    found = {rho: s for rho in _candidates(inside, low, high) if (s := explaining_set(data, rho)) is not None}
    if not found:
        return {}
    ends = []
    for start, bound in ((min(found), low), (max(found), high)):
        if start == bound or (at_bound := explaining_set(data, bound)) is not None:
            if start != bound and at_bound is not None:
                found[bound] = at_bound
            ends.append(bound)
            continue
        good, bad = start, bound
        while abs(good - bad) > 1e-4:
            middle = (good + bad) / 2
            there = explaining_set(data, middle)
            if there is None:
                bad = middle
            else:
                good, found[middle] = middle, there
        ends.append(good)
    for rho in np.linspace(ends[0], ends[1], GRID)[1:-1].tolist():
        there = explaining_set(data, rho)
        if there is not None:
            found[rho] = there
    return found


def explains(likelihood: CESLikelihood, x: FloatArray) -> bool:
    """Whether every chosen option has the highest utility at ``x``, ties included.

    A search towards γ = ∞ ends short of exact ties, such as those of a problem that was answered in two
    ways. They are taken for ties where all other options are out of the question.
    """
    data = likelihood.data
    v = likelihood.utilities(x)
    best = np.maximum.reduceat(v, data.starts)
    chosen = np.flatnonzero(data.weight == 1)
    if np.all(v[chosen] >= best - 1e-9 * np.maximum(np.abs(best), 1)):
        return True
    behind = (np.repeat(best, data.counts) - v) / np.repeat(data.temperature ** x[-1], data.counts)
    tied, out = behind <= _TIED, behind >= _OUT
    return bool(tied[chosen].all() and (tied | out).all() and out.any())


def constants_explain(data: ChoiceData) -> bool:
    """Whether constants of places and letters alone make every chosen option the only best one."""
    if not data.constants:
        return False
    chosen = np.flatnonzero(data.weight == 1)
    mine = np.repeat(chosen, data.counts)
    other = np.flatnonzero(np.arange(len(mine)) != mine)
    pairs = np.unique(np.vstack([data.cells[:, other], data.cells[:, mine[other]]]), axis=1)
    size, factors = len(data.constants) + 1, len(data.cells)
    dummies = np.eye(size)[pairs]
    rows = (dummies[:factors].sum(axis=0) - dummies[factors:].sum(axis=0))[:, 1:]
    solution = scipy.optimize.linprog(
        [0.0] * (size - 1) + [-1.0],
        A_ub=np.hstack([rows, np.ones((len(rows), 1))]),
        b_ub=np.zeros(len(rows)),
        bounds=[(-1, 1)] * (size - 1) + [(None, 1)],
        method="highs",
    )
    return bool(solution.success and solution.x[-1] > _TOLERANCE)


def _candidates(inside: float, low: float, high: float) -> list[float]:
    return [inside, *(rho for rho in RHO_GRID if low <= rho <= high and rho != inside)]


def _advantage(data: ChoiceData, rho: float) -> FloatArray:
    """s(x_chosen) − s(x_other) for every other option, (rows, 4), each row scaled to length 1."""
    chosen = np.flatnonzero(data.weight == 1)
    mine = np.repeat(chosen, data.counts)
    # Relative to the chosen option's own figures powers stay in range for any ρ.
    logs = data.logs - np.repeat(data.logs[:, chosen].mean(axis=0), data.counts)
    s = logs if abs(rho) < COBB_DOUGLAS else np.expm1(rho * logs) / rho
    difference = (s[:, mine] - s).T
    difference = difference[np.arange(len(mine)) != mine]
    length = np.abs(difference).max(axis=1)
    return np.asarray(difference[length > 0] / length[length > 0, None])
