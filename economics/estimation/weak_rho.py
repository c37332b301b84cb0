"""Likelihood ratios where ρ is hardly identified, as near a vertex of the simplex of weights.

Where one weight takes all, nothing depends on ρ; close to that the likelihood is all but flat in it, and an
expansion around one estimate of ρ describes nothing. There ρ is held on a grid: each G of
``economics.estimation.experiment`` is a maximum over the grid, for the observed ratio as well as for the
simulated one, with::

    G(ρ) = 2 E₀[ℓ(x_ρ) − ℓ(x₀)] + 2 Σ_g ξ_g e_g + max_{u ∈ C(ρ)} [2uᵀ(m + Σ_g ξ_g s_g) − uᵀFu]

x₀ is the estimate under the null, E₀ the expectation there, x_ρ = argmax E₀ℓ with ρ held; e_g and s_g what
cluster g adds, beside its expectation, to ℓ(x_ρ) − ℓ(x₀) and to the score at x_ρ; m is E₀ of that score,
which is not 0 where a bound binds. At a vertex all x_ρ are x₀, and the first two terms vanish.

Source: Andrews (2001) for parameters absent under the null; Andrews & Cheng (2012) for weak identification.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.estimation.experiment import Experiment, bounds_near, gains, ridged
from fiduciary.economics.estimation.joint import Fitted, Joint
from fiduciary.economics.estimation.likelihood import RHO
from fiduciary.economics.estimation.optimise import Optimum, Region, climb

GRID = (1.0, 0.5, 0.0, -0.5, -1.0, -2.0, -4.0)  # further down scores are all but outliers
WEAK = 0.5  # standard error of ρ, relative to max(1, 1 − ρ), above which the grid is used
DOUBT = 0.2  # level of the test of a vertex that is not rejected, so that the null's estimate passes for it


def is_weak(at: Fitted) -> bool:
    """Whether ρ is too weakly identified for an expansion in it."""
    if at.x[:RHO].max() == 1:
        return True
    basis = at.region.basis(at.x, at.region.fixed)
    found = at.joint.evaluate(at.x, scores=at.joint.quasi)
    influence = np.linalg.solve(ridged(basis.T @ found.information @ basis), basis[RHO])
    # How much probabilities vary, between clusters, is no matter of their information.
    variance = ((found.scores @ basis @ influence) ** 2).sum() if at.joint.quasi else basis[RHO] @ influence
    # What rounding makes negative is an information that says nothing about ρ.
    return bool(variance < 0 or np.sqrt(variance) > WEAK * max(1.0, 1.0 - at.x[RHO]))


def grid(region: Region) -> tuple[float, ...]:
    """The values at which ρ is held: ``GRID`` as far as it is allowed, from the upper bound on."""
    highest = float(region.high[RHO])
    return (highest, *(rho for rho in GRID if region.low[RHO] <= rho < highest))


def along(fitted: Fitted, rhos: Sequence[float], starts: Sequence[FloatArray] | None = None) -> list[Optimum]:
    """The maximum at each ρ, from starts of its own or, by default, from the one before."""
    found: list[Optimum] = []
    for i, rho in enumerate(rhos):
        start = starts[i] if starts is not None else found[-1].x if found else fitted.x
        start = np.where(fitted.region.fixed, fitted.x, start)
        found.append(_climb(fitted.joint, fitted.region, start, rho))
    return found


def best(found: Sequence[Optimum]) -> Optimum:
    """The highest of some maxima."""
    return max(found, key=lambda optimum: optimum.value)


def ratio_and_draws(sides: Sequence[Fitted], null: Fitted) -> tuple[float, FloatArray]:
    """The likelihood ratio over the grid, and draws of it under the null.

    Args:
        sides: the data sets fitted on their own, of which the parts of ``null`` are made.
        null: their fit under the null; where its region holds ρ, the null names ρ.
    """
    at_null = best(along(null, _null_grid(null)))
    free = sum(best(along(side, _own_grid(side, null))).value for side in sides)
    return max(0.0, 2 * (free - at_null.value)), draws(sides, null, at_null)


def draws(sides: Sequence[Fitted], null: Fitted, at_null: Optimum) -> FloatArray:
    """Draws of the likelihood ratio under the null, whose estimate on the grid is ``at_null``.

    Weights fitted to noise pass for identification of ρ, and the test would reject too rarely. So the null's
    estimate gives way to the vertex next to it where a test of that vertex, by draws of the same kind, does
    not reject at level ``DOUBT``.
    """
    *own, under = _gains(sides, null, at_null.x)
    vertex = _at_vertex(null, at_null)
    if vertex is not None:
        fixed, value = vertex
        *own_there, under_there, held = _gains(sides, null, fixed.x, fixed)
        gap = 2 * (at_null.value - value)
        # Where the null is false the vertex can be so far off that its own draws allow for anything.
        if gap <= min(np.quantile(under_there - held, 1 - DOUBT), under.max()):
            own, under = own_there, under_there
    return np.asarray(np.maximum(sum(own) - under, 0.0))


def _gains(
    sides: Sequence[Fitted], null: Fitted, x0: FloatArray, fixed: Fitted | None = None
) -> list[FloatArray]:
    """Draws of G of every side, of the null, and of the null at a vertex where that is given."""
    experiments = [
        _expansions(side, _own_grid(side, null), x0[where])
        for side, where in zip(sides, null.joint.where, strict=True)
    ]
    experiments.append(_expansions(null, _null_grid(null), x0))
    if fixed is not None:
        experiments.append(_expansions(fixed, (float(x0[RHO]),), x0))
    return gains(experiments, skewed=True)


def _null_grid(null: Fitted) -> tuple[float, ...]:
    if null.region.fixed[RHO]:
        return (float(null.x[RHO]),)
    if null.region.fixed[:RHO].all() and null.x[:RHO].max() == 1:
        return grid(null.region)[:1]  # nothing depends on ρ
    return grid(null.region)


def _own_grid(side: Fitted, null: Fitted) -> tuple[float, ...]:
    return tuple(dict.fromkeys((*grid(side.region), *_null_grid(null))))


def _at_vertex(null: Fitted, at_null: Optimum) -> tuple[Fitted, float] | None:
    """The fit at the vertex next to the null's estimate and its value, None where the null excludes it."""
    x = at_null.x.copy()
    x[:RHO] = np.eye(RHO)[np.argmax(x[:RHO])]
    fixed = null.region.fixed.copy()
    if (x[fixed] != at_null.x[fixed]).any():
        return None
    fixed[: RHO + 1] = True
    region = Region(null.region.simplexes, null.region.low, null.region.high, fixed)
    found = climb(null.joint, x, region)
    return Fitted(null.joint, region, found.x), found.value


