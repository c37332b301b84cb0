"""What takes a choice back, or adds another one, in the words after it."""

from __future__ import annotations

import re

from fiduciary.scorers.reading.options import OPTION, letter_of

_UNDOES = (
    r"(?:cancel|withdraw|retract|revoke|rescind|revise|undo|annul|reconsider|rethink|recant|disown|misread"
    r"|misspoke|misstated|miscounted|miscalculated|misunderstood|mistyped|mixed up|erred|lied|jest|joke"
    r"|made an? (?:\w{1,12} )?(?:mistake|error|slip)|got (?:it|that|this) wrong"
    r"|take (?:it|that|this|everything) back|changed? my|(?:need|have|want) to (?:correct|change)"
    r"|meant|mean)\b"
)
_NO_CHOICE = (
    r"(?:(?:wrong|false|untrue|mistaken|incorrect|invalid|void|joking|kidding|lying|nonsense|rubbish|garbage|bogus"
    r"|ironic|sarcastic|not (?:right|correct|my|what|true|final|valid|so)"
    r"|an? (?:\w{1,12} )?(?:mistake|lie|joke|typo|slip|bluff|error|placeholder))\b|an example[.!,])"
)

_BEGINS = r"(?:^|[.!?…;:—–(,-]|\bbut)\s{0,3}(?:(?:oh|well|ha+|haha|ah|and|or),? )?"
_TAKES_BACK = (
    r"hold on\b|hang on\b|wait\b|correction\b|no(?=[,.:;!—–]| -| no\b| wait\b)|nope\b|nah\b|oops\b|whoops\b"
    r"|sorry\b|my (?:bad|mistake|error)\b|on second thoughts?\b|come to think\b|edit:|update:|or rather\b"
    r"|on (?:closer|further|second) (?:look|inspection|examination|reading)\b|never ?mind\b|not!|psych\b"
    r"|(?:up)?on (?:further |second )?reflection\b|thinking again\b|gotcha\b|(?:just )?(?:kidding|joking)\b"
    r"|let(?:['’]s| me| us) (?:re|think again|correct|change|revise|double)"
    r"|(?:please )?(?:scratch|strike|forget|disregard|ignore|scrap|cancel|delete)\b"
    r"|actually,? (?:no|not|wait|both|neither|all|that|this|scratch|scrap|disregard|ignore|I)\b"
)
"""Interjections that take back what was said before them."""
_DOUBTS = (
    r"not (?:really|quite)\b|actually\b|hmm+\b|as if[.!]|or so\b|at least that\b|make (?:that|it)\b|rather,"
    r"|instead,|then again\b|lol\b|(?:or )?(?:maybe|perhaps) (?:not|option|[A-Z]\b)"
    r"|(?:do|did|am|should|would|can|could|have) i\b[^.!?\n]{0,60}\?"
)
"""Interjections that leave no choice plain; behind a number they may be a remark on it."""
_UNDONE = (
    rf"\bi(?:['’](?:m|ve|d|ll))?(?: (?!not\b|never\b|cannot\b)\w{{1,10}}){{0,3}} {_UNDOES}"
    rf"|\b(?:i|that|this|it|which|above|answers?|choice|rating)(?:['’]?s|['’]m| am| is| was| are| were)"
    rf"(?: (?:just|only|all|both|of course|obviously|clearly|actually))? {_NO_CHOICE}"
    r"|\bshould (?:be|have been) (?:option|[A-Z]\b)"
    r"|\b(?:is|was)(?:n['’]t| not) my (?:real |actual |true |final )?(?:choice|answer|decision|rating)"
)

_WITHDRAWS = re.compile(rf"{_BEGINS}(?:{_TAKES_BACK})|{_UNDONE}", re.IGNORECASE | re.MULTILINE)
_RETRACTS = re.compile(
    rf"{_BEGINS}(?:{_TAKES_BACK}|{_DOUBTS})|{_UNDONE}"
    r"|\bi(?: now| still| really)? (?:choose|take|have|hold) (?:no|nothing|neither|none)\b"
    r"|\bbut (?:i (?:can['’]t|cannot|won['’]t|will not|do not|don['’]t)|it(?: is|['’]s) too)\b",
    re.IGNORECASE | re.MULTILINE,
)
_UNCHOSEN = re.compile(
    r"\b(?:i|we)(?:['’](?:d|m|ve|ll))?(?:\s\w{1,10}?){0,2}?\s?(?:\bnot|n['’]t|\bnever|\bcannot|\bno longer"
    r"|\brefuse to|\bdecline to)\s(?:\w{1,12}\s){0,2}?(?:choose|chosen|chose|select|selected|pick|picked"
    r"|recommend|endorse|stand by|go with|opt for|vote for|mean|decide|make)\b"
    r"(?!\s(?:any|the others?|others|another|both|all|either|one of)\b)\s?",
    re.IGNORECASE,
)
_NOT = re.compile(rf"\bnot {OPTION.pattern}(?=\s?(?:[.!;,]|$))", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…]\s|\n")
_ADDED = re.compile(rf"[;:—–,]\s?{OPTION.pattern}\s?(?=[.!?…]|$)")
_ANOTHER = re.compile(
    rf"(?:^|[.!?…;:—–]\s?)(?:(?i:or|and|maybe|perhaps|also|then|so|thus|hence|no|well|better|rather"
    rf"|alternatively|possibly),?\s){{0,3}}{OPTION.pattern}\s?(?=[.!?…]|$)",
    re.MULTILINE,
)


def withdrawn(rest: str) -> bool:
    """Whether the text after an answer takes it back."""
    return bool(_WITHDRAWS.search(rest))


def taken_back(rest: str, letter: str) -> bool:
    """Whether the text after a statement takes it back or names another option alone."""
    if _RETRACTS.search(rest) or any(letter_of(match) == letter for match in _NOT.finditer(rest)):
        return True
    for denied in _UNCHOSEN.finditer(rest):
        other = OPTION.match(rest, denied.end())
        if not other or letter_of(other) == letter:
            return True
    end = _SENTENCE_END.search(rest)
    added = _ADDED.search(rest, 0, end.start() + 1 if end else len(rest))
    others = [*_ANOTHER.finditer(rest), *([added] if added else [])]
    return any(letter_of(match) != letter for match in others)
