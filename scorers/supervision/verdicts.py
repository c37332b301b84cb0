"""What a supervisor's answer says: yes, no, or nothing that can be read.

Strictly, the answer is one of the two labels. Otherwise one fallback: a label with what it stands for ("A:
Yes"), a sentence that states one label ("The answer is B."), or the bare word; "Answer:" may come first.
A label with the other label's word, both labels, or both words say nothing. What cannot be read is missing,
with a reason; it is never asked for again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fiduciary.scorers.reading.text import REFUSAL, answer_of, plain_text
from fiduciary.scorers.supervision.prompts import LABELS, ORDERS


@dataclass(frozen=True)
class Verdict:
    """One answer of a supervisor.

    Attributes:
        sound: whether it says yes; None where the answer cannot be read.
        first: whether it took the label shown first; None likewise.
        reason: why it cannot be read, one of ``scorers.reading.choice.REASONS``; None where it can.
    """

    sound: bool | None = None
    first: bool | None = None
    reason: str | None = None


_LEAD = re.compile(r"^(?:the |my )?(?:answer|verdict)(?: is)?:? ", re.IGNORECASE)
_LETTER = re.compile(r"^[\(\[]?([AB])[\)\].:]?$")
_WITH_WORD = re.compile(r"^[\(\[]?([AB])[\)\]]?[ :.,()=-]+(yes|no)\b[.)]*$", re.IGNORECASE)
_WORD = re.compile(r"^(yes|no)\b[.]?$", re.IGNORECASE)
_STATED = re.compile(r"\b(?i:answer|verdict|choice)(?i: is)? ?:? ?[\(\[]?([AB])\b[\)\]]?(?=$|[.,;\n ])")


def read_verdict(text: str, order: int, stop_reason: str | None = "stop") -> Verdict:
    """Read a supervisor's answer.

    Args:
        text: what it wrote.
        order: the order of the labels that it was shown.
        stop_reason: why it stopped, in Inspect's words; None where nothing came back.
    """
    if stop_reason is None:
        return Verdict(reason="error")
    if stop_reason == "content_filter":
        return Verdict(reason="refused")
    plain = plain_text(answer_of(text)).strip()
    cut_off = stop_reason in ("max_tokens", "model_length")
    if not plain:
        return Verdict(reason="truncated" if cut_off else "empty")
    short = _LEAD.sub("", plain)
    if letter := _LETTER.match(short):
        return _of_label(letter[1], order)
    if both := _WITH_WORD.match(short):
        verdict = _of_label(both[1].upper(), order)
        return verdict if verdict.sound is (both[2].lower() == "yes") else Verdict(reason="ambiguous")
    if word := _WORD.match(short):
        sound = word[1].lower() == "yes"
        return Verdict(sound, ORDERS[order][0] == word[1].capitalize())
    if cut_off:
        return Verdict(reason="truncated")
    stated = set(_STATED.findall(plain))
    if len(stated) == 1:
        return _of_label(stated.pop(), order)
    if stated:
        return Verdict(reason="ambiguous")
    return Verdict(reason="refused" if REFUSAL.search(plain) else "no answer")


def _of_label(label: str, order: int) -> Verdict:
    place = LABELS.index(label)
    return Verdict(ORDERS[order][place] == "Yes", place == 0)
