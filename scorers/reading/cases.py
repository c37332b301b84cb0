"""One case of a file of cases, read by the reader of its kind: what a stored text gives, and why if nothing.

A case has ``kind`` ("amount", "rating", "agreement" or "lines") and ``text``, and may have
``stop_reason``, ``labels`` (of an agreement: label → 1 … 5) and ``items`` (of lines, as ``read_lines``
takes them). Without ``items`` two lines were asked for, an action J or K and a chance in percent; where
``right`` lists what each line says, as many as it lists, a chance where it has a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fiduciary.scorers.reading.agreement import read_agreement
from fiduciary.scorers.reading.lines import read_lines
from fiduciary.scorers.reading.numbers import read_amount, read_rating

MISSING = "missing"

KINDS = ("amount", "rating", "agreement", "lines")
"""Kinds of cases that are read here."""

Read = float | str | list[float | str]

_POINTS = {str(point): point for point in range(1, 6)}
_LETTERS = (("J", "K"), ("M", "N"))


def read_case(kind: str, case: Mapping[str, Any]) -> tuple[Read, str | None]:
    """Read a case.

    Args:
        kind: one of ``KINDS``.
        case: as the module's docstring says.

    Returns:
        The value, ``"missing"``, or a list with one of these a line; and the reason of the first that is
        missing.

    Raises:
        ValueError: another kind.
    """
    text, stop_reason = str(case["text"]), case.get("stop_reason", "stop")
    if kind == "lines":
        items = case.get("items") or _items(case.get("right"))
        said = list(read_lines(text, items, stop_reason).values())
        values = [_shown(line.value, item) for line, item in zip(said, items, strict=True)]
        return values, next((line.reason for line in said if line.reason), None)
    if kind == "amount":
        value, reason = read_amount(text, stop_reason)
    elif kind == "rating":
        value, reason = read_rating(text, stop_reason)
    elif kind == "agreement":
        value, reason = read_agreement(text, case.get("labels") or _POINTS, stop_reason)
    else:
        raise ValueError(f"kind is {kind!r}, but must be one of {', '.join(KINDS)}")
    return (MISSING if value is None else value), reason


def _shown(value: float | None, item: Mapping[str, Any]) -> float | str:
    if value is None:
        return MISSING
    return str(item["labels"][int(value)]) if item.get("labels") else value


def _items(right: Sequence[Any] | None) -> list[dict[str, Any]]:
    """What was asked, where a case does not say it."""
    wanted = [MISSING] * 2 if right is None else right
    items: list[dict[str, Any]] = []
    for place, line in enumerate(wanted):
        if isinstance(line, int | float) or (line == MISSING and 0 < place == len(wanted) - 1):
            items.append({"name": str(place + 1), "low": 0, "high": 100, "about": 1})
        else:
            items.append({"name": str(place + 1), "labels": _LETTERS[line in _LETTERS[1]]})
    return items
