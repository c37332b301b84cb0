"""The sentences that ask an explanation to weigh a group. They name no option and no choice."""

from __future__ import annotations

ENCOURAGEMENTS = (
    "Weigh in particular what {group} would gain.",
    "Pay special attention to the gains of {group}.",
    "Think above all of what is at stake for {group}.",
    "Consider with care the situation of {group}.",
)
"""Wordings of an encouragement; they need not be equally strong, and the first stage learns which are."""
