"""A firm's linked decisions: what one of them does to the firm's standing, all later ones live with.

At standing s a firm sells m_s times what it sells at the middle standing, at the same price:

::

    m_s = 1 + STEP (s − START),   P = α − βQ,   Q_s = m_s Q,   β_s = β / m_s

so that the four gains of an option are those of ``Market.welfare`` with β_s, at Q_s. Of the three options of
a decision the most generous one (highest wage, lowest price, largest provision) raises standing by one level,
the least generous one lowers it, and the one between leaves it; it stays between the lowest and the highest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.market import Market
from fiduciary.economics.problems import (
    LEVER_RANGES,
    LEVERS,
    PARAMETER_RANGES,
    TRADE_OFFS,
    ChoiceProblem,
)

KINDS = ("wage", "price_quantity", "provision")
"""What decisions set, in turn; the firm's number says with which one a chain begins."""

OPTIONS = 3
STANDINGS = 5
START = 2
"""Standing before the first decision, of 0 … STANDINGS − 1: the middle."""

STEP = 0.05
"""Share by which sales grow with each level of standing."""

MOST_LINKS = 8
"""Decisions of a chain: of T decisions all 2^T ways to share them out are computed."""

_DECIMALS = 2  # gains are whole dollars, as they are shown
_STREAM = 0xC4A12


@dataclass(frozen=True, eq=False)
class Chain:
    """T linked decisions of one firm, with three options each.

    Attributes:
        market: the firm's market at the middle standing.
        kinds: what each decision sets, (T,), of ``KINDS``.
        levels: quantity at the middle standing, wage and provision of each option, (T, J, 3).
        welfare: gains from each decision alone, (T, S, J, 4), raw units in whole dollars, all ≥ 0.
        following: standing that each option leaves, (T, S, J).
    """

    market: Market
    kinds: tuple[str, ...]
    levels: FloatArray
    welfare: FloatArray
    following: IntArray

    @property
    def links(self) -> int:
        """Number of decisions T."""
        return len(self.kinds)

    @cached_property
    def id(self) -> str:
        """Name made from the content."""
        market = [getattr(self.market, name) for name in PARAMETER_RANGES]
        content = np.round(np.concatenate([market, self.levels.ravel()]) * 1e6).astype("<i8")
        return f"chain-{hashlib.blake2b(content.tobytes(), digest_size=6).hexdigest()}"

    @cached_property
    def reachable(self) -> tuple[tuple[int, int], ...]:
        """Every decision and standing (t, s) that some course of the chain comes to, in order."""
        at, nodes = {START}, []
        for t in range(self.links):
            nodes += [(t, s) for s in sorted(at)]
            at = {int(after) for s in at for after in self.following[t, s]}
        return tuple(nodes)

    def problem(self, t: int, s: int, gains: FloatArray) -> ChoiceProblem:
        """Decision t at standing s as a choice problem.

        Args:
            t: decision, from 0.
            s: standing, from 0.
            gains: what is shown of each option, (J, 4), raw units.
        """
        levels = self.levels[t].copy()
        levels[:, 0] *= scale(s)
        return ChoiceProblem(at_standing(self.market, s), self.kinds[t], levels, gains)

    def facts(self) -> dict[str, Any]:
        """The chain as JSON holds it."""
        return {
            "market": asdict(self.market),
            "kinds": list(self.kinds),
            "levels": self.levels.tolist(),
            "welfare": self.welfare.tolist(),
            "following": self.following.tolist(),
        }

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> Chain:
        """What :meth:`facts` wrote.

        Raises:
            ValueError: arrays that do not fit together.
        """
        welfare, following = np.array(facts["welfare"], float), np.array(facts["following"], np.int64)
        if welfare.ndim != 4 or welfare.shape[:3] != following.shape or len(facts["kinds"]) != len(welfare):
            raise ValueError(
                f"a chain of {len(facts['kinds'])} decisions cannot have welfare of shape {welfare.shape} "
                f"and standings of shape {following.shape}"
            )
        levels = np.array(facts["levels"], float)
        return cls(Market(**facts["market"]), tuple(facts["kinds"]), levels, welfare, following)


def scale(s: int) -> float:
    """m_s, sales at standing s over those at the middle standing, at the same price."""
    return 1 + STEP * (s - START)


def at_standing(market: Market, s: int) -> Market:
    """The market in which m_s times as much is sold at every price."""
    return replace(market, beta=market.beta / scale(s))


def draw_chains(n: int, links: int = 6, seed: int = 0) -> list[Chain]:
    """Draw firms, each with a chain; the first ones do not depend on how many follow.

    Firms whose gains are below zero somewhere, or whose options look alike, are drawn again: gains are added
    up over decisions, and the utility's shift is made for sums that are not below zero.

    Args:
        n: number of firms, ≥ 1.
        links: decisions T of each, from 2 to ``MOST_LINKS``.
        seed: of the draws, ≥ 0.

    Raises:
        ValueError: numbers outside of these.
    """
    if n < 1 or seed < 0 or not 2 <= links <= MOST_LINKS:
        raise ValueError(
            f"n must be at least 1, seed at least 0 and links from 2 to {MOST_LINKS}, got {n}, {seed} and "
            f"{links}"
        )
    return [_draw(np.random.default_rng([_STREAM, seed, firm]), firm, links) for firm in range(n)]


def _draw(rng: np.random.Generator, firm: int, links: int) -> Chain:
    kinds = tuple(KINDS[(firm + t) % len(KINDS)] for t in range(links))
    low, high = np.array(list(PARAMETER_RANGES.values())).T
    while True:
        market = Market(*np.round(rng.uniform(low, high), 3).tolist())
        found = [_decision(rng, market, kind) for kind in kinds]
        if all(decision is not None for decision in found):
            break
    levels, welfare, moves = (np.array(part) for part in zip(*filter(None, found), strict=True))
    standing = np.arange(STANDINGS)[None, :, None]
    return Chain(market, kinds, levels, welfare, np.clip(standing + moves[:, None], 0, STANDINGS - 1))


def _decision(
    rng: np.random.Generator, market: Market, kind: str
) -> tuple[FloatArray, FloatArray, IntArray] | None:
    """Levels (J, 3), gains (S, J, 4) and moves of standing (J,); None after too many tries."""
    [lever] = TRADE_OFFS[kind]
    low, high = np.array(list(LEVER_RANGES.values())).T
    for _ in range(50):
        levels = np.tile(rng.uniform(low, high), (OPTIONS, 1))
        place = LEVERS.index(lever)
        levels[:, place] = rng.uniform(low[place], high[place], OPTIONS)
        levels[:, 1] += market.omega
        levels = np.round(levels, 2)
        welfare = np.stack([_gains(market, levels, s) for s in range(STANDINGS)])
        apart = len(np.unique(welfare[START], axis=0)) == OPTIONS == len(np.unique(levels[:, place]))
        if welfare.min() >= 0 and apart:
            return levels, welfare, np.argsort(np.argsort(levels[:, place])) - 1
    return None


def _gains(market: Market, levels: FloatArray, s: int) -> FloatArray:
    quantity, wage, provision = levels.T
    gains = at_standing(market, s).welfare(quantity * scale(s), wage, provision)
    return np.round(gains, _DECIMALS) + 0.0
