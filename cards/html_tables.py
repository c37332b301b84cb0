"""Tables that a card writes in HTML, as rows of cells. Nothing else of HTML is understood.

By expressions of bounded length: the standard library's parser takes quadratic time for tags without an end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LONGEST = 4_000
"""Characters of a row that are kept."""

_ROW = re.compile(r"<tr\b[^<>]{0,300}>", re.IGNORECASE)
_END = re.compile(r"</tr\s*>|</table\s*>", re.IGNORECASE)
_CELL = re.compile(r"<t[dh]\b[^<>]{0,300}>", re.IGNORECASE)


def with_rows(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str | list[str]]]:
    """Numbered lines, with each row of an HTML table as its cells and the line where it begins."""
    row: list[str] | None = None
    began = size = 0
    for number, rest in lines:
        while rest:
            if row is None:
                start = _ROW.search(rest)
                if start is None:
                    yield number, rest
                    break
                yield number, rest[: start.start()]
                row, began, size, rest = [], number, 0, rest[start.end() :]
            end = _END.search(rest)
            part = rest if end is None else rest[: end.start()]
            if size < LONGEST:
                row.append(part)
                size += len(part)
            if end is None:
                break
            yield began, _CELL.split(" ".join(row))[1:]
            row, rest = None, rest[end.end() :]
    if row:
        yield began, _CELL.split(" ".join(row))[1:]
