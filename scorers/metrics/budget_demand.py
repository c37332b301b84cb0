"""The CES demand behind splits of budgets: θ, ρ and γ with standard errors."""

from __future__ import annotations

import logging

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.estimation import CESFit
from fiduciary.scorers.allocation_table import Allocations, allocations, rows_of
from fiduciary.scorers.budgets_grounds import grounds
from fiduciary.scorers.metrics._clustered import NAN
from fiduciary.scorers.metrics.ces_parameters import PARAMETERS

logger = logging.getLogger(__name__)

_REMEMBERED = 4
_recent: dict[bytes, CESFit | None] = {}


@metric(scores="unreduced")
def budget_demand() -> Metric:
    """Maximum-likelihood estimates, each with ``<name>_stderr`` (clustered by budget).

    The names, the utility and K are those of choices between options, so that the two can be
    compared (``fiduciary report``). NaN instead of an estimate where there are no grounds for one
    (``scorers/budgets_grounds.py``), or where the fit fails (the log says why) or does not identify it; NaN
    instead of a standard error where a parameter has none.
    """

    def compute(scores: list[SampleScore]) -> Value:
        rows = rows_of(scores)
        shown = bool(rows) and grounds(rows).withheld is None
        estimate = _remembered_fit(allocations(rows)) if shown else None
        out = {}
        for name in PARAMETERS:
            identified = estimate is not None and estimate.status(name) != "not identified"
            out[name] = estimate.estimate(name) if estimate and identified else NAN
            out[f"{name}_stderr"] = estimate.se(name) if estimate else NAN
        return dict(out)

    return compute


def _remembered_fit(data: Allocations) -> CESFit | None:
    """The fit, or None where there is none to report; Inspect asks again and again for the same."""
    key = data.digest()
    if key not in _recent:
        while len(_recent) >= _REMEMBERED:
            del _recent[next(iter(_recent))]
        try:
            _recent[key] = data.fit()
        except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            # The answers are worth more than this number: an error here would fail a finished run.
            logger.warning("budget_demand: no estimate from %d splits: %s", data.n, error)
            _recent[key] = None
    return _recent[key]
