"""Paired differences with standard errors that respect clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference import ratio


@dataclass(frozen=True)
class Change:
    """A figure for base and adapter on what both answered, and the paired difference.

    Attributes:
        base, adapter: the figures.
        difference: adapter − base.
        se: standard error of the difference; NaN where it was the same in every cluster.
        p_value: two-sided, normal; 1 without any difference.
    """

    base: float
    adapter: float
    difference: float
    se: float
    p_value: float


def paired(
    base: FloatArray, adapter: FloatArray, groups: npt.ArrayLike, weight: npt.ArrayLike = 1.0
) -> Change:
    """Σa/Σw of base and adapter and their difference, clustered.

    ::

        se² = G/(G − 1) Σ_g (Σ_{i∈g} (d_i − D w_i))² / (Σ w)²,   d = adapter − base, D = Σd/Σw

    Args:
        base, adapter: (n,), what is averaged; NaN in either leaves the row out.
        groups: (n,), cluster of each row.
        weight: w, (n,); 1 for a mean.
    """
    weights = np.broadcast_to(np.asarray(weight, float), base.shape)
    both = np.isfinite(base) & np.isfinite(adapter) & np.isfinite(weights)
    kept, weights = np.asarray(groups)[both], weights[both]
    values = [ratio(part, weights, kept) for part in (base[both], adapter[both])]
    moved = ratio(adapter[both] - base[both], weights, kept)
    # Without a standard error every row changed by the same amount.
    p = 1.0 if moved.value == 0 else np.nan
    if moved.stderr > 0:
        p = float(2 * scipy.stats.norm.sf(abs(moved.value) / moved.stderr))
    return Change(values[0].value, values[1].value, float(moved.value), moved.stderr, p)
