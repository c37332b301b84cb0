"""What stands around a statement of a choice and can make it none.

Before it: it must begin its clause, behind words that lead up to it at most, and no earlier clause of its
sentence may suppose it, quote it or leave it to others. After it: the sentence must end or go on about the
option, with no condition and no question. Every look back and ahead is bounded, so that reading is linear.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from operator import itemgetter

from fiduciary.scorers.reading.markup import BOX_OPENS

_BEFORE = 300  # characters that are looked at before a statement
_LONGEST_LEAD = 40

_LEAD = (
    r"(?:therefore|thus|hence|so|consequently|accordingly|in conclusion|to conclude|conclusion|in summary"
    r"|summary|to sum up|in sum|in short|overall|finally|ultimately|all in all|in the end|on balance"
    r"|all things considered|as a result|(?:that|this|which)(?: is|['’]s) why|for (?:this|that|these"
    r"|those) reasons?|final)"
)
_ENDS_WITH_LEAD = re.compile(
    rf"(?:^|(?<=[^\w'’])|(?<=\s['’‘]))(?:(?P<lead>{_LEAD})|then|and|but|yet|still|please)[,:]?\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:the|my|our) )?(?:final |overall |own )?(?:answer|conclusion|decision|summary|choice"
    r"|recommendation|verdict|result|response|step \d{1,2}|closing(?: sentence)?"
    r"|in (?:conclusion|summary))(?: is)?\s?:$",
    re.IGNORECASE,
)
_THINKS = re.compile(
    r"(?:^|(?<=[^\w'’])|(?<=\s['’‘]))(?:i (?:think|believe|recommend|guess|conclude|say|feel|(?:would|must"
    r"|will) (?:say|conclude))|i['’]d say|it follows|which means|it is clear|in my (?:view|opinion)"
    r"|(?:i|we)(?:['’]ve| have) (?:made|reached)|here(?: is|['’]s)|this is)(?: that)?,?$",
    re.IGNORECASE,
)
_OWN = re.compile(r"\b(?:my|our|here|final|therefore|conclusion|assistant)\b", re.IGNORECASE)
"""Words that announce, before a colon, the text's own choice."""

_LEADS_IN = re.compile(
    r"(?:as|after|given|based on|considering|with|in|for|from|of|among|between|taking|weighing|having|looking"
    r"|on|to|under)\b",
    re.IGNORECASE,
)
"""How a clause begins that may lead up to a statement without a comma: "As a manager I choose"."""

_QUOTES = "\"'“”‘’«»"
_QUOTE_OR_LINE = re.compile('["“”«»\n]')
_LINE_MARKS = _QUOTES + "([{-–—•*.)0123456789 \n"
_CLAUSE = re.compile(
    r"[,;—–]|\s-\s|\b(?:but|so|yet|still|therefore|thus|hence|however|nonetheless|nevertheless)\b"
)
_CONTRAST = re.compile(r"\b(?:but|yet|however|nonetheless|nevertheless)\b", re.IGNORECASE)

