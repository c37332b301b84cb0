"""What all readers of a text share: what of it is the answer, refusals, and denials."""

from __future__ import annotations

import re

from fiduciary.scorers.reading.thought import without_thought

_MARKS = re.compile(r"[*_`\"“”]+|##+|#(?![0-9])")
"""Emphasis, quotation marks and headings; "#1" is a rank."""
_DENIAL = re.compile(
    r"(?:\bnot|n['’]t|\bnever|\bcannot|\brather than|\binstead of|\bagainst)"
    r"(?: (?:to|simply|just|ever|therefore|then|i|would|we|the))*\s*$",
    re.IGNORECASE,
)
_LOOK_BACK = 40  # characters before a statement in which a denial is looked for

REFUSAL = re.compile(
    r"\bI(?:['’]m| am)? (?:cannot|can['’]t|can not|could not|won['’]t|will not|refuse|decline|must decline"
    r"|have to decline|unable|not able|not comfortable|not in a position|(?:do not|don['’]t) (?:want|wish))\b"
    r"|\bas an AI\b|\bI(?:['’]m| am) sorry\b"
    r"|\b(?:prefer|would rather) not (?:to )?(?:choose|answer|decide)\b",
    re.IGNORECASE,
)
"""Words by which a model declines to answer."""


def answer_of(text: str) -> str:
    """Text without what the model thought, in whatever form it marks that (``scorers.reading.thought``)."""
    return without_thought(text)


def plain_text(text: str) -> str:
    """Text without emphasis marks and quotation marks, one space between words."""
    without = _MARKS.sub("", text)
    return "\n".join(" ".join(line.split()) for line in without.splitlines())


def denied(text: str, start: int) -> bool:
    """Whether the words right before a place of a text deny what stands there."""
    return bool(_DENIAL.search(text[max(0, start - _LOOK_BACK) : start]))
