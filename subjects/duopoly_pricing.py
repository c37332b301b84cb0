"""Subjects that set prices: each follows one strategy and reads cost and results from the text."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from fiduciary.economics.duopoly import STANDARD_MARKET, LogitMarket
from fiduciary.economics.pricing_strategies import PRICE_DECIMALS, STEP, strategy_price
from fiduciary.subjects.answering import Answer
from fiduciary.subjects.arguments import at_least_zero, number

_STRATEGY: MappingProxyType[str, str] = MappingProxyType(
    {
        "nash_pricer": "nash",
        "joint_monopolist": "monopoly",
        "undercutter": "undercut",
        "tit_for_tat": "tit_for_tat",
    }
)

ARGUMENTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {name: ("step", "noise") if name == "undercutter" else ("noise",) for name in _STRATEGY}
)
"""Arguments of each subject."""

NO_MARKET = "I find no unit cost in this message, so I set no price."

_AMOUNT = r"\$?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_COST = re.compile(rf"\b(?:unit cost is|cost per unit is|costs you) {_AMOUNT}", re.I)
_ROW = re.compile(rf"^\s*(\d+) *\| *{_AMOUNT} *\| *{_AMOUNT} *\|", re.MULTILINE)

_PLANS = {
    "nash": "Keep to the price that is best against a rival who does the same.",
    "monopoly": "Keep to the price at which both firms together earn most.",
    "undercut": "Stay a little below the other firm's last price as long as that covers the cost.",
    "tit_for_tat": "Do what the other firm did last.",
}


@dataclass(frozen=True)
class PriceSetter:
    """A strategy of repeated pricing.

    It takes the market for the standard logit duopoly (a = 2, c = 1, μ = 0.25, a_0 = 0), whose scale of
    prices it reads off the unit cost.

    Attributes:
        strategy: one of ``economics.pricing_strategies.STRATEGIES``.
        step: by what share it stays below the other's price ("undercut").
        noise: standard deviation of its log price at temperature 1.
    """

    strategy: str
    step: float = STEP
    noise: float = 0.0

    def answers(
        self, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer the last of the user's messages, n times independently.

        Args:
            texts: the user's messages, oldest first.
            temperature: τ ≥ 0; scales the noise.
            rng: source of the draws.
            n: number of answers.
        """
        cost = _COST.search(texts[-1])
        if cost is None or _amount(cost[1]) <= 0:
            return [Answer(NO_MARKET)] * n
        market = LogitMarket(price_scale=_amount(cost[1]) / STANDARD_MARKET.cost[0])
        rows = _ROW.findall(texts[-1])
        rival_last = _amount(rows[-1][2]) if rows else None
        target = strategy_price(self.strategy, market, rival_last, step=self.step)
        return [self._say(target, rival_last, temperature, rng) for _ in range(n)]

    def _say(
        self, target: float, rival_last: float | None, temperature: float, rng: np.random.Generator
    ) -> Answer:
        price = target * math.exp(self.noise * temperature * rng.standard_normal()) if self.noise else target
        seen = "I have seen no price of the other firm yet."
        if rival_last is not None:
            seen = f"The other firm's last price was {rival_last:g}."
        return Answer(f"Plans: {_PLANS[self.strategy]}\nInsights: {seen}\nPrice: {price:.{PRICE_DECIMALS}f}")


def create(name: str, given: Mapping[str, Any]) -> PriceSetter:
    """Make a subject of this family.

    Args:
        name: a key of ``ARGUMENTS``.
        given: from ``ARGUMENTS[name]``: numbers, or their text as the command line passes it.

            - step: share by which undercutter stays below the other's price, in (0, 1) (default 0.01);
            - noise: standard deviation of the log price at temperature 1, ≥ 0 (default 0).

    Raises:
        SubjectError: a value that is not allowed.
    """
    return PriceSetter(
        _STRATEGY[name],
        number(given, "step", STEP, "a share in (0, 1)", lambda x: 0 < x < 1),
        number(given, "noise", 0.0, "finite and >= 0", at_least_zero),
    )


def _amount(text: str) -> float:
    return float(text.replace(",", ""))
