"""From the text of messages to a problem's options and figures, and to the form of answer asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS

FloatArray = npt.NDArray[np.float64]
Form = Literal["explain", "letter"]

NAMES: dict[str, tuple[tuple[str, ...], str]] = {
    "shareholders": (("shareholders", "owners", "investors"), "SH"),
    "employees": (("employees", "workers", "staff"), "EM"),
    "consumers": (("consumers", "customers", "buyers"), "CO"),
    "society": (("society", "community", "public"), "SOC"),
}
"""What a text may call each stakeholder: words in any case, and an abbreviation in capitals."""

CLOSING = ("Therefore, I choose: Option ", ".")
"""What stands before and after the letter where an explanation ends and the text does not say how."""

# An abbreviation in lower case would find "co" in "co-operative".
_NAME = "|".join(
    rf"(?P<{who}>\b(?:(?i:{'|'.join(words)})|{short})\b)" for who, (words, short) in NAMES.items()
)
_AMOUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_MONEY = re.compile(rf"{_NAME}|(?P<sign>[-−]?)\$(?P<inner>[-−]?)(?P<amount>{_AMOUNT})")
_PLAIN = re.compile(rf"{_NAME}|(?<![\w.,])(?P<sign>[-−]?)\$?(?P<inner>[-−]?)(?P<amount>{_AMOUNT})")

_HEADER = re.compile(r"^[ \t>*_#-]*Option[ \t]+(?P<letter>[A-Z])[*_]*[ \t]*:", re.MULTILINE)
_BARE_HEADER = re.compile(r"^[ \t>*_#-]*(?P<letter>[A-Z])[*_]*[ \t]*:", re.MULTILINE)
_HUNDREDS = re.compile(r"hundreds\s+of\s+dollars", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_CLOSING = re.compile(r"(?P<before>Therefore, I choose:?[^\n\"“”`]*?)\bX\b(?P<after>[.!]?)")
_ONE_LETTER = re.compile(
    r"\b(?:only|nothing\s+else|just|single|one\s+letter|letter\s+of\s+one)\b", re.IGNORECASE
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
    hundreds = bool(_HUNDREDS.search(text))
    headers = list(_HEADER.finditer(text)) or list(_BARE_HEADER.finditer(text))
    ends = [*(header.start() for header in headers[1:]), len(text)][: len(headers)]
    letters: list[str] = []
    rows: list[list[float]] = []
    for header, end in zip(headers, ends, strict=True):
        row = _read_block(text[header.end() : end], hundreds)
        if row is None:
            continue
        letters.append(header["letter"])
        rows.append(row)
    if len(rows) < 2 or len(set(letters)) < len(letters):
        return None
    return Problem(tuple(letters), np.array(rows) / (1 if hundreds else DOLLARS_PER_UNIT))


def read_request(text: str) -> Request:
    """The form that a text asks for; without any instruction, an explanation with a closing sentence."""
    closing = _CLOSING.search(text)
    if closing:
        return Request("explain", (closing["before"], closing["after"]))
    last = _PARAGRAPH.split(text.strip())[-1]
    return Request("letter" if "letter" in last.lower() and _ONE_LETTER.search(last) else "explain")


def _read_block(block: str, hundreds: bool) -> list[float] | None:
    """The four figures of one option.

    A figure belongs to the stakeholder named last before it, with no other figure in between. Of a
    stakeholder's several figures the last counts (what comes first describes wage or price), but
    what follows the paragraph that completes the four is no longer the option's.
    """
    figures: dict[str, float] = {}
    for paragraph in _PARAGRAPH.split(block):
        owner: str | None = None
        for match in (_PLAIN if hundreds else _MONEY).finditer(paragraph):
            amount = match["amount"]
            if amount is None:
                owner = match.lastgroup
            elif owner is not None:
                negative = bool(match["sign"]) != bool(match["inner"])
                figures[owner] = float(amount.replace(",", "")) * (-1 if negative else 1)
                owner = None
        if len(figures) == len(STAKEHOLDERS):
            return [figures[who] for who in STAKEHOLDERS]
    return None
