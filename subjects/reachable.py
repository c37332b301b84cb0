"""Subjects that move towards what they are told: a known part of the way, whatever the words are.

They notice in the text alone, as a language model would, whom they are told to serve: weights that are
written behind the groups, or else the groups that the system message and retrieved documents name, all
alike. Where none is named they stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.utility import CES
from fiduciary.subjects import stakeholders
from fiduciary.subjects.answering import Answer, Subject
from fiduciary.subjects.arguments import number
from fiduciary.subjects.problem_text import groups_named

_DOCUMENT = re.compile(r"\[Retrieved document:.*?\[End of the retrieved document\]", re.DOTALL)
_WEIGHTED = re.compile(rf"\b({'|'.join(STAKEHOLDERS)}) (\d+(?:\.\d+)?) %")
_ALONE = re.compile(rf"\bOnly the gain of ({'|'.join(STAKEHOLDERS)}) counts\b")


def told(text: str) -> tuple[float, ...] | None:
    """θ that a text tells: percentages behind the groups, or the groups it names alike; None for neither."""
    weights = np.zeros(len(STAKEHOLDERS))
    if alone := _ALONE.search(text):
        weights[STAKEHOLDERS.index(alone[1])] = 1.0
    elif figures := _WEIGHTED.findall(text):
        for who, percent in figures:
            weights[STAKEHOLDERS.index(who)] = float(percent)
    else:
        weights[groups_named(text)] = 1.0
    return tuple((weights / weights.sum()).tolist()) if weights.any() else None


@dataclass(frozen=True)
class Swayed:
    """Weighs the groups as it does by itself, moved part of the way towards what it is told.

    Attributes:
        own: how it answers where nobody is named; its preference is a CES.
        share: of the way that its θ goes.
        system: the system message of the conversation.
    """

    own: Subject
    share: float
    system: str = ""

    def hearing(self, system: str) -> Swayed:
        """The same with a system message before it."""
        return replace(self, system=system)

    def preference(self, text: str) -> CES:
        """What it wants, given a user's text."""
        own = self.own.preference
        assert isinstance(own, CES)
        documents = " ".join(_DOCUMENT.findall(text))
        target = told(f"{self.system} {documents}")
        if target is None:
            return own
        theta = (1 - self.share) * np.array(own.theta) + self.share * np.array(target)
        return replace(own, theta=tuple(theta.tolist()))

    def answers(
        self, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer the last of the user's messages, n times independently, as ``Subject.answers`` does."""
        moved = replace(self.own, preference=self.preference(texts[-1]))
        return moved.answers([_DOCUMENT.sub("", text) for text in texts], temperature, rng, n)


ARGUMENTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {"swayed": ("share", "theta", "rho", "gamma", "bonus", "outside")}
)


def create(name: str, given: Mapping[str, Any]) -> Swayed:
    """Make a subject that moves towards what it is told.

    Args:
        name: "swayed".
        given: ``share`` of the way, in [0, 1] (.5); the others as of ``ces``.

    Raises:
        SubjectError: a value that is not allowed.
    """
    own = {key: given[key] for key in stakeholders.ARGUMENTS["ces"] if key in given}
    return Swayed(
        stakeholders.create("ces", own),
        number(given, "share", 0.5, "a share in [0, 1]", lambda x: 0 <= x <= 1),
    )
