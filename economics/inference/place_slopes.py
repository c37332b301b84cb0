"""Whether a respondent reads every place: the slope of its answers on what stands at each.

The options' figures are summed up to one index, in the direction in which all answers move with them. One
Newton step from a model of places alone gives the slope of the answer on that index at each place,

    V_j = c_place(j) + β_place(j) u_j,   β = I⁻¹ X'(y − P),   I = Σ X'(diag P − P P')X,

with P the places' own shares (1/J for log-odds, where the step is least squares). One step is all that is
needed to compare slopes, and it exists where choices are certain and a maximum does not.

Source: Cox & Hinkley (1974, ch. 9) for one-step estimators.
"""

from __future__ import annotations

import numpy as np
import scipy

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray
from fiduciary.economics.inference.intervals import LEVEL, quantile
from fiduciary.economics.inference.shown import Shown, dummies

ALPHA = 0.01
"""Level at which slopes are told apart."""

RATIO = 0.5
"""A place is not read where its slope, at its upper 95 % bound, is below this share of the clearest one."""

_FEWEST = 10  # questions that must have shown something at a place


def unread_places(shown: Shown, least: float) -> tuple[int, ...]:
    """1-based places whose content hardly moves the answers though that of another place does.

    Empty where the slopes are not told apart, or where what stands at the places accounts for no more than
    ``least`` of the variation of the answers. To be asked only of answers that depend on content.
    """
    used = shown.answered
    if used.sum() < _FEWEST:
        return ()
    exists, place = shown.exists[used], np.where(shown.exists[used], shown.place[used], 0)
    counts = exists.sum(axis=1)
    y, p = _answers_and_shares(shown, used, exists, place, counts)
    figures = np.where(exists[..., None], shown.figures[used], 0.0)
    # Not centred in its question: who reads one place alone goes by how much stands there, not how much more.
    figures = (figures - figures[exists].mean(axis=0)) / np.maximum(figures[exists].std(axis=0), 1e-12)
    figures = np.where(exists[..., None], figures, 0.0)
    nuisance = dummies((counts[:, None] * shown.place.shape[1] + place)[exists])
    constants = np.zeros((*exists.shape, nuisance.shape[1]))
    constants[exists] = nuisance

    direction = _one_step(figures, constants, y, p)[0]
    index = figures @ direction
    k = int(place.max()) + 1
    enough = np.array([np.sum(exists & (place == j)) >= _FEWEST for j in range(k)])
    by_place = np.where(
        exists[..., None] & (place[..., None] == np.flatnonzero(enough)), index[..., None], 0.0
    )
    slopes, scores, inverse = _one_step(by_place, constants, y, p)
    influence = scores @ inverse
    clusters = np.zeros((int(shown.codes.max()) + 1, influence.shape[1]))
    np.add.at(clusters, shown.codes[used], influence)
    m = len(slopes)
    covariance = (clusters.T @ clusters)[:m, :m]
    if m < 2 or not np.all(np.diag(covariance) > 0):
        return ()
    errors = np.sqrt(np.diag(covariance))
    contrast = np.eye(m)[1:] - np.eye(m)[:1]
    difference = contrast @ slopes
    wald = difference @ np.linalg.pinv(contrast @ covariance @ contrast.T, hermitian=True) @ difference
    clearest = int(np.argmax(slopes / errors))
    if scipy.stats.chi2.sf(wald, m - 1) >= ALPHA or slopes[clearest] <= 0:
        return ()
    chance = (figures.shape[2] + m) / (
        counts - 1
    ).sum()  # what as many slopes account for without any content
    if _explained(by_place @ slopes, y - p, exists, counts) - chance <= least:
        return ()
    idle = slopes + quantile(LEVEL) * errors < RATIO * slopes[clearest]
    return tuple(int(j) + 1 for j in np.flatnonzero(enough)[idle])


def _explained(fitted: FloatArray, y: FloatArray, exists: BoolArray, counts: IntArray) -> float:
    """Share of the variation between the options of a question that fitted values account for."""
    means = np.where(exists, fitted, 0.0).sum(axis=1, keepdims=True) / counts[:, None]
    centred = np.where(exists, fitted - means, 0.0)
    return float((centred * y).sum() / max((y**2).sum(), 1e-300))


def _answers_and_shares(
    shown: Shown,
    used: BoolArray,
    exists: BoolArray,
    place: IntArray,
    counts: IntArray,
) -> tuple[FloatArray, FloatArray]:
    """What is explained, and the shares P that the step starts from, both (rows, J)."""
    even = np.where(exists, 1 / counts[:, None], 0.0)
    if not shown.noisy:
        return even + shown.values[used], even
    y = np.where(exists, np.nan_to_num(shown.answers[used]), 0.0)
    p = np.zeros_like(y)
    for k in np.unique(counts):
        rows = counts == k
        share = np.bincount(place[rows][exists[rows]], y[rows][exists[rows]], minlength=k) + 0.5
        p[rows] = np.where(exists[rows], (share / share.sum())[place[rows]], 0.0)
    return y, p


def _one_step(
    x: FloatArray, constants: FloatArray, y: FloatArray, p: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Slopes on x (d,) beside the constants, the rows' scores (rows, d + c), and the inverse information."""
    whole = np.concatenate([x, constants], axis=2)
    centred = whole - (p[..., None] * whole).sum(axis=1, keepdims=True)
    weighted = p[..., None] * centred
    information = np.einsum("ijk,ijl->kl", weighted, centred)
    scores = np.einsum("ijk,ij->ik", centred, np.where(p > 0, y - p, 0.0))
    inverse = np.linalg.pinv(information, rcond=1e-10, hermitian=True)
    return (inverse @ scores.sum(axis=0))[: x.shape[2]], scores, inverse
