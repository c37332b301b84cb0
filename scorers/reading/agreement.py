"""Which point of an agreement scale a text gives, for one statement or for many in numbered lines.

1. The text is one label, or one anchor ("agree"), and nothing else.
2. Otherwise the labels that it states are collected: numbers as ``scorers.reading.numbers`` has them;
   letters that are stated as the answer or head a line. "4 out of 5" and "from 1 to 5" name the scale,
   not an answer. One distinct answer is the answer, unless the text also names another anchor.
3. Where no label is stated, anchors count that stand at the head of a line or in a statement ("I agree
   with …", "My answer is: neutral"), undenied and without a qualification ("I do not fully agree", "I
   partly agree").
4. Otherwise the answer is missing, with a reason. It is never asked for again and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fiduciary.economics.psychometrics.instruments import ANCHORS
from fiduciary.economics.psychometrics.scoring import HIGHEST, LOWEST, MIDDLE
from fiduciary.scorers.reading.lines import read_numbered
from fiduciary.scorers.reading.numbers import COUNT, CUT_OFF, numbers_of, plain_answer, why_missing
from fiduciary.scorers.reading.retractions import withdrawn
from fiduciary.scorers.reading.text import REFUSAL

REASONS = (
    "refused",
    "out of range",
    "both poles",
    "ambiguous",
    "no answer",
    "empty",
    "truncated",
    "error",
    "not asked",
    "no log-probabilities",
    "outside the labels",
)
"""Why an answer to an item of an inventory can be missing."""

AGREEMENT_OF_ANCHOR = {anchor: LOWEST + i for i, anchor in enumerate(ANCHORS)}


class Agreement(NamedTuple):
    """What a text was read as: agreement 1 … 5, or None and a reason."""

    agreement: int | None = None
    reason: str | None = None


_SCALE = re.compile(
    r"(?:(?:on |from )?(?:a |the )?scale (?:of|from) )?(?<![0-9.,])\b1 ?(?:to|-|–|through) ?5\b(?![.,]?[0-9])"
    r"|(?<=[0-9]) ?(?:/|out of|of) ?5\b(?![.,/]?[0-9])"
    r"|\bA ?(?:to|-|–|through) ?E\b",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"(?i:\b(?:answer|choice|response|rating|option|choose|select|pick|say|go with)(?: is| would be)?)"
    r"(?: ?: ?| )[\(\[\"']?(?P<letter>[A-Z])(?=$|[\s.,;:!)\]\"'])"
)
_HEAD = re.compile(
    r"^[\(\[]?(?P<letter>[A-Z])(?:$|[,:;)\]]| [-–—]|\.(?!\.)| \(|(?= (?:or|and) [A-Z]\b|/[A-Z]\b))",
    re.MULTILINE,
)
_ALSO = re.compile(r"\s*(?:or|and|/|,)\s*[\(\[]?(?P<letter>[A-Z])\b")
_NAME = (
    r"(?P<neither>neither agrees? nor disagrees?)\b"
    r"|(?P<anchor>(?:strongly )?(?:dis)?agree|neutral)\b(?! to\b)"
)
_ANCHOR = re.compile(rf"\b(?:{_NAME})", re.IGNORECASE)
_ENDS = r"(?=[)\]'’]*(?:$|[.,;:!(]| [-–—(]| (?:because|since|as)\b))"
_STATED_ANCHOR = re.compile(
    r"(?:(?P<I>(?:^|[.;:!,] |\b(?:so|and|but|because) )"
    r"I(?:['’](?:d|m|ll)| would| do| will| must| have to| also| still| am| really| say| guess| think| believe"
    r"| suppose| feel| that| I)* )"
    r"|(?:^|[.;!] )[(\['’]*"
    r"|\b(?:answer|choice|response|rating|option|stance|position|view|choose|select|pick|say|go with)"
    r"(?: is| would be| with)?:? '?)"
    rf"(?:{_NAME})(?(I)|{_ENDS})",
    re.IGNORECASE | re.MULTILINE,
)
_CLAUSE = re.compile(r"[.;:!?\n]|, (?:so|and|but|I|my)\b")
_NOT_SAID = re.compile(
    r"\b(?:not|never|cannot|rather than|instead of|against|if|whether|unless|without|refuse|hardly|barely"
    r"|lie|lying)\b|n['’]t\b",
    re.IGNORECASE,
)
_QUALIFIED = re.compile(
    r"\b(?:fully|entirely|completely|totally|partly|partially|somewhat|slightly|mostly|largely|generally"
    r"|with (?:[0-9]|some|parts?|most|half|many|a few|much)|sometimes|often|usually|kind of|sort of|almost"
    r"|nearly|more or less|to some extent|in part|only|tend to)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?: (?:with|that) (?:this|the|it|that)(?: \w+)?)?,?"
    r" (?:if|unless|when|whenever|provided|as long as|only)\b",
    re.IGNORECASE,
)
_REACH = 120  # characters around an anchor in which words about it are looked for


def read_agreement(
    text: str, answer_of_label: Mapping[str, int], stop_reason: str | None = "stop"
) -> Agreement:
    """Read the answer that a text gives to one item.

    Args:
        text: the model's answer.
        answer_of_label: label → agreement 1 … 5, as the sample showed it.
        stop_reason: why the model stopped, in Inspect's words; None where nothing came back.
    """
    plain = plain_answer(text, stop_reason)
    if not isinstance(plain, str):
        return Agreement(reason=plain.reason)
    meaning = {label.casefold(): agreement for label, agreement in answer_of_label.items()}
    whole = plain.strip(" .,;:!()[]'\n").casefold()
    if whole in meaning and not plain.startswith((".", ",")):
        return Agreement(meaning[whole])
    if whole in AGREEMENT_OF_ANCHOR:
        return Agreement(AGREEMENT_OF_ANCHOR[whole])
    named = _named(_SCALE.sub("", plain), meaning)
    if isinstance(named, Agreement):
        return named
    mentioned, stated = _anchors(plain)
    if named:
        if len(named | mentioned) > 1:
            return Agreement(reason=_differ(named | mentioned))
        return Agreement(named.pop())
    if len(stated) == 1 and mentioned <= stated:
        return Agreement(stated.pop())
    if len(stated | mentioned) > 1:
        return Agreement(reason=_differ(stated | mentioned))
    if REFUSAL.search(plain):
        return Agreement(reason="refused")
    return Agreement(reason="truncated" if stop_reason in CUT_OFF else "no answer")


def read_agreements(
    text: str, numbers: Iterable[int], answer_of_label: Mapping[str, int], stop_reason: str | None = "stop"
) -> dict[int, Agreement]:
    """Read one text that answers many items, a line an item (``17: 4``).

    An item with two lines that differ is missing as "both poles" or "ambiguous", unless only one
    of their lists is complete; one without a line is missing for the whole text's reason, or as "no answer".
    """
    return read_numbered(
        text,
        numbers,
        lambda _, rest: read_agreement(rest, answer_of_label),
        Agreement,
        stop_reason,
        differ=_differ,
    )


def _named(text: str, meaning: Mapping[str, int]) -> set[int] | Agreement:
    """Answers that are stated by label, or why the labels of a text leave no answer."""
    if all(label.isdigit() for label in meaning):
        found = numbers_of(text, COUNT)
        value = found.one()
        if value is not None:
            name = f"{value:g}"
            return {meaning[name]} if name in meaning else Agreement(reason="out of range")
        meant = {meaning[name] for value in found.values if (name := f"{value:g}") in meaning}
        if len(meant) > 1:
            return Agreement(reason=_differ(meant))
        if found.bare:
            return Agreement(reason=why_missing(text, found))
        return set()
    if not all(len(label) == 1 for label in meaning):
        return set()
    stated = list(_STATED.finditer(text)) or list(_HEAD.finditer(text))
    stated = [match for match in stated if not _NOT_SAID.search(_clause(text, match.start()))]
    names = {match["letter"].casefold() for match in stated}
    names |= {also["letter"].casefold() for match in stated if (also := _ALSO.match(text, match.end()))}
    meant = {meaning[name] for name in names if name in meaning}
    if names - meaning.keys():
        return Agreement(reason="ambiguous" if meant else "out of range")
    return meant if len(meant) < 2 else Agreement(reason=_differ(meant))


def _anchors(text: str) -> tuple[set[int], set[int]]:
    """Answers that are named by anchor and not denied, and those of them that are stated."""
    mentioned, stated = set(), set()
    for match in _ANCHOR.finditer(text):
        if not _denied(text, match.start()):
            mentioned.add(_meaning(match["neither"], match["anchor"]))
    for match in _STATED_ANCHOR.finditer(text):
        neither, anchor = match["neither"], match["anchor"]
        rest = text[match.end() : match.end() + _REACH]
        after = rest.partition(".")[0].partition("\n")[0]
        clause = _clause(text, match.end() - len(neither or anchor))
        if _NOT_SAID.search(clause) or _QUALIFIED.search(clause) or _QUALIFIED.search(after):
            continue
        if _CONDITION.match(after) or withdrawn(rest):
            continue
        stated.add(_meaning(neither, anchor))
    return mentioned, stated


def _denied(text: str, start: int) -> bool:
    clause = _clause(text, start)
    return bool(_NOT_SAID.search(clause) or re.search(r"\bto $", clause))


def _clause(text: str, start: int) -> str:
    """The words of a clause before a place of the text."""
    before = text[max(0, start - _REACH) : start]
    return before[max((cut.end() for cut in _CLAUSE.finditer(before)), default=0) :]


def _meaning(neither: str | None, anchor: str | None) -> int:
    return round(MIDDLE) if neither else AGREEMENT_OF_ANCHOR[str(anchor).casefold()]


def _differ(found: set[int]) -> str:
    return "both poles" if LOWEST <= min(found) < MIDDLE < max(found) <= HIGHEST else "ambiguous"
