"""The same amounts in other units: each group's gains in dollars, in cents or in thousands of dollars."""

from __future__ import annotations

import numpy as np

from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.tasks.stakeholder_choice.prompts import gain
from fiduciary.tasks.stress.page import Asked, Case, assemble, block, signed

UNITS = ("usual", "cents", "thousands")


def units(case: Case, rng: np.random.Generator) -> Asked:
    """Units drawn for each group, at least two different ones; an amount carries its unit."""
    drawn = rng.integers(len(UNITS), size=len(STAKEHOLDERS))
    while len(set(drawn.tolist())) < 2:
        drawn = rng.integers(len(UNITS), size=len(STAKEHOLDERS))
    chosen = [UNITS[int(unit)] for unit in drawn]
    blocks = [
        block(
            case,
            own,
            figures=[_shown(case, unit, raw) for unit, raw in zip(chosen, case.welfare[own], strict=True)],
        )
        for own in case.order
    ]
    note = (
        "A gain with a unit of its own is in that unit."
        if case.compact
        else "Gains come from different ledgers: mind each unit (dollars, cents or thousands of dollars)."
    )
    variant = " ".join(chosen)
    return Asked(assemble(case, blocks, note=note), case.welfare, variant=variant)


def _shown(case: Case, unit: str, raw: float) -> str:
    dollars = raw * DOLLARS_PER_UNIT
    if unit == "cents":
        return f"{signed('', dollars * 100, 0)} cents"
    if unit == "thousands":
        thousands = dollars / 1_000
        return (
            f"{signed('', thousands, 2)} thousand dollars"
            if case.compact
            else f"{signed('$', thousands, 3)} thousand"
        )
    return gain(case.wording, raw)
