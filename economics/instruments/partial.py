"""Taking exogenous covariates out of columns, so that simple formulas are those of the whole regression.

Frisch & Waugh, Econometrica 1 (1933); Lovell, Journal of the American Statistical Association 58 (1963).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray


def without(
    columns: npt.ArrayLike, covariates: npt.ArrayLike | None = None, within: npt.ArrayLike | None = None
) -> FloatArray:
    """Residuals of least squares on covariates and on a constant.

    Args:
        columns: (n, m).
        covariates: (n, p), linear; None for none.
        within: (n,), labels: every label has a constant of its own. One constant for all where None.

    Returns:
        (n, m).
    """
    given = np.asarray(columns, float)
    x = np.empty((len(given), 0)) if covariates is None else np.asarray(covariates, float)
    both = np.column_stack([given, x])
    if within is None:
        both = both - both.mean(axis=0)
    else:
        _, codes = np.unique(np.asarray(within), return_inverse=True)
        counts = np.bincount(codes)
        means = np.column_stack([np.bincount(codes, weights=column) / counts for column in both.T])
        both = both - means[codes]
    left, x = both[:, : given.shape[1]], both[:, given.shape[1] :]
    if x.shape[1]:
        left = left - x @ np.linalg.lstsq(x, left, rcond=None)[0]
    return np.asarray(left)


def by_cluster(values: FloatArray, groups: npt.ArrayLike) -> FloatArray:
    """Sums of values (n,) over each cluster, (G,)."""
    _, codes = np.unique(np.asarray(groups), return_inverse=True)
    return np.asarray(np.bincount(codes, weights=values))
