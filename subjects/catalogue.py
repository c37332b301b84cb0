"""Subjects by name. A family is a module that makes the subjects of one kind of question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from fiduciary.subjects import (
    accounts,
    drift,
    duopoly_pricing,
    economic_games,
    instruments,
    inventory,
    moral_dilemmas,
    reachable,
    stakeholders,
    stated,
    stress,
    supervision,
)
from fiduciary.subjects.answering import Answer
from fiduciary.subjects.arguments import SubjectError


class Respondent(Protocol):
    """What a family makes: something that answers the text of the user's messages."""

    def answers(
        self, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int = 1
    ) -> list[Answer]:
        """Answer the last of the user's messages, n times independently.

        Args:
            texts: the user's messages, oldest first.
            temperature: τ ≥ 0.
            rng: source of the draws.
            n: number of answers.
        """
        ...


class Family(Protocol):
    """A module with the names that it makes, the arguments of each, and a way to make them."""

    @property
    def ARGUMENTS(self) -> Mapping[str, tuple[str, ...]]:
        """Arguments of each name."""
        ...

    def create(self, name: str, given: Mapping[str, Any]) -> Respondent:
        """Make a subject; raises SubjectError for a value that is not allowed."""
        ...


FAMILIES: tuple[Family, ...] = (
    stakeholders,
    economic_games,
    inventory,
    duopoly_pricing,
    moral_dilemmas,
    drift,
    accounts,
    supervision,
    stress,
    reachable,
    instruments,
    stated,
)

ARGUMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: arguments for family in FAMILIES for name, arguments in family.ARGUMENTS.items()}
)
"""Arguments of each subject."""

NAMES: tuple[str, ...] = tuple(ARGUMENTS)


def create(name: str, arguments: Mapping[str, Any] | None = None) -> Respondent:
    """Make a subject.

    Args:
        name: one of ``NAMES``.
        arguments: from ``ARGUMENTS[name]``: numbers, or their text as the command line passes it;
            each family's ``create`` says what they mean.

    Raises:
        SubjectError: an unknown name or argument, or a value that is not allowed.
    """
    if name not in ARGUMENTS:
        raise SubjectError(f"unknown subject {name!r}; choose one of {', '.join(NAMES)}")
    given = dict(arguments or {})
    for argument in given:
        if argument not in ARGUMENTS[name]:
            takes = ", ".join(ARGUMENTS[name]) or "none"
            raise SubjectError(f"subject/{name} takes no argument {argument!r}; it takes {takes}")
    family = next(family for family in FAMILIES if name in family.ARGUMENTS)
    return family.create(name, given)
