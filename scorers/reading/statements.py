"""Statements of a choice in a text: who chooses, by which verb, which option; and what makes it none.

A statement has a head ("I choose", "my answer is", "the option that I chose is", a box, the question echoed)
that an option follows at once. It does not count where the words before it deny, suppose, ask or quote it
or leave it to somebody else, or where the words after it put a condition, ask, or turn it around.
Every look back and ahead is bounded, so that reading is linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

from fiduciary.scorers.reading.markup import BOX_OPENS
from fiduciary.scorers.reading.options import BLANK, OPTION, letter_of

_BEFORE, _AFTER = 300, 300  # characters that are looked at around a statement
_LONGEST_LEAD = 40

_VERB = (
    r"(?:choos(?:e|es|ing)|chose|chosen|select(?:s|ed|ing)?|pick(?:s|ed|ing)?|recommend(?:s|ed|ing)?"
    r"|opt(?:s|ed|ing)? for|(?:go(?:es|ing)?|gone|went) (?:with|for)|vot(?:e|es|ed|ing) for"
    r"|settl(?:e|es|ed|ing) (?:on|for)|decid(?:e|es|ed|ing) (?:on|for|in favou?r of|upon)|stick with)\b"
)
_HELPER = (
    r"(?:will|would|shall|must|should|have|has|had|do|am|is|are|be|going|need|want|wish|like|to|hereby"
    r"|therefore|thus|rather"
    r"|then|now|also|still|finally|ultimately|personally|strongly|definitely|certainly|clearly|firmly"
    r"|confidently|reluctantly|respectfully|simply|probably|likely|officially|unequivocally|inclined|happy"
    r"|(?:choose|chose|decide|decided|opt|opted|elect|elected|intend|plan|prefer) to|the firm"
    r"|recommend(?= (?:going|choosing|selecting|picking)))"
)
_FIRM = (
    r"the (?:firm|company|business|corporation|organi[sz]ation|manager|management|ceo|board"
    r"|decision[- ]maker)"
)
_ABOUT = (
    r"(?: (?:to|for|in|on|regarding|as) (?:this|the|that|your|a) (?:\w{1,14} )?(?:question|problem|decision"
    r"|case|scenario|situation|choice|dilemma|task|prompt|firm|company|manager|ceo)| here)?"
)
_SORT = (
    r"(?:(?:final|overall|own|chosen|selected|preferred|recommended|correct|right|ultimate|definitive"
    r"|considered|personal|official|real|true|actual|honest) ){0,2}"
)
_IS = (
    r"(?: (?:is|was|would be|will be|remains|goes to|falls on|must be"
    r"|has to be)\b)?(?: that)?(?: i choose| to choose"
    r"| to go with)?"
)
_COLON = r"[\"'’”]? ?[:=]?\s?(?:[-•] ?)?"
_FOLLOWING = r"(?: (?:is|as|the following(?: option)?|as follows))?"

_HEADS = (
    # I choose; we would go with; let's pick
    rf"(?P<self>\b(?:i|we|let us|let['’]s)(?:['’](?:d|ll|ve|m"
    rf"|re))?(?: {_HELPER}){{0,5}} {_VERB}{_FOLLOWING} ?:?\s?)"
    # you choose; the firm has decided to choose
    rf"|(?P<other>\b(?:you|{_FIRM})(?: (?!had|want|wish|need"
    rf"|like){_HELPER}){{0,5}} {_VERB}{_FOLLOWING} ?:?\s?)"
    # the option that I chose is; the chosen option is
    r"|(?P<option>\b(?:(?:the|my) (?:final )?(?:option|one|choice|answer|letter)|what)(?: (?:that|which))?"
    rf" (?:(?:i|we|you|{_FIRM})(?:['’](?:d|ll|ve|m))?(?: {_HELPER}){{0,4}} )?{_VERB}{_ABOUT},?"
    r" ?(?:is|was|would be|will be|:)\s?:?\s?)"
    # my final answer to this question is; answer:
    rf"|(?P<noun>\b(?:(?:my|our|your|the|{_FIRM}['’]s) )?(?:{_SORT}(?:choice|answer|decision|selection"
    r"|recommendation|pick|vote|verdict|response|conclusion)|(?:final|chosen|selected|preferred|recommended"
    rf"|correct|right) option)(?: letter)?{_ABOUT}{_IS}{_COLON})"
    # choose Option B, as the whole of a sentence
    r"|(?P<imperative>\b(?:choose|select|pick|go with|going with|opt for|recommend)(?: :|:)? )"
    # which option do you choose? Option B
    rf"|(?P<echo>\b(?:which|what)\b[^?\n]{{0,80}}\b(?:do|would|should|will|did|shall) (?:you|i|we|{_FIRM})"
    rf" (?:\w{{1,12}}ly )?{_VERB}\b[^?\n]{{0,60}}\?\s?|\bwhat(?: is|['’]s) (?:your|my|the) {_SORT}"
    r"(?:choice|answer|decision)\?\s?)"
    # therefore, Option B, as the whole of a sentence
    r"|(?P<lead>\b(?:therefore|thus|hence|so|in conclusion|conclusion)[,:]\s)"
    rf"|(?P<box>{BOX_OPENS})"
)
_HEAD = re.compile(_HEADS, re.IGNORECASE)
_REVERSED = re.compile(
    rf"{OPTION.pattern},? (?i:(?:is|would be|will be|remains) (?:my|our|{_FIRM}['’]s) {_SORT}"
    r"(?:choice|answer|decision|selection|pick|recommendation|vote)\b"
    r"|is the (?:final |correct |right )?answer\b"
    rf"|(?:is|would be) (?:the (?:option|one) (?:that )?|what )(?:i|we)(?:['’]d)? (?:(?:would"
    rf"|will) )?{_VERB}\b"
    r"(?! to\b)|it is(?=[.!]|$))"
)
_UNREAL = re.compile(r"(?:would|should|['’]d) have (?!to\b)|\bhad (?!to\b|decided)", re.IGNORECASE)

_LEAD = (
    r"(?:therefore|thus|hence|so|consequently|accordingly|in conclusion|to conclude|conclusion|in summary"
    r"|summary|to sum up|in sum|in short|overall|finally|ultimately|all in all|in the end|on balance"
    r"|all things considered|as a result|(?:that|this|which)(?: is|['’]s) why|for (?:this|that|these"
    r"|those) reasons?|final(?:ly)?)"
)
_ENDS_WITH_LEAD = re.compile(
    rf"(?:^|(?<=[^\w'’])|(?<=\s['’‘]))(?:(?P<lead>{_LEAD})|then|and|but|yet|still|please|hence)[,:]?\s*$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:(?:the|my|our) )?(?:final |overall |own )?(?:answer|conclusion|decision|summary|choice"
    r"|recommendation"
    r"|verdict|result|response|step \d{1,2}|closing(?: sentence)?|in (?:conclusion|summary))(?: is)?\s?:$",
    re.IGNORECASE,
)
_THINKS = re.compile(
    r"(?:^|(?<=[^\w'’])|(?<=\s['’‘]))(?:i (?:think|believe|recommend|guess|conclude|say|(?:would"
    r"|must|will) (?:say"
    r"|conclude)"
    r"|feel)|i['’]d say"
    r"|it follows|which means)(?: that)?,?$",
    re.IGNORECASE,
)
_OWN = re.compile(r"\b(?:my|our|here|final|therefore|conclusion|assistant)\b", re.IGNORECASE)
"""Words that announce, before a colon, the text's own choice."""

