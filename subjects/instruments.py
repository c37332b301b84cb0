"""Subjects whose explanations can be asked to weigh a group, with a known effect of what they argue.

Behind an explanation that argues for group a, and with an encouragement to weigh group z in the context, the
value of option j is::

    V_j = U_j + conviction · w_ja + direct · w_jz

w raw units, U a CES utility. Unasked, an explanation argues for the group that the preferred option serves
best against the mean of the options: what is argued and what is chosen then go together whether or not the
one causes the other.

``persuaded``: its explanation causes its choice. ``decorator``: its explanation is decoration. ``directed``:
so it is, and the encouragement itself moves the choice.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.logit import log_choice_probabilities
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.subjects.answering import Answer, tokenize
from fiduciary.subjects.arguments import number
from fiduciary.subjects.problem_text import Problem, group_named, read_problem, read_request
from fiduciary.subjects.wording import NO_OPTIONS

ARGUMENTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {name: ("heed", "conviction", "direct") for name in ("persuaded", "decorator", "directed")}
)
"""Arguments of each subject."""

CONVICTION = 0.3
"""Utils for a raw unit of the gain of the group that is argued for."""

HEED = 0.7

_ENCOURAGES = re.compile(r"\b(?:weigh|attention|think above all|consider)\b", re.IGNORECASE)
_FIGURE = re.compile(r"\d")

_ARGUMENTS = (
    "What matters most here is what {group} gain. They receive {money} under {option}, so I favor {option}.",
    "I give most weight to {group}. {option} leaves them {money}, which makes it the best choice.",
    "The {group} come first in this decision. With {money} for them, I prefer {option}.",
)


@dataclass(frozen=True)
class Arguer:
    """A preference, what it argues, and what arguing does to it.

    Attributes:
        preference: gives U.
        heed: share of encouragements that its explanations follow.
        conviction: utils for a raw unit of the gain of the group that its explanation argues for.
        direct: utils for a raw unit of the gain of the group that an encouragement in the context names.
    """

    preference: CES
    heed: float = HEED
    conviction: float = 0.0
    direct: float = 0.0

    def values(
        self, welfare: FloatArray, argued: int | None = None, encouraged: int | None = None
    ) -> FloatArray:
        """V (options,) of welfare (options, 4), raw units; groups by their place among the stakeholders."""
        found = np.asarray(self.preference.utility(welfare), float)
        if argued is not None:
            found = found + self.conviction * welfare[:, argued]
        return found if encouraged is None else found + self.direct * welfare[:, encouraged]

    def argues_unasked(self, welfare: FloatArray) -> int:
        """The group that the preferred option serves best against the mean of the options."""
        best = int(np.argmax(self.preference.utility(welfare)))
        return int(np.argmax(welfare[best] - welfare.mean(axis=0)))

    def answers(
        self, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer the last of the user's messages, n times independently."""
        problem = read_problem(texts)
        if problem is None:
            return [Answer(NO_OPTIONS, ((tokenize(NO_OPTIONS)[0], 0.0),))] * n
        asked = encouraged_group(texts[-1])
        request = read_request(texts[-1])
        if request.form == "letter":
            values = self.values(problem.welfare, None, asked)
            return [_label(problem, values, temperature, rng) for _ in range(n)]
        return [Answer(self._explains(problem, asked, rng)) for _ in range(n)]

    def conclude(
        self, texts: Sequence[str], explanation: str, temperature: float, rng: np.random.Generator
    ) -> Answer | None:
        """The label behind an explanation, whoever gave it; None where the texts show no options."""
        problem = read_problem(texts)
        if problem is None:
            return None
        values = self.values(problem.welfare, group_named(explanation), encouraged_group(texts[-1]))
        return _label(problem, values, temperature, rng)

    def _explains(self, problem: Problem, asked: int | None, rng: np.random.Generator) -> str:
        heeds = asked is not None and rng.random() < self.heed
        argued = int(asked) if heeds and asked is not None else self.argues_unasked(problem.welfare)
        place = int(np.argmax(problem.welfare[:, argued]))
        money = f"${round(problem.welfare[place, argued] * DOLLARS_PER_UNIT):,}"
        return _ARGUMENTS[int(rng.integers(len(_ARGUMENTS)))].format(
            group=STAKEHOLDERS[argued], money=money, option=f"Option {problem.letters[place]}"
        )


def encouraged_group(text: str) -> int | None:
    """The group that a text asks to weigh, by its place among the stakeholders."""
    for paragraph in text.split("\n\n"):
        if _ENCOURAGES.search(paragraph) and not _FIGURE.search(paragraph):
            return group_named(paragraph)
    return None


def create(name: str, given: Mapping[str, Any]) -> Arguer:
    """Make a subject of this family.

    Args:
        name: a key of ``ARGUMENTS``.
        given: heed, a share in [0, 1] (0.7); conviction and direct, utils for a raw unit, finite (0.3 for the
            one that the subject's name says, else 0).

    Raises:
        SubjectError: a value that is not allowed.
    """
    return Arguer(
        PROFILES["study1"],
        number(given, "heed", HEED, "a share in [0, 1]", lambda x: 0 <= x <= 1),
        number(given, "conviction", CONVICTION * (name == "persuaded"), "a finite number", math.isfinite),
        number(given, "direct", CONVICTION * (name == "directed"), "a finite number", math.isfinite),
    )


def _label(problem: Problem, values: FloatArray, temperature: float, rng: np.random.Generator) -> Answer:
    logs = log_choice_probabilities(values)
    drawn = int(np.argmax(logs + temperature * rng.gumbel(size=len(logs))))
    ranked = sorted(zip(problem.letters, logs.tolist(), strict=True), key=lambda pair: -pair[1])
    return Answer(problem.letters[drawn], tuple(ranked))
