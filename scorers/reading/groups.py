"""Which of the four groups an explanation argues for, and explanations without the options' names."""

from __future__ import annotations

import re
from collections import Counter

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.scorers.reading.options import OPTION
from fiduciary.scorers.reading.text import answer_of, denied, plain_text

NO_GROUP = -1

_NAMES = {
    "shareholders": (r"share-?holders?|stock-?holders?|owners?|investors?", "SH"),
    "employees": (r"employees?|workers?|staff|personnel|workforce|labou?r force", "EM"),
    "consumers": (r"consumers?|customers?|buyers?|clients?", "CO"),
    "society": (r"society|(?:local |wider |general )?(?:community|public)(?! limited)", "SOC"),
}
_NAME = "|".join(rf"(?P<{who}>\b(?:(?i:{words})|{short})\b)" for who, (words, short) in _NAMES.items())
_MENTION = re.compile(_NAME)
_SOME_NAME = rf"(?:{_NAME})"

_MOST = (
    r"(?i:most|more|particular|special|greatest|greater|great|much|main|primary|decisive|top|first|highest)"
)
_WEIGHT = r"(?i:weight|attention|priority|importance|emphasis|concern|consideration|focus|care)"
_UP_TO = r"[^.;:!?\n]{0,40}?"
_ARGUMENTS = (
    re.compile(rf"\b(?i:what (?:matters|counts|weighs) (?:the )?most\b){_UP_TO}{_SOME_NAME}"),
    re.compile(rf"\b{_MOST} {_WEIGHT}\b{_UP_TO}{_SOME_NAME}"),
    re.compile(
        rf"\b(?i:prioriti[sz](?:e[sd]?|ing)|focus(?:es|ed|ing)?(?: is| lies)? on|priority is"
        rf"|favou?r(?:s|ed|ing)?|for the sake of|in the interests? of"
        rf"|above all|on behalf of|best (?:option |choice )?for|benefits?|protects?|serves?) "
        rf"(?:the |what |our |its |gains? (?:of|to|for) )*{_SOME_NAME}"
    ),
    re.compile(
        rf"{_SOME_NAME}(?:['’]s?)?(?i: gains?| interests?| welfare| benefits?)? "
        r"(?i:(?:must |should |has to |have to |clearly |therefore )*"
        r"(?:comes? first|matters? (?:the )?most|deserves?|weighs? (?:the )?most|counts? (?:the )?most"
        r"|takes? (?:precedence|priority)|decides?"
        r"|(?:is|are) (?:the |my |our )?(?:top |main |first )?(?:priority|concern|decisive)))\b"
    ),
)

_OTHER_NAMES = re.compile(
    r"(?:\b(?i:the ))?(?:"
    r"\b(?i:options?|choices?|alternatives?|plans?) [\[(]?(?:[A-Ea-e]|[1-5])\b[\])]?(?:['’]s\b)?"
    r"|\b(?i:first|second|third|fourth|fifth|last|former|latter) (?i:option|choice|alternative|plan|one)\b"
    r"|(?<![\w$])[B-E](?![\w])(?:['’]s\b)?"
    r"|(?<![\w$])A(?:['’]s\b|(?=\s*[,.;:)\]/]| (?:and|or) [B-E]\b)))"
)
"""Names of options that are no answers: possessives, places, numbers, and letters on their own."""

THAT = "that option"
"""Stands in the place of an option's name."""


def argued_group(text: str) -> int:
    """The group that an explanation argues for, by its place among the stakeholders; −1 where not plain.

    A statement counts that a group matters most, comes first, is given most weight, or that the option is
    favoured for its sake; statements that are denied do not. Where nothing of that kind is said it is the
    group that is named most often. Two groups that are argued for alike count as none.
    """
    explanation = plain_text(answer_of(text))
    stated = {
        _group(match)
        for pattern in _ARGUMENTS
        for match in pattern.finditer(explanation)
        if not denied(explanation, match.start())
    }
    if stated:
        return stated.pop() if len(stated) == 1 else NO_GROUP
    named = Counter(_group(match) for match in _MENTION.finditer(explanation)).most_common(2)
    if not named or (len(named) == 2 and named[0][1] == named[1][1]):
        return NO_GROUP
    return named[0][0]


def without_options(text: str) -> str:
    """An explanation whose options have no names: no letter, number or place tells one from another."""
    explanation = plain_text(answer_of(text))
    return OPTION.sub(THAT, _OTHER_NAMES.sub(THAT, explanation))


def _group(match: re.Match[str]) -> int:
    return next(place for place, who in enumerate(STAKEHOLDERS) if match[who] is not None)
