"""Designs that go on from what the answers so far leave open."""

from __future__ import annotations

import math

import numpy as np

from fiduciary.economics.designs.selection import Criterion, criterion
from fiduciary.economics.estimation import THETA_NAMES, CESFit
from fiduciary.economics.inference import quantile
from fiduciary.economics.monitoring.audited import AuditedPreference

FIRST = 100
"""Problems of the first batch, which no answer chose: whether a model reads is told by it alone."""

_LEAST, _GROWTH = 40, 0.35  # problems of a batch: at least, and as a share of those asked so far
_AIM = 0.9  # of the problems that seem to be needed still, so that a run does not overshoot by much
_DRAWS = 12
_CLEAR = 3.0  # standard errors from 0 and 1 beyond which a bound does not matter
_STREAM = 0xADA97  # keeps these draws apart from others that start from the same seed


def next_size(asked: int, error: float, stop_at: float) -> int:
    """Problems of the next batch.

    Args:
        asked: problems so far, > 0.
        error: the standard error that they gave; infinite for none.
        stop_at: the one that is wanted; 0 for none.
    """
    size = max(_LEAST, round(_GROWTH * asked))
    if stop_at > 0 and math.isfinite(error):
        needed = asked * ((error / stop_at) ** 2 - 1)
        size = min(size, max(_LEAST, math.ceil(_AIM * needed)))
    return size


def criterion_after(
    estimate: CESFit, temperatures: tuple[float, ...], trade_offs: str | tuple[str, ...], batch: int
) -> Criterion | None:
    """What tells most for the preferences that an estimate leaves possible; None where it leaves all.

    Args:
        estimate: of the answers so far.
        temperatures, trade_offs: as in :func:`economics.designs.selection.criterion`.
        batch: number of the batch, which the draws depend on.
    """
    try:
        known = AuditedPreference.from_fit(estimate)
        drawn = known.draw(_DRAWS, np.random.default_rng([batch, _STREAM]))
        return criterion(drawn, temperatures, trade_offs)
    except ValueError:  # nothing that could be drawn from, or choices without any noise
        return None


def standard_error(estimate: CESFit) -> float:
    """The largest standard error of θ.

    A weight at its bound has none, and close to it none that means much: there the width of its 95 %
    interval over 2 × 1.96 takes its place. Infinite where a weight is not known at all.
    """
    found = []
    for name in THETA_NAMES:
        if estimate.status(name) in ("not identified", "did not converge", "too few clusters"):
            return math.inf
        # From few answers the sandwich is too narrow; what the information says is not.
        error = estimate.se(name) if estimate.quasi else estimate.se(name, "observed")
        share = estimate.estimate(name)
        if not min(share, 1 - share) > _CLEAR * error:
            low, high, _ = estimate.interval(name)
            error = (high - low) / (2 * quantile(0.95))
        found.append(error)
    return float(max(found))
