"""Inference that stays honest where parameters meet their bounds.

At θ_k = 0, or ρ at its bound, estimates are not normal and the ordinary bootstrap is inconsistent.
Likelihood ratios are: their distribution under a null is that of

    LR = min_{u ∈ C₀} (u − Z)ᵀF(u − Z) − min_{u ∈ C₁} (u − Z)ᵀF(u − Z),   Z ~ N(0, F⁻¹BF⁻¹),

with C₁ the parameter space around the restricted estimate and C₀ its part under the null: a
chi-bar-square mixture whose weights depend on the information. It is simulated here without refits.
Where one weight takes all, ρ is not identified under the null, and both minima run over ρ too.

Source: Chernoff (1954); Self & Liang (1987); Andrews (2001) for parameters absent under the null.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.estimation.likelihood import RHO, CESLikelihood
from fiduciary.economics.estimation.optimise import Region

if TYPE_CHECKING:
    from fiduciary.economics.estimation.results import CESFit

FloatArray = npt.NDArray[np.float64]

DRAWS = 2000
SINGLE = 0.9999  # a weight above this takes all
NEAR = 4.0  # standard errors within which a bound can matter
RHO_GRID = (1.0, 0.5, 0.0, -0.5, -1.0, -2.0, -4.0)  # further down scores are all but outliers


@dataclass(frozen=True)
class Experiment:
    """The limiting Gaussian experiment around a restricted estimate, at one ρ of the grid.

    Attributes:
        information: F (f, f), Fisher information along the basis.
        scores: one row a cluster (G, f), whose outer product is B.
        bounds: rows a (m, f) and offsets b (m,) of the constraints a·u ≥ b.
        null: rows (e, f) of the constraints a·u = 0 that the null adds.
        estimated: constraints (m,) whose offset the null does not fix, so that it is only estimated.
    """

    information: FloatArray
    scores: FloatArray
    bounds: FloatArray
    offsets: FloatArray
    null: FloatArray
    estimated: npt.NDArray[np.bool_]


def experiment(
    likelihood: CESLikelihood, x: FloatArray, region: Region, null: list[int], *, robust: bool
) -> Experiment:
    """Linearise the likelihood at ``x``, with the bounds near it and the null's fixed coordinates."""
    basis = region.basis(x, region.fixed)
    evaluation = likelihood.evaluate(x, scores=robust)
    exact = np.asarray(basis.T @ evaluation.information @ basis, float)
    # Directions that the data leave open get a little information, so that everything is invertible.
    information = np.asarray(exact + 1e-8 * np.diag(np.diag(exact) + 1e-4))
    if robust:
        scores = evaluation.scores @ basis
        scores = scores - scores.mean(axis=0)
    else:
        values, vectors = np.linalg.eigh(information)
        scores = (vectors * np.sqrt(np.clip(values, 0, None))).T  # rows whose outer product is F
    spread = np.sqrt(np.diag(basis @ np.linalg.inv(information) @ basis.T))
    rows, offsets = [], []
    bounded = np.concatenate([*region.simplexes, np.concatenate(region.simplexes)[RHO - 1 :: RHO] + 1])
    for k in bounded[np.abs(basis[bounded]).sum(axis=1) > 0]:  # θ and ρ: no other bound is ever real
        for bound, sign in ((region.low[k], 1.0), (region.high[k], -1.0)):
            slack = sign * (x[k] - bound)
            redundant = sign < 0 and k in np.concatenate(region.simplexes)
            if not redundant and slack < NEAR * spread[k]:
                rows.append(sign * basis[k])
                offsets.append(-slack)
    f = basis.shape[1]
    bounds = np.array(rows).reshape(-1, f)
    fixed = basis[null]
    outside = bounds - bounds @ np.linalg.pinv(fixed) @ fixed if len(null) else bounds
    # Where one weight takes all, the other weights are known to be 0 as well.
    free = ~(x[:RHO] > SINGLE).any() & (np.abs(outside) > 1e-9).any(axis=1)
    return Experiment(
        information, scores, bounds, np.minimum(np.array(offsets), 0.0), fixed, np.asarray(free)
    )


