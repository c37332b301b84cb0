"""Where the likelihood ratios of social preferences leave their critical values: ends of intervals."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import scipy

from fiduciary.economics.estimation.results import Interval
from fiduciary.economics.games.social_fit import RANGE, SocialFit


def confidence_interval(fit: SocialFit, name: str, level: float) -> Interval:
    """Implementation of ``SocialFit.interval``."""
    fixed = fit.fixed_interval(name)
    if fixed is not None:
        return fixed
    low, high = RANGE[name]
    if fit.wald(name):
        margin = float(scipy.stats.t(fit.n_groups - 1).ppf(0.5 + level / 2)) * fit.se(name)
        value = fit.estimate(name)
        return Interval(max(low, value - margin), min(high, value + margin), "Wald, clustered")
    center = fit.estimate(name)
    if name == "kappa":
        return Interval(
            _end_of_kappa(fit, center, -1, level),
            _end_of_kappa(fit, center, 1, level),
            "likelihood ratio",
        )
    # As α or β → ±∞ the null tends to λ = ∞, at which the data may or may not still fit.
    unbounded = fit.ratio("lam", np.inf) <= fit.critical("lam", np.inf, level)
    if name == "lam":
        bottom = 0.0 if fit.explained is not None else _end(fit, name, center, -1, 0.0, level)
        top = np.inf if unbounded else _end(fit, name, center, 1, np.inf, level)
        return Interval(bottom, top, "likelihood ratio")
    if unbounded or not np.isfinite(center):
        return Interval(low, high, "likelihood ratio")
    return Interval(
        _end(fit, name, center, -1, low, level),
        _end(fit, name, center, 1, high, level),
        "likelihood ratio",
    )


def _end(fit: SocialFit, name: str, center: float, sign: int, bound: float, level: float) -> float:
    """Where the ratio leaves its critical value on one side of the estimate, or the bound."""
    if center == bound:
        return bound
    log = name == "lam"
    if log and center in (0.0, np.inf):
        center = _any_noise(sign)
    se = fit.se(name) / (center if log else 1.0)
    step = 2 * (se if np.isfinite(se) and se > 0 else 0.05)

    def at(t: float) -> float:
        return center * float(np.exp(t)) if log else center + t

    def excess(t: float, critical: float) -> float:
        return float(np.sqrt(fit.ratio(name, at(t))) - np.sqrt(critical))

    critical = float(scipy.stats.chi2.ppf(level, 1))
    value = center
    for _ in range(3):  # the critical value varies slowly along the parameter
        end = _cross(partial(excess, critical=critical), sign, step)
        if end is None:
            return bound
        value = at(end)
        at_end = fit.critical(name, value, level)
        if abs(at_end - critical) < 0.01:
            break
        critical = at_end
    return value


def _end_of_kappa(fit: SocialFit, center: float, sign: int, level: float) -> float:
    """The same for κ, whose critical value moves quickly near its bounds 0 and 1."""
    bound = 0.0 if sign < 0 else 1.0
    if center == bound:
        return bound

    def excess(t: float) -> float:
        value = min(max(center + t, 0.0), 1.0)
        critical = fit.critical("kappa", value, level)
        return float(np.sqrt(fit.ratio("kappa", value)) - np.sqrt(critical))

    se = fit.se("kappa")
    step = 2 * se if np.isfinite(se) and se > 0 else 0.05
    end = _cross(excess, sign, step, abs(bound - center))
    return bound if end is None else min(max(center + end, 0.0), 1.0)


def _any_noise(sign: int) -> float:
    """A λ from which to search where the estimate is 0 or ∞: large or small against payoffs."""
    return 1e-2 if sign > 0 else 1e4


def _cross(
    excess: Callable[[float], float], sign: int, step: float, furthest: float = np.inf
) -> float | None:
    """Distance from the estimate at which a function turns positive; None: not within ``furthest``."""
    inner, outer = 0.0, min(step, furthest)
    for _ in range(60):
        if excess(sign * outer) > 0:
            break
        if outer >= furthest:
            return None
        inner, outer = outer, min(2 * outer, furthest)
    else:
        return None
    if excess(sign * inner) >= 0:
        return sign * inner
    found = scipy.optimize.brentq(
        lambda t: excess(sign * t), inner, outer, xtol=1e-3 * step, rtol=1e-6, maxiter=60
    )
    return sign * float(found)
