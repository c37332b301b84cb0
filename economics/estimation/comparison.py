"""Tests of an estimate against a target, and of two estimates against each other.

Wald tests use the clustered sandwich; for two fits on the same problems the sandwich is stacked, so
that what the fits share (the problems) cancels. Likelihood-ratio tests take their null distribution
from ``economics.estimation.boundary`` and remain valid where θ sits at 0 or 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.estimation.boundary import (
    likelihood_ratio,
    needs_robust,
    normal_p,
    parts,
    restrict,
)
from fiduciary.economics.estimation.fit import RHO_MIN
from fiduciary.economics.estimation.intervals import interior
from fiduciary.economics.estimation.joint import Fitted, Joint, join
from fiduciary.economics.estimation.likelihood import RHO
from fiduciary.economics.estimation.optimise import Region, climb
from fiduciary.economics.estimation.response import LEVEL
from fiduciary.economics.estimation.results import THETA_NAMES, CESFit
from fiduciary.economics.estimation.separation import explains
from fiduciary.economics.utility import CES

EXPLAINED = 0.01  # a likelihood ratio below this leaves nothing unexplained


class NotIdentified(ValueError):
    """Choices that were not shown to depend on welfare say nothing about θ and ρ."""


@dataclass(frozen=True)
class TestResult:
    """A test and what it compared.

    Attributes:
        method: which test.
        statistic: its value; χ² or likelihood ratio for joint tests.
        p_value: probability under the null of a statistic at least as large.
        df: degrees of freedom; NaN where the null distribution was simulated.
        z: parameter → (difference, standard error, z, two-sided p), for Wald tests.
        left_out: parameters without a standard error (at a bound, separated, not identified).
    """

    __test__ = False  # not a test case for pytest to collect

    method: str
    statistic: float
    p_value: float
    df: float
    z: Mapping[str, tuple[float, float, float, float]]
    left_out: tuple[str, ...] = ()


def wald_test(fit: CESFit, other: CESFit | CES | Mapping[str, float]) -> TestResult:
    """Wald test of a fit against a target, or of two fits.

    Args:
        fit: an estimate.
        other: a target utility (θ and ρ are compared; γ is not), named values, or another fit. Two
            fits are paired through their ``group_labels``: clusters that both saw enter as the
            difference of their influences.

    Returns:
        Joint χ² over θ and ρ, as far as they have standard errors in every fit (one θ is redundant,
        hence one degree of freedom fewer), NaN where nothing is left to compare; with z statistics
        one by one, γ and constants included.

    Raises:
        ValueError: a named value that the fit does not have.
    """
    if isinstance(other, CESFit):
        names = [n for n in fit.names if n in other.names and n not in ("eta",)]
        usable = [n for n in names if fit.status(n) == "ok" and other.status(n) == "ok"]
        here, there = _indices(fit, usable), _indices(other, usable)
        difference = fit.values[here] - other.values[there]
        spread = _stacked_covariance(fit, here, other, there)
        method = "Wald, two fits, stacked clustered sandwich"
    else:
        target = _target(fit, other)
        names = list(target)
        usable = [n for n in names if fit.status(n) == "ok"]
        here = _indices(fit, usable)
        difference = fit.values[here] - np.array([target[n] for n in usable])
        spread = fit.covariance("robust")[np.ix_(here, here)]
        method = "Wald, fit against target, clustered sandwich"
    z = {}
    for i, name in enumerate(usable):
        se = float(np.sqrt(spread[i, i]))
        ratio = float(difference[i] / se) if se > 0 else (0.0 if difference[i] == 0 else np.inf)
        z[name] = (float(difference[i]), se, ratio, normal_p(ratio))
    joined = [i for i, name in enumerate(usable) if name.startswith("theta_") or name == "rho"]
    inverse, rank = _pseudo_inverse(spread[np.ix_(joined, joined)])
    statistic = float(difference[joined] @ inverse @ difference[joined])
    joint = float(scipy.stats.chi2.sf(statistic, rank)) if joined else np.nan
    if joined and rank == 0:
        joint = 1.0  # the same answers twice: no difference, and no variance either
    if not all(interior(f) for f in (fit, other) if isinstance(f, CESFit)):
        method += " (near a bound: trust the likelihood ratio instead)"
    return TestResult(method, statistic, joint, rank, z, tuple(n for n in names if n not in usable))


def likelihood_ratio_test(fit: CESFit, other: CESFit | CES | Mapping[str, float]) -> TestResult:
    """Likelihood-ratio test of a fit against a target, or of two fits (θ and ρ equal, own γ each).

    The p-value comes from the simulated chi-bar-square distribution of the statistic, with the
    clustered (for two fits stacked) score covariance where problems repeat or are shared.

    Raises:
        NotIdentified: a fit that was not shown to respond to welfare; there is no test (a ``ValueError``).
        ValueError: a named value that the fit does not have, or fits with different K or bounds.
        FloatingPointError: a null distribution that cannot be simulated.
    """
    if isinstance(other, CESFit):
        _check_identified({"first ": fit, "second ": other})
        return _two_fits(fit, other)
    target = _target(fit, other)
    values = dict(zip(_indices(fit, list(target)), target.values(), strict=True))
    unknown = [n for n in target if n not in fit.names[: RHO + 1]]
    if unknown:
        raise ValueError(f"only θ and ρ can be tested by likelihood ratio, got {', '.join(unknown)}")
    _check_identified({"": fit})
    own, null = restrict(fit, values)
    if fit.separation is not None:
        statistic = max(0.0, 2 * (own.joint.loglik(own.x) - null.joint.loglik(null.x)))
        likelihood, at_target, _ = parts(fit)
        at_target = at_target.copy()
        at_target[list(values)] = list(values.values())
        # Whether a whole preference explains every choice shows in the choices themselves; its likelihood
        # ratio is never quite 0, since the fit reaches its maximum at no finite γ.
        whole = len(values) >= RHO and not likelihood.data.soft
        explained = explains(likelihood, at_target) if whole else statistic < EXPLAINED
        return _separated(statistic, explained, max(len(values) - 1, 1))
    statistic, distribution = likelihood_ratio([own], null, robust=needs_robust(fit))
    return TestResult(
        "likelihood ratio, fit against target, chi-bar-square",
        statistic,
        distribution.p_value(statistic),
        distribution.df or np.nan,
        {},
    )


def _check_identified(fits: Mapping[str, CESFit]) -> None:
    silent = [which for which, fit in fits.items() if not fit.responds]
    if silent:
        answers = "answers of both" if len(silent) == 2 else f"{silent[0]}answers"
        raise NotIdentified(
            f"no test: the {answers} were not shown to depend on welfare (γ = 0 is not rejected at the "
            f"{LEVEL:.1%} level), so that weights and ρ are not identified"
        )


def _target(fit: CESFit, other: CES | Mapping[str, float]) -> dict[str, float]:
    """The values that a target names, checked.

    Raises:
        ValueError: another K, weights that no simplex holds, or ρ outside the fit's bounds.
    """
    if isinstance(other, CES):
        if other.shift != fit.shift:
            raise ValueError(f"the target's shift K = {other.shift:g} is not the fit's, {fit.shift:g}")
        found = {**dict(zip(THETA_NAMES, other.theta, strict=True)), "rho": other.rho}
        if max(other.theta) == 1:
            del found["rho"]  # undefined where one stakeholder takes all
    else:
        found = {name: float(value) for name, value in other.items()}
    weights = [found[name] for name in THETA_NAMES if name in found]
    total = sum(weights)
    whole = len(weights) == len(THETA_NAMES)
    if any(w < 0 for w in weights) or total > 1 + 1e-6 or (whole and abs(total - 1) > 1e-6):
        raise ValueError(f"target weights must be >= 0 and sum to 1, got {weights}")
    if "rho" in found and not RHO_MIN <= found["rho"] <= fit.rho_max:
        raise ValueError(f"target rho must lie in [{RHO_MIN:g}, {fit.rho_max:g}], got {found['rho']:g}")
    return found


def _separated(statistic: float, explained: bool, df: int) -> TestResult:
    """Where choices are explained perfectly there is no information to simulate from.

    A preference that explains them all is never rejected; another one is held against χ² with all its
    degrees of freedom, which no bound can exceed.
    """
    p = 1.0 if explained else float(scipy.stats.chi2.sf(statistic, df))
    return TestResult("likelihood ratio, separated choices", statistic, p, df, {})


def _indices(fit: CESFit, names: list[str]) -> list[int]:
    missing = [n for n in names if n not in fit.names]
    if missing:
        raise ValueError(f"unknown parameter {missing[0]!r}; this fit has {', '.join(fit.names)}")
    return [fit.names.index(n) for n in names]


def _stacked_covariance(a: CESFit, of_a: list[int], b: CESFit, of_b: list[int]) -> FloatArray:
    """Covariance of the difference: Σ_g (ψ_g^a − ψ_g^b)(ψ_g^a − ψ_g^b)ᵀ over the union of clusters."""
    codes_a, codes_b, size = _union(a.group_labels, b.group_labels)
    stacked = np.zeros((size, len(of_a)))
    np.add.at(stacked, codes_a, a.influence[:, of_a])
    np.subtract.at(stacked, codes_b, b.influence[:, of_b])
    return np.asarray(stacked.T @ stacked)


def _union(a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]) -> tuple[IntArray, IntArray, int]:
    labels, codes = np.unique(np.concatenate([a, b]), return_inverse=True)
    return codes[: len(a)], codes[len(a) :], len(labels)


def _pseudo_inverse(covariance: FloatArray) -> tuple[FloatArray, int]:
    if not len(covariance):
        return covariance, 0
    scale = np.sqrt(np.diag(covariance))
    scale[scale == 0] = 1.0
    values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
    firm = values > 1e-8
    inverse = (vectors[:, firm] / values[firm]) @ vectors[:, firm].T
    return inverse / np.outer(scale, scale), int(firm.sum())


def _two_fits(a: CESFit, b: CESFit) -> TestResult:
    if a.shift != b.shift or a.rho_max != b.rho_max or a.soft != b.soft:
        raise ValueError("two fits are comparable only with equal shift, rho_max and kind of answer")
    (like_a, x_a, region_a), (like_b, x_b, region_b) = parts(a), parts(b)
    common = join([like_a, like_b], shared=RHO + 1)
    sides = [Fitted(common.alone(0), region_a, x_a), Fitted(common.alone(1), region_b, x_b)]
    null = _common_estimate(sides, common)
    statistic = max(0.0, 2 * (a.loglik + b.loglik - common.loglik(null.x)))
    if a.separation is not None or b.separation is not None:
        return _separated(statistic, statistic < EXPLAINED, RHO)
    # Problems may be shared, which only the stacked scores of clusters show.
    statistic, distribution = likelihood_ratio(sides, null, robust=True)
    return TestResult(
        "likelihood ratio, two fits, stacked clustered chi-bar-square",
        statistic,
        distribution.p_value(statistic),
        np.nan,
        {},
    )


def _common_estimate(sides: list[Fitted], common: Joint) -> Fitted:
    """The estimate of two data sets with θ and ρ in common, own γ and constants each."""
    a, b = sides
    shared = RHO + 1
    region = Region(
        a.region.simplexes,
        np.concatenate([a.region.low, b.region.low[shared:]]),
        np.concatenate([a.region.high, b.region.high[shared:]]),
        np.concatenate([a.region.fixed, b.region.fixed[shared:]]),
    )
    starts = []
    # The common likelihood can have a maximum near either estimate. Starts lie off the bounds, so that a
    # weight which one side puts at 0 can come back.
    for own in (a.x, b.x, (a.x[:shared] + b.x[:shared]) / 2):
        first = 0.98 * own[:shared]
        first[:RHO] += 0.02 / RHO
        starts.append(np.concatenate([first, a.x[shared:], b.x[shared:]]))
    found = [climb(common, start, region) for start in starts]
    return Fitted(common, region, max(found, key=lambda optimum: optimum.value).x)
