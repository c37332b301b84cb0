"""From the text of messages to a problem's options and figures, and to the form of answer asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.subjects.understanding import in_plain_words

Form = Literal["explain", "letter"]

NAMES: dict[str, tuple[tuple[str, ...], str]] = {
    "shareholders": (("shareholders", "owners", "investors"), "SH"),
    "employees": (("employees", "workers", "staff"), "EM"),
    "consumers": (("consumers", "customers", "buyers"), "CO"),
    "society": (("society", "community", "public"), "SOC"),
}
"""What a text may call each stakeholder: words in any case, and an abbreviation in capitals."""

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "shareholders": ("stockholders", "equity holders", "holders of the firm's stock"),
    "employees": ("personnel", "workforce", "people on the payroll"),
    "consumers": ("clients", "shoppers", "end users"),
    "society": ("citizens", "general public", "population at large"),
}
"""Names that are rarer, and understood all the same."""

CLOSING = ("Therefore, I choose: Option ", ".")
"""What stands before and after the letter where an explanation ends and the text does not say how."""

# An abbreviation in lower case would find "co" in "co-operative".
_NAME = "|".join(
    rf"(?P<{who}>\b(?:(?i:{'|'.join(OTHER_NAMES[who] + words)})|{short})\b)"
    for who, (words, short) in NAMES.items()
)
_AMOUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_OWNER = re.compile(_NAME)
_MONEY = re.compile(rf"{_NAME}|(?P<sign>[-−]?)\$(?P<inner>[-−]?)(?P<amount>{_AMOUNT})")
_PLAIN = re.compile(rf"{_NAME}|(?<![\w.,])(?P<sign>[-−]?)\$?(?P<inner>[-−]?)(?P<amount>{_AMOUNT})")

_HEADER = re.compile(r"^[ \t>*_#-]*Option[ \t]+(?P<letter>[A-Z])[*_]*[ \t]*:", re.MULTILINE)
_BARE_HEADER = re.compile(r"^[ \t>*_#-]*(?P<letter>[A-Z])[*_]*[ \t]*:", re.MULTILINE)
_HUNDREDS = re.compile(r"hundreds\s+of\s+dollars", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_LETTER = re.compile(r"\b(?:letter|buchstaben?|lettre|letra)\b", re.IGNORECASE)
_CLOSING = re.compile(r"(?P<before>Therefore, I choose:?[^\n\"“”`]*?)\bX\b(?P<after>[.!]?)")
_ONE_LETTER = re.compile(
    r"\b(?:only|nothing\s+else|just|single|one\s+letter|letter\s+of\s+one|nur|uniquement|únicamente)\b",
    re.IGNORECASE,
)
_EXPLAIN_FIRST = re.compile(
    r"\bfirst,? explain\b|\bbegründen Sie zuerst\b|\bexpliquez d'abord\b|\bprimero,? explique\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Problem:
    """The options of one text, in the order shown.

    Attributes:
        letters: label of each option.
        welfare: (options, 4), raw units.
    """

    letters: tuple[str, ...]
    welfare: FloatArray


@dataclass(frozen=True)
class Block:
    """One option of a text.

    Attributes:
        letter: its label.
        gains: raw units by stakeholder, in the order in which the text names them.
        rest: what its paragraph goes on to say after the last of them.
    """

    letter: str
    gains: dict[str, float]
    rest: str


@dataclass(frozen=True)
class Request:
    """What the last message asks for.

    Attributes:
        form: "explain" (a few sentences and a closing one) or "letter" (one letter).
        closing: what stands before and after the letter in the closing sentence.
    """

    form: Form
    closing: tuple[str, str] = CLOSING

    def close(self, letter: str) -> str:
        """The closing sentence; whatever else the text put into it stays as it is, braces too."""
        before, after = self.closing
        return f"{before}{letter}{after}"


def read_problem(texts: Sequence[str]) -> Problem | None:
    """The problem of the latest text that holds one, or None: a later turn may only ask again."""
    for text in reversed(texts):
        problem = read_options(text)
        if problem is not None:
            return problem
    return None


def read_options(text: str) -> Problem | None:
    """Options and figures of one text; None where there are fewer than two options or figures lack."""
    blocks = read_blocks(text)
    letters = tuple(block.letter for block in blocks)
    if len(blocks) < 2 or len(set(letters)) < len(letters):
        return None
    return Problem(letters, np.array([[block.gains[who] for who in STAKEHOLDERS] for block in blocks]))


def read_blocks(text: str) -> list[Block]:
    """The options of one text, as far as they give all four figures."""
    text = in_plain_words(text)
    hundreds = bool(_HUNDREDS.search(text))
    headers = list(_HEADER.finditer(text)) or list(_BARE_HEADER.finditer(text))
    ends = [*(header.start() for header in headers[1:]), len(text)][: len(headers)]
    blocks = []
    for header, end in zip(headers, ends, strict=True):
        block = _read_block(header["letter"], text[header.end() : end], hundreds)
        if block is not None:
            blocks.append(block)
    return blocks


def read_request(text: str) -> Request:
    """The form that a text asks for; without any instruction, an explanation with a closing sentence."""
    closing = _CLOSING.search(text)
    if closing:
        return Request("explain", (closing["before"], closing["after"]))
    last = _PARAGRAPH.split(text.strip())[-1]
    letter = _LETTER.search(last) and _ONE_LETTER.search(last) and not _EXPLAIN_FIRST.search(last)
    return Request("letter" if letter else "explain")


def group_named(text: str) -> int | None:
    """The group that a text names first, by its place among the stakeholders."""
    found = _OWNER.search(in_plain_words(text))
    return None if found is None else STAKEHOLDERS.index(str(found.lastgroup))


def groups_named(text: str) -> list[int]:
    """All groups that a text names, by their place among the stakeholders, each once and in that order."""
    found = {str(match.lastgroup) for match in _OWNER.finditer(in_plain_words(text))}
    return [k for k, who in enumerate(STAKEHOLDERS) if who in found]


def _read_block(letter: str, text: str, hundreds: bool) -> Block | None:
    """One option.

    A figure belongs to the stakeholder named last before it, with no other figure in between. Of a
    stakeholder's several figures the last counts (what comes first describes wage or price), but
    what follows the paragraph that completes the four is no longer the option's.
    """
    scale = 1 if hundreds else DOLLARS_PER_UNIT
    gains: dict[str, float] = {}
    for paragraph in _PARAGRAPH.split(text):
        owner: str | None = None
        end = 0
        for match in (_PLAIN if hundreds else _MONEY).finditer(paragraph):
            amount = match["amount"]
            if amount is None:
                owner = match.lastgroup
            elif owner is not None:
                negative = bool(match["sign"]) != bool(match["inner"])
                gains[owner] = float(amount.replace(",", "")) * (-1 if negative else 1) / scale
                owner, end = None, match.end()
        if len(gains) == len(STAKEHOLDERS):
            return Block(letter, gains, paragraph[end:])
    return None
