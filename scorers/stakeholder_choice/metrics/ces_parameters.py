"""The preference behind the choices: θ, ρ and γ with standard errors."""

from __future__ import annotations

import logging

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.estimation import THETA_NAMES, CESFit, fit_ces
from fiduciary.economics.estimation.results import Scale
from fiduciary.scorers.choice_table import Table, tables
from fiduciary.scorers.grounds import grounds
from fiduciary.scorers.metrics.clustered import NAN
from fiduciary.scorers.recent import Recent

logger = logging.getLogger(__name__)

EXPLAINED_PREFIX = "explained_"

PARAMETERS = (*THETA_NAMES, "rho", "gamma")

_recent = Recent[CESFit | None]()


@metric(scores="unreduced")
def ces_parameters() -> Metric:
    """Maximum-likelihood estimates, each with ``<name>_stderr`` (clustered by problem).

    Constants of places and letters are estimated along with them, so that what these do is not taken for
    a preference. From the labels' log-probabilities, those given an explanation at its
    temperature, or from stated choices where a text alone was asked for. Where problems were asked in both
    ways, those of the explained answers stand under names that begin with ``explained_``.

    NaN instead of an estimate where there are no grounds for one (``scorers/grounds.py``: too little was
    measured, or the answers are not shown to depend on what was asked), where the fit fails (the log says
    why), or where it does not identify it; NaN instead of a standard error where a parameter has none (at a
    bound, perfectly separated choices): ``fiduciary report`` says more.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return _report(None, "")
        first, *rest = tables(scores).values()
        out = _report(_estimate(first), "")
        for explained in rest:
            out |= _report(_estimate(explained), EXPLAINED_PREFIX)
        return dict(out)

    return compute


def fit(data: Table, *, scale: Scale = "tau", weighted: bool = False) -> CESFit:
    """Fit the preference behind a table of answers, with constants of places and letters and clusters.

    Args:
        data: the answers.
        scale: how noise depends on τ, as in ``fit_ces``.
        weighted: whether to weight answers back to the population of problems. No model is exactly CES, and
            the best CES for problems that were chosen for what they tell need not be that for all of them.

    Raises:
        TooFewChoices: fewer valid answers than any estimate could rest on.
    """
    return fit_ces(
        data.welfare,
        None if data.by_probability else data.chosen,
        data.temperature,
        groups=data.groups,
        position=data.position,
        label=data.label,
        probabilities=data.tempered() if data.by_probability else None,
        importance=data.weight if weighted else None,
        shift=data.shift,
        scale=scale,
    )


def _estimate(data: Table) -> CESFit | None:
    """The fit, or None if nothing can be estimated."""
    if grounds(data).withheld is not None:
        return None
    return _recent.of(data.digest(), lambda: _fit_if_any(data))


def _fit_if_any(data: Table) -> CESFit | None:
    try:
        return fit(data)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
        # The answers are worth more than this number: an error here would fail a finished run.
        logger.warning("ces_parameters: no estimate from %d answers: %s", int(data.answered.sum()), error)
        return None


def _report(estimate: CESFit | None, prefix: str) -> dict[str, float]:
    out = {}
    for name in PARAMETERS:
        identified = estimate is not None and estimate.status(name) != "not identified"
        out[prefix + name] = estimate.estimate(name) if estimate and identified else NAN
        out[f"{prefix}{name}_stderr"] = estimate.se(name) if estimate else NAN
    return out