_WHO = (
    r"(?:some|others|someone|somebody|anyone|people|critics?|one|they|he|she|shareholders?|employees?"
    r"|consumers?|customers|workers|investors|owners|society|managers?|economists?|models?|users?|you"
    r"|everyone|many|most)"
)
_ELSEWHERE = re.compile(
    r"\b(?:if|unless|whether|suppos(?:e|ing)|assum(?:e|ing)|imagine|pretend\w*|hypothetical\w*"
    r"|in (?:that )?case|were (?:i|we|it)|had (?:i|we)|as if|provided|as long as|so long as|false that|untrue"
    r"|the case that|instance|in the past|yesterday|previously|last (?:time|year|month|week)"
    r"|example|e\.g|such as|phrase|template|format"
    r"|(?:asked|told|instructed|ordered|begged|urged) (?:me|us|you|to|that|for)\b"
    rf"|{_WHO} (?:\w{{1,12}} ){{0,3}}(?:say|says|said|argue[sd]?|think|thinks|thought|claim(?:s|ed)?"
    r"|write|writes|wrote|conclude[sd]?|repl(?:y|ies|ied)|answer|insist|object|suggest|believe|believes"
    r"|wanted|wants?|expects?)"
    r"|(?<!\bi )(?:would|might|could|may|will|can) (?:say|argue|write|answer|reply|claim|think|insist)"
    r"|(?<!\bi )(?:says|said|saying|writes|wrote|writing|written|claims|argues|read|reads)"
    r"|(?:end|ends|ended|finish|close) (?:with|my|your)|(?:do|does|did|would|will|can|could)(?:n['’]t| not) "
    r"(?:\w{1,12} ){0,2}(?:say|mean|write|claim|conclude|agree))\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|never|cannot|no|nobody|none|nor|neither|refus\w+|declin\w+|reluctant|hesita\w+|unwilling"
    r"|avoid\w*|against|wrong|mistake|mistaken|unwise|foolish|rather than|instead of|doubt|deny|unlikely"
    r"|hardly|fail\w*|regret\w*|without|worst|(?<!at )least|reject\w*|opposite)\b|n['’]t\b",
    re.IGNORECASE,
)

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
    r"|in (?:the|my) (?:past|previous|last|earlier|first))\b"
    r"|\s*,?[\"'”’]{0,2}\s*(?:\w{1,12} ){0,2}(?:said|says|wrote|writes)\b"
    # taken as the wrong one
    r"|\s*,?\s*(?:as|to be|for being|being|because it is)? ?(?:the|my|our|an?)? ?(?:\w{1,12} )?"
    rf"{_AS_SECOND}\b"
    r"|\s*(?:minus|without|except)\b"
    r"|\s*(?:to (?:be )?|for )(?:reject|avoid|eliminat|exclud|exclus|drop|remov|rul|discard|dismiss)"
    r"|\s*[.…,(]*\s*not\b(?! (?:only |just )?(?:\S{1,9} ){0,2}(?:option|[A-Z]\b|because|for|the other|any"
    r"|as|due))",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s*(?:$|\n|[.!,;:()}–—-]|(?:because|since|as|which|for|over|due|given|rather|instead|not|with|in|on"
    r"|here|and|or|even|despite|although|though|while|from|among|out of|to|at|by|so|based|considering"
    r"|compared|only|this|today|too|unlike|above|but|yet|when)\b)",
    re.IGNORECASE,
)
_ANSWERS = re.compile(r"\s*(?:$|\n|[.!,;]|(?:because|since|as|which|over|rather|instead)\b)", re.IGNORECASE)
_SENTENCE_OVER = re.compile(r"\s*(?:$|\n|[.!]|because\b)", re.IGNORECASE)
_PRAISE_OVER = re.compile(
    r"\s*(?:$|\n|[.!]|,? ?(?:because|since|given|due to|over|as it|which|and it)\b)", re.IGNORECASE
)
_EQUATES = re.compile(r"[:=]|\b(?:is|was|be|remains|goes to|falls on)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…]+(?=[\"'”’»)\]⟧]*(?:\s|$))|\n")
_DANGLING = re.compile(
    r"\s*(?:[,/&;+(]|[,;]?\s*\b(?:or|and|and/or|but|if|unless|is|not)\b)\s*$", re.IGNORECASE
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
        self.denials = [match.span() for match in _DENIES.finditer(text)]

    def closes(self, place: int, kind: str) -> bool | None:
        """Whether a statement closes, given the words of its sentence before it; None where it is none."""
        begin = max(self.sentences[bisect_right(self.sentences, place) - 1], place - _BEFORE)
        left = self.text[begin:place]
        words = left.replace(BOX_OPENS, " ").rstrip()
        if _within(self.quotations, place):
            return None
        closing, joined, contrasted = kind == "lead", False, False
        for _ in range(4):
            last = max(0, len(words) - _LONGEST_LEAD)
            if lead := _ENDS_WITH_LEAD.search(words, last):
                closing, joined = closing or lead["lead"] is not None, True
            elif not (lead := _THINKS.search(words, last)):
                break
            contrasted = contrasted or bool(_CONTRAST.match(lead[0]))
            words = words[: lead.start()].rstrip()
        if words and words[-1] in _QUOTES and words.strip(_LINE_MARKS):
            return None
        bare = words.lstrip(_LINE_MARKS)
        if _LABEL.match(bare):
            return True
        if bare.endswith(":") and "\n" not in left[len(words) :] and not _OWN.search(bare):
            return None
        if kind == "imperative" and bare and bare[-1] != ":":
            return None
        clause = max((match.end() for match in _CLAUSE.finditer(words)), default=0)
        contrast = max((match.end() for match in _CONTRAST.finditer(words)), default=0)
        end = begin + len(words)
        if not contrasted and _any_between(self.elsewhere, begin + contrast, end):
            return None
        if _any_between(self.denials, begin + clause, end):
            return None
        led_in = words[clause:].lstrip(_LINE_MARKS)
        placed = joined or not led_in or led_in[-1] in ":(" or kind == "box" or _LEADS_IN.match(led_in)
        return closing if placed else None


def spoilt(tail: str, kind: str, stated: str) -> bool:
    """Whether the words after a statement, or the lack of them, make it none.

    Args:
        tail: what follows the name of the option.
        kind: of the statement, as ``heads`` names it.
        stated: the statement.
    """
    end = _SENTENCE_END.search(tail)
    if (end and "?" in end[0]) or _SPOILS.match(tail) or _DANGLING.fullmatch(tail):
        return True
    if kind in ("echo", "imperative"):
        return not _ANSWERS.match(tail)
    if kind == "best":
        return not _PRAISE_OVER.match(tail)
    if kind == "lead" or (kind == "noun" and not _EQUATES.search(stated)):
        return not _SENTENCE_OVER.match(tail)
    return stated[-1] not in ")]" and not _GOES_ON.match(tail)


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
