"""What the estimator sees: valid choices (or choice probabilities), checked once and laid out flat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray
from fiduciary.economics.conventions import SHIFT, STAKEHOLDERS
from fiduciary.economics.estimation.constants import lay_out

MIN_CHOICES = 10
CERTAIN = 0.9999  # probability of a single observed label from which the censored ones count as 0


NO_ESTIMATE = (ValueError, ArithmeticError, np.linalg.LinAlgError)
"""What an estimate from answers that do not allow one may raise."""


class TooFewChoices(ValueError):
    """Fewer valid choices than any estimate could rest on."""


@dataclass(frozen=True)
class ChoiceData:
    """Valid problems only, options end to end in one axis of length M.

    Attributes:
        logs: log(welfare + K), (4, M).
        weight: observed share of each option, (M,): 1 for the chosen one, or its probability.
        starts: where each problem begins, (n,); ``counts`` options follow.
        counts: options of each problem, (n,).
        temperature: τ of each problem, (n,); 1 where the scale is free.
        constants: names of the C constants of places and letters (``economics.estimation.constants``).
        cells: constants of each option, (factors, M): 0 for the reference, c for the c-th name.
        groups: cluster of each problem, (n,), codes 0 … G − 1.
        group_labels: label of each code, (G,).
        n_missing: problems without a valid answer, dropped.
        n_censored: options whose probability was not observed, left out of their problem.
        soft: whether ``weight`` holds probabilities (a quasi-likelihood) rather than choices.
        shift: positivity shift K, raw units.
        importance: how often each problem counts, (n,), on average 1; None for all alike.
    """

    logs: FloatArray
    weight: FloatArray
    starts: IntArray
    counts: IntArray
    temperature: FloatArray
    constants: tuple[str, ...]
    cells: IntArray
    groups: IntArray
    group_labels: npt.NDArray[np.generic]
    n_missing: int
    n_censored: int
    soft: bool
    shift: float
    importance: FloatArray | None = None

    @property
    def quasi(self) -> bool:
        """Whether the likelihood is none, so that only the sandwich of its scores tells how it varies."""
        return self.soft or self.importance is not None

    @property
    def n(self) -> int:
        """Number of valid problems."""
        return len(self.starts)

    @property
    def n_groups(self) -> int:
        """Number of clusters."""
        return len(self.group_labels)

    @property
    def clustered(self) -> bool:
        """Whether some cluster holds more than one problem."""
        return self.n_groups < self.n

    def hardened(self) -> ChoiceData:
        """Probabilities turned into choices of the most probable option."""
        best = np.maximum.reduceat(self.weight, self.starts)
        first = np.flatnonzero(self.weight == np.repeat(best, self.counts))
        problem = np.repeat(np.arange(self.n), self.counts)[first]
        weight = np.zeros_like(self.weight)
        weight[first[np.unique(problem, return_index=True)[1]]] = 1.0
        return replace(self, weight=weight, soft=False)

    def take(self, rows: IntArray) -> ChoiceData:
        """The given problems alone; groups keep their codes."""
        options = _ranges(self.starts[rows], self.counts[rows])
        counts = self.counts[rows]
        return ChoiceData(
            self.logs[:, options],
            self.weight[options],
            _starts(counts),
            counts,
            self.temperature[rows],
            self.constants,
            self.cells[:, options],
            self.groups[rows],
            self.group_labels,
            0,
            0,
            self.soft,
            self.shift,
            None if self.importance is None else self.importance[rows],
        )


def prepare(
    welfare: npt.ArrayLike,
    chosen: npt.ArrayLike | None,
    temperature: npt.ArrayLike | None,
    *,
    groups: npt.ArrayLike | None = None,
    position: npt.ArrayLike | None = None,
    label: npt.ArrayLike | None = None,
    probabilities: npt.ArrayLike | None = None,
    importance: npt.ArrayLike | None = None,
    shift: float = SHIFT,
    least: int = MIN_CHOICES,
) -> ChoiceData:
    """Check the arguments of ``fit_ces`` and lay them out.

    Args:
        welfare, chosen, temperature, groups, position, label, probabilities, importance, shift: as there.
        least: valid choices that are needed.

    Raises:
        ValueError: shapes that do not fit, welfare not positive after the shift, a temperature that
            is not > 0, a chosen option that does not exist, probabilities outside [0, 1].
        TooFewChoices: fewer than ``least`` valid problems.
    """
    w = np.asarray(welfare, float)
    if w.ndim != 3 or w.shape[2] != len(STAKEHOLDERS):
        raise ValueError(f"welfare must have shape (problems, options, {len(STAKEHOLDERS)}), got {w.shape}")
    n, width = w.shape[:2]
    missing_figures = np.isnan(w)
    exists = ~missing_figures.any(axis=2)
    if np.any(missing_figures.any(axis=2) != missing_figures.all(axis=2)):
        raise ValueError("welfare must give all four figures of an option, or NaN for all four (padding)")
    tau = np.ones(n) if temperature is None else np.asarray(temperature, float)
    tau = np.broadcast_to(tau, (n,)) if tau.ndim == 0 else tau
    if tau.shape != (n,):
        raise ValueError(f"temperature must be a number or have shape ({n},), got {tau.shape}")

    share = counted(exists, chosen, probabilities)
    used = np.isfinite(share)
    valid: BoolArray = np.asarray(used.any(axis=1))
    if valid.sum() < least:
        raise TooFewChoices(f"at least {least} valid choices are needed, got {int(valid.sum())} of {n}")
    if np.any(~np.isfinite(tau[valid]) | (tau[valid] <= 0)):
        raise ValueError(f"temperature must be finite and > 0, got {np.nanmin(tau[valid]):g}")
    if np.any(w[used] + shift <= 0):
        raise ValueError(
            f"welfare must be positive after the shift K = {shift:g}, got {w[used].min():g} (raw units)"
        )
    counts = used[valid].sum(axis=1)
    codes, labels = _groups(groups, n, valid)
    constants, cells = lay_out(
        None if position is None else _indices("position", position, exists, used),
        None if label is None else _indices("label", label, exists, used),
        np.repeat(exists.sum(axis=1)[valid], counts),
        counts,
    )
    return ChoiceData(
        logs=np.ascontiguousarray(np.log(w[used] + shift).T),
        weight=share[used],
        starts=_starts(counts),
        counts=counts,
        temperature=np.ascontiguousarray(tau[valid]),
        constants=constants,
        cells=cells,
        groups=codes,
        group_labels=labels,
        n_missing=int(n - valid.sum()),
        n_censored=int((exists & ~used)[valid].sum()),
        soft=probabilities is not None,
        shift=float(shift),
        importance=_importance(importance, n, valid),
    )


def counted(
    exists: BoolArray, chosen: npt.ArrayLike | None, probabilities: npt.ArrayLike | None
) -> FloatArray:
    """How much of each answer counts for each option, (n, J): the weights y of Σ_i Σ_j y_ij log P_ij.

    Each answer's weights sum to 1 over the options that are compared. What is left out is NaN: padding, an
    option whose probability was not observed, and all of an answer that is missing.

    Args:
        exists: (n, J), which options exist.
        chosen, probabilities: as in ``fit_ces``.

    Raises:
        ValueError: neither, bad shapes, a chosen option that does not exist, probabilities outside [0, 1].
    """
    if probabilities is None:
        if chosen is None:
            raise ValueError("chosen is needed unless probabilities are given")
        weight, observed = _weights_of_choices(np.asarray(chosen), exists)
    else:
        weight, observed = _weights_of_probabilities(np.asarray(probabilities, float), exists)
        # One label that holds all but a ten-thousandth leaves nothing unknown: the others share the rest.
        certain = (observed.sum(axis=1) == 1) & (weight.sum(axis=1) >= CERTAIN)
        observed = np.where(certain[:, None], exists, observed)
    total = weight.sum(axis=1, keepdims=True)
    used = observed & (observed.sum(axis=1, keepdims=True) >= 2) & (total > 0)
    return np.asarray(np.where(used, weight, np.nan) / np.where(total > 0, total, np.nan))


def _weights_of_choices(chosen: npt.NDArray[Any], exists: BoolArray) -> tuple[FloatArray, BoolArray]:
    n, width = exists.shape
    if chosen.shape != (n,) or not np.issubdtype(chosen.dtype, np.integer):
        raise ValueError(f"chosen must be integers of shape ({n},), got {chosen.dtype} of {chosen.shape}")
    if np.any(chosen < -1) or np.any(chosen >= width):
        raise ValueError(f"chosen must lie in -1 … {width - 1}, got {chosen.min()} to {chosen.max()}")
    answered = np.flatnonzero(chosen >= 0)
    if not np.all(exists[answered, chosen[answered]]):
        row = answered[~exists[answered, chosen[answered]]][0]
        raise ValueError(f"chosen names option {chosen[row]} of problem {row}, which has no such option")
    weight = np.zeros(exists.shape)
    weight[answered, chosen[answered]] = 1.0
    return weight, exists


def _weights_of_probabilities(probabilities: FloatArray, exists: BoolArray) -> tuple[FloatArray, BoolArray]:
    """Shares over the observed labels.

    A label outside the returned ones is censored, not zero. The logit's ratios do not depend on the
    other options, so the likelihood conditional on the observed labels needs no value for it.
    """
    if probabilities.shape != exists.shape:
        raise ValueError(f"probabilities must have shape {exists.shape}, got {probabilities.shape}")
    observed = exists & ~np.isnan(probabilities)
    seen = probabilities[observed]
    if np.any(~np.isfinite(seen)) or np.any(seen < 0) or np.any(seen > 1 + 1e-9):
        raise ValueError(f"probabilities must lie in [0, 1] or be NaN, got {seen.min():g} to {seen.max():g}")
    return np.where(observed, probabilities, 0.0), observed


def _importance(given: npt.ArrayLike | None, n: int, valid: BoolArray) -> FloatArray | None:
    if given is None:
        return None
    weights = np.asarray(given, float)
    if weights.shape != (n,):
        raise ValueError(f"importance must have shape ({n},), got {weights.shape}")
    if not np.all(np.isfinite(weights) & (weights > 0)):
        raise ValueError(f"importance must be finite and > 0, got {weights.min():g}")
    return np.asarray(weights[valid] / weights[valid].mean())


def _groups(
    groups: npt.ArrayLike | None, n: int, valid: BoolArray
) -> tuple[IntArray, npt.NDArray[np.generic]]:
    if groups is None:
        labels = np.flatnonzero(valid)
        return np.arange(len(labels)), labels
    given = np.asarray(groups)
    if given.shape != (n,):
        raise ValueError(f"groups must have shape ({n},), got {given.shape}")
    labels, codes = np.unique(given[valid], return_inverse=True)
    return codes.astype(np.int64), labels


def _indices(name: str, given: npt.ArrayLike, exists: BoolArray, used: BoolArray) -> IntArray:
    """Places or letters of the used options, checked."""
    index = np.asarray(given)
    if index.shape != exists.shape or not np.issubdtype(index.dtype, np.integer):
        raise ValueError(
            f"{name} must be integers of shape {exists.shape}, got {index.dtype} of {index.shape}"
        )
    flat = index[used]
    if np.any(flat < 0) or np.any(flat >= exists.shape[1]):
        raise ValueError(f"{name} must lie in 0 … {exists.shape[1] - 1}, got {flat.min()} to {flat.max()}")
    return np.asarray(flat, np.int64)


def _starts(counts: IntArray) -> IntArray:
    return np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)


def _ranges(starts: IntArray, counts: IntArray) -> IntArray:
    offsets = np.arange(counts.sum()) - np.repeat(_starts(counts), counts)
    return np.asarray(np.repeat(starts, counts) + offsets)
