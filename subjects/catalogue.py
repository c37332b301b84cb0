"""Subjects by name, and the arguments (``-M name=value``) that each name takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from inspect_ai._util.error import PrerequisiteError
from rich.markup import escape

from economics.conventions import STAKEHOLDERS
from economics.utility import CES, PROFILES
from subjects.answering import Subject
from subjects.preferences import Cyclic, FirstShown, Indifferent, Preference

_COMMON = ("bonus", "outside")
_CES = ("theta", "rho", "gamma")

ARGUMENTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        **{name: ("gamma", *_COMMON) for name in PROFILES},
        "ces": (*_CES, *_COMMON),
        "random": _COMMON,
        "first_option": ("outside",),
        "cyclic": _COMMON,
        "refuser": ("rate", *_CES, *_COMMON),
        "rambler": (*_CES, "bonus"),
        "explainer": ("extra", *_CES, *_COMMON),
    }
)
"""Arguments of each subject.

A name that says whose preferences these are keeps θ and ρ; the others take them, study1's by default.
"""

NAMES: tuple[str, ...] = tuple(ARGUMENTS)


class SubjectError(PrerequisiteError, ValueError):
    """A subject that cannot be made: Inspect prints it without a traceback, Python sees a ValueError."""

    def __init__(self, text: str) -> None:
        super().__init__(escape(text))
        self.args = (text,)


def create(name: str, arguments: Mapping[str, Any] | None = None) -> Subject:
    """Make a subject.

    Args:
        name: one of ``NAMES``.
        arguments: from ``ARGUMENTS[name]``: numbers, or their text as the command line passes it.

            - theta: four weights that sum to 1, shareholders, employees, consumers, society;
            - rho: ρ ≤ 1, ``-inf`` included; gamma: γ > 0;
            - bonus: utils on the option shown first (default 0);
            - outside: probability in [0, 1) that a one-letter answer begins with something else
              (default 0);
            - rate: share of requests that refuser refuses, in [0, 1] (default 1);
            - extra: noise that explainer adds after its explanation, ≥ 0 (default 1).

    Raises:
        SubjectError: an unknown name or argument, or a value that is not allowed.
    """
    if name not in ARGUMENTS:
        raise SubjectError(f"unknown subject {name!r}; choose one of {', '.join(NAMES)}")
    given = dict(arguments or {})
    for argument in given:
        if argument not in ARGUMENTS[name]:
            raise SubjectError(
                f"subject/{name} takes no argument {argument!r}; it takes {', '.join(ARGUMENTS[name])}"
            )
    return Subject(
        preference=_preference(name, given),
        manner="rambling" if name == "rambler" else "plain",
        bonus=_number(given, "bonus", 0.0, "a finite number", math.isfinite),
        rate=_number(given, "rate", 1.0, "a share in [0, 1]", lambda x: 0 <= x <= 1)
        if name == "refuser"
        else 0.0,
        extra=_number(given, "extra", 1.0, "finite and >= 0", _at_least_zero) if name == "explainer" else 0.0,
        outside=_number(given, "outside", 0.0, "a probability in [0, 1)", lambda x: 0 <= x < 1),
    )


def _preference(name: str, given: Mapping[str, Any]) -> Preference:
    if name == "random":
        return Indifferent()
    if name == "first_option":
        return FirstShown()
    if name == "cyclic":
        return Cyclic()
    base = PROFILES.get(name, PROFILES["study1"])
    try:
        return CES(
            _theta(given["theta"]) if "theta" in given else base.theta,
            _number(given, "rho", base.rho, "a number, at most 1"),
            _number(given, "gamma", base.gamma, "a number > 0"),
        )
    except SubjectError:
        raise
    except ValueError as error:
        raise SubjectError(str(error)) from None


def _at_least_zero(value: float) -> bool:
    return 0 <= value < math.inf


def _theta(value: Any) -> tuple[float, ...]:
    items = value.split(",") if isinstance(value, str) else value
    weights = [_float(item) for item in items] if isinstance(items, list | tuple) else []
    if len(weights) != len(STAKEHOLDERS) or None in weights:
        raise SubjectError(
            f"theta must be four numbers that sum to 1 ({', '.join(STAKEHOLDERS)}), "
            f"for example theta=.4,.3,.2,.1; got {value!r}"
        )
    return tuple(weight for weight in weights if weight is not None)


def _number(
    given: Mapping[str, Any],
    argument: str,
    default: float,
    allowed: str,
    test: Callable[[float], bool] = lambda _: True,
) -> float:
    if argument not in given:
        return default
    value = _float(given[argument])
    if value is None or not test(value):
        raise SubjectError(f"{argument} must be {allowed}, got {given[argument]!r}")
    return value


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return None if math.isnan(number) else number
