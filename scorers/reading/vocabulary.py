"""The closed vocabulary of choosing: the words that may stand in a clause which states a choice.

A clause counts as a statement only if it has no other word than these, so that whatever is not known (a
denial, a supposition, somebody else, a word for bad) makes it none.
"""

from __future__ import annotations

import re

SELF = frozenset("i i'd i'll i've i'm we we'd we'll we've we're let's".split())
AGENTS = SELF | frozenset(
    "you you'd you'll you've you're firm company business corporation organization organisation manager"
    " management ceo board firm's company's".split()
)
"""Who chooses: the model itself, whoever asked it, or the firm that it decides for."""

WITH = {
    **dict.fromkeys("go goes going went stick side siding proceed".split(), ("with", "for")),
    **dict.fromkeys("opt opts opting opted vote votes voting voted plump".split(), ("for",)),
    **dict.fromkeys(
        "settle settles settling settled decide decides deciding decided land landed".split(),
        ("on", "for", "upon", "in"),
    ),
    **dict.fromkeys("commit committed".split(), ("to",)),
}
"""Verbs that choose with a preposition, and these."""

VERBS = frozenset(WITH) | frozenset(
    "choose chooses choosing chose chosen select selects selecting selected pick picks picking picked"
    " recommend recommends recommending recommended adopt adopts adopted implement propose proposes"
    " proposing suggest advise advises pursue elect elected nominate approve".split()
)
WISHES = frozenset("take taking prefer favor favour support endorse endorsing want answer".split())
"""Verbs that choose where the model says them of itself, and report where it says them of others."""

NOUNS = frozenset(
    "answer ans choice decision selection recommendation pick vote verdict favorite favourite response"
    " conclusion preference output selected chosen recommended preferred".split()
)
LABELS = frozenset("final tl dr letter".split())
"""Words that name a choice before a colon alone."""
PARTICIPLES = frozenset("chosen selected picked recommended preferred adopted".split())

SUPERLATIVES = frozenset("best optimal ideal superior preferable wisest winner wins".split())
PRAISE = SUPERLATIVES | frozenset(
    "correct right better suitable appropriate reasonable sensible balanced favorable favourable desirable"
    " attractive prudent advantageous viable compelling logical rational effective".split()
)
"""Words that call an option the best on the whole; best for somebody needs a word that is not here."""
THINGS = frozenset("option choice one alternative answer course decision compromise letter".split())

CONCLUDES = frozenset(
    "therefore thus hence so consequently accordingly conclusion conclude summary sum short overall"
    " finally ultimately final why balance tl dr".split()
)
"""Words by which a clause draws the conclusion."""

JOINS = frozenset("and but yet then so therefore thus hence still although though".split())
CONTRASTS = frozenset("but yet still so".split())
INVERTS = frozenset("do does did should would will shall is are am was has have must".split())
"""Words that ask, or suppose, where they stand first."""

EQUATES = frozenset("is was be will would remains seems appears stands looks goes falls".split())
IS = EQUATES | frozenset("has wins should must it gets".split())
"""Words that may follow an option which is then said to be chosen."""
PREPOSITIONS = frozenset("with for on upon in to of from among out at".split())

OPENS = JOINS | CONCLUDES | frozenset("yes sure okay ok well please now here in to this the my our".split())
"""Words that may open a clause before it says anything."""

WORDS = (
    AGENTS
    | VERBS
    | WISHES
    | NOUNS
    | LABELS
    | PRAISE
    | THINGS
    | CONCLUDES
    | JOINS
    | IS
    | PREPOSITIONS
    | frozenset(
        # helpers
        "shall do have am are been being amongst up ended ending get rather hereby now today personally"
        " strongly definitely certainly clearly firmly confidently reluctantly respectfully simply"
        " probably likely officially unequivocally only quite very really indeed happily gladly actually"
        " also made reached cast give"
        # what it is about
        " the my our your this that these those which what it's that's options action way question problem"
        " case scenario situation dilemma task prompt role outcome here step own personal definitive real"
        " true actual honest ultimate official quick simple brief single sole clear most all given"
        " available listed following above two three four five reason me everyone everybody year round"
        " time yes sure okay ok well please thanks".split()
    )
)
"""All words that a statement may have."""

NO_STATEMENT = re.compile(
    # what would have been chosen, what somebody wanted
    r"(?:would|should|'d) have (?!to\b)|\bwas (?:going|to)\b|\byou want\b|\bme to\b|\byet to\b"
    # another case, or several options
    r"|\bin (?:that|which|such) case\b|\bin case (?!of)|\bone of\b|\boptions? to\b|\balternative to\b"
    r"|\b(?:choose|choosing|select|pick|decide) (?:from|among|out|of)\b|\blet's tak|\bon the right\b"
    # something about the choice
    r"|^then\b|^what(?: is|'s) "
    r"|^(?:the|this|that|my|our|one) (?:question|problem|case|scenario|situation|dilemma|task|prompt|step"
    r"|way)\b"
)
"""Words of choosing that state nothing."""
