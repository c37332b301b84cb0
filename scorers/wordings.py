"""How far an estimate depends on the words: one estimate a wording, and the interval between them.

Log-probabilities carry no sampling noise, so within one wording a standard error is near 0, and what is left
to be uncertain about is the wording.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import scipy

from fiduciary.scorers.metrics.ces_parameters import PARAMETERS, fit
from fiduciary.scorers.table import Table

FEWEST = 3
"""Wordings below which there is no interval."""

NO_ESTIMATE = (ValueError, ArithmeticError, np.linalg.LinAlgError)


class Between(NamedTuple):
    """A parameter over wordings.

    Attributes:
        mean: of the estimates, one a wording.
        low: mean − t · sd/√W with W − 1 degrees of freedom.
        high: the same with +.
        spread: sd of the estimates, with W − 1.
    """

    mean: float
    low: float
    high: float
    spread: float


def between_wordings(data: Table, level: float = 0.95) -> tuple[int, dict[str, Between]]:
    """Estimate each wording alone and take the estimates as draws from all wordings.

    Args:
        data: answers to problems dealt over wordings.
        level: of the intervals.

    Returns:
        The number W of wordings, and every parameter that each of them estimates; none with fewer than
        ``FEWEST`` wordings, or where one of them allows no estimate.
    """
    wordings = [str(wording) for wording in np.unique(data.wording)]
    if len(wordings) < FEWEST:
        return len(wordings), {}
    try:
        fits = [fit(data.rows(data.wording == wording)) for wording in wordings]
    except NO_ESTIMATE:
        return len(wordings), {}
    times = float(scipy.stats.t.ppf((1 + level) / 2, len(fits) - 1)) / math.sqrt(len(fits))
    found = {}
    for name in PARAMETERS:
        if all(one.status(name) in ("ok", "boundary", "exact") for one in fits):
            values = np.array([one.estimate(name) for one in fits])
            mean, spread = float(values.mean()), float(values.std(ddof=1))
            found[name] = Between(mean, mean - times * spread, mean + times * spread, spread)
    return len(wordings), found


def wording_lines(data: Table, level: float = 0.95) -> Iterator[str]:
    """The lines of a report; none where the problems were put in too few wordings."""
    count, found = between_wordings(data, level)
    if count < FEWEST:
        return
    if not found:
        yield f"between {count} wordings: no interval, since some of them hold too few answers"
        return
    yield f"between {count} wordings (one estimate each; t, {count - 1} degrees of freedom)"
    for name, one in found.items():
        yield f"  {name:<20}{one.mean:>9.4f}  [{one.low:.3f}, {one.high:.3f}]  sd {one.spread:.4f}"
