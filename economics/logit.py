"""The temperature-standardised logit: how utilities become choice probabilities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray, IntArray


def log_choice_probabilities(utility: npt.ArrayLike, temperature: npt.ArrayLike = 1.0) -> FloatArray:
    """log P_ij = V_ij/τ_i − log Σ_l exp(V_il/τ_i).

    The division by τ happens inside a log-sum-exp, so that τ = 0.01 overflows nothing.

    Args:
        utility: V (..., options), utils; NaN marks padding and stays NaN.
        temperature: τ > 0, a number or (...) — one for each problem.

    Returns:
        Array like ``utility``.

    Raises:
        ValueError: a temperature that is not finite and > 0.
    """
    v = np.asarray(utility, float)
    tau = np.asarray(temperature, float)
    if not np.all(np.isfinite(tau) & (tau > 0)):
        raise ValueError(f"temperature must be finite and > 0, got {np.min(tau):g}")
    z = v / (tau[..., None] if tau.ndim else tau)
    z = z - np.nanmax(z, axis=-1, keepdims=True)
    return np.asarray(z - np.log(np.nansum(np.exp(z), axis=-1, keepdims=True)))


def choice_probabilities(utility: npt.ArrayLike, temperature: npt.ArrayLike = 1.0) -> FloatArray:
    """P_ij, the exponential of :func:`log_choice_probabilities`; padding gets probability 0."""
    return np.nan_to_num(np.exp(log_choice_probabilities(utility, temperature)), nan=0.0)


def draw_choices(utility: npt.ArrayLike, temperature: npt.ArrayLike, rng: np.random.Generator) -> IntArray:
    """Draw one choice a problem by the Gumbel-max construction.

    Args:
        utility: V (problems, options), NaN-padded.
        temperature: τ, a number or (problems,).
        rng: source of the draws.

    Returns:
        Chosen option of each problem, (problems,).
    """
    noisy = log_choice_probabilities(utility, temperature)
    noisy = noisy + rng.gumbel(size=noisy.shape)
    return np.asarray(np.nanargmax(noisy, axis=-1))
