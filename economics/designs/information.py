"""What one answer tells about a preference: Fisher information, problem by problem."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.estimation.data import prepare
from fiduciary.economics.estimation.likelihood import LOG_GAMMA, RHO, CESLikelihood
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.utility import CES

N_THETA = RHO - 1
"""θ has three free coordinates: the first three rows of :func:`information_of_problems`."""

_WEAK = 1e-4
"""Prior precision of ρ and log γ (standard deviation 100): without it a preference for one stakeholder
alone, whose ρ nothing can show, would have no finite standard errors."""

_SINGULAR = 1e-10  # least eigenvalue of an information scaled to a unit diagonal


def theta_basis(utility: CES) -> FloatArray:
    """Directions (4, 3) along which θ may move: each weight but the largest, at the largest's cost.

    At a weight of 0 the direction points inward; information is taken there all the same.
    """
    reference = int(np.argmax(utility.theta))
    basis = np.delete(np.eye(RHO), reference, axis=1)
    basis[reference] = -1.0
    return basis


def information_of_problems(
    welfare: FloatArray,
    utility: CES,
    temperature: float,
    *,
    basis: FloatArray | None = None,
    offset: FloatArray | None = None,
) -> FloatArray:
    """Expected Fisher information of one answer to each problem.

    I_i = Σ_j p_ij s_ij s_ijᵀ with s_ij the score of choosing j.

    Args:
        welfare: (n, J, 4) displayed welfare, raw units, NaN-padded; n ≥ 1.
        utility: where it is taken.
        temperature: τ > 0.
        basis: (4, 3) directions of θ; :func:`theta_basis` by default.
        offset: (n, J) utils that options have beside the CES; none by default.

    Returns:
        (n, 5, 5) in the coordinates (three directions of θ, ρ, log γ).
    """
    starts, p, scores = _scores(welfare, utility, temperature, basis, offset)
    each = (p[:, None] * scores)[:, :, None] * scores[:, None, :]
    return np.asarray(np.add.reduceat(each, starts, axis=0))


def information_along(
    welfare: FloatArray, utility: CES, temperature: float, factor: FloatArray, basis: FloatArray | None = None
) -> FloatArray:
    """tr(Fᵀ I_i F) of every problem, (n,), without making its information I_i.

    Args:
        welfare, utility, temperature, basis: as in :func:`information_of_problems`.
        factor: F, (5, r).
    """
    starts, p, scores = _scores(welfare, utility, temperature, basis, None)
    return np.asarray(np.add.reduceat(p * ((scores @ factor) ** 2).sum(axis=1), starts))


def _scores(
    welfare: FloatArray,
    utility: CES,
    temperature: float,
    basis: FloatArray | None,
    offset: FloatArray | None,
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Options end to end: where each problem begins, (n,), P (m,) and the score of choosing each, (m, 5)."""
    basis = theta_basis(utility) if basis is None else basis
    w = np.asarray(welfare, float)
    rows = prepare(w, np.zeros(len(w), np.int64), temperature, shift=utility.shift, least=1)
    x = np.array([*utility.theta, utility.rho, np.log(utility.gamma), 1.0])
    slopes = CESLikelihood(rows).slopes(x)
    along = np.column_stack([slopes[:RHO].T @ basis, slopes[RHO : LOG_GAMMA + 1].T])
    v = utility.utility(w) if offset is None else utility.utility(w) + offset
    p = choice_probabilities(v, temperature)[~np.isnan(w[..., 0])]
    mean = np.add.reduceat(p[:, None] * along, rows.starts, axis=0)
    return rows.starts, p, along - np.repeat(mean, rows.counts, axis=0)


def checked_offset(offset: npt.ArrayLike | None, welfare: FloatArray) -> FloatArray:
    """Utils (n, J) that options have beside the CES; zeros where none are given.

    Raises:
        ValueError: a shape that is not that of the options, or an option without a finite number.
    """
    shape = welfare.shape[:2]
    given = np.zeros(shape) if offset is None else np.asarray(offset, float)
    if given.shape != shape:
        raise ValueError(f"offset must have shape {shape}, got {given.shape}")
    exists = ~np.isnan(welfare[..., 0])
    if not np.all(np.isfinite(given[exists])):
        raise ValueError("offset must be finite for every option")
    return np.where(exists, given, 0.0)


def theta_information(information: FloatArray) -> FloatArray:
    """log det of the information about θ with ρ and γ unknown: log det I − log det I_(ρ, γ).

    The D_s criterion. Another basis of θ adds the same constant to every design.

    Source: Atkinson, Donev & Tobias (2007), "Optimum Experimental Designs, with SAS", ch. 10.

    Args:
        information: (..., 5, 5).
    """
    firm = information + nuisance()
    with np.errstate(divide="ignore"):  # −∞ where θ is not identified
        whole = np.linalg.slogdet(firm)[1]
    return np.asarray(whole - np.linalg.slogdet(firm[..., N_THETA:, N_THETA:])[1])


def theta_standard_errors(information: FloatArray, basis: FloatArray) -> FloatArray:
    """Standard errors (4,) of θ with ρ and γ unknown, infinite where the problems leave θ open."""
    firm = information + nuisance()
    root = np.sqrt(np.diag(firm))
    if np.any(root == 0):
        return np.full(RHO, np.inf)
    scaled = firm / np.outer(root, root)
    if np.linalg.eigvalsh(scaled)[0] < _SINGULAR:
        return np.full(RHO, np.inf)
    covariance = (np.linalg.inv(scaled) / np.outer(root, root))[:N_THETA, :N_THETA]
    return np.sqrt(np.diag(basis @ covariance @ basis.T))


def nuisance() -> FloatArray:
    """The weak prior information about ρ and log γ, (5, 5)."""
    weak = np.zeros((N_THETA + 2, N_THETA + 2))
    weak[N_THETA:, N_THETA:] = _WEAK * np.eye(2)
    return weak
