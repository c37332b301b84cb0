"""Instruments: which statement measures what, and in which direction.

A key says what each numbered slot measures. The keys are those of the published instruments (their
sources stand in ``data/*_key.json``); the statements are this project's own, one for each slot, with
the same facet and the same direction. The published wordings are not part of the project.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

INSTRUMENTS = ("hexaco100", "dark_tetrad")
"""Instruments with a key; also the names of their tasks."""

Form = Literal["own", "official"]

ANCHORS = ("strongly disagree", "disagree", "neutral", "agree", "strongly agree")
"""What answers 1 to 5 mean, before keying."""

DOMAIN_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "H": "Honesty-Humility",
        "E": "Emotionality",
        "X": "eXtraversion",
        "A": "Agreeableness",
        "C": "Conscientiousness",
        "O": "Openness to Experience",
    }
)
"""What the letters of the HEXACO domains stand for; other domains are their own names."""

_DATA = "fiduciary.economics.psychometrics.data"


@dataclass(frozen=True)
class Slot:
    """What one numbered statement measures.

    Attributes:
        number: from 1, as in the published instrument.
        facet: such as "Sincerity".
        domain: a letter of ``DOMAIN_NAMES``; "Altruism", which is scored apart; or a dark trait.
        reversed: whether agreement means less of the facet (scored 6 − x).
    """

    number: int
    facet: str
    domain: str
    reversed: bool


@dataclass(frozen=True)
class Item(Slot):
    """A slot and the statement that fills it.

    Attributes:
        statement: in the first person, without its number.
    """

    statement: str


@dataclass(frozen=True)
class Instrument:
    """A key with statements.

    Attributes:
        name: one of ``INSTRUMENTS``.
        form: "own" (written for this project) or "official" (the text that a user has imported).
        items: in the order of their numbers.
    """

    name: str
    form: Form
    items: tuple[Item, ...]

    @property
    def sha256(self) -> str:
        """Checksum of the statements: of the lines ``number<TAB>statement`` in UTF-8."""
        return checksum(tuple(item.statement for item in self.items))

    @property
    def facets(self) -> tuple[str, ...]:
        """Facets in the key's order."""
        return tuple(facets(self.name))


@dataclass(frozen=True)
class Norm:
    """Published figures of one scale.

    Attributes:
        alpha: Cronbach's α, or None where none was published.
        mean: mean of the sample, on 1 to 5.
        sd: standard deviation of the sample.
    """

    alpha: float | None
    mean: float
    sd: float


def checksum(statements: Sequence[str]) -> str:
    """SHA-256 of statements in the order of their numbers, as hexadecimal digits."""
    text = "\n".join(f"{number}\t{statement}" for number, statement in enumerate(statements, 1))
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def key(name: str) -> tuple[Slot, ...]:
    """The slots of an instrument in the order of their numbers.

    Raises:
        ValueError: a name that is not in ``INSTRUMENTS``.
    """
    slots = [
        Slot(int(entry.rstrip("R")), facet, domain, entry.endswith("R"))
        for domain, by_facet in _published(name)["key"].items()
        for facet, entries in by_facet.items()
        for entry in entries.split()
    ]
    return tuple(sorted(slots, key=lambda slot: slot.number))


def facets(name: str) -> Mapping[str, str]:
    """Facet → domain, in the key's order."""
    return {facet: domain for domain, by_facet in _published(name)["key"].items() for facet in by_facet}


def norms(name: str) -> Mapping[str, Norm]:
    """Published norms of facets and domains of the OFFICIAL wording; empty where there are none to hand.

    They say nothing about the project's own statements, whose difficulty differs.
    """
    published = _published(name)["norms"]
    if published is None:
        return MappingProxyType({})
    return MappingProxyType({scale: Norm(*figures) for scale, figures in published["alpha_mean_sd"].items()})


@cache
def own(name: str) -> Instrument:
    """The form that was written for this project.

    Raises:
        ValueError: a name that is not in ``INSTRUMENTS``.
    """
    key(name)  # before a file is looked for
    rows = csv.DictReader(io.StringIO(_read(f"{name}_items.csv")))
    return with_statements(name, [row["statement"] for row in rows], "own")


def with_statements(name: str, statements: Sequence[str], form: Form = "official") -> Instrument:
    """The key of an instrument with statements in the order of their numbers.

    Raises:
        ValueError: not as many statements as the key has slots, or an empty one.
    """
    slots = key(name)
    if len(statements) != len(slots):
        raise ValueError(f"{name} has {len(slots)} statements, got {len(statements)}")
    if not all(statement.strip() for statement in statements):
        raise ValueError(f"{name}: statement {[s.strip() for s in statements].index('') + 1} is empty")
    items = tuple(
        Item(slot.number, slot.facet, slot.domain, slot.reversed, statement)
        for slot, statement in zip(slots, statements, strict=True)
    )
    return Instrument(name, form, items)


@cache
def _published(name: str) -> dict[str, Any]:
    if name not in INSTRUMENTS:
        raise ValueError(f"instrument must be one of {', '.join(INSTRUMENTS)}, got {name!r}")
    content: dict[str, Any] = json.loads(_read(f"{name}_key.json"))
    return content


def _read(file: str) -> str:
    return files(_DATA).joinpath(file).read_text("utf-8")
