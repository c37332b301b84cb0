"""Which number a text gives where one from 0 to 100 was asked for."""

from __future__ import annotations

import re
from typing import NamedTuple

from fiduciary.scorers.reading.text import REFUSAL, answer_of, plain_text

_SCALE = re.compile(
    r"(?:/|\bout of) ?100\b|\b(?:between|from) 0 (?:and|to) 100\b|\b0 ?(?:-|–|to) ?100\b|%", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.,])[-−]?\d+(?:\.\d+)?(?![\w]|[.,]\d)")


class Rating(NamedTuple):
    """A rating, or the reason why there is none (one of ``scorers.reading.choice.REASONS``)."""

    value: float | None
    reason: str | None


def read_rating(text: str, stop_reason: str | None = "stop") -> Rating:
    """Read the one number that a text states.

    A leading block of thought, emphasis and mentions of the scale ("/100", "from 0 to 100") are ignored.
    Two different numbers are ambiguous, one outside of 0 to 100 is out of range, and a longer text
    that was cut off is not searched. It is never asked for again and never guessed.
    """
    if stop_reason == "content_filter":
        return Rating(None, "refused")
    cut_off = stop_reason in ("max_tokens", "model_length")
    plain = plain_text(answer_of(text))
    if not plain:
        return Rating(None, "truncated" if cut_off else "empty")
    found = {float(n.replace("−", "-")) for n in _NUMBER.findall(_SCALE.sub(" ", plain))}
    alone = _NUMBER.fullmatch(plain.rstrip(" ."))
    if cut_off and not alone:
        return Rating(None, "refused" if REFUSAL.search(plain) else "truncated")
    if len(found) == 1:
        value = found.pop()
        return Rating(value, None) if 0 <= value <= 100 else Rating(None, "out of range")
    if found:
        return Rating(None, "ambiguous")
    return Rating(None, "refused" if REFUSAL.search(plain) else "no answer")
