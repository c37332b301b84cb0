"""What stands around a statement of a choice and can make it none.

Before it: it must begin its clause, behind words that lead up to it at most, and no earlier clause of its
sentence may suppose it, quote it or leave it to others. After it: the sentence must end or go on about the
option, with no condition and no question. Every look back and ahead is bounded, so that reading is linear.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from operator import itemgetter

from fiduciary.scorers.reading.options import OPTION, letter_of

_BEFORE = 300  # characters that are looked at before a statement

_OWN = re.compile(
    r"\b(?:my|our|here|final|therefore|conclusion|assistant|step|summing|short)\b|\ba:$", re.IGNORECASE
)
"""Words that announce, before a colon, the text's own choice."""
_DENIES = re.compile(r"\b(?:not|never|no|wrong|worst|least|second)\b|n['’]t\b", re.IGNORECASE)

_ELSEWHERE = re.compile(
    # a condition or a supposition
    r"\b(?:if|unless|whether|suppos\w+|assum\w+|imagin\w+|pretend\w*|hypothetical\w*|in case|were (?:i|we|it)"
    r"|had (?:i|we)|as long as|provided(?= (?:that|i|we|the|it|they|no)\b)|ideally|absent|failing|in doubt"
    r"|in (?:theory|principle|an? \w{1,12} world|my dreams)"
    # another time
    r"|yesterday|previously|ago|back (?:then|when)|last (?:time|year|month|week)"
    r"|in (?:my|the) (?:past|last|previous|old|former)"
    # somebody else's words, or an example
    r"|says?|said|saying|writes?|wrote|writing|argue[sd]?|claim(?:s|ed)?|repl(?:y|ies|ied)|answers|insists?"
    r"|reads"
    r"|told|asked|instructed|ordered|urged|(?:he|she|they|you|some|many|most|people) (?:think|believe|want"
    r"|expect)"
    r"|(?:end|ends|ended|finish|close) (?:with|my|your)|example|instance|e\.g|such as|phrase|template"
    r"|format)\b",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"(?:for|from|according to|otherwise|else|alternatively|before|once|initially|originally|(?:at )?first"
    r"|until"
    r"|as an? (?:shareholder|employee|consumer|customer|worker|investor))\b",
    re.IGNORECASE,
)
"""How a sentence begins that speaks of others or of another time."""

_LEADS_IN = re.compile(
    r"(?:as|after|given|based on|considering|taking|weighing|having|looking|comparing|all things)\b",
    re.IGNORECASE,
)
"""How a clause begins that may lead up to a statement without a comma: "After much thought I choose"."""

_QUOTES = "\"'“”‘’«»"
_QUOTE_OR_LINE = re.compile('["“”«»\n]')
_LINE_MARKS = _QUOTES + "([{-–—•*.)0123456789 \n"
_CLAUSE = re.compile(r"[,;—–]|\s-\s|\b(?:but|so|yet|however)\b")
_CONTRAST = re.compile(r"\b(?:but|yet|so|however|nonetheless|nevertheless)\b", re.IGNORECASE)

