"""Inference that stays honest where parameters meet their bounds.

At θ_k = 0, or ρ at its bound, estimates are not normal and the ordinary bootstrap is inconsistent. Likelihood
ratios are not χ² either, but their distribution is known (``economics.estimation.experiment``), also where ρ
is hardly identified (``economics.estimation.weak_rho``). It is simulated without refits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.estimation import weak_rho
from fiduciary.economics.estimation.experiment import expand, least_favourable, simulate
from fiduciary.economics.estimation.joint import Fitted, join
from fiduciary.economics.estimation.likelihood import RHO, CESLikelihood
from fiduciary.economics.estimation.optimise import Region, climb

if TYPE_CHECKING:
    from fiduciary.economics.estimation.results import CESFit


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
        # Draws that equal the statistic but for rounding (0, above all, at a bound) count as reaching it.
        found = [float((1 + np.sum(d >= statistic - 1e-9)) / (len(d) + 1)) for d in self.draws]
        return max(found) if found else float(scipy.stats.chi2.sf(statistic, self.df))


def likelihood_ratio(
    sides: Sequence[Fitted], null: Fitted, *, robust: bool
) -> tuple[float, NullDistribution]:
    """A likelihood ratio and its distribution under the null.

    Args:
        sides: the data sets fitted on their own, of which the parts of ``null`` are made.
        null: their fit under the null.
        robust: whether the score varies as between clusters, else as the information says.
    """
    if weak(sides, null):
        statistic, draws = weak_rho.ratio_and_draws(sides, null)
        return statistic, NullDistribution((draws,))
    # Below 0 by rounding alone, where the null's search ends at the free estimate.
    free = sum(side.joint.loglik(side.x) for side in sides)
    return max(0.0, 2 * (free - null.joint.loglik(null.x))), null_distribution(sides, null, robust=robust)


def weak(sides: Sequence[Fitted], null: Fitted) -> bool:
    """Whether ρ is weakly identified in some of the data sets, at what the null says of them."""
    # Not at the free estimates: the distribution is wanted under the null, and ρ may be weak there only.
    return any(
        weak_rho.is_weak(replace(side, x=null.x[where]))
        for side, where in zip(sides, null.joint.where, strict=True)
    )


def null_distribution(sides: Sequence[Fitted], null: Fitted, *, robust: bool) -> NullDistribution:
    """The distribution where ρ is well identified: χ² where no bound is near and F is right."""
    known = null.region.fixed
    found = [
        expand(side.joint, null.x[where], side.region, known[where], robust=robust)
        for side, where in zip(sides, null.joint.where, strict=True)
    ]
    found.append(expand(null.joint, null.x, null.region, known, robust=robust))
    *free, under = found
    # Wilks' theorem: no bound near, and the score varies as the information says.
    if len(free) == 1 and not robust and not len(free[0].bounds):
        return NullDistribution((), len(free[0].information) - len(under.information))
    # Per experiment one case, or three: bounds at their estimated distance, touching, and far away. Cases are
    # matched by kind, not crossed; an experiment without such a bound is the same in each.
    cases = [least_favourable(e) for e in found]
    many = max(len(own) for own in cases)
    each = zip(*(own if len(own) == many else own * many for own in cases), strict=True)
    return NullDistribution(
        tuple(simulate([[e] for e in case[:-1]], [case[-1]], skewed=robust) for case in each)
    )


def needs_robust(fit: CESFit) -> bool:
    """Whether the information equality fails by design: probabilities, weights, or repeated problems."""
    return fit.quasi or fit.n_groups < fit.n


def restrict(fit: CESFit, values: dict[int, float], near: FloatArray | None = None) -> tuple[Fitted, Fitted]:
    """A fit, and the estimate under the null that fixes some of its coordinates.

    Args:
        fit: the unrestricted estimate.
        values: coordinate → value; several weights must leave a possible simplex.
        near: an estimate under a similar null, from which the search may start.
    """
    likelihood, point, region = parts(fit)
    joint = join([likelihood])
    fixed = region.fixed.copy()
    fixed[list(values)] = True
    start = (point if near is None else near).copy()
    for k, value in values.items():
        start[k] = value
    held = Region(region.simplexes, region.low, region.high, fixed)
    start = held.project(start)
    free = [k for k in range(RHO) if not fixed[k]]
    if free and start[free].min() <= 0 < start[free].sum():
        # A weight at exactly 0 may have to come back once another is fixed.
        start[free] = 0.98 * start[free] + 0.02 * start[free].sum() / len(free)
    found = climb(joint, start, held, rough=True)
    return Fitted(joint, region, point), Fitted(joint, held, found.x)


def parts(fit: CESFit) -> tuple[CESLikelihood, FloatArray, Region]:
    if fit._likelihood is None or fit._point is None or fit._region is None:
        raise ValueError("this fit no longer holds its data; fit again to test or to invert")
    return fit._likelihood, fit._point, fit._region


def normal_p(z: float) -> float:
    """Two-sided p-value of a standard normal statistic."""
    return float(2 * scipy.stats.norm.sf(abs(z)))
