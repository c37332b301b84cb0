"""Subjects that choose between stakeholders: a preference, a manner of answering, and their arguments."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.subjects.answering import Subject
from fiduciary.subjects.arguments import SubjectError, as_float, at_least_zero, number
from fiduciary.subjects.axioms import Jumpy, Satiated, Unreflexive
from fiduciary.subjects.utilities import (
    Cyclic,
    FirstShown,
    Indifferent,
    Lexicographic,
    Preference,
    Satisficing,
)

_COMMON = ("bonus", "outside")
_CES = ("theta", "rho", "gamma")

ARGUMENTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        **{name: ("gamma", *_COMMON) for name in PROFILES},
        "ces": (*_CES, *_COMMON),
        "random": _COMMON,
        "first_option": ("outside",),
        "cyclic": _COMMON,
        "lexicographic": ("threshold", *_COMMON),
        "satisficing": ("aspiration", *_COMMON),
        "unreflexive": ("lead", *_CES, *_COMMON),
        "satiated": ("bliss", *_CES, *_COMMON),
        "jumpy": ("period", "jump", *_CES, *_COMMON),
        "refuser": ("rate", *_CES, *_COMMON),
        "rambler": (*_CES, "bonus"),
        "explainer": ("extra", *_CES, *_COMMON),
    }
)
"""Arguments of each subject.

A name that says whose preferences these are keeps θ and ρ; the others take them, study1's by default.
"""


def create(name: str, given: Mapping[str, Any]) -> Subject:
    """Make a subject of this family.

    Args:
        name: a key of ``ARGUMENTS``.
        given: from ``ARGUMENTS[name]``: numbers, or their text as the command line passes it.

            - theta: four weights that sum to 1, shareholders, employees, consumers, society;
            - rho: ρ ≤ 1, ``-inf`` included; gamma: γ > 0;
            - bonus: utils on the option shown first (default 0);
            - outside: probability in [0, 1) that a one-letter answer begins with something else
              (default 0);
            - rate: share of requests that refuser refuses, in [0, 1] (default 1);
            - threshold: dollars by which an option may fall short of the best and still be looked at
              further, ≥ 0 (default 0);
            - aspiration: dollars that satisficing wants for everybody (default 500);
            - lead: utils that unreflexive gives the first of identical options (default 3);
            - bliss: dollars of which satiated has enough (default 1,200);
            - period, jump: dollars of all gains together after which jumpy likes and dislikes them again, > 0
              (default 500), and by how many utils (default 4);
            - extra: noise that explainer adds after its explanation, ≥ 0 (default 1).

    Raises:
        SubjectError: a value that is not allowed.
    """
    return Subject(
        preference=_preference(name, given),
        manner="rambling" if name == "rambler" else "plain",
        bonus=number(given, "bonus", 0.0, "a finite number", math.isfinite),
        rate=number(given, "rate", 1.0, "a share in [0, 1]", lambda x: 0 <= x <= 1)
        if name == "refuser"
        else 0.0,
        extra=number(given, "extra", 1.0, "finite and >= 0", at_least_zero) if name == "explainer" else 0.0,
        outside=number(given, "outside", 0.0, "a probability in [0, 1)", lambda x: 0 <= x < 1),
    )


def _preference(name: str, given: Mapping[str, Any]) -> Preference:
    if name == "random":
        return Indifferent()
    if name == "first_option":
        return FirstShown()
    if name == "cyclic":
        return Cyclic()
    if name == "lexicographic":
        threshold = number(given, "threshold", 0.0, "dollars, finite and >= 0", at_least_zero)
        return Lexicographic(threshold / DOLLARS_PER_UNIT)
    if name == "satisficing":
        default = Satisficing().aspiration * DOLLARS_PER_UNIT
        return Satisficing(
            number(given, "aspiration", default, "finite dollars", math.isfinite) / DOLLARS_PER_UNIT
        )
    base = _ces(PROFILES.get(name, PROFILES["study1"]), given)
    if name == "unreflexive":
        return Unreflexive(base, number(given, "lead", 3.0, "a finite number", math.isfinite))
    if name == "satiated":
        bliss = number(given, "bliss", 1_200.0, "finite dollars", math.isfinite)
        return Satiated(base, bliss / DOLLARS_PER_UNIT)
    if name == "jumpy":
        period = number(given, "period", 500.0, "dollars, finite and > 0", lambda x: 0 < x < math.inf)
        return Jumpy(
            base, period / DOLLARS_PER_UNIT, number(given, "jump", 4.0, "a finite number", math.isfinite)
        )
    return base


def _ces(base: CES, given: Mapping[str, Any]) -> CES:
    try:
        return CES(
            _theta(given["theta"]) if "theta" in given else base.theta,
            number(given, "rho", base.rho, "a number, at most 1"),
            number(given, "gamma", base.gamma, "a number > 0"),
        )
    except SubjectError:
        raise
    except ValueError as error:
        raise SubjectError(str(error)) from None


def _theta(value: Any) -> tuple[float, ...]:
    items = value.split(",") if isinstance(value, str) else value
    weights = [as_float(item) for item in items] if isinstance(items, list | tuple) else []
    if len(weights) != len(STAKEHOLDERS) or None in weights:
        raise SubjectError(
            f"theta must be four numbers that sum to 1 ({', '.join(STAKEHOLDERS)}), "
            f"for example theta=.4,.3,.2,.1; got {value!r}"
        )
    return tuple(weight for weight in weights if weight is not None)