def least_favourable(e: Experiment) -> list[Experiment]:
    """The experiment with nuisance parameters at their estimated distance from bounds, at them, and far.

    That distance, in standard errors, cannot be estimated consistently, and the critical value
    depends on it; the largest of the three is used.
    """
    if not e.estimated.any():
        return [e]
    touching = np.where(e.estimated, 0.0, e.offsets)
    kept = ~e.estimated
    return [
        e,
        replace(e, offsets=touching),
        replace(e, bounds=e.bounds[kept], offsets=e.offsets[kept], estimated=e.estimated[kept]),
    ]


def simulate(
    experiments: list[Experiment], draws: int = DRAWS, seed: int = 0, *, null_at: int | None = None
) -> FloatArray:
    """Draws (draws,) of the likelihood ratio under the null.

    Several experiments, one for each ρ of a grid, share one sample: both sides of the ratio take the
    best of them, or the null's side that of ``null_at`` alone where the null names its ρ.
    """
    rng = np.random.default_rng(seed)
    stacked = np.hstack([e.scores for e in experiments])
    values, vectors = np.linalg.eigh(stacked.T @ stacked)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    scores = rng.standard_normal((draws, len(values))) @ root.T
    gain_null, gain_full = np.zeros(draws), np.zeros(draws)
    at = 0
    for i, e in enumerate(experiments):
        f = len(e.information)
        z = np.linalg.solve(e.information, scores[:, at : at + f].T).T
        top = np.einsum("bi,bi->b", z, scores[:, at : at + f])
        gain_full = np.maximum(gain_full, top - _distance(z, e, with_null=False))
        if null_at is None or null_at == i:
            gain_null = np.maximum(gain_null, top - _distance(z, e, with_null=True))
        at += f
    return np.asarray(np.maximum(gain_full - gain_null, 0.0))


def _distance(z: FloatArray, e: Experiment, *, with_null: bool) -> FloatArray:
    """min (u − z)ᵀF(u − z) over the polyhedron, by enumeration of the faces, (draws,)."""
    fixed = e.null if with_null else e.null[:0]
    inverse = np.linalg.inv(e.information)
    best = np.full(len(z), np.inf)
    for size in range(len(e.bounds) + 1):
        for face in itertools.combinations(range(len(e.bounds)), size):
            rows = np.vstack([fixed, e.bounds[list(face)]])
            target = np.concatenate([np.zeros(len(fixed)), e.offsets[list(face)]])
            if len(rows):
                gram = rows @ inverse @ rows.T
                back = np.linalg.pinv(gram, rcond=1e-10, hermitian=True)
                residual = z @ rows.T - target
                u = z - residual @ back @ rows @ inverse
                distance = ((residual @ back) * residual).sum(axis=1)
                meets = np.all(np.abs(u @ rows.T - target) < 1e-6 + 1e-6 * np.abs(target), axis=1)
            else:
                u, distance, meets = z, np.zeros(len(z)), np.ones(len(z), bool)
            inside = np.all(u @ e.bounds.T >= e.offsets - 1e-9, axis=1) & meets
            best = np.where(inside & (distance < best), distance, best)
    return best


@dataclass(frozen=True)
class NullDistribution:
    """Distribution of a likelihood ratio under its null: χ²(df), or draws where χ² does not hold.

    Attributes:
        draws: one array for each nuisance configuration that is possible; the least favourable rules.
        df: degrees of freedom, 0 where only draws are given.
    """

    draws: tuple[FloatArray, ...]
    df: int = 0

    def critical(self, level: float) -> float:
        """Value that the statistic stays below with at least probability ``level``."""
        found = [float(np.quantile(d, level)) for d in self.draws]
        return max(found) if found else float(scipy.stats.chi2.ppf(level, self.df))

    def p_value(self, statistic: float) -> float:
        """Probability of a statistic at least as large; from draws never below 1/(draws + 1)."""
        found = [float((1 + np.sum(d >= statistic - 1e-9)) / (len(d) + 1)) for d in self.draws]
        return max(found) if found else float(scipy.stats.chi2.sf(statistic, self.df))


