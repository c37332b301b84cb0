"""Which number a text states: an amount of dollars, a rating from 0 to 100, a point of a scale, a chance.

A leading ``<think>…</think>`` block, emphasis and LaTeX are no part of the answer;
``fiduciary.numbers_in_text`` says what a number is.

1. A number is stated where it is a sentence of its own, follows a short label ("Rating: 40"), or
   follows words of stating ("I would say 40", "my rating of this is 40"); and where its clause ends with
   it, or goes on with a reason or approval ("40 seems fair"). A number that counts or names something ("3
   employees", "95% confidence", "period 4") or reports another time is not stated.
2. Words that deny or suppose it, or that make a bound or a range of it ("not 80", "about 80", "80 or so", "80
   to 90"), leave no number; nor does a text that takes it back.
3. Any other number that stands as bare as an answer makes the answer ambiguous, unless it is the same. Where
   the answer is explicit ("Rating: 40", "I rate it 40"), numbers in other clauses were reasons.
4. Of a text that was cut off only a number that it begins with counts, and none that may lack a digit.

What is missing has a reason; it is never asked for again and never guessed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from fiduciary.numbers_in_text import Number, numbers, plain_digits
from fiduciary.scorers.reading.number_phrases import (
    A_CHANCE,
    ALONE,
    APPROVED,
    BOUND,
    BOUND_AFTER,
    CHANCE,
    COMPARED,
    COUNTED,
    DENIED,
    EXPLICIT,
    LEAD,
    NAME_OF,
    NEW_CLAUSE,
    NO_BOUND,
    OFFERED,
    REASON,
    REPORTED,
    SUPPOSED,
    TAIL,
    UNIT,
    UNSAID,
    WORDED,
    states,
)
from fiduciary.scorers.reading.retractions import withdrawn
from fiduciary.scorers.reading.text import REFUSAL, answer_of, plain_text

DOLLARS, PERCENT, COUNT = frozenset({"", "$", "€"}), frozenset({"", "%"}), frozenset({""})
"""Units in which an amount, a rating or chance, and a point of a scale may be written."""

CUT_OFF = ("max_tokens", "model_length")
"""Inspect's stop reasons of an answer that may lack its end."""

MOST = 1_000
"""Numbers of a text that are looked at; one with more says nothing plain."""


class Said(NamedTuple):
    """What was read: a number, or why there is none (one of ``scorers.reading.choice.REASONS``)."""

    value: float | None = None
    reason: str | None = None


_TAG = re.compile(r"</?[A-Za-z]\w{0,20}>")
_ABBREVIATED = re.compile(r"\b(approx|ca|no|nr|max|min|est|art|fig|vs|incl|excl)\.", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?;]) |\n")
SCALE = re.compile(
    r"(?:(?<=[0-9])| \() ?(?:(?:points?|marks) )?(?:/|(?:out )?of) ?100\b(?![.,]?[0-9])\)?"
    r"| ?\(?(?:\b(?:on )?(?:a |the )?scale (?:of|from) 0 ?(?:and|to|-|–) ?100\b"
    r"|\b(?:between|from) 0 (?:and|to) 100\b|\b0 ?(?:-|–|to) ?100\b)\)?",
    re.IGNORECASE,
)
"""Mentions of a scale from 0 to 100."""

_REMARK = re.compile(
    r",?\s{0,9}\"(?:confidence|certainty|reason|reasons|reasoning|explanation|rationale|justification|notes?"
    r"|comments?"
    r"|plans?|insights?|currency|unit|scale)\"\s{0,9}:\s{0,9}(?:\"[^\"\\]{0,1000}\"|[0-9.]{1,9}%?)",
    re.IGNORECASE,
)
"""Pairs of a JSON object beside its answer."""
_SHORT = 4  # words of a sentence that is "My rating: 40." at most
_REACH = 100  # characters around a number in which words about it are looked for
_PERCENT = re.compile(r"%|\bper ?cent\b|\bpct\b", re.IGNORECASE)


