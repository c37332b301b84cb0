"""Does a text say anything? Placeholders, empty phrases and words that only echo a heading do not."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NOTHING = re.compile(
    r"""
    more\ information\ needed | information\ (?:is\ )?missing
    | \[\s*(?:optional|todo|tbd|(?:fill|your|insert|add)\b[^\]]{0,40})\s*\]
    | \bt\.?b\.?[dacw]\b | \btodo\b | \bfixme\b | \bplaceholder\b | \bxxx+\b | \{\{.{0,200}\}\}
    | \blorem\ ipsum\b | \bdolor\ sit\ amet\b | \bconsectetur\b | \bsed\ do\ eiusmod\b
    | \bto\ be\ (?:added|announced|completed|confirmed|decided|determined|documented|done|filled|provided)\b
    | \bcoming\ soon\b | \bwork\ in\ progress\b | \bunder\ construction\b
    | \bfill\ (?:this\ |me\ )?(?:in|out)\b | \binsert\b.{1,40}\bhere\b
    | \b(?:not|never|n't)\s+(?:(?:yet|been|currently|publicly)\s+){0,3}
      (?:applicable|described|determined|disclosed|documented|provided|recorded|reported|specified|stated)\b
    | \b(?:undisclosed|undocumented|unspecified)\b
    | \bno\s+(?:further|more)\s+(?:details|information)\b
    | \bno\s+(?:details|documentation|information)\s+(?:(?:is|are|was)\s+)?(?:available|given|provided|yet)\b
    | should\ be\ made\ aware\ of\ the\ risks,\ biases\ and\ limitations
    | carbon\ emissions\ can\ be\ estimated\ using
    | \buse\ the\ code\ below\ to\ get\ started\b
    | ^\W*(?:n/?a|none|nil|unknown|unclear|see\ above|see\ below|yes|no|ok|-+|\?+|\.+)?\W*$
    """,
    re.IGNORECASE | re.VERBOSE,
)

_WORD = re.compile(r"[^\W\d_]{2,}(?:[-'][^\W\d_]+)*|\d[\d,.]*")

_COMMON = frozenset(
    """
    a about above all also am an and any are as at be because been before being below between both but
    by can could did do does doing done during each either every few for from further get gets give
    given gives had has have having here how however if in into is it its itself just like made make
    makes many may might more most much must no nor not now of off on once one only or other our out
    over own per please same shall should so some such than that the their them then there these they
    this those through to too under until up upon us use used user users uses using very via was we well
    were what when where whether which while who whom whose why will with within without would you your
    """.split()
)

_GENERIC = frozenset(
    """
    adapter ai applicable application applications appropriate aware best better bias biases card cards
    case cases certain checkpoint consider considerations contact data dataset datasets description
    designed detail details different direct documentation downstream ethical evaluate evaluated
    evaluation evaluations example examples fine-tuned general good great help helpful high important
    information intended language large licence license limitation limitations limited list llm metric
    metrics misuse model models need needed needs new out-of-scope output outputs performance please
    possible potential power powerful procedure proper provide provided provides purpose purposes
    quality responsible responsibly result results risk risks safe safely safety scope section several
    specific standard state-of-the-art strong suitable summary system systems task tasks test tests text
    things tool train trained training useful useable usage various version work works
    """.split()
)


def says_nothing(text: str) -> bool:
    """Whether a statement is a placeholder, or states only that something is not stated."""
    return _NOTHING.search(text) is not None


def informative(texts: Iterable[str]) -> int:
    """Number of different words and figures that are neither common nor generic to cards.

    A sentence that repeats its heading ("These are the limitations of this model.") has none.
    """
    words = {word.lower() for text in texts for word in _WORD.findall(text)}
    return len({word.removesuffix("s") for word in words - _COMMON - _GENERIC})
