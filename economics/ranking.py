"""Which of several models is best, and how sure one can be: confidence sets for ranks.

Models answer the same problems; each is scored by its mean loss, and rank 1 has the smallest. A rank is not a
smooth function of the means, so the bootstrap of ranks fails where means tie. Inverting simultaneous tests of
all pairwise differences does not: model k ranks above j for certain where its mean is smaller beyond the
simultaneous critical value, and

    rank(j) ∈ [1 + #{k : k surely better than j}, p − #{k : j surely better than k}].

The critical value is the quantile of the largest absolute studentised difference under a multiplier bootstrap
over clusters (max-t), which keeps all sets at once valid, ties included.

Source: Mogstad, Romano, Shaikh & Wilhelm, "Inference for Ranks with Applications to Mobility across
Neighbourhoods and Academic Achievement across Countries", Review of Economic Studies 91(1), 2024.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray

DRAWS = 2000
MANY = 200  # degrees of freedom from which t is normal, as far as a rank goes


@dataclass(frozen=True)
class Ranking:
    """Mean losses of p models and simultaneous confidence sets for their ranks.

    Attributes:
        mean: (p,), mean loss of each model over the problems that it answered; NaN where none.
        stderr: (p,), clustered standard error of the mean.
        rank: (p,), 1 + number of models with a smaller mean; equal means share a rank; 0 where no mean is.
        low, high: (p,), ends of the confidence set of the rank; 0 where the model has no rank.
        better: (p, p), whether the row's model is surely better than the column's.
        difference, difference_stderr: (p, p), mean of row's loss minus column's over the problems that
            both answered, and its clustered standard error; NaN where they share no problem.
        critical: the simultaneous critical value of the studentised differences.
        level: of all sets together.
    """

    mean: FloatArray
    stderr: FloatArray
    rank: IntArray
    low: IntArray
    high: IntArray
    better: BoolArray
    difference: FloatArray
    difference_stderr: FloatArray
    critical: float
    level: float


def rank_sets(
    loss: npt.ArrayLike,
    groups: npt.ArrayLike | None = None,
    *,
    level: float = 0.95,
    seed: int = 0,
    draws: int = DRAWS,
) -> Ranking:
    """Rank models by mean loss, with confidence sets that hold for all models at once.

    Args:
        loss: (n, p), loss of each model on each problem; NaN where its answer is missing. Models are
            compared on the problems that both answered.
        groups: (n,), cluster of each problem's row; by default every row is its own.
        level: probability that all sets hold their ranks.
        seed: of the multiplier draws.
        draws: number of multiplier draws.

    Raises:
        ValueError: shapes that do not fit, no models, infinite losses, or a level outside (0, 1).
    """
    values = np.asarray(loss, float)
    if values.ndim != 2 or values.shape[1] < 1:
        raise ValueError(f"loss must be (problems, models), got shape {values.shape}")
    if np.isinf(values).any():
        raise ValueError("losses must be finite, or NaN where an answer is missing")
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1, got {level}")
    n, p = values.shape
    labels = np.arange(n) if groups is None else np.asarray(groups)
    if labels.shape != (n,):
        raise ValueError(f"groups must have shape ({n},), got {labels.shape}")
    _, codes = np.unique(labels, return_inverse=True)
    mean, mean_sums, _ = _means(values, codes)
    stderr = _stderr(mean_sums)

    first, second = np.triu_indices(p, 1)
    pair_mean, sums, shared = _means(values[:, first] - values[:, second], codes)
    pair_se = _stderr(sums)
    critical = _critical(sums, pair_se, level, seed, draws)
    # Equal answers throughout give no difference and no spread: a tie. A difference without any spread is
    # sure, up to what rounding makes of it.
    scale = np.nanmax(np.abs(values), initial=0.0)
    differs = shared & (np.abs(pair_mean) > 1e-12 * max(scale, 1e-300))
    sure = differs & (np.abs(pair_mean) > critical * np.nan_to_num(pair_se))
    # One cluster says nothing about spread.
    sure &= np.isfinite(pair_se)

    better = np.zeros((p, p), bool)
    better[first, second] = sure & (pair_mean < 0)
    better[second, first] = sure & (pair_mean > 0)
    ranked = np.isfinite(mean)
    rank = np.where(ranked, 1 + (mean[None, :] < mean[:, None]).sum(axis=1), 0)
    low = np.where(ranked, 1 + better.sum(axis=0), 0)
    high = np.where(ranked, ranked.sum() - better.sum(axis=1), 0)
    difference, difference_se = np.full((p, p), np.nan), np.full((p, p), np.nan)
    difference[first, second], difference[second, first] = pair_mean, -pair_mean
    difference_se[first, second] = difference_se[second, first] = pair_se
    return Ranking(mean, stderr, rank, low, high, better, difference, difference_se, critical, level)


def _means(values: FloatArray, codes: npt.NDArray[np.intp]) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Column means without NaN, clusters' sums of deviations over n (G, columns), and where a mean is."""
    there = np.isfinite(values)
    counts = there.sum(axis=0)
    some = counts > 0
    filled = np.where(there, values, 0.0)
    mean = np.divide(filled.sum(axis=0), counts, out=np.full(values.shape[1], np.nan), where=some)
    deviations = np.where(there, values - np.nan_to_num(mean), 0.0) / np.maximum(counts, 1)
    n_groups = int(codes.max(initial=-1)) + 1
    sums = np.zeros((n_groups, values.shape[1]))
    if n_groups == len(values):
        sums[codes] = deviations
    else:
        np.add.at(sums, codes, deviations)
    # A cluster in which nothing was answered must not count among the clusters.
    answered = np.zeros((n_groups, values.shape[1]), bool)
    np.logical_or.at(answered, codes, there)
    clusters = answered.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        sums *= np.where(clusters > 1, np.sqrt(clusters / (clusters - 1)), np.nan)
    return mean, sums, some


def _stderr(sums: FloatArray) -> FloatArray:
    """√Σ_g s_g²; NaN for fewer than two clusters."""
    return np.asarray(np.sqrt((sums**2).sum(axis=0)))


def _critical(sums: FloatArray, stderr: FloatArray, level: float, seed: int, draws: int) -> float:
    """Quantile of max |Σ_g e_g s_g| / se over the pairs, e standard normal.

    Standard errors from G clusters are estimates too: the draws are those of a multivariate t with G − 1
    degrees of freedom.
    """
    usable = np.isfinite(stderr) & (stderr > 0)
    if not usable.any():
        return 0.0
    studentised = sums[:, usable] / stderr[usable]
    rng = np.random.default_rng(seed)
    largest = np.empty(draws)
    step = 250  # keeps the table of draws small for many models
    for start in range(0, draws, step):
        multipliers = rng.standard_normal((min(step, draws - start), len(studentised)))
        largest[start : start + step] = np.abs(multipliers @ studentised).max(axis=1)
    df = len(studentised) - 1
    if df < MANY:
        largest *= np.sqrt(df / rng.chisquare(df, draws))
    return float(np.quantile(largest, level, method="higher"))
