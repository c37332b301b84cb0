"""Money pumps: trades for a fee around a circle, and what a consistent chooser would lose to one.

Who prefers b to a, c to b and a to c should pay a little for each exchange, and be back at a, poorer,
after three. A chooser with a utility and noise loses something too, since noise accepts trades now and
then and a real improvement is worth a fee; only what goes beyond that is a loss to incoherence.
Source: Davidson, McKinsey & Suppes (1955) for the pump.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray

_SEARCH = 800  # draws that choose the spread and the position

LENGTH = 3
"""Options of a ring. Where no pair is tied, every circle of more options contains one of three."""

SPREADS = tuple(float(s) for s in 0.125 * 2.0 ** np.arange(10))
"""Grid of the standard deviation of option values, in units of choice noise."""

POSITIONS = (0.0, *(s * p for p in (0.25, 0.5, 1.0, 2.0, 4.0, 8.0) for s in (1, -1)))
"""Grid of the advantage of being shown first, in log-odds."""


@dataclass(frozen=True)
class Ring:
    """Three options in the order in which they are offered: each next one against the one before.

    Attributes:
        options: the three options; the first one is held at the start, and comes after the last.
        shares: shares of answers for each next option against the one before; the last one is that of
            the start against the last option.
    """

    options: tuple[int, int, int]
    shares: tuple[float, float, float]

    @property
    def closed(self) -> bool:
        """Whether majorities lead all the way round: the answers themselves imply a circle."""
        return min(self.shares) > 0.5

    def started(self, place: int) -> Ring:
        """The same ring, entered at another place."""
        k = place % LENGTH
        a, b, c = self.options[k:] + self.options[:k]
        p, q, r = self.shares[k:] + self.shares[:k]
        return Ring((a, b, c), (p, q, r))


def ring_of(frequency: npt.ArrayLike) -> Ring | None:
    """The ring that answers come closest to: the one whose weakest link is the strongest.

    Of the 2 · C(m, 3) directed rings of three, the one with the greatest smallest share; of equal ones
    that with the greatest sum, and of those the first in the order of the options.

    Args:
        frequency: p_ij, share of answers for i against j, (m, m), NaN where there is none.

    Returns:
        The ring, started at its lowest option; None where no three options have all their pairs.
    """
    p = np.asarray(frequency, float)
    best: Ring | None = None
    for a, b, c in permutations(range(len(p)), LENGTH):
        shares = (float(p[b, a]), float(p[c, b]), float(p[a, c]))
        if a > min(b, c) or np.isnan(shares).any():
            continue
        if best is None or (min(shares), sum(shares)) > (min(best.shares), sum(best.shares)):
            best = Ring((a, b, c), shares)
    return best


def expected_trades(accept: npt.ArrayLike) -> FloatArray:
    """Expected number of trades before the first refusal, Σ_k Π_{l ≤ k} p_l.

    Args:
        accept: probability of accepting each offer, given that it is made, (..., offers).
    """
    return np.asarray(np.cumprod(np.asarray(accept, float), axis=-1).sum(axis=-1))


@dataclass(frozen=True)
class Losses:
    """What a consistent chooser with the noise of the answers would have lost, pump by pump.

    Attributes:
        trades: expected number of trades, (pumps,).
        variance: of that number, (pumps,).
        circled: probability of at least one full circle, (pumps,).
        spread: standard deviation of option values in units of noise, most likely value of ``SPREADS``.
        position: advantage of the first place in log-odds, most likely value of ``POSITIONS``.
    """

    trades: FloatArray
    variance: FloatArray
    circled: FloatArray
    spread: float
    position: float


def consistent_losses(
    asked: npt.ArrayLike,
    first_wins: npt.ArrayLike,
    rings: npt.ArrayLike,
    offered_first: npt.ArrayLike,
    *,
    draws: int = 4_000,
    seed: int = 0,
) -> Losses:
    """Losses of a consistent chooser that answered the same questions in the same way.

    Its options have values v_i ~ N(0, s²), and it chooses i, shown first, over j with probability
    1 / (1 + exp(−(v_i − v_j + d))): the Bradley–Terry model with a position effect. Spread s and
    position d are those that make all answers most likely (empirical Bayes on a grid). Given them, each
    set's values follow their posterior under that set's own answers, which also undoes the selection of
    the ring by those answers. The fee weighs nothing with it, so this is the most that it would lose.

    Args:
        asked: answers with i shown first and j second, (pumps, m, m).
        first_wins: how many of them chose i, (pumps, m, m).
        rings: options of each pump in the order offered, (pumps, 3), the one held first.
        offered_first: whether the offered option was shown first at each offer, had it come to that,
            (pumps, offers).
        draws: Monte Carlo draws of the values.
        seed: seed of these.

    Raises:
        ValueError: shapes that do not fit together, or no pump.
    """
    n, wins = np.asarray(asked, float), np.asarray(first_wins, float)
    ring, first = np.asarray(rings, np.int64), np.asarray(offered_first, bool)
    pumps, m = n.shape[0], n.shape[-1]
    if not pumps:
        raise ValueError("there is no pump")
    if n.shape != (pumps, m, m) or wins.shape != n.shape or ring.shape != (pumps, LENGTH):
        raise ValueError(
            f"asked and first_wins must be (pumps, m, m) and rings (pumps, {LENGTH}), got {n.shape}, "
            f"{wins.shape} and {ring.shape}"
        )
    if first.ndim != 2 or len(first) != pumps:
        raise ValueError(f"offered_first must be ({pumps}, offers), got {first.shape}")
    values = np.random.default_rng([seed, m]).standard_normal((draws, m))
    spread, position, fit = _most_likely(values, n, wins)
    weights = np.exp(fit - scipy.special.logsumexp(fit, axis=0))

    steps = np.arange(first.shape[1])
    held, offered = ring[:, steps % LENGTH], ring[:, (steps + 1) % LENGTH]
    trades, squares, circled = np.empty(pumps), np.empty(pumps), np.empty(pumps)
    for k in range(pumps):
        gain = spread * (values[:, offered[k]] - values[:, held[k]])
        reached = np.cumprod(scipy.special.expit(gain + np.where(first[k], position, -position)), axis=1)
        trades[k] = weights[:, k] @ reached.sum(axis=1)
        squares[k] = weights[:, k] @ (reached @ (2 * steps + 1.0))  # E[T²] = Σ (2k − 1) P(T ≥ k)
        circled[k] = weights[:, k] @ reached[:, LENGTH - 1] if len(steps) >= LENGTH else 0.0
    return Losses(trades, squares - trades**2, circled, spread, position)


def _most_likely(values: FloatArray, asked: FloatArray, wins: FloatArray) -> tuple[float, float, FloatArray]:
    """Spread, position and the log-likelihood of every draw and pump, (draws, pumps), under them."""
    m = values.shape[1]
    i, j = np.array(list(permutations(range(m), 2))).T
    won, lost = wins[:, i, j].T, (asked - wins)[:, i, j].T

    def fit(spread: float, position: float, draws: FloatArray) -> FloatArray:
        logit = spread * (draws[:, i] - draws[:, j]) + position
        return np.asarray(scipy.special.log_expit(logit) @ won + scipy.special.log_expit(-logit) @ lost)

    def likelihood(spread: float, position: float) -> float:
        return float(scipy.special.logsumexp(fit(spread, position, values[:_SEARCH]), axis=0).sum())

    spread, position = SPREADS[0], POSITIONS[0]
    for _ in range(2):  # the two hardly interact, since every pair is asked in both orders
        spread = max(SPREADS, key=lambda s: likelihood(s, position))
        position = max(POSITIONS, key=lambda d: likelihood(spread, d))
    return spread, position, fit(spread, position, values)


__all__ = ["LENGTH", "Losses", "Ring", "consistent_losses", "expected_trades", "ring_of"]
