"""Words around a number: those that state it, those that make it a mention, a bound, a denial or a report.

All patterns are matched within a bounded reach of a number, so that reading is linear.
"""

from __future__ import annotations

import re

NEW_CLAUSE = re.compile(
    r"(?:[,:] ?(?:and|but|so|hence|thus|therefore|I(?:['’]\w+)?|my|the)\b|—|\() ?", re.IGNORECASE
)

_NOUNS = (
    r"rating|score|answer|response|reply|estimate|guess|expectation|prediction|forecast|agreement|choice"
    r"|decision|verdict|rightness|acceptability|morality|number|contribution|offer|bid|transfer"
)
_CHANCES = r"probability|chance|likelihood|belief|amount|price"
_OTHERS = "".join(
    rf"(?<!{whose} )"
    for whose in ("['’]s", "s['’]", "their", "his", "her", "rival", "competitor", "other", "market")
)
_CHANCE_OF = (
    r"(?: (?:for|in) (?:the|this) [a-z ]{1,20}"
    r"| (?:for|of|that) (?:buying|purchasing|choosing|picking|me\b|it\b|this|that|player|[A-Z]\b)"
    r"[^.:;!?]{0,50}?)?"
)
_VERBS = (
    r"rate|score|say|answer|respond|reply|give|choose|chose|assign|put|pick|select|estimate|guess|expect"
    r"|believe"
    r"|think|spend|allocate|pay|set|offer|charge|contribute|send|transfer|invest|return|demand|bid|pass on"
    r"|go with|settled? on|decided? on|opt(?:ed)? for|try|keep"
)
_OBJECT = (
    r"it|this|that|them|myself|(?:this|the) (?:option|action|programming|statement|item|case|one)"
    r"|option [A-Z]"
)
_I = r"\b(?:I|we|let)(?:['’]\w+)?(?: \w+){0,3} "
_MOVE = r"(?:raise|lower|reduce|increase|decrease|cut|drop|change|adjust|move)"
_SAY = rf"(?:{_VERBS})(?:ed|d|t?ing)?\b"
_AS = (
    rf"(?: (?:that )?(?:{_OBJECT}))?(?: (?:as|at|with|to be|that is|is|would be|will be))?:?"
    r"(?: (?:the )?(?:option|number|point))?"
)
_LINK = r" ?(?::|=|→|-+>|[–—-](?= )|\b(?:is|was|as|at|would be|will be|to be)\b)"
_LINK_NOW = _LINK.replace("was|", "")  # "The price was 4" reports another period.
_WHO = r"(?:I|we|they|he|she|player [0-9]|the other(?: player)?)"
_OPENS = r"[ (\['’|]*(?:an? )?$"
_NAMED = (
    rf"\b(?:{_NOUNS})(?: [^.;!?]{{0,60}}?)?{_LINK}"
    rf"|{_OTHERS}\b(?:{_CHANCES}){_CHANCE_OF}{_LINK_NOW}"
    rf"|\bmy (?:{_CHANCES})(?: [^.;:!?]{{1,60}}?)?{_LINK_NOW}"
    rf"|\bI \w+(?: \w+)? an? (?:{_CHANCES}) of|\b(?:{_NOUNS})(?: of)?"
)
EXPLICIT = re.compile(
    rf"(?:{_NAMED}|{_I}{_SAY}{_AS}|{_I}(?:{_SAY}|{_MOVE}) [^.;!?]{{0,60}} (?:as|at|to)){_OPENS}",
    re.IGNORECASE,
)
"""What states a number whatever other numbers came before it: by its name, or as what "I" say."""
LEAD = re.compile(
    rf"(?:(?:^|[,:;(—] ?){_SAY}{_AS}|(?:^|[,:;(—] ?){_SAY} [^.;!?]{{0,60}} (?:as|at|to)"
    r"|(?:^|[,;:(—] ?)(?:so|therefore|hence|thus|overall|sure|ok|okay|well|certainly|finally"
    r"|(?:it|this|that)(?: is|['’]s))[,:]?"
    r"|^(?:number|option|point|level)|\b(?:(?:strongly )?(?:dis)?agree|neutral)(?: (?=\()|,? ?[–—-]+ )"
    rf"|\b{_WHO} (?:will |would )?(?:choose|pick|play|select|take)s? [^.;,]{{1,20}} with (?:a"
    rf" )?(?:{_CHANCES})(?: of)?"
    rf"|^[^:=?]{{1,90}}(?:[:=→|]|[-=]+>)|^[^:=?0-9]{{1,40}} [–—-]){_OPENS}",
    re.IGNORECASE,
)
"""What states a number that has no rival."""
_OWN = frozenset("i i'd i'll i'm i've we we'd we'll my me myself".split())
_STATING = _OWN | frozenset(
    "it it's this that that's there's a an the one and so but therefore thus hence then overall finally"
    " ultimately"
    " okay ok well yes sure certainly as at to of for from in on with by all"
    " would will shall must do have be is am are being been going"
    " rate rating rated score scored say said give giving put putting set setting call assign choose chose"
    " choosing"
    " pick select answer respond reply think believe feel guess suppose reckon find conclude decide decided"
    " estimate"
    " expect stick stay settle settled land opt go make deserves merits earns warrants gets comes stands sits"
    " spend allocate pay offer charge contribute send transfer invest return bid keep propose suggest price"
    " score answer response reply guess expectation prediction forecast agreement choice decision verdict"
    " number"
    " amount probability chance likelihood belief level point value mark description fit position stance view"
    " opinion judgement judgment assessment evaluation terms sum conclusion short balance whole honest"
    " honestly"
    " personally frankly simply just still rather quite morally solid fair firm full good clear strong"
    " reasonable"
    " sensible appropriate best right suitable final own moral down like please makes sense seems".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def states(clause: str) -> str | None:
    """Whether the words of a clause before a number are words of stating alone: "explicit", "stated", or"
    " None."""
    words = [word.replace("’", "'").lower() for word in _WORD.findall(clause)]
    if not _STATING.issuperset(words) or _UNSETTLED.search(clause) or (not words and "-" in clause):
        return None
    return "stated" if _OWN.isdisjoint(words) else "explicit"


_UNSETTLED = re.compile(r"[^\w\s,.:;'’(\[|)\]!$€-]|\d")
_GOOD = (
    r"right|fair|appropriate|reasonable|sensible|fitting|suitable|good|best|well|accurate|honest|adequate"
    r"|correct|apt|okay|ok|justified|balanced"
)
APPROVED = re.compile(
    r" (?:(?:seems|feels|sounds|looks|is|would be|strikes me as|fits|describes|suits|reflects|captures"
    r"|works)\b)"
    rf"(?: (?:me|my|mine|to|for|the|an?|most|quite|just|like|here|this|it|final|view|position|answer|rating"
    rf"|score"
    rf"|choice|price|number|offer|amount|decision|{_GOOD})\b)*(?=\W*$| ?[.,;!])",
    re.IGNORECASE,
)
"""What may be said of a number to state it: "seems fair to me", "is my answer", "describes me best"."""
COMPARED = re.compile(
    r" ?(?:cents?|dollars?|points?|percent|%)? (?:above|below|more|less|higher|lower|over|under|cheaper)\b",
    re.IGNORECASE,
)
"""What makes a number a difference."""
ALONE = re.compile(r"^(?:= ?)?[^\w$€~<>≈≤≥±+−–?/\\=^-]*$")
WORDED = re.compile(
    r"\b(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    r"|sixteen"
    r"|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|and"
    r")\b[ -]?){1,8}(?:(?:dollars|percent) )?(?=\()",
    re.IGNORECASE,
)
"""A number in words, where digits in brackets repeat it."""

UNIT = re.compile(r" ?(?:points?|marks)\b", re.IGNORECASE)
CHANCE = re.compile(
    r" (?:(?:chance|probability|likelihood)(?=\W*$|,)"
    rf"|(?:chance|probability|likelihood) that (?:I|{_WHO} (?:will |would )?(?:choose|pick|play|select"
    r"|cooperate|accept|trust|return)s?)\b"
    r"|likely(?: to\b|(?=\W*$)))",
    re.IGNORECASE,
)
"""What a percentage may be called."""
A_CHANCE = re.compile(
    r"(?:^(?:an? )?|\b(?:there is|there['’]s"
    r"|I(?:['’]\w+)? (?:\w+ ){0,2}(?:see|expect|say|give it|put it at|estimate|guess|be)) (?:an? )?)[ (\['’"
    r"|]*$",
    re.IGNORECASE,
)
TAIL = re.compile(
    r"[)\]}'’|]*(?:$| ?[,;.!](?![0-9])|[:…({\[|}](?![0-9])"
    r"| ?[([|→]| ?—|/(?:unit|period)\b| [–-] (?!\$?[0-9])| ?= ?(?![$0-9])"
    r"| (?:because|since|as|given|due to|for\b(?! (?:every|each|[0-9]))|is (?:my|the)|it is|each|in total"
    r"|overall|per (?:unit|period|round|item|piece|product|widget|person|head)|this (?:period|time|round)"
    r"|here|again|on the whole"
    r"|from me|in terms of|in my (?:view|opinion)"
    r"|(?:on|towards?|to) (?:(?:the|my|our) )?[a-z]+(?: [0-9A-Z])?(?= ?[.,;!]|$))(?![a-z]))",
    re.IGNORECASE,
)
_SIZES = r"k|m|b|bn|mn|hundred|dozen|thousand|million|billion|trillion|grand|cents?|pct|approx|tops"
BOUND = re.compile(
    r"\b(?:about|around|approximately|approx|roughly|circa|ca|nearly|almost|close to|near|barely|up to|until"
    r"|within|at (?:least|most|best|worst|minimum|maximum)|(?:more|less|fewer|greater|lower|higher|smaller"
    r"|larger|bigger|other|rather|earlier|better|worse) than|instead of|under|over|above|below|beyond"
    r"|exceed\w*|min(?:imum)?|max(?:imum)?|between|from|to(?= (?:exactly |just |only )?\W*$)|either|or|half"
    r"|third|quarter|twice|double|triple"
    r"|if|unless|except|anything but|plus|minus|negative|times|some(?:where|thing)?|region|neighbou?rhood"
    r"|range|as (?:much|many|high|low) as|not|never|cannot|no|nor|neither|without|avoid|refuse|whether)\b"
    r"|n['’]t\b|[~≈<>≤≥±+×]",
    re.IGNORECASE,
)
BOUND_AFTER = re.compile(
    r"[ ,(—–-]*(?:(?:or|to (?:about |around |maybe |perhaps |an? )*(?=[$€]?[0-9]|[a-z]*(?:ty|teen|hundred)\b)"
    r"|ish|at (?:most|least|best|worst)|plus|minus"
    r"|give or take|more or less|and (?:a|up)"
    rf"|(?:approximately|roughly|about|around)(?=\W*(?:$|[.;,!)\d]))|max(?:imum)?|min(?:imum)?|if|unless"
    rf"|{_SIZES})\b"
    r"|to \$?[0-9]|but\b(?=.{0,40}[0-9])|[+×*^±~<>]|/(?!unit|period)|(?:and|in) ?\W?[0-9])",
    re.IGNORECASE,
)
NO_BOUND = re.compile(
    rf"\b(?:set|{_MOVE})(?:s|ting|d)?"
    r" (?:(?:my|the|this|our) (?:[a-z]+ ){1,2}|it )?to (?=\W*$)"
    # the ends of a scale
    r"|\b(?:not (?:right |likely |moral(?:ly right)? |acceptable )?at all|(?:certain|definite)ly not)(?=\W*$)"
    # conditions that affirm
    r"|\bif (?:I|we) (?:really |absolutely )?(?:must|had to|have to|were to|am to|need to)\b[^,.]{0,40},"
    r"|\bif (?:pressed|forced|pushed|compelled|required)\b[^,.]{0,30},|\beven if\b[^,.]{0,60},",
    re.IGNORECASE,
)
"""Words of a bound, a denial or a condition that make none."""
DENIED = re.compile(
    r"\b(?:not|never|cannot|nor|neither|avoid|refuse|rather than|instead of|disagree with|reject|oppose"
    r"|dispute"
    r"|doubt)\b|n['’]t\b",
    re.IGNORECASE,
)
UNSAID = re.compile(
    r"\bI (?:\w+ )?(?:might|may|could|nearly|almost|used to|(?:would|should) have)\b"
    r"|\bI was (?:\w+ )?(?:going|about|inclined) to\b|\btempted to\b",
    re.IGNORECASE,
)
"""What was not said in the end."""
SUPPOSED = re.compile(
    r"(?:^|[.,;] )(?:if|unless|suppos\w+|imagin\w+|assum\w+|were (?:I|we|it|they|the)|had (?:I|we|it|they"
    r"|the)"
    r"|should (?:I|we))\b"
    r"(?!.*\b(?:but|however|still|therefore|thus|hence|so)\b)",
    re.IGNORECASE,
)
"""What a sentence begins with that holds in another case."""
REPORTED = re.compile(
    r"\b(?:last|previous|earlier|first|past) (?:period|round|time|year|month|week)s?\b[^.]{0,60}"
    r"\b(?:was|were|\w+ed|set|paid|sold|chose|made|got|had)\b",
    re.IGNORECASE,
)
"""What a clause says of another time."""
NAME_OF = re.compile(
    r"(?<!\bthis )(?<!\bthat )\b(?:player|participant|firm|period|round|statement|item|question|article"
    r"|section)(?: number)? #?$",
    re.IGNORECASE,
)
"""What has a number as its name."""
COUNTED = re.compile(
    r" (?!(?:for|to|if|when|at|in|on|with|and|or|but|as|is|was|would|than|because|since|so|it|then|instead"
    rf"|max|min|points?|each|overall|percent|per|this|here|again|{_SIZES})\b)[a-z(]*[a-z]",
    re.IGNORECASE,
)
OFFERED = re.compile(
    r"^\W*(?:(?:or|and|maybe|perhaps|possibly|well|no|then|actually|rather|even|about|around|to|up|at|most"
    r"|least"
    r"|more|less|than|not|an?|the|make|it|that|say|also|alternatively|is|was|were)\W+)*$",
    re.IGNORECASE,
)
"""What comes before a number, in a sentence of its own, that is offered beside the answer."""
REASON = re.compile(
    r"\b(?:because|since|given|as|due to|considering|which|so that|in order|while|whereas|although|though)\b",
    re.IGNORECASE,
)
