"""The samples of a run: one for each set of budgets and order in which its groups are named."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.economics.budgets import BudgetSet, draw_budgets
from fiduciary.economics.conventions import ABBREVIATIONS, SHIFT, STAKEHOLDERS
from fiduciary.solvers.counterbalancing import rotations
from fiduciary.tasks.allocation.prompts import render

VERSION = "1-A"

GROUPS = ("default", "pairs", "all")
"""Every pair and all four together; every pair; all four."""

_STREAM = 0xB0D6  # keeps these draws apart from others that start from the same seed


@dataclass(frozen=True)
class AllocationDesign:
    """What a run asks, checked.

    Attributes:
        sets: the stakeholders of each set of budgets.
        budgets: number of budgets of a set.
        seed: seed of every draw.
        framing: a key of ``framings.FRAMINGS``.
        elicitation: one of ``solvers.allocation.BUDGET_ELICITATIONS``.
        temperature: τ ≥ 0.
    """

    sets: tuple[tuple[str, ...], ...]
    budgets: int
    seed: int
    framing: str
    elicitation: str
    temperature: float


def sets_of(groups: str) -> tuple[tuple[str, ...], ...]:
    """The sets that a name in ``GROUPS`` stands for."""
    pairs = tuple(combinations(STAKEHOLDERS, 2))
    return {"default": (*pairs, STAKEHOLDERS), "pairs": pairs, "all": (STAKEHOLDERS,)}[groups]


def build(design: AllocationDesign) -> Dataset:
    """The samples of a design. Budgets of one set do not depend on which others are asked."""
    samples = [sample for names in design.sets for sample in _samples(design, names)]
    return MemoryDataset(samples, name="allocation")


def _samples(design: AllocationDesign, names: tuple[str, ...]) -> Iterator[Sample]:
    name = "-".join(ABBREVIATIONS[STAKEHOLDERS.index(who)] for who in names)
    rng = np.random.default_rng([design.seed, zlib.crc32(name.encode()), _STREAM])
    budgets = draw_budgets(names, design.budgets, rng)
    for rotation, order in enumerate(rotations(tuple(range(len(names))))):
        shown = [names[own] for own in order]
        questions = [
            render(shown, prices[list(order)].tolist(), amount)
            for prices, amount in zip(budgets.prices, budgets.amounts.tolist(), strict=True)
        ]
        yield Sample(
            input=questions[0],
            id=f"{name}-r{rotation}",
            metadata={
                "task": "allocation",
                "version": VERSION,
                "group": name,
                **_numbers(budgets),
                "shown": shown,
                "questions": questions,
                "temperature": design.temperature,
                "base": 0.0,
                "shift": SHIFT,
                "framing": design.framing,
                "elicitation": design.elicitation,
                "seed": design.seed,
            },
        )


def _numbers(budgets: BudgetSet) -> dict[str, object]:
    return {
        "stakeholders": list(budgets.stakeholders),
        "prices": budgets.prices.tolist(),
        "amounts": budgets.amounts.tolist(),
    }
