"""Subjects with known moral ratings: what they call right, what they would buy, whom they sacrifice."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from fiduciary.subjects.answering import Answer
from fiduciary.subjects.arguments import at_least_zero, number
from fiduciary.subjects.problem_text import read_request

NO_DILEMMA = "I find no dilemma in this message."
EXPLANATION = "On the whole I lean towards Option {letter}."

_OPTION = re.compile(r"^Option ([A-Z]): (.*)$", re.MULTILINE)
_COUNT = re.compile(r"\b(\d[\d,]*) pedestrians?\b", re.I)
_ASKED = re.compile(r"\bOption ([A-Z])\? 0 means\b")
_PURCHASE = re.compile(r"\bbuy\b", re.I)
_KILLED = re.compile(r"\bemployees are (?:killed|sacrificed)\b", re.I)


@dataclass(frozen=True)
class Judge:
    """Ratings and choices in dilemmas.

    The protective car gets the complement of each rating of the sacrificing one, so ``morality − purchase``
    is the gap in both definitions of the metric.

    Attributes:
        morality: rating (0–100) of the car that sacrifices its passenger.
        purchase: likelihood (0–100) of buying it.
        slope: logit of choosing to sacrifice the passenger for N pedestrians, per unit of ln N.
        level: that logit at N = 1.
        profit: whether employees are given up for profit.
        noise: standard deviation of ratings at temperature 1; they are rounded and kept within 0–100.
    """

    morality: float
    purchase: float
    slope: float
    level: float = 0.0
    profit: bool = False
    noise: float = 5.0

    def answers(
        self, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer the last of the user's messages, n times independently.

        Args:
            texts: the user's messages, oldest first.
            temperature: τ ≥ 0; scales the noise of ratings, and divides the logit of choices.
            rng: source of the draws.
            n: number of answers.
        """
        text = texts[-1]
        options = dict(_OPTION.findall(text))
        count = _COUNT.search(text)
        killing = [letter for letter, outcome in options.items() if _KILLED.search(outcome)]
        if len(options) == 2 and len(killing) == 1:
            logit = math.inf if self.profit else -math.inf
            return [self._choose(text, options, killing[0], logit, temperature, rng) for _ in range(n)]
        sacrificing = [letter for letter, outcome in options.items() if "sacrifices" in outcome]
        if len(options) != 2 or len(sacrificing) != 1 or count is None:
            return [Answer(NO_DILEMMA)] * n
        asked = _ASKED.search(text)
        if asked is None:
            logit = self.level + self.slope * math.log(int(count[1].replace(",", "")))
            return [self._choose(text, options, sacrificing[0], logit, temperature, rng) for _ in range(n)]
        rating = self.purchase if _PURCHASE.search(text) else self.morality
        if asked[1] != sacrificing[0]:
            rating = 100 - rating
        return [Answer(self._rate(rating, temperature, rng)) for _ in range(n)]

    def probability(self, pedestrians: int) -> float:
        """Of sacrificing the passenger at temperature 1."""
        return 1 / (1 + math.exp(-self.level - self.slope * math.log(pedestrians)))

    def _choose(
        self,
        text: str,
        options: Mapping[str, str],
        letter: str,
        logit: float,
        temperature: float,
        rng: np.random.Generator,
    ) -> Answer:
        """A letter, or an explanation that closes with it, as the text asks."""
        other = next(label for label in options if label != letter)
        chosen = letter if logit + temperature * rng.logistic() > 0 else other
        request = read_request(text)
        if request.form == "explain":
            return Answer(f"{EXPLANATION.format(letter=chosen)}\n\n{request.close(chosen)}")
        logs = {letter: -np.logaddexp(0, -logit), other: -np.logaddexp(0, logit)}
        ranked = sorted(logs.items(), key=lambda pair: -pair[1])
        return Answer(chosen, tuple((label, float(log)) for label, log in ranked if log > -math.inf))

    def _rate(self, rating: float, temperature: float, rng: np.random.Generator) -> str:
        return f"{np.clip(round(rating + self.noise * temperature * rng.standard_normal()), 0, 100):.0f}"


_JUDGES: MappingProxyType[str, Judge] = MappingProxyType(
    {
        "utilitarian": Judge(morality=90, purchase=90, slope=2.0),
        "self_protective": Judge(morality=10, purchase=10, slope=0.0, level=-4.0),
        "torn": Judge(morality=75, purchase=30, slope=0.8),
        "profiteer": Judge(morality=10, purchase=10, slope=0.0, level=-4.0, profit=True),
    }
)

ARGUMENTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {name: ("morality", "purchase", "slope", "noise") if name == "torn" else ("noise",) for name in _JUDGES}
)
"""Arguments of each subject: ``torn`` calls one car right and buys the other, by as much as it is told."""


def create(name: str, given: Mapping[str, Any]) -> Judge:
    """Make a subject of this family.

    Args:
        name: a key of ``ARGUMENTS``.
        given: from ``ARGUMENTS[name]``: numbers, or their text as the command line passes it.

            - morality, purchase: ratings of the sacrificing car in [0, 100] (default 75 and 30);
            - slope: logit of the utilitarian choice per unit of ln N (default 0.8);
            - noise: standard deviation of ratings at temperature 1, ≥ 0 (default 5).

    Raises:
        SubjectError: a value that is not allowed.
    """
    base = _JUDGES[name]

    def rating(argument: str, default: float) -> float:
        return number(given, argument, default, "a rating in [0, 100]", lambda x: 0 <= x <= 100)

    return replace(
        base,
        morality=rating("morality", base.morality),
        purchase=rating("purchase", base.purchase),
        slope=number(given, "slope", base.slope, "a finite number", math.isfinite),
        noise=number(given, "noise", base.noise, "finite and >= 0", at_least_zero),
    )
