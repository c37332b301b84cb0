"""Internal consistency and stability of an inventory's answers.

The rows are blocks (wordings, directions, label styles, repeats) of one model. Repeats are not persons:
these coefficients say whether a model's answers to the items of a scale move together when the
presentation changes, not whether the scale separates individuals, and they are not comparable with those
of human samples. Where presentation changes nothing there is no variance and no coefficient, which is a
perfectly stable model and not an unreliable one.

Sources: Cronbach, Psychometrika 16 (1951); McDonald, Test Theory: A Unified Treatment (1999);
Harman & Jones, "Factor analysis by minimizing residuals", Psychometrika 31 (1966).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.psychometrics.scoring import column_means

CAVEAT = (
    "Rows are presentations of one model, not persons: alpha and omega say whether answers move together "
    "when the presentation changes, and do not compare with those of human samples. Near or below 0: what a "
    "presentation changes, it changes item by item."
)


@dataclass(frozen=True)
class Coefficient:
    """A coefficient, or why there is none.

    Attributes:
        value: NaN where there is none.
        why_not: the reason, None where there is a value.
    """

    value: float
    why_not: str | None = None


def cronbach_alpha(keyed: npt.ArrayLike) -> Coefficient:
    """α = k/(k − 1) · (1 − Σ s²_i / s²_total) over complete rows.

    Args:
        keyed: (B, k), keyed answers of one scale's items; rows with a missing answer are left out.
    """
    complete, why_not = _complete(keyed)
    if why_not:
        return Coefficient(np.nan, why_not)
    k = complete.shape[1]
    covariance = np.cov(complete, rowvar=False)
    total = float(covariance.sum())
    if not total > 1e-12 * np.trace(covariance):
        return Coefficient(np.nan, "the sum of the items does not vary")
    return Coefficient(float(k / (k - 1) * (1 - np.trace(covariance) / total)))


def mcdonald_omega(keyed: npt.ArrayLike) -> Coefficient:
    """ω = (Σλ)² / ((Σλ)² + Σψ) of the one-factor model, over complete rows.

    Loadings λ minimise the squared residual correlations off the diagonal, with uniquenesses ψ ≥ 0
    (minimum residuals); both are on the scale of the items.

    Args:
        keyed: (B, k), keyed answers of one scale's items, k ≥ 3; rows with a missing answer are left out.
    """
    complete, why_not = _complete(keyed)
    if why_not:
        return Coefficient(np.nan, why_not)
    if complete.shape[1] < 3:
        return Coefficient(np.nan, "one factor needs at least three items")
    sd = complete.std(axis=0, ddof=1)
    if (sd <= 1e-12).any():
        return Coefficient(np.nan, f"{int((sd <= 1e-12).sum())} items do not vary")
    loadings = one_factor(np.corrcoef(complete, rowvar=False))
    common = float((sd * loadings).sum() ** 2)
    unique = float((sd**2 * (1 - loadings**2)).sum())
    return (
        Coefficient(common / (common + unique)) if common + unique > 0 else Coefficient(np.nan, "no variance")
    )


def one_factor(correlation: npt.ArrayLike) -> FloatArray:
    """Loadings (k,) of one factor by minimum residuals, |λ| ≤ 1, signed so that their sum is not negative.

    Args:
        correlation: (k, k), k ≥ 3.
    """
    r = np.asarray(correlation, float)
    off = ~np.eye(len(r), dtype=bool)

    def loss(x: FloatArray) -> tuple[float, FloatArray]:
        residual = np.where(off, np.outer(x, x) - r, 0.0)
        return 0.5 * float((residual**2).sum()), 2 * residual @ x

    values, vectors = np.linalg.eigh(r)
    first = vectors[:, -1] * np.sqrt(max(values[-1], 0.0))
    starts = [np.clip(first, -0.95, 0.95), np.full(len(r), 0.5)]
    fits = [
        scipy.optimize.minimize(
            loss,
            s,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-1, 1)] * len(r),
            options={"ftol": 1e-14, "gtol": 1e-10},
        )
        for s in starts
    ]
    best = np.asarray(min(fits, key=lambda fit: fit.fun).x, float)
    return best if best.sum() >= 0 else -best


@dataclass(frozen=True)
class Stability:
    """Agreement of two administrations of the same items.

    Attributes:
        items: items that both answered.
        correlation: Pearson's r of the items' mean agreement; NaN where either does not vary.
        mean_difference: mean over items of second − first.
        absolute_difference: mean over items of |second − first|.
        identical: share of equal answers among the blocks and items that both answered.
    """

    items: int
    correlation: float
    mean_difference: float
    absolute_difference: float
    identical: float


def retest(first: npt.ArrayLike, second: npt.ArrayLike) -> Stability:
    """Compare two administrations (two seeds) of the same blocks.

    Args:
        first: (B, K), agreement, NaN where missing.
        second: (B, K), the same blocks and items.

    Raises:
        ValueError: shapes that differ.
    """
    a, b = np.atleast_2d(np.asarray(first, float)), np.atleast_2d(np.asarray(second, float))
    if a.shape != b.shape:
        raise ValueError(f"both administrations must have the same shape, got {a.shape} and {b.shape}")
    both = np.isfinite(a) & np.isfinite(b)
    means = [column_means(np.where(both, one, np.nan)) for one in (a, b)]
    kept = np.isfinite(means[0])
    x, y = means[0][kept], means[1][kept]
    varies = len(x) > 1 and x.std() > 0 and y.std() > 0
    return Stability(
        int(kept.sum()),
        float(np.corrcoef(x, y)[0, 1]) if varies else np.nan,
        float((y - x).mean()) if len(x) else np.nan,
        float(np.abs(y - x).mean()) if len(x) else np.nan,
        float((a[both] == b[both]).mean()) if both.any() else np.nan,
    )


def _complete(keyed: npt.ArrayLike) -> tuple[FloatArray, str | None]:
    given = np.atleast_2d(np.asarray(keyed, float))
    complete = given[np.isfinite(given).all(axis=1)]
    if given.shape[1] < 2:
        return complete, "a coefficient needs at least two items"
    if len(complete) < 3:
        return complete, f"{len(complete)} complete blocks; at least 3 are needed"
    if (np.ptp(complete, axis=0) <= 1e-12).all():
        return complete, "no item varies over blocks"
    return complete, None
