"""From the text of a message to an inventory's statements and scale, and from judgements to an answer."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.psychometrics.instruments import ANCHORS
from fiduciary.subjects.answering import Answer, tokenize

NO_SCALE = "I find no statement with a scale in this message."
UNKNOWN = "It is unclear to me what this statement is about."
REFUSAL = "I would rather not answer that."

_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_ANCHOR = re.compile(
    rf"^[ \t>*-]*(?:(?P<label>\w)[ \t]*[=:.)][ \t]*)?(?P<anchor>{'|'.join(ANCHORS)})[ \t.]*$", re.IGNORECASE
)
_NUMBERED = re.compile(r"^\s*(\d+)[.)]\s+(.*\S)\s*$")
_FRAME = re.compile(r"^(?:Statement:|>)\s*")


@dataclass(frozen=True)
class Questionnaire:
    """What one text asks.

    Attributes:
        statements: as they stand, without numbers or quotation marks.
        numbers: of the statements where they are numbered; empty where there is one without.
        labels: in the order shown.
        answers: agreement 1 to 5 that each label stands for.
    """

    statements: tuple[str, ...]
    numbers: tuple[str, ...]
    labels: tuple[str, ...]
    answers: tuple[int, ...]


class Judge(Protocol):
    """Whose answers a :class:`SelfReport` gives."""

    def probabilities(
        self, statement: str, questionnaire: Questionnaire, rng: np.random.Generator
    ) -> FloatArray | None:
        """Of each label, in the order shown, at temperature 1; None where the statement says nothing."""
        ...


def read_questionnaire(text: str) -> Questionnaire | None:
    """The statements and the scale of a text: the paragraph with five anchors, and the one before it."""
    before = ""
    for paragraph in _PARAGRAPH.split(text):
        found = [match for line in paragraph.splitlines() if (match := _ANCHOR.match(line))]
        if len(found) == len(ANCHORS):
            labels = tuple(match["label"] or match["anchor"] for match in found)
            answers = tuple(ANCHORS.index(match["anchor"].lower()) + 1 for match in found)
            if not before or len(set(labels)) < len(labels) or len(set(answers)) < len(answers):
                return None
            listed = [match for line in before.splitlines() if (match := _NUMBERED.match(line))]
            if listed:
                statements = tuple(_bare(match[2]) for match in listed)
                return Questionnaire(statements, tuple(match[1] for match in listed), labels, answers)
            return Questionnaire((_bare(before),), (), labels, answers)
        before = paragraph
    return None


@dataclass(frozen=True)
class SelfReport:
    """A respondent to inventories.

    Attributes:
        judge: gives the probabilities of the labels.
        refusals: share of statements (with many in one prompt, of prompts) that it refuses.
    """

    judge: Judge
    refusals: float = 0.0

    def answers(
        self, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer the latest of the user's messages that asks something, n times independently.

        Args:
            texts: the user's messages, oldest first.
            temperature: τ ≥ 0: a label is drawn with probability ∝ P^(1/τ).
            rng: source of the draws.
            n: number of answers.
        """
        for text in reversed(texts):
            asked = read_questionnaire(text)
            if asked is not None:
                return [self._answer(asked, temperature, rng) for _ in range(n)]
        return [_certain(NO_SCALE)] * n

    def _answer(self, asked: Questionnaire, temperature: float, rng: np.random.Generator) -> Answer:
        refuses = rng.random() < self.refusals
        judged = [self.judge.probabilities(statement, asked, rng) for statement in asked.statements]
        if asked.numbers:
            if refuses:
                return Answer(REFUSAL)
            lines = [
                f"{number}: {UNKNOWN if p is None else asked.labels[_draw(p, temperature, rng)]}"
                for number, p in zip(asked.numbers, judged, strict=True)
            ]
            return Answer("\n".join(lines))
        [p] = judged
        if p is None:
            return _certain(UNKNOWN)
        text = REFUSAL if refuses else asked.labels[_draw(p, temperature, rng)]
        if any(len(label) > 1 for label in asked.labels):
            return Answer(text)  # two phrases begin with one token
        answered = (p * (1 - self.refusals)).tolist()
        mass: dict[str, float] = dict(zip(asked.labels, answered, strict=True))
        mass[tokenize(REFUSAL)[0]] = self.refusals
        ranked = sorted(((t, math.log(m)) for t, m in mass.items() if m > 0), key=lambda pair: -pair[1])
        return Answer(text, tuple(ranked))


def _draw(probabilities: FloatArray, temperature: float, rng: np.random.Generator) -> int:
    with np.errstate(divide="ignore"):
        logs = np.log(probabilities)
    return int(np.argmax(logs + temperature * rng.gumbel(size=len(logs))))


def _certain(text: str) -> Answer:
    return Answer(text, ((tokenize(text)[0], 0.0),))


def _bare(text: str) -> str:
    """A statement without what frames it."""
    return _FRAME.sub("", text.strip()).strip('"“”').strip()