@dataclass
class Found:
    """Numbers of a text.

    Attributes:
        stated: as the answer.
        bare: what stands as an answer would, with None for numbers that are unclear or bounded.
        rivals: those of them that stand beside the answer, even where that is explicit.
        values: all that have a value.
        explicit: whether the answer is stated by its name, by "I", or in a sentence of its own that begins or
            ends the text: then other numbers in other clauses were reasons.
        first: whether it is stated in the text's first sentence.
        denied: whether a number is ("not 80").
    """

    stated: set[float] = field(default_factory=set)
    bare: set[float | None] = field(default_factory=set)
    rivals: set[float | None] = field(default_factory=set)
    values: set[float] = field(default_factory=set)
    explicit: bool = False
    first: bool = False
    denied: bool = False

    def one(self) -> float | None:
        """The one number that is stated and has no rival, or None."""
        against = self.rivals if self.explicit else self.bare
        return next(iter(self.stated)) if len(self.stated) == 1 and against <= self.stated else None


class _Place(NamedTuple):
    """A number in its sentence: what it is, and where it and its clause begin."""

    kind: str
    value: float | None
    start: int
    end: int
    clause: int


def read_amount(text: str, stop_reason: str | None = "stop") -> Said:
    """Read an amount of dollars, which may be negative; percentages are none."""
    return read_number(text, DOLLARS, stop_reason)


def read_rating(text: str, stop_reason: str | None = "stop") -> Said:
    """Read a rating from 0 to 100; "80%", "80/100" and "80 out of 100" are 80."""
    return read_number(text, PERCENT, stop_reason, low=0, high=100, scale=SCALE)


def read_number(
    text: str,
    units: frozenset[str],
    stop_reason: str | None = "stop",
    *,
    low: float = -math.inf,
    high: float = math.inf,
    scale: re.Pattern[str] | None = None,
) -> Said:
    """Read the one number that a text states.

    Args:
        text: the model's answer.
        units: one of ``DOLLARS``, ``PERCENT`` and ``COUNT``.
        stop_reason: why the model stopped, in Inspect's words; None where nothing came back.
        low: least number in range.
        high: greatest number in range; an infinite number never is.
        scale: mentions of the scale, which are no answers.
    """
    plain = plain_answer(text, stop_reason)
    if isinstance(plain, Said):
        return plain
    plain = plain if scale is None else scale.sub("", plain).strip()
    found = numbers_of(plain, units)
    value = found.one()
    if stop_reason in CUT_OFF and not (_is_alone(plain) or (value is not None and _begins(plain, units))):
        return Said(reason="refused" if REFUSAL.search(plain) else "truncated")
    if value is None:
        return Said(reason=why_missing(plain, found))
    if stop_reason in CUT_OFF and plain[-1].isdigit() and 0 < abs(value) * 10 <= high:
        return Said(reason="truncated")  # Another digit may have followed.
    if units is PERCENT and 0 < value < 1 and not _PERCENT.search(plain):
        return Said(reason="ambiguous")  # A share, where percent were asked for?
    return Said(value) if low <= value <= high and math.isfinite(value) else Said(reason="out of range")


def plain_answer(text: str, stop_reason: str | None) -> Said | str:
    """The answer without emphasis and LaTeX, or why there is none to read."""
    if stop_reason is None:
        return Said(reason="error")
    if stop_reason == "content_filter":
        return Said(reason="refused")
    plain = _TAG.sub(" ", plain_text(plain_digits(_REMARK.sub("", answer_of(text))))).strip()
    return plain or Said(reason="truncated" if stop_reason in CUT_OFF else "empty")


def why_missing(plain: str, found: Found) -> str:
    """The reason of a text in which a number was looked for in vain."""
    if REFUSAL.search(plain) and not found.stated:
        return "refused"
    return "ambiguous" if found.bare else "no answer"


def numbers_of(plain: str, units: frozenset[str]) -> Found:
    """Look for the numbers of a plain text."""
    found = Found()
    count = 0
    rest: list[str] = []  # what comes after the last number that is stated
    sentences = [s for s in _SENTENCE.split(_ABBREVIATED.sub(r"\1", WORDED.sub("", plain))) if s.strip()]
    for k, sentence in enumerate(sentences):
        rest.append(sentence)
        inside = numbers(sentence)[: MOST + 1 - count]
        found.values |= {number.value for number in inside if number.value is not None}
        places = [_place(sentence, number, units) for number in inside]
        count += len(places)
        if count > MOST:
            found.bare.add(None)
            found.rivals.add(None)
            break
        _weigh(sentence, places, found, outer=k in (0, len(sentences) - 1))
        if stated := [place for place in places if place.kind in ("explicit", "stated", "alone")]:
            rest = [sentence[stated[-1].end :]]
            found.first = found.first or k == 0
    if found.stated and withdrawn("\n".join(rest)):
        found.rivals.add(None)
    if not found.stated and found.denied:
        found.bare.add(None)
    found.bare |= found.rivals
    return found


