"""How far an estimate depends on the words: one estimate a wording, and the interval between them.

Log-probabilities carry no sampling noise, so within one wording a standard error is near 0, and what is left
to be uncertain about is the wording.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from fiduciary.economics.estimation import NO_ESTIMATE
from fiduciary.economics.inference import LEVEL, Interval, mean
from fiduciary.scorers.choice_table import Table
from fiduciary.scorers.reports import Figures
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import PARAMETERS, fit

FEWEST = 3
"""Wordings below which there is no interval."""


def between_wordings(data: Table, level: float = LEVEL) -> tuple[int, dict[str, Interval]]:
    """Estimate each wording alone and take the estimates as draws from all wordings.

    Args:
        data: answers to problems dealt over wordings.
        level: of the intervals.

    Returns:
        The number W of wordings, and the mean estimate of every parameter that each of them estimates, with
        Student's interval of W − 1 degrees of freedom; none with fewer than ``FEWEST`` wordings, or where
        one of them allows no estimate.
    """
    wordings = [str(wording) for wording in np.unique(data.wording)]
    if len(wordings) < FEWEST:
        return len(wordings), {}
    try:
        fits = [fit(data.rows(data.wording == wording)) for wording in wordings]
    except NO_ESTIMATE:
        return len(wordings), {}
    found = {}
    for name in PARAMETERS:
        if all(one.status(name) in ("ok", "boundary", "exact") for one in fits):
            found[name] = mean([one.estimate(name) for one in fits], level=level)
    return len(wordings), found


def wordings_told(data: Table, level: float = LEVEL) -> Iterator[Figures | str]:
    """The part of a report; nothing where the problems were put in too few wordings."""
    count, estimates = between_wordings(data, level)
    if count < FEWEST:
        return
    if not estimates:
        yield f"between {count} wordings: no interval, since some of them hold too few answers"
        return
    yield Figures(
        f"between {count} wordings (one estimate each; t, {count - 1} degrees of freedom)",
        ("parameter", "mean", "standard deviation"),
        tuple((name, interval, math.sqrt(count) * interval.stderr) for name, interval in estimates.items()),
        decimals=4,
    )
