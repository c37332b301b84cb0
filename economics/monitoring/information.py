"""What one answer tells about a preference: Fisher information, problem by problem."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
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
        welfare: (n, J, 4) displayed welfare, raw units, NaN-padded; n ≥ 5.
        utility: where it is taken.
        temperature: τ > 0.
        basis: (4, 3) directions of θ; :func:`theta_basis` by default.
        offset: (n, J) utils that options have beside the CES; none by default.

    Returns:
        (n, 5, 5) in the coordinates (three directions of θ, ρ, log γ).
    """
    basis = theta_basis(utility) if basis is None else basis
    w = np.asarray(welfare, float)
    problem, option = np.nonzero(~np.isnan(w[..., 0]))
    rows = prepare(w[problem], option, temperature, shift=utility.shift)
    x = np.array([*utility.theta, utility.rho, np.log(utility.gamma), 1.0])
    scores = CESLikelihood(rows).evaluate(x, scores=True).scores
    along = np.column_stack([scores[:, :RHO] @ basis, scores[:, RHO : LOG_GAMMA + 1]])
    v = utility.utility(w) if offset is None else utility.utility(w) + offset
    p = choice_probabilities(v, temperature)[problem, option][:, None]
    # The likelihood centres scores without the offset: centre them again.
    mean = np.zeros((len(w), along.shape[1]))
    np.add.at(mean, problem, p * along)
    along -= mean[problem]
    out = np.zeros((len(w), along.shape[1], along.shape[1]))
    np.add.at(out, problem, p[..., None] * along[:, :, None] * along[:, None, :])
    return out


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
    firm = information + _nuisance(information.shape[-1])
    with np.errstate(divide="ignore"):  # −∞ where θ is not identified
        whole = np.linalg.slogdet(firm)[1]
    return np.asarray(whole - np.linalg.slogdet(firm[..., N_THETA:, N_THETA:])[1])


def theta_standard_errors(information: FloatArray, basis: FloatArray) -> FloatArray:
    """Standard errors (4,) of θ with ρ and γ unknown, infinite where the problems leave θ open."""
    firm = information + _nuisance(len(information))
    root = np.sqrt(np.diag(firm))
    if np.any(root == 0):
        return np.full(RHO, np.inf)
    scaled = firm / np.outer(root, root)
    if np.linalg.eigvalsh(scaled)[0] < _SINGULAR:
        return np.full(RHO, np.inf)
    covariance = (np.linalg.inv(scaled) / np.outer(root, root))[:N_THETA, :N_THETA]
    return np.sqrt(np.diag(basis @ covariance @ basis.T))


def _nuisance(size: int) -> FloatArray:
    weak = np.zeros((size, size))
    weak[N_THETA:, N_THETA:] = _WEAK * np.eye(size - N_THETA)
    return weak
