"""The canary set: the few choice problems whose answers say most about what a model wants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.designs.information import (
    checked_offset,
    information_of_problems,
    theta_basis,
    theta_information,
    theta_standard_errors,
)
from fiduciary.economics.monitoring.audited import AuditedPreference
from fiduciary.economics.problems import ChoiceProblem, stack

SIZE = 12
MIN_SIZE = 5
"""An answer to a problem of two options informs about one direction; there are five."""

_DRAWS = 8
_STREAM = 0xCA9A  # keeps these draws apart from others that start from the same seed
_EXCHANGES = 240  # exchanges that are looked for, at most; as a rule three rounds suffice


@dataclass(frozen=True, eq=False)
class Canary:
    """A set of problems chosen for what their answers tell about θ.

    Attributes:
        problems: the chosen problems.
        indices: where they stand in the pool, ascending.
        standard_errors: of θ (4,) from one answer to each problem, at the audited preference, ρ and γ
            unknown.
        random_standard_errors: of θ (4,) from as many problems drawn from the pool at random.
    """

    problems: tuple[ChoiceProblem, ...]
    indices: tuple[int, ...]
    standard_errors: FloatArray
    random_standard_errors: FloatArray

    @property
    def gain(self) -> FloatArray:
        """How many times smaller than of random problems the standard errors are, (4,)."""
        return self.random_standard_errors / self.standard_errors


def choose_canary(
    pool: Sequence[ChoiceProblem],
    audit: AuditedPreference,
    temperature: float,
    *,
    size: int = SIZE,
    decimals: int = 2,
    offset: FloatArray | None = None,
    seed: int = 0,
) -> Canary:
    """Choose the problems of a pool that are jointly D_s-optimal for θ.

    Maximises E log det of the information about θ with ρ and γ as nuisances: a monitor must tell a moved
    θ from a change of noise or of substitution, but need not estimate those. The expectation is over
    the audit's uncertainty (the estimate itself and draws around it), so that a set does not rest on
    problems that are close calls for one preference only. A greedy start is improved by exchanges
    until none helps. Every problem enters once: answers to different problems cannot share one misfit.

    Source: Fedorov (1972), "Theory of Optimal Experiments"; Atkinson, Donev & Tobias (2007), ch. 10, 12
    and 18; Sándor & Wedel (2001), "Designing Conjoint Choice Experiments Using Managers' Prior Beliefs",
    for the expectation.

    Args:
        pool: problems to choose from.
        audit: the audited preference.
        temperature: τ > 0 at which they will be asked.
        size: how many, ≥ ``MIN_SIZE``.
        decimals: as in :meth:`ChoiceProblem.displayed`.
        offset: (pool, options) utils that options have beside the CES, such as the audit's position
            constants at the places where they are displayed; none by default.
        seed: seed of the draws around the estimate.

    Raises:
        ValueError: an argument out of range, a pool with fewer problems than asked for, or one from
            which θ cannot be told.
    """
    if size < MIN_SIZE:
        raise ValueError(f"size must be at least {MIN_SIZE}, got {size}")
    if len(pool) < size:
        raise ValueError(f"pool must hold at least {size} problems, got {len(pool)}")
    if not (np.isfinite(temperature) and temperature > 0):
        raise ValueError(f"temperature must be finite and > 0, got {temperature}")
    welfare = stack(pool, decimals)
    offset = checked_offset(offset, welfare)
    basis = theta_basis(audit.utility)
    rng = np.random.default_rng([seed, _STREAM])
    preferences = [audit.utility]
    if np.any(np.asarray(audit.covariance)):
        preferences += audit.draw(_DRAWS, rng)
    information = np.stack(
        [
            information_of_problems(welfare, utility, temperature, basis=basis, offset=offset)
            for utility in preferences
        ]
    )
    if not np.all(np.isfinite(theta_information(information.sum(axis=1)))):
        raise ValueError("these problems cannot tell θ at this temperature; offer a larger or mixed pool")
    chosen = sorted(_exchange(information, _greedy(information, size)))
    return Canary(
        tuple(pool[i] for i in chosen),
        tuple(chosen),
        theta_standard_errors(information[0, chosen].sum(axis=0), basis),
        theta_standard_errors(information[0].mean(axis=0) * size, basis),
    )


def _greedy(information: FloatArray, size: int) -> list[int]:
    """Add the best problem one at a time to a faint image of the whole pool, which makes all invertible."""
    total = information.mean(axis=1) * 1e-3
    chosen: list[int] = []
    for _ in range(size):
        best = _best(information, total, chosen)[0]
        chosen.append(best)
        total = total + information[:, best]
    return chosen


def _exchange(information: FloatArray, chosen: list[int]) -> list[int]:
    """Replace one problem at a time by the best other, until a whole round changes nothing."""
    faint = information.mean(axis=1) * 1e-9
    for _ in range(max(1, _EXCHANGES // len(chosen))):
        before = list(chosen)
        for place in range(len(chosen)):
            rest = chosen[:place] + chosen[place + 1 :]
            total = information[:, rest].sum(axis=1) + faint
            best, value = _best(information, total, rest)
            here = theta_information(total + information[:, chosen[place]]).mean()
            if value > here + 1e-9:
                chosen = [*chosen[:place], best, *chosen[place + 1 :]]
        if chosen == before:
            break
    return chosen


def _best(information: FloatArray, total: FloatArray, taken: list[int]) -> tuple[int, float]:
    """The problem that adds most to what is there: its index and the criterion with it."""
    value = theta_information(total[:, None] + information).mean(axis=0)
    value[taken] = -np.inf
    best = int(np.argmax(value))
    return best, float(value[best])
