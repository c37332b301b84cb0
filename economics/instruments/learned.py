"""An instrument learned from several, on other clusters than those it is used for.

    d = h(z) + x'π + v

h may be any function that a learner finds; the exogenous covariates stay linear, so that nothing nonlinear in
them can pass for the instrument. Clusters are divided into blocks at random, and the h of a block is learned
on the blocks before it: the prediction owes nothing to the block's own errors, and is an instrument like any
other. It then enters ``two_stage`` beside x. The first block, before which there is none, is left out.

Learning each block's h on all other blocks would use every row, but then two blocks learn from each other:
their scores share the products of their errors and are correlated, by as much as they vary where the
instrument is weak (``benchmarks/instruments.py`` has the coverage that this costs). In turn, the scores are
martingale differences, and a test of them holds at any strength.

Source: Chen, Chen & Lewis, Mostly Harmless Machine Learning: Learning Optimal Instruments in Linear IV Models
(2021), arXiv 2011.06158; the order of blocks as in prequential tests (Dawid 1984, Journal of the Royal
Statistical Society A 147).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference.intervals import LEVEL
from fiduciary.economics.instruments.partial import without
from fiduciary.economics.instruments.two_stage import TwoStage, two_stage

Predict = Callable[[FloatArray], FloatArray]
Learn = Callable[[FloatArray, FloatArray], Predict]
"""From instruments (n, q) and a treatment (n,) to what predicts the treatment of others, (m, q) → (m,)."""

BLOCKS = 10


def learned_instrument(
    d: npt.ArrayLike,
    z: npt.ArrayLike,
    groups: npt.ArrayLike,
    learn: Learn,
    rng: np.random.Generator,
    covariates: npt.ArrayLike | None = None,
) -> FloatArray:
    """h(z) of every row, learned on the blocks before its own; NaN in the first block.

    The learner gets what the covariates leave of d. h has mean 0 in every block, as a constant of each block
    among the covariates would give it.

    Args:
        d: treatment, (n,).
        z: instruments, (n, q): randomised, or exogenous given the covariates.
        groups: cluster of each row, (n,); a cluster lies in one block.
        learn: the learner.
        rng: draws the blocks.
        covariates: as ``two_stage`` takes them.

    Raises:
        ValueError: fewer clusters than two in each of ``BLOCKS`` blocks.
    """
    treatment, instruments = np.asarray(d, float), np.asarray(z, float)
    labels, codes = np.unique(np.asarray(groups), return_inverse=True)
    if len(labels) < 2 * BLOCKS:
        raise ValueError(f"learning takes at least {2 * BLOCKS} clusters, got {len(labels)}")
    block = (rng.permutation(len(labels)) % BLOCKS)[codes]
    found = np.full(len(treatment), np.nan)
    for k in range(1, BLOCKS):
        own, before = block == k, block < k
        left = without(
            treatment[before, None],
            None if covariates is None else np.asarray(covariates, float)[before],
        )[:, 0]
        predicted = learn(instruments[before], left)(instruments[own])
        found[own] = predicted - predicted.mean()
    return found


def learned_two_stage(
    y: npt.ArrayLike,
    d: npt.ArrayLike,
    z: npt.ArrayLike,
    groups: npt.ArrayLike,
    learn: Learn,
    rng: np.random.Generator,
    covariates: npt.ArrayLike | None = None,
    within: npt.ArrayLike | None = None,
    level: float = LEVEL,
) -> TwoStage:
    """``two_stage`` with the learned instrument, on the rows that have one; arguments of both.

    What is ``within`` concerns the two stages alone: the learner's treatment is cleared of the covariates.
    """
    h = learned_instrument(d, z, groups, learn, rng, covariates)
    used = np.isfinite(h)
    return two_stage(
        np.asarray(y, float)[used],
        np.asarray(d, float)[used],
        h[used],
        np.asarray(groups)[used],
        None if covariates is None else np.asarray(covariates, float)[used],
        None if within is None else np.asarray(within)[used],
        level,
    )
