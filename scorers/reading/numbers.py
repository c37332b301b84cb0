"""Which number a text states: an amount of dollars, a rating from 0 to 100, a point of a scale, a chance.

A leading ``<think>…</think>`` block, emphasis and LaTeX are no part of the answer;
``fiduciary.numbers_in_text`` says what a number is.

1. A number is stated where it is a sentence of its own, follows a short label ("Rating: 40"), or
   follows words that state something ("I would say 40", "my rating of this is 40"); and where its
   clause ends with it, or goes on with a reason. A number that counts something ("3 employees", "95%
   confidence") is not stated.
2. Words that deny it, or that make a bound or a range of it ("not 80", "about 80", "80 or so", "80 to
   90"), leave no number.
3. Any other number that stands as bare as an answer makes the answer ambiguous, unless it is the same.

What is missing has a reason; it is never asked for again and never guessed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from fiduciary.numbers_in_text import Number, numbers, plain_digits
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
    r"(?:(?<=[0-9])| \() ?(?:/|(?:out )?of) ?100\b(?![.,]?[0-9])\)?"
    r"| ?\(?(?:\b(?:on )?(?:a |the )?scale (?:of|from) 0 ?(?:and|to|-|–) ?100\b"
    r"|\b(?:between|from) 0 (?:and|to) 100\b|\b0 ?(?:-|–|to) ?100\b)\)?",
    re.IGNORECASE,
)
"""Mentions of a scale from 0 to 100."""

_REACH = 100  # characters around a number in which words about it are looked for
_NEW_CLAUSE = re.compile(
    r"(?:[,:] ?(?:and|but|so|hence|thus|therefore|I(?:['’]\w+)?|my|the)|—|\() ?\b", re.IGNORECASE
)
_NOUNS = (
    r"rating|score|answer|response|reply|estimate|guess|expectation|prediction|forecast|agreement|choice"
    r"|decision|verdict|rightness|acceptability|morality|number|contribution|offer|bid|transfer"
)
_CHANCES = r"probability|chance|likelihood|belief|amount|price"
_VERBS = (
    r"rate|score|say|answer|respond|reply|give|choose|assign|put|pick|select|estimate|guess|expect|believe"
    r"|think"
    r"|spend|allocate|pay|set|offer|charge|contribute|pass on|go with|settle on|try|keep"
)
_OBJECT = (
    r"it|this|that|them|myself|(?:this|the) (?:option|action|programming|statement|item|case|one)"
    r"|option [A-Z]"
)
_I_SAY = rf"(?:^|[,:;(—] ?|\b(?:I|we|let)(?:['’]\w+)?(?: \w+){{0,3}} )(?:{_VERBS})(?:ed|d|t?ing)?\b"
_LINK = r" ?(?::|=|→|-+>|\b(?:is|was|as|at|would be|will be|to be)\b)"
_LINK_NOW = _LINK.replace("was|", "")  # "The price was 4" reports another period.
_LEAD = re.compile(
    rf"(?:\b(?:{_NOUNS})(?: [^.;!?]{{0,60}}?)?{_LINK}|\b(?:{_CHANCES})(?: (?:for|in) (?:the"
    rf"|this) [a-z ]{{1,20}})?{_LINK_NOW}|\bI \w+(?: \w+)? an? (?:{_CHANCES}) of|\b(?:{_NOUNS})(?: of)?"
    rf"|{_I_SAY}(?: (?:{_OBJECT}))?(?: (?:as|at|with|to be|that is))?:?(?: (?:the )?(?:option|number"
    rf"|point))?|{_I_SAY} [^.;!?]{{0,60}} (?:as|at|to)"
    r"|(?:^|[,;:(—] ?)(?:so|therefore|hence|thus|overall|sure|ok|okay|well|certainly|finally|it is|it['’]s"
    r"|that is)[,:]?"
    r"|^(?:number|option|point)|^(?:(?:strongly )?(?:dis)?agree|neutral) (?=\()"
    r"|^[^:=?]{1,90}(?:[:=→|]|[-=]+>))"
    r"[ (\['’|]*(?:an? )?$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^\W*(?:(?:so|therefore|thus|hence|overall|finally|in conclusion),? )?"
    rf"(?:(?:my|the|final|overall|own) ){{0,3}}(?:{_NOUNS}|{_CHANCES})"
    r"(?: (?:for|of|in) [^:.;!?]{1,40})?(?: is)? ?(?::|=|→|\bis\b)[ (]*$",
    re.IGNORECASE,
)
"""What a sentence begins with that closes an answer: numbers before it were reasons."""
_WORDED = re.compile(
    r"\b(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|and"
    r")\b[ -]?){1,8}(?:(?:dollars|percent) )?(?=\()",
    re.IGNORECASE,
)
"""A number in words, where digits in brackets repeat it."""
_ALONE = re.compile(r"^(?:= ?)?[^\w$€~<>≈≤≥±+−–?/\\=^-]*$")
_UNIT = re.compile(r" ?(?:points?|marks)\b", re.IGNORECASE)
_PERCENT = re.compile(r"%|\bper ?cent\b|\bpct\b", re.IGNORECASE)
_TAIL = re.compile(
    r"[)\]}'’|]*(?:$| ?[,;.!](?![0-9])|[:…({\[|}](?![0-9])"
    r"| ?[([|→]| ?—|/(?:unit|period)\b| [–-] (?!\$?[0-9])| ?= ?(?![$0-9])"
    r"| (?:because|since|as|given|due to|for (?:this|that|it|its)|is (?:my|the)|it is|each|in total"
    r"|overall|per (?:unit|period|item|piece)|this (?:period|time|round)|(?:on"
    r"|to) (?:the )?[a-z]+(?= ?[.,;!]|$))\b)",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\b(?:about|around|approximately|approx|roughly|circa|ca|nearly|almost|close to|near|barely|up to|until"
    r"|within|at (?:least|most|best|worst|minimum|maximum)|(?:more|less|fewer|greater|lower|higher|smaller"
    r"|larger|bigger|other|rather|earlier|better|worse) than|instead of|under|over|above|below|beyond"
    r"|exceed\w*|min(?:imum)?|max(?:imum)?|between|from|to|either|or|half|third|quarter|twice|double|triple"
    r"|if|unless|except|anything but|plus|minus|negative|times|some(?:where|thing)?|region|neighbou?rhood"
    r"|range|as (?:much|many|high|low) as|not|never|cannot|no|nor|neither|without|avoid|refuse|whether)\b"
    r"|n['’]t\b|[~≈<>≤≥±+×]",
    re.IGNORECASE,
)
_TO_DO = re.compile(
    rf"\bto (?=(?:{_VERBS}|be|make|use)\b)"
    r"|\b(?:set|raise|lower|change|adjust|cut|increase|decrease|reduce|move)(?:s|ting|d)?"
    r" (?:(?:my|the|this|our) (?:[a-z]+ ){1,2}|it )?to (?=\W*$)",
    re.IGNORECASE,
)
"""Where "to" makes no range: before what is done, and before what something is set to."""

_DENIED = re.compile(
    r"\b(?:not|never|cannot|nor|neither|avoid|refuse|rather than|instead of)\b|n['’]t\b", re.IGNORECASE
)
_SIZES = r"k|m|b|bn|mn|hundred|dozen|thousand|million|billion|trillion|grand|cents?|pct|approx|tops"
_BOUND_AFTER = re.compile(
    r"[ ,(—–-]*(?:(?:or|to(?! (?:the )?[a-z]{3,}s\b| society\b)|ish|at (?:most|least|best|worst)|plus|minus"
    r"|give or take|more or less|and (?:a|up)"
    rf"|(?:approximately|roughly|about|around)(?=\W*(?:$|[.;,!)\d]))|max(?:imum)?|min(?:imum)?|if|unless|{_SIZES})\b"
    r"|but\b(?=.{0,40}[0-9])|[+×*^±~<>]|/(?!unit|period)|and ?\W?[0-9])",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r" (?!(?:for|to|if|when|at|in|on|with|and|or|but|as|is|was|would|than|because|since|so|it|then|instead"
    rf"|max|min|points?|each|overall|percent|per|this|{_SIZES})\b)[a-z(]*[a-z]",
    re.IGNORECASE,
)


@dataclass
class Found:
    """Numbers of a text.

    Attributes:
        stated: as the answer.
        bare: what stands as an answer would, with None for numbers that are unclear, denied or bounded.
        values: all that have a value.
        denied: whether one is ("not 80").
        closing: the one that the last sentence with a number states by name ("Rating: 80"), or None.
    """

    stated: set[float] = field(default_factory=set)
    bare: set[float | None] = field(default_factory=set)
    values: set[float] = field(default_factory=set)
    denied: bool = False
    closing: float | None = None

    def one(self) -> float | None:
        """The one number that is stated and has no rival before a closing sentence or after it, or None."""
        if len(self.stated) != 1 or not (self.bare == self.stated or self.closing is not None):
            return None
        return next(iter(self.stated))


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
        stop_reason: why the model stopped, in Inspect's words; None where nothing came back. A longer text
            that was cut off is not searched.
        low: least number in range.
        high: greatest number in range; an infinite number never is.
        scale: mentions of the scale, which are no answers.
    """
    plain = plain_answer(text, stop_reason)
    if isinstance(plain, Said):
        return plain
    plain = plain if scale is None else scale.sub("", plain).strip()
    if stop_reason in CUT_OFF and not _is_alone(plain):
        return Said(reason="refused" if REFUSAL.search(plain) else "truncated")
    found = numbers_of(plain, units)
    value = found.one()
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
    plain = _TAG.sub(" ", plain_text(plain_digits(answer_of(text)))).strip()
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
    for sentence in _SENTENCE.split(_ABBREVIATED.sub(r"\1", _WORDED.sub("", plain))):
        rest.append(sentence)
        for number in numbers(sentence):
            count += 1
            if count > MOST:
                found.bare.add(None)
                found.closing = None
                return found
            if _judge(sentence, number, units, found):
                rest = [sentence[number.end :]]
    taken_back = bool(found.stated) and withdrawn("\n".join(rest))
    if taken_back or (not found.stated and found.denied):
        found.bare.add(None)
        found.closing = None
    return found


