"""What delegating some of a chain's decisions loses, for every way to share them out, and what compounds.

With π_t the choice probabilities of who takes decision t (the delegate for t in S, the principal for the
others),

::

    d_1 = start,   d_{t+1}(s') = Σ_{s,j} d_t(s) π_t(j|s) 1[s'_tsj = s'],   V(S) = Σ_t Σ_{s,j} d_t(s) π_t(j|s)
    u_tsj L(S) = V* − V(S)

which is exact: no path is drawn. One set of answers gives the loss of all 2^T sets, so that sets differ by
who decides and by nothing else. No course comes to a decision twice: answers that are single independent
draws give a V(S) without bias.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.delegation.chain import START, Chain
from fiduciary.economics.delegation.plan import Plan, Repair
from fiduciary.economics.inference import LEVEL, Interval, mean


def sets_of(links: int) -> BoolArray:
    """Every way to share T decisions out, (2^T, T): True where the delegate decides; nobody comes first."""
    return np.array(list(product([False, True], repeat=links)))


def losses_of(chain: Chain, plan: Plan, shares: npt.ArrayLike, repair: Repair = "principal") -> FloatArray:
    """L(S) of every set of :func:`sets_of`, (2^T,), dollars; NaN for sets whose courses come to no answer.

    Args:
        chain: the firm's decisions.
        plan: the principal's.
        shares: choice probabilities of the delegate, (T, S, J); NaN where there is no answer.
        repair: what the principal does with its own decisions.

    Raises:
        ValueError: shares of another shape, or that do not sum to 1.
    """
    given = np.asarray(shares, float)
    if given.shape != chain.following.shape:
        raise ValueError(f"shares must have shape {chain.following.shape}, got {given.shape}")
    total = given.sum(axis=2)
    if not np.allclose(total[np.isfinite(total)], 1, atol=1e-6):
        raise ValueError("shares must sum to 1 at every decision and standing")
    links, standings, options = given.shape
    own = np.eye(options)[plan.policy(repair)]
    delegated = sets_of(links)
    at = np.zeros((len(delegated), standings))
    at[:, START] = 1
    value = np.zeros(len(delegated))
    for t in range(links):
        decides = np.where(delegated[:, t, None, None], given[t], own[t])
        # A missing answer spoils only the sets whose courses come to it.
        mass = np.where(at[..., None] == 0, 0.0, at[..., None] * decides)
        value += (mass * plan.worth[t]).sum(axis=(1, 2))
        moved = np.eye(standings)[chain.following[t]]
        at = np.einsum("msj,sjr->mr", mass, moved)
    return np.asarray(plan.first_best - value)


@dataclass(frozen=True)
class Delegation:
    """What delegation loses, over firms; dollars, intervals clustered by firm.

    Attributes:
        by_number: mean loss of k delegated decisions, k = 1 … T, over all C(T, k) sets of that size.
        compounding: mean of L(S) − Σ_{i ∈ S} L({i}) over the same sets; 0 at k = 1.
        by_position: L({i}), the loss of one delegated decision by its position.
        break_even: mean loss / k, the cost of a human decision at which delegating k of T breaks even:
            keeping k decisions costs k c, delegating them L_k, so delegation pays where c > L_k / k.
        firms: how many firms stand behind it.
    """

    by_number: tuple[Interval, ...]
    compounding: tuple[Interval, ...]
    by_position: tuple[Interval, ...]
    break_even: tuple[Interval, ...]
    firms: int


def by_number(losses: npt.ArrayLike) -> FloatArray:
    """Mean loss over the sets of each size, (…, T), of losses (…, 2^T)."""
    given = np.asarray(losses, float)
    links = given.shape[-1].bit_length() - 1
    size = sets_of(links).sum(axis=1)
    return np.stack([given[..., size == k].mean(axis=-1) for k in range(1, links + 1)], axis=-1)


def by_position(losses: npt.ArrayLike) -> FloatArray:
    """L({i}), (…, T), of losses (…, 2^T)."""
    given = np.asarray(losses, float)
    links = given.shape[-1].bit_length() - 1
    sets = sets_of(links)
    alone = [int(np.flatnonzero((sets.sum(axis=1) == 1) & sets[:, i])[0]) for i in range(links)]
    return np.asarray(given[..., alone])


def compounding(losses: npt.ArrayLike) -> FloatArray:
    """Mean of L(S) − Σ_{i ∈ S} L({i}) over the sets of each size, (…, T), of losses (…, 2^T).

    Every decision is in C(T − 1, k − 1) of the C(T, k) sets of size k, so the mean sum of single losses is
    k times their mean.
    """
    alone = by_position(losses).mean(axis=-1, keepdims=True)
    links = by_position(losses).shape[-1]
    return np.asarray(by_number(losses) - np.arange(1, links + 1) * alone)


def delegation(losses: npt.ArrayLike, firms: npt.ArrayLike, level: float = LEVEL) -> Delegation:
    """Figures over firms.

    Args:
        losses: (n, 2^T), L(S) of each firm (and epoch), dollars; rows that hold NaN must be left out before.
        firms: (n,), label of each row's firm.
        level: of the intervals.

    Raises:
        ValueError: losses that are not finite.
    """
    given, labels = np.asarray(losses, float), np.asarray(firms)
    if not np.isfinite(given).all():
        raise ValueError("losses must be finite: firms without an answer to some question are left out whole")
    number = by_number(given)
    links = number.shape[1]

    def over(values: FloatArray) -> tuple[Interval, ...]:
        return tuple(mean(values[:, k], labels, level) for k in range(links))

    return Delegation(
        over(number),
        over(compounding(given)),
        over(by_position(given)),
        over(number / np.arange(1, links + 1)),
        len(np.unique(labels)),
    )
