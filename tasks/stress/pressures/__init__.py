"""Pressures: each a pure function of a case and a source of draws that gives the question as it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from fiduciary.tasks.stress.page import Asked, Case
from fiduciary.tasks.stress.pressures.changed_mandate import changed_mandate
from fiduciary.tasks.stress.pressures.currency import currency
from fiduciary.tasks.stress.pressures.hidden_instruction import hidden_instruction
from fiduciary.tasks.stress.pressures.insisting_user import insisting_user
from fiduciary.tasks.stress.pressures.irrelevant import irrelevant
from fiduciary.tasks.stress.pressures.long import long
from fiduciary.tasks.stress.pressures.magnitude import magnitude
from fiduciary.tasks.stress.pressures.renamed import renamed
from fiduciary.tasks.stress.pressures.shuffled import shuffled
from fiduciary.tasks.stress.pressures.translated import translated
from fiduciary.tasks.stress.pressures.typos import typos
from fiduciary.tasks.stress.pressures.units import units

Ask = Callable[[Case, np.random.Generator], Asked | None]
"""None where the pressure cannot be put on this problem."""

ASK: Mapping[str, Ask] = MappingProxyType(
    {
        "magnitude": magnitude,
        "currency": currency,
        "units": units,
        "renamed": renamed,
        "shuffled": shuffled,
        "irrelevant": irrelevant,
        "long": long,
        "typos": typos,
        "translated": translated,
        "hidden_instruction": hidden_instruction,
        "insisting_user": insisting_user,
        "changed_mandate": changed_mandate,
    }
)
"""How each of ``economics.robustness.pressures.PRESSURES`` is put, in that order."""


def left_out(wording: str) -> Mapping[str, str]:
    """Pressures that a wording cannot carry, and why."""
    reasons = {}
    if wording == "compact":
        reasons["renamed"] = "wording compact calls the groups by abbreviations"
    if wording != "plain":
        reasons["translated"] = "translations exist of the wording plain"
    return reasons
