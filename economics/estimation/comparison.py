"""Tests of an estimate against a target, and of two estimates against each other.

Wald tests use the clustered sandwich; for two fits on the same problems the sandwich is stacked, so
that what the fits share (the problems) cancels. Likelihood-ratio tests take their null distribution
from ``economics.estimation.boundary`` and remain valid where θ sits at 0 or 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.estimation.boundary import (
    Experiment,
    experiment,
    from_experiment,
    needs_robust,
    normal_p,
    null_distribution,
    parts,
    ratio_at,
)
from fiduciary.economics.estimation.fit import RHO_MIN
from fiduciary.economics.estimation.intervals import interior
from fiduciary.economics.estimation.likelihood import RHO, CESLikelihood, Evaluation
from fiduciary.economics.estimation.optimise import Region, maximise
from fiduciary.economics.estimation.results import THETA_NAMES, CESFit
from fiduciary.economics.estimation.separation import explains
from fiduciary.economics.utility import CES

FloatArray = npt.NDArray[np.float64]

EXPLAINED = 0.01  # a likelihood ratio below this leaves nothing unexplained


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
        ValueError: a named value that the fit does not have, or fits with different K or bounds.
    """
    if isinstance(other, CESFit):
        return _two_fits(fit, other)
    target = _target(fit, other)
    values = dict(zip(_indices(fit, list(target)), target.values(), strict=True))
    likelihood, point, region = parts(fit)
    unknown = [n for n in target if n not in fit.names[: RHO + 1]]
    if unknown:
        raise ValueError(f"only θ and ρ can be tested by likelihood ratio, got {', '.join(unknown)}")
    statistic, restricted = ratio_at(likelihood, point, region, values)
    if fit.separation is not None:
        at_target = point.copy()
        at_target[list(values)] = list(values.values())
        whole = len(values) >= RHO and not likelihood.data.soft
        explained = explains(likelihood, at_target) if whole else statistic < EXPLAINED
        return _separated(statistic, explained, max(len(values) - 1, 1))
    null = null_distribution(likelihood, restricted, region, sorted(values), robust=needs_robust(fit))
    return TestResult(
        "likelihood ratio, fit against target, chi-bar-square",
        statistic,
        null.p_value(statistic),
        null.df or np.nan,
        {},
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


def _union(
    a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], int]:
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


class _Pair:
    """Two data sets under one vector of parameters: those of the first, then those of the second."""

    def __init__(self, a: CESLikelihood, b: CESLikelihood):
        self.a, self.b, self.split = a, b, a.size
        groups_a, groups_b = a.data, b.data
        self.codes_a, self.codes_b, self.groups = _union(groups_a.group_labels, groups_b.group_labels)

    def evaluate(self, x: FloatArray, *, scores: bool = False) -> Evaluation:
        one = self.a.evaluate(x[: self.split], scores=scores)
        two = self.b.evaluate(x[self.split :], scores=scores)
        p = len(x)
        information = np.zeros((p, p))
        information[: self.split, : self.split] = one.information
        information[self.split :, self.split :] = two.information
        stacked = np.zeros((self.groups if scores else 0, p))
        if scores:
            stacked[self.codes_a, : self.split] = one.scores
            stacked[self.codes_b, self.split :] += two.scores
        gradient = np.concatenate([one.gradient, two.gradient])
        return Evaluation(one.loglik + two.loglik, gradient, information, stacked)


def _two_fits(a: CESFit, b: CESFit) -> TestResult:
    if a.shift != b.shift or a.rho_max != b.rho_max or a.soft != b.soft:
        raise ValueError("two fits are comparable only with equal shift, rho_max and kind of answer")
    like_a, x_a, region_a = parts(a)
    like_b, x_b, region_b = parts(b)
    pair = _Pair(like_a, like_b)
    shared = RHO + 1

    # Under the null θ and ρ are common: climb in (common, rest of a, rest of b).
    def spread(y: FloatArray) -> tuple[FloatArray, FloatArray]:
        rest_a = y[shared : like_a.size]
        return np.concatenate([y[:shared], rest_a]), np.concatenate([y[:shared], y[like_a.size :]])

    def evaluate(y: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        one, two = (like.evaluate(x) for like, x in zip((like_a, like_b), spread(y), strict=True))
        p, split = len(y), like_a.size
        gradient, information = np.zeros(p), np.zeros((p, p))
        for part, where in (
            (one, np.arange(split)),
            (two, np.concatenate([np.arange(shared), np.arange(split, p)])),
        ):
            gradient[where] += part.gradient
            information[np.ix_(where, where)] += part.information
        return one.loglik + two.loglik, gradient, information

    region = Region(
        region_a.simplexes,
        np.concatenate([region_a.low, region_b.low[shared:]]),
        np.concatenate([region_a.high, region_b.high[shared:]]),
        np.concatenate([region_a.fixed, region_b.fixed[shared:]]),
    )
    starts = []
    for own in (x_a, x_b, (x_a[:shared] + x_b[:shared]) / 2):
        common = 0.98 * own[:shared]
        common[:RHO] += 0.02 / RHO
        starts.append(np.concatenate([common, x_a[shared:], x_b[shared:]]))
    best = max(
        (maximise(evaluate, lambda y: evaluate(y)[0], start, region) for start in starts),
        key=lambda o: o.value,
    )
    statistic = max(0.0, 2 * (a.loglik + b.loglik - best.value))
    if a.separation is not None and b.separation is not None:
        return _separated(statistic, statistic < EXPLAINED, RHO)
    found = _null_of_pair(pair, np.concatenate(spread(best.x)), region_a, region_b)
    null = from_experiment(found, robust=True)
    return TestResult(
        "likelihood ratio, two fits, stacked clustered chi-bar-square",
        statistic,
        null.p_value(statistic),
        np.nan,
        {},
    )


def _null_of_pair(pair: _Pair, x: FloatArray, a: Region, b: Region) -> Experiment:
    """The Gaussian experiment of both fits, with θ and ρ equal under the null."""
    split = pair.split
    region = Region(
        (np.arange(RHO), split + np.arange(RHO)),
        np.concatenate([a.low, b.low]),
        np.concatenate([a.high, b.high]),
        np.concatenate([a.fixed, b.fixed]),
    )
    found = experiment(pair, x, region, [], robust=True)  # type: ignore[arg-type]
    basis = region.basis(x, region.fixed)
    equal = basis[: RHO + 1] - basis[split : split + RHO + 1]
    return replace(found, null=equal)
