"""Reading a subject's arguments (``-M name=value``), with errors that name the argument."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from rich.markup import escape

from fiduciary._inspect import PrerequisiteError


class SubjectError(PrerequisiteError, ValueError):
    """A subject that cannot be made: Inspect prints it without a traceback, Python sees a ValueError."""

    def __init__(self, text: str) -> None:
        super().__init__(escape(text))
        self.args = (text,)


def number(
    given: Mapping[str, Any],
    argument: str,
    default: float,
    allowed: str,
    test: Callable[[float], bool] = lambda _: True,
) -> float:
    """One number: given as such, or as the text that the command line passes.

    Raises:
        SubjectError: no number, NaN, or one that fails ``test``; ``allowed`` says what is.
    """
    if argument not in given:
        return default
    value = as_float(given[argument])
    if value is None or not test(value):
        raise SubjectError(f"{argument} must be {allowed}, got {given[argument]!r}")
    return value


def as_float(value: Any) -> float | None:
    """A number or its text as a float; None for anything else, NaN included."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except ValueError:
        return None
    return None if math.isnan(result) else result


def at_least_zero(value: float) -> bool:
    """Whether a number is finite and not negative."""
    return 0 <= value < math.inf
