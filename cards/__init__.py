"""Signalling: what data, model and adapter cards state, graded by a checklist with sources.

:func:`find` and :func:`read` make cards of paths, :func:`grade` grades one without reading anything.
"""

from __future__ import annotations

from fiduciary.cards.card import Card, find, read
from fiduciary.cards.checklist import Checklist, Item, checklist
from fiduciary.cards.claims import Claim
from fiduciary.cards.grading import Graded, GroupGrade, ItemGrade, grade
from fiduciary.cards.recognise import Evidence

CHECKLIST: Checklist = checklist()

__all__ = [
    "CHECKLIST",
    "Card",
    "Checklist",
    "Claim",
    "Evidence",
    "Graded",
    "GroupGrade",
    "Item",
    "ItemGrade",
    "find",
    "grade",
    "read",
]