_QUOTES = "\"'“”‘’«»"
_QUOTE_OR_LINE = re.compile('["“”«»\n]')
_LINE_MARKS = _QUOTES + "([{-–—•*.)0123456789 \n"
_CLAUSE = re.compile(
    r"[,;—–]|\s-\s|\b(?:but|so|yet|still|therefore|thus|hence|however|nonetheless|nevertheless)\b"
)

_CONTRAST = re.compile(r"\b(?:but|yet|however|nonetheless|nevertheless)\b", re.IGNORECASE)

_WHO = (
    r"(?:some|others|someone|somebody|anyone|people|critics?|one|they|he|she|shareholders?|employees?"
    r"|consumers?"
    r"|customers|workers|investors|owners|society|managers?|economists?|models?|users?|you|everyone|many"
    r"|most)"
)
_ELSEWHERE = re.compile(
    r"\b(?:if|unless|whether|suppos(?:e|ing)|assum(?:e|ing)|imagine|pretend\w*|hypothetical\w*"
    r"|in (?:that )?case"
    r"|were (?:i|we|it)|had (?:i|we)|as if|provided|as long as|so long as|false that|untrue|the case that"
    r"|instance|in the past|yesterday|previously|last (?:time|year|month|week)"
    r"|example|e\.g|such as|phrase|template|format"
    r"|(?:asked|told|instructed|ordered|begged|urged) (?:me|us|you|to|that|for)\b"
    rf"|{_WHO} (?:\w{{1,12}} ){{0,3}}(?:say|says|said|argue[sd]?|think|thinks|thought|claim(?:s|ed)?"
    rf"|write|writes"
    r"|wrote|conclude[sd]?|repl(?:y|ies|ied)|answer|insist|object|suggest|believe|believes|wanted|wants?"
    r"|expects?)"
    r"|(?<!\bi )(?:would|might|could|may|will|can) (?:say|argue|write|answer|reply|claim|think|insist)"
    r"|(?<!\bi )(?:says|said|saying|writes|wrote|writing|written|claims|argues|read|reads)"
    r"|(?:end|ends|ended|finish|close) (?:with|my|your)|(?:do|does|did|would|will|can|could)(?:n['’]t| not) "
    r"(?:\w{1,12} ){0,2}(?:say|mean|write|claim|conclude|agree))\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|never|cannot|no|nobody|none|nor|neither|refus\w+|declin\w+|reluctant|hesita\w+|unwilling"
    r"|avoid\w*"
    r"|against|wrong|mistake|mistaken|unwise|foolish|rather than|instead of|doubt|deny|unlikely|hardly"
    r"|tempted|stop"
    r"|fail\w*|regret\w*|sorry that|without|worst|(?<!at )least|reject\w*|opposite)\b|n['’]t\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:when(?:ever)?|once|before|until|after|while|because|since|should|would|could|can|shall|may|do"
    r"|did|does"
    r"|will|must|might|were|had|than|what|why|how|time|way|maybe|perhaps|like|say|thought|wished|hoped"
    r"|of|to|from)\s*$",
    re.IGNORECASE,
)

