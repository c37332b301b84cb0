"""The consistent agent behind the answers: one utility a choice set, logit noise, one position constant.

P(i chosen over j) = Λ(u_i − u_j + c) with i shown first. Source of the model: Bradley & Terry (1952);
of the penalised likelihood that stays finite: Firth (1993), "Bias reduction of maximum likelihood
estimates", Biometrika 80; of the condition for a finite maximum: Ford (1957).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.position import position_bias

LARGEST_CONSTANT = 6.0
"""Position constants are kept within ± this many logits (odds of 400): beyond, answers say nothing."""

_STEPS, _LONGEST, _CLOSE = 200, 1.0, 1e-9
_LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class BradleyTerry:
    """A consistent agent's utilities, set by set.

    Attributes:
        utilities: u (sets, m), logits, centred on 0 within each set; maximum of the likelihood penalised
            by Jeffreys' prior, which is always finite. NaN beyond a set's options and for sets whose
            answers do not connect all options.
        se: standard errors of the centred utilities, (sets, m), from the information at the estimate.
            NaN where ``separated``: no finite maximum of the likelihood exists there.
        separated: sets whose answers split the options into a better and a worse part without any
            answer to the contrary, (sets,). Utility differences across the split have no upper bound,
            and ``utilities`` shows what the penalty leaves.
        lower: where i is above j in every split, the exact one-sided 95 % lower bound of u_i − u_j from
            their own answers, (sets, m, m); −inf where they have none. NaN elsewhere.
        probabilities: P(i over j) net of position, (sets, m, m): what a consistent agent with the same
            fitted noise does. NaN on the diagonal and where utilities are.
        constant: position constant c that was held fixed, logits.
        constant_reason: why c is not the conditional estimate itself, or None.
        converged: sets whose maximum was found, (sets,).
    """

    utilities: FloatArray
    se: FloatArray
    separated: BoolArray
    lower: FloatArray
    probabilities: FloatArray
    constant: float
    constant_reason: str | None
    converged: BoolArray

    @property
    def error_rate(self) -> float:
        """Mean probability of choosing the worse option of a pair; NaN without a fitted set."""
        worse = np.minimum(self.probabilities, self.probabilities.swapaxes(1, 2))
        return float(np.nanmean(worse)) if np.isfinite(worse).any() else float("nan")


def bradley_terry(choices: PairedChoices) -> BradleyTerry:
    """Fit utilities to each set, given the conditional estimate of the position constant.

    The penalised maximum solves Σ (y − n p + h (½ − p)) = 0 for each option, h being the leverage of a
    pair and order; it is found by damped Fisher scoring for all sets at once. A set of which every pair
    got one unanimous answer so has finite utilities and probabilities short of 0 and 1.
    """
    constant, reason = _constant(choices)
    n, y = choices.asked.astype(float), choices.first_wins.astype(float)
    sets, m = len(choices), choices.m
    there = np.arange(m) < choices.sizes[:, None]
    reach = _reachable(choices.answers > 0)
    outside = ~(there[:, :, None] & there[:, None, :])
    fitted: BoolArray = np.asarray((reach | outside).all(axis=(1, 2)))

    u = np.zeros((sets, m))
    inverse = np.zeros((sets, m, m))
    todo: BoolArray = fitted.copy()
    for _ in range(_STEPS):
        if not todo.any():
            break
        step, inverse[todo] = _newton(u[todo], n[todo], y[todo], there[todo], constant)
        step *= np.minimum(1.0, _LONGEST / np.maximum(np.abs(step).max(axis=1), 1e-300))[:, None]
        u[todo] += step
        open_ = np.abs(step).max(axis=1) > _CLOSE
        todo[todo] = open_

    beats = _reachable(choices.wins > 0)
    separated: BoolArray = np.asarray(fitted & ~(beats | outside).all(axis=(1, 2)))
    above = beats & ~beats.swapaxes(1, 2)
    lower = np.where(above & fitted[:, None, None], _lower(choices, constant), np.nan)

    known = fitted & ~todo
    u = np.where(there & known[:, None], u, np.nan)
    variance = np.maximum(np.diagonal(inverse, axis1=1, axis2=2), 0.0)
    se = np.where(there & (known & ~separated)[:, None], np.sqrt(variance), np.nan)
    p = scipy.special.expit(u[:, :, None] - u[:, None, :])
    p[:, np.eye(m, dtype=bool)] = np.nan
    return BradleyTerry(u, se, separated, lower, p, constant, reason, known)


def _constant(choices: PairedChoices) -> tuple[float, str | None]:
    bias = position_bias(choices)
    if np.isnan(bias.constant):
        return 0.0, f"taken as 0: {bias.reason}"
    if abs(bias.constant) > LARGEST_CONSTANT:
        return float(np.sign(bias.constant)) * LARGEST_CONSTANT, (
            f"kept within ±{LARGEST_CONSTANT:g}: the estimate is {bias.constant:g}"
        )
    return bias.constant, None


def _newton(
    u: FloatArray, n: FloatArray, y: FloatArray, there: BoolArray, constant: float
) -> tuple[FloatArray, FloatArray]:
    """Fisher-scoring step of the penalised likelihood, and the inverse information on centred utilities."""
    m = u.shape[1]
    p = scipy.special.expit(u[:, :, None] - u[:, None, :] + constant)
    w = n * p * (1 - p)
    both = w + w.swapaxes(1, 2)
    information = np.einsum("si,ij->sij", both.sum(axis=2), np.eye(m)) - both
    # The information is singular along 1: adding 11'/k makes it regular, and taking it off the inverse
    # again leaves the inverse on centred utilities. Options that do not exist get a 1 on the diagonal.
    there_f = there.astype(float)
    ones = there_f[:, :, None] * there_f[:, None, :] / there_f.sum(axis=1)[:, None, None]
    absent = np.einsum("si,ij->sij", 1 - there_f, np.eye(m))
    inverse = np.linalg.inv(information + ones + absent) - ones - absent
    diagonal = np.diagonal(inverse, axis1=1, axis2=2)
    leverage = w * (diagonal[:, :, None] + diagonal[:, None, :] - 2 * inverse)
    residual = y - n * p + leverage * (0.5 - p)
    score = residual.sum(axis=2) - residual.sum(axis=1)
    return np.einsum("sij,sj->si", inverse, score), inverse


def _reachable(arcs: BoolArray) -> BoolArray:
    """Which options can be reached along arcs, every option from itself."""
    m = arcs.shape[1]
    reach = arcs | np.eye(m, dtype=bool)
    for k in range(m):
        reach = reach | (reach[:, :, k, None] & reach[:, None, k, :])
    return np.asarray(reach)


def _lower(choices: PairedChoices, constant: float) -> FloatArray:
    """δ at which n unanimous answers for i would have probability 1 − level, (sets, m, m)."""
    one, two = choices.asked, choices.asked.swapaxes(1, 2)
    low, high = np.full(one.shape, -60.0), np.full(one.shape, 60.0)
    for _ in range(80):
        middle = (low + high) / 2
        too_low = one * scipy.special.log_expit(middle + constant) + two * scipy.special.log_expit(
            middle - constant
        ) < np.log(1 - _LEVEL)
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    return np.where(one + two > 0, (low + high) / 2, -np.inf)
