"""Which answer of an agreement scale a text gives.

1. The text is one label, or one anchor ("agree"), and nothing else.
2. Otherwise the labels that it names are collected: numbers; letters that are stated as the answer or
   head a line; anchors. "4 out of 5" and "from 1 to 5" name the scale, not an answer. One distinct
   answer is the answer. Anchors count where no label is named, or where they contradict the label.
3. Otherwise the answer is missing, with a reason. It is never asked for again and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fiduciary.economics.psychometrics.instruments import ANCHORS
from fiduciary.economics.psychometrics.scoring import HIGHEST, LOWEST, MIDDLE

# One meaning of refusal, of leaked thought and of emphasis marks for all tasks.
from fiduciary.scorers.reading.text import REFUSAL, answer_of, denied, plain_text

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
"""Why an answer can be missing."""

AGREEMENT_OF_ANCHOR = {anchor: LOWEST + i for i, anchor in enumerate(ANCHORS)}


class Said(NamedTuple):
    """What a text was read as: agreement 1 … 5, or None and a reason."""

    agreement: int | None = None
    reason: str | None = None


_SCALE = re.compile(
    r"(?:(?:on |from )?(?:a |the )?scale (?:of|from) )?\b1 ?(?:to|-|–|through) ?5\b"
    r"|(?<=\d) ?(?:/|out of|of) ?5\b"
    r"|\bA ?(?:to|-|–|through) ?E\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w.,])-?\d+(?:\.\d+)?(?![\w%])")
_STATED = re.compile(
    r"(?i:\b(?:answer|choice|response|rating|option|choose|select|pick|say|go with)(?: is| would be)?)"
    r"(?: ?: ?| )[\(\[\"']?(?P<letter>[A-Z])(?=$|[\s.,;:!?)\]\"'])"
)
_HEAD = re.compile(
    r"^[\(\[]?(?P<letter>[A-Z])(?:$|[,:;)\]]| [-–—]|\.(?!\.)| \(|(?= (?:or|and) [A-Z]\b|/[A-Z]\b))",
    re.MULTILINE,
)
_ALSO = re.compile(r"^\s*(?:or|and|/|,)\s*[\(\[]?(?P<letter>[A-Z])\b")
_ANCHOR = re.compile(
    r"\b(?P<neither>neither agree nor disagree|neither agrees nor disagrees)\b"
    r"|\b(?P<anchor>(?:strongly )?(?:dis)?agree|neutral)\b",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"^\s*[-*•(\[]*\s*(?:item|statement|no\.?)?\s*(\d{1,3})\s*[.:)\]–—-]+\s*(\S.*)$", re.IGNORECASE
)


def read_agreement(text: str, answer_of_label: Mapping[str, int], stop_reason: str | None = "stop") -> Said:
    """Read the answer that a text gives to one item.

    Args:
        text: the model's answer.
        answer_of_label: label → agreement 1 … 5, as the sample showed it.
        stop_reason: why the model stopped, in Inspect's words.
    """
    if stop_reason == "content_filter":
        return Said(reason="refused")
    cut_off = stop_reason in ("max_tokens", "model_length")
    plain = plain_text(answer_of(text))
    if not plain:
        return Said(reason="truncated" if cut_off else "empty")
    meaning = {label.casefold(): agreement for label, agreement in answer_of_label.items()}
    whole = plain.strip(" .,;:!?()[]'\n").casefold()
    if whole in meaning:
        return Said(meaning[whole])
    if whole in AGREEMENT_OF_ANCHOR:
        return Said(AGREEMENT_OF_ANCHOR[whole])
    named, beyond = _named(_SCALE.sub(" ", plain), meaning)
    anchors = _anchors(plain)
    found = named or anchors
    if len(found) == 1:
        if named and anchors and anchors != named:
            return Said(reason=_disagreement(named | anchors))
        return Said(reason="ambiguous") if beyond and named else Said(found.pop())
    if found:
        return Said(reason=_disagreement(found))
    if beyond:
        return Said(reason="out of range")
    if REFUSAL.search(plain):
        return Said(reason="refused")
    return Said(reason="truncated" if cut_off else "no answer")


def read_lines(
    text: str, numbers: Iterable[int], answer_of_label: Mapping[str, int], stop_reason: str | None = "stop"
) -> dict[int, Said]:
    """Read one text that answers many items, a line an item (``17: 4``).

    An item with two lines that differ is missing as "both poles" or "ambiguous"; one without a line is
    missing for the whole text's reason, or as "no answer".
    """
    wanted = set(numbers)
    found: dict[int, list[Said]] = {}
    for line in plain_text(answer_of(text)).splitlines():
        if (match := _LINE.match(line)) and int(match[1]) in wanted:
            found.setdefault(int(match[1]), []).append(read_agreement(match[2], answer_of_label))
    absent = Said(reason="no answer")
    if not found:
        whole = read_agreement(text, answer_of_label, stop_reason).reason
        absent = Said(reason=whole if whole in ("refused", "empty", "truncated") else "no answer")
    elif stop_reason in ("max_tokens", "model_length"):
        absent = Said(reason="truncated")
    return {number: _one(found.get(number, [absent])) for number in wanted}


def _named(text: str, meaning: Mapping[str, int]) -> tuple[set[int], bool]:
    """Answers that are named by label, and whether labels beyond the scale are."""
    if all(label.isdigit() for label in meaning):
        names = [match[0] for match in _NUMBER.finditer(text)]
    elif all(len(label) == 1 for label in meaning):
        stated = list(_STATED.finditer(text)) or list(_HEAD.finditer(text))
        names = [match["letter"].casefold() for match in stated]
        names += [also["letter"].casefold() for m in stated if (also := _ALSO.match(text[m.end() :]))]
    else:
        return set(), False
    return {meaning[name] for name in names if name in meaning}, any(name not in meaning for name in names)


def _anchors(text: str) -> set[int]:
    """Answers that are named by anchor and not denied."""
    found = set()
    for match in _ANCHOR.finditer(text):
        if match["neither"]:
            found.add(round(MIDDLE))
        elif not denied(text, match.start()):
            found.add(AGREEMENT_OF_ANCHOR[match["anchor"].casefold()])
    return found


def _disagreement(found: set[int]) -> str:
    return "both poles" if LOWEST <= min(found) < MIDDLE < max(found) <= HIGHEST else "ambiguous"


def _one(answers: list[Said]) -> Said:
    given = {said.agreement for said in answers if said.agreement is not None}
    if len(given) > 1:
        return Said(reason=_disagreement(given))
    return Said(given.pop()) if given else answers[0]
