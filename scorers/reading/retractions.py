"""What takes a choice back, or adds another one, in the words after it."""

from __future__ import annotations

import re

from fiduciary.scorers.reading.options import OPTION, letter_of

_RETRACTS = re.compile(
    # an interjection that begins a clause
    r"(?:^|[.!?…;:—–(-]|\bbut|,)\s*(?:oh,? |well,? |haha,? )?(?:not really\b|hold on\b|wait -"
    r"|wait\b(?: no\b)?[,.:;!?…—–-]|wait no\b|actually\b|correction\b|hmm+\b|no[,.:;!—–]|no -|no wait"
    r"|nope\b|oops\b|sorry\b(?!,? employees)|on second thoughts?\b|(?:up)?on (?:further )?reflection\b"
    r"|thinking again\b|edit:|update:|rather,|instead,|or rather\b|i mean\b|i meant\b|then again\b"
    r"|never ?mind\b|not!|psych\b|(?:just )?(?:kidding|joking)\b|let me (?:re|think again|correct|change|revise)"
    r"|(?:or )?(?:maybe|perhaps) (?:not|option|[A-Z]\b))"
    # a verb that undoes it
    r"|\b(?:scratch|strike|forget|disregard|ignore) (?:that|this|it|the above|my|what)\b"
    r"|\b(?:withdraw|retract|revoke|rescind|reconsider|rethink)|\btake (?:that|it|this) back\b"
    r"|\bchang(?:e|ed|ing) my (?:mind|answer|choice|decision|vote)\b|\bdo the opposite\b"
    # it was none
    r"|\b(?:i was|i am|i['’]m|that was|that is|that['’]s|this is|this was|it was|which is) (?:just |only |all )?"
    r"(?:wrong|mistaken|incorrect|not (?:right|correct|my|what|true)"
    r"|an? (?:mistake|lie|joke|typo|slip|bluff|test|error|example))\b"
    r"|\bmy mistake\b|\brevised (?:answer|choice)"
    r"|\b(?:is|was)(?:n['’]t| not) my (?:real |actual |true |final )?(?:choice|answer|decision)"
    r"|\bnot a (?:real )?choice\b|\b(?:no|not my) (?:real )?(?:choice|preference) (?:of mine|at all)\b"
    r"|\bunder duress\b|\bshould (?:be|have been) (?:option|[A-Z]\b)"
    r"|\bbut (?:i (?:can['’]t|cannot|won['’]t|will not|do not|don['’]t)|it(?: is|['’]s) too)\b",
    re.IGNORECASE | re.MULTILINE,
)
_UNCHOSEN = re.compile(
    r"\b(?:i|we)(?:['’](?:d|m|ve|ll))?(?:\s\w{1,10}?){0,2}?\s?(?:\bnot|n['’]t|\bnever|\bcannot"
    r"|\bno longer|\brefuse to"
    r"|\bdecline to)\s(?:\w{1,12}\s){0,2}?(?:choose|chosen|chose|select|selected|pick|picked|recommend"
    r"|endorse|stand by|go with"
    r"|opt for|vote for|mean|decide|make)\b"
    r"(?!\s(?:any|the others?|others|another|both|all|either|one of)\b)\s?",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    rf"(?:^|[.!?…;:—–,]\s?)(?:(?i:or|and|maybe|perhaps|also|then|no|well|better|rather|alternatively"
    rf"|possibly),?\s){{0,3}}"
    rf"{OPTION.pattern}\s?(?=[.!?…]|$)",
    re.MULTILINE,
)


def taken_back(rest: str, letter: str) -> bool:
    """Whether the text after a statement takes it back or names another option alone."""
    if _RETRACTS.search(rest):
        return True
    for denied in _UNCHOSEN.finditer(rest):
        other = OPTION.match(rest, denied.end())
        if not other or letter_of(other) == letter:
            return True
    return any(letter_of(match) != letter for match in _ANOTHER.finditer(rest))
