"""A card's text as statements: what each section says, without comments, placeholders and repetitions.

Markdown is taken apart into its blocks; nothing of it is rendered or followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from fiduciary.cards.html_tables import with_rows
from fiduciary.cards.substance import says_nothing

LONGEST = 2_000
"""Characters of a line or statement that are looked at."""

MOST_SECTIONS = 2_000
"""Headings of a card; what comes after so many is text of the last one."""

_MARKDOWN = MarkdownIt("commonmark").enable("table").disable("inline")  # of blocks alone

_BOLD_HEADING = re.compile(r"^(?:\*\*|__)([^*_|]{3,80}?):?(?:\*\*|__):?$")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
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
    statements: list[Statement] = []

    def close() -> None:
        above = tuple(name for depth, name in open_titles if depth < level)
        found.append(Section(title, level, line, above, tuple(statements)))
        statements.clear()

    for part in _parts("\n".join(_lines(lines)), first):
        if isinstance(part, Statement):
            statements.append(part)
        elif len(found) >= MOST_SECTIONS:
            statements += _sentences([(part.line, part.text)])
        else:
            close()
            level, title, line = part.level, _plain(_ANCHOR.sub(r"\1", part.text)), part.line
            open_titles = [entry for entry in open_titles if entry[0] < level] + [(level, title)]
    close()
    return tuple(_without_repetitions(found))


@dataclass(frozen=True)
class _Heading:
    line: int
    text: str
    level: int


def _parts(text: str, first: int) -> Iterator[_Heading | Statement]:
    """Headings and statements, in their order."""
    cells: list[str] = []
    line, head = first, False
    for before, token in pairwise([Token("start", "", 0), *_MARKDOWN.parse(text)]):
        line = first + token.map[0] if token.map else line
        shown = _COMMENT.sub(_line_ends, token.content)
        match token.type, before.type:
            case "inline", "heading_open":
                yield _Heading(line, token.content, int(before.tag[1]))
            case "inline", "th_open" | "td_open":
                cells.append(token.content)
                head = before.type == "th_open"
            case "inline", _ if "<tr" not in shown:
                yield from _paragraph(enumerate(shown.split("\n"), line), top=token.level == 1)
            case "tr_close", _:
                yield from _row(line, cells, head)
                cells = []
            case ("fence" | "code_block") as kind, _:
                for number, code in enumerate(token.content.split("\n"), line + (kind == "fence")):
                    if code.strip():
                        yield Statement(number, code.strip(), kind="code")
            case "html_block" | "inline", _:
                yield from _html(enumerate(shown.split("\n"), line))


def _html(lines: Iterable[tuple[int, str]]) -> Iterator[_Heading | Statement]:
    """Lines between tables as paragraphs; the first row of a table as its head."""
    said = ((line, part) for line, part in with_rows(lines) if isinstance(part, list) or _plain(part))
    for kind, own in groupby(said, lambda numbered: type(numbered[1])):
        if kind is str:
            yield from _paragraph(((line, str(text)) for line, text in own), top=True)
        else:
            for k, (line, row) in enumerate(own):
                yield from _row(line, list(row), head=k == 0)


def _line_ends(comment: re.Match[str]) -> str:
    """A comment's line ends, which stay so that lines keep their numbers."""
    return "\n" * comment[0].count("\n")


def _lines(lines: Iterable[str]) -> Iterator[str]:
    """Lines as they are parsed: a blank one inside an HTML table would end the table."""
    inside = False
    for line in lines:
        lower = line.lower()
        inside = (inside or "<table" in lower) and "</table" not in lower and not line.startswith("#")
        yield line[:LONGEST] if line.strip() or not inside else "<br>"


def _paragraph(lines: Iterable[tuple[int, str]], top: bool) -> Iterator[_Heading | Statement]:
    """Sentences of a paragraph; a line in bold type is a heading, except in lists and quotations."""
    own: list[tuple[int, str]] = []
    for line, words in lines:
        bold = _BOLD_HEADING.match(words.strip()) if top else None
        if bold:
            yield from _sentences(own)
            own = []
            yield _Heading(line, bold[1], 7)
        elif words.strip():
            own.append((line, words.strip()))
    yield from _sentences(own)


def _row(line: int, cells: Sequence[str], head: bool) -> Iterator[Statement]:
    plain = [_plain(cell) for cell in cells]
    value = ", ".join(cell for cell in plain[1:] if cell)
    if head and any(plain):
        yield Statement(line, " | ".join(plain), kind="head")
    elif value and not head and not says_nothing(value):
        yield Statement(line, " | ".join(plain), plain[0] or None, value, "row")


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
