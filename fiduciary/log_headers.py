"""What a log's header may say: what fits into names, tables and files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inspect_ai.log import EvalLog

from fiduciary.safe_text import one_line as clean

LONGEST = 500
"""Characters of a model's or task's name."""

LARGEST = 2**53
"""Whole numbers above it are no longer exact in tables; no run counts so far."""

DEEPEST = 100

_SURROGATE = re.compile(r"[\ud800-\udfff]")


class UnusableLog(ValueError):
    """A log that is left out; says why, in one line that names no file."""


def sound(log: EvalLog) -> EvalLog:
    """The same log, if its header fits into names, tables and files.

    Raises:
        UnusableLog: names the first part of it that does not.
    """
    for what, name in (("model", log.eval.model), ("task", log.eval.task)):
        if len(name) > LONGEST:
            raise UnusableLog(f"its {what}'s name has {len(name):,} characters, more than {LONGEST}")
        if not name.strip():
            raise UnusableLog(f"its {what} has no name")
    _date(str(log.eval.created))
    for usage in log.stats.model_usage.values():
        for name, value in usage.model_dump().items():
            if isinstance(value, int | float) and not 0 <= value <= LARGEST:
                raise UnusableLog(f"its {name} is {_short(value)}, which nothing can have used")
    if log.results is not None and min(log.results.total_samples, log.results.completed_samples) < 0:
        raise UnusableLog("it counts fewer than no samples")
    for part in (log.eval, log.plan, log.results, log.stats, log.error):
        if part is not None:
            _walk_values(part.model_dump())
    return log


def _date(text: str) -> None:
    try:
        year = datetime.fromisoformat(text).year
    except ValueError:
        raise UnusableLog(f"its date is {_short(text)}, which is not a date") from None
    if not 2000 <= year < 3000:
        raise UnusableLog(f"its date is {_short(text)}, before there were models or long after")


def _walk_values(whole: Mapping[str, Any]) -> None:
    """Go through all that a header holds; not by recursion, which a hostile one would exhaust."""
    left: list[tuple[str, Any, int]] = [("", whole, 0)]
    while left:
        where, value, depth = left.pop()
        if depth > DEEPEST:
            raise UnusableLog(f"is nested more than {DEEPEST} deep at {clean(where)[:60]}")
        if isinstance(value, str) and _SURROGATE.search(value):
            raise UnusableLog(f"its {where or 'header'} holds half a character (a lone surrogate)")
        if isinstance(value, int) and abs(value) > LARGEST:
            raise UnusableLog(f"its {where or 'header'} is {_short(value)}, more than any table holds")
        if isinstance(value, Mapping):
            for key, item in value.items():
                if _SURROGATE.search(str(key)):
                    raise UnusableLog(f"a name in its {where or 'header'} holds half a character")
                left.append((clean(str(key))[:40], item, depth + 1))
        elif isinstance(value, list | tuple | set):
            left += [(where, item, depth + 1) for item in value]


def _short(value: object) -> str:
    if isinstance(value, int) and abs(value) > LARGEST:
        return f"a number of {len(str(abs(value)))} digits" if abs(value) < 10**4000 else "a huge number"
    text = clean(str(value))
    return text if len(text) <= 40 else text[:39] + "…"
