"""Numbers as people and models write them: one grammar for amounts, ratings and prices.

A number is digits with thousands set off by commas, blanks or apostrophes (``2,500``, ``2 500``,
``2'500``) and decimals after a point, with at most one minus, and with ``$``, ``€``, ``USD``, "dollars"
or a percent sign. All other ways of writing digits (``1e2``, ``6O``, ``1/2``, ``60-70``, ``1,5``,
``80+``) are found too, but have no value: what may mean two numbers means none. That holds for
``1.500`` as well, which is 1,500 in half of the world.
"""

from __future__ import annotations

import re
from typing import NamedTuple

UNCLEAR = "\ufffd"
"""Stands for a numeral that is no digit, such as ``¼``, and for emphasis between two digits."""

_FULL_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0xFFE5: 0xA5, 0xFF0D: 0x2D, 0x3000: 0x20}
_BLANKS = dict.fromkeys((0xA0, 0x202F, 0x2009, 0x2007), " ")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])(?:[*_`\"“”#~]+|\t|[^\S\n]{2,})(?=[0-9])")

# \text{…}, \boxed{…} and the like hold words or the number itself; three levels of them are undone.
_COMMAND = re.compile(r"\\(?:text|mathrm|mathbf|textbf|mathit|boxed|fbox)[ ]?\{([^{}]*)\}")
_DOLLAR = "\ue000"  # an escaped dollar sign, while the dollar signs around mathematics are taken away
_MATHS = re.compile(r"\$(?=[^\s$])([^$\n]{0,60}[^$\s])\$(?![0-9])|\\[()\[\]]")
_THOUSANDS = re.compile(r"\{,\}(?=[0-9])")
_ORPHANS = re.compile(r"\\(?=[%&#])|\\[,;: !](?=[0-9])")

_DIGITS = r"(?:[1-9][0-9]{0,2}(?P<sep>[ ,'’])[0-9]{3}(?:(?P=sep)[0-9]{3})*+|[0-9]++)(?:\.[0-9]++)?|\.[0-9]++"
_NUMBER = re.compile(
    rf"(?<![\w.$€£¥#^/+*×<>≤≥≈~±@&{UNCLEAR}\\–−-])(?<![0-9][,:'’])"
    r"(?P<sign>[-−]?)(?P<before>(?:(?:US)?\$|€|\b(?:USD|EUR)\b) ?)?(?P<inner>[-−]?)"
    rf"(?P<digits>{_DIGITS})"
    r"(?P<after> ?(?:US dollars?|dollars?|USD|euros?|EUR)\b| ?[$€](?! ?[0-9]))?"
    r"(?P<percent> ?(?:%|per ?cent\b|pct\b))?"
    rf"(?![\w{UNCLEAR}$€£¥^°%‰+*×~\\]|=(?! ?[A-Za-z])|[.,:/'’–−-][0-9]|[–−/-]\$|'')",
    re.IGNORECASE,
)
_DIGIT = re.compile(rf"[0-9{UNCLEAR}]")
_RUN = re.compile(rf"[\w.,'’{UNCLEAR}]+")
_THREE_DECIMALS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")


class Number(NamedTuple):
    """A place of a text that holds digits.

    Attributes:
        start: where it begins, sign and unit included.
        end: where it ends.
        value: the number, or None where it is not plain which one is meant; infinite beyond 1.8e308.
        unit: "$", "€", "%", or "" where none is written.
    """

    start: int
    end: int
    value: float | None
    unit: str


def plain_digits(text: str) -> str:
    """A text in which numbers can be looked for: full-width signs as plain ones, without LaTeX's marks.

    To be called before emphasis is taken away, which would make one number of ``2*500``.
    """
    text = text.translate(_FULL_WIDTH).translate(_BLANKS)
    text = _NOT_ASCII.sub(_numeral, text)
    if "\\" in text or "$" in text:
        text = _THOUSANDS.sub(",", text)
        for _ in range(3):
            text = _COMMAND.sub(r"\1", text)
        text = _MATHS.sub(r"\1", text.replace("\\$", _DOLLAR)).replace(_DOLLAR, "$")
        text = _ORPHANS.sub(lambda found: " " if found[0] != "\\" else "", text)
    return _BETWEEN_DIGITS.sub(f" {UNCLEAR} ", text)


def numbers(text: str, *, decimals: bool = False) -> list[Number]:
    """All places of a text that hold digits, in their order.

    Args:
        text: as :func:`plain_digits` returns it.
        decimals: whether ``1.500`` is plain, since the question shows numbers with three decimals.
    """
    found: list[Number] = []
    end = 0
    for match in _NUMBER.finditer(text):
        found += _unclear(text, end, match.start())
        found.append(_number(match, decimals))
        end = match.end()
    return found + _unclear(text, end, len(text))


def _number(match: re.Match[str], decimals: bool) -> Number:
    digits, signs = match["digits"], match["sign"] + match["inner"]
    before, after = (_currency(match[name]) for name in ("before", "after"))
    unit = "%" if match["percent"] else before or after
    contradicts = (before and after and before != after) or (match["percent"] and (before or after))
    unclear = len(signs) > 1 or contradicts or (not decimals and _THREE_DECIMALS.fullmatch(digits))
    size = float(re.sub(r"[ ,'’]", "", digits))
    return Number(match.start(), match.end(), None if unclear else -size if signs else size, unit)


def _unclear(text: str, start: int, end: int) -> list[Number]:
    """Digits between two numbers that are not numbers themselves."""
    if not _DIGIT.search(text, start, end):
        return []
    runs = _RUN.finditer(text, start, end)
    return [Number(run.start(), run.end(), None, "") for run in runs if _DIGIT.search(run[0])]


def _currency(sign: str | None) -> str:
    if not sign:
        return ""
    return "€" if "€" in sign or "eur" in sign.casefold() else "$"


def _numeral(match: re.Match[str]) -> str:
    sign = match[0]
    return UNCLEAR if sign.isnumeric() and not sign.isalpha() else sign
