"""Tables that a card writes in HTML, as rows of a Markdown table. Nothing else of HTML is understood."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Line = tuple[int, str, bool]
"""Number, text, whether it is code."""

LONGEST = 4_000
"""Characters of a row that are kept."""

_ROW = re.compile(r"<tr\b[^<>]{0,300}>", re.IGNORECASE)
_END = re.compile(r"</tr\s*>|</table\s*>", re.IGNORECASE)
_CELL = re.compile(r"<t[dh]\b[^<>]{0,300}>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>")


def as_rows(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines, with each row of an HTML table as one line ``| cell | cell |``; code is left alone."""
    row: list[str] | None = None
    began = size = 0
    for number, text, code in lines:
        if code:
            yield number, text, code
            continue
        rest = text
        while True:
            if row is None:
                start = _ROW.search(rest)
                if start is None:
                    break
                if rest[: start.start()].strip() and not _TAG.fullmatch(rest[: start.start()].strip()):
                    yield number, rest[: start.start()], False
                row, began, size, rest = [], number, 0, rest[start.end() :]
            end = _END.search(rest)
            part = rest if end is None else rest[: end.start()]
            if size < LONGEST:
                row.append(part)
                size += len(part)
            if end is None:
                rest = ""
                break
            yield began, _line(" ".join(row)), False
            row, rest = None, rest[end.end() :]
        if row is None and (rest.strip() or not text.strip()):
            yield number, rest, False
    if row:
        yield began, _line(" ".join(row)), False


def _line(html: str) -> str:
    cells = [" ".join(_TAG.sub(" ", cell).replace("|", "/").split()) for cell in _CELL.split(html)[1:]]
    return f"| {' | '.join(cells)} |"
