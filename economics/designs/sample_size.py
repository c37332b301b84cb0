"""How many problems a stated precision needs, before anybody pays for answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.designs.adaptive import FIRST
from fiduciary.economics.designs.prior import prior_criterion
from fiduciary.economics.designs.selection import criterion
from fiduciary.economics.designs.stream import Asked, Stream
from fiduciary.economics.estimation.data import prepare
from fiduciary.economics.estimation.fit import make_region
from fiduciary.economics.estimation.likelihood import LOG_GAMMA, RHO, CESLikelihood
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.problems import stack
from fiduciary.economics.utility import CES

Design = Literal["random", "efficient", "adaptive"]

DESIGNS: tuple[Design, ...] = ("random", "efficient", "adaptive")
"""How problems are chosen: drawn at random; those that tell most about any preference; or, from the second
batch on, those that tell most about what the answers so far leave open."""

PILOT = 1200  # problems from which the information of one problem is averaged
_LIMIT = 10**9


@dataclass(frozen=True, eq=False)
class Precision:
    """Standard errors that answers to problems of a design will have.

    Information is additive over problems, so that after n problems the covariance is
    B (Σ I)⁻¹ (Σ J) (Σ I)⁻¹ Bᵀ with I the information and J the variance of the score of one problem.

    Attributes:
        gamma: γ of the preference.
        basis: B, (p, f), free directions of the parameters.
        first: I and J of one problem of the first batch, (f, f) each.
        later: the same of one problem after it.
        batch: problems of the first batch.
    """

    gamma: float
    basis: FloatArray
    first: tuple[FloatArray, FloatArray]
    later: tuple[FloatArray, FloatArray]
    batch: int

    def standard_errors(self, n: float) -> dict[str, float]:
        """Of ``theta`` (the largest of the four), ``rho`` and ``gamma`` after n answered problems."""
        before = min(n, self.batch)
        bread, meat = (before * a + (n - before) * b for a, b in zip(self.first, self.later, strict=True))
        inverse = np.linalg.inv(bread)
        variance = np.diag(self.basis @ inverse @ meat @ inverse @ self.basis.T)
        single = np.sqrt(np.clip(variance, 0, None))
        return {
            "theta": float(single[:RHO].max()),
            "rho": float(single[RHO]),
            "gamma": float(self.gamma * single[LOG_GAMMA]),
        }

    def needed(self, standard_error: float, parameter: str = "theta") -> int:
        """The fewest problems, all of them answered, with no larger standard error."""
        low, high = 0, 1
        while self.standard_errors(high)[parameter] > standard_error:
            low, high = high, 2 * high
            if high > _LIMIT:
                raise ValueError(f"no number of problems gives {parameter} that precisely")
        while high - low > 1:
            middle = (low + high) // 2
            if self.standard_errors(middle)[parameter] > standard_error:
                low = middle
            else:
                high = middle
        return high


def precision(
    utility: CES,
    *,
    design: Design = "random",
    elicitation: Literal["text", "choose"] = "text",
    trade_offs: str | Sequence[str] = "default",
    temperatures: Sequence[float] = TEMPERATURES,
    disturbance: float = 1.0,
    seed: int = 0,
) -> Precision:
    """What answers of a preference will tell.

    Args:
        utility: the preference that is expected.
        design: one of ``DESIGNS``. An adaptive design is taken to know the preference after its first batch.
        elicitation: "text" draws one choice a problem at the temperatures. "choose" sees the choice
            probabilities at τ = 1; what is left to average out is how far a model's utilities stray
            from any CES, see ``disturbance``.
        trade_offs: as in ``economics.problems.generate``.
        temperatures: the temperature plan, text only.
        disturbance: standard deviation, in utils, of what each option's utility holds beside the CES
            under "choose" (it would be 0 for a perfect CES, and then any n is enough).
        seed: seed of the pilot problems.

    Raises:
        ValueError: an argument outside its range, or a utility at its bounds, where standard errors
            do not exist.
    """
    if elicitation not in ("text", "choose"):
        raise ValueError(f"elicitation must be 'text' or 'choose', got {elicitation!r}")
    if design not in DESIGNS:
        raise ValueError(f"design must be one of {', '.join(DESIGNS)}, got {design!r}")
    if disturbance < 0:
        raise ValueError(f"disturbance must be >= 0, got {disturbance}")
    if min(utility.theta) == 0 or not -20 < utility.rho < 1:
        raise ValueError(
            f"standard errors exist only in the interior (all θ > 0, −20 < ρ < 1), got θ = {utility.theta}, "
            f"ρ = {utility.rho:g}"
        )
    mix = trade_offs if isinstance(trade_offs, str) else tuple(trade_offs)
    taus = (1.0,) if elicitation == "choose" else tuple(temperatures)
    noise = disturbance if elicitation == "choose" else 0.0
    first = _taken(design, mix, taus, seed)
    one = _of_one(utility, first, taus, noise, elicitation == "choose", seed)
    later = one
    if design == "adaptive":
        found = criterion([utility] * len(taus), taus, mix)
        own = Stream(seed, mix).take(PILOT, found)
        later = _of_one(utility, tuple(own), taus, noise, elicitation == "choose", seed)
    return Precision(utility.gamma, one[0], one[1:], later[1:], FIRST)


def problems_needed(
    utility: CES,
    standard_error: float,
    *,
    parameter: str = "theta",
    design: Design = "random",
    elicitation: Literal["text", "choose"] = "text",
    trade_offs: str | Sequence[str] = "default",
    temperatures: Sequence[float] = TEMPERATURES,
    disturbance: float = 1.0,
    missing_rate: float = 0.0,
    seed: int = 0,
) -> int:
    """Number of problems for a given standard error.

    Args:
        utility, design, elicitation, trade_offs, temperatures, disturbance, seed: as in :func:`precision`.
        standard_error: the wanted one, in the parameter's own units.
        parameter: "theta" (the largest of the four standard errors), "rho" or "gamma".
        missing_rate: share of answers expected to be missing, in [0, 1).

    Raises:
        ValueError: an argument outside its range, or a utility at its bounds, where standard errors
            do not exist.
    """
    if not standard_error > 0:
        raise ValueError(f"standard_error must be > 0, got {standard_error}")
    if parameter not in ("theta", "rho", "gamma"):
        raise ValueError(f"parameter must be 'theta', 'rho' or 'gamma', got {parameter!r}")
    if not 0 <= missing_rate < 1:
        raise ValueError(f"missing_rate must lie in [0, 1), got {missing_rate}")
    found = precision(
        utility,
        design=design,
        elicitation=elicitation,
        trade_offs=trade_offs,
        temperatures=temperatures,
        disturbance=disturbance,
        seed=seed,
    )
    return int(np.ceil(found.needed(standard_error, parameter) / (1 - missing_rate)))


@lru_cache(maxsize=16)
def _taken(
    design: str, trade_offs: str | tuple[str, ...], temperatures: tuple[float, ...], seed: int
) -> tuple[Asked, ...]:
    chosen = None if design == "random" else prior_criterion(temperatures, trade_offs)
    return tuple(Stream(seed, trade_offs).take(PILOT, chosen))


def _of_one(
    utility: CES, asked: Sequence[Asked], temperatures: Sequence[float], noise: float, soft: bool, seed: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Free directions, and the information and the variance of the score of one problem along them."""
    rng = np.random.default_rng(seed)
    welfare = stack([one.problem for one in asked])
    tau = rng.permutation(np.resize(np.asarray(temperatures, float), len(welfare)))
    v = utility.utility(welfare)
    v = v + noise * rng.standard_normal(v.shape)
    probabilities = np.where(np.isnan(v), np.nan, choice_probabilities(v, tau))
    likelihood = CESLikelihood(prepare(welfare, None, tau, probabilities=probabilities, shift=utility.shift))
    x = np.array([*utility.theta, utility.rho, np.log(utility.gamma), 1.0])
    region = make_region(likelihood, rho_max=1.0, eta_free=False)
    basis = region.basis(x, region.fixed)
    evaluation = likelihood.evaluate(x, scores=True)
    information = basis.T @ evaluation.information @ basis / len(welfare)
    if not soft:
        return basis, information, information
    scores = evaluation.scores @ basis
    scores = scores - scores.mean(axis=0)
    return basis, information, scores.T @ scores / len(welfare)
