"""The limiting Gaussian experiment of a likelihood ratio, with bounds: a chi-bar-square mixture, simulated.

Near its maximum under the null a log-likelihood is a parabola whose summit is normal, and parameters at their
bounds confine it to a cone. A likelihood ratio is then distributed as::

    LR = Σ_s G_s − G_0,    G = max_{u ∈ C} [2uᵀS − uᵀF u],    S = Σ_g ξ_g s_g

with s over the data sets that are fitted on their own and 0 their fit under the null; C the parameter space
around the null's estimate, F the information and s_g the score of cluster g there.

Source: Chernoff (1954); Self & Liang (1987).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray
from fiduciary.economics.estimation.joint import Joint
from fiduciary.economics.estimation.likelihood import RHO
from fiduciary.economics.estimation.optimise import Region

DRAWS = 2000
NEAR = 4.0  # standard errors within which a bound can matter
MANY = 3000  # clusters from which sums over them are normal


@dataclass(frozen=True)
class Experiment:
    """A parabola over a cone.

    Attributes:
        information: F (f, f), Fisher information along a basis.
        scores: one row a cluster (G, f), whose outer product is the variance of the score.
        bounds: rows a (m, f) and offsets b (m,) of the constraints a·u ≥ b.
        null: rows (e, f) of constraints a·u = 0.
        estimated: constraints (m,) whose offset the null does not fix, so that it is only estimated.
        level: twice the height of the parabola's origin above the null's estimate, and what each cluster
            adds to half of it, (G,); None for none.
        slope: expectation of the score (f,), None for none.
    """

    information: FloatArray
    scores: FloatArray
    bounds: FloatArray
    offsets: FloatArray
    null: FloatArray
    estimated: BoolArray
    level: float = 0.0
    level_scores: FloatArray | None = None
    slope: FloatArray | None = None

    @property
    def columns(self) -> FloatArray:
        """What each cluster adds to the level and to the score, (G, 1 + f)."""
        level = np.zeros(len(self.scores)) if self.level_scores is None else self.level_scores
        return np.column_stack([level, self.scores])

    def free(self) -> Experiment:
        """The same without the null's constraints."""
        return replace(self, null=self.null[:0])

    def gain(self, noise: FloatArray) -> FloatArray:
        """G (draws,) for sums (draws, 1 + f) over ``columns``."""
        s = noise[:, 1:] if self.slope is None else noise[:, 1:] + self.slope
        z = np.linalg.solve(self.information, s.T).T
        top = np.einsum("bi,bi->b", z, s)
        return np.asarray(self.level + 2 * noise[:, 0] + top - _distance(z, self))


def expand(joint: Joint, x: FloatArray, region: Region, known: BoolArray, *, robust: bool) -> Experiment:
    """The experiment around the null's estimate ``x``, with the bounds near it.

    Args:
        joint: the likelihood.
        x: where it is expanded.
        region: bounds, and what is held.
        known: coordinates (p,) that the null fixes: the distance from their bounds is not estimated.
        robust: whether the score varies as between clusters, else as the information says.
    """
    basis = region.basis(x, region.fixed)
    evaluation = joint.evaluate(x, scores=robust)
    information = ridged(basis.T @ evaluation.information @ basis)
    if robust:
        scores = evaluation.scores @ basis
        scores = scores - scores.mean(axis=0)
    else:
        values, vectors = np.linalg.eigh(evaluation.information)
        scores = (vectors * np.sqrt(np.clip(values, 0, None))).T @ basis  # their outer product is F
    bounds, offsets, of = bounds_near(x, basis, information, region)
    return Experiment(information, scores, bounds, offsets, np.empty((0, len(information))), ~known[of])


def ridged(information: FloatArray) -> FloatArray:
    """Information with a little of it in directions that the data leave open, so that it is invertible."""
    return np.asarray(information + 1e-8 * np.diag(np.diag(information) + 1e-4), float)


