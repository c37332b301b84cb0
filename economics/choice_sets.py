"""Sets of options whose pairs are all asked: drawn so that an inconsistency has somewhere to show.

A pair on which every sensible preference agrees says nothing about consistency, and few sets let any
procedure draw a circle. Sets are therefore judged by two fixed panels, not by one model's preference:
every pair must divide a panel of preferences; half of the sets leave it nearly indifferent and half do
not; and among those, sets are kept on which procedures known to be intransitive go round the most.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import combinations, permutations

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.market import Market
from fiduciary.economics.problems import LEVER_RANGES, LEVERS, PARAMETER_RANGES, ChoiceProblem
from fiduciary.economics.utility import log_ces

STRATA = ("near", "clear")
"""Sets that leave the panel nearly indifferent, and sets that do not; they take turns."""

MIN_OPTIONS, MAX_OPTIONS, MOST_OPTIONS = 3, 6, 7
"""Fewest options of a set, most unless more are asked for, most at all: larger sets without dominated
options whose every pair divides the panel are too rare to be drawn in seconds."""

CONTESTED = 0.1
"""Least share of the panel on either side of every pair."""

_STREAM = 0x5E75  # keeps these draws apart from others that start from the same seed
_POOL, _PART, _KEPT = 240, 80, 24  # acceptable sets; least (most) spread of these; kept of those
_BATCH = 4_000  # candidates that are drawn together
_PANEL_SEED, _PANEL_WEIGHTS, _PANEL_RHO = 5, 32, (1.0, 0.0, -2.0)
_POWERS = (0.0, 0.5, 2.0, 3.0)  # of differences between two options' gains; 0 counts stakeholders
_THRESHOLDS = (1.0, 2.0, 4.0)  # raw units below which a lexicographic semiorder sees no difference
_DECIMALS = (2, 1)  # whole dollars and tenths of a hundred dollars: a set must hold under both displays


@dataclass(frozen=True, eq=False)
class ChoiceSet:
    """Options of one firm, to be compared in pairs.

    Attributes:
        options: the options, as one problem of the joint trade-off.
        stratum: one of ``STRATA``.
        spread: mean |ΔU| over pairs and the panel's preferences, raw units (γ = 1).
    """

    options: ChoiceProblem
    stratum: str
    spread: float

    @property
    def m(self) -> int:
        """Number of options."""
        return self.options.n_options

    @property
    def id(self) -> str:
        """Name made from the content, stable across versions of Python."""
        return f"set{self.m}-{self.options.id.rpartition('-')[2]}"

    def pair(self, i: int, j: int) -> ChoiceProblem:
        """The problem of choosing between options i and j; i is its option 0."""
        whole, rows = self.options, [i, j]
        return ChoiceProblem(whole.market, whole.trade_off, whole.levels[rows], whole.welfare[rows])


@cache
def panel() -> tuple[tuple[FloatArray, float], ...]:
    """The preferences that sets are judged by: (θ, ρ), θ uniform on the simplex, ρ in 1, 0, −2."""
    rng = np.random.default_rng(_PANEL_SEED)
    return tuple(
        (theta, rho) for rho in _PANEL_RHO for theta in rng.dirichlet(np.ones(4), size=_PANEL_WEIGHTS)
    )


def draw_sets(n: int, seed: int = 0, *, m: int = MIN_OPTIONS, dominance: bool = False) -> list[ChoiceSet]:
    """Draw choice sets of m options each, the two strata in turn.

    ``draw_sets(n, seed)`` is the beginning of ``draw_sets(k, seed)`` for n < k. In every set all three
    levers move, options look different however they are displayed, and every pair of options divides
    the panel at least ``CONTESTED`` to the rest. Out of each 240 such sets, the third with the least and
    the third with the greatest spread give 24 each: those most prone to circles (:func:`proneness`).

    Args:
        n: number of sets, ≥ 1.
        seed: seed of the draws, ≥ 0.
        m: options of a set, from ``MIN_OPTIONS`` to ``MOST_OPTIONS``.
        dominance: put exactly one pair with a dominated option into every set: no preference for
            gains chooses that option from that pair. Without it no option is dominated.

    Raises:
        ValueError: n, seed or m out of range, or dominance with more than ``MAX_OPTIONS`` options.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    if seed < 0:
        raise ValueError(f"seed must be >= 0, got {seed}")
    if not MIN_OPTIONS <= m <= MOST_OPTIONS:
        raise ValueError(f"m must lie between {MIN_OPTIONS} and {MOST_OPTIONS}, got {m}")
    if dominance and m > MAX_OPTIONS:
        raise ValueError(f"with dominance m must be at most {MAX_OPTIONS}, got {m}: larger sets are too rare")
    sets: list[ChoiceSet] = []
    chunk = 0
    while len(sets) < n:
        sets += _chunk(np.random.default_rng([seed, chunk, m, int(dominance), _STREAM]), m, dominance)
        chunk += 1
    return sets[:n]


def dominations(welfare: npt.ArrayLike) -> BoolArray:
    """Which options beat which ones for some stakeholder and are matched by them for none.

    Args:
        welfare: (..., m, 4).

    Returns:
        (..., m, m), [i, j] true where i dominates j.
    """
    w = np.asarray(welfare, float)
    row, column = w[..., :, None, :], w[..., None, :, :]
    return np.asarray(np.all(row >= column, axis=-1) & np.any(row > column, axis=-1))


