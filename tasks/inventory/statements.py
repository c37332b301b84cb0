"""Reads numbered statements from a file that a user has: plain text, CSV or PDF.

- Text and PDF: a line that begins with a number and goes on with a capital letter begins a
  statement ("17. I …", "17) I …", "17 I …"); lines that follow belong to it until it ends with a
  full stop, a line is empty or the next number comes. Scales ("5 = strongly agree"), headings and
  page numbers are passed over. Where a file puts numbers on lines of their own, the line after each
  is its statement.
- CSV (comma, semicolon or tab): the number is in the first cell that holds a whole number, the
  statement is the longest other cell.

Nothing is repaired: what is missing, doubled or out of order is named and the file refused.
"""

from __future__ import annotations

import csv
import importlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.markup import escape

from fiduciary._inspect import PrerequisiteError

SUFFIXES = (".txt", ".md", ".csv", ".tsv", ".pdf")
"""Kinds of file that can be read."""

Numbered = tuple[int, str]

_BLANK = r"[\s_☐□]"  # spaces, and the lines or boxes into which a person writes the answer
_STATEMENT = re.compile(rf"^{_BLANK}*(\d{{1,3}})\s*(?:[.):]|(?={_BLANK})){_BLANK}*([\"“‘']?[A-Z].*\S)\s*$")
_NUMBER = re.compile(r"^\s*(\d{1,3})\s*[.):]?\s*$")
_ENDED = re.compile(r"[.!?][\"”’']?$")
_WHOLE = re.compile(r"^\s*(\d{1,3})\s*[.):]?\s*$")


class InstrumentError(PrerequisiteError, ValueError):
    """An instrument that cannot be used; Inspect and the command print it without a traceback."""

    def __init__(self, text: str) -> None:
        super().__init__(escape(text))
        self.args = (text,)


def read_file(path: Path, needed: int) -> tuple[str, ...]:
    """The statements of a file in the order of their numbers.

    Args:
        path: a file of one of the kinds in ``SUFFIXES``.
        needed: how many statements the instrument has.

    Raises:
        InstrumentError: not such a file, not readable, or its statements are not 1 to ``needed``,
            each once and in order; the message names the numbers.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InstrumentError(f"FILE must end in one of {', '.join(SUFFIXES)}, got {str(path)!r}")
    if not path.is_file():
        raise InstrumentError(f"FILE must be a file that exists, got {str(path)!r}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InstrumentError(f"FILE must be readable, got {str(path)!r}: {error.strerror}") from None
    if path.suffix.lower() == ".pdf":
        numbered = from_text(_pdf_text(content, path))
    else:
        text = _text(content, path)
        numbered = from_rows(text) if path.suffix.lower() in (".csv", ".tsv") else from_text(text)
    return in_order(numbered, needed, path.name)


def from_text(text: str) -> list[Numbered]:
    """Numbered statements of plain text, as they come."""
    lines = text.splitlines()
    beside, below = _beside(lines), _below(lines)
    return beside if len(beside) >= len(below) else below


def from_rows(text: str) -> list[Numbered]:
    """Numbered statements of comma-, semicolon- or tab-separated text, as they come."""
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    found = []
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        numbers = [place for place, cell in enumerate(row) if _WHOLE.match(cell)]
        if not numbers:
            continue  # a heading
        number = int(row[numbers[0]].strip().rstrip(".):"))
        others = [cell for place, cell in enumerate(row) if place != numbers[0]]
        found.append((number, _one_line(max(others, key=len, default=""))))
    return found


def in_order(numbered: Sequence[Numbered], needed: int, name: str) -> tuple[str, ...]:
    """Statements 1 to ``needed``, or an error that says everything that is wrong with them."""
    numbers = [number for number, _ in numbered]
    counts = Counter(numbers)
    problems = []
    if missing := [n for n in range(1, needed + 1) if n not in counts]:
        problems.append(f"missing: {_ranges(missing)}")
    if doubled := sorted(n for n, count in counts.items() if count > 1):
        problems.append(f"more than once: {_ranges(doubled)}")
    if beyond := sorted(n for n in counts if not 1 <= n <= needed):
        problems.append(f"beyond 1 to {needed}: {_ranges(beyond)}")
    if empty := sorted(n for n, statement in numbered if not statement):
        problems.append(f"without text: {_ranges(empty)}")
    if not problems and numbers != sorted(numbers):
        late = next(b for a, b in pairwise(numbers) if b < a)
        problems.append(f"out of order: {late} comes after a higher number")
    statements = tuple(statement for _, statement in numbered)
    if not problems and len(set(statements)) < needed:
        doubled_texts = {text for text, count in Counter(statements).items() if count > 1}
        same = [n for n, statement in numbered if statement in doubled_texts]
        problems.append(f"with the same text: {_ranges(same)}")
    if problems:
        raise InstrumentError(
            f"{name} must hold {needed} numbered statements, each once and in order; "
            f"it holds {len(counts)} different numbers. {'; '.join(problems).capitalize()}"
        )
    return statements


def _beside(lines: Iterable[str]) -> list[Numbered]:
    """Statements that stand on the line of their number."""
    found: list[Numbered] = []
    running = False
    for line in lines:
        if match := _STATEMENT.match(line):
            found.append((int(match[1]), _one_line(match[2])))
            running = True
        elif running and line.strip() and not _NUMBER.match(line):
            number, begun = found[-1]
            found[-1] = (number, _joined(begun, line))
        else:
            running = False
        if running and _ENDED.search(found[-1][1]):
            running = False
    return found


def _below(lines: Iterable[str]) -> list[Numbered]:
    """Statements below a line that holds their number and nothing else."""
    found: list[Numbered] = []
    waiting: int | None = None
    running = False
    for line in lines:
        if match := _NUMBER.match(line):
            waiting, running = int(match[1]), False
        elif not line.strip():
            running = False
        elif waiting is not None:
            # A capital begins a statement; a page's number is followed by something else or by nothing.
            running = bool(re.match(r"\s*[\"“‘']?[A-Z]", line))
            if running:
                found.append((waiting, _one_line(line)))
            waiting = None
        elif running:
            number, begun = found[-1]
            found[-1] = (number, _joined(begun, line))
        if running and _ENDED.search(found[-1][1]):
            running = False
    return found


def _text(content: bytes, path: Path) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InstrumentError(
            f"FILE must be text in UTF-8, got {str(path)!r} in another encoding; "
            "save it as UTF-8, or give the PDF"
        ) from None


def _pdf_text(content: bytes, path: Path) -> str:
    try:
        pypdf: Any = importlib.import_module("pypdf")
    except ModuleNotFoundError:
        raise InstrumentError(
            "reading a PDF needs pypdf, which is not installed: pip install pypdf, "
            "or save the statements as a text file, one on each line after its number"
        ) from None
    try:
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    except Exception as error:  # a damaged file fails in many ways inside the reader
        raise InstrumentError(f"FILE must be a readable PDF, got {str(path)!r}: {error}") from error


def _joined(begun: str, line: str) -> str:
    more = _one_line(line)
    # A compound that was divided at its own hyphen.
    return f"{begun}{more}" if begun.endswith("-") else f"{begun} {more}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _ranges(numbers: Sequence[int]) -> str:
    """ "1, 4–6, 9" from the numbers in ascending order."""
    runs: list[list[int]] = []
    for n in sorted(set(numbers)):
        if runs and n == runs[-1][1] + 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in runs)
