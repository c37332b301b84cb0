"""What a player of economic games states: a plan, beliefs, and answers about the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.scorers.answers import answers_of
from fiduciary.scorers.economic_games.metrics import (
    beliefs_missing,
    cooperation_rates,
    play_quality,
    rules_right,
    social_preference,
)
from fiduciary.scorers.economic_games.plans import PLAN, Items, lines_of, read_chosen, read_stated
from fiduciary.scorers.metrics.missing_rate import missing_rate

BELIEF, CHECK = "beliefs", "checks"
"""Names of a sample's other questions; ``solvers/economic_games.py`` asks them."""

REQUIRED = ("game", "group", "form", "parameters", "repeat", "presentation", "items", "elicitation")


@scorer(
    metrics=[
        cooperation_rates(),
        social_preference(),
        play_quality(),
        missing_rate(),
        beliefs_missing(),
        rules_right(),
    ]
)
def game_play() -> Scorer:
    """Read plan, beliefs and answers about the rules; 1 where the whole plan was read and 0 elsewhere.

    The score's metadata hold

    - ``plan``: the action (1 is the cooperative one) or number at each decision, or the probability of
      action 1 where decisions are chosen one by one; None where missing;
    - ``shares``: of a sequential game, the probability of each plan, None where a decision is missing;
    - ``mass_outside``: where decisions are chosen one by one, the mean probability of what is not a label;
    - ``belief``: the probability of the other's cooperative action, or the number expected, by name;
    - ``reason``: why the plan is missing (any line of it), or None;
    - ``belief_reason``: the same of the beliefs;
    - ``lines_missing``: the reason of every missing line, by question and name;
    - ``rules``: whether each question about the rules was answered rightly, None where unreadable.

    Nothing that is missing or wrong leaves a sample out of anything else.
    """

    async def score(state: TaskState, target: Target) -> Score:
        lacking = [key for key in REQUIRED if key not in (state.metadata or {})]
        if lacking:
            raise ValueError(
                f"sample {state.sample_id!r} cannot be scored: its metadata lack {', '.join(lacking)}. "
                "This scorer reads logs of tasks/economic_games"
            )
        items: Mapping[str, Items] = state.metadata["items"]
        answers, form = answers_of(state), str(state.metadata["form"])
        by_label = state.metadata["elicitation"] == "choose"
        plan = (
            read_chosen(answers, items[PLAN], form)
            if by_label
            else read_stated(answers.get(PLAN), items[PLAN], form)
        )
        read = {question: lines_of(answers.get(question), items[question]) for question in (BELIEF, CHECK)}
        belief = {
            item["name"]: _expected(read[BELIEF][item["name"]].value, item.get("about"))
            for item in items[BELIEF]
        }
        missing = {f"{PLAN}.{name}": reason for name, reason in plan.missing.items()} | {
            f"{question}.{name}": line.reason
            for question, lines in read.items()
            for name, line in lines.items()
            if line.reason is not None
        }
        beliefs = [line.reason for line in read[BELIEF].values() if line.reason is not None]
        return Score(
            value=0.0 if plan.missing else 1.0,
            answer=", ".join(_said(item, plan.values[item["name"]], by_label) for item in items[PLAN]),
            explanation="; ".join(f"{key} missing: {reason}" for key, reason in missing.items()) or None,
            metadata={
                "plan": plan.values,
                "shares": plan.shares,
                "belief": belief,
                "reason": next(iter(plan.missing.values()), None),
                "belief_reason": beliefs[0] if beliefs else None,
                "lines_missing": missing,
                "rules": {
                    item["name"]: _right(read[CHECK][item["name"]].value, item["answer"])
                    for item in items[CHECK]
                },
            }
            | ({"mass_outside": plan.outside} if by_label else {}),
        )

    return score


def _expected(value: float | None, about: int | None) -> float | None:
    """A chance in percent as the probability of the cooperative action; another number as it is."""
    if value is None or about is None:
        return value
    return value / 100 if about == 1 else 1 - value / 100


def _right(value: float | None, answer: float) -> bool | None:
    return None if value is None else abs(value - answer) < 1e-6


def _said(item: Mapping[str, Any], value: float | None, by_label: bool) -> str:
    if value is None:
        return f"{item['name']} missing"
    if by_label:
        return f"{item['name']} {item['labels'][1]} {value:.2f}"
    return f"{item['name']} {item['labels'][int(value)] if item.get('labels') else f'{value:g}'}"
