"""What an audit found and how surely: the preference that a deployed model is held to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.estimation import THETA_NAMES, CESFit
from fiduciary.economics.estimation.fit import RHO_MIN
from fiduciary.economics.inference import quantile
from fiduciary.economics.utility import CES

NAMES = (*THETA_NAMES, "rho", "gamma")
"""Order of the rows and columns of an audit's covariance."""

_ABOVE = 3.0  # times its lower bound: where γ is taken to be when choices were all explained
_DOMINANT, _RHO_SPREAD = 0.9, 1.0  # weight, and standard error of ρ, above which ρ is held
_SINGLE = 1e-3  # weights of all others together under which one stakeholder takes all
_NORMAL_95 = quantile(0.95)  # half the width of a 95 % interval, in standard errors


@dataclass(frozen=True, eq=False)
class AuditedPreference:
    """A CES preference with the uncertainty of its estimate, and how often the audit went unanswered.

    Attributes:
        theta: weights (4,), ≥ 0, Σθ = 1.
        rho: ρ ≤ 1.
        gamma: γ > 0, utils per raw unit; noise has scale τ.
        covariance: (6, 6) of θ, ρ and γ, in the order of ``NAMES``; zeros where nothing is uncertain.
        n: valid answers of the audit; ``n_missing`` came to nothing.
        shift: positivity shift K, raw units.

    Raises:
        ValueError: a preference that :class:`economics.utility.CES` refuses, a covariance that is not a
            finite, symmetric, positive semidefinite (6, 6), counts that are negative or all 0.
    """

    theta: Sequence[float]
    rho: float
    gamma: float
    covariance: npt.ArrayLike | None = None
    n: int = 0
    n_missing: int = 0
    shift: float = SHIFT

    def __post_init__(self) -> None:
        utility = CES(self.theta, self.rho, self.gamma, shift=self.shift)
        if not np.isfinite(self.rho):
            raise ValueError(f"rho must be finite, got {self.rho}")
        size = len(NAMES)
        given = np.zeros((size, size)) if self.covariance is None else np.asarray(self.covariance, float)
        if given.shape != (size, size) or not np.all(np.isfinite(given)):
            raise ValueError(f"covariance must be finite of shape ({size}, {size}), got shape {given.shape}")
        if not np.allclose(given, given.T) or np.linalg.eigvalsh(given).min() < -1e-8 * (1 + np.trace(given)):
            raise ValueError("covariance must be symmetric and positive semidefinite")
        if self.n < 0 or self.n_missing < 0:
            raise ValueError(f"n and n_missing must be >= 0, got {self.n} and {self.n_missing}")
        object.__setattr__(self, "theta", tuple(utility.theta))
        object.__setattr__(self, "covariance", given)

    @classmethod
    def from_fit(cls, fit: CESFit) -> AuditedPreference:
        """The preference of an estimate made with ``scale="tau"``.

        A weight at 0 (or ρ at its upper bound) has no standard error: the far end of its 95 % interval
        over 1.96 takes its place, and draws beyond the bound count as the bound, as estimates there do.
        Where one stakeholder takes all, nothing shows ρ, which is set to 1. Where one has more than nine
        tenths, or ρ a standard error above 1, ρ is held at its estimate: it is then far from normal, and a
        draw of θ with another draw of ρ is no preference that the audit would have found.
        Where choices were all explained, θ is as uncertain as the range that explains them, and γ, of which
        only a lower bound is known, is three times that, give or take a factor of three.

        Raises:
            ValueError: an estimate that holds no preference (not identified, or explained by position
                alone), or whose noise is not that of the temperature.
        """
        if fit.scale != "tau":
            raise ValueError(f"the audit must be estimated with scale='tau', got {fit.scale!r}")
        statuses = [fit.status(name) for name in NAMES]
        lost = statuses[0] in ("not identified", "did not converge") or not np.all(np.isfinite(fit.theta))
        single = not lost and np.max(fit.theta) > 1 - _SINGLE
        if lost or (statuses[4] == "not identified" and not single):
            raise ValueError(
                "the audit identified no preference that could be monitored: "
                + ", ".join(f"{name} {status}" for name, status in zip(NAMES, statuses, strict=True))
            )
        gamma = fit.gamma
        covariance = np.nan_to_num(fit.covariance()[: len(NAMES), : len(NAMES)], nan=0.0)
        reference = int(np.argmax(fit.theta))
        if fit.separation is not None:
            gamma = _ABOVE * fit.separation.gamma_low
            covariance[5, 5] = gamma**2
            for k, (low, high) in enumerate(fit.separation.theta_range):
                covariance += _exchange(k, reference, (high - low) / (2 * _NORMAL_95))
        for k, status in enumerate(statuses[:4]):
            if status == "boundary":
                covariance += _exchange(k, reference, _one_sided(fit, k))
        theta, rho = np.clip(fit.theta, 0, None), min(fit.rho, 1.0)
        if single:  # nothing shows how the others are traded off
            theta, rho = np.eye(len(theta))[reference], 1.0
            covariance = _given(covariance, 4)
        elif np.max(fit.theta) > _DOMINANT or covariance[4, 4] > _RHO_SPREAD**2:
            covariance = _given(covariance, 4)
        elif statuses[4] == "boundary" and rho > 0:
            covariance[4, 4] = min(_one_sided(fit, 4), _RHO_SPREAD) ** 2
        return cls(
            tuple(theta / theta.sum()),
            rho,
            gamma,
            covariance,
            n=fit.n,
            n_missing=fit.n_missing,
            shift=fit.shift,
        )

    @property
    def utility(self) -> CES:
        """The estimate as a utility."""
        return CES(self.theta, self.rho, self.gamma, shift=self.shift)

    @property
    def missing_rate(self) -> float:
        """Expected share of missing answers: (n_missing + ½)/(n + n_missing + 1), Jeffreys' prior."""
        a, b = self.missing_beta
        return a / (a + b)

    @property
    def missing_beta(self) -> tuple[float, float]:
        """Parameters of the Beta distribution of the share of missing answers, given the audit's."""
        return self.n_missing + 0.5, self.n + 0.5

    def draw(self, size: int, rng: np.random.Generator) -> list[CES]:
        """Preferences that the audit leaves possible, from N(estimate, covariance).

        γ is drawn on its logarithm. What falls outside θ ≥ 0 or −20 ≤ ρ ≤ 1 is moved to the bound.
        """
        values, vectors = np.linalg.eigh(np.asarray(self.covariance, float))
        root = vectors * np.sqrt(np.clip(values, 0, None))
        moved = rng.standard_normal((size, len(NAMES))) @ root.T
        theta = np.clip(np.asarray(self.theta) + moved[:, :4], 0, None)
        theta /= theta.sum(axis=1, keepdims=True)
        rho = np.clip(self.rho + moved[:, 4], min(RHO_MIN, self.rho), 1.0)
        gamma = self.gamma * np.exp(np.clip(moved[:, 5] / self.gamma, -3, 3))
        return [
            CES(tuple(t), float(r), float(g), shift=self.shift)
            for t, r, g in zip(theta, rho, gamma, strict=True)
        ]

    def to_json(self) -> dict[str, Any]:
        """Plain numbers; :meth:`from_json` gives the same preference back."""
        return {
            "theta": list(self.theta),
            "rho": self.rho,
            "gamma": self.gamma,
            "covariance": np.asarray(self.covariance).tolist(),
            "n": self.n,
            "n_missing": self.n_missing,
            "shift": self.shift,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> AuditedPreference:
        """What :meth:`to_json` wrote.

        Raises:
            ValueError: a missing or unknown entry, or values that the constructor refuses.
        """
        try:
            return cls(**{**stored, "theta": tuple(stored["theta"])})
        except (KeyError, TypeError) as error:
            raise ValueError(f"this is not a stored audited preference: {error}") from error


def _exchange(k: int, reference: int, spread: float) -> FloatArray:
    """Covariance of weight k with this standard error, at the cost of the reference's."""
    toward = np.zeros(len(NAMES))
    if k != reference:
        toward[k], toward[reference] = spread, -spread
    return np.outer(toward, toward)


def _given(covariance: FloatArray, k: int) -> FloatArray:
    """Covariance of the others given parameter k."""
    if covariance[k, k] <= 0:
        return covariance
    rest = covariance - np.outer(covariance[k], covariance[k]) / covariance[k, k]
    rest[k, :] = rest[:, k] = 0.0
    return rest


def _one_sided(fit: CESFit, k: int) -> float:
    """How far a parameter at a bound may lie inside, as a standard error."""
    low, high, _ = fit.interval(NAMES[k])
    return float(np.nan_to_num(max(high - fit.values[k], fit.values[k] - low) / _NORMAL_95))
