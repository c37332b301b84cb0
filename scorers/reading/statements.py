"""Statements of a choice in a text: which option they name, and whether they draw the conclusion.

A statement is a head that an option follows at once, or an option that is called the choice (``heads``), where
nothing around it makes it none (``surroundings``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from fiduciary.scorers.reading.heads import BEST_IS, HEAD, IS_BEST, REVERSED
from fiduciary.scorers.reading.options import BLANK, OPTION, letter_of
from fiduciary.scorers.reading.surroundings import Context, spoilt

_AFTER = 300  # characters that are looked at after a statement

_UNREAL = re.compile(r"(?:would|should|['’]d) have (?!to\b)|\bhad (?!to\b|decided)", re.IGNORECASE)
_PREFERS = re.compile(r"prefer\b.{0,20}\Z", re.IGNORECASE | re.DOTALL)
_JOINT = re.compile(
    r"[\"'”’»)\]⟧]{0,2}\s*(?:(?:,|;|/|&|\+|\||\(|=|\bor\b|\band\b|\bas well as\b|\bplus\b|\bthen\b"
    r"|\bfollowed by\b|\balong with\b|\btogether with\b|\bwith\b|\bbut also\b|\bthrough\b|\bto\b|\bvs\.?"
    r"|\bversus\b|->|→|-|–|—|\bwhich is\b|\bthat is\b|\bi\.e\.|\balso known as\b|\bmaybe\b|\bperhaps\b"
    r"|\bpossibly\b|\beven\b|\balso\b|\bboth\b|\beither\b|\botherwise\b|\belse\b|\bbut\b|\binstead\b"
    r"|\brather\b(?! than)|\bactually\b|\bwait\b|\bno\b|\bsorry\b|\bi mean\b),?\s*){1,4}",
    re.IGNORECASE,
)
_NEW_CLAUSE = re.compile(
    r" (?:is|was|are|would|will|has|does|seems|can|could|may|offers?|gives?|pays?|harms?|hurts?)\b"
)
_SHARED = re.compile(
    rf"(?P<between>[^.!?\n]{{0,60}}?)(?:\band\b|\bbut\b|\bor\b|,|;"
    rf"|\botherwise\b) ?{OPTION.pattern} (?i:for|if|when|otherwise)\b"
)
_SUBORDINATE = re.compile(
    r"\b(?:because|since|as|which|due|given|while|whereas|that|who|than|over|rather|instead|not|compared"
    r"|considering|even|despite|unlike|between|of)\b",
    re.IGNORECASE,
)

SEVERAL = "several"
PLACEHOLDER = "placeholder"


@dataclass(frozen=True)
class Statement:
    """A choice that a text states.

    Attributes:
        letter: of the option, or ``SEVERAL``, or ``PLACEHOLDER`` where a template was left blank.
        begin: where it begins in the text.
        end: where the name of the option ends.
        closing: whether it draws the conclusion ("Therefore, I choose").
        praise: whether it calls an option the best and does not say that it is chosen.
    """

    letter: str
    begin: int
    end: int
    closing: bool
    praise: bool = False


def statements(text: str) -> list[Statement]:
    """All statements of a choice in a clean text (``markup.clean``), in their order."""
    context = Context(text)
    kept: list[Statement] = []
    for begin, end, option, kind in sorted(_candidates(text), key=lambda found: found[:2]):
        closing = context.closes(begin, kind)
        if closing is None:
            continue
        praise = kind == "best" and not closing
        stated, tail = text[begin:end], text[end : end + _AFTER]
        if option is None:
            kept.append(Statement(PLACEHOLDER, begin, end, closing))
        elif not (tail.startswith(" to ") and _PREFERS.search(stated)) and several(tail, letter_of(option)):
            kept.append(Statement(SEVERAL, begin, end, closing, praise))
        elif not spoilt(tail, kind, stated):
            kept.append(Statement(letter_of(option), begin, end, closing, praise))
    return kept


def several(tail: str, letter: str) -> bool:
    """Whether the words after an option add another one: ``or B``, ``, B``, ``which is Option B``."""
    joint = _JOINT.match(tail)
    other = OPTION.match(tail, joint.end()) if joint else None
    if other and letter_of(other) != letter and not _NEW_CLAUSE.match(tail, other.end()):
        return True
    shared = _SHARED.match(tail)
    return bool(shared and letter_of(shared) != letter and not _SUBORDINATE.search(shared["between"]))


def _candidates(text: str) -> Iterator[tuple[int, int, re.Match[str] | None, str]]:
    for head in HEAD.finditer(text):
        if _UNREAL.search(head[0]):
            continue
        kind = str(head.lastgroup)
        # A box's opening mark belongs to the option's name.
        start = head.start() if kind == "box" else head.end()
        if option := OPTION.match(text, start):
            yield head.start(), option.end(), option, kind
        elif blank := BLANK.match(text, start):
            yield head.start(), blank.end(), None, kind
    for head in BEST_IS.finditer(text):
        if option := OPTION.match(text, head.end()):
            yield head.start(), option.end(), option, "best"
    for option in REVERSED.finditer(text):
        yield option.start(), option.end(), option, "reversed"
    for option in IS_BEST.finditer(text):
        yield option.start(), option.end(), option, "best"
