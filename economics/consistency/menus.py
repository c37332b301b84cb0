"""The same options in smaller and larger menus: independence, regularity, and how good choices stay.

Choices are counts of S option sets, all with the same M menus of up to J options. Sets do not share
options, so each has utilities of its own; statistics are pooled over sets, and their distributions
simulated, since a set alone gets few answers. Sums of probabilities may stand in the place of counts: what
they show is not sampled, so that sizes are taken from them and no tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray

_STEPS = 40
_SETTLED = 1e-6  # change of every probability
_LARGEST_STEP = 2.0  # utils: where choices are separated the likelihood only flattens out
_RIDGE = 1e-9
_SWEEPS = 80
_NEAR = 1.0  # standard errors by which a share must fall to count as falling
_FAR = 30.0  # utils apart: a probability of 0 in double precision's neighbourhood
_PRIOR = 0.5  # pseudo-choices of every option in the distribution that counts are redrawn from


@dataclass(frozen=True, eq=False)
class MenuCounts:
    """Choices from menus.

    Attributes:
        menus: the options of each menu, M of them, each with two options or more.
        counts: (S, M, J), how often each option was chosen, or its probabilities summed over answers; 0 for
            options outside a menu.

    Raises:
        ValueError: a menu with fewer than two or repeated options, counts of another shape, negative
            ones, or choices of an option that a menu does not hold.
    """

    menus: tuple[tuple[int, ...], ...]
    counts: FloatArray | IntArray

    def __post_init__(self) -> None:
        counts = np.asarray(self.counts)
        object.__setattr__(self, "menus", tuple(tuple(menu) for menu in self.menus))
        if any(len(set(menu)) < max(2, len(menu)) for menu in self.menus):
            raise ValueError(f"menus must hold two or more different options, got {list(self.menus)}")
        if counts.ndim != 3 or counts.shape[1] != len(self.menus):
            raise ValueError(f"counts must have shape (sets, {len(self.menus)}, options), got {counts.shape}")
        if max(max(menu) for menu in self.menus) >= counts.shape[2]:
            raise ValueError("menus hold options that counts have no column for")
        if np.any(counts < 0) or np.any(counts[:, ~self.offered] > 0):
            raise ValueError("counts must be >= 0, and 0 for options outside a menu")
        object.__setattr__(self, "counts", counts)

    @property
    def offered(self) -> BoolArray:
        """(M, J), which options each menu holds."""
        held = np.zeros((len(self.menus), np.shape(self.counts)[-1]), bool)
        for row, menu in zip(held, self.menus, strict=True):
            row[list(menu)] = True
        return held

    @property
    def totals(self) -> FloatArray | IntArray:
        """(S, M), answers to each menu."""
        return np.asarray(self.counts.sum(axis=-1))

    @property
    def drawn(self) -> IntArray:
        """(S, M), answers to each menu, as many as a test redraws.

        Raises:
            ValueError: the counts are not whole numbers.
        """
        if not np.issubdtype(self.counts.dtype, np.integer):
            raise ValueError("a test takes counts, whole numbers; sums of probabilities are not sampled")
        return np.asarray(self.totals, np.int64)

    @property
    def sizes(self) -> IntArray:
        """(M,), number of options of each menu."""
        return np.array([len(menu) for menu in self.menus])


class MenuTest(NamedTuple):
    """A pooled test.

    Attributes:
        statistic: what was observed.
        expected: its mean under the hypothesis.
        p_value: share of simulated values at least as large, the observed one among them.
    """

    statistic: float
    expected: float
    p_value: float


def luce_shares(counts: npt.ArrayLike, offered: BoolArray) -> FloatArray:
    """Choice probabilities of the multinomial logit (Luce 1959) that fits each set's menus best.

    P(a | menu) = exp v_a / Σ_{b ∈ menu} exp v_b with the same v in every menu, by Newton's method on the
    likelihood. Where options are never or always chosen v diverges; probabilities still converge.

    Args:
        counts: (..., M, J).
        offered: (M, J), which options each menu holds.

    Returns:
        Array like ``counts``, 0 for options outside a menu; a menu without answers gets what the
        others imply.
    """
    n = np.asarray(counts, float)
    totals = n.sum(axis=-1, keepdims=True)
    v = np.zeros((*n.shape[:-2], n.shape[-1]))
    p, eye = _softmax(v, offered), np.eye(n.shape[-1])
    for _ in range(_STEPS):
        gradient = (n - totals * p).sum(axis=-2)
        weighted = totals * p
        information = eye * weighted.sum(axis=-2)[..., None] - np.swapaxes(weighted, -1, -2) @ p
        scale = np.maximum(np.trace(information, axis1=-2, axis2=-1), 1e-3)[..., None, None]
        # The ridge holds what is not identified: the level of v, and options that were never offered.
        step = np.linalg.solve(
            information + (_RIDGE * scale + 1e-9) * eye + 1e-6 * scale, gradient[..., None]
        )
        v = v + step[..., 0].clip(-_LARGEST_STEP, _LARGEST_STEP)
        v = (v - v.mean(axis=-1, keepdims=True)).clip(-_FAR, _FAR)
        before, p = p, _softmax(v, offered)
        if np.abs(p - before).max(initial=0.0) < _SETTLED:
            break
    return p


def iia_test(data: MenuCounts, rng: np.random.Generator, draws: int = 199) -> MenuTest:
    """Independence of irrelevant alternatives: does one logit over all menus fit as well as one for each?

    ::

        LR = 2 Σ_sets Σ_menus Σ_a n_a (log n_a/n − log P̂_a)

    with P̂ from :func:`luce_shares`. Its distribution comes from redrawing all counts from a fit that is
    smoothed by half a choice of every option of a menu, because the plain one, which takes what a few
    answers did not show for impossible, would draw too little noise.

    Args:
        data: the choices; menus without answers play no part.
        rng: source of the draws.
        draws: number of simulated values.

    Source: McFadden, Train & Tye (1977) for the test of one logit against menu-specific ones; Hausman &
    McFadden (1984).
    """
    smoothed = luce_shares(data.counts + _PRIOR * data.offered * (data.totals > 0)[..., None], data.offered)
    simulated = rng.multinomial(data.drawn, smoothed, size=(draws, *data.totals.shape))
    observed = _likelihood_ratio(data.counts, data.offered)
    reference = _likelihood_ratio(simulated, data.offered).sum(axis=-1)
    return _test(float(observed.sum()), reference)


def comparisons(menus: Sequence[Sequence[int]]) -> IntArray:
    """All (menu, larger menu that contains it, option in both), (C, 3)."""
    found = [
        (s, t, option)
        for s, small in enumerate(menus)
        for t, large in enumerate(menus)
        if len(small) < len(large) and set(small) < set(large)
        for option in small
    ]
    return np.array(found, np.int64).reshape(-1, 3)


def rises_by_set(data: MenuCounts) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Comparisons in which a share rises in the larger menu, the sum of these rises, and all comparisons.

    Compared are menus with answers, one inside the other; (S,) each.
    """
    small, large, option = comparisons(data.menus).T
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = data.counts / data.totals[..., None]
    difference = shares[:, large, option] - shares[:, small, option]
    known = np.isfinite(difference)
    # Rounding is no rise.
    risen = np.where(known & (np.nan_to_num(difference) > 1e-9), np.nan_to_num(difference), 0.0)
    return (risen > 0).sum(axis=1).astype(float), risen.sum(axis=1), known.sum(axis=1).astype(float)


