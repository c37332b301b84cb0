"""What an estimate says: values, uncertainty, and why uncertainty is missing where it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import ABBREVIATIONS
from fiduciary.economics.estimation.constants import is_constant
from fiduciary.economics.estimation.likelihood import LOG_GAMMA, RHO, CESLikelihood
from fiduciary.economics.estimation.optimise import Region
from fiduciary.economics.estimation.separation import Separation

if TYPE_CHECKING:
    from fiduciary.economics.estimation.intervals import Profile

Scale = Literal["tau", "free", "power"]
Status = Literal[
    "ok", "boundary", "not identified", "separated", "exact", "did not converge", "too few clusters"
]
Covariance = Literal["robust", "observed"]

EXACT = 1e-7
"""A standard error below it tells how far the search went, and nothing about the answers."""

PROPORTIONAL = (0.8, 1.25)
"""Bounds of η within which noise proportional to τ^η passes for proportional to τ.

γ is read off answers at several temperatures as if η were 1. Between 0.2 and 1.0, where texts are asked for,
it then drifts by 5^|1 − η|: at these bounds by factors of 1.38 and 1.50, so that a γ from the middle is off
by 17 and 22 % at either end.
"""

THETA_NAMES = tuple(f"theta_{name}" for name in ABBREVIATIONS)


class Interval(NamedTuple):
    """A confidence interval and how it was made; an end may be a bound of the parameter."""

    low: float
    high: float
    method: str


class PowerTest(NamedTuple):
    """Likelihood-ratio test of η = 1 (does noise scale with the temperature?)."""

    statistic: float
    p_value: float


@dataclass(frozen=True, eq=False)
class CESFit:
    """Maximum-likelihood estimate of a CES utility from choices under known temperatures.

    Attributes:
        names: estimated parameters: four θ, ``rho``, ``gamma``, constants of places and letters, ``eta``.
        values: their estimates, in the same order.
        statuses: ``ok``; ``boundary`` (at a bound: no standard error, see :meth:`interval`);
            ``not identified`` (the data do not move it); ``separated`` (it diverges); ``exact``
            (the answers are the preference's own probabilities, and nothing is left that an error could
            be told from); ``did not converge``; ``too few clusters`` (not more of them than parameters).
        cov_observed: inverse observed information (p, p), NaN for parameters without one; all NaN
            for probabilities, whose quasi-likelihood has no information equality.
        cov_robust: sandwich (p, p) of the influences of clusters.
        influence: A⁻¹s_g of every cluster (G, p), in the order of ``group_labels``; where problems are
            repeated or weighted or answers are probabilities, (A − I_g)⁻¹s_g: each cluster left out.
        group_labels: label of every cluster, (G,).
        loglik: log-likelihood (quasi- for probabilities) at the estimate.
        n: valid problems; ``n_missing`` were dropped, ``n_censored`` options had no probability.
        converged: whether the search met its tolerance.
        condition: condition number of the scaled information; large means nearly not identified.
        separation: what is known when choices are perfectly explained, else None.
        soft: whether the answers are probabilities.
        quasi: whether they are, or are weighted, so that only the sandwich tells how estimates vary.
        scale: how noise depends on τ; ``power_test`` holds the test of η = 1 for ``"power"``.
        shift: K, raw units. γ is in utils per raw unit, constants in raw utils.
    """

    names: tuple[str, ...]
    values: FloatArray
    statuses: tuple[Status, ...]
    cov_observed: FloatArray
    cov_robust: FloatArray
    influence: FloatArray
    group_labels: npt.NDArray[np.generic]
    loglik: float
    n: int
    n_missing: int
    n_censored: int
    converged: bool
    condition: float
    separation: Separation | None
    scale: Scale
    soft: bool
    quasi: bool
    shift: float
    rho_max: float
    power_test: PowerTest | None = None
    _likelihood: CESLikelihood | None = field(default=None, repr=False, compare=False)
    _point: FloatArray | None = field(default=None, repr=False, compare=False)
    _region: Region | None = field(default=None, repr=False, compare=False)
    _profiles: dict[int, Profile] = field(default_factory=dict, repr=False, compare=False)
    _intervals: dict[tuple[str, float, str], Interval] = field(
        default_factory=dict, repr=False, compare=False
    )  # seconds each at a boundary, and asked for by tables and pictures alike

    def __getstate__(self) -> dict[str, Any]:
        """Without profiles, which another process would hold for nothing."""
        return {**self.__dict__, "_profiles": {}}

    @property
    def theta(self) -> FloatArray:
        """Weights (4,) of shareholders, employees, consumers and society."""
        return self.values[:RHO]

    @property
    def rho(self) -> float:
        """Substitution parameter ρ."""
        return float(self.values[RHO])

    @property
    def gamma(self) -> float:
        """Scale γ; see :attr:`gamma_meaning` for what it may be called."""
        return float(self.values[LOG_GAMMA])

    @property
    def constants(self) -> dict[str, float]:
        """Constants of places and letters, raw utils, as ``economics.estimation.constants`` names them."""
        return {name: self.estimate(name) for name in self.names if is_constant(name)}

    @property
    def n_groups(self) -> int:
        """Number of clusters."""
        return len(self.group_labels)

    @property
    def responds(self) -> bool:
        """Whether choices were shown to depend on welfare; where not, θ and ρ mean nothing."""
        return not all(status == "not identified" for status in self.statuses[:RHO]) and bool(
            np.isfinite(self.theta).all()
        )

    @property
    def proportional(self) -> bool:
        """Whether noise was shown to be all but proportional to τ.

        An equivalence test: the 95 % interval of η lies inside ``PROPORTIONAL``. That is two one-sided tests
        at 2.5 % each, which is 5 % in truth: with a thousand answers η is still overestimated by a quarter
        of its standard error. Probabilities hold no noise that could be tested.
        """
        if self.soft or self.scale != "power" or self.status("eta") != "ok":
            return False
        low, high, _ = self.interval("eta")
        return bool(PROPORTIONAL[0] <= low and high <= PROPORTIONAL[1])

    @property
    def gamma_meaning(self) -> str:
        """γ is conviction only where noise was shown to scale with τ, not where that was not rejected."""
        if self.scale == "free":
            return "γ/τ (scale of utility relative to noise)"
        if self.soft:
            return "γ (scale of the log-probabilities; not conviction)"
        if self.power_test is None:
            return "γ, assuming that noise scales with τ (not shown to be conviction)"
        if self.power_test.p_value < 0.05 and not self.proportional:
            return "γ (not conviction: noise does not scale with τ)"
        return "conviction γ" if self.proportional else "γ (not shown to be conviction)"

    def estimate(self, name: str) -> float:
        """Estimate of one parameter."""
        return float(self.values[self._index(name)])

    def status(self, name: str) -> Status:
        """Whether a parameter has a standard error, and if not why."""
        return self.statuses[self._index(name)]

    def se(self, name: str, kind: Covariance = "robust") -> float:
        """Standard error; NaN where :meth:`status` is not ``ok``.

        Raises:
            ValueError: observed information asked of probabilities, which have none.
        """
        i = self._index(name)
        return float(np.sqrt(self.covariance(kind)[i, i]))

    def covariance(self, kind: Covariance = "robust") -> FloatArray:
        """Covariance (p, p) of the parameters in ``names``.

        Raises:
            ValueError: an unknown kind, or observed information asked of probabilities.
        """
        if kind not in ("robust", "observed"):
            raise ValueError(f"kind must be 'robust' or 'observed', got {kind!r}")
        if kind == "observed" and self.quasi:
            raise ValueError(
                "kind='observed' is refused for probabilities and weights: a quasi-likelihood has no "
                "information equality; use kind='robust'"
            )
        return self.cov_robust if kind == "robust" else self.cov_observed

    def interval(self, name: str, level: float = 0.95, kind: Covariance = "robust") -> Interval:
        """Confidence interval of one parameter.

        The values that a likelihood-ratio test does not reject, with chi-bar-square weights near
        bounds (``economics.estimation.intervals``); Wald for large or clustered samples and for
        probabilities, in the interior. One-sided where only one side exists: γ under separation.

        Raises:
            ValueError: ``level`` outside (0, 1), or an unknown parameter or kind.
        """
        self.covariance(kind)
        from fiduciary.economics.estimation.intervals import confidence_interval

        key = (name, level, kind)
        if key not in self._intervals:
            self._intervals[key] = confidence_interval(self, name, level, kind)
        return self._intervals[key]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for a log or a table, with units and settings."""
        return {
            "estimates": {n: float(v) for n, v in zip(self.names, self.values, strict=True)},
            "standard_errors": {n: self.se(n) for n in self.names},
            "statuses": dict(zip(self.names, self.statuses, strict=True)),
            "loglik": self.loglik,
            "n": self.n,
            "n_groups": self.n_groups,
            "n_missing": self.n_missing,
            "n_censored": self.n_censored,
            "converged": self.converged,
            "condition": self.condition,
            "scale": self.scale,
            "shift": self.shift,
            "units": "raw (displayed dollars / 100)",
            "separated": self.separation is not None,
        }

    def _index(self, name: str) -> int:
        try:
            return self.names.index(name)
        except ValueError:
            raise ValueError(f"unknown parameter {name!r}; this fit has {', '.join(self.names)}") from None


def to_natural(point: FloatArray, keep: list[int]) -> tuple[FloatArray, FloatArray]:
    """Values and Jacobian of the reported parameters: γ in place of log γ.

    Args:
        point: coordinates of the likelihood (p,).
        keep: coordinates that are reported.

    Returns:
        Values (len(keep),) and the diagonal of the Jacobian.
    """
    values, jacobian = point[keep].copy(), np.ones(len(keep))
    where = keep.index(LOG_GAMMA)
    values[where] = jacobian[where] = np.exp(point[LOG_GAMMA])
    return values, jacobian