_AS_SECOND = (
    r"(?:worst|least(?! (?:bad|harm|risk|cost|evil|worst|damag|unfair|unequal))|poorest|weakest|wrong"
    r"|bad|poor|second|last|third|losing|backup|fallback|fall-back)"
)
_SPOILS = re.compile(
    # a condition
    r"\s*,?\s*(?:but )?(?:(?:only|just|solely|purely) )?(?:if|unless|provided|providing|assuming|in case"
    r"|in the event"
    r"|(?:so|as) long as|when(?:ever)?(?! (?:consider|weigh|look|compar|tak|all|evaluat))|until"
    r"|on (?:the )?condition"
    r"|under (?:duress|protest|pressure|the (?:assumption|condition)|certain)|except|depending|were|should"
    r"|only(?! because| since| as)|hypothetically|in theory|for (?:the sake of argument|now))\b"
    # the option is the subject of something else
    r"|\s+(?:is|was|are|were|would|will|could|might|may|can|cannot|has|had|does|did|seems|sounds|means|be"
    r"|being"
    r"|to be|not to|gets?|should|must|isn['’]t|wouldn['’]t|won['’]t)\b"
    # taken as the wrong one
    rf"|\s*,?\s*(?:as|to be|for being|being|because it is)? ?(?:the|my|our|a"
    rf"|an)? ?(?:\w{{1,12}} )?{_AS_SECOND}\b"
    r"|\s*(?:minus|without|except)\b"
    r"|\s*(?:to (?:be )?|for )(?:reject|avoid|eliminat|exclud|exclus|drop|remov|rul|discard|dismiss)"
    r"|\s*[.…,(]*\s*not\b(?! (?:only |just )?(?:\S{1,9} ){0,2}(?:option|[A-Z]\b|because|for|the other|any"
    r"|as|due))",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"[\"'”’»)\]⟧]{0,2}\s*(?:(?:,|;|/|&|\+|\||\(|=|\bor\b|\band\b|\bas well as\b|\bplus\b|\bthen\b"
    r"|\bfollowed by\b|\balong with\b"
    r"|\btogether with\b|\bwith\b|\bbut also\b|\bthrough\b|\bto\b|\bvs\.?|\bversus\b|->|→|-|–|—"
    r"|\bwhich is\b|\bthat is\b"
    r"|\bi\.e\.|\balso known as\b|\bmaybe\b|\bperhaps\b|\bpossibly\b|\beven\b|\balso\b|\bboth\b|\beither\b"
    r"|\botherwise\b|\belse\b|\bbut\b|\binstead\b|\brather\b(?! than)|\bactually\b|\bwait\b|\bno\b"
    r"|\bsorry\b|\bi mean\b),?\s*){1,4}",
    re.IGNORECASE,
)
_NEW_CLAUSE = re.compile(
    r" (?:is|was|are|would|will|has|does|seems|can|could|may|offers?|gives?|pays?|harms?|hurts?)\b"
)
_SHARED = re.compile(
    rf"(?P<between>[^.!?\n]{{0,60}}?)(?:\band\b|\bbut\b|\bor\b|,|;"
    rf"|\botherwise\b) ?{OPTION.pattern} (?i:for|if|when|otherwise)\b"
)
_SUBORDINATE = re.compile(
    r"\b(?:because|since|as|which|due|given|while|whereas|that|who|than|over|rather|instead|not|compared"
    r"|considering|even|despite|unlike|between|of)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s*(?:$|\n|[.!,;:()}–—-]|(?:because|since|as|which|for|over|due|given|rather|instead|not|with|in|on"
    r"|here|and|or)\b)",
    re.IGNORECASE,
)
_ANSWERS = re.compile(r"\s*(?:$|\n|[.!,;]|(?:because|since|as|which|over|rather|instead)\b)", re.IGNORECASE)
_SENTENCE_OVER = re.compile(r"\s*(?:$|\n|[.!]|because\b)", re.IGNORECASE)
_EQUATES = re.compile(r"[:=]|\b(?:is|was|be|remains|goes to|falls on)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…]+(?=[\"'”’»)\]⟧]*(?:\s|$))|\n")
_DANGLING = re.compile(
    r"\s*(?:[,/&;+(]|[,;]?\s*\b(?:or|and|and/or|but|if|unless|is|not)\b)\s*$", re.IGNORECASE
)

