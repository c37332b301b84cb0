"""Subjects that do not stay what they were: what a monitor of a deployed model has to find.

Questions are counted from 0 as they arrive, in the process that answers them, and across all who ask: a
request counts as one when it shows options to choose between, however many answers it wants. The same
requests in the same order get the same answers; requests that overlap are counted in the order of arrival.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from types import MappingProxyType
from typing import Any, Literal

import numpy as np

from fiduciary.economics.utility import CES, PROFILES
from fiduciary.subjects import stakeholders
from fiduciary.subjects.answering import Answer, Subject
from fiduciary.subjects.arguments import SubjectError, number
from fiduciary.subjects.problem_text import read_problem

_COMMON = ("start", "to", "at", "rate", "gamma", "bonus", "outside")

ARGUMENTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {"drifting": (*_COMMON, "over"), "switching": _COMMON}
)
"""Arguments of each subject."""

START, TO, AT, OVER = "study1", "nonprofit", 60, 100


@dataclass
class Changing:
    """A subject whose preference depends on how many questions it has answered.

    ``drifting``: θ_k = (1 − w)·θ_start + w·θ_to with w = min(1, (k − at)/over), 0 before ``at``; the share
    of refusals moves likewise; ρ and γ stay.
    ``switching``: the preference of ``to`` from question ``at`` on, ρ included.

    Attributes:
        start: who answers question 0.
        to: who answers in the end.
        at: first question that is answered differently (drifting: the last that is not).
        over: questions until it has arrived; 0 at once.
        manner: one of the two.
    """

    start: Subject
    to: Subject
    at: int
    over: int
    manner: Literal["drifting", "switching"]
    _asked: int = field(default=0, repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def asked(self) -> int:
        """Questions answered so far."""
        return self._asked

    def serving(self, question: int) -> Subject:
        """Who answers a question, counted from 0."""
        if question < self.at:
            return self.start
        if self.manner == "switching":
            return self.to
        arrived = 1.0 if self.over == 0 else min(1.0, (question - self.at) / self.over)
        before, after = self.start.preference, self.to.preference
        assert isinstance(before, CES)
        assert isinstance(after, CES)
        theta = (1 - arrived) * np.array(before.theta) + arrived * np.array(after.theta)
        moved = CES(tuple(theta.tolist()), before.rho, before.gamma)
        return replace(self.start, preference=moved, rate=arrived * self.to.rate)

    def answers(
        self, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer the last of the user's messages, n times independently, as whoever serves by now.

        Args:
            texts: the user's messages, oldest first.
            temperature: τ ≥ 0.
            rng: source of the draws.
            n: number of answers.
        """
        if read_problem(texts) is None:
            return self.start.answers(texts, temperature, rng, n)  # no question: greetings do not count
        with self._lock:
            question, self._asked = self._asked, self._asked + 1
        return self.serving(question).answers(texts, temperature, rng, n)


def create(name: str, given: Mapping[str, Any]) -> Changing:
    """Make a subject of this family.

    Args:
        name: a key of ``ARGUMENTS``.
        given: from ``ARGUMENTS[name]``: numbers, or their text as the command line passes it.

            - start, to: a named profile, or four weights that sum to 1, shareholders, employees, consumers,
              society (default study1 and nonprofit; weights come with ρ of study1);
            - at: first question that is answered differently, ≥ 0 (default 60);
            - over: drifting only, questions until it has arrived, ≥ 0 (default 100);
            - rate: share of requests that ``to`` refuses, in [0, 1] (default 0);
            - gamma, bonus, outside: as of every subject, before and after alike.

    Raises:
        SubjectError: a value that is not allowed.
    """
    manner: Literal["drifting", "switching"] = "drifting" if name == "drifting" else "switching"
    over = _whole(given, "over", OVER) if manner == "drifting" else 0
    rate = number(given, "rate", 0.0, "a share in [0, 1]", lambda share: 0 <= share <= 1)
    to = replace(_party(given, "to", TO), rate=rate)
    return Changing(_party(given, "start", START), to, _whole(given, "at", AT), over, manner)


def _party(given: Mapping[str, Any], argument: str, default: str) -> Subject:
    """One of the two, from a profile's name or weights."""
    value = given.get(argument, default)
    common = {key: given[key] for key in ("gamma", "bonus", "outside") if key in given}
    if isinstance(value, str) and value in PROFILES:
        return stakeholders.create(value, common)
    try:
        return stakeholders.create("ces", {**common, "theta": value})
    except SubjectError as error:
        text = str(error)
        if not text.startswith("theta"):
            raise
        raise SubjectError(
            f"{argument} must be one of {', '.join(PROFILES)}, or four weights that sum to 1, "
            f"for example {argument}=.4,.3,.2,.1; got {value!r}"
        ) from None


def _whole(given: Mapping[str, Any], argument: str, default: int) -> int:
    allowed = "a whole number >= 0"
    return int(
        number(given, argument, default, allowed, lambda value: value >= 0 and float(value).is_integer())
    )
