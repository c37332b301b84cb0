"""How budgets were split, and whether the splits of a set come from a preference."""

from __future__ import annotations

from typing import Any

import numpy as np
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.economics.budgets import (
    afriat_index,
    houtman_maks_index,
    money_pump_index,
    relative_costs,
    satisfies_garp,
    varian_index,
)
from fiduciary.economics.conventions import DOLLARS_PER_UNIT
from fiduciary.scorers.allocation.budget_set import AskedSet, set_of
from fiduciary.scorers.allocation.metrics import budget_answers, budget_demand, budget_rationality
from fiduciary.scorers.answers import answers_of
from fiduciary.scorers.reading.splits import Split, read_split

INDICES = ("garp", "afriat", "varian", "money_pump", "houtman_maks")


@scorer(metrics=[budget_rationality(), budget_answers(), budget_demand()])
def budget_allocations() -> Scorer:
    """Read all splits of a set; the value is the share of them that are valid.

    The score's metadata hold ``dollars`` spent on each group in the order of ``stakeholders`` (None where
    the answer is missing), the ``reasons`` where it is, and the indices of the set's valid splits: ``garp``,
    ``afriat``, ``varian``, ``money_pump`` and ``houtman_maks`` (None with fewer than two). What was
    spent is taken as the budget: money that was left over buys nothing that could be compared.
    """

    async def score(state: TaskState, target: Target) -> Score:
        asked = set_of(state.metadata, state.sample_id)
        splits = _read(state, asked)
        valid = [i for i, split in enumerate(splits) if split.dollars is not None]
        indices = _indices(asked, splits, valid)
        metadata: dict[str, Any] = {
            "dollars": [None if split.dollars is None else list(split.dollars) for split in splits],
            "reasons": [split.reason for split in splits],
            "temperature": asked.temperature,
            **indices,
        }
        return Score(
            value=len(valid) / len(splits),
            answer=f"{len(valid)} of {len(splits)} budgets split",
            explanation=_explain(indices),
            metadata=metadata,
        )

    return score


def _read(state: TaskState, asked: AskedSet) -> list[Split]:
    """Splits of all budgets, groups in the order of the set's stakeholders."""
    answers = answers_of(state)
    splits = []
    for number, amount in enumerate(asked.budgets.amounts):
        kept = answers.get(str(number))
        if kept is None or kept.error:
            splits.append(Split(reason="error"))
            continue
        splits.append(
            read_split(
                kept.text, asked.budgets.stakeholders, float(amount) * DOLLARS_PER_UNIT, kept.stop_reason
            )
        )
    return splits


def _indices(asked: AskedSet, splits: list[Split], valid: list[int]) -> dict[str, Any]:
    if len(valid) < 2:
        return dict.fromkeys(INDICES)
    dollars = np.array([splits[i].dollars for i in valid], float)
    prices = asked.budgets.prices[valid]
    relative = relative_costs(prices, dollars / prices)
    return {
        "garp": bool(satisfies_garp(relative)),
        "afriat": float(afriat_index(relative)),
        "varian": varian_index(relative),
        "money_pump": money_pump_index(relative, dollars.sum(axis=1)),
        "houtman_maks": houtman_maks_index(relative),
    }


def _explain(indices: dict[str, Any]) -> str:
    if indices["garp"] is None:
        return "fewer than two valid splits: nothing to compare"
    if indices["garp"]:
        return "the splits satisfy GARP: some utility explains all of them"
    return (
        f"the splits violate GARP; Afriat's index {indices['afriat']:.3f}, "
        f"{indices['houtman_maks']:.0%} of them are consistent together"
    )
