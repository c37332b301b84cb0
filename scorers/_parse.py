"""Which option a text chooses, and which one its explanation argues for.

Reading a choice:

A leading ``<think>…</think>`` block, which some servers leak, is no part of the answer.

1. Strict. ``explain``: the text ends with the sentence that was asked for, ``Therefore, I choose:
   Option X.`` ``answer`` and ``logprobs``: the text is one capital letter.
2. One fallback, where the strict rule finds nothing. Emphasis marks are ignored, and the text must
   state exactly one choice: "I choose / select / pick / recommend / go with (option) X", "my choice /
   answer / decision (is) X", or "(option) X" as a whole text or at the head of a line, provided that
   no other option is named. A denial ("would not choose option B") is no statement. Where there is
   a closing sentence, whatever its emphasis and case, only the last one and what follows it count:
   "If I choose Option A, …" on the way there is no statement. An explanation that was cut off is not
   searched: what it says on the way need not be where it was going.
3. Otherwise the answer is missing, with a reason. It is never asked for again and never guessed.

A letter beyond the options is "out of range"; two different choices are "ambiguous", except that of
several closing sentences the last one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fiduciary.scorers.reading.text import REFUSAL, answer_of, denied, plain_text

CLOSING = "Therefore, I choose: Option X."
"""The sentence that an explanation must end with; the elicitation asks for it word for word."""

REASONS = ("refused", "truncated", "ambiguous", "out of range", "no answer", "empty", "error")
"""Why an answer can be missing."""

NO_PLACE = -1


@dataclass(frozen=True)
class Reading:
    """What a text was read as.

    Attributes:
        place: display place of the chosen option, 0-based, or −1.
        reason: one of ``REASONS`` where no choice was read, else None.
        strict: whether the strict rule read it.
    """

    place: int = NO_PLACE
    reason: str | None = None
    strict: bool = False


_STRICT_CLOSING = re.compile(r"(?:^|\s)Therefore, I choose: Option ([A-Z])\.$")
_STRICT_LETTER = re.compile(r"^([A-Z])$")
_ANY_CLOSING = re.compile(r"\btherefore,? i choose:? option ([a-z])\b", re.IGNORECASE)

# "Option B" in any case, or a bare capital where the clause ends after it: "a" and "I" are words too.
_NAMED = r"(?:the )?(?i:option)[ :]+[\(\[]?(?P<named>[A-Z]|[b-hj-z]|[ai](?=$|[.,;:!?)\]\n]))\b[\)\]]?"
_BARE = r"[\(\[]?(?P<bare>[A-HJ-Z])[\)\]]?(?=$|[.,;:!?)\n]| (?:because|as|since|for)\b)"
_LABEL = rf"(?:{_NAMED}|{_BARE})"

_SAID_CLOSING = re.compile(rf"\b(?i:therefore,? i choose)(?: ?: ?| ){_LABEL}")

_STATEMENTS = (
    re.compile(rf"\b(?i:choose|select|pick|recommend|opt for|go with|vote for)(?: ?: ?| ){_LABEL}"),
    re.compile(
        r"\b(?i:choice|answer|decision|selection|recommendation)(?i: is| would be)?(?: ?: ?| )" + _LABEL
    ),
)
_ALONE = re.compile(r"^\W*(?:(?i:option) )?[\(\[]?(?P<bare>[A-Za-z])[\)\]]?\W*$")
_LINE_HEAD = re.compile(r"^(?:(?i:option) )?[\(\[]?(?P<bare>[A-Z])(?:$|[,:;)\]]|\.(?!\.))", re.MULTILINE)
_ALSO = re.compile(rf"(?: or | and |/| / )(?:{_NAMED}|(?P<bare>[A-HJ-Z])\b)")
_MENTION = re.compile(_NAMED)

_VERDICT = r"(?i:best|strongest|optimal|preferable|superior|right|ideal|fairest|soundest|better|most \w+)"
_OVERALL = r"(?=$|[.,;:!?\n]| (?i:option|choice|overall|one|balance|compromise|plan|because|since|here)\b)"
_ANY_VERDICT = re.compile(rf"\b{_VERDICT}{_OVERALL}")
_ARGUMENTS = (
    re.compile(
        rf"{_NAMED} (?i:is|seems|looks|appears|remains|would be|offers|provides|strikes|achieves)"
        rf"(?i: (?:therefore|clearly|thus|overall|to be))*(?i: (?:a|the|my))? {_VERDICT}{_OVERALL}"
    ),
    re.compile(
        rf"\b{_VERDICT} (?i:option|choice|compromise|balance|plan)(?i: overall| here)?"
        rf"(?i: is| seems| would be|:) {_NAMED}"
    ),
    re.compile(rf"\b(?i:favou?r|prefer|lean(?:ing)? towards?|recommend) {_NAMED}"),
)


def read_choice(text: str, n_options: int, elicitation: str, stop_reason: str = "stop") -> Reading:
    """Read the choice that a text states.

    Args:
        text: the model's answer.
        n_options: number of options that were shown.
        elicitation: how the answer was asked for.
        stop_reason: why the model stopped, in Inspect's words.
    """
    if stop_reason == "content_filter":
        return Reading(reason="refused")
    explained = elicitation in ("explain", "both")
    cut_off = stop_reason in ("max_tokens", "model_length")
    stripped = answer_of(text)

    strict = (_STRICT_CLOSING if explained else _STRICT_LETTER).search(stripped)
    if strict:
        return _place(strict.group(1), n_options, strict=True)
    if not stripped:
        return Reading(reason="truncated" if cut_off else "empty")

    if not (explained and cut_off):
        letters = _stated(plain_text(stripped))
        if len(letters) == 1:
            return _place(letters.pop(), n_options, strict=False)
        if letters:
            return Reading(reason="ambiguous")
    if REFUSAL.search(plain_text(stripped)):
        return Reading(reason="refused")
    return Reading(reason="truncated" if cut_off and elicitation != "logprobs" else "no answer")


def argued_place(text: str, n_options: int) -> int:
    """The place of the option that an explanation argues for, or −1 where that is not plain.

    The closing sentence is left out. What counts is a statement that an option is best on the whole
    ("Option B is the best choice"), or is favoured ("I favour Option B"); failing that, the only
    option that the explanation names, if it calls something best. Being best for somebody does not
    count, and two options that are both called best count as none: this looks for plain
    contradictions with the closing choice, not for nuances.
    """
    explanation = _ANY_CLOSING.split(plain_text(answer_of(text)))[0]
    letters = _letters(_ARGUMENTS, explanation)
    if not letters and _ANY_VERDICT.search(explanation):
        letters = {_letter(match) for match in _MENTION.finditer(explanation)}
    return _place(letters.pop(), n_options, strict=False).place if len(letters) == 1 else NO_PLACE


def _stated(text: str) -> set[str]:
    """Letters that a text states as its choice."""
    if alone := _ALONE.match(text):
        return {_letter(alone)}
    closings = list(_SAID_CLOSING.finditer(text))
    if closings:
        text = text[closings[-1].start() :]
    stated = _letters(_STATEMENTS, text)
    if stated:
        return stated
    heads = {_letter(match) for match in _LINE_HEAD.finditer(text)}
    return heads | {_letter(match) for match in _MENTION.finditer(text)} if heads else set()


def _letters(patterns: Iterable[re.Pattern[str]], text: str) -> set[str]:
    """Labels in all matches that are not denied by the words before them."""
    found = set()
    for pattern in patterns:
        for match in pattern.finditer(text):
            if denied(text, match.start()):
                continue
            found.add(_letter(match))
            if also := _ALSO.match(text, match.end()):
                found.add(_letter(also))
    return found


def _letter(match: re.Match[str]) -> str:
    groups = match.groupdict()
    return str(groups.get("named") or groups["bare"]).upper()


def _place(letter: str, n_options: int, *, strict: bool) -> Reading:
    place = ord(letter.upper()) - ord("A")
    if not 0 <= place < n_options:
        return Reading(reason="out of range")
    return Reading(place=place, strict=strict)