SEVERAL = "several"
PLACEHOLDER = "placeholder"


@dataclass(frozen=True)
class Statement:
    """A choice that a text states.

    Attributes:
        letter: of the option, or ``SEVERAL``, or ``PLACEHOLDER`` where a template was left blank.
        begin: where it begins in the text.
        end: where the name of the option ends.
        closing: whether it draws the conclusion ("Therefore, I choose").
    """

    letter: str
    begin: int
    end: int
    closing: bool


def statements(text: str) -> list[Statement]:
    """All statements of a choice in a clean text (``markup.clean``), in their order."""
    context = _Context(text)
    kept: list[Statement] = []
    for begin, end, option, kind in sorted(_candidates(text), key=lambda found: found[:2]):
        closing = context.closes(begin, kind)
        if closing is None:
            continue
        tail = text[end : end + _AFTER]
        if option is None:
            kept.append(Statement(PLACEHOLDER, begin, end, closing))
        elif several(tail, letter_of(option)):
            kept.append(Statement(SEVERAL, begin, end, closing))
        elif not _spoilt(tail, kind, text[begin:end]):
            kept.append(Statement(letter_of(option), begin, end, closing))
    return kept


def several(tail: str, letter: str) -> bool:
    """Whether the words after an option add another one: ``or B``, ``, B``, ``which is Option B``."""
    joint = _JOINT.match(tail)
    other = OPTION.match(tail, joint.end()) if joint else None
    if other and letter_of(other) != letter and not _NEW_CLAUSE.match(tail, other.end()):
        return True
    shared = _SHARED.match(tail)
    return bool(shared and letter_of(shared) != letter and not _SUBORDINATE.search(shared["between"]))


