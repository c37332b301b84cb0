"""Ratios of sums with standard errors that respect clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from inspect_ai.scorer import SampleScore

NAN = float("nan")


class Ratio(NamedTuple):
    """Σa/Σb and its standard error."""

    value: float
    stderr: float


def ratio(numerator: npt.ArrayLike, denominator: npt.ArrayLike, groups: Sequence[str]) -> Ratio:
    """Σa/Σb with the standard error of the delta method, √Σ_g (Σ_{i∈g} a_i − r b_i)² / Σb.

    A mean is the case b = 1. NaN where Σb is not positive; the standard error is NaN with fewer than
    two clusters.
    """
    a, b = np.broadcast_arrays(np.asarray(numerator, float), np.asarray(denominator, float))
    total = b.sum()
    if not total > 0:
        return Ratio(NAN, NAN)
    value = a.sum() / total
    labels, codes = np.unique(np.asarray(groups), return_inverse=True)
    if len(labels) < 2:
        return Ratio(float(value), NAN)
    by_group = np.bincount(codes, weights=a - value * b)
    correction = len(labels) / (len(labels) - 1)
    return Ratio(float(value), float(np.sqrt(correction * (by_group**2).sum()) / total))


def groups_of(scores: Sequence[SampleScore]) -> list[str]:
    """Cluster of each score: the problem, or the sample where none is named."""
    return [str((s.sample_metadata or {}).get("group", s.sample_id)) for s in scores]
