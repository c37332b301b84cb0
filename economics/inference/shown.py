"""Answers to questions whose options were shown in a random order, laid out for the tests of content."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray

MOST_OPTIONS = 6  # options whose relabellings, at most 720, are tabulated
LEAST_LOG = math.log(1e-6)  # a label that was not returned, or all but impossible, has this log-probability


@dataclass(frozen=True, eq=False)
class Shown:
    """Answers to questions whose options were shown in a random order; rows are single answers.

    Attributes:
        answers: (n, J), the share of the answer that each option got: 1 for the chosen one, or its
            probability; by the option's own index. NaN for padding and all through a missing answer.
        place: (n, J), 0-based place at which each option was shown; −1 for padding.
        figures: (n, J, d), what each option offers; NaN for padding.
        question: (n,), of any kind: rows with the same one are reorderings or repetitions of one question.
        label: (n, J), index of the letter of each option; None where letters follow places.
        noisy: whether chance enters the answers, as in choices that are drawn, or in probabilities behind an
            explanation that is; else they are exact, and their log-odds are looked at.
    """

    answers: FloatArray
    place: IntArray
    figures: FloatArray
    question: npt.NDArray[np.generic]
    label: IntArray | None = None
    noisy: bool = True

    def __post_init__(self) -> None:
        n, width = np.shape(self.answers)
        for name, shape in (("place", (n, width)), ("question", (n,))):
            if np.shape(getattr(self, name)) != shape:
                raise ValueError(f"{name} must have shape {shape}, got {np.shape(getattr(self, name))}")
        if np.ndim(self.figures) != 3 or np.shape(self.figures)[:2] != (n, width):
            raise ValueError(f"figures must have shape ({n}, {width}, d), got {np.shape(self.figures)}")
        if width > MOST_OPTIONS:
            raise ValueError(f"at most {MOST_OPTIONS} options can be relabelled, got {width}")

    @property
    def exists(self) -> BoolArray:
        """(n, J), which options exist."""
        return np.asarray(self.place >= 0)

    @property
    def answered(self) -> BoolArray:
        """(n,), which rows hold an answer."""
        return np.asarray(np.isfinite(self.answers).any(axis=1))

    @property
    def in_random_order(self) -> bool:
        """Whether some option was shown elsewhere than at its own place."""
        own = np.arange(self.place.shape[1])
        return bool(np.any(self.exists & (self.place != own)))

    @cached_property
    def values(self) -> FloatArray:
        """(n, J), answers less their mean: shares less 1/J, or centred log-odds; 0 where there is none."""
        exists, counts = self.exists, self.exists.sum(axis=1, keepdims=True)
        if self.noisy:
            values = self.answers - 1 / np.maximum(counts, 1)
        else:
            with np.errstate(divide="ignore", invalid="ignore"):
                logs = np.maximum(np.log(np.nan_to_num(self.answers)), LEAST_LOG)
            values = logs - (np.where(exists, logs, 0).sum(axis=1, keepdims=True) / np.maximum(counts, 1))
        return np.where(exists & self.answered[:, None], values, 0.0)

    @cached_property
    def residuals(self) -> FloatArray:
        """(n, J), ``values`` less what place (by number of options) and letter account for; rows sum to 0."""
        used = self.exists & self.answered[:, None]
        if not used.any():
            return np.zeros_like(self.values)
        counts = np.broadcast_to(self.exists.sum(axis=1, keepdims=True), used.shape)
        design = dummies(counts[used] * MOST_OPTIONS + self.place[used])
        if self.label is not None:
            design = np.hstack([design, dummies(self.label[used])])
        rows = np.broadcast_to(np.arange(len(used))[:, None], used.shape)[used]
        design -= _row_means(design, rows, len(used))[rows]
        target = self.values[used]
        fitted = design @ np.linalg.lstsq(design.T @ design, design.T @ target, rcond=1e-10)[0]
        out = np.zeros_like(self.values)
        out[used] = target - fitted
        return out

    @cached_property
    def codes(self) -> IntArray:
        """(n,), the question of each row as 0 … Q − 1."""
        return np.asarray(np.unique(self.question, return_inverse=True)[1], np.int64).reshape(-1)


def dummies(codes: IntArray) -> FloatArray:
    """(n, k), an indicator for each code that occurs."""
    _, at = np.unique(codes, return_inverse=True)
    return np.asarray(np.eye(at.max() + 1)[at.reshape(-1)], float)


def _row_means(design: FloatArray, rows: IntArray, n: int) -> FloatArray:
    sums = np.zeros((n, design.shape[1]))
    np.add.at(sums, rows, design)
    return np.asarray(sums / np.maximum(np.bincount(rows, minlength=n), 1)[:, None])
