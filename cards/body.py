"""A card's text as statements: what each section says, without comments, placeholders and repetitions.

Markdown is taken apart line by line; nothing of it is rendered or followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from fiduciary.cards.html_tables import as_rows
from fiduciary.cards.substance import says_nothing

LONGEST = 2_000
"""Characters of a line or statement that are looked at."""

MOST_SECTIONS = 2_000
"""Headings of a card; what comes after so many is text of the last one."""

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$")
_BOLD_HEADING = re.compile(r"^(?:\*\*|__)([^*_|]{3,80}?):?(?:\*\*|__):?$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_TABLE_RULE = re.compile(r"^\|?[\s:|-]+$")
_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
_QUOTE = re.compile(r"^\s*>\s?")
_LABEL = re.compile(
    r"^(?:\*\*|__)(.{2,80}?)(?::\s*(?:\*\*|__)|(?:\*\*|__)\s*:)\s*(.*)$"
    r"|^([A-Z][\w() /-]{1,40}):\s+(.*)$"
    r"|^(?:\*\*|__)([^*_]{2,60}?)(?:\*\*|__)\s+(\S.*)$"
)
_IMAGE = re.compile(r"!\[[^\]]{0,300}\]\([^)]{0,500}\)")
_LINK = re.compile(r"\[([^\]]{0,300})\]\(([^)\s]{0,500})[^)]{0,200}\)")
_ANCHOR = re.compile(r"\[([^\]]{1,200})\]\(#[^)\s]{0,200}\)")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,500}>")
_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(`*])")


@dataclass(frozen=True)
class Statement:
    """A sentence, an item of a list, a row of a table or a line of code.

    Attributes:
        line: 1-based line of the card.
        text: what it says.
        label: what stands before a colon or in the first cell, if anything does.
        value: what follows the label; the whole text without a label.
        kind: ``text``, ``row`` or ``code``.
    """

    line: int
    text: str
    label: str | None = None
    value: str = ""
    kind: str = "text"


@dataclass(frozen=True)
class Section:
    """What stands below a heading, up to the next heading.

    Attributes:
        title: the heading; empty before the first one.
        level: 1 to 6; 7 for a line in bold type that serves as one; 0 before the first.
        line: 1-based line of the heading.
        above: headings that it stands below, outermost first.
        statements: without those that say nothing.
    """

    title: str
    level: int
    line: int
    above: tuple[str, ...]
    statements: tuple[Statement, ...]


def sections(lines: Sequence[str], first: int = 1) -> tuple[Section, ...]:
    """Sections of a card's body.

    Args:
        lines: of the body.
        first: number of the first one in the card.
    """
    found: list[Section] = []
    open_titles: list[tuple[int, str]] = []
    title, level, line = "", 0, first
    block: list[tuple[int, str, bool]] = []

    def close() -> None:
        above = tuple(name for depth, name in open_titles if depth < level)
        found.append(Section(title, level, line, above, tuple(_statements(block))))
        block.clear()

    for number, text, code in as_rows(_without_comments(lines, first)):
        heading = None if code or len(found) >= MOST_SECTIONS else _heading(text, block)
        if heading is None:
            block.append((number, text, code))
            continue
        if heading[0] in (1, 2) and not text.lstrip().startswith("#") and _UNDERLINE.match(text):
            number, text, _ = block.pop()
            heading = (heading[0], text.strip())
        close()
        level, title, line = heading[0], heading[1][:LONGEST], number
        open_titles = [entry for entry in open_titles if entry[0] < level] + [(level, title)]
    close()
    return tuple(_without_repetitions(found))


def _heading(text: str, block: Sequence[tuple[int, str, bool]]) -> tuple[int, str] | None:
    found = _HEADING.match(text)
    if found:
        return len(found[1]), _plain(_ANCHOR.sub(r"\1", found[2]))
    under = _UNDERLINE.match(text)
    if under and block and not block[-1][2]:
        before = block[-1][1].strip()
        if (
            before
            and not before.startswith(("|", "-", "*", ">"))
            and (len(block) < 2 or not block[-2][1].strip())
        ):
            return (1 if under[1][0] == "=" else 2), before
    bold = _BOLD_HEADING.match(text.strip())
    return (7, _plain(bold[1])) if bold else None


def _without_comments(lines: Sequence[str], first: int) -> Iterator[tuple[int, str, bool]]:
    """Number, text and whether it is code, of each line outside comments."""
    fence, comment, blank = "", False, True
    for number, line in enumerate(lines, first):
        line = line[:LONGEST].rstrip("\r")
        opened = _FENCE.match(line)
        if fence:
            if opened and opened[1][0] == fence[0] and len(opened[1]) >= len(fence):
                fence = ""
            else:
                yield number, line, True
            continue
        if opened and not comment:
            fence = opened[1]
            continue
        shown = ""
        rest = line
        while rest:
            if comment:
                _, end, rest = rest.partition("-->")
                comment = not end
            else:
                before, begin, rest = rest.partition("<!--")
                shown += before
                comment = bool(begin)
        indented = blank and line.startswith(("    ", "\t")) and not _ITEM.match(line)
        yield number, shown, indented and bool(shown.strip())
        blank = not line.strip() or indented


def _statements(block: Sequence[tuple[int, str, bool]]) -> Iterator[Statement]:
    paragraph: list[tuple[int, str]] = []
    head: list[str] | None = None

    def ended() -> Iterator[Statement]:
        yield from _sentences(paragraph)
        paragraph.clear()

    for number, raw, code in block:
        text = _QUOTE.sub("", raw).strip() if not code else raw
        if code:
            yield from ended()
            yield Statement(number, text.strip(), kind="code")
        elif not text:
            yield from ended()
            head = None
        elif text.startswith("|") or (head is not None and "|" in text):
            yield from ended()
            if _TABLE_RULE.match(text):
                continue
            cells = [_plain(cell) for cell in text.strip("|").split("|")]
            if head is None:
                head = cells
                if any(cells):
                    yield Statement(number, " | ".join(cells), kind="head")
                continue
            value = ", ".join(cell for cell in cells[1:] if cell)
            if value and not says_nothing(value):
                yield Statement(number, " | ".join(cells), cells[0] or None, value, "row")
        elif _ITEM.match(text):
            yield from ended()
            paragraph.append((number, _ITEM.sub("", text)))
        else:
            paragraph.append((number, text))
    yield from ended()


def _sentences(paragraph: Sequence[tuple[int, str]]) -> Iterator[Statement]:
    if not paragraph:
        return
    whole = " ".join(text for _, text in paragraph)[: 4 * LONGEST]
    starts, at = [], 0
    for number, text in paragraph:
        starts.append((at, number))
        at += len(text) + 1
    at = 0
    for part in _ENDS.split(whole):
        begin = whole.find(part, at)
        at = begin + len(part)
        number = next(n for start, n in reversed(starts) if start <= begin)
        labelled = _LABEL.match(part)
        text = _plain(part)[:LONGEST]
        if labelled:
            label = _plain(labelled[1] or labelled[3] or labelled[5])
            value = _plain(labelled[2] or labelled[4] or labelled[6] or "")[:LONGEST]
            if value and not says_nothing(value):
                yield Statement(number, text, label, value)
        elif text and not says_nothing(text):
            yield Statement(number, text, None, text)


def _plain(text: str) -> str:
    """Text without images, tags and marks of emphasis; a link keeps its words and its address."""
    text = _IMAGE.sub(" ", text)
    text = _LINK.sub(r"\1 (\2)", text)
    text = _TAG.sub(" ", text).replace("**", "").replace("__", "").replace("`", "")
    return " ".join(text.split())


def _without_repetitions(found: Iterable[Section]) -> Iterator[Section]:
    """Each sentence once: the same one below ten headings tells nothing about ten things."""
    seen: set[str] = set()
    for section in found:
        kept = []
        for statement in section.statements:
            key = statement.text.lower()
            if statement.kind == "text" and len(key) > 30:
                if key in seen:
                    continue
                seen.add(key)
            kept.append(statement)
        yield replace(section, statements=tuple(kept))