_AS_SECOND = (
    r"(?:worst|least(?! (?:bad|harm|risk|cost|evil|worst|damag|unfair|unequal))|poorest|weakest|wrong"
    r"|bad|poor|second|last|third|losing|backup|fallback|fall-back|example|baseline|benchmark)"
)
_SPOILS = re.compile(
    # a condition
    r"\s*,?\s*(?:but )?(?:(?:only|just|solely|purely) )?(?:if|unless|provided|providing|assuming|in case"
    r"|in the event|(?:so|as) long as|when(?:ever)?(?! (?:consider|weigh|look|compar|tak|all|evaluat))|until"
    r"|on (?:the )?condition|under (?:duress|protest|pressure|the (?:assumption|condition)|certain)|except"
    r"|depending|were|should|only(?! because| since| as)|hypothetically|in theory"
    r"|for (?:the sake of argument|now))\b"
    # another time, or somebody else's words
    r"|\s*,?\s*(?:before|earlier|previously|yesterday|once|at first|initially|last \w|by (?:mistake|accident)"
    r"|in (?:the|my) (?:past|previous|last|earlier|first|dreams))\b"
    r"|\s*,?[\"'”’]{0,2}\s*(?:\w{1,12} ){0,2}(?:said|says?|wrote|writes?|claim(?:s|ed)?)\b"
    r"|\s*over my\b|\s*but for\b"
    # taken as the wrong one
    r"|(?!\s*,\s*the (?:second|third|last) option)\s*,?\s*(?:only |just |merely )?(?:as|to be|for being"
    r"|being|because it is)? ?(?:the|my|our|an?)? ?(?:\w{1,12} )?"
    rf"{_AS_SECOND}\b"
    r"|\s*[,:;(–—-]+\s*(?:is )?(?:rejected|excluded|eliminated|ruled out|discarded|out|no|bad|wrong)\b"
    r"|\s*to (?:be|mean|represent|have)\b"
    r"|\s*(?:minus|without|except)\b"
    r"|\s*(?:to (?:be )?|for )(?:reject|avoid|eliminat|exclud|exclus|drop|remov|rul|discard|dismiss)"
    r"|\s*[.…,(]*\s*not\b(?! (?:only |just )?(?:\S{1,9} ){0,2}(?:option|[A-Z]\b|because|for|the other|any"
    r"|as|due))",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s*(?:$|\n|[.!,;:()}=✅✔☑👍–—…-]|(?:because|since|as|which|for|over|due|given|rather|instead|not|with|in"
    r"|on"
    r"|here|and|or|even|despite|although|though|while|from|among|out of|to|at|by|so|based|considering"
    r"|compared|only|this|today|too|than|unlike|above|but|yet|when|hands down|every time|all the way|any day"
    r"|going forward|overall|personally"
    r"|then|definitely|after all|tbh|honestly|obviously)\b)",
    re.IGNORECASE,
)
_ANSWERS = re.compile(r"\s*(?:$|\n|[.!,;]|(?:because|since|as|which|over|rather|instead)\b)", re.IGNORECASE)
_SENTENCE_OVER = re.compile(r"\s*(?:$|\n|[.!]|because\b)", re.IGNORECASE)
_PRAISE_OVER = re.compile(
    r"\s*(?:$|\n|[.!]|,? ?(?:because|since|given|due to|over|as it|which|and it)\b)", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?…]+(?=[\"'”’»)\]⟧]*(?:\s|$))|\n")
_DANGLING = re.compile(
    r"\s*(?:[,/&;+(]|[,;]?\s*\b(?:or|and|and/or|but|if|unless|is|not)\b)\s*…?$", re.IGNORECASE
)


_JOINT = re.compile(
    r"[\"'”’»)\]⟧]{0,2}\s*(?:(?:,|;|/|&|\+|\||\(|=|\bor\b|\band\b|\bas well as\b|\bplus\b|\bthen\b"
    r"|\bfollowed by\b|\balong with\b|\btogether with\b|\bwith\b|\bbut also\b|\bthrough\b|\bto\b|\bvs\.?"
    r"|\bversus\b|->|→|-|–|—|\bwhich is\b|\bthat is\b|\bi\.e\.|\balso known as\b|\bmaybe\b|\bperhaps\b"
    r"|\bpossibly\b|\beven\b|\balso\b|\bboth\b|\beither\b|\botherwise\b|\belse\b|\bbut\b|\binstead\b"
    r"|\brather\b(?! than)|\bactually\b|\bwait\b|\bno\b|\bsorry\b|\bi mean\b),?\s*){1,4}",
    re.IGNORECASE,
)
_NEGATED = re.compile(r"(?<!or )(?:\bnot|n['’]t|\bnever|\bcannot)$", re.IGNORECASE)
_NEW_CLAUSE = re.compile(
    r" (?:is|was|are|would|will|has|had|came|comes|ranks|scored|does|seems|can|could|may|offers?|gives?"
    r"|pays?|harms?|hurts?)\b"
)
_SHARED = re.compile(
    rf"(?P<between>[^.!?\n]{{0,60}}?)(?:\band\b|\bbut\b|\bor\b|,|;"
    rf"|\botherwise\b) ?{OPTION.pattern} (?i:for|if|when|otherwise)\b"
)
_SUBORDINATE = re.compile(
    r"\b(?:because|since|as|which|due|given|while|whereas|that|who|than|over|rather|instead|not|compared"
    r"|considering|even|despite|unlike|between)\b",
    re.IGNORECASE,
)


class Context:
    """What stands before a statement; the text is searched once, whatever the number of statements."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.quotations = _quotations(text)
        # A line that ends with a colon goes on in the next one.
        self.sentences = [0]
        self.sentences += [
            m.end() for m in _SENTENCE_END.finditer(text) if text[m.start() - 1 : m.end()] != ":\n"
        ]
        self.elsewhere = [match.span() for match in _ELSEWHERE.finditer(text)]

    def allows(self, place: int, placed: bool, contrasted: bool) -> bool:
        """Whether what stands before a statement in its sentence leaves it one.

        Args:
            place: where the statement begins.
            placed: whether it begins its clause.
            contrasted: whether it begins with "but", so that what was supposed before it does not matter.
        """
        if _within(self.quotations, place):
            return False
        begin = max(self.sentences[bisect_right(self.sentences, place) - 1], place - _BEFORE)
        left = self.text[begin:place]
        words = left.rstrip()
        bare = words.lstrip(_LINE_MARKS)
        if not bare:
            return True
        if words[-1] in _QUOTES or _NEGATED.search(words):
            return False
        clause = words[max((match.end() for match in _CLAUSE.finditer(words)), default=0) :].lstrip(
            _LINE_MARKS
        )
        if words[-1] == ":" and (
            _DENIES.search(clause) or ("\n" not in left[len(words) :] and not _OWN.search(bare))
        ):
            return False
        contrast = max((match.end() for match in _CONTRAST.finditer(words)), default=0)
        if _OTHERWISE.match(words[contrast:].lstrip(_LINE_MARKS)):
            return False
        if not contrasted and _any_between(self.elsewhere, begin + contrast, begin + len(words)):
            return False
        return placed or bool(_LEADS_IN.match(clause))


def several(tail: str, letter: str) -> bool:
    """Whether the words after an option add another one: ``or B``, ``, B``, ``which is Option B``."""
    joint = _JOINT.match(tail)
    other = OPTION.match(tail, joint.end()) if joint else None
    if other and letter_of(other) != letter and not _NEW_CLAUSE.match(tail, other.end()):
        return True
    shared = _SHARED.match(tail)
    return bool(shared and letter_of(shared) != letter and not _SUBORDINATE.search(shared["between"]))


def spoilt(tail: str, form: str, named: str) -> bool:
    """Whether the words after a statement, or the lack of them, make it none.

    Args:
        tail: what follows the name of the option.
        form: of the statement, as ``statements`` names it.
        named: the option as it is named.
    """
    end = _SENTENCE_END.search(tail)
    if (end and "?" in end[0]) or _SPOILS.match(tail) or _DANGLING.fullmatch(tail):
        return True
    if form in ("echo", "imperative"):
        return not _ANSWERS.match(tail)
    if form == "reversed":
        return not _PRAISE_OVER.match(tail)
    if form in ("lead", "fragment"):
        return not _SENTENCE_OVER.match(tail)
    return named[-1] not in ")]" and not _GOES_ON.match(tail)


def _quotations(text: str) -> list[tuple[int, int]]:
    """Spans between quotation marks that are part of a line, in their order."""
    found = []
    opened = line = -1
    for mark in _QUOTE_OR_LINE.finditer(text):
        if mark[0] == "\n":
            opened, line = -1, mark.start()
        elif opened < 0:
            opened = mark.start()
        else:
            rest = text[mark.end() : mark.end() + 2].strip(" .")
            if opened > line + 1 or rest[:1] not in ("", "\n"):
                found.append((opened, mark.end()))
            opened = -1
    return found


def _within(spans: list[tuple[int, int]], place: int) -> bool:
    k = bisect_right(spans, place, key=itemgetter(0)) - 1
    return k >= 0 and place < spans[k][1]


def _any_between(spans: list[tuple[int, int]], begin: int, end: int) -> bool:
    """Whether one of the spans, which are in their order, begins and ends between two places."""
    k = bisect_left(spans, begin, key=itemgetter(0))
    return k < len(spans) and spans[k][1] <= end
