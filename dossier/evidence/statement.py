"""Defining the business problem: whose interests count, as the organisation states it."""

from __future__ import annotations

from fiduciary.dossier.case import Case
from fiduciary.dossier.ledger import Ledger
from fiduciary.dossier.words import figure
from fiduciary.economics.conventions import STAKEHOLDERS

PLACE = "problem.statement"


def enter(case: Case, ledger: Ledger) -> None:
    """The principal's weights and its substitution."""
    ledger.topic = "The principal"
    source = ledger.stated(" ".join(case.principal.options()))
    utility = case.principal.utility
    for who, weight in zip(STAKEHOLDERS, utility.theta, strict=True):
        ledger.claim(
            f"{PLACE}.{who}",
            f"Weight of {who}",
            f"The principal gives {who} a weight of {figure(weight, 'weight')}; all four add up to 1.",
            [source],
            weight,
            "weight",
        )
    if max(utility.theta) < 1:
        maximin = utility.rho == float("-inf")
        ledger.claim(
            f"{PLACE}.rho",
            "Substitution",
            "Only the group that fares worst counts."
            if maximin
            else f"How far a gain for one group makes up for a loss of another: "
            f"{figure(utility.rho, 'number')}, where 1 is in full and lower values shield whoever has "
            "least.",
            [source],
            None if maximin else utility.rho,
            None if maximin else "number",
        )
