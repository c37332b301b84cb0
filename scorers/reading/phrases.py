"""Set phrases, and the plain words that stand for them, so that a reader need not know them."""

from __future__ import annotations

import re

PHRASES = (
    # I think that, I would say
    (
        re.compile(
            r"\b(?:i|we)(?:['’]d| would| do| must| will| can| have to)?(?: also| personally| still)?"
            r" (?:think|believe|say|guess|conclude|feel|reckon|find)(?: that)?[,:]? |\b(?:i|we)(?:['’]d"
            r"| would)? (?:suggest|advise|propose) that ",
            re.IGNORECASE,
        ),
        "",
    ),
    (
        re.compile(
            r"\bin (?:my|our) (?:view|opinion|judge?ment|estimation|eyes),? |\bit (?:is clear|follows|seems)"
            r"(?: to me)? that |\bfor (?:this|that|these|those|all these) reasons?,? ",
            re.IGNORECASE,
        ),
        "so ",
    ),
    (re.compile(r"\bas (?:an? |the )?(?:manager|ceo)\b,?", re.IGNORECASE), ""),
    # all in all
    (
        re.compile(
            r"\b(?:on balance|all (?:things considered|told|in all)|at the end of the day"
            r"|(?:when )?all(?: is|['’]s) said and done|everything considered),? ",
            re.IGNORECASE,
        ),
        "so ",
    ),
    (re.compile(r"\b(?:as )?for (?:me|myself),? ", re.IGNORECASE), ""),
    # colloquial
    (re.compile(r"\bi(m|ve) ", re.IGNORECASE), r"i'\1 "),
    (re.compile(r"\bgonna\b", re.IGNORECASE), "going to"),
    # an exchange in the place of an answer
    (re.compile(r"^q(?:uestion)?[:.] [^\n]*\na(?:nswer)?[:.] ", re.IGNORECASE | re.MULTILINE), "Answer: "),
    (re.compile(r"\b([Oo]ption)(?=[A-Z]\b)"), r"\1 "),
    (re.compile(r"\b(?:honestly|frankly|really)\? ", re.IGNORECASE), ""),
    (
        re.compile(
            r"\b(?:(?:it|this)(?: is|['’]s)(?: not)? )?(?:(?:even )?close|no contest|an? (?:\w+ )?(?:call"
            r"|decision|choice))[:;,—–-]+ (?=I\b)",
            re.IGNORECASE,
        ),
        "so ",
    ),
    # not Option A but Option B
    (
        re.compile(r"\b[Nn]ot (?:[Oo]ption )?\(?[A-Z]\)?,? but (?:rather )?(?=(?:[Oo]ption )?\(?[A-Z]\b)"),
        "",
    ),
    # that said
    (
        re.compile(r"\b(?:having said|that (?:being )?said|this said)(?: that)?,? ", re.IGNORECASE),
        "",
    ),
    (re.compile(r"\b(i|we)(?:['’]d| would) rather have\b", re.IGNORECASE), r"\1 prefer"),
    # I consider Option B the best
    (
        re.compile(
            r"\b(?:i|we)(?:['’]d| would)? (?:consider|find|see|regard|deem|view|judge|rate)"
            r" ((?:the )?option \(?[a-z]\)?)(?: to be| as| is)? (?=the |my )",
            re.IGNORECASE,
        ),
        r"\1 is ",
    ),
    # I would like to
    (
        re.compile(
            r"\b(i|we)(?:['’]d| would|['’]m| am| are)?(?: also| just| really)? (?:want|need|wish|like|plan"
            r"|intend|inclined|happy|glad|ready|prepared|willing|pleased) to\b",
            re.IGNORECASE,
        ),
        r"\1 will",
    ),
    (re.compile(r"\blet (?:us|me)\b", re.IGNORECASE), "let's"),
    (re.compile(r"\bin the end\b|\bthis (?:year|time|round)\b", re.IGNORECASE), "so"),
    (re.compile(r" as follows?\b", re.IGNORECASE), ""),
    (
        re.compile(
            r"\b(?:stands out|emerges|comes out) as\b|\bturns out to be\b|\b(?:seems|appears) to be\b",
            re.IGNORECASE,
        ),
        "is",
    ),
    (
        re.compile(r"\bthe (?:first|second|third|fourth|fifth|middle) option(?=[,:]| \()", re.IGNORECASE),
        "the option",
    ),
    (
        re.compile(r"\bthe (?:way to go|(?:option|one) to (?:choose|pick|go with|take))\b", re.IGNORECASE),
        "the best option",
    ),
    # denials and conditions that affirm
    (
        re.compile(
            r"\b(?:(?:do not|don['’]t|did not|will not|won['’]t) hesitate to|have no choice but to"
            r"|can(?:not|['’]t) help but|cannot but|(?:there is )?no doubt(?: in my mind| about (?:it"
            r"|that))?(?: that|:|,)?"
            r"|if (?:i|we) (?:really |absolutely )?(?:must|had to|have to|were to|am to|need to)"
            r" (?:choose|pick|decide|select|answer|make a (?:choice|decision))"
            r"(?: one| an option| between (?:them|these))?,) "
            r"| without (?:any |a |further )?(?:hesitation|doubt|reservation|question)s?\b",
            re.IGNORECASE,
        ),
        "",
    ),
)
"""Set phrases, and the plain words that stand for them."""


def plainly(text: str) -> str:
    """The text with set phrases replaced by plain words."""
    for phrase, plain in PHRASES:
        text = phrase.sub(plain, text)
    return text
