"""What a player does in a game, from numbered lines or from the labels of one decision after another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fiduciary.economics.games import FORMS, plans
from fiduciary.scorers.answers import Kept
from fiduciary.scorers.labelled import read_labelled
from fiduciary.scorers.reading.lines import read_lines
from fiduciary.scorers.reading.numbers import Said

PLAN = "plan"
"""Name of the question for a plan and of that for its first decision; ``solvers/economic_games.py`` asks."""

Items = Sequence[Mapping[str, Any]]
Course = tuple[int, ...]
"""Actions in the order in which decisions were asked."""


@dataclass(frozen=True)
class PlanRead:
    """What was read of a plan.

    Attributes:
        values: of every decision the action (1 is the cooperative one) or number that was stated, or the
            probability of action 1; None where missing.
        missing: the reason of every missing decision.
        shares: of a sequential game, the probability of each of ``economics.games.plans``: 1 for a stated
            one; None where a decision is missing, and for other games.
        outside: mean probability of tokens that are not labels; NaN for texts.
    """

    values: Mapping[str, float | None]
    missing: Mapping[str, str]
    shares: tuple[float, ...] | None
    outside: float = math.nan


def read_stated(kept: Kept | None, items: Items, form: str) -> PlanRead:
    """A plan that was stated in numbered lines.

    Args:
        kept: the answer; None where nothing came back.
        items: the decisions in the order asked.
        form: of the game.
    """
    lines = lines_of(kept, items)
    values = {name: line.value for name, line in lines.items()}
    missing = {name: line.reason for name, line in lines.items() if line.reason is not None}
    known = [value for value in values.values() if value is not None]
    shares = None if missing else _shares(form, list(values), {tuple(map(int, known)): 1.0})
    return PlanRead(values, missing, shares)


def read_chosen(answers: Mapping[str, Kept], items: Items, form: str) -> PlanRead:
    """A plan from its decisions, each asked after every course h of the earlier ones.

    With p(a | h) the probability of an action renormalised over the labels, a course has the product of its
    actions' probabilities, and a decision's value is the sum over the courses in which it is 1. Where a
    decision is missing after some course, so are all decisions from it on.

    Args:
        answers: by name: that for the first decision is ``plan``, that after the actions 1 and 0 ``plan-10``.
        items: the decisions in the order asked, with ``letters`` and ``order``.
        form: of the game.
    """
    values: dict[str, float | None] = {str(item["name"]): None for item in items}
    joint: dict[Course, float] = {(): 1.0}
    outside: list[float] = []
    reason: str | None = None
    for item in items:
        longer: dict[Course, float] = {}
        for before, reached in joint.items():
            name = f"{PLAN}-{''.join(map(str, before))}" if before else PLAN
            read = read_labelled(answers.get(name), "choose", item["letters"])
            chances = read.tempered(1.0)
            if chances is None:
                reason = reason or read.reason
                continue
            outside.append(read.outside)
            longer |= {(*before, a): reached * p for a, p in zip(item["order"], chances, strict=True)}
        if reason is not None:
            break
        joint = longer
        values[str(item["name"])] = sum(p for course, p in joint.items() if course[-1] == 1)
    missing = {name: reason for name, value in values.items() if value is None and reason is not None}
    return PlanRead(
        values,
        missing,
        None if missing else _shares(form, list(values), joint),
        sum(outside) / len(outside) if outside else math.nan,
    )


def lines_of(kept: Kept | None, items: Items) -> dict[str, Said]:
    """The lines of an answer; a request that failed leaves them missing as errors."""
    text, stop_reason = (kept.text, kept.stop_reason) if kept and not kept.error else ("", None)
    return read_lines(text, items, stop_reason)


def _shares(form: str, asked: Sequence[str], joint: Mapping[Course, float]) -> tuple[float, ...] | None:
    """Probabilities of plans, whose actions stand in the form's order, from those of courses."""
    if form not in FORMS:
        return None
    places = [asked.index(node.name) for node in FORMS[form].nodes]
    of_plan = {tuple(course[place] for place in places): p for course, p in joint.items()}
    return tuple(of_plan.get(plan, 0.0) for plan in plans(form))