def _candidates(text: str) -> Iterator[tuple[int, int, re.Match[str] | None, str]]:
    for head in _HEAD.finditer(text):
        if _UNREAL.search(head[0]):
            continue
        kind = str(head.lastgroup)
        if kind == "noun" and head[0][:2].lower() == "my":
            kind = "my"
        # A box's opening mark belongs to the option's name.
        start = head.start() if kind == "box" else head.end()
        if option := OPTION.match(text, start):
            yield head.start(), option.end(), option, kind
        elif blank := BLANK.match(text, start):
            yield head.start(), blank.end(), None, kind
    for option in _REVERSED.finditer(text):
        yield option.start(), option.end(), option, "reversed"


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


class _Context:
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
        closing = joined = contrasted = False
        for _ in range(4):
            last = max(0, len(words) - _LONGEST_LEAD)
            if lead := _ENDS_WITH_LEAD.search(words, last):
                closing = closing or lead["lead"] is not None
            elif not (lead := _THINKS.search(words, last)):
                break
            joined = True
            contrasted = contrasted or bool(_CONTRAST.match(lead[0]))
            words = words[: lead.start()].rstrip()
        if words and words[-1] in _QUOTES and words.strip(_LINE_MARKS):
            return None
        end = begin + len(words)
        bare = words.lstrip(_LINE_MARKS)
        if _LABEL.match(bare):
            return True
        if bare.endswith(":") and "\n" not in left[len(words) :] and not _OWN.search(bare):
            return None
        clause = max((match.end() for match in _CLAUSE.finditer(words)), default=0)
        contrast = max((match.end() for match in _CONTRAST.finditer(words)), default=0)
        if not contrasted and _any_between(self.elsewhere, begin + contrast, end):
            return None
        if _any_between(self.denials, begin + clause, end):
            return None
        if _ASKS.search(words, max(0, len(words) - _LONGEST_LEAD)):
            return None
        placed = not bare or joined or bare[-1] in ",;:—–("
        if kind == "imperative":
            placed = not bare or bare[-1] == ":"
        closing = closing or kind == "lead"
        return closing if placed or kind in ("self", "my", "box") else None


def _within(spans: list[tuple[int, int]], place: int) -> bool:
    k = bisect_right(spans, place, key=itemgetter(0)) - 1
    return k >= 0 and place < spans[k][1]


def _any_between(spans: list[tuple[int, int]], begin: int, end: int) -> bool:
    """Whether one of the spans, which are in their order, begins and ends between two places."""
    k = bisect_left(spans, begin, key=itemgetter(0))
    return k < len(spans) and spans[k][1] <= end


def _spoilt(tail: str, kind: str, stated: str) -> bool:
    """Whether the words after a statement, or the lack of them, make it none."""
    end = _SENTENCE_END.search(tail)
    if (end and "?" in end[0]) or _SPOILS.match(tail) or _DANGLING.fullmatch(tail):
        return True
    if kind == "lead":
        return not _SENTENCE_OVER.match(tail)
    if kind in ("echo", "imperative"):
        return not _ANSWERS.match(tail)
    if kind in ("noun", "my") and not _EQUATES.search(stated):
        return not _SENTENCE_OVER.match(tail)
    return kind not in ("self", "other") and stated[-1] not in ")]" and not _GOES_ON.match(tail)
