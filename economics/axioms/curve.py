"""Where preference tips: the empirical indifference curve beside that of the fitted CES, and whether it fits.

For each direction, one group giving and one getting, the amount m* that makes up for what is given is where
the log-odds of the answers are 0,

    logit P(step over the firm) = a + b m,   m* = −a/b,

by maximum likelihood, of probabilities by least squares on their log-odds. The fitted CES has its own, where
its mean over the same firms is 0: Σ U(w − given e_j + m* e_k) − U(w) = 0.

Lack of fit: a constant for each direction is added to the CES's log-odds, and the efficient score of the
constants, with the CES's parameters and the place's effect taken out, is referred to χ² with as many degrees
of freedom as it has directions left (Rao; Neyman's C(α)). By probabilities the errors are those of the wobble
between two orders.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.axioms.answers import AxiomAnswers
from fiduciary.economics.axioms.chooser import Chooser
from fiduciary.economics.axioms.items import AMOUNTS, GIVEN
from fiduciary.economics.utility import CES

_STEPS = 60
_RIDGE = 1e-3
_SURE = 1.645  # standard errors by which a slope must be positive for a tipping point to be told
_SMALL = 1e-5
_MOST = 1e3  # raw units


@dataclass(frozen=True)
class Tipping:
    """Where one trade-off tips.

    Attributes:
        gives, gets: the groups.
        amount: raw units that make up for ``items.GIVEN``; NaN where answers do not rise along the path.
        low, high: its 95 % interval.
        fitted: the same of the fitted CES; NaN where there is none, or nothing makes up for it.
    """

    gives: int
    gets: int
    amount: float
    low: float
    high: float
    fitted: float


@dataclass(frozen=True)
class LackOfFit:
    """Test that the CES explains where each direction tips.

    Attributes:
        statistic: of the score test.
        freedom: degrees of freedom.
        p_value: NaN where there is no test.
    """

    statistic: float
    freedom: int
    p_value: float


def tipping_points(data: AxiomAnswers, chooser: Chooser | None) -> tuple[Tipping, ...]:
    """The tipping point of every direction that was asked."""
    x = np.array(AMOUNTS)
    found = []
    for gives, gets in sorted({(int(j), int(k)) for j, k in zip(data.gives, data.gets, strict=True)}):
        own = (data.gives == gives) & (data.gets == gets)
        if data.by_probability:
            line = _least_squares(x, data.paths.odds[own])
        else:
            n, wins = data.paths.asked[own].sum(axis=(0, 2)), data.paths.wins[own].sum(axis=(0, 2))
            line = _logit(x, n.astype(float), wins.astype(float))
        amount, low, high = _crossing(*line) if line is not None else (np.nan, np.nan, np.nan)
        firms = data.paths.welfare[own, 0, 0]
        fitted = np.nan if chooser is None else _of_ces(chooser.preference, firms, gives, gets)
        found.append(Tipping(gives, gets, amount, low, high, fitted))
    return tuple(found)


def lack_of_fit(data: AxiomAnswers, chooser: Chooser | None) -> LackOfFit:
    """Score test of a constant for every direction beside the fitted CES."""
    pairs = data.pairs
    if chooser is None:
        return LackOfFit(np.nan, 0, np.nan)
    along = np.full(len(pairs.asked), -1)
    start, steps = data.raised.asked.size // 2, data.paths.asked.shape[1]
    code = 4 * data.gives + data.gets
    along[start : start + data.paths.asked.size // 2] = np.repeat(code, steps)
    dummies = (along[:, None] == np.unique(code)[None, :]).astype(float)
    jacobian = _jacobian(chooser, pairs.welfare)
    if data.by_probability:
        known = pairs.exact
        error = np.where(known, pairs.odds - chooser.odds(pairs.welfare), 0.0) / data.wobble**2
        weight = known / data.wobble**2
    else:
        p, n = chooser.chances(pairs.welfare), pairs.asked
        error, weight = (pairs.wins - n * p).ravel(), (n * p * (1 - p)).ravel()
        dummies, jacobian = np.repeat(dummies, 2, axis=0), np.repeat(jacobian, 2, axis=0)
        place = np.tile([-1.0, 1.0], len(pairs.asked))
        jacobian = np.column_stack([jacobian, place])
    return _score_test(dummies, jacobian, error, weight)


def _score_test(z: FloatArray, j: FloatArray, error: FloatArray, weight: FloatArray) -> LackOfFit:
    zw, jw = z * weight[:, None], j * weight[:, None]
    inverse = np.linalg.pinv(jw.T @ j, rcond=1e-8, hermitian=True)
    out = zw.T @ j @ inverse
    score = z.T @ error - out @ (j.T @ error)
    values, vectors = np.linalg.eigh(zw.T @ z - out @ jw.T @ z)
    kept = values > 1e-6 * max(values.max(initial=0.0), 1e-300)
    if not kept.any():
        return LackOfFit(np.nan, 0, np.nan)
    statistic = float(((score @ vectors[:, kept]) ** 2 / values[kept]).sum())
    freedom = int(kept.sum())
    return LackOfFit(statistic, freedom, float(scipy.stats.chi2.sf(statistic, freedom)))


def _jacobian(chooser: Chooser, welfare: FloatArray) -> FloatArray:
    """Derivatives of the log-odds by the weights (along θ + h e_k, made to sum to 1), ρ and log γ."""
    of, columns = chooser.preference, []

    def odds(theta: FloatArray, rho: float) -> FloatArray:
        u = CES(tuple(theta / theta.sum()), rho, of.gamma).utility(welfare)
        return np.asarray(u[..., 1] - u[..., 0])

    theta = np.asarray(of.theta)
    here = odds(theta, of.rho)
    for k in range(len(theta)):
        columns.append((odds(theta + _SMALL * np.eye(len(theta))[k], of.rho) - here) / _SMALL)
    columns.append((here - odds(theta, of.rho - _SMALL)) / _SMALL)
    columns.append(here)
    return np.column_stack(columns)


Line = tuple[FloatArray, FloatArray]
"""Intercept and slope, and their covariance."""


def _logit(x: FloatArray, n: FloatArray, wins: FloatArray) -> Line | None:
    if not n.sum():
        return None
    design = np.column_stack([np.ones_like(x), x])
    b = np.zeros(2)
    for _ in range(_STEPS):
        p = scipy.special.expit(design @ b)
        information = (design * (n * p * (1 - p))[:, None]).T @ design + _RIDGE * np.eye(2)
        step = np.linalg.solve(information, design.T @ (wins - n * p) - _RIDGE * b)
        b = b + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return b, np.linalg.inv(information)


def _least_squares(x: FloatArray, odds: FloatArray) -> Line | None:
    known = np.isfinite(odds)
    at = np.broadcast_to(x, odds.shape)[known]
    if len(at) < 3 or np.ptp(at) == 0:
        return None
    design = np.column_stack([np.ones_like(at), at])
    inverse = np.linalg.inv(design.T @ design)
    b = inverse @ design.T @ odds[known]
    variance = ((odds[known] - design @ b) ** 2).sum() / (len(at) - 2)
    return b, inverse * variance


def _crossing(b: FloatArray, covariance: FloatArray) -> tuple[float, float, float]:
    """Amount at which the line crosses 0, and its interval by the delta method; none is below 0."""
    if not b[1] > _SURE * np.sqrt(covariance[1, 1]):
        return np.nan, np.nan, np.nan
    at = -b[0] / b[1]
    gradient = np.array([-1 / b[1], b[0] / b[1] ** 2])
    spread = 1.96 * float(np.sqrt(gradient @ covariance @ gradient))
    middle, low, high = (max(float(v), 0.0) for v in (at, at - spread, at + spread))
    return middle, low, high


def _of_ces(preference: CES, firms: FloatArray, gives: int, gets: int) -> float:
    """m* of the CES by bisection; NaN where no amount up to ``_MOST`` makes up for what is given."""
    unit = np.eye(4)
    less, here = firms - GIVEN * unit[gives], preference.utility(firms).sum()

    def lead(amount: float) -> float:
        return float(preference.utility(less + amount * unit[gets]).sum() - here)

    if not lead(0.0) < 0 < lead(_MOST):
        return np.nan
    return float(scipy.optimize.brentq(lead, 0.0, _MOST))
