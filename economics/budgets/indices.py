"""Varian's index, Houtman and Maks's index and the money pump index of one set of budgets.

The first two are small integer programmes: cycles that violate the axiom become constraints as they
are found, until none is left. Both are exact.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.budgets.revealed import TOLERANCE, satisfies_garp

Cycle = tuple[int, ...]

_SOLVED = 0  # milp's status of a proven optimum
_SECONDS = 20.0
_GAP = 1e-6


def varian_index(relative: FloatArray) -> float:
    """Varian's index: the largest mean of budget shares e_i, one a budget, under which GARP holds.

    ::

        max (1/T) Σ e_i   subject to: no cycle with r_ij ≤ e_i throughout and r_ij < e_i somewhere

    Afriat's index uses one e for all budgets, so it is never larger. Cycles are broken by lowering
    e_i to r_ij for one of their edges; edges with r_ij = 1 cost nothing to break and play no part.

    Args:
        relative: (T, T), what ``revealed.relative_costs`` gives for one agent.

    Returns:
        The index in (0, 1]; NaN where the solver proves no optimum in 20 seconds.

    Source: Varian (1990), "Goodness-of-fit in optimizing models"; mean as the aggregator.
    """
    size = len(relative)
    edge = relative < 1 - TOLERANCE
    np.fill_diagonal(edge, False)
    pairs = np.argwhere(edge)
    if not _cycles(edge, edge):
        return 1.0
    number = {(int(i), int(j)): size + n for n, (i, j) in enumerate(pairs)}
    # Variables: waste d_i of every budget, then whether each edge is cut. d_i ≥ (1 − r_ij) cut_ij.
    waste = np.zeros((len(pairs), size + len(pairs)))
    waste[np.arange(len(pairs)), pairs[:, 0]] = 1
    waste[np.arange(len(pairs)), size + np.arange(len(pairs))] = -(1 - relative[edge])

    def remaining(solution: FloatArray) -> list[Cycle]:
        left = edge.copy()
        left[pairs[:, 0], pairs[:, 1]] = relative[edge] < 1 - solution[pairs[:, 0]] - TOLERANCE
        return _cycles(left, left)

    def members(cycle: Cycle) -> list[int]:
        return [number[i, j] for i, j in zip(cycle, cycle[1:] + cycle[:1], strict=True)]

    cost = np.concatenate([np.ones(size), np.zeros(len(pairs))])
    found = _cover(cost, np.arange(len(cost)) >= size, waste, _cycles(edge, edge), members, remaining)
    return float(1 - found / size)


def houtman_maks_index(relative: FloatArray) -> float:
    """Houtman and Maks's index: the largest share of budgets whose choices satisfy GARP together.

    Args:
        relative: (T, T), what ``revealed.relative_costs`` gives for one agent.

    Returns:
        The share in (0, 1]; NaN where the solver proves no optimum in 20 seconds.

    Source: Houtman & Maks (1985).
    """
    size = len(relative)
    weak, strict = relative <= 1 + TOLERANCE, relative < 1 - TOLERANCE
    np.fill_diagonal(weak, False)
    np.fill_diagonal(strict, False)

    def remaining(solution: FloatArray) -> list[Cycle]:
        kept = solution < 0.5
        both = np.outer(kept, kept)
        return _cycles(weak & both, strict & both)

    if satisfies_garp(relative):
        return 1.0
    none = np.zeros((0, size))
    start = _cycles(weak, strict)
    found = _cover(np.ones(size), np.ones(size, bool), none, start, list, remaining)
    return float(1 - found / size)


def money_pump_index(relative: FloatArray, expenditure: npt.ArrayLike) -> float:
    """The largest share of expenditure that arbitrage takes from a cycle of revealed preference.

    ::

        max over cycles i₁ → … → i_n → i₁ with r ≤ 1 of  Σ p_i·(x_i − x_next) / Σ p_i·x_i

    0 under GARP. The maximum, unlike the mean over all cycles, can be had in polynomial time
    (Smeulders, Cherchye, De Rock & Spieksma 2013): cycles that beat the best ratio so far are found by
    Bellman and Ford's algorithm until there is none.

    Args:
        relative: (T, T), what ``revealed.relative_costs`` gives for one agent.
        expenditure: p_i·x_i, (T,), > 0.

    Source: Echenique, Lee & Shum (2011), "The Money Pump as a Measure of Revealed Preference
    Violations".
    """
    spent = np.asarray(expenditure, float)
    gain = spent[:, None] * (1 - relative)
    allowed = relative <= 1 + TOLERANCE
    np.fill_diagonal(allowed, False)
    best = 0.0
    while True:
        length = np.where(allowed, best * spent[:, None] - gain, np.inf) / spent.max()
        cycle = _negative_cycle(length)
        if cycle is None:
            return best
        after = cycle[1:] + cycle[:1]
        ratio = gain[list(cycle), list(after)].sum() / spent[list(cycle)].sum()
        if ratio <= best + TOLERANCE:
            return best
        best = float(ratio)


def _cover(
    cost: FloatArray,
    whole: BoolArray,
    inequalities: FloatArray,
    cycles: list[Cycle],
    members: Callable[[Cycle], list[int]],
    remaining: Callable[[FloatArray], list[Cycle]],
) -> float:
    """Least cost of variables in [0, 1] that hit every cycle; NaN where no optimum was proven.

    Args:
        cost: (v,), cost of every variable.
        whole: (v,), which ones are 0 or 1.
        inequalities: (m, v), each row's product with the variables is at least 0.
        cycles: the first ones.
        members: variables of which a cycle needs one at 1.
        remaining: violating cycles that a solution leaves.
    """
    rows: list[FloatArray] = []
    while cycles:
        for cycle in cycles:
            row = np.zeros(len(cost))
            row[members(cycle)] = 1
            rows.append(row)
        matrix = np.vstack([inequalities, *rows])
        least = np.concatenate([np.zeros(len(inequalities)), np.ones(len(rows))])
        result = scipy.optimize.milp(
            cost,
            integrality=whole.astype(int),
            bounds=scipy.optimize.Bounds(0, 1),
            constraints=scipy.optimize.LinearConstraint(matrix, least, np.inf),
            options={"time_limit": _SECONDS, "mip_rel_gap": _GAP},
        )
        if result.status != _SOLVED:
            return float("nan")
        cycles = remaining(np.asarray(result.x))
    return float(result.fun)


def _cycles(weak: BoolArray, strict: BoolArray) -> list[Cycle]:
    """For every strict edge that closes a cycle of weak ones, the shortest such cycle, each once."""
    found: dict[frozenset[int], Cycle] = {}
    for start in range(len(weak)):
        before = _search(weak, start)
        for end in np.flatnonzero(strict[:, start]):
            # The strict edge end → start closes a path start → … → end.
            if before[end] is None:
                continue
            path = [int(end)]
            while path[-1] != start:
                step = before[path[-1]]
                assert step is not None
                path.append(step)
            cycle = tuple(reversed(path))
            found.setdefault(frozenset(cycle), cycle)
    return list(found.values())


def _search(edges: BoolArray, start: int) -> list[int | None]:
    """The node before each one on a shortest path from ``start``; None where there is no path."""
    before: list[int | None] = [None] * len(edges)
    before[start] = start
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for there in np.flatnonzero(edges[here]):
            if before[there] is None:
                before[there] = here
                waiting.append(int(there))
    return before


def _negative_cycle(length: FloatArray) -> Cycle | None:
    """Some cycle of negative length, or None; edges of infinite length do not exist."""
    size = len(length)
    distance, before = np.zeros(size), np.full(size, -1)
    for _ in range(size):
        through = distance[:, None] + length
        nearer = through.min(axis=0)
        better = nearer < distance - TOLERANCE
        if not better.any():
            return None
        before = np.where(better, through.argmin(axis=0), before)
        distance = np.where(better, nearer, distance)
    node = int(np.flatnonzero(better)[0])
    for _ in range(size):
        node = int(before[node])
    cycle = [node]
    while int(before[cycle[-1]]) != node:
        cycle.append(int(before[cycle[-1]]))
    return tuple(reversed(cycle))
