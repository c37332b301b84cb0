"""Which problems of a population tell most about θ, for some preferences at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.designs.information import (
    N_THETA,
    information_along,
    information_of_problems,
    nuisance,
    theta_basis,
)
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES

SELECTED = 0.05
"""Share of the population whose problems tell most, of which a selective design asks."""

POPULATION = 0.15
"""Share of a selective design that is drawn from the whole population, whatever it tells. It is what keeps
every trade-off and number of options in, and what lets θ be weighted back to the population."""

PILOT = 4000  # problems of the population on which a criterion is found
_ROUNDS = 25


class Untold(ValueError):
    """A population of problems whose answers do not tell θ."""


@dataclass(frozen=True, eq=False)
class Criterion:
    """A number for every problem: by how much an answer to it would narrow down θ.

    The problems above the threshold make up the best design of their number that asks none twice. With M_d
    the information of that design about preference d, and φ_d = tr C_θ(M_d) the sum of the variances of θ::

        value_i = Σ_d λ_d tr(B_dᵀ M_d⁻¹ I_id M_d⁻¹ B_d) / φ_d,      λ_d ∝ φ_d / φ_d(population)

    which is the gradient of Σ_d φ_d / φ_d(population): the calls for a given precision, relative to those of
    problems drawn at random, on average over the preferences.

    Attributes:
        preferences: d = 1, …; ρ and γ are unknown of each.
        temperatures: τ of each.
        factors: one (5, 4) for each, M_d⁻¹ B_d with its weight.
        threshold: of the share ``selected``.
        selected: share of the population above it.
        fewer: of random problems so many times as many would be needed as of those above the threshold, the
            mean over the preferences.

    Source: Wynn (1982), "Optimum submeasures with application to finite population sampling", for designs
    whose density is bounded; Atkinson, Donev & Tobias (2007), ch. 10, for A-optimality.
    """

    preferences: tuple[CES, ...]
    temperatures: tuple[float, ...]
    factors: tuple[FloatArray, ...]
    threshold: float
    selected: float
    fewer: float

    def value(self, welfare: FloatArray) -> FloatArray:
        """The value (n,) of problems (n, J, 4), as displayed."""
        found = zip(self.preferences, self.temperatures, self.factors, strict=True)
        return np.asarray(sum(information_along(welfare, u, tau, factor) for u, tau, factor in found))

    def chooses(self, welfare: FloatArray) -> BoolArray:
        """Which of the problems lie above the threshold, (n,)."""
        return np.asarray(self.value(welfare) >= self.threshold)

    def weight(self, chosen: BoolArray) -> FloatArray:
        """Density of the population over that of a selective design at problems, (n,).

        Args:
            chosen: (n,), whether each lies above the threshold.
        """
        return 1 / (POPULATION + (1 - POPULATION) * chosen / self.selected)


def criterion(
    preferences: Sequence[CES],
    temperatures: Sequence[float],
    trade_offs: str | tuple[str, ...] = "default",
    selected: float = SELECTED,
) -> Criterion:
    """The criterion for preferences, on a pilot of the population.

    Args:
        preferences: those for which θ is to be told, all alike.
        temperatures: at which answers are drawn; the preferences get them in turn.
        trade_offs: of the population, as in ``economics.problems.generate``.
        selected: share of the population, in (0, 1].

    Raises:
        Untold: answers to these problems do not tell θ.
    """
    welfare = _pilot(trade_offs)
    taus = tuple(float(temperatures[d % len(temperatures)]) for d in range(len(preferences)))
    bases = [theta_basis(u) for u in preferences]
    each = [
        information_of_problems(welfare, u, tau, basis=basis)
        for u, tau, basis in zip(preferences, taus, bases, strict=True)
    ]
    random = [_variance(own.mean(axis=0), basis) for own, basis in zip(each, bases, strict=True)]
    count = max(1, round(selected * len(welfare)))
    share = np.full(len(welfare), 1 / len(welfare))
    for turn in range(_ROUNDS):
        factors = _factors(each, share, bases, random)
        value = _values(each, factors)
        top = np.zeros(len(welfare))
        top[np.argsort(-value, kind="stable")[:count]] = 1 / count
        share = share + (top - share) * 2 / (turn + 3)  # Frank and Wolfe's step
    # What is asked is the top alone: its own information sets the last values and the threshold.
    factors = _factors(each, top, bases, random)
    value = _values(each, factors)
    threshold = float(np.sort(value)[-count])
    chosen = value >= threshold
    found = [_variance(own[chosen].mean(axis=0), basis) for own, basis in zip(each, bases, strict=True)]
    return Criterion(
        tuple(preferences),
        taus,
        tuple(factors),
        threshold,
        float(chosen.mean()),
        float(np.mean(np.divide(random, found))),
    )


@lru_cache(maxsize=4)
def _pilot(trade_offs: str | tuple[str, ...]) -> FloatArray:
    return stack(generate(PILOT, 0, trade_offs=trade_offs, split="pilot"))


def _factors(
    each: Sequence[FloatArray], share: FloatArray, bases: Sequence[FloatArray], random: Sequence[float]
) -> list[FloatArray]:
    """√(λ_d / φ_d) M_d⁻¹ B_d of each preference, (5, 4): λ_d is φ_d over φ_d of random problems."""
    out = []
    for own, basis, reference in zip(each, bases, random, strict=True):
        inverse = np.linalg.inv(np.tensordot(share, own, 1) + nuisance())
        out.append(inverse[:, :N_THETA] @ basis.T / np.sqrt(reference * len(each)))
    return out


def _values(each: Sequence[FloatArray], factors: Sequence[FloatArray]) -> FloatArray:
    """Σ_d tr(Fᵀ I F), (n,)."""
    total = 0.0
    for own, factor in zip(each, factors, strict=True):
        total = total + np.einsum("nij,ij->n", own, factor @ factor.T)
    return np.asarray(total)


def _variance(information: FloatArray, basis: FloatArray) -> float:
    """φ: the sum of the variances of θ."""
    firm = information + nuisance()
    root = np.sqrt(np.diag(firm))
    if np.any(root == 0) or np.linalg.eigvalsh(firm / np.outer(root, root))[0] < 1e-9:
        raise Untold("answers to these problems do not tell the four weights apart")
    covariance = np.linalg.inv(firm)[:N_THETA, :N_THETA]
    return float(np.trace(basis @ covariance @ basis.T))
