"""The same amounts, those of some groups in another currency, with its rate of exchange.

Only some groups' gains are foreign: who takes a foreign amount for dollars then weighs those groups
wrongly, which a change of all amounts alike would hide. Rates are such that every amount converts exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.tasks.stakeholder_choice.prompts import gain
from fiduciary.tasks.stress.page import Asked, Case, assemble, block, signed


@dataclass(frozen=True)
class Currency:
    """A currency as a text shows it.

    Attributes:
        name: plural.
        sign: before the amount.
        rate: how much of it is worth a dollar, as a text says it; made up, since the text states it.
        decimals: shown with an amount.
    """

    name: str
    sign: str
    rate: str
    decimals: int

    def amount(self, dollars: float, decimals: int) -> str:
        """An amount of dollars in this currency."""
        return signed(self.sign, dollars * float(self.rate), decimals)


CURRENCIES = (
    Currency("yen", "¥", "150", 0),
    Currency("rupees", "₹", "80", 0),
    Currency("euros", "€", "0.80", 2),
)


def currency(case: Case, rng: np.random.Generator) -> Asked:
    """One to three groups' gains in one foreign currency."""
    foreign = CURRENCIES[int(rng.integers(len(CURRENCIES)))]
    groups = rng.permutation(len(STAKEHOLDERS))[: int(rng.integers(1, len(STAKEHOLDERS)))]
    blocks = [
        block(
            case,
            own,
            figures=[
                _shown(case, foreign, raw) if who in groups else gain(case.wording, raw)
                for who, raw in enumerate(case.welfare[own])
            ],
        )
        for own in case.order
    ]
    rate = f"{foreign.rate} {foreign.name} to the dollar"
    if case.compact:
        note = f"Those marked {foreign.sign} are in hundreds of {foreign.name}, {rate}."
    else:
        note = (
            f"Gains marked {foreign.sign} are stated in {foreign.name} instead of dollars; the rate of "
            f"exchange is {rate}."
        )
    return Asked(assemble(case, blocks, note=note), case.welfare, variant=foreign.name)


def _shown(case: Case, foreign: Currency, raw: float) -> str:
    dollars = raw * DOLLARS_PER_UNIT
    return foreign.amount(dollars / 100, 2) if case.compact else foreign.amount(dollars, foreign.decimals)