def _place(sentence: str, number: Number, units: frozenset[str]) -> _Place:
    """What a number is: explicit, alone or stated; bare, unclear, denied, supposed, or a mention."""
    unit = UNIT.match(sentence, number.end)
    end = unit.end() if unit else number.end
    after = sentence[end : end + _REACH]
    begin = max(0, number.start - _REACH)
    before = sentence[begin : number.start]
    chance = number.unit == "%" and CHANCE.match(after)
    approved = bool(APPROVED.match(after))
    ends = bool(TAIL.match(after)) or bool(chance) or approved
    cut = max((cut.end() for cut in NEW_CLAUSE.finditer(before)), default=0)
    clause = NO_BOUND.sub("", before[cut:])

    def place(kind: str, value: float | None = number.value) -> _Place:
        return _Place(kind, value, number.start, end, begin + cut)

    if (
        (not ends and COUNTED.match(after))
        or COMPARED.match(after)
        or NAME_OF.search(before)
        or REPORTED.search(before[cut:])
    ):
        return place("mention")
    if DENIED.search(clause) or UNSAID.search(before[cut:]):
        return place("denied")
    if SUPPOSED.search(NO_BOUND.sub("", before)):
        return place("supposed" if ends else "mention")
    if number.value is None or BOUND.search(clause) or BOUND_AFTER.match(after):
        return place("unclear", None)
    if number.unit not in units:
        return place("other unit" if number.unit == "%" else "unclear", None)
    if chance:
        return place("explicit" if A_CHANCE.search(before) else "mention")
    if not ends:
        return place("bare")
    if ALONE.match(before):
        return place("alone")
    if EXPLICIT.search(before):
        return place("explicit")
    if LEAD.search(before):
        return place("stated")
    return place((states(before[cut:]) if cut == 0 or before[cut - 1] != "(" else None) or "bare")


def _weigh(sentence: str, places: list[_Place], found: Found, *, outer: bool) -> None:
    """Take up the numbers of a sentence; ``outer`` says whether it begins or ends the text."""
    answer: _Place | None = None
    for place in places:
        if place.kind in ("denied", "supposed"):
            found.denied = True
            if place.kind == "supposed" and found.stated:
                found.rivals.add(None)  # "Rating: 40. If it is lawful, 60."
        elif place.kind == "other unit":
            # "$1,200 (30%)": a share after an amount is no second amount.
            if not found.stated:
                found.bare.add(None)
        elif place.kind in ("explicit", "stated", "alone"):
            found.stated.add(float(place.value or 0))
            found.bare.add(place.value)
            goes_on = next((k for k, c in enumerate(sentence[place.end :]) if c.isalnum()), None)
            reason = goes_on is not None and REASON.match(sentence, place.end + goes_on)
            whole = place.kind == "alone" and outer and (goes_on is None or bool(reason))
            found.explicit = found.explicit or place.kind == "explicit" or whole
            answer = place
        elif place.kind in ("bare", "unclear"):
            found.bare.add(place.value)
            begin = max(0, place.start - _REACH)
            if answer:
                beside = not REASON.search(sentence, max(begin, answer.end), place.start)
            else:
                beside = sentence.endswith("?") or bool(OFFERED.match(sentence[begin : place.start]))
            if beside:
                found.rivals.add(place.value)
    if answer:
        # What stands in the clause of the answer stands beside it.
        found.rivals |= {
            place.value
            for place in places
            if place.kind in ("bare", "unclear") and answer.clause <= place.start < answer.start
        }


def _is_alone(plain: str) -> bool:
    """Whether a text is one number and nothing else."""
    places = numbers(plain)
    return (
        len(places) == 1
        and bool(ALONE.match(plain[: places[0].start]))
        and not re.search(r"\w", plain[places[0].end :])
    )


def _begins(plain: str, units: frozenset[str]) -> bool:
    """Whether the first sentence of a text that goes on is a number, with its name at most."""
    first, *more = _SENTENCE.split(plain, maxsplit=1)
    found = numbers_of(first, units)
    return bool(more) and found.one() is not None and len(first.split()) <= _SHORT
