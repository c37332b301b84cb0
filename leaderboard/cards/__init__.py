"""Signalling: what data, model and adapter cards state, graded by a checklist with sources.

:func:`find` and :func:`read` make cards of paths, :func:`grade` grades one without reading anything.
"""

from __future__ import annotations

from leaderboard.cards.card import Card, find, read
from leaderboard.cards.checklist import Checklist, Item, checklist
from leaderboard.cards.claims import Claim
from leaderboard.cards.grading import Graded, GroupGrade, ItemGrade, grade
from leaderboard.cards.recognise import Evidence

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
