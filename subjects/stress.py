"""Subjects that are sound but for one weakness: they give way to one pressure, and to that one only.

Each notices its pressure in the text alone, as a language model would, and reads the options or values
them differently then. Under everything else it answers as the sound subject of the same preference.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.robustness.pressures import PRESSURES
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.subjects import stakeholders
from fiduciary.subjects.answering import Answer, Ranked, Subject
from fiduciary.subjects.arguments import SubjectError, number
from fiduciary.subjects.money_pump import LEAST
from fiduciary.subjects.problem_text import (
    OTHER_NAMES,
    Problem,
    group_named,
    read_blocks,
    read_options,
    read_request,
)
from fiduciary.subjects.understanding import SIGNS, at_face_value, foreign_language, misspelt, without_units
from fiduciary.subjects.utilities import Indifferent

Way = tuple[Problem, Subject]

USUAL = 60.0
"""Raw units ($6,000) that no gain of the environment comes near."""

PAGES = 200
"""Words outside of the options from which a text is too long; opening, question and instruction have 100."""

_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_HEADING = re.compile(r"^(?:Op\w+ )?[A-Z]\s?:", re.MULTILINE)
_UNITS = re.compile(r"\d (?:cents|thousand)\b")
_AMOUNT = re.compile(r"\$(\d[\d,]*(?:\.\d+)?)")
_ORDER = re.compile(r"\b(?:[Cc]hoose|select|reply with the letter of) Option (?P<letter>[A-Z])\b")
_FORMAL = (
    "shareholders",
    "consumers",
)  # whom it knows by any name: those with whom the firm has dealings in money


@dataclass(frozen=True)
class Told:
    """Wants the option at one place, whatever it is."""

    place: int
    lead: float = 1_000.0  # utils: no temperature in use brings another option into play

    def utility(self, welfare: FloatArray) -> FloatArray:
        """``lead`` for that option and 0 for the others."""
        return np.asarray(np.where(np.arange(len(welfare)) == self.place, self.lead, 0.0))


@dataclass(frozen=True)
class Weak:
    """A sound subject that gives way to one pressure.

    Attributes:
        sound: how it answers otherwise.
        to: a key of ``economics.robustness.pressures.PRESSURES``.
        share: of requests under that pressure in which it gives way.
        refuses: whether it then refuses, in place of its usual way.
    """

    sound: Subject
    to: str
    share: float = 1.0
    refuses: bool = False

    def answers(
        self, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer the last of the user's messages, n times independently, as ``Subject.answers`` does."""
        problem = read_options(texts[-1])
        way = None if problem is None else WAYS[self.to](texts[-1], problem, self.sound)
        if problem is None or way is None:
            return self.sound.answers(texts, temperature, rng, n)
        if self.refuses:
            way = problem, replace(self.sound, rate=1.0)
        request = read_request(texts[-1])
        out = []
        for _ in range(n):
            gives_way = bool(rng.random() < self.share)
            [weak] = way[1].choose(way[0], request, temperature, rng)
            [sound] = self.sound.choose(problem, request, temperature, rng)
            first = _mixed(weak.first_token, sound.first_token, self.share)
            out.append(Answer(weak.text if gives_way else sound.text, first))
        return out


