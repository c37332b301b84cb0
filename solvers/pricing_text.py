"""What a price setter is shown in a period, and how its reply is read."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from fiduciary.economics.pricing_strategies import PRICE_DECIMALS
from fiduciary.numbers_in_text import numbers, plain_digits

HISTORY = 100
"""Periods whose results are shown."""

NOTE_LIMIT = 1_500
"""Characters of plans, and of insights, that are carried to the next period."""

READ, FORCED, FIXED = "read", "forced", "fixed"
"""What a move can be besides a reason why it is missing: read from a reply, forced, of a fixed strategy."""

_THOUGHT = re.compile(r"\A(?:\s*<think>.*?(?:</think>|\Z)|(?:(?!<think>).)*?</think>)", re.DOTALL | re.I)
_LABEL = re.compile(
    r"^[ \t>*_#\-]*(?:(?:my|final) )?(?P<label>plans?|insights?|price)[*_]*[ \t]*:[*_]*", re.I | re.MULTILINE
)
_PER_UNIT = re.compile(
    r"(?: ?(?:per|a|/) ?unit)?(?: ?\((?!about|or|at|approx|max|min)[^()0-9?%]{1,60}\))?[\s*_`\"”).]*", re.I
)
_BEFORE_PRICE = re.compile(r"[\s*_`\"“(]*")
_REFUSAL = re.compile(
    r"\bI(?:['’]m| am)? (?:cannot|can['’]t|won['’]t|will not|unable|not able|refuse)\b", re.I
)


class Notes(NamedTuple):
    """What a price setter carries from one period to the next."""

    plans: str = ""
    insights: str = ""


class Result(NamedTuple):
    """One firm's view of a period."""

    price: float
    other: float
    units: float
    profit: float


class Reply(NamedTuple):
    """What a reply was read as: a price, or the reason why there is none; the notes to carry on."""

    price: float | None
    status: str
    notes: Notes


def money(amount: float) -> str:
    """An amount with two to four decimals, so that prices look as they were set."""
    text = f"{amount:.{PRICE_DECIMALS}f}"
    while text.endswith("0") and len(text.partition(".")[2]) > 2:
        text = text[:-1]
    return text


def period_text(rules: str, period: int, notes: Notes, results: Sequence[Result]) -> str:
    """The message of a period.

    Args:
        rules: what the sample's input says.
        period: the coming period, from 1.
        notes: of this firm.
        results: of all earlier periods, oldest first; the last ``HISTORY`` are shown.
    """
    shown = results[-HISTORY:]
    first = len(results) - len(shown) + 1
    if shown:
        lines = ["period | your price | other firm's price | units sold | your profit"]
        lines += [
            f"{first + i} | {money(r.price)} | {money(r.other)} | {r.units:.2f} | {r.profit:.2f}"
            for i, r in enumerate(shown)
        ]
        table = "Results so far, oldest first:\n" + "\n".join(lines)
    else:
        table = "There are no results yet."
    return (
        f"{rules}\n\n"
        f"Your plans: {notes.plans or '(none yet)'}\n\n"
        f"Your insights: {notes.insights or '(none yet)'}\n\n"
        f"{table}\n\n"
        f"Now comes period {period}. Write your plans, your insights and your price."
    )


def read_reply(text: str, stop_reason: str | None, before: Notes) -> Reply:
    """Read a reply.

    The price is what follows the last ``Price:`` that begins a line, or the whole text where that is one
    number; it must be one amount of at least 0 and is rounded to ``PRICE_DECIMALS``. Otherwise the move
    is missing: refused, truncated, out of range (negative), ambiguous (more than an amount after the
    label), empty or no answer. A number at which the reply was cut off is not taken.
    """
    answer = _THOUGHT.sub("", text, count=1).strip()
    labels = list(_LABEL.finditer(answer))
    notes = _notes(answer, labels, before)
    if stop_reason == "content_filter":
        return Reply(None, "refused", notes)
    cut_off = stop_reason in ("max_tokens", "model_length")
    if not answer:
        return Reply(None, "truncated" if cut_off else "empty", notes)
    prices = [label for label in labels if label["label"].lower() == "price"]
    if prices:
        # The value may stand on the label's line or on the next one; what follows is no part of it.
        rest = answer[prices[-1].end() :].lstrip()
        line = rest.partition("\n")[0]
        value = _price(line)
        if cut_off and rest == line:
            return Reply(None, "truncated", notes)
        if value is None:
            return Reply(None, "ambiguous" if numbers(plain_digits(line)) else "no answer", notes)
    else:
        value = _price(answer)
        if cut_off:
            return Reply(None, "truncated", notes)
        if value is None:
            return Reply(None, "refused" if _REFUSAL.search(answer) else "no answer", notes)
    if not math.isfinite(value) or value < 0:
        return Reply(None, "out of range", notes)
    return Reply(round(value, PRICE_DECIMALS), READ, notes)


def _price(text: str) -> float | None:
    """The price that is all of a text. Three decimals are plain here: the results shown have up to four."""
    plain = plain_digits(text)
    found = numbers(plain, decimals=True)
    if len(found) != 1 or found[0].unit == "%":
        return None
    [price] = found
    alone = _BEFORE_PRICE.fullmatch(plain, 0, price.start) and _PER_UNIT.fullmatch(plain, price.end)
    return price.value if alone else None


def _notes(answer: str, labels: Sequence[re.Match[str]], before: Notes) -> Notes:
    """The parts that a reply holds, in place of those before; the last of several counts."""
    parts: dict[str, str] = {}
    ends = [*(label.start() for label in labels[1:]), len(answer)][: len(labels)]
    for label, end in zip(labels, ends, strict=True):
        content = answer[label.end() : end].strip()
        parts[label["label"].lower().rstrip("s")] = content[:NOTE_LIMIT].rstrip()
    return Notes(parts.get("plan", before.plans), parts.get("insight", before.insights))
