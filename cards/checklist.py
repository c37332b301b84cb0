"""What a card is asked: the items of ``checklist.yaml``, their sources, and how each is recognised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fiduciary.cards.card import KINDS
from fiduciary.cards.values import VALID
from fiduciary.parsing import parse_yaml

FILE = Path(__file__).with_name("checklist.yaml")

WORDS = 6
"""Informative words that a section needs to count as one of substance."""


@dataclass(frozen=True)
class Way:
    """One way in which a card can state something; each part that is given must hold.

    Attributes:
        field: field of the metadata, whose value must pass ``valid``.
        valid: a key of ``values.VALID``.
        section: heading that the statement stands below.
        label: label of the statement (``**Developed by:** …``, or the first cell of a row).
        says: what the statement says.
        unless: what it must not say.
        code: what a line of code holds.
        words: informative words of the section, or of the statement where ``says`` or ``label`` is given.
        rows: rows of tables with figures in the section.
        lead: look only at the card's title and what stands directly below it.
    """

    field: str | None = None
    valid: str = "text"
    section: re.Pattern[str] | None = None
    label: re.Pattern[str] | None = None
    says: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    code: re.Pattern[str] | None = None
    words: int = 0
    rows: int = 0
    lead: bool = False


@dataclass(frozen=True)
class Element:
    """A part of an item: stated where one of its ways holds."""

    name: str
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Item:
    """Something that a card is asked.

    Attributes:
        id: ``group.name``.
        group: key of ``Checklist.groups``.
        kinds: kinds of card that it is asked of.
        asks: the question.
        reveals: the hidden characteristic that an answer would show.
        sources: keys of ``Checklist.sources``.
        elements: what a full answer holds.
    """

    id: str
    group: str
    kinds: tuple[str, ...]
    asks: str
    reveals: str
    sources: tuple[str, ...]
    elements: tuple[Element, ...]


@dataclass(frozen=True)
class Checklist:
    """All items.

    Attributes:
        version: raised when grades stop being comparable.
        sources: key → reference.
        groups: key → title, in order.
        items: in the order of their groups.
    """

    version: str
    sources: Mapping[str, str]
    groups: Mapping[str, str]
    items: tuple[Item, ...]

    def of(self, kind: str) -> tuple[Item, ...]:
        """Items that apply to a kind of card."""
        return tuple(item for item in self.items if kind in item.kinds)


@cache
def checklist() -> Checklist:
    """The checklist that ships.

    Raises:
        ValueError: an item that is not whole; only an edited file has one.
    """
    stated = parse_yaml(FILE.read_text(encoding="utf-8"))
    items = tuple(_item(one, stated) for one in stated["items"])
    ids = [item.id for item in items]
    if len(set(ids)) < len(ids):
        raise ValueError("an id of the checklist stands twice")
    return Checklist(str(stated["version"]), stated["sources"], stated["groups"], items)


def _item(given: Mapping[str, Any], whole: Mapping[str, Any]) -> Item:
    item = Item(
        given["id"],
        given["id"].partition(".")[0],
        tuple(given["kinds"]),
        given["asks"],
        given["reveals"],
        tuple(given["sources"]),
        tuple(Element(name, tuple(map(_way, ways))) for name, ways in given["elements"].items()),
    )
    if (
        item.group not in whole["groups"]
        or not set(item.kinds) <= set(KINDS)
        or not set(item.sources) <= set(whole["sources"])
        or not all(element.ways for element in item.elements)
    ):
        raise ValueError(f"the checklist's item {item.id} names a group, kind or source that does not exist")
    return item


def _way(given: Mapping[str, Any]) -> Way:
    whole: dict[str, Any] = dict(given)
    for name in ("section", "label", "says", "unless", "code"):
        if name in whole:
            whole[name] = re.compile(whole[name], re.IGNORECASE)
    if given.get("valid", "text") not in VALID or not set(given) <= set(Way.__dataclass_fields__):
        raise ValueError(f"the checklist has an unknown way of stating an item: {dict(given)}")
    alone = "section" in given and not {"label", "says", "code", "rows"} & set(given)
    return Way(**({"words": WORDS if alone else 0} | whole))
