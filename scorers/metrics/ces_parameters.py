"""The preference behind the choices: θ, ρ and γ with standard errors."""

from __future__ import annotations

import logging

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.estimation import THETA_NAMES, CESFit, fit_ces
from fiduciary.economics.estimation.results import Scale
from fiduciary.scorers.metrics._clustered import NAN
from fiduciary.scorers.table import Table, table

logger = logging.getLogger(__name__)

MINIMUM = 50
"""Valid answers below which nothing is reported: an estimate of nine parameters would be noise."""

LOGPROB_PREFIX = "lp_"

PARAMETERS = (*THETA_NAMES, "rho", "gamma")

_REMEMBERED = 4
_recent: dict[tuple[bytes, bool], CESFit | None] = {}


@metric(scores="unreduced")
def ces_parameters() -> Metric:
    """Maximum-likelihood estimates, each with ``<name>_stderr`` (clustered by problem).

    Constants of the display positions are estimated along with them, so that position effects do not
    leak into the preference. From the text's choices at their temperatures; where log-probabilities
    were asked for, also from those, at τ = 1, under names that begin with ``lp_``.

    NaN instead of an estimate with fewer than 50 valid answers, or where the fit fails (the log says
    why) or does not identify it; NaN instead of a standard error where a parameter has none (at a
    bound, perfectly separated choices): ``fiduciary report`` says more.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return _report(None, "")
        data = table(scores)
        out: dict[str, float] = {}
        if data.has_text:
            out |= _report(_remembered_fit(data, False), "")
        if not data.has_text or data.has_probabilities:
            out |= _report(_remembered_fit(data, True), LOGPROB_PREFIX)
        return dict(out)

    return compute


def fit(data: Table, *, from_probabilities: bool = False, scale: Scale = "tau") -> CESFit:
    """Fit the preference behind a table of answers, with position constants and clusters.

    Args:
        data: the answers.
        from_probabilities: use the log-probabilities instead of the text's choices.
        scale: how noise depends on τ, as in ``fit_ces``.

    Raises:
        TooFewChoices: fewer valid answers than any estimate could rest on.
    """
    return fit_ces(
        data.welfare,
        None if from_probabilities else data.chosen,
        1.0 if from_probabilities else data.temperature,
        groups=data.groups,
        position=data.position,
        probabilities=data.probabilities if from_probabilities else None,
        shift=data.shift,
        scale=scale,
    )


def _remembered_fit(data: Table, from_probabilities: bool) -> CESFit | None:
    """The fit, or None where there is none to report.

    Inspect computes metrics again and again while a run is displayed, and several times at its end;
    answers that have not changed are not fitted again.
    """
    valid = np.isfinite(data.probabilities).any(axis=1) if from_probabilities else data.chosen >= 0
    if valid.sum() < MINIMUM:
        return None
    key = (data.digest(), from_probabilities)
    if key not in _recent:
        while len(_recent) >= _REMEMBERED:
            del _recent[next(iter(_recent))]
        try:
            _recent[key] = fit(data, from_probabilities=from_probabilities)
        except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            # The answers are worth more than this number: an error here would fail a finished run.
            logger.warning("ces_parameters: no estimate from %d answers: %s", int(valid.sum()), error)
            _recent[key] = None
    return _recent[key]


def _report(estimate: CESFit | None, prefix: str) -> dict[str, float]:
    out = {}
    for name in PARAMETERS:
        identified = estimate is not None and estimate.status(name) != "not identified"
        out[prefix + name] = estimate.estimate(name) if estimate and identified else NAN
        out[f"{prefix}{name}_stderr"] = estimate.se(name) if estimate else NAN
    return out
