"""Reading a task's arguments: ``-T name=value`` arrives as text, numbers or lists of text.

Every function returns the value in one type or raises :class:`ArgumentError`, whose message names
the argument, what was given and what is allowed. All run before a model is called.
"""

from __future__ import annotations

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, ParamSpec, TypeVar

from rich.markup import escape

from fiduciary._inspect import PrerequisiteError
from fiduciary.economics.principals import Principal, PrincipalError, stated
from fiduciary.tasks._server import with_served
from fiduciary.tasks._speed import spare_the_collector

P = ParamSpec("P")
T = TypeVar("T")


class UnknownArgumentError(PrerequisiteError, ValueError):
    """An argument that a task does not take."""

    def __init__(self, text: str) -> None:
        super().__init__(escape(text))
        self.args = (text,)


class ArgumentError(PrerequisiteError, ValueError):
    """A task argument that cannot be used.

    Inspect prints a ``PrerequisiteError`` without a traceback; Python code catches a ``ValueError``.
    """

    def __init__(self, name: str, given: Any, allowed: str) -> None:
        text = f"{name} must be {allowed}, got {given!r}"
        super().__init__(escape(text))
        self.args = (text,)  # what str() shows, without the markup escapes that the terminal needs


def known_names(make: Callable[P, T]) -> Callable[P, T]:
    """Stand between ``@task`` and a task: a mistyped ``-T`` name stops the run.

    Inspect passes a task only the arguments that its signature names and mentions the others in a warning,
    after which the run goes on with a default; a task that takes any name gets them all.

    Raises:
        ArgumentError: when the task is made, with the nearest names.
    """
    signature = inspect.signature(make)
    known = list(signature.parameters)

    @functools.wraps(make)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        for name in kwargs:
            if name not in known:
                near = get_close_matches(name, known, n=3)
                meant = f"did you mean {' or '.join(near)}?" if near else f"it takes {', '.join(known)}"
                raise UnknownArgumentError(f"{make.__name__} takes no argument {name!r}; {meant}")
        spare_the_collector()
        return with_served(make(*args, **kwargs))

    anything = inspect.Parameter("unknown", inspect.Parameter.VAR_KEYWORD)
    checked.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), anything]
    )
    return checked


def whole_number(name: str, value: Any, *, at_least: int, at_most: float = math.inf) -> int:
    """An integer within limits; ``1e3`` and ``10.0`` count as integers."""
    limits = f"of at least {at_least}" if math.isinf(at_most) else f"from {at_least} to {at_most}"
    allowed = f"a whole number {limits}"
    number = _float(value)
    if number is None or not number.is_integer() or not at_least <= number <= at_most:
        raise ArgumentError(name, value, allowed)
    return int(number)


def number(name: str, value: Any, allowed: str = "a number") -> float:
    """A number; infinities pass, NaN does not."""
    given = _float(value)
    if given is None:
        raise ArgumentError(name, value, allowed)
    return given


def finite_number(name: str, value: Any, allowed: str, *, zero: bool) -> float:
    """A finite number above 0, or from 0 on where ``zero`` is allowed too."""
    given = number(name, value, allowed)
    if not (math.isfinite(given) and (given > 0 or (zero and given == 0))):
        raise ArgumentError(name, value, allowed)
    return given


def temperature_of(value: Any) -> float:
    """A temperature of texts, τ ≥ 0."""
    return finite_number("temperature", value, "a finite number >= 0", zero=True)


def principal_of(name: Any, theta: Any, rho: Any) -> Principal | None:
    """The principal that ``principal``, or ``theta`` and ``rho``, state; None where none of them is given."""
    try:
        return stated(name, theta, rho)
    except PrincipalError as error:
        raise ArgumentError(error.argument, error.value, error.allowed) from error


def numbers(name: str, value: Any, allowed: str) -> tuple[float, ...]:
    """One number or several, from a list or from text with commas."""
    values = [_float(item) for item in items(value)]
    if not values or None in values:
        raise ArgumentError(name, value, allowed)
    return tuple(v for v in values if v is not None)


def one_of(name: str, value: Any, allowed: Sequence[str]) -> str:
    """One of the allowed words."""
    if not isinstance(value, str) or value not in allowed:
        raise ArgumentError(name, value, f"one of {', '.join(allowed)}")
    return value


def some_of(name: str, value: Any, allowed: Sequence[str]) -> tuple[str, ...]:
    """One or several of the allowed words, each at most once."""
    words = items(value)
    if not words or len(set(map(str, words))) < len(words) or any(word not in allowed for word in words):
        raise ArgumentError(name, value, f"one or several (separated by commas) of {', '.join(allowed)}")
    return tuple(words)


def yes_or_no(name: str, value: Any) -> bool:
    """A boolean."""
    if not isinstance(value, bool):
        raise ArgumentError(name, value, "true or false")
    return value


def items(value: Any) -> list[Any]:
    """The entries of a list, of text with commas, or of a single value."""
    if isinstance(value, str):
        value = value.split(",")
    entries = list(value) if isinstance(value, list | tuple) else [value]
    return [entry.strip() if isinstance(entry, str) else entry for entry in entries]


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        result = float(value)
    except ValueError:
        return None
    return None if math.isnan(result) else result
