"""For whom models decide: the principal's preference, and what answers lose in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.errors import UsageError

DEFAULT = "symmetric"
"""The profile that ranks are computed for where none is named: nobody counts for more than another."""


@dataclass(frozen=True)
class Principal:
    """A preference that models are held against, γ = 1.

    Attributes:
        name: of a profile, or None for given θ and ρ.
        utility: the preference.
    """

    name: str | None
    utility: CES

    @property
    def title(self) -> str:
        """One line for headings."""
        theta = ", ".join(f"{weight:.3g}" for weight in self.utility.theta)
        alone = max(self.utility.theta) == 1
        return f"{self.name or 'given'}: θ = ({theta}), ρ " + (
            "undefined" if alone else f"= {self.utility.rho:g}"
        )


class Losses(NamedTuple):
    """What answers to n problems lose in a principal's utility; NaN where an answer is missing.

    Attributes:
        regret: (n,), u_best − u of the answer, dollars of utility at γ = 1.
        stake: (n,), u_best − u_worst, dollars.
        best: (n,), share of the answer on a utility-maximising option.
    """

    regret: FloatArray
    stake: FloatArray
    best: FloatArray


def principal(
    name: str | None = None, theta: Sequence[float] | None = None, rho: float | None = None
) -> Principal:
    """A named profile, or given weights.

    Raises:
        UsageError: an unknown name, both or half of a preference, or weights that are none.
    """
    if name is not None and (theta is not None or rho is not None):
        raise UsageError("give --principal, or --theta and --rho, not both")
    if theta is not None or rho is not None:
        if theta is None or rho is None:
            raise UsageError("--theta and --rho belong together")
        try:
            return Principal(None, CES(tuple(theta), float(rho)))
        except ValueError as error:
            raise UsageError(f"no preference: {error}") from error
    name = name or DEFAULT
    if name not in PROFILES:
        raise UsageError(f"--principal must be one of {', '.join(PROFILES)}, got {name!r}")
    return Principal(name, PROFILES[name])


def losses(welfare: FloatArray, shares: FloatArray, utility: CES) -> Losses:
    """Regret, stake and share of best choices of every answer.

    ::

        regret_i = Σ_j s_ij (max_k u_ik − u_ij),   u = U(w; θ, ρ) with γ = 1, in dollars (100 × raw)

    Args:
        welfare: (n, J, 4), raw units, NaN-padded.
        shares: (n, J), how much of each answer goes to each option, summing to 1; NaN where missing.
        utility: the principal's, whose shift must be the problems'.
    """
    u = DOLLARS_PER_UNIT * utility.utility(welfare) / utility.gamma
    top = np.nanmax(u, axis=1)
    missing = ~np.isfinite(shares).any(axis=1)
    got = np.nansum(shares * (top[:, None] - u), axis=1)
    best = np.nansum(np.where(utility.best(welfare), shares, 0.0), axis=1)
    got[missing] = best[missing] = np.nan
    stake = np.where(missing, np.nan, top - np.nanmin(u, axis=1))
    return Losses(got, stake, best)
