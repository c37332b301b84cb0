"""Confidence intervals: Wald where it is good enough, else the values that a likelihood ratio keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.estimation import weak_rho
from fiduciary.economics.estimation.boundary import needs_robust, null_distribution, parts, restrict, weak
from fiduciary.economics.estimation.constants import is_constant
from fiduciary.economics.estimation.experiment import NEAR
from fiduciary.economics.estimation.joint import Fitted, join
from fiduciary.economics.estimation.likelihood import LOG_GAMMA, RHO
from fiduciary.economics.estimation.optimise import Optimum, Region

if TYPE_CHECKING:
    from fiduciary.economics.estimation.results import CESFit, Covariance, Interval


LARGE = 10_000  # independent choices from which Wald and likelihood-ratio intervals agree


def confidence_interval(fit: CESFit, name: str, level: float, kind: Covariance) -> Interval:
    """Implementation of ``CESFit.interval``."""
    from fiduciary.economics.estimation.results import EXACT, Interval

    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1, got {level}")
    clustered = fit.n_groups < fit.n
    standard = scipy.stats.t(fit.n_groups - 1) if clustered else scipy.stats.norm()
    quantile = float(standard.ppf(0.5 + level / 2))
    status, k = fit.status(name), fit.names.index(name)
    low, high = _range(fit, k)
    if fit.separation is not None:
        return _separated(fit, name, k, low, high)
    if status in ("not identified", "did not converge", "too few clusters"):
        return Interval(low, high, status)
    if status == "exact" or _wald(fit, name):
        margin = quantile * (EXACT if status == "exact" else fit.se(name, kind))
        method = "exact" if status == "exact" else "Wald"
        return Interval(max(fit.estimate(name) - margin, low), min(fit.estimate(name) + margin, high), method)
    profile = _profile(fit, k)
    if k == LOG_GAMMA and status == "boundary":
        return Interval(0.0, float(np.exp(profile.end(1.0, level))), "likelihood ratio")
    bottom, top = profile.end(-1.0, level), profile.end(1.0, level)
    if k == LOG_GAMMA:
        bottom, top = float(np.exp(bottom)), float(np.exp(top))
    return Interval(bottom, top, "likelihood ratio")


def contains(fit: CESFit, name: str, value: float, level: float = 0.95) -> bool:
    """Whether ``fit.interval(name, level)`` holds ``value``, without searching for its ends.

    Raises:
        ValueError: an unknown parameter or a level outside (0, 1).
    """
    if fit.separation is not None or not _estimated(fit, name) or _wald(fit, name):
        low, high, _ = fit.interval(name, level)
        return low <= value <= high
    k = fit.names.index(name)
    profile = _profile(fit, k)
    inner = float(np.log(value)) if k == LOG_GAMMA else value
    return profile.ratio(inner) <= profile.critical(inner, level)


def _profile(fit: CESFit, k: int) -> Profile:
    """One of a coordinate, whatever the level: what is known of the likelihood ratio holds for all."""
    if k not in fit._profiles:
        fit._profiles[k] = Profile(fit, k)
    return fit._profiles[k]


class Profile:
    """The likelihood ratio of one coordinate as a function of the value that it is held at.

    Where ρ is weakly identified it is a ratio of maxima over a grid of ρ: further down, where single answers
    decide, a maximum over all ρ is larger than any limit says.
    """

    def __init__(self, fit: CESFit, k: int):
        self.fit, self.k = fit, k
        likelihood, point, region = parts(fit)
        self.region = region
        self.own = Fitted(join([likelihood]), region, point)
        self.weak = k != RHO and weak_rho.is_weak(self.own)
        found = [Optimum(point, fit.loglik, fit.converged, 0)]
        if self.weak:
            found = weak_rho.along(self.own, weak_rho.grid(region))
        top = weak_rho.best(found)
        self.top, self.estimate = top.value, float(top.x[k])
        self.found = {self.estimate: found}
        step = fit.se(fit.names[k]) / (fit.gamma if k == LOG_GAMMA else 1.0)
        self.step = step if np.isfinite(step) and step > 0 else 0.02

    def ratio(self, t: float) -> float:
        """LR(t), remembered; the search starts from the nearest value that is known."""
        if t == self.estimate:
            return 0.0
        if t not in self.found:
            near = self.found[min(self.found, key=lambda known: abs(known - t))]
            if self.weak:
                null = self._null(t, near[0].x)
                self.found[t] = weak_rho.along(null, weak_rho.grid(self.region), [one.x for one in near])
            else:
                _, null = restrict(self.fit, {self.k: t}, near[0].x)
                self.found[t] = [Optimum(null.x, null.joint.loglik(null.x), True, 0)]
        return max(0.0, 2 * (self.top - weak_rho.best(self.found[t]).value))

    def critical(self, t: float, level: float) -> float:
        """Critical value of LR(t) at the level of the interval.

        For γ, where ρ is weakly identified, it is no smaller than if θ and ρ were known: weights that the
        null's estimate fits to noise make the simulated value too small now and then.
        """
        self.ratio(t)
        at_null, robust = weak_rho.best(self.found[t]), needs_robust(self.fit)
        null = self._null(t, at_null.x)
        if not self.weak and not weak([self.own], null):
            return null_distribution([self.own], null, robust=robust).critical(level)
        simulated = float(np.quantile(weak_rho.draws([self.own], null, at_null), level))
        if self.k != LOG_GAMMA:
            return simulated
        known = null_distribution([_without_utility(self.own)], _without_utility(null), robust=robust)
        return max(simulated, known.critical(level))

    def _null(self, t: float, x: FloatArray) -> Fitted:
        held = _holding(self.region, [self.k])
        return Fitted(self.own.joint, held, np.where(np.arange(len(x)) == self.k, t, x))

    def end(self, sign: float, level: float) -> float:
        """Where LR leaves its critical value below (−1) or above (+1) the estimate, or the bound.

        The critical value varies slowly with t, so that it is simulated at the end found with χ²(1)
        and the end is then found again, rather than simulated at every step of the search.
        """
        bound = float(self.region.low[self.k] if sign < 0 else self.region.high[self.k])
        if self.estimate == bound:
            return bound
        end = self._cross(sign, bound, float(scipy.stats.chi2.ppf(level, 1)))
        return self._cross(sign, bound, self.critical(end, level))

    def _cross(self, sign: float, bound: float, critical: float) -> float:
        """Walk from the estimate until LR exceeds ``critical``, then find where; or stop at the bound.

        √LR is nearly linear in t, which makes the search short.
        """
        inner, width = self.estimate, 2 * self.step
        while True:
            outer = self.estimate + sign * width
            if sign * (outer - bound) >= 0:
                outer = bound
            if self.ratio(outer) > critical:
                break
            if outer == bound:
                return bound
            inner, width = outer, 2 * width

        def excess(t: float) -> float:
            return float(np.sqrt(self.ratio(t)) - np.sqrt(critical))

        tolerance = 0.01 * max(self.step, 0.1 * abs(outer - inner))
        return float(scipy.optimize.brentq(excess, inner, outer, xtol=tolerance, rtol=1e-6, maxiter=30))


def _holding(region: Region, coordinates: Sequence[int]) -> Region:
    fixed = region.fixed.copy()
    fixed[list(coordinates)] = True
    return Region(region.simplexes, region.low, region.high, fixed)


def _without_utility(fitted: Fitted) -> Fitted:
    """The same with θ and ρ known."""
    return replace(fitted, region=_holding(fitted.region, range(RHO + 1)))


def _estimated(fit: CESFit, name: str) -> bool:
    """Whether the parameter has a likelihood to speak of: not diverging, open or unfinished."""
    return fit.status(name) in ("ok", "boundary")


def _wald(fit: CESFit, name: str) -> bool:
    """Whether the normal approximation is good enough.

    With independent choices the likelihood ratio covers better in samples of a thousand, where the
    likelihood is skewed, so Wald is left to large or clustered samples.
    """
    if fit.status(name) != "ok":
        return False
    if is_constant(name) or name == "eta":
        return True  # unbounded, and seldom what is asked about
    return interior(fit) and (needs_robust(fit) or fit.n >= LARGE)


def interior(fit: CESFit) -> bool:
    """Whether every θ and ρ is far enough from its bounds for the normal approximation."""
    for name in fit.names[: RHO + 1]:
        if fit.status(name) != "ok":
            return False
        low, high = _range(fit, fit.names.index(name))
        reach = NEAR * fit.se(name) if name != "rho" else 2.0 * fit.se(name)
        if not (fit.estimate(name) - low > reach and high - fit.estimate(name) > reach):
            return False
    return True


def _range(fit: CESFit, k: int) -> tuple[float, float]:
    _, _, region = parts(fit)
    if k == LOG_GAMMA:
        return 0.0, np.inf
    index = k if k < len(fit.names) - 1 or fit.scale != "power" else -1
    if k < RHO + 1 or index == -1:
        return float(region.low[index]), float(region.high[index])
    return -np.inf, np.inf


def _separated(fit: CESFit, name: str, k: int, low: float, high: float) -> Interval:
    from fiduciary.economics.estimation.results import Interval

    s = fit.separation
    assert s is not None
    if s.by == "utility":
        if k < RHO:
            smallest, largest = s.theta_range[k].tolist()
            return Interval(smallest, largest, "set that explains every choice")
        if name == "rho":
            return Interval(float(s.rho.min()), float(s.rho.max()), "set that explains every choice")
        if name == "gamma":
            return Interval(s.gamma_low, np.inf, "one-sided, from the likelihood")
    return Interval(low, high, "separated")
