"""Words of choosing (``vocabulary``) right before and right after an option."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fiduciary.scorers.reading.options import BLANK, OPTION
from fiduciary.scorers.reading.vocabulary import AGENTS, EQUATES, JOINS, SELF, WORDS

Token = re.Match[str]
"""Its ``lastgroup`` says what it is: option, blank (in the place of an option), end (of a sentence), mark,
word, or other."""

_TOKEN = re.compile(
    rf"(?P<option>{OPTION.pattern})|(?P<end>[.!?…]+[\"'”’»)\]⟧]*(?:\s+|$)|(?<!:)\n)"
    rf"|(?P<blank>{BLANK.pattern})|(?P<mark>[,;:—–(=]|(?<=\s)-(?=\s))|(?P<word>[^\W_]+(?:['’][^\W_]+)*)"
    r"|(?P<other>[^\s\w])"
)
_TRANSPARENT = frozenset("\"'“‘«[⟦”’»])⟧✅✔☑👉➡→")
_SPEAKERS = AGENTS | {"the", "me", "everyone", "everybody", "all"}
_LONGEST = 40  # words and marks of a clause


class Word(NamedTuple):
    """A word in small letters, where it begins, and whether it begins a part of the sentence."""

    said: str
    begin: int
    marked: bool


@dataclass(frozen=True)
class Before:
    """Words of choosing right before an option.

    Attributes:
        words: in small letters.
        begin: where they begin.
        placed: whether they begin their clause.
        labels: whether a colon or the like separates them from the option.
        equated: whether that or an "is" among them makes the option what they name.
        asked: whether they are a question that the option answers.
    """

    words: list[str]
    begin: int
    placed: bool
    labels: bool
    equated: bool
    asked: bool


def tokens_of(text: str) -> list[Token]:
    """Options, blanks, words and marks of a text in their order."""
    return list(_TOKEN.finditer(text))


def words_before(tokens: Sequence[Token], place: int) -> Before:
    """Go back from an option as far as there are no other words than those of choosing.

    Args:
        tokens: of the text.
        place: of the option among them.
    """
    run: list[Token] = []
    asked = worded = False
    starts = place <= _LONGEST
    for token in reversed(tokens[max(0, place - _LONGEST) : place]):
        kind = token.lastgroup
        if kind == "end" and not worded and "?" in token[0] and not asked:
            asked = True
        elif kind == "mark" or (kind == "word" and _said(token) in WORDS):
            run.append(token)
            worded = worded or kind == "word"
        elif kind == "end" and not worded and token[0].isspace():
            run.append(token)  # An answer under its heading.
        elif kind != "other" or token[0] not in _TRANSPARENT:
            starts = kind == "end"
            break
    words: list[Word] = []
    speaker: list[Word] | None = None
    marked, marks = starts, ""
    for token in reversed(run):
        if token.lastgroup == "word":
            words.append(Word(_said(token), token.start(), marked))
            marked, marks = False, ""
        else:
            marked, marks = True, marks + token[0]
            if speaker is None and token[0] == ":":
                speaker = list(words)
    labels = bool(marks.strip(",;("))
    equated = labels or speaker is not None or any(word.said in EQUATES for word in words)
    if speaker and _SPEAKERS.issuperset(word.said for word in speaker):
        words = []  # "The manager: I choose" is a part that somebody plays.
    elif words and not words[0].marked:
        words = _from_a_beginning(words)
    begin = words[0].begin if words else tokens[place].start()
    placed = words[0].marked or words[0].said in JOINS if words else marked
    return Before([word.said for word in words], begin, placed, labels, equated, asked)


def words_after(tokens: Sequence[Token], place: int) -> tuple[list[str], int]:
    """Words of choosing right after an option, and where they end."""
    words: list[str] = []
    end = tokens[place].end()
    for token in tokens[place + 1 : place + _LONGEST]:
        if token.lastgroup != "word" or _said(token) not in WORDS:
            break
        words.append(_said(token))
        end = token.end()
    return words, end


def _from_a_beginning(words: list[Word]) -> list[Word]:
    """The words from where a clause begins or, failing that, from "I" or "my"."""
    begins = [k for k, word in enumerate(words) if word.marked or word.said in JOINS]
    own = [k for k, word in enumerate(words) if word.said in SELF or word.said == "my"]
    return words[(begins or own or [len(words)])[0] :]


def _said(token: Token) -> str:
    return token[0].replace("’", "'").lower()
