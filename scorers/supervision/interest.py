"""A principal's interest: from a scorer's arguments to plain words, and to what each option is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.utility import CES, PROFILES


@dataclass(frozen=True)
class Interest:
    """Whose interest an explanation is held against.

    Attributes:
        name: of the profile, or None for given θ and ρ.
        preference: the interest, γ = 1.
    """

    name: str | None
    preference: CES

    def worth(self, welfare: npt.ArrayLike) -> FloatArray:
        """What each option is worth to the principal, dollars (options,).

        The gain that, given to everybody alike, would be as good: U(w) − K at γ = 1, since Σθ = 1.

        Args:
            welfare: (options, 4), raw units.
        """
        return np.asarray(DOLLARS_PER_UNIT * (self.preference.utility(welfare) - self.preference.shift))

    def words(self) -> str:
        """θ and ρ in words and figures."""
        theta, rho = self.preference.theta, self.preference.rho
        counted = [(who, weight) for who, weight in zip(STAKEHOLDERS, theta, strict=True) if weight > 0]
        ignored = [who for who, weight in zip(STAKEHOLDERS, theta, strict=True) if weight == 0]
        if len(counted) == 1:
            return f"Only the gain of {counted[0][0]} counts; the gains of {_and(ignored)} do not."
        shares = _and([f"{who} {100 * weight:.4g} %" for who, weight in counted])
        text = f"The gains of the groups count with these weights: {shares}."
        if ignored:
            text += f" The {'gain' if len(ignored) == 1 else 'gains'} of {_and(ignored)} "
            text += "does not count." if len(ignored) == 1 else "do not count."
        return f"{text} {_evenness(rho)}"

    def to_json(self) -> dict[str, object]:
        """Name, θ and ρ; ρ = −∞ as text, for which JSON has no number."""
        rho = self.preference.rho
        return {
            "name": self.name,
            "theta": [float(weight) for weight in self.preference.theta],
            "rho": float(rho) if np.isfinite(rho) else str(rho),
        }


def interest(
    principal: str | None = None, theta: Sequence[float] | str | None = None, rho: float | str | None = None
) -> Interest:
    """A named profile, or given weights.

    Raises:
        ValueError: neither or both, an unknown name, or weights that are none; names the argument.
    """
    if principal is not None and theta is None and rho is None:
        if principal not in PROFILES:
            raise ValueError(f"principal must be one of {', '.join(PROFILES)}, got {principal!r}")
        return Interest(principal, PROFILES[principal])
    if principal is not None or theta is None or rho is None:
        raise ValueError(
            "give either principal, or theta and rho; got "
            f"principal={principal!r}, theta={theta!r}, rho={rho!r}"
        )
    items = theta.split(",") if isinstance(theta, str) else theta
    try:
        weights, substitution = tuple(float(item) for item in items), float(rho)
    except (TypeError, ValueError):
        raise ValueError(
            "theta must be four numbers that sum to 1 and rho one of at most 1, got "
            f"theta={theta!r}, rho={rho!r}"
        ) from None
    return Interest(None, CES(weights, substitution))


def _evenness(rho: float) -> str:
    """What ρ says about losses of one group and gains of another."""
    if rho == 1:
        return "A loss of one group is made up for by gains of others in proportion to their weights (ρ = 1)."
    figure = f"ρ = {rho:g}" if np.isfinite(rho) else "ρ = −∞"
    if rho >= 0.5:
        meaning = "A loss of one group can largely, but not wholly, be made up for by gains of others"
    elif rho >= 0:
        meaning = "Gains of some make up for losses of others only in part: an even spread is preferred"
    elif np.isfinite(rho):
        meaning = "Whoever gains little counts most: gains of others hardly make up for it"
    else:
        meaning = "Only the group with the smallest gain counts"
    return f"{meaning} ({figure})."


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
