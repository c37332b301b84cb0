"""Revealed preference on budgets: GARP, Afriat's index, and the cost matrix behind every index.

Observation i is a price vector p_i and the bundle x_i bought at it. With the expenditure p_i·x_i as its
budget, r_ij = p_i·x_j / p_i·x_i is what bundle j would have cost as a share of that budget. Bundle i
is directly revealed preferred to j where r_ij ≤ 1, strictly where r_ij < 1.

Source: Afriat (1967, 1973); Varian (1982), "The Nonparametric Approach to Demand Analysis".
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray

TOLERANCE = 1e-9
"""Relative differences of cost up to this count as equality, so that rounding reveals nothing."""


def check_prices(prices: npt.ArrayLike) -> FloatArray:
    """Prices (T, K) as an array.

    Raises:
        ValueError: no matrix, fewer than two goods, or a price that is not finite and > 0.
    """
    p = np.asarray(prices, float)
    if p.ndim != 2 or p.shape[0] < 1 or p.shape[1] < 2:
        raise ValueError(f"prices must have shape (budgets, goods) with two goods or more, got {p.shape}")
    if not np.all(np.isfinite(p) & (p > 0)):
        raise ValueError(f"prices must be finite and > 0, got {p[~(np.isfinite(p) & (p > 0))][0]:g}")
    return p


def relative_costs(prices: npt.ArrayLike, bundles: npt.ArrayLike) -> FloatArray:
    """r_ij = p_i·x_j / p_i·x_i.

    Args:
        prices: (T, K), > 0.
        bundles: (..., T, K), ≥ 0 with a positive expenditure in every observation; leading axes are
            agents.

    Returns:
        Array (..., T, T) with ones on the diagonal.

    Raises:
        ValueError: prices as in :func:`check_prices`; bundles of another shape, negative, not finite,
            or empty.
    """
    p, x = check_prices(prices), np.asarray(bundles, float)
    if x.shape[-2:] != p.shape:
        raise ValueError(f"bundles must end in the shape of prices {p.shape}, got {x.shape}")
    if not np.all(np.isfinite(x) & (x >= 0)):
        raise ValueError("bundles must be finite and >= 0")
    cost = p @ np.swapaxes(x, -1, -2)
    own = np.diagonal(cost, axis1=-2, axis2=-1)
    if np.any(own <= 0):
        raise ValueError("every bundle must cost something: an empty one reveals nothing and is left out")
    return np.asarray(cost / own[..., None])


def closure(direct: BoolArray) -> BoolArray:
    """Transitive closure of relations (..., T, T), by Warshall's algorithm."""
    reached = direct.copy()
    for k in range(reached.shape[-1]):
        reached |= reached[..., :, k, None] & reached[..., None, k, :]
    return reached


def violations(relative: FloatArray) -> BoolArray:
    """Pairs (..., T, T) that violate GARP: i is revealed preferred to j, and j strictly directly to i.

    Args:
        relative: what :func:`relative_costs` gives.
    """
    revealed = closure(relative <= 1 + TOLERANCE)
    strictly = relative < 1 - TOLERANCE
    return np.asarray(revealed & np.swapaxes(strictly, -1, -2))


def satisfies_garp(relative: FloatArray) -> BoolArray:
    """Whether no pair violates GARP, shape (...): some increasing concave utility explains everything."""
    return np.asarray(~violations(relative).any(axis=(-2, -1)))


def afriat_index(relative: FloatArray) -> FloatArray:
    """Afriat's critical cost efficiency index (CCEI), exactly, shape (...).

    The largest share e of their budgets at which choices violate nothing::

        e* = sup {e ≤ 1 : no cycle i₁ → i₂ → … → i₁ with r ≤ e throughout and r < e somewhere}
           = min(1, min over cycles of the largest r on the cycle),

    which is a shortest path in the (min, max) algebra. 1 − e* is the share of money wasted.

    Args:
        relative: (..., T, T), what :func:`relative_costs` gives.
    """
    bottleneck = relative.copy()
    size = bottleneck.shape[-1]
    bottleneck[..., np.arange(size), np.arange(size)] = np.inf
    for k in range(size):
        through = np.maximum(bottleneck[..., :, k, None], bottleneck[..., None, k, :])
        np.minimum(bottleneck, through, out=bottleneck)
    cycle = np.diagonal(bottleneck, axis1=-2, axis2=-1).min(axis=-1)
    # A cycle of equal costs is no violation, and rounding must not make it look like waste.
    return np.asarray(np.where(cycle >= 1 - TOLERANCE, 1.0, cycle))