def logit_distance(data: MenuCounts) -> FloatArray:
    """How far choice probabilities are from one logit for all menus of a set, each set's (S,).

    ::

        mean over menus of ½ Σ_a |P_a − P̂_a|

    with P̂ from :func:`luce_shares`: the share of decisions that would have to change for the independence of
    irrelevant alternatives. NaN for a set without answers. Counts are above 0 here by their sampling alone.
    """
    fitted = luce_shares(data.counts, data.offered)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = data.counts / data.totals[..., None]
        apart = np.abs(shares - fitted).sum(axis=-1) / 2
    answered = data.totals > 0
    total = np.where(answered, apart, 0.0).sum(axis=1)
    return np.divide(total, answered.sum(axis=1), out=np.full(len(total), np.nan), where=answered.any(axis=1))


def regularity_test(data: MenuCounts, rng: np.random.Generator, draws: int = 199) -> MenuTest:
    """Regularity: adding an option must not raise another's share, P(a | T) ≤ P(a | S) for a ∈ S ⊂ T.

    ::

        Q = Σ max(0, t)²,   t = (p̂_T − p̂_S) / √(v_T + v_S)

    over all comparisons of all sets; one-sided, so that falls do not make up for rises. Every random
    utility satisfies regularity, whatever it says of independence. The distribution comes from
    redrawing all counts from a point that is regular and near the observed shares: these are drawn
    towards the best logit, which is regular, by the weight of one more choice an option, and what does
    not fall by a standard error is levelled. With few answers that point leans on the logit, with many
    on the shares alone; taking small falls for none makes the test err on the side of noise.

    Args:
        data: the choices.
        rng: source of the draws.
        draws: number of simulated values.
    """
    regular = regular_shares(data)
    simulated = rng.multinomial(data.drawn, regular, size=(draws, *data.totals.shape))
    return _test(float(_rise(data, data.counts)), _rise(data, simulated))


