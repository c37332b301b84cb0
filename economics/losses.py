"""What choices lose for a principal: regret in dollars, and the share of what was at stake that is lost."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT
from fiduciary.economics.estimation import CESFit
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
