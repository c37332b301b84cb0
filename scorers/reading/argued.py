"""Which option an explanation argues for."""

from __future__ import annotations

import re

from fiduciary.scorers.reading.choice import NO_PLACE
from fiduciary.scorers.reading.text import answer_of, denied, plain_text

_CLOSING = re.compile(r"\btherefore,? i choose:? option [a-z]\b", re.IGNORECASE)
# "Option B" in any case, "a" and "I" only where the clause ends: they are words too.
_NAMED = r"(?:the )?(?i:option)[ :]+[\(\[]?(?P<named>[A-Z]|[b-hj-z]|[ai](?=$|[.,;:!?)\]\n]))\b[\)\]]?"
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


def argued_place(text: str, n_options: int) -> int:
    """The place of the option that an explanation argues for, or −1 where that is not plain.

    The closing sentence is left out. What counts is a statement that an option is best on the whole
    ("Option B is the best choice"), or is favoured ("I favour Option B"); failing that, the only
    option that the explanation names, if it calls something best. Being best for somebody does not
    count, and two options that are both called best count as none: this looks for plain
    contradictions with the closing choice, not for nuances.
    """
    explanation = _CLOSING.split(plain_text(answer_of(text)), maxsplit=1)[0]
    letters = _argued(explanation)
    if not letters and _ANY_VERDICT.search(explanation):
        letters = {_letter(match) for match in _MENTION.finditer(explanation)}
    place = ord(letters.pop()) - ord("A") if len(letters) == 1 else NO_PLACE
    return place if place < n_options else NO_PLACE


def _argued(text: str) -> set[str]:
    """Options in all arguments that are not denied by the words before them."""
    found = set()
    for pattern in _ARGUMENTS:
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