def bounds_near(
    x: FloatArray, basis: FloatArray, information: FloatArray, region: Region
) -> tuple[FloatArray, FloatArray, IntArray]:
    """The bounds of θ and ρ within ``NEAR`` standard errors: rows (m, f), offsets and coordinates (m,)."""
    spread = np.sqrt(np.diag(basis @ np.linalg.inv(information) @ basis.T))
    rows, offsets, of = [], [], []
    for k in range(RHO + 1):  # no other bound is ever real
        for bound, sign in ((region.low[k], 1.0), (region.high[k], -1.0)):
            slack = sign * (x[k] - bound)
            redundant = sign < 0 and k < RHO
            if basis[k].any() and not redundant and slack < NEAR * spread[k]:
                rows.append(sign * basis[k])
                offsets.append(-slack)
                of.append(k)
    bounds = np.array(rows).reshape(len(rows), basis.shape[1])
    return bounds, np.minimum(np.array(offsets), 0.0), np.array(of, np.int64)


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
    sides: Sequence[Sequence[Experiment]],
    null: Sequence[Experiment],
    *,
    draws: int = DRAWS,
    skewed: bool = False,
) -> FloatArray:
    """Draws (draws,) of the likelihood ratio under the null.

    Args:
        sides: the data sets that are fitted on their own.
        null: the same for their fit under the null.
        draws, skewed: as in :func:`gains`.
    """
    *own, under = gains([*sides, null], draws=draws, skewed=skewed)
    return np.asarray(np.maximum(sum(own) - under, 0.0))


def gains(
    experiments: Sequence[Sequence[Experiment]], *, draws: int = DRAWS, seed: int = 0, skewed: bool = False
) -> list[FloatArray]:
    """Draws (draws,) of every G, all from the same ξ.

    Args:
        experiments: one or several for each G, which takes the best of them. All have the same clusters.
        draws: how many.
        seed: of the draws.
        skewed: draw ξ with third moment 1, so that the simulated scores are as skewed as the observed ones
            (Mammen 1993); by default, and where clusters are many, ξ is normal.
    """
    rng = np.random.default_rng(seed)
    stacked = np.hstack([e.columns for side in experiments for e in side])
    if skewed and len(stacked) <= MANY:
        golden = (1 + np.sqrt(5)) / 2
        low = rng.random((draws, len(stacked))) < golden / np.sqrt(5)
        noise = np.where(low, 1 - golden, golden) @ stacked
    else:
        values, vectors = np.linalg.eigh(stacked.T @ stacked)
        root = vectors * np.sqrt(np.clip(values, 0, None))
        noise = rng.standard_normal((draws, len(values))) @ root.T
    at, found = 0, []
    for side in experiments:
        best = np.full(draws, -np.inf)
        for e in side:
            size = 1 + e.scores.shape[1]
            best = np.maximum(best, e.gain(noise[:, at : at + size]))
            at += size
        found.append(best)
    return found


def _distance(z: npt.NDArray[Any], e: Experiment) -> FloatArray:
    """min (u − z)ᵀF(u − z) over the cone, (draws,).

    By duality it is the largest 2λᵀr − λᵀGλ over λ ≥ 0 (any λ for the null's rows), r the violations at z and
    G = A F⁻¹ Aᵀ; each face of the cone gives a candidate, and none can be too large.

    Raises:
        FloatingPointError: the information is singular, or a number is not finite.
    """
    rows = np.vstack([e.null, e.bounds])
    gram = rows @ np.linalg.solve(e.information, rows.T)
    violation = np.concatenate([np.zeros(len(e.null)), e.offsets]) - z @ rows.T
    always = list(range(len(e.null)))
    nearest = np.zeros(len(z))
    for size in range(len(e.bounds) + 1):
        for face in itertools.combinations(range(len(e.null), len(rows)), size):
            on = [*always, *face]
            own = gram[np.ix_(on, on)]
            scale = np.sqrt(np.diag(own))
            back = np.linalg.pinv(own / np.outer(scale, scale), rcond=1e-10, hermitian=True)
            multiplier = violation[:, on] @ (back / np.outer(scale, scale))
            value = (multiplier * (2 * violation[:, on] - multiplier @ own)).sum(axis=1)
            allowed = np.all(multiplier[:, len(always) :] >= 0, axis=1)
            nearest = np.where(allowed, np.maximum(nearest, value), nearest)
    if not (np.isfinite(nearest).all() and np.isfinite(value).all()):
        raise FloatingPointError(
            "the null distribution of a likelihood ratio cannot be simulated: the information "
            f"{np.array2string(np.diag(e.information), precision=2)} (diagonal) is not finite or singular"
        )
    return nearest
