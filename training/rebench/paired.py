"""Paired differences with standard errors that respect clusters, and Holm's correction."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.scorers.metrics._clustered import ratio

FloatArray = npt.NDArray[np.float64]

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Change:
    """A figure for base and adapter on what both answered, and the paired difference."""

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
    kept, weights = np.asarray(groups)[both].tolist(), weights[both]
    values = [ratio(part, weights, kept) for part in (base[both], adapter[both])]
    moved = ratio(adapter[both] - base[both], weights, kept)
    # Without a standard error every row changed by the same amount.
    p = 1.0 if moved.value == 0 else np.nan
    if moved.stderr > 0:
        p = float(2 * scipy.stats.norm.sf(abs(moved.value) / moved.stderr))
    return Change(values[0].value, values[1].value, float(moved.value), moved.stderr, p)


def holm(p_values: Mapping[Name, float]) -> dict[Name, float]:
    """Holm's adjusted p-values."""
    out: dict[Name, float] = {}
    highest = 0.0
    for place, name in enumerate(sorted(p_values, key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[name]))
        out[name] = highest
    return out
