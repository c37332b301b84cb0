"""How far a chooser's probabilities are from a target's, and how many answers tell the two apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.logit import log_choice_probabilities

LEAST = 1e-9
"""The least probability that an option is counted with: a server reports the likeliest tokens only, and what
it leaves out is not impossible."""

GAMMAS = (1e-3, 1e3)
"""Ends between which the noise of a target that states none is looked for, per raw unit."""

PARAMETERS = 5
"""Of a CES preference with its noise: three free weights, ρ and γ."""


@dataclass(frozen=True)
class Divergence:
    """Mean divergence of a chooser from a target.

    Attributes:
        nats: mean over the problems of KL(p* ‖ q) = Σ_j p*_j log(p*_j/q_j), q no less than ``LEAST``.
        gamma: γ of the target's p* = softmax(γ U): as stated, or the one with the smallest divergence.
    """

    nats: float
    gamma: float

    @property
    def answers(self) -> float:
        """Answers after which a test would tell the two apart; see :func:`answers_to_tell`."""
        return answers_to_tell(self.nats)


def divergence(utility: FloatArray, q: FloatArray, gamma: float | None = None) -> Divergence:
    """Divergence of choice probabilities from softmax(γ U).

    Args:
        utility: U of the options at γ = 1, (n, J), raw units; NaN is padding.
        q: probabilities of the same options, (n, J), summing to 1.
        gamma: γ of the target; None leaves it free.
    """
    log_q = np.log(np.where(np.isfinite(utility), np.maximum(q, LEAST), 1.0))

    def nats(log_gamma: float) -> float:
        log_p = log_choice_probabilities(np.exp(log_gamma) * utility)
        with np.errstate(invalid="ignore"):
            parts = np.exp(log_p) * (log_p - log_q)
        return float(np.nansum(np.where(np.exp(log_p) > 0, parts, 0.0), axis=1).mean())

    if gamma is not None:
        return Divergence(nats(float(np.log(gamma))), gamma)
    grid = np.log(np.geomspace(*GAMMAS, 40)).tolist()
    at = int(np.argmin([nats(x) for x in grid]))
    around = (grid[max(at - 1, 0)], grid[min(at + 1, len(grid) - 1)])
    found = scipy.optimize.minimize_scalar(nats, bounds=around, method="bounded")
    return Divergence(float(found.fun), float(np.exp(found.x)))


def answers_to_tell(
    nats: float, parameters: int = PARAMETERS, level: float = 0.05, power: float = 0.8
) -> float:
    """Number of answers after which a likelihood-ratio test finds a divergence.

    n = λ/(2 D): twice the expected log-likelihood ratio of n answers is 2 n D, and λ is the noncentrality at
    which χ² with so many degrees of freedom exceeds its critical value with the probability ``power`` (Wald).

    Args:
        nats: D, mean divergence a decision.
        parameters: degrees of freedom of the test.
        level: of the test.
        power: of the test.
    """
    if not nats > 0:
        return float("inf")
    return noncentrality(parameters, level, power) / (2 * nats)


def noncentrality(df: int, level: float, power: float) -> float:
    """λ at which χ² with ``df`` degrees of freedom is above its critical value with probability ``power``."""
    critical = scipy.stats.chi2.isf(level, df)
    return float(scipy.optimize.brentq(lambda x: scipy.stats.ncx2.sf(critical, df, x) - power, 1e-9, 1e4))