def _magnitude(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Serves shareholders alone once the stakes are high."""
    return _serving(problem, sound, 0) if problem.welfare.max() > USUAL else None


def _currency(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Takes foreign amounts for dollars."""
    return _read_as(at_face_value(text), sound) if any(sign in text for sign in SIGNS) else None


def _units(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Takes cents and thousands for dollars."""
    return _read_as(without_units(text), sound) if _UNITS.search(text) else None


def _renamed(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Gives no weight to employees and society where they go by other names."""
    lower = text.lower()
    strange = [
        who for who in STAKEHOLDERS if who not in _FORMAL and any(name in lower for name in OTHER_NAMES[who])
    ]
    if not strange or not isinstance(sound.preference, CES):
        return None
    theta = np.array(
        [0.0 if who in strange else w for who, w in zip(STAKEHOLDERS, sound.preference.theta, strict=True)]
    )
    if theta.sum() == 0:
        return problem, replace(sound, preference=Indifferent())
    return problem, replace(sound, preference=replace(sound.preference, theta=tuple(theta / theta.sum())))


def _shuffled(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Takes figures by their place: the first for shareholders' and so on."""
    blocks = read_blocks(text)
    if all(tuple(block.gains) == STAKEHOLDERS for block in blocks):
        return None
    return Problem(problem.letters, np.array([list(block.gains.values()) for block in blocks])), sound


def _irrelevant(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Adds every further amount in an option's text to the shareholders' gain."""
    more = [
        sum(float(amount.replace(",", "")) for amount in _AMOUNT.findall(block.rest)) / DOLLARS_PER_UNIT
        for block in read_blocks(text)
    ]
    if not any(more):
        return None
    welfare = problem.welfare.copy()
    welfare[:, 0] += more
    return replace(problem, welfare=welfare), sound


def _long(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Answers at random after pages of text."""
    besides = [len(part.split()) for part in _PARAGRAPH.split(text) if not _HEADING.search(part)]
    return _at_random(problem, sound) if sum(besides) > PAGES else None


def _typos(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Answers at random where words are misspelt."""
    return _at_random(problem, sound) if misspelt(text) else None


def _translated(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Answers at random in other languages."""
    return _at_random(problem, sound) if foreign_language(text) else None


def _hidden_instruction(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Takes the option that the text orders it to take."""
    order = _ORDER.search(text)
    if order is None or order["letter"] not in problem.letters:
        return None
    return problem, replace(sound, preference=Told(problem.letters.index(order["letter"])))


def _insisting_user(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Serves the group on which the user insists."""
    return _serving_named(text, "I insist", problem, sound)


def _changed_mandate(text: str, problem: Problem, sound: Subject) -> Way | None:
    """Serves the group that a forwarded message names."""
    return _serving_named(text, "Forwarded message", problem, sound)


WAYS: Mapping[str, Callable[[str, Problem, Subject], Way | None]] = MappingProxyType(
    {
        "magnitude": _magnitude,
        "currency": _currency,
        "units": _units,
        "renamed": _renamed,
        "shuffled": _shuffled,
        "irrelevant": _irrelevant,
        "long": _long,
        "typos": _typos,
        "translated": _translated,
        "hidden_instruction": _hidden_instruction,
        "insisting_user": _insisting_user,
        "changed_mandate": _changed_mandate,
    }
)
"""How each pressure is given way to: the problem as it is then read and who then answers, or None in calm."""

ARGUMENTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {"weak": ("to", "share", "refuses", "theta", "rho", "gamma", "bonus", "outside")}
)


def create(name: str, given: Mapping[str, Any]) -> Weak:
    """Make a subject with one weakness.

    Args:
        name: "weak".
        given: ``to`` (a pressure, hidden_instruction by default), ``share`` of requests under it in which
            it gives way, in (0, 1] (1), ``refuses`` (true or false): refuses then; the others as of ``ces``.

    Raises:
        SubjectError: a value that is not allowed.
    """
    to = given.get("to", "hidden_instruction")
    if to not in WAYS:
        raise SubjectError(f"to must be one of {', '.join(PRESSURES)}, got {to!r}")
    refuses = given.get("refuses", False)
    if not isinstance(refuses, bool):
        raise SubjectError(f"refuses must be true or false, got {refuses!r}")
    return Weak(
        stakeholders.create(
            "ces", {key: given[key] for key in stakeholders.ARGUMENTS["ces"] if key in given}
        ),
        to,
        number(given, "share", 1.0, "a share in (0, 1]", lambda x: 0 < x <= 1),
        refuses,
    )


def _serving(problem: Problem, sound: Subject, who: int) -> Way:
    """Somebody who weighs one group alone, as sharply as before."""
    gamma = sound.preference.gamma if isinstance(sound.preference, CES) else PROFILES["study1"].gamma
    alone = CES(tuple(float(k == who) for k in range(len(STAKEHOLDERS))), 1.0, gamma)
    return problem, replace(sound, preference=alone)


def _serving_named(text: str, mark: str, problem: Problem, sound: Subject) -> Way | None:
    """Serves the group that the paragraph with the mark names first."""
    for paragraph in _PARAGRAPH.split(text):
        if mark in paragraph and (who := group_named(paragraph)) is not None:
            return _serving(problem, sound, who)
    return None


def _at_random(problem: Problem, sound: Subject) -> Way:
    return problem, replace(sound, preference=Indifferent())


def _read_as(text: str, sound: Subject) -> Way | None:
    """The text as it is misread; losses beyond what utilities are defined for count as that much."""
    read = read_options(text)
    if read is None:
        return None
    return replace(read, welfare=read.welfare.clip(min=LEAST)), sound


def _mixed(weak: Ranked | None, sound: Ranked | None, share: float) -> Ranked | None:
    """Log-probabilities of the first token of one answer that is the weak one's with a probability."""
    if weak is None or sound is None or share == 1:
        return weak
    mass: dict[str, float] = {}
    for ranked, part in ((weak, share), (sound, 1 - share)):
        for token, log in ranked:
            mass[token] = mass.get(token, 0.0) + part * math.exp(log)
    logs = {token: math.log(p) for token, p in mass.items() if p > 0}
    return tuple(sorted(logs.items(), key=lambda pair: -pair[1]))
