r"""Do answers depend on what was asked, where what was asked was drawn at random? A test by drawing it anew.

Within a block what was asked was drawn in an order that could as well have been another: budgets' prices,
periods' markets. So under the null hypothesis that answers do not depend on it, every permutation of it
within the blocks was equally likely. With answers y and features x, both less their mean in the block, the
statistic is the score with its exact covariance under permutation,

    S = Σ_n y_n x_nᵀ,   V = Σ_b (Σ_{n∈b} y yᵀ) ⊗ (Σ_{n∈b} x xᵀ) / (m_b − 1),   T = vec(S)ᵀ V⁺ vec(S).

A missing answer is put at its block's mean and permuted with the others.

Source: Hennessy et al. (2016), as for ``content``; Strasser & Weber (1999) for the covariance.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from fiduciary.economics.inference.content import Content, smallest_share

DRAWS = 1999
_STREAM = 0x9E
_TIES = 1e-9


def permuted_content(
    answers: npt.ArrayLike,
    features: npt.ArrayLike,
    blocks: npt.ArrayLike,
    *,
    about: str,
    unit: str,
    draws: int = DRAWS,
    seed: int = 0,
) -> Content:
    """Test whether answers depend on the features.

    Args:
        answers: (n, a), NaN where missing.
        features: (n, d), in the order in which they were asked.
        blocks: (n,), of any kind: within one, features were drawn exchangeably.
        about: what the features are, in the words of the verdict.
        unit: what a row is.
        draws: permutations drawn; the p-value is at least 1/(draws + 1).
        seed: of the draws.

    Raises:
        ValueError: shapes that do not fit.
    """
    y, x, block = np.asarray(answers, float), np.asarray(features, float), np.asarray(blocks)
    if y.ndim != 2 or x.ndim != 2 or not len(y) == len(x) == len(block):
        raise ValueError(
            f"answers, features and blocks must be as long as each other and the first two tables, got "
            f"shapes {y.shape}, {x.shape} and {block.shape}"
        )
    known = np.isfinite(y).all(axis=1)
    n = int(known.sum())
    parts = []
    for label in np.unique(block):
        rows = block == label
        centred = y[rows] - (y[rows & known].mean(axis=0) if (rows & known).any() else 0.0)
        parts.append((np.where(known[rows, None], centred, 0.0), x[rows] - x[rows].mean(axis=0)))
    spread = np.zeros((y.shape[1] * x.shape[1],) * 2)
    for centred, asked in parts:
        spread += np.kron(centred.T @ centred, asked.T @ asked) / max(len(centred) - 1, 1)
    values, vectors = np.linalg.eigh(spread) if spread.size else (np.empty(0), np.empty((0, 0)))
    kept = values > _TIES * max(values.max(initial=0.0), _TIES)
    rank = int(kept.sum())
    if rank == 0:
        return Content(1.0, n, math.nan, math.nan, 0, math.nan, about=about, unit=unit)
    whiten = vectors[:, kept] / np.sqrt(values[kept])
    rng = np.random.default_rng([seed, _STREAM])
    scores = np.zeros((draws + 1, spread.shape[0]))
    for centred, asked in parts:
        orders = rng.permuted(np.tile(np.arange(len(centred)), (draws + 1, 1)), axis=1)
        orders[0] = np.arange(len(centred))
        scores += np.einsum("na,pnd->pad", centred, asked[orders]).reshape(draws + 1, -1)
    statistics = ((scores @ whiten) ** 2).sum(axis=1)
    p_value = float(np.mean(statistics >= statistics[0] * (1 - _TIES)))
    varying = np.linalg.matrix_rank(sum(centred.T @ centred for centred, _ in parts))
    free = sum(len(centred) - 1 for centred, _ in parts) * int(varying)
    return Content(p_value, n, math.nan, math.nan, 0, smallest_share(rank, free), about=about, unit=unit)