def _judge(sentence: str, number: Number, units: frozenset[str], found: Found) -> bool:
    """Put a number where it belongs; returns whether it is stated."""
    if number.value is not None:
        found.values.add(number.value)
    unit = _UNIT.match(sentence, number.end)
    end = unit.end() if unit else number.end
    after = sentence[end : end + _REACH]
    ends = bool(_TAIL.match(after))
    if not ends and _COUNTED.match(after):
        return False
    before = sentence[max(0, number.start - _REACH) : number.start]
    clause = before[max((cut.end() for cut in _NEW_CLAUSE.finditer(before)), default=0) :]
    clause = _TO_DO.sub("", clause)
    found.closing = None
    if _DENIED.search(clause):
        found.denied = True
    elif number.value is None or _BOUND.search(clause) or _BOUND_AFTER.match(after):
        found.bare.add(None)
    elif number.unit in units:
        found.bare.add(number.value)
        if ends and (_ALONE.match(before) or _LEAD.search(before)):
            found.stated.add(number.value)
            found.closing = number.value if _CLOSING.match(before) else None
            return True
    elif number.unit != "%" or not found.stated:
        # "$1,200 (30%)": a share after an amount is no second amount.
        found.bare.add(None)
    return False


def _is_alone(plain: str) -> bool:
    """Whether a text is one number and nothing else."""
    places = numbers(plain)
    return (
        len(places) == 1
        and bool(_ALONE.match(plain[: places[0].start]))
        and not re.search(r"\w", plain[places[0].end :])
    )
