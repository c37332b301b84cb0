"""How many problems a stated precision needs, before anybody pays for answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.estimation.data import prepare
from fiduciary.economics.estimation.fit import make_region
from fiduciary.economics.estimation.likelihood import LOG_GAMMA, RHO, CESLikelihood
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES

PILOT = 3000  # problems from which the information of one problem is averaged


def problems_needed(
    utility: CES,
    standard_error: float,
    *,
    parameter: str = "theta",
    elicitation: Literal["text", "choose"] = "text",
    trade_offs: str | Sequence[str] = "default",
    temperatures: Sequence[float] = TEMPERATURES,
    disturbance: float = 1.0,
    missing_rate: float = 0.0,
    seed: int = 0,
) -> int:
    """Number of problems for a given standard error.

    Information is additive over problems, so n = ⌈(se₁ / target)² / (1 − missing rate)⌉ with se₁ the
    standard error that one average problem would give.

    Args:
        utility: the preference that is expected.
        standard_error: the wanted one, in the parameter's own units.
        parameter: "theta" (the largest of the four standard errors), "rho" or "gamma".
        elicitation: "text" draws one choice a problem at the temperatures. "choose" sees the choice
            probabilities at τ = 1; what is left to average out is how far a model's utilities stray
            from any CES, see ``disturbance``.
        trade_offs: as in ``economics.problems.generate``.
        temperatures: the temperature plan, text only.
        disturbance: standard deviation, in utils, of what each option's utility holds beside the CES
            under "choose" (it would be 0 for a perfect CES, and then any n is enough).
        missing_rate: share of answers expected to be missing, in [0, 1).
        seed: seed of the pilot problems.

    Raises:
        ValueError: an argument outside its range, or a utility at its bounds, where standard errors
            do not exist.
    """
    if not standard_error > 0:
        raise ValueError(f"standard_error must be > 0, got {standard_error}")
    if parameter not in ("theta", "rho", "gamma"):
        raise ValueError(f"parameter must be 'theta', 'rho' or 'gamma', got {parameter!r}")
    if elicitation not in ("text", "choose"):
        raise ValueError(f"elicitation must be 'text' or 'choose', got {elicitation!r}")
    if not 0 <= missing_rate < 1:
        raise ValueError(f"missing_rate must lie in [0, 1), got {missing_rate}")
    if disturbance < 0:
        raise ValueError(f"disturbance must be >= 0, got {disturbance}")
    if min(utility.theta) == 0 or not -20 < utility.rho < 1:
        raise ValueError(
            f"standard errors exist only in the interior (all θ > 0, −20 < ρ < 1), got θ = {utility.theta}, "
            f"ρ = {utility.rho:g}"
        )
    single = np.sqrt(
        np.diag(_covariance_of_one(utility, elicitation, trade_offs, temperatures, disturbance, seed))
    )
    wanted = {"theta": single[:RHO].max(), "rho": single[RHO], "gamma": utility.gamma * single[LOG_GAMMA]}
    return max(1, int(np.ceil((wanted[parameter] / standard_error) ** 2 / (1 - missing_rate))))


def _covariance_of_one(
    utility: CES,
    elicitation: str,
    trade_offs: str | Sequence[str],
    temperatures: Sequence[float],
    disturbance: float,
    seed: int,
) -> FloatArray:
    rng = np.random.default_rng(seed)
    welfare = stack(generate(PILOT, seed, trade_offs=trade_offs))
    soft = elicitation == "choose"
    tau = np.ones(PILOT) if soft else rng.permutation(np.resize(np.asarray(temperatures, float), PILOT))
    v = utility.utility(welfare)
    if soft:
        v = v + disturbance * rng.standard_normal(v.shape)
    probabilities = np.where(np.isnan(v), np.nan, choice_probabilities(v, tau))
    data = prepare(welfare, None, tau, probabilities=probabilities, shift=utility.shift)
    likelihood = CESLikelihood(data)
    x = np.array([*utility.theta, utility.rho, np.log(utility.gamma), 1.0])
    region = make_region(likelihood, rho_max=1.0, eta_free=False)
    basis = region.basis(x, region.fixed)
    evaluation = likelihood.evaluate(x, scores=True)
    inverse = np.linalg.inv(basis.T @ evaluation.information @ basis)
    if soft:
        scores = evaluation.scores @ basis
        scores = scores - scores.mean(axis=0)
        inverse = inverse @ (scores.T @ scores) @ inverse
    return np.asarray(basis @ inverse @ basis.T) * PILOT
