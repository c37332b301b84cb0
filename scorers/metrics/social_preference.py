"""The social preference behind the plans: α, β, κ and λ with standard errors."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.games import fit_social_preference
from fiduciary.economics.games.social_fit import SocialFit
from fiduciary.scorers.games_grounds import withheld
from fiduciary.scorers.games_table import Play, choices, plays
from fiduciary.scorers.metrics._clustered import NAN

logger = logging.getLogger(__name__)

PARAMETERS = ("alpha", "beta", "kappa", "lam")

NO_ESTIMATE = (ValueError, ArithmeticError, np.linalg.LinAlgError)
"""What an estimate from answers that do not allow one may raise."""

_REMEMBERED = 4
_recent: dict[int, SocialFit | None] = {}


@metric(scores="unreduced")
def social_preference() -> Metric:
    """Maximum-likelihood estimates of α, β, κ and λ (points), each with ``<name>_stderr``.

    From the plans and the player's own beliefs in the sequential games, clustered by game. Left out
    where none was played. NaN where there are no grounds for figures (``scorers/games_grounds.py``), where
    the fit fails (the log says why) or does not identify a parameter, and of α, β and κ where a whole set of
    preferences explains every plan (λ is then 0); a standard error is NaN where a parameter has none (κ at a
    bound).
    ``fiduciary report`` says more.
    """

    def compute(scores: list[SampleScore]) -> Value:
        found = [play for play in plays(scores) if play.sequential]
        return _report(_remembered(found)) if found or not scores else {}

    return compute


def _remembered(found: Sequence[Play]) -> SocialFit | None:
    """The fit, or None where there is none to report.

    Inspect computes metrics again and again; answers that have not changed are not fitted again.
    """
    valid = [play for play in found if play.shares is not None and play.expected is not None]
    if not valid or withheld(found) is not None:
        return None
    key = hash(tuple((play.game, play.shares, play.expected) for play in valid))
    if key not in _recent:
        while len(_recent) >= _REMEMBERED:
            del _recent[next(iter(_recent))]
        try:
            _recent[key] = fit_social_preference(choices(valid))
        except NO_ESTIMATE as error:
            # The answers are worth more than this number: an error here would fail a finished run.
            logger.warning("social_preference: no estimate from %d plays: %s", len(valid), error)
            _recent[key] = None
    return _recent[key]


def _report(fit: SocialFit | None) -> dict[str, float]:
    out = {}
    for name in PARAMETERS:
        # Of a set of preferences that all explain the plans no member is an estimate.
        known = fit is not None and (fit.status(name) != "separated" or name == "lam")
        out[name] = fit.estimate(name) if fit and known else NAN
        out[f"{name}_stderr"] = fit.se(name) if fit else NAN
    return out
