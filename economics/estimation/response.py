"""Do choices depend on welfare at all? Where that is not shown, θ and ρ mean nothing."""

from __future__ import annotations

import itertools

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.estimation.experiment import ridged
from fiduciary.economics.estimation.joint import join
from fiduciary.economics.estimation.likelihood import LOG_GAMMA, RHO, CESLikelihood
from fiduciary.economics.estimation.optimise import Optimum, Region, climb

LEVEL = 0.005  # so that answers at random pass for a response in fewer than one of a hundred runs
SIMULATED = 10_000
OBVIOUS = 40.0  # a square of the statistic that no number of directions explains: all need some 12

_THETAS = [
    np.isin(range(RHO), weights) / size
    for size in range(1, RHO + 1)
    for weights in itertools.combinations(range(RHO), size)
]
_RHOS = (1.0, 0.0, -1.0, -4.0, -20.0)


def responds_to_welfare(likelihood: CESLikelihood, optimum: Optimum, region: Region) -> bool:
    """Whether γ = 0 is rejected at the level ``LEVEL``, the constants being free.

    θ and ρ vanish under that null. The statistic is the score's, maximised over a grid of them::

        max over (θ, ρ) of Σ_g s_g / √F

    with s_g what cluster g adds to the score of γ beside what the constants explain, and F the information
    about γ. It is one-sided, since γ > 0. Under the null it is distributed as the same maximum with s_g
    times standard normal ξ_g, for choices and probabilities, with repeated problems or without.

    Args:
        likelihood: of the choices.
        optimum: the unrestricted maximum.
        region: bounds of the coordinates.

    Source: Davies (1977) for parameters that are there only under the alternative.
    """
    joint, fixed, start = join([likelihood]), region.fixed.copy(), optimum.x.copy()
    fixed[: LOG_GAMMA + 1] = True
    start[LOG_GAMMA] = region.low[LOG_GAMMA]
    held = Region(region.simplexes, region.low, region.high, fixed)
    indifferent = climb(joint, start, held)
    constants = held.basis(indifferent.x, fixed)

    def scores(theta: FloatArray, rho: float) -> FloatArray:
        """s_g / √F, (G,)."""
        x = indifferent.x.copy()
        x[:RHO], x[RHO] = theta, rho
        found = joint.evaluate(x, scores=True)
        across = constants.T @ found.information[:, LOG_GAMMA]
        along = np.linalg.solve(ridged(constants.T @ found.information @ constants), across)
        own = found.scores[:, LOG_GAMMA] - found.scores @ constants @ along
        return np.asarray(own / np.sqrt(found.information[LOG_GAMMA, LOG_GAMMA] - across @ along))

    own = scores(optimum.x[:RHO], optimum.x[RHO])
    if own.sum() ** 2 > OBVIOUS * max(1.0, own.var() * len(own)):
        return True
    each = np.array([scores(theta, rho) for theta, rho in itertools.product(_THETAS, _RHOS)])
    noise = each - each.mean(axis=1, keepdims=True)
    values, vectors = np.linalg.eigh(noise @ noise.T)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    largest = (np.random.default_rng(0).standard_normal((SIMULATED, len(values))) @ root.T).max(axis=1)
    return bool(each.sum(axis=1).max() > np.quantile(largest, 1 - LEVEL))
