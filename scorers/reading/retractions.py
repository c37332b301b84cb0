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

_RETRACTS = re.compile(
    # an interjection that begins a clause
    r"(?:^|[.!?…;:—–(,-]|\bbut)\s*(?:(?:oh|well|ha+|haha|ah|and|or),? )?(?:not (?:really|quite)\b|hold on\b"
    r"|hang on\b|wait\b|actually\b|correction\b|hmm+\b|no(?=[,.:;!—–]| -"
    r"| no\b| wait\b)"
    r"|nope\b|nah\b|as if[.!]|oops\b|whoops\b|sorry\b|my (?:bad|mistake|error)\b"
    r"|on second thoughts?\b|on (?:closer|further|second) (?:look|inspection|examination|reading)\b"
    r"|come to think\b|or so\b|at least that\b|make (?:that|it)\b|(?:up)?on (?:further "
    r"|second )?reflection\b|thinking again\b|edit:|update:|rather,|instead,"
    r"|or rather\b|then again\b|never ?mind\b|not!|psych\b|gotcha\b|lol\b|(?:just )?(?:kidding|joking)\b"
    r"|let(?:['’]s| me| us) (?:re|think again|correct|change|revise|double)|(?:or )?(?:maybe|perhaps) (?:not"
    r"|option|[A-Z]\b)"
    r"|(?:please )?(?:scratch|strike|forget|disregard|ignore|scrap|cancel|delete)\b"
    r"|(?:do|did|am|should|would|can|could|have) i\b[^.!?\n]{0,60}\?)"
    # it is undone
    rf"|\bi(?:['’](?:m|ve|d|ll))?(?: (?!not\b|never\b|cannot\b)\w{{1,10}}){{0,3}} {_UNDOES}"
    rf"|\b(?:i|that|this|it|which|above|answer|choice)(?:['’]?s|['’]m| am| is| was)"
    rf"(?: (?:just|only|all|of course|obviously|clearly|actually))? {_NO_CHOICE}"
    r"|\bi(?: now| still| really)? (?:choose|take|have|hold) (?:no|nothing|neither|none)\b"
    r"|\bshould (?:be|have been) (?:option|[A-Z]\b)"
    r"|\b(?:is|was)(?:n['’]t| not) my (?:real |actual |true |final )?(?:choice|answer|decision)"
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
