"""CES utility over stakeholders' welfare, and the profiles that the published study names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.conventions import SHIFT, STAKEHOLDERS

THETA_TOLERANCE = 1e-6
"""How far Σθ may be from 1 before it is an error rather than rounding."""


def as_theta(theta: Sequence[float] | FloatArray) -> tuple[float, ...]:
    """Check weights θ and return them normalised exactly to sum 1.

    Raises:
        ValueError: not one weight a stakeholder, a negative or non-finite one, or Σθ ≠ 1.
    """
    values = np.asarray(theta, float)
    if values.shape != (len(STAKEHOLDERS),):
        raise ValueError(
            f"theta must hold {len(STAKEHOLDERS)} weights ({', '.join(STAKEHOLDERS)}), "
            f"got shape {values.shape}"
        )
    if not np.all(np.isfinite(values)) or np.any(values < 0):
        raise ValueError(f"theta must be finite and >= 0, got {tuple(values.tolist())}")
    if abs(values.sum() - 1) > THETA_TOLERANCE:
        raise ValueError(
            f"theta must sum to 1, got {tuple(values.tolist())} which sums to {values.sum():.6g}"
        )
    return tuple((values / values.sum()).tolist())


@dataclass(frozen=True)
class CES:
    """Constant-elasticity-of-substitution utility over shifted welfare.

    ::

        U(w) = γ ( Σ_k θ_k (w_k + K)^ρ )^(1/ρ)

    with its limits computed exactly: ρ = 1 linear, ρ = 0 Cobb–Douglas γ Π (w_k + K)^θ_k, and
    ρ = −∞ maximin over the stakeholders with θ_k > 0.

    Attributes:
        theta: weights (4,), ≥ 0, Σθ = 1, in the order of ``conventions.STAKEHOLDERS``.
        rho: substitution parameter ρ ≤ 1, unless ``rho_max`` allows more.
        gamma: scale γ > 0, utils per raw unit; noise has scale τ (the generation temperature).
        shift: positivity shift K, raw units.

    Raises:
        ValueError: θ as in :func:`as_theta`; ρ > 1 or NaN; γ ≤ 0; K not finite.

    Source: Foster & Rawski; Arrow, Chenery, Minhas & Solow (1961) for the form.
    """

    theta: Sequence[float]
    rho: float
    gamma: float = 1.0
    shift: float = field(default=SHIFT, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "theta", as_theta(self.theta))
        if np.isnan(self.rho) or self.rho > 1:
            raise ValueError(f"rho must be at most 1 (quasi-concave utility), got {self.rho}")
        if not (np.isfinite(self.gamma) and self.gamma > 0):
            raise ValueError(f"gamma must be finite and > 0, got {self.gamma}")
        if not np.isfinite(self.shift):
            raise ValueError(f"shift must be finite, got {self.shift}")

    @property
    def elasticity(self) -> float:
        """Elasticity of substitution 1/(1 − ρ): ∞ at ρ = 1, 0 at ρ = −∞."""
        return np.inf if self.rho == 1 else 1 / (1 - self.rho)

    def utility(self, welfare: npt.ArrayLike) -> FloatArray:
        """Utility of welfare (..., 4) in raw units, shape (...); NaN rows (padding) stay NaN.

        Raises:
            ValueError: welfare that is not positive after the shift.
        """
        w = np.asarray(welfare, float)
        if w.shape[-1:] != (len(STAKEHOLDERS),):
            raise ValueError(
                f"welfare must end in an axis of {len(STAKEHOLDERS)} stakeholders, got shape {w.shape}"
            )
        shifted = w + self.shift
        if np.any(shifted <= 0):
            raise ValueError(
                f"welfare must be positive after the shift K = {self.shift:g}, "
                f"got {np.nanmin(w):g} (raw units)"
            )
        return self.gamma * np.exp(log_ces(np.log(shifted), np.asarray(self.theta), self.rho))

    def best(self, welfare: npt.ArrayLike, *, tolerance: float = 1e-9) -> BoolArray:
        """Which options maximise utility, ties included.

        Args:
            welfare: (..., options, 4), NaN-padded.
            tolerance: relative difference in utility that still counts as a tie.

        Returns:
            Boolean array (..., options).
        """
        u = self.utility(welfare)
        top = np.nanmax(u, axis=-1, keepdims=True)
        with np.errstate(invalid="ignore"):
            return np.asarray(u >= top - tolerance * np.abs(top))


#: |ρ| under which the aggregate is Cobb-Douglas's: the rest is of order ρ, and a division by a subnormal
#: ρ would have no digits left.
COBB_DOUGLAS = 1e-100


def log_ces(log_welfare: FloatArray, theta: FloatArray, rho: float) -> FloatArray:
    """log of the CES aggregate with γ = 1, smooth through ρ = 0.

    ``m + log1p(Σ θ expm1(ρ(l − m))) / ρ`` with m = Σ θ l loses no digits as ρ → 0, where it is
    m itself. For large |ρ| the sum is taken after its largest term is factored out.

    Args:
        log_welfare: l = log(welfare + K), shape (..., 4).
        theta: weights (4,).
        rho: ρ, −∞ included.

    Returns:
        Array (...).
    """
    positive = theta > 0
    logs = log_welfare[..., positive]
    weights = theta[positive]
    if rho == -np.inf:
        return np.asarray(logs.min(axis=-1))
    mean = logs @ weights
    if abs(rho) < COBB_DOUGLAS:
        return np.asarray(mean)
    deviation = rho * (logs - mean[..., None])
    if np.nanmax(np.abs(deviation), initial=0.0) < 1:
        return np.asarray(mean + np.log1p(np.expm1(deviation) @ weights) / rho)
    top = deviation.max(axis=-1, keepdims=True)
    return np.asarray(mean + (top[..., 0] + np.log(np.exp(deviation - top) @ weights)) / rho)


def _published(*theta: float, rho: float) -> CES:
    # Printed weights are rounded to three digits and sum to 1 only within that rounding.
    return CES(tuple(np.asarray(theta) / np.sum(theta)), rho)


PROFILES: MappingProxyType[str, CES] = MappingProxyType(
    {
        "study1": _published(0.339, 0.381, 0.128, 0.151, rho=0.794),
        "for_profit": CES((1, 0, 0, 0), 1.0),
        "symmetric": CES((0.25, 0.25, 0.25, 0.25), 0.75),
        "nonprofit": CES((0, 0.4, 0.4, 0.2), 0.25),
    }
)
"""Named preferences: the published neutral estimate and the three targets that the study induced.

ρ of ``for_profit`` is undefined (one stakeholder takes all) and written as 1. γ is 1, the published
convention. Source: Foster & Rawski, tables of studies 1 and 3.
"""


def profile(name: str) -> CES:
    """The named profile.

    Raises:
        ValueError: an unknown name; the message lists the known ones.
    """
    try:
        return PROFILES[name]
    except KeyError:
        raise ValueError(f"unknown profile {name!r}; choose one of {', '.join(PROFILES)}") from None
