"""How each answer of a file would be read, and why; to try the reader on answers of a model of one's own.

    fiduciary read answers.jsonl
    my-model | fiduciary read -

Each line of the file is one answer, a JSON object with the keys of its kind:

    {"kind": "choice", "elicitation": "explain", "options": 3, "stop_reason": "stop", "text": "…"}

elicitation is how the answer was asked for, options how many were shown, stop_reason why the model stopped
(stop, max_tokens, model_length, content_filter). The kinds amount, rating, agreement and lines need text
alone; an agreement may have labels (each with what it means, 1 to 5), lines may have items (what each asked).
Other keys are left alone. Each line that is printed is a JSON object with the keys read (the letter, the
number, or missing) and reason (why it is missing, else null).

Exit codes: 0; 2 if a line cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from fiduciary.errors import UsageError
from fiduciary.parsing import parse_json
from fiduciary.safe_text import json_text
from fiduciary.scorers.reading.choice import read_choice

NUMBER_KINDS = ("amount", "rating", "agreement", "lines")
MOST_OPTIONS = 26  # letters

EXPLAINED = {
    "answer": False,
    "choose": False,
    "logprobs": False,
    "explain": True,
    "text": True,
    "both": True,
}
"""Ways to ask for a choice, and whether the answer then explains itself and closes with a sentence. Files of
answers come from elsewhere too: ``answer`` and ``logprobs`` are a letter by other names."""

STOP_REASONS = ("stop", "max_tokens", "model_length", "tool_calls", "content_filter", "unknown")
MISSING = "missing"


class Read(NamedTuple):
    """What is printed for one answer."""

    read: Any
    reason: str | None


def _choice(line: Mapping[str, Any]) -> Read:
    elicitation, options = _one_of(line, "elicitation", EXPLAINED), line["options"]
    if isinstance(options, bool) or not isinstance(options, int) or not 2 <= options <= MOST_OPTIONS:
        raise UsageError(f"options must be a whole number from 2 to {MOST_OPTIONS}, got {options!r}")
    stop_reason = _one_of(line, "stop_reason", STOP_REASONS)
    reading = read_choice(line["text"], options, EXPLAINED[elicitation], stop_reason)
    return Read(MISSING if reading.reason else chr(ord("A") + reading.place), reading.reason)


def _with_number(line: Mapping[str, Any]) -> Read:
    if "stop_reason" in line:
        _one_of(line, "stop_reason", STOP_REASONS)
    labels, items = line.get("labels", {}), line.get("items", [])
    if not isinstance(labels, dict) or not all(points in range(1, 6) for points in labels.values()):
        raise UsageError(f"labels must map each label to a whole number from 1 to 5, got {labels!r}")
    if not isinstance(items, list) or not all(isinstance(item, dict) and "name" in item for item in items):
        raise UsageError(f"items must be a list of objects with a name, got {items!r}")
    from fiduciary.scorers.reading.cases import read_case  # loads NumPy, which --help does without

    return Read(*read_case(line["kind"], line))


KINDS: dict[str, tuple[Callable[[Mapping[str, Any]], Read], tuple[str, ...]]] = {
    "choice": (_choice, ("elicitation", "options", "stop_reason", "text")),
    **{kind: (_with_number, ("text",)) for kind in NUMBER_KINDS},
}
"""How each kind of answer is read, and the keys that a line of it needs."""


def main(argv: list[str] | None = None) -> int:
    """Print one reading a line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary read", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", metavar="FILE.jsonl", help="answers, one a line; - reads standard input")
    options = parser.parse_args(argv)
    for read in readings(_lines(options.file)):
        print(json_text(read._asdict()))
    return 0


def readings(lines: Iterable[str]) -> Iterator[Read]:
    """Read every line; blank ones are left out.

    Raises:
        UsageError: a line is no JSON object, or of no known kind, or lacks a key; names the line.
    """
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            yield _read(text)
        except UsageError as error:
            raise UsageError(f"line {number}: {error}") from None


def _read(text: str) -> Read:
    try:
        line = parse_json(text)
    except ValueError as error:
        raise UsageError(f"not JSON ({error})") from None
    if not isinstance(line, dict):
        raise UsageError(f"must be a JSON object, got {type(line).__name__}")
    if "kind" not in line:
        raise UsageError(f"lacks the key kind (one of {', '.join(KINDS)})")
    function, keys = KINDS[_one_of(line, "kind", KINDS)]
    if lacking := [key for key in keys if key not in line]:
        raise UsageError(f"lacks {', '.join(lacking)}; the kind {line['kind']} needs {', '.join(keys)}")
    if not isinstance(line["text"], str):
        raise UsageError(f"text must be a string, got {type(line['text']).__name__}")
    return function(line)


def _one_of(line: Mapping[str, Any], key: str, allowed: Iterable[str]) -> str:
    value, names = line[key], list(allowed)
    if not isinstance(value, str) or value not in names:
        raise UsageError(f"{key} must be one of {', '.join(names)}, got {value!r}")
    return value


def _lines(file: str) -> Iterator[str]:
    if file == "-":
        yield from sys.stdin
        return
    try:
        with Path(file).open(encoding="utf-8") as opened:
            yield from opened
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {error}") from None
