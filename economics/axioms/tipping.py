"""Along a path of options that only get better, preference tips once: how far answers are from that.

A path's steps are compared with one and the same option. Where utility is monotone and continuous the steps'
shares do not fall along the path, so that they pass ½ once, or never. The distance of answers from one
tipping point is, over all places t where it might be and both directions,

    D = min_t Σ_{s < t} cost of a share above ½ + Σ_{s ≥ t} cost of one below ½,

the cost of a share p of n answers being twice its log likelihood ratio against ½,
2 n [p log 2p + (1 − p) log 2(1 − p)], and of log-odds L with the standard error σ, L²/σ². D is 0 where one
tipping point explains all.

Under shares that do not fall, all steps at ½ are taken as the least favourable. Steps that are certain, 0 at
the beginning and 1 at the end, cost nothing where the tipping point lies between them; at ½ they would cost
something wherever it lies, and the other steps no less.
"""

from __future__ import annotations

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray
from fiduciary.economics.axioms.answers import Pairs

_TIE = 1e-9


def costs(share: FloatArray, answers: FloatArray | IntArray) -> FloatArray:
    """Cost of each share's being on the wrong side, negative where it is below ½; 0 without answers."""
    p = np.nan_to_num(share, nan=0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.nan_to_num(p * np.log(2 * p)) + np.nan_to_num((1 - p) * np.log(2 * (1 - p)))
    return np.asarray(np.sign(p - 0.5) * 2 * answers * logs)


def distance(signed: FloatArray) -> FloatArray:
    """D of every path, (...).

    Args:
        signed: (..., steps), costs as :func:`costs` gives them.
    """
    above, below = np.maximum(signed, 0.0), np.maximum(-signed, 0.0)
    return np.asarray(np.minimum(_least(above, below), _least(below, above)))


def _least(early: FloatArray, late: FloatArray) -> FloatArray:
    """min over t of Σ_{s<t} early + Σ_{s≥t} late."""
    zero = np.zeros((*early.shape[:-1], 1))
    before = np.concatenate([zero, np.cumsum(early, axis=-1)], axis=-1)
    after = np.concatenate([np.cumsum(late[..., ::-1], axis=-1)[..., ::-1], zero], axis=-1)
    return np.asarray((before + after).min(axis=-1))


def several(signed: FloatArray) -> FloatArray:
    """Whether every path has more than one tipping point by the sides that its steps are on, (...)."""
    return np.asarray(distance(np.sign(signed)) > _TIE)


def null_counts(asked: IntArray, rng: np.random.Generator, draws: int) -> FloatArray:
    """Σ D over paths where every answer is a coin's, (draws,).

    Args:
        asked: (P, steps), answers to each step.
        rng: source of the draws.
        draws: how many.
    """
    wins = rng.binomial(asked, 0.5, size=(draws, *asked.shape))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = wins / asked
    return np.asarray(distance(costs(share, asked)).sum(axis=-1))


def null_odds(known: BoolArray, rng: np.random.Generator, draws: int) -> FloatArray:
    """Σ D over paths whose log-odds are nothing but error, (draws,); ``known`` (P, steps) marks the steps."""
    z = rng.normal(size=(draws, *known.shape))
    return np.asarray(distance(np.where(known, np.sign(z) * z**2, 0.0)).sum(axis=-1))


def signed_costs(paths: Pairs, wobble: float | None) -> FloatArray:
    """(P, steps), of probabilities whose log-odds have the standard error ``wobble``; of counts with None."""
    if wobble is None:
        return costs(paths.share, np.where(np.isfinite(paths.share), paths.asked.sum(axis=-1), 0))
    odds = np.nan_to_num(paths.odds)
    return np.asarray(np.sign(odds) * (odds / wobble) ** 2)
