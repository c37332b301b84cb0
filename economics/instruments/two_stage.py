"""The effect of one treatment by one instrument, with clustered errors.

    d = π z + x'a + v,   y = β d + x'b + e,   E[z e] = 0

With z̃, ỹ, d̃ the parts that the covariates leave (a constant, or one for every pair, among them)::

    first stage    π̂ = Σ z̃ d̃ / Σ z̃²
    reduced form   ρ̂ = Σ z̃ ỹ / Σ z̃²
    effect         β̂ = ρ̂ / π̂,   s² = G/(G − 1) Σ_g (Σ_{i∈g} z̃_i (ỹ_i − β̂ d̃_i))² / (Σ z̃ d̃)²

G clusters; intervals are Student's with G − 1 degrees of freedom.

Sources: Wooldridge, Econometric Analysis of Cross Section and Panel Data (2nd ed. 2010), ch. 5 and 20;
Imbens & Angrist, Econometrica 62 (1994), for what β is where effects differ: their mean among those whom z
moves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference.intervals import LEVEL, NAN, Interval, around
from fiduciary.economics.instruments.confidence_set import ConfidenceSet, anderson_rubin
from fiduciary.economics.instruments.partial import by_cluster, without

STRONG = 10.0
"""F of the first stage from which an effect is shown with a standard error (Staiger & Stock 1997)."""


@dataclass(frozen=True)
class TwoStage:
    """What an instrument tells of a treatment.

    Attributes:
        first: π, units of the treatment for one of the instrument.
        reduced: ρ, units of the outcome for one of the instrument.
        effect: β, units of the outcome for one of the treatment.
        strength: F of the first stage, robust and clustered; 0 where the instrument does not vary.
        robust: Anderson–Rubin set of β.
    """

    first: Interval
    reduced: Interval
    effect: Interval
    strength: float
    robust: ConfidenceSet

    @property
    def strong(self) -> bool:
        """Whether the effect's own standard error can be trusted."""
        return self.strength >= STRONG


def two_stage(
    y: npt.ArrayLike,
    d: npt.ArrayLike,
    z: npt.ArrayLike,
    groups: npt.ArrayLike,
    covariates: npt.ArrayLike | None = None,
    within: npt.ArrayLike | None = None,
    level: float = LEVEL,
) -> TwoStage:
    """First stage, reduced form and effect.

    Args:
        y: outcome, (n,).
        d: treatment, (n,).
        z: instrument, (n,): given, or learned on other clusters (``learned_instrument``).
        groups: cluster of each row, (n,).
        covariates: exogenous, (n, p), linear; a constant is always among them.
        within: labels, (n,); every label has a constant of its own in place of the common one.
        level: of intervals and of the set.

    Raises:
        ValueError: shapes that differ, values that are not finite, fewer than two clusters.
    """
    columns = [np.asarray(column, float) for column in (y, d, z)]
    if len({np.shape(column) for column in (*columns, np.asarray(groups))}) > 1 or columns[0].ndim != 1:
        raise ValueError(f"y, d, z and groups must be (n,), got {[np.shape(c) for c in (y, d, z, groups)]}")
    if not all(np.isfinite(column).all() for column in columns):
        raise ValueError("y, d and z must be finite")
    outcome, treatment, instrument = without(np.column_stack(columns), covariates, within).T
    a, b = by_cluster(instrument * outcome, groups), by_cluster(instrument * treatment, groups)
    g, total = len(a), float(instrument @ instrument)
    if g < 2:
        raise ValueError(f"two stages take at least 2 clusters, got {g}")
    if total <= 1e-12 * len(instrument) * max(1.0, float(np.abs(columns[2]).max())) ** 2:
        nothing = Interval(level=level, units=g, reason="the instrument does not vary")
        return TwoStage(nothing, nothing, nothing, 0.0, ConfidenceSet(-math.inf, math.inf, level=level))
    first = _slope(treatment, instrument, groups, level)
    effect = NAN if b.sum() == 0 else float(a.sum() / b.sum())
    error = NAN if math.isnan(effect) else _error(a - effect * b) / abs(float(b.sum()))
    if math.isnan(first.stderr):
        strength = math.inf if first.value != 0 else 0.0
    else:
        strength = (first.value / first.stderr) ** 2
    return TwoStage(
        first,
        _slope(outcome, instrument, groups, level),
        around(effect, error, g - 1, level, units=g),
        strength,
        anderson_rubin(a, b, level),
    )


def association(
    y: npt.ArrayLike,
    d: npt.ArrayLike,
    groups: npt.ArrayLike,
    covariates: npt.ArrayLike | None = None,
    within: npt.ArrayLike | None = None,
    level: float = LEVEL,
) -> Interval:
    """Slope of y on d by least squares, as if the treatment were its own instrument; arguments as above."""
    return two_stage(y, d, d, groups, covariates, within, level).effect


def _slope(left: FloatArray, right: FloatArray, groups: npt.ArrayLike, level: float) -> Interval:
    """Least squares of one column on another, covariates taken out of both."""
    total = float(right @ right)
    slope = float(right @ left) / total
    scores = by_cluster(right * (left - slope * right), groups)
    return around(slope, _error(scores) / total, len(scores) - 1, level, units=len(scores))


def _error(scores: FloatArray) -> float:
    """√(G/(G − 1) Σ s_g²) of scores that sum to 0, (G,)."""
    return math.sqrt(len(scores) / (len(scores) - 1) * float(scores @ scores))