def _expansions(fitted: Fitted, rhos: Sequence[float], x0: FloatArray) -> list[Experiment]:
    """The experiment at each ρ, with the null's estimate at ``x0``."""
    joint, held, expected = fitted.joint, _held(fitted.region), fitted.joint.expected(x0)
    # An observation splits into its expectation under the null (share) and what it adds beside it (surprise).
    # The first sums to the level and slope of every parabola, the second, by cluster, to the noise that ξ
    # multiplies.
    share, log_p, clusters = expected.weight, joint.log_probabilities(x0), joint.clusters
    surprise = joint.weight - share
    found, x = [], x0
    for rho in rhos:
        x = np.where(np.arange(len(x0)) == RHO, rho, x0)
        # At a vertex x_ρ is x₀ for every ρ, and there is nothing to climb.
        if x0[:RHO].max() < 1:
            x = _climb(expected, fitted.region, x0, rho).x
        basis = held.basis(x, held.fixed)
        mean = expected.evaluate(x, scores=True)
        information = ridged(basis.T @ mean.information @ basis)
        scores = (joint.evaluate(x, scores=True).scores - mean.scores) @ basis
        bounds, offsets, _ = bounds_near(x, basis, information, held)
        moved = joint.log_probabilities(x) - log_p
        level = np.bincount(clusters, surprise * moved, joint.n_groups)
        found.append(
            Experiment(
                information,
                scores - scores.mean(axis=0),
                bounds,
                offsets,
                np.empty((0, basis.shape[1])),
                np.zeros(len(bounds), bool),
                float(2 * share @ moved),
                level - level.mean(),
                basis.T @ mean.gradient,
            )
        )
    return found


def _held(region: Region) -> Region:
    fixed = region.fixed.copy()
    fixed[RHO] = True
    return Region(region.simplexes, region.low, region.high, fixed)


def _climb(joint: Joint, region: Region, start: FloatArray, rho: float) -> Optimum:
    held, x = _held(region), start.copy()
    x[RHO] = rho
    free = [k for k in range(RHO) if not held.fixed[k]]
    if free:  # a weight at exactly 0 may have to come back
        x[free] = 0.98 * x[free] + 0.02 * x[free].sum() / len(free)
    return climb(joint, x, held)
