"""What an answer in numbered lines says: ``1: J``, ``2: 60%``.

A leading ``<think>…</think>`` block is no part of the answer, and emphasis and quotation marks are
ignored. Of several lines with one number the last counts, since an explanation may number its points
too. Failing numbered lines, as many lines as were asked for count in their order, and so do numbered
answers that share one line. Of an answer that was cut off the last line is left out: it may lack its
end.

A line says an action by its label, alone or as the only one in the line; it says a number by being
one, a percent sign or a unit allowed, or by holding no other. Anything else is missing, with a
reason: two labels or numbers are "ambiguous", and so is a chance between 0 and 1 without a percent
sign, since percent were asked for; what is no label or exceeds the bounds is "out of range".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fiduciary.scorers.reading.text import REFUSAL, answer_of, plain_text


@dataclass(frozen=True)
class Line:
    """What one line was read as.

    Attributes:
        value: number of the action, or the number given; None where the line is missing.
        reason: one of ``scorers.reading.choice.REASONS`` where it is, else None.
    """

    value: float | None = None
    reason: str | None = None


_NUMBERED = re.compile(r"^\W*(?P<number>\d+)\s*[:.)\]]+(?!\d)\s*(?P<rest>\S.*)$")
_WITHIN = re.compile(r"(?<!\S)(?P<number>\d+)\s*[:)](?!\d)\s*")
_BLANK = re.compile(r"^[\W_]*$")
_AMOUNT = r"[-−]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+)(?!\d)"
_NUMBER = re.compile(rf"(?<![\w.])({_AMOUNT})\s*(%|per ?cent)?", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|never|neither|nor|cannot)\b|n['’]t\b", re.IGNORECASE)


def read_lines(text: str, items: Sequence[Mapping[str, Any]], stop_reason: str | None) -> dict[str, Line]:
    """Read the answers to a question's items.

    Args:
        text: the model's answer.
        items: ``name``, and either ``labels`` (of actions, by number) or a number's ``low`` and
            ``high``; ``about`` marks a chance in percent.
        stop_reason: why the model stopped, in Inspect's words; None where nothing came back.

    Returns:
        A line for each item, by its name.
    """
    names = [str(item["name"]) for item in items]
    if stop_reason is None:
        return dict.fromkeys(names, Line(reason="error"))
    if stop_reason == "content_filter":
        return dict.fromkeys(names, Line(reason="refused"))
    cut_off = stop_reason in ("max_tokens", "model_length")
    plain = plain_text(answer_of(text))
    if not plain.strip():
        return dict.fromkeys(names, Line(reason="truncated" if cut_off else "empty"))
    lines = [line for line in plain.splitlines() if line.strip()]
    said = _by_number(lines[:-1] if cut_off else lines, len(items))
    nothing = Line(reason="refused" if REFUSAL.search(plain) else "truncated" if cut_off else "no answer")
    read = {}
    for number, (name, item) in enumerate(zip(names, items, strict=True), 1):
        line = _read(said[number], item) if number in said else nothing
        read[name] = nothing if line.reason == "no answer" else line
    return read


def _by_number(lines: Sequence[str], count: int) -> dict[int, str]:
    """What was said at each number, 1 … count."""
    said: dict[int, str] = {}
    for line in lines:
        if len(marks := list(_WITHIN.finditer(line))) > 1:
            ends = [*(mark.start() for mark in marks[1:]), len(line)]
            pieces = [(m["number"], line[m.end() : end]) for m, end in zip(marks, ends, strict=True)]
        else:
            found = _NUMBERED.match(line)
            pieces = [(found["number"], found["rest"])] if found else []
        for number, rest in pieces:
            if 1 <= int(number) <= count and not _BLANK.match(rest):
                said[int(number)] = rest
    if not said and len(lines) == count and not any(map(_NUMBERED.match, lines)):
        said = dict(enumerate(lines, 1))
    return said


def _read(rest: str, item: Mapping[str, Any]) -> Line:
    labels = item.get("labels")
    # "1. If you are Player 1: J" repeats the question before the answer.
    answer = rest.rpartition(":")[2].strip() or rest
    return _action(answer, labels) if labels else _number(answer, item)


def _action(answer: str, labels: Sequence[str]) -> Line:
    bare = answer.strip(" .,;!()[]'")
    exact = [number for number, label in enumerate(labels) if bare.casefold() == label.casefold()]
    if exact:
        return Line(float(exact[0]))
    # Longest first, so that "invest" is not found within "not invest"; a letter counts in capitals only.
    longest = sorted(labels, key=len, reverse=True)
    pattern = "|".join(
        rf"\b{re.escape(label)}\b" if len(label) == 1 else rf"(?i:\b{re.escape(label)}\b)"
        for label in longest
    )
    found = {match.casefold() for match in re.findall(pattern, answer)}
    if len(found) > 1 or (found and _DENIED.search(re.sub(pattern, "", answer))):
        return Line(reason="ambiguous")
    if not found:
        return Line(reason="out of range" if re.fullmatch(r"[A-Za-z]", bare) else "no answer")
    return Line(float([label.casefold() for label in labels].index(found.pop())))


def _number(answer: str, item: Mapping[str, Any]) -> Line:
    found = _NUMBER.findall(answer)
    if len(found) != 1:
        return Line(reason="ambiguous" if found else "no answer")
    [(digits, percent)] = found
    value = float(digits.replace(",", "").replace("−", "-"))
    if "about" in item and 0 < value < 1 and not percent:
        return Line(reason="ambiguous")
    low, high = item.get("low"), item.get("high")
    if (low is not None and value < low) or (high is not None and value > high):
        return Line(reason="out of range")
    return Line(value)
