"""The words with which a text states a choice, right before or right after the name of an option.

``HEAD`` matches what an option follows: "I choose", "my answer to this question is", "the option that I chose
is", the question echoed. ``REVERSED`` and ``PRAISED`` match an option and what is said of it. The name of the
group that matched is the kind of the statement.
"""

from __future__ import annotations

import re

from fiduciary.scorers.reading.markup import BOX_OPENS
from fiduciary.scorers.reading.options import OPTION

_VERB = (
    r"(?:choos(?:e|es|ing)|chose|chosen|select(?:s|ed|ing)?|pick(?:s|ed|ing)?|recommend(?:s|ed|ing)?"
    r"|opt(?:s|ed|ing)? for|(?:go(?:es|ing)?|gone|went) (?:with|for)|vot(?:e|es|ed|ing) for"
    r"|settl(?:e|es|ed|ing) (?:on|for)|decid(?:e|es|ed|ing) (?:on|for|in favou?r of|upon)|stick with)\b"
)
_WISH = r"(?:tak(?:e|ing)|prefer|favou?r|support|endors(?:e|ing)|sid(?:e|ing) with|say|answer)\b"
_HELPER = (
    r"(?:will|would|shall|must|should|have|has|had|do|am|is|are|be|going|need|want|wish|like|to|hereby"
    r"|therefore|thus|rather|then|now|also|still|finally|ultimately|personally|strongly|definitely|certainly"
    r"|clearly|firmly|confidently|reluctantly|respectfully|simply|probably|likely|officially|unequivocally"
    r"|inclined|happy|(?:choose|chose|decide|decided|opt|opted|elect|elected|intend|plan|prefer) to|the firm"
    r"|recommend(?= (?:going|choosing|selecting|picking)))"
)
_FIRM = (
    r"the (?:firm|company|business|corporation|organi[sz]ation|manager|management|ceo|board"
    r"|decision[- ]maker)"
)
_ABOUT = (
    r"(?: (?:to|for|in|on|regarding|as) (?:this|the|that|your|a) (?:\w{1,14} )?(?:question|problem|decision"
    r"|case|scenario|situation|choice|dilemma|task|prompt|firm|company|manager|ceo)| here| overall)?"
)
_SORT = (
    r"(?:(?:final|overall|own|chosen|selected|preferred|recommended|correct|right|ultimate|definitive"
    r"|considered|personal|official|real|true|actual|honest) ){0,2}"
)
_IS = (
    r"(?: (?:is|was|would be|will be|remains|goes to|falls on|must be"
    r"|has to be)\b)?(?: (?:that|therefore|thus|then))?(?: i choose| to choose| to go with)?"
)
_COLON = r"[\"'’”]? ?[:=]?\s?(?:[-•] ?)?"
_FOLLOWING = r"(?: (?:is|as|the following(?: option)?|as follows))?"
_NOUN = (
    r"(?:choice|answer|decision|selection|recommendation|pick|vote|verdict|response|conclusion|preference"
    r"|output)"
)

HEAD = re.compile(
    # I choose; we would go with; let's pick
    rf"(?P<self>\b(?:i|we|let us|let['’]s)(?:['’](?:d|ll|ve|m|re))?(?: {_HELPER}){{0,5}} (?:{_VERB}|{_WISH})"
    rf"{_FOLLOWING} ?:?\s?)"
    # you choose; the firm has decided to choose
    rf"|(?P<other>\b(?:you|{_FIRM})(?: (?!had|want|wish|need"
    rf"|like){_HELPER}){{0,5}} {_VERB}{_FOLLOWING} ?:?\s?)"
    # the option that I chose is; the chosen option is
    r"|(?P<option>\b(?:(?:the|my) (?:final )?(?:option|one|choice|answer|letter)|what)(?: (?:that|which))?"
    rf" (?:(?:i|we|you|{_FIRM})(?:['’](?:d|ll|ve|m))?(?: {_HELPER}){{0,4}} )?{_VERB}{_ABOUT},?"
    r" ?(?:is|was|would be|will be|:)\s?:?\s?)"
    # my final answer to this question is; answer:
    rf"|(?P<noun>\b(?:(?:my|our|your|the|{_FIRM}['’]s) )?(?:{_SORT}{_NOUN}|(?:final|chosen|selected"
    rf"|preferred|recommended|correct|right) option|letter|selected|chosen)(?: letter)?{_ABOUT}{_IS}{_COLON})"
    # choose Option B, as the whole of a sentence
    r"|(?P<imperative>\b(?:choos(?:e|ing)|select(?:ing)?|pick(?:ing)?|go(?:ing)? with|opt(?:ing)? for"
    r"|recommend) (?:: )?)"
    # which option do you choose? Option B
    rf"|(?P<echo>\b(?:which|what)\b[^?\n]{{0,80}}\b(?:do|would|should|will|did|shall) (?:you|i|we|{_FIRM})"
    rf" (?:\w{{1,12}}ly )?{_VERB}\b[^?\n]{{0,60}}\?\s?|\bwhat(?: is|['’]s) (?:your|my|the) {_SORT}"
    r"(?:choice|answer|decision)\?\s?)"
    # therefore, Option B, as the whole of a sentence
    r"|(?P<lead>\b(?:therefore|thus|hence|so|in conclusion|conclusion)[,:]\s)"
    rf"|(?P<box>{BOX_OPENS})",
    re.IGNORECASE,
)

REVERSED = re.compile(
    rf"{OPTION.pattern},? (?i:(?:is|would be|will be|remains) (?:my|our|{_FIRM}['’]s) {_SORT}{_NOUN}\b"
    r"|is the (?:final |correct |right )?answer\b"
    rf"|(?:is|would be) (?:the (?:option|one) (?:that )?|what )(?:i|we)(?:['’]d)? (?:(?:would"
    rf"|will) )?{_VERB}\b(?! to\b)|it is(?=[.!]|$))"
)

_BEST = (
    r"(?:(?:(?:very |single )?best|optimal|ideal|preferable|superior|correct|right|fairest|soundest|wisest"
    r"|strongest|better|most (?:suitable|appropriate|reasonable|sensible|balanced|favou?rable|desirable"
    r"|attractive|prudent|advantageous|viable|compelling|logical|rational|effective))(?:,? and )?){1,2}"
)
_THING = r"(?:option|choice|answer|alternative|decision|one|course(?: of action)?|compromise|balance|pick)"
_SEEMS = r"(?:is|would be|remains|seems(?: to be)?|appears(?: to be)?|looks like|:)"
_THEREFORE = r"(?: (?:therefore|thus|then|clearly|overall))?"

BEST_IS = re.compile(
    # the best choice for the firm is Option B
    rf"\b(?:(?:the|my|our) {_BEST} {_THING}{_ABOUT}{_THEREFORE} ?{_SEEMS}{_THEREFORE}"
    r"(?: to (?:choose|pick|select|go with))?"
    # it would be best to choose Option B
    r"|it (?:is|would be) (?:best|better|wise|wisest|right) to (?:choose|pick|select|go with)):? ?",
    re.IGNORECASE,
)
IS_BEST = re.compile(
    rf"{OPTION.pattern} (?i:{_SEEMS}{_THEREFORE} (?:the|my|our) {_BEST}(?: {_THING})?\b{_ABOUT})"
)
