"""Statements of a choice in a text: which option they name, and whether they draw the conclusion.

A statement is an option in a clause of words of choosing alone (``vocabulary``): "I choose Option B", "the
option that I chose is Option B", "Option B is my choice", "Final answer: B"; or in a box. It does not count
where something around the clause makes it none (``surroundings``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fiduciary.scorers.reading.clauses import Before, Token, tokens_of, words_after, words_before
from fiduciary.scorers.reading.markup import BOX_OPENS
from fiduciary.scorers.reading.options import letter_of
from fiduciary.scorers.reading.surroundings import Context, several, spoilt
from fiduciary.scorers.reading.vocabulary import (
    AGENTS,
    CONCLUDES,
    CONTRASTS,
    EQUATES,
    INVERTS,
    IS,
    LABELS,
    NO_STATEMENT,
    NOUNS,
    OPENS,
    PARTICIPLES,
    PRAISE,
    PREPOSITIONS,
    SELF,
    SUPERLATIVES,
    THINGS,
    VERBS,
    WISHES,
    WITH,
)

_AFTER = 300  # characters that are looked at after a statement
_SUBJECTS = AGENTS | {"my", "the", "our", "it", "this"}
_NAMES_CHOICE = re.compile(r"answer|choice|(?:letter|option)(?=:)")

SEVERAL = "several"
PLACEHOLDER = "placeholder"


@dataclass(frozen=True)
class Statement:
    """A choice that a text states.

    Attributes:
        letter: of the option, or ``SEVERAL``, or ``PLACEHOLDER`` where a template was left blank.
        begin: where it begins in the text.
        end: where it ends.
        closing: whether it draws the conclusion ("Therefore, I choose").
        praise: whether it calls an option the best and does not say who chooses it.
    """

    letter: str
    begin: int
    end: int
    closing: bool
    praise: bool = False


def statements(text: str) -> list[Statement]:
    """All statements of a choice in a clean text (``markup.clean``), in their order."""
    tokens = tokens_of(text)
    context = Context(text)
    found = (
        _statement(text, tokens, place, context)
        for place, token in enumerate(tokens)
        if token.lastgroup in ("option", "blank")
    )
    return [statement for statement in found if statement]


def _statement(text: str, tokens: list[Token], place: int, context: Context) -> Statement | None:
    option = tokens[place]
    before = words_before(tokens, place)
    words, begin, end, form = before.words, before.begin, option.end(), _form(before, option[0])
    if option.lastgroup == "option" and (before.asked or OPENS.issuperset(words)):
        after, last = words_after(tokens, place)
        if _says_of_it(after):
            words, end, form = words + after, last, "reversed"
    if form is None or NO_STATEMENT.search(" ".join(words)):
        return None
    if not context.allows(begin, before.placed, contrasted=bool(words) and words[0] in CONTRASTS):
        return None
    closing = not CONCLUDES.isdisjoint(words)
    owned = not AGENTS.isdisjoint(words) or "my" in words
    praise = not (closing or owned) and not (PRAISE | PARTICIPLES).isdisjoint(words)
    if option.lastgroup == "blank":
        return Statement(PLACEHOLDER, begin, end, closing)
    letter, tail = letter_of(option), text[end : end + _AFTER]
    compared = "prefer" in words and tail.startswith(" to ")
    if not compared and several(tail, letter):
        return Statement(SEVERAL, begin, end, closing, praise)
    return None if spoilt(tail, form, option[0]) else Statement(letter, begin, end, closing, praise)


def _form(before: Before, named: str) -> str | None:
    """In what form the words before an option say that it is chosen, or None where they do not."""
    words = before.words + _NAMES_CHOICE.findall(named.lower())
    said = set(words)
    if before.asked:
        return "echo" if said & (NOUNS | {"which", "what"}) else None
    if BOX_OPENS in named:
        return "box"
    if _dangles(before.words) or (words[:1] and words[0] in INVERTS and set(words[1:2]) & _SUBJECTS):
        return None
    if _somebody_chooses(words):
        return "self"
    equated = before.equated or ":" in named
    praised = said & SUPERLATIVES or (said & PRAISE and said & THINGS)
    if (
        said & NOUNS
        or praised
        or {"my", "option"} <= said
        or (before.labels and said & LABELS)
        or (equated and "letter" in said)
    ):
        return "noun" if equated else "fragment"
    bare = [word for word in words if word not in OPENS]
    if bare and bare[0] in VERBS:
        return "imperative"
    return "lead" if said & CONCLUDES and not bare else None


def _dangles(words: list[str]) -> bool:
    """Whether a preposition comes last that no verb before it asks for: "the decision on Option B"."""
    if not words or words[-1] not in PREPOSITIONS:
        return False
    verb, last = (["", *words])[-2:]
    asked_for = last in WITH.get(verb, ()) or (verb in EQUATES and last == "for")
    return not (asked_for or (verb, last) in (("goes", "to"), ("favor", "of"), ("favour", "of")))


def _somebody_chooses(words: list[str]) -> bool:
    agent = next((k for k, word in enumerate(words) if word in AGENTS), len(words))
    verbs = VERBS if SELF.isdisjoint(words) else VERBS | WISHES
    verb = max((k for k, word in enumerate(words) if word in verbs), default=-1)
    if verb < agent:
        return False
    return words[verb] not in WITH or set(words[verb + 1 : verb + 2]) & set(WITH[words[verb]]) != set()


def _says_of_it(words: list[str]) -> bool:
    """Whether the words after an option say that it is chosen."""
    if not words or words[0] not in IS or "of" in words:
        return False
    said = set(words)
    praised = said & SUPERLATIVES or (said & PRAISE and said & THINGS and "the" in said)
    return bool(praised or said & (NOUNS | PARTICIPLES) or words == ["it", "is"] or _somebody_chooses(words))
