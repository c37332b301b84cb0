"""What a competent reader does before it compares figures: it makes out what was written.

Misspelt words, other languages, other currencies and units are put into the plain words and dollars that
``reading.py`` reads. A text that has none of these comes back as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

SIGNS = "¥€₹"
"""Currencies other than the dollar."""

KNOWN_WORDS = (
    *("shareholders", "owners", "investors", "employees", "workers", "staff"),
    *("consumers", "customers", "buyers", "society", "community", "public"),
    *("hundreds", "dollars", "options", "gains", "figures", "choose"),
)
"""Words of a choice problem that are recognised with two inner letters exchanged."""

_WORD = re.compile(r"[A-Za-z]{4,}")
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_RATE = re.compile(rf"(?P<rate>{_NUMBER}) (?P<name>yen|euros|rupees) to the dollar")
_NAMES_OF_SIGNS = {"yen": "¥", "euros": "€", "rupees": "₹"}
_FOREIGN_AMOUNT = re.compile(rf"(?P<sign>[{SIGNS}])(?P<amount>{_NUMBER})")
_HUNDREDS = re.compile(r"hundreds\s+of\s+dollars", re.IGNORECASE)

_CENTS = re.compile(rf"(?P<amount>{_NUMBER}) cents\b")
_THOUSANDS = re.compile(rf"\$?(?P<amount>{_NUMBER}) thousand(?: dollars)?\b")

_GROUPS = {
    "shareholders": ("Aktionäre", "Actionnaires", "Accionistas"),
    "employees": ("Beschäftigte", "Salariés", "Empleados"),
    "consumers": ("Verbraucher", "Consommateurs", "Consumidores"),
    "society": ("Allgemeinheit", "Collectivité", "Sociedad en general"),
}
_IN_ENGLISH = {word: who for who, words in _GROUPS.items() for word in words}
_FOREIGN_GROUP = re.compile(rf"\b(?:{'|'.join(_IN_ENGLISH)})\b")
_OPTION = re.compile(r"\bOpción(?= [A-Z])")
_BEHIND = re.compile(
    r"(?P<whole>\d{1,3}(?:[.\u00a0\u202f ]\d{3})+|\d+)(?:,(?P<rest>\d+))?[\u00a0\u202f ]\$", re.ASCII
)


def in_plain_words(text: str) -> str:
    """The text with everything put into plain English words and dollars."""
    return in_dollars(in_english(spelt_right(text)))


def spelt_right(text: str) -> str:
    """Misspelt known words put right; the case of the first letter stays."""
    return _WORD.sub(lambda word: word.group()[0] + _right(word.group())[1:], text)


def misspelt(text: str) -> int:
    """How many known words are misspelt."""
    return sum(_right(word) != word for word in _WORD.findall(text))


def foreign_language(text: str) -> bool:
    """Whether the groups have German, French or Spanish names."""
    return bool(_FOREIGN_GROUP.search(text))


def in_english(text: str) -> str:
    """Names of groups, headings and amounts of a German, French or Spanish text in the English manner."""
    if not foreign_language(text):
        return text
    text = _OPTION.sub("Option", text.replace("\u00a0:", ":"))
    text = _FOREIGN_GROUP.sub(lambda name: _IN_ENGLISH[name.group()], text)
    return _BEHIND.sub(_sign_in_front, text)


def in_dollars(text: str) -> str:
    """Amounts of another currency, at the rate that the text states, and of other units in dollars.

    Where all figures are hundreds of dollars, in hundreds of dollars; an amount without a rate stays.
    """
    rates = {_NAMES_OF_SIGNS[rate["name"]]: _value(rate["rate"]) for rate in _RATE.finditer(text)}
    if rates:
        text = _FOREIGN_AMOUNT.sub(
            lambda found: (
                f"${_value(found['amount']) / rates[found['sign']]:.10g}"
                if found["sign"] in rates
                else found.group()
            ),
            text,
        )
    if _CENTS.search(text) or _THOUSANDS.search(text):
        one = 100 if _HUNDREDS.search(text) else 1
        text = _CENTS.sub(lambda found: f"${_value(found['amount']) / 100 / one:.10g}", text)
        text = _THOUSANDS.sub(lambda found: f"${_value(found['amount']) * 1000 / one:.10g}", text)
    return text


def at_face_value(text: str) -> str:
    """Amounts of another currency taken for dollars."""
    return text.translate(str.maketrans(SIGNS, "$" * len(SIGNS)))


def without_units(text: str) -> str:
    """Cents and thousands taken for the usual unit."""
    return _THOUSANDS.sub(r"$\g<amount>", _CENTS.sub(r"$\g<amount>", text))


def _key(word: str) -> tuple[str, str, str]:
    word = word.lower()
    return word[0], "".join(sorted(word[1:-1])), word[-1]


_BY_KEY = {_key(word): word for word in KNOWN_WORDS}


@lru_cache(maxsize=4096)
def _right(word: str) -> str:
    """The known word that this is with letters exchanged, else the word itself."""
    return word[0] + _BY_KEY.get(_key(word), word)[1:]


def _value(amount: str) -> float:
    return float(amount.replace(",", ""))


def _sign_in_front(amount: re.Match[str]) -> str:
    whole = re.sub(r"\D", "", amount["whole"])
    return f"${whole}" + (f".{amount['rest']}" if amount["rest"] else "")