def null_distribution(
    likelihood: CESLikelihood, x: FloatArray, region: Region, null: list[int], *, robust: bool
) -> NullDistribution:
    """Distribution of the likelihood ratio for the null that holds coordinates ``null`` at ``x``."""
    if (x[:RHO] > SINGLE).any():
        fixed = region.fixed.copy()
        fixed[RHO] = True
        held = Region(region.simplexes, region.low, region.high, fixed)
        rows = [k for k in null if k != RHO]
        # A null that names ρ compares with the experiment at that ρ, the first of the list.
        named = RHO in null
        grid = [float(x[RHO])] if named else []
        grid += [rho for rho in RHO_GRID if region.low[RHO] <= rho <= region.high[RHO]]
        points = [np.where(np.arange(len(x)) == RHO, max(rho, RHO_GRID[-1]), x) for rho in grid]
        # Cluster scores, not F: how the experiments at different ρ hang together is needed too.
        found = [experiment(likelihood, point, held, rows, robust=True) for point in points]
        return NullDistribution((simulate(found, null_at=0 if named else None),))
    found_one = experiment(likelihood, x, region, null, robust=robust)
    return from_experiment(found_one, robust=robust)


def from_experiment(e: Experiment, *, robust: bool) -> NullDistribution:
    """χ² where no bound is near and the information equality holds; simulated otherwise."""
    if not robust and not len(e.bounds):
        return NullDistribution((), int(np.linalg.matrix_rank(e.null)))
    return NullDistribution(tuple(simulate([case]) for case in least_favourable(e)))


def needs_robust(fit: CESFit) -> bool:
    """Whether the information equality fails by design: probabilities, or repeated problems."""
    return fit.soft or fit.n_groups < fit.n


def ratio_at(
    likelihood: CESLikelihood,
    point: FloatArray,
    region: Region,
    values: dict[int, float],
    near: FloatArray | None = None,
) -> tuple[float, FloatArray]:
    """Likelihood ratio of the null that fixes some coordinates, and the estimate under that null.

    Args:
        point: the unrestricted estimate.
        values: coordinate → value; several weights must leave a possible simplex.
        near: an estimate under a similar null, from which the search may start.
    """
    from fiduciary.economics.estimation.fit import climb

    fixed = region.fixed.copy()
    fixed[list(values)] = True
    start = (point if near is None else near).copy()
    for k, value in values.items():
        start[k] = value
    held = Region(region.simplexes, region.low, region.high, fixed)
    start = held.project(start)
    free = [k for k in range(RHO) if not fixed[k]]
    if free and start[free].sum() > 0:
        # A weight at exactly 0 may have to come back once another is fixed.
        start[free] = 0.98 * start[free] + 0.02 * start[free].sum() / len(free)
    starts = [start]
    if not fixed[RHO] and (point[:RHO] > 0.9).any():
        starts += [np.where(np.arange(len(start)) == RHO, rho, start) for rho in (0.9, 0.0, -3.0)]
    restricted = max((climb(likelihood, s, held, rough=True) for s in starts), key=lambda o: o.value)
    return max(0.0, 2 * (likelihood.loglik(point) - restricted.value)), restricted.x


def parts(fit: CESFit) -> tuple[CESLikelihood, FloatArray, Region]:
    if fit._likelihood is None or fit._point is None or fit._region is None:
        raise ValueError("this fit no longer holds its data; fit again to test or to invert")
    return fit._likelihood, fit._point, fit._region


def normal_p(z: float) -> float:
    """Two-sided p-value of a standard normal statistic."""
    return float(2 * scipy.stats.norm.sf(abs(z)))
