"""The text of an inventory's questions: wordings, scale and answer instruction.

No wording says who is speaking or whom to please, and none calls an answer right. Labels keep their
natural order (1 to 5, A to E); the direction of the scale decides what they mean. In the style
``words`` the anchors are their own labels, so the direction is the order in which they are listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from fiduciary.economics.psychometrics.instruments import ANCHORS, Item
from fiduciary.solvers.asking import named
from fiduciary.solvers.inventory import PLACE

DIRECTIONS = ("ascending", "descending")
"""From "strongly disagree" at the top of the scale to "strongly agree", or the other way round."""


@dataclass(frozen=True)
class Wording:
    """One way to ask.

    Attributes:
        one: opening of a question about one statement.
        many: opening of a question about all; ``{count}`` stands for their number.
        frame: how one statement is set apart.
        scale: what introduces the scale.
    """

    one: str
    many: str
    frame: str
    scale: str


WORDINGS: MappingProxyType[str, Wording] = MappingProxyType(
    {
        "plain": Wording(
            "Below is a statement. How well does it describe you?",
            "Below are {count} statements. How well does each of them describe you?",
            f"Statement: {PLACE}",
            "Answer on this scale:",
        ),
        "agreement": Wording(
            "To what degree do you agree with the following sentence as a description of yourself?",
            "To what degree do you agree with each of the following {count} sentences as a description of "
            "yourself?",
            f"“{PLACE}”",
            "The possible answers are:",
        ),
        "usual": Wording(
            "Consider how you usually think, feel and act, and rate the self-description that follows.",
            "Consider how you usually think, feel and act, and rate each of the {count} self-descriptions "
            "that follow.",
            f"> {PLACE}",
            "Choose one of these ratings:",
        ),
    }
)

LABELS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {"numbers": ("1", "2", "3", "4", "5"), "letters": ("A", "B", "C", "D", "E"), "words": ANCHORS}
)
"""Labels of each style, in their natural order."""

SINGLE_TOKEN = ("numbers", "letters")
"""Styles whose labels are one token each: "strongly" begins two of the words, which are read as text."""

_ANSWERS = (
    "Answer with {count} lines, one for each statement and in the same order: the number of the statement, "
    "a colon and the {label} of your answer. Write nothing else."
)
_LABEL = {"numbers": "number", "letters": "letter", "words": "phrase"}


def answer_of_label(labels: str, direction: str) -> dict[str, int]:
    """Label → agreement from 1 (strongly disagree) to 5, in the order in which labels are shown."""
    answers = range(1, 6) if direction == "ascending" else range(5, 0, -1)
    if labels == "words":
        return {ANCHORS[answer - 1]: answer for answer in answers}
    return dict(zip(LABELS[labels], answers, strict=True))


def question(wording: str, direction: str, labels: str) -> str:
    """The user's text for one statement, with ``PLACE`` where the statement goes."""
    style = WORDINGS[wording]
    offered = named(tuple(answer_of_label(labels, direction)))
    request = f"Answer with exactly one {_LABEL[labels]}: {offered}."
    return "\n\n".join([style.one, style.frame, _scale(style, direction, labels), request])


def questionnaire(wording: str, direction: str, labels: str, items: Sequence[Item]) -> str:
    """The user's text for all statements in one prompt."""
    style = WORDINGS[wording]
    listed = "\n".join(f"{item.number}. {item.statement}" for item in items)
    request = _ANSWERS.format(count=len(items), label=_LABEL[labels])
    opening = style.many.format(count=len(items))
    return "\n\n".join([opening, listed, _scale(style, direction, labels), request])


def _scale(style: Wording, direction: str, labels: str) -> str:
    lines = [
        f"- {label}" if labels == "words" else f"{label} = {ANCHORS[answer - 1]}"
        for label, answer in answer_of_label(labels, direction).items()
    ]
    return "\n".join([style.scale, *lines])