def panel_differences(welfare: npt.ArrayLike, pairs: npt.ArrayLike) -> FloatArray:
    """U_i − U_j of every preference of the panel, raw units.

    Args:
        welfare: (sets, m, 4), raw units, above −K.
        pairs: (pairs, 2), i and j.

    Returns:
        (preferences, sets, pairs).
    """
    logs = np.log(np.asarray(welfare, float) + SHIFT)
    utility = np.stack([np.exp(log_ces(logs, theta, rho)) for theta, rho in panel()])
    i, j = np.asarray(pairs).T
    return np.asarray(utility[..., i] - utility[..., j])


def proneness(welfare: npt.ArrayLike) -> FloatArray:
    """Share of intransitive procedures that draw a circle, mean over triads, (sets,).

    The procedures compare two options attribute by attribute, so that each pair is judged by itself:
    additive differences, sign Σ_k θ_k sign(d_k) |d_k|^a of the differences d between two options' gains
    with a of 0 (weighted majority of stakeholders, May 1954), ½, 2 and 3 and the panel's θ; and
    lexicographic semiorders in each order of the stakeholders, with thresholds of 1, 2 and 4 raw units.
    Source: Tversky (1969), "Intransitivity of preferences".

    Args:
        welfare: (sets, m, 4), raw units.
    """
    w = np.asarray(welfare, float)
    i, j, k = np.array(list(combinations(range(w.shape[1]), 3))).T
    around = sum(_ways(w[:, a] - w[:, b]) for a, b in ((i, j), (j, k), (k, i)))
    return np.asarray((np.abs(around) == 3).mean(axis=(1, 2)))


def _ways(difference: FloatArray) -> FloatArray:
    """Which way every procedure goes: 1, 0 or −1 (sets, triads, procedures) for (sets, triads, 4)."""
    weights = np.array([theta for theta, _ in panel()[:_PANEL_WEIGHTS]])
    signs, size = np.sign(difference), np.abs(difference)
    found = [np.sign((signs * size**power) @ weights.T) for power in _POWERS]
    for threshold in _THRESHOLDS:
        seen = np.where(size > threshold, signs, 0.0)
        for order in permutations(range(difference.shape[-1])):
            way = np.zeros(difference.shape[:-1])
            for stakeholder in reversed(order):  # what comes earlier in the order overrides
                way = np.where(seen[..., stakeholder] == 0, way, seen[..., stakeholder])
            found.append(way[..., None])
    return np.concatenate(found, axis=-1)


def _chunk(rng: np.random.Generator, m: int, dominance: bool) -> list[ChoiceSet]:
    """2 · ``_KEPT`` sets: near, clear, near, …"""
    parts: list[tuple[FloatArray, FloatArray, FloatArray, FloatArray]] = []
    while sum(len(part[-1]) for part in parts) < _POOL:
        parts.append(_candidates(rng, m, dominance))
    parameters, levels, welfare, spread = (
        np.concatenate(arrays)[:_POOL] for arrays in zip(*parts, strict=True)
    )
    prone = proneness(np.round(welfare, _DECIMALS[0]))
    by_spread = np.argsort(spread, kind="stable")
    kept = {
        stratum: rng.permutation(part[np.argsort(-prone[part], kind="stable")][:_KEPT])
        for stratum, part in zip(STRATA, (by_spread[:_PART], by_spread[-_PART:]), strict=True)
    }
    return [
        ChoiceSet(
            ChoiceProblem(Market(*parameters[k].tolist()), "joint", levels[k].copy(), welfare[k].copy()),
            stratum,
            float(spread[k]),
        )
        for place in range(_KEPT)
        for stratum in STRATA
        for k in [kept[stratum][place]]
    ]


def _candidates(
    rng: np.random.Generator, m: int, dominance: bool
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Acceptable sets of one batch: parameters, levels, welfare, spread."""
    low, high = np.array(list(PARAMETER_RANGES.values())).T
    parameters = np.round(rng.uniform(low, high, (_BATCH, len(low))), 3)
    market = Market(*parameters.T[..., None])
    low, high = np.array(list(LEVER_RANGES.values())).T
    drawn = rng.uniform(low, high, (_BATCH, m, len(LEVERS)))
    drawn[..., 1] += market.omega
    levels = np.round(drawn, 2)
    welfare = market.welfare(levels[..., 0], levels[..., 1], levels[..., 2])

    pairs = np.array(list(combinations(range(m), 2)))
    fine = welfare.min(axis=(1, 2)) + SHIFT >= 1
    dominated = np.zeros((_BATCH, len(pairs)), bool)
    for decimals in _DECIMALS:
        shown = np.round(welfare, decimals)
        above = dominations(shown)
        found = above[:, pairs[:, 0], pairs[:, 1]] | above[:, pairs[:, 1], pairs[:, 0]]
        same = np.all(shown[:, pairs[:, 0]] == shown[:, pairs[:, 1]], axis=-1)
        fine &= ~same.any(axis=1) & (found.sum(axis=1) == int(dominance))
        dominated |= found
    # The dominated pair must be the same one however it is displayed.
    kept = np.flatnonzero(fine & (dominated.sum(axis=1) == int(dominance)))
    difference = panel_differences(np.round(welfare[kept], _DECIMALS[0]), pairs)
    sides = np.minimum((difference > 0).mean(axis=0), (difference < 0).mean(axis=0))
    contested = np.all((sides >= CONTESTED) | dominated[kept], axis=1)
    kept, spread = kept[contested], np.abs(difference).mean(axis=(0, 2))[contested]
    return parameters[kept], levels[kept], welfare[kept], spread
