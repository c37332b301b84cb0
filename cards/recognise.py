"""Where a card states something: one way of the checklist against metadata and text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fiduciary.cards.body import Section, Statement
from fiduciary.cards.card import Card
from fiduciary.cards.checklist import Element, Way
from fiduciary.cards.substance import informative
from fiduciary.cards.values import VALID
from fiduciary.safe_text import one_line

QUOTE = 160
"""Characters of a card that a report quotes."""

_EXAMPLE = re.compile(r"\bexamples?\b|data instances?|sample rows?", re.IGNORECASE)
_FIGURE = re.compile(r"\d")


@dataclass(frozen=True)
class Evidence:
    """Where an element is stated.

    Attributes:
        element: its name.
        line: 1-based line of the card.
        field: field of the metadata, None for text.
        quote: what stands there, without control characters; untrusted text.
    """

    element: str
    line: int
    field: str | None
    quote: str


def evidence(card: Card, element: Element) -> tuple[Evidence | None, str | None]:
    """The first place that states an element; and what is wrong with a field that should."""
    wrong = None
    for way in element.ways:
        if way.field is not None:
            if way.field not in card.front.values:
                continue
            value = card.front.values[way.field]
            why = VALID[way.valid](value, card.front.values) if value is not None else "the field is empty"
            if why is None:
                line = card.front.lines.get(way.field, 1)
                return Evidence(element.name, line, way.field, quote(f"{way.field}: {value}")), None
            wrong = wrong or f"{way.field}: {one_line(why)}"
        else:
            hit = _in_text(card, way)
            if hit is not None:
                return Evidence(element.name, hit[0], None, quote(hit[1])), None
    return None, wrong


def quote(text: str) -> str:
    """Untrusted text for a report: one line of bounded length."""
    line = " ".join(one_line(text).split())
    return line if len(line) <= QUOTE else line[: QUOTE - 1] + "…"


def _in_text(card: Card, way: Way) -> tuple[int, str] | None:
    for section, statements in _sections(card, way):
        if way.code is not None:
            hit = next((s for s in statements if s.kind == "code" and way.code.search(s.text)), None)
            if hit is not None:
                return hit.line, hit.text
            continue
        prose = [s for s in statements if s.kind != "code"]
        if way.rows:
            rows = [s for s in prose if s.kind == "row" and _FIGURE.search(s.value)]
            if len(rows) >= way.rows:
                return rows[0].line, rows[0].text
        elif way.says is None and way.label is None:
            if informative(s.text for s in prose) >= way.words:
                return (
                    (prose[0].line, f"{section.title}: {prose[0].text}")
                    if prose
                    else (section.line, section.title)
                )
        else:
            hit = next((s for s in prose if _holds(s, way)), None)
            if hit is not None:
                return hit.line, hit.text
    return None


def _holds(statement: Statement, way: Way) -> bool:
    if way.label is not None and (statement.label is None or not way.label.search(statement.label)):
        return False
    text = statement.value if way.label is not None else statement.text
    if way.says is not None and not way.says.search(text):
        return False
    if way.unless is not None and way.unless.search(statement.text):
        return False
    # What a label is followed by must say something too, be it a single name.
    return informative([text]) >= way.words and (way.label is None or bool(text.strip()))


def _sections(card: Card, way: Way) -> Iterator[tuple[Section, list[Statement]]]:
    """Sections that a way may look into, each with what stands in it and below it.

    What an example says is not about the card's subject: examples count only where they are asked for.
    """
    wanted = way.section
    first = next((k for k, section in enumerate(card.sections) if section.title), 0)
    if way.lead:
        for section in card.sections[: first + 1]:
            if wanted is None or wanted.search(section.title):
                yield section, list(section.statements)
        return
    for k, section in enumerate(card.sections):
        titles = (*section.above, section.title)
        example = _EXAMPLE.search(" ".join(titles)) is not None
        if wanted is None:
            if not example:
                yield section, list(section.statements)
        elif (
            section.title
            and wanted.search(section.title)
            and (not example or _EXAMPLE.search(wanted.pattern))
        ):
            # The card's own title heads everything, and is about all of it.
            below = () if k == first else _below(card.sections, k)
            yield section, [*section.statements, *below]


def _below(sections: tuple[Section, ...], k: int) -> Iterator[Statement]:
    for section in sections[k + 1 :]:
        if section.level <= sections[k].level:
            return
        yield from section.statements
