"""The closed vocabulary of choosing: the words that may stand in a clause which states a choice.

A clause counts as a statement only if it has no other word than these, so that whatever is not known (a denial,
a supposition, somebody else, a word for bad) makes it none.
"""

from __future__ import annotations

import re

SELF = frozenset("i i'd i'll i've i'm we we'd we'll we've we're let's".split())
AGENTS = SELF | frozenset(
    "you you'd you'll you've you're firm company business corporation organization organisation manager"
    " management ceo board firm's company's".split()
)
"""Who chooses: the model itself, whoever asked it, or the firm that it decides for."""

VERBS = frozenset(
    "choose chooses choosing chose chosen select selects selecting selected pick picks picking picked"
    " recommend recommends recommending recommended opt opts opting opted go goes going went vote votes voting"
    " voted settle settles settling settled decide decides deciding decided stick adopt adopts adopted"
    " implement propose proposes proposing suggest advise advises pursue proceed commit committed land landed elect"
    " elected nominate approve plump".split()
)
WISHES = frozenset(
    "take taking prefer favor favour support endorse endorsing siding side back want preferring answer".split()
)
"""Verbs that choose where the model says them of itself, and report where it says them of others."""

NOUNS = frozenset(
    "answer ans choice decision selection recommendation pick vote verdict response conclusion preference output"
    " final selected chosen recommended preferred".split()
)
PRAISE = frozenset(
    "best optimal ideal preferable superior correct right fairest soundest wisest strongest suitable appropriate"
    " reasonable sensible balanced favorable favourable desirable attractive prudent advantageous viable"
    " compelling logical rational effective winner wins".split()
)
"""Words that call an option the best on the whole; best for somebody needs a word that is not here."""
SUPERLATIVES = frozenset(
    "best optimal ideal superior preferable fairest soundest wisest strongest winner wins".split()
)
PARTICIPLES = frozenset("chosen selected picked recommended preferred adopted".split())

WITH_VERBS = frozenset(
    "opt opts opting opted go goes going went vote votes voting voted settle settles settling settled decide decides"
    " deciding decided stick siding side proceed commit committed land landed plump".split()
)
WITH = frozenset("with for on upon in to of".split())

CONCLUDES = frozenset(
    "therefore thus hence so consequently accordingly conclusion conclude summary sum short overall finally"
    " ultimately final why balance tl dr".split()
)
"""Words by which a clause draws the conclusion."""

JOINS = frozenset("and but yet then so therefore thus hence still".split())
CONTRASTS = frozenset(("but", "yet", "still"))
INVERTS = frozenset("do does did should would will shall is are am was has have must can could".split())
"""Words that ask, or suppose, where they stand first."""

IS = frozenset(
    "is goes falls gets was would will be remains it wins has should must seems appears stands looks".split()
)
EQUATES = IS - frozenset("has wins should must it gets".split()) | {"be"}
OPENS = JOINS | CONCLUDES | frozenset("yes sure okay ok well please now here in to this the my our".split())
"""Words that may open a clause before it says anything."""

NO_STATEMENT = re.compile(
    r"(?:would|should|'d) have (?!to\b)|\bone of\b|\blet's tak"
    r"|^(?:the|this|that|my|our|one) (?:question|problem|case|scenario|situation|dilemma|task|prompt|step|way)\b"
    r"|^what(?: is|'s) |\bin case (?!of)|\byou want\b|\bme to\b|\balternative to\b|\bwas (?:going|to)\b"
)
"""Words of choosing that say nothing: what would have been chosen, one of the best, the problem with a choice."""

WORDS = (
    AGENTS
    | VERBS
    | WISHES
    | NOUNS
    | PRAISE
    | CONCLUDES
    | JOINS
    | IS
    | frozenset(
        # helpers
        "shall do have am are been being to with for on in favor favour upon of out from among amongst up"
        " ended ending get rather hereby now today personally strongly definitely certainly clearly firmly"
        " confidently reluctantly respectfully simply probably likely officially unequivocally only quite very"
        " really indeed accordingly happily gladly actually"
        # what it is about
        " the my our your this that these those which what it's that's one option options letter alternative"
        " course action compromise way question problem case scenario situation dilemma task prompt here step"
        " own final personal overall definitive real true actual honest ultimate official short quick"
        " simple brief single sole clear most all given available listed following above follows as"
        " two three four five reasons reason me everyone everybody also made reached year round time"
        " yes sure okay ok well course please thanks".split()
    )
)
"""All words that a statement may have."""

PHRASES = (
    # I think that, I would say
    (
        re.compile(
            r"\b(?:i|we)(?:['’]d| would| do| must| will| can| have to)?(?: also| personally| still)?"
            r" (?:think|believe|say|guess|conclude|feel|reckon|find)(?: that)?[,:]? |\b(?:i|we)(?:['’]d| would)? (?:suggest|advise|propose) that ",
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
    (re.compile(r"\bin the end\b", re.IGNORECASE), "so"),
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
            r"|can(?:not|['’]t) help but|cannot but|there is no doubt(?: in my mind)?(?: that)?"
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
