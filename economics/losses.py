"""What choices lose for a principal, in dollars and of what was at stake, and what they give to whom."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT
from fiduciary.economics.estimation import CESFit
from fiduciary.economics.inference import LEVEL, Interval, mean, share
from fiduciary.economics.utility import CES, log_ces


class Losses(NamedTuple):
    """What answers to n problems lose in a utility; NaN where an answer is missing.

    Attributes:
        regret: (n,), u_best − u of the answer, dollars of utility at γ = 1.
        stake: (n,), u_best − u_worst, dollars.
        best: (n,), share of the answer on a utility-maximising option.
    """

    regret: FloatArray
    stake: FloatArray
    best: FloatArray

    @property
    def loss_share(self) -> float:
        """Σ regret / Σ stake over what was answered: 0 at best, 1 at worst; NaN without a stake."""
        at_stake = float(np.nansum(self.stake))
        return float(np.nansum(self.regret)) / at_stake if at_stake > 0 else float("nan")


class Service(NamedTuple):
    """How well answers serve, with intervals; without a value where nothing was answered or at stake.

    Attributes:
        regret: mean of what a decision loses, dollars, from 0.
        loss_share: Σ regret / Σ stake.
        best: share of answers that maximise utility.
    """

    regret: Interval
    loss_share: Interval
    best: Interval


def served(lost: Losses, clusters: npt.ArrayLike, level: float = LEVEL) -> Service:
    """The figures of a principal's service, of whatever is answered.

    Args:
        lost: what each answer, or each problem on average, loses; NaN where an answer is missing.
        clusters: (n,), label of each one's cluster.
        level: of the intervals.
    """
    there = np.isfinite(lost.regret)
    regret, stake, best = (part[there] for part in lost)
    own = np.asarray(clusters)[there]
    cost = mean(regret, own, level)
    return Service(
        replace(cost, low=float(np.maximum(cost.low, 0.0))),  # NaN stays
        share(regret, stake, own, level),
        share(best, 1.0, own, level),
    )


def shortfalls(welfare: npt.ArrayLike, preference: CES | CESFit) -> FloatArray:
    """What each option falls short of the best one, u_best − u_j with γ = 1, dollars (n, J).

    Args:
        welfare: (n, J, 4), raw units, NaN-padded.
        preference: a utility, or a fit of one, of which constants of places do not count; its shift must be
            the problems'.
    """
    theta = np.clip(np.asarray(preference.theta, float), 0, None)
    with np.errstate(invalid="ignore"):
        logs = np.log(np.asarray(welfare, float) + preference.shift)
        u = DOLLARS_PER_UNIT * np.exp(log_ces(logs, theta / theta.sum(), preference.rho))
    return np.asarray(np.nanmax(u, axis=1, keepdims=True) - u)


def losses(welfare: FloatArray, shares: FloatArray, utility: CES) -> Losses:
    """Regret, stake and share of best choices of every answer.

    ::

        regret_i = Σ_j s_ij (max_k u_ik − u_ij),   u = U(w; θ, ρ) with γ = 1, in dollars (100 × raw)

    Args:
        welfare: (n, J, 4), raw units, NaN-padded.
        shares: (n, J), how much of each answer goes to each option, summing to 1; NaN where missing.
        utility: the principal's, whose shift must be the problems'.

    Raises:
        ValueError: welfare that is not positive after the shift.
    """
    right = utility.best(welfare)
    short = shortfalls(welfare, utility)
    missing = ~np.isfinite(shares).any(axis=1)
    regret = np.nansum(shares * short, axis=1)
    best = np.nansum(np.where(right, shares, 0.0), axis=1)
    regret[missing] = best[missing] = np.nan
    return Losses(regret, np.where(missing, np.nan, np.nanmax(short, axis=1)), best)


def gained(welfare: FloatArray, shares: FloatArray, utility: CES) -> FloatArray:
    """What each stakeholder gets beside what the principal would have chosen, dollars (n, 4).

    ::

        Σ_j (s_j − b_j) w_j,   b uniform over the options that maximise the principal's utility

    Args:
        welfare, shares, utility: as for :func:`losses`; NaN where an answer is missing.
    """
    exists = np.isfinite(welfare).all(axis=2)
    best = np.where(exists, utility.best(welfare), False).astype(float)
    moved = np.nan_to_num(shares) - best / best.sum(axis=1, keepdims=True)
    out = DOLLARS_PER_UNIT * (moved[..., None] * np.nan_to_num(welfare)).sum(axis=1)
    out[~np.isfinite(shares).any(axis=1)] = np.nan
    return np.asarray(out)
