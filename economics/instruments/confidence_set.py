"""Confidence sets of an effect that stay valid however weak the instrument is.

The effect β is in the set where the instrument is uncorrelated with y − β d, by Student's test of the
clusters' scores s_g(β) = Σ_{i∈g} z_i (y_i − β d_i)::

    t(β)² = (Σ_g s_g)² / (G/(G − 1) Σ_g (s_g − s̄)²) ≤ t(1 − α/2, G − 1)²

Both sides are quadratic in β, so the set is found in closed form: an interval where the first stage is
significant at the same level, else everything outside an interval, or everything. With one instrument this is
Fieller's set for a ratio of means.

Sources: Anderson & Rubin, Annals of Mathematical Statistics 20 (1949); Fieller, Journal of the Royal
Statistical Society B 16 (1954); Andrews, Stock & Sun, Annual Review of Economics 11 (2019), section 5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference.intervals import LEVEL, quantile


@dataclass(frozen=True)
class ConfidenceSet:
    """A set of effects that the data do not reject.

    Attributes:
        low, high: ends of the interval, or of the gap; infinite where there is none.
        inside: whether the set lies between them; else it is what lies outside.
        level: confidence level, in (0, 1).
    """

    low: float
    high: float
    inside: bool = True
    level: float = LEVEL

    @property
    def bounded(self) -> bool:
        """Whether the set is an interval with two ends."""
        return self.inside and math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def everything(self) -> bool:
        """Whether no effect at all is rejected."""
        return self.inside and math.isinf(self.low) and math.isinf(self.high)

    def __contains__(self, effect: float) -> bool:
        return self.low <= effect <= self.high if self.inside else effect <= self.low or effect >= self.high


def anderson_rubin(numerators: FloatArray, denominators: FloatArray, level: float = LEVEL) -> ConfidenceSet:
    """The set of effects β under which the clusters' scores a_g − β b_g have mean 0.

    Args:
        numerators: a, (G,), Σ_{i∈g} z_i y_i of each cluster, covariates taken out of z and y.
        denominators: b, (G,), Σ_{i∈g} z_i d_i likewise.
        level: of the set.

    Raises:
        ValueError: fewer than two clusters.
    """
    g = len(numerators)
    if g < 2:
        raise ValueError(f"a confidence set takes at least 2 clusters, got {g}")
    q = quantile(level, g - 1) ** 2
    a, b = float(numerators.sum()), float(denominators.sum())
    v = np.cov(numerators, denominators) * g
    square = b * b - q * v[1, 1]
    linear = a * b - q * v[0, 1]
    constant = a * a - q * v[0, 0]
    discriminant = linear * linear - square * constant
    tiny = 1e-12 * max(b * b, q * v[1, 1], np.finfo(float).tiny)
    if abs(square) <= tiny or (square < 0 and discriminant <= 0):
        return ConfidenceSet(-math.inf, math.inf, level=level)
    root = math.sqrt(max(discriminant, 0.0))
    ends = sorted(((linear - root) / square, (linear + root) / square))
    return ConfidenceSet(ends[0], ends[1], bool(square > 0), level)
