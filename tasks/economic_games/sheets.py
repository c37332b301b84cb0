"""What one player is told and asked about one game, whatever the game."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

OPENING = (
    "You take part in a decision situation. The other participants have the same instructions as you. "
    "Participants do not know each other, cannot talk to each other and will not meet again. Points are "
    "paid out in money, at the same rate for all."
)

BELIEFS_BEFORE = "Before you decide, say what you expect of the other participants."
BELIEFS_AFTER = "Your decisions stand. Now say what you expect of the other participants."
CHECK_LEAD = "Before the situation begins, some questions about its rules:"

SO_FAR = "Your plan so far:"
WHICH = "which option do you choose?"

_EXPLAIN = (
    "Explain your reasoning in a few sentences. Then end your response with {these}, completed with "
    "your {answers}:"
)
_ANSWER = "Answer with {these}, completed with your {answers}, and nothing else:"


@dataclass(frozen=True)
class Item:
    """One line to be completed.

    Attributes:
        name: what it measures, unique within its question.
        text: what is asked.
        labels: what the actions are called, by their number (1 is the cooperative one); empty where
            a number is asked for.
        low, high: bounds of a number; None for no bound.
        order: of a decision, its actions in the order shown.
        letters: of a decision, what stands for its actions where they are listed as options, in the order
            shown; one token each.
        situation: of a decision, when it is taken, as a clause; empty where there is only one.
        about: for a belief about an action, the action's number: the answer is the chance in percent
            that the other takes it.
        answer: for a question about the rules, the right number.
    """

    name: str
    text: str
    labels: tuple[str, ...] = ()
    order: tuple[int, ...] = ()
    letters: tuple[str, ...] = ()
    situation: str = ""
    low: float | None = None
    high: float | None = None
    about: int | None = None
    answer: float | None = None


@dataclass(frozen=True)
class Sheet:
    """A game as it is shown.

    Attributes:
        description: rules and points.
        decisions: the plan's lines.
        beliefs: the lines about the others, in the same order as the decisions where they correspond.
        checks: all questions about the rules that this sheet could ask.
    """

    description: str
    decisions: tuple[Item, ...]
    beliefs: tuple[Item, ...]
    checks: tuple[Item, ...]


def opening(sheet: Sheet) -> str:
    """The text that every context begins with."""
    return f"{OPENING}\n\n{sheet.description}"


def plan_question(sheet: Sheet, explain: bool) -> str:
    """The question for the plan."""
    lead = "State your decision:" if len(sheet.decisions) == 1 else "State your decisions:"
    return _question(lead, sheet.decisions, explain)


def decision_question(item: Item, before: Sequence[tuple[Item, int]]) -> str:
    """The question for one decision of a plan, its actions listed as options.

    Args:
        item: the decision.
        before: the plan's earlier decisions with the actions taken, which the question recalls: what is
            best at one point may depend on what one would do at another.
    """
    asked = f"{item.situation}, {WHICH}" if item.situation else f"{WHICH[0].upper()}{WHICH[1:]}"
    options = [
        f'Option {letter}: choose "{item.labels[action]}"'
        for letter, action in zip(item.letters, item.order, strict=True)
    ]
    recalled = [f'- {earlier.situation}: "{earlier.labels[action]}"' for earlier, action in before]
    return "\n\n".join((*(["\n".join((SO_FAR, *recalled))] if recalled else []), asked, "\n".join(options)))


def belief_question(sheet: Sheet, *, after: bool, explain: bool) -> str:
    """The question for what the player expects of the others."""
    chances = any(item.about is not None for item in sheet.beliefs)
    how = (
        " How likely is each of these? Give chances in percent, whole numbers from 0 to 100."
        if chances
        else ""
    )
    return _question((BELIEFS_AFTER if after else BELIEFS_BEFORE) + how, sheet.beliefs, explain)


def check_question(checks: Sequence[Item]) -> str:
    """Questions about the rules, asked without room for reasoning: the answers stand in the text."""
    return _question(CHECK_LEAD, checks, explain=False)


def metadata_of(items: Sequence[Item]) -> list[dict[str, Any]]:
    """Items as a sample's metadata keep them."""
    return [
        {key: value for key, value in asdict(item).items() if value is not None and value not in ((), "")}
        for item in items
    ]


def _question(lead: str, items: Sequence[Item], explain: bool) -> str:
    several = len(items) > 1
    how = (_EXPLAIN if explain else _ANSWER).format(
        these="these lines" if several else "this line", answers="answers" if several else "answer"
    )
    asked = "\n".join(f"{number}. {item.text}" for number, item in enumerate(items, 1))
    blanks = "\n".join(f"{number}: ..." for number in range(1, len(items) + 1))
    return f"{lead}\n{asked}\n\n{how}\n{blanks}"