def regular_shares(data: MenuCounts) -> FloatArray:
    """Choice probabilities near the observed shares that satisfy regularity, (S, M, J).

    Shares are averaged with the best logit's, which counts as one choice an option; options whose share
    does not fall by a standard error from a menu to a larger one are levelled, pair by pair, again and
    again, until hardly any share rises.
    """
    prior = luce_shares(data.counts + _PRIOR * data.offered * (data.totals > 0)[..., None], data.offered)
    weight = data.sizes[:, None].astype(float)
    p = (data.counts + weight * prior) / (data.totals[..., None] + weight)
    n = data.totals + weight[:, 0]
    variance = p * (1 - p) / n[..., None]
    for sweep in range(_SWEEPS):
        near = _NEAR if sweep < _SWEEPS // 4 else 0.0  # then only what rises, which settles
        for small, large, option in comparisons(data.menus):
            rise = p[:, large, option] - p[:, small, option]
            slack = near * np.sqrt(variance[:, large, option] + variance[:, small, option])
            part = np.where(rise > -slack, rise / (n[:, small] + n[:, large]), 0.0)
            p[:, large, option] -= part * n[:, small]
            p[:, small, option] += part * n[:, large]
        p /= p.sum(axis=-1, keepdims=True)
    return np.asarray(p)


def _rise(data: MenuCounts, counts: npt.ArrayLike) -> FloatArray:
    """Q of counts (..., S, M, J), summed over sets: (...)."""
    small, large, option = comparisons(data.menus).T
    n = np.asarray(counts, float)
    totals = n.sum(axis=-1, keepdims=True)
    added = n + _PRIOR * data.offered
    smoothed = added / added.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares, variance = n / totals, smoothed * (1 - smoothed) / totals
        difference = shares[..., large, option] - shares[..., small, option]
        t = difference / np.sqrt(variance[..., large, option] + variance[..., small, option])
    return np.asarray((np.maximum(np.nan_to_num(t, nan=0.0), 0.0) ** 2).sum(axis=(-2, -1)))


def best_shares(data: MenuCounts) -> dict[int, tuple[FloatArray, FloatArray, FloatArray]]:
    """By menu size: how often each set's likeliest option is chosen, and how often the fit has it.

    The likeliest option of a menu is that of the logit over all of the set's menus. Under that logit
    the two agree on average; where larger menus overload, fewer choices than fitted go to it there.

    Returns:
        For each size three arrays over sets (S,): choices of the likeliest option, their fitted number,
        and answers.
    """
    fitted = luce_shares(data.counts, data.offered)
    best = fitted.argmax(axis=-1)[..., None]
    hits = np.take_along_axis(data.counts, best, -1)[..., 0]
    expected = np.take_along_axis(fitted, best, -1)[..., 0] * data.totals
    return {
        int(size): (
            hits[:, data.sizes == size].sum(axis=1).astype(float),
            expected[:, data.sizes == size].sum(axis=1),
            data.totals[:, data.sizes == size].sum(axis=1).astype(float),
        )
        for size in np.unique(data.sizes)
    }


def attraction_effects(counts: npt.ArrayLike) -> FloatArray:
    """By how much a dominated decoy moves choices towards the option that dominates it, each set's (S,).

    ::

        ½ [ n_a/(n_a + n_b) with a's decoy  −  the same with b's decoy ]

    0 under independence; positive for the attraction effect (Huber, Payne & Puto 1982). NaN where nobody
    chose a or b in one of the two menus.

    Args:
        counts: (S, 2, 3), choices of a, b and the decoy, in the menu with a's decoy and with b's.
    """
    n = np.asarray(counts, float)
    if n.ndim != 3 or n.shape[1:] != (2, 3):
        raise ValueError(f"counts must have shape (sets, 2, 3), got {n.shape}")
    with np.errstate(invalid="ignore", divide="ignore"):
        relative = n[..., 0] / n[..., :2].sum(axis=-1)
    return np.asarray((relative[:, 0] - relative[:, 1]) / 2)


def _softmax(v: FloatArray, offered: BoolArray) -> FloatArray:
    z = np.where(offered, v[..., None, :], -np.inf)
    z = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(z / z.sum(axis=-1, keepdims=True))


def _likelihood_ratio(counts: npt.ArrayLike, offered: BoolArray) -> FloatArray:
    """LR of each set, (..., S)."""
    n = np.asarray(counts, float)
    totals = n.sum(axis=-1, keepdims=True)
    fitted = luce_shares(n, offered)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(n > 0, np.log(n / totals) - np.log(fitted), 0.0)
    return np.asarray(2 * (n * logs).sum(axis=(-2, -1)))


def _test(observed: float, reference: FloatArray) -> MenuTest:
    # Rounding must not make equal values differ.
    as_large = np.sum(reference >= observed - 1e-9 * (1 + abs(observed)))
    return MenuTest(observed, float(reference.mean()), float((1 + as_large) / (1 + len(reference))))
