"""How much of a budget a text spends on each group.

1. A leading ``<think>…</think>`` block is left out; emphasis, quotation and table marks are ignored.
2. Each group needs a line (or a part of one, after a comma or a semicolon) that begins with its name,
   after a bullet or a number at most, and goes on with a separator (``:``, ``=``, ``|``, ``->`` or a dash
   between blanks) and one amount: digits with or without ``$`` and commas. Of several such lines for a
   group the last one counts. A percentage, an amount in thousands ("2k"), a sum or a range is no
   amount, nor is what stands elsewhere in a sentence.
3. A text that was cut off is not searched.
4. Amounts that add up to the budget within 0.5 % or $1 a group, whichever is more, are taken as that budget:
   they are scaled to spend it exactly. More is "over budget" and missing; less is recorded as it is. A
   negative amount makes the answer "negative", all zeros make it "nothing spent".

A missing answer is never asked for again and never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fiduciary.scorers.reading.numbers import CUT_OFF, Said, plain_answer, read_amount
from fiduciary.scorers.reading.retractions import withdrawn
from fiduciary.scorers.reading.text import REFUSAL

SPLIT_REASONS = (
    "refused",
    "truncated",
    "unparsable",
    "over budget",
    "negative",
    "nothing spent",
    "empty",
    "error",
)
"""Why a split can be missing."""

ROUNDING = 0.005
"""Share of the budget by which amounts may miss it and still count as spending it all."""

_LINE = r"^[^\w$]*(?:[0-9]{1,3}[.)] ?)?NAME\b[^\w$:=|]*?(?: ?(?:[:=|]|->|→)[ |]*| [-–—] )(?P<rest>.*)$"


@dataclass(frozen=True)
class Split:
    """What a text was read as.

    Attributes:
        dollars: spent on each group in the order of the names, or None where missing.
        reason: one of ``SPLIT_REASONS`` where missing, else None.
    """

    dollars: tuple[float, ...] | None = None
    reason: str | None = None


def read_split(text: str, names: Sequence[str], budget: float, stop_reason: str | None) -> Split:
    """Read the split that a text states.

    Args:
        text: the model's answer.
        names: the groups.
        budget: dollars.
        stop_reason: why the model stopped, in Inspect's words; None where nothing came back.
    """
    cut_off = stop_reason in CUT_OFF
    plain = plain_answer(text, stop_reason)
    if not isinstance(plain, str):
        return Split(reason=plain.reason)
    # Amounts in a text that was cut off may be on the way to others, or lack their last digits.
    amounts = {} if cut_off else _amounts(plain, names)
    if len(amounts) < len(names) or None in amounts.values():
        if REFUSAL.search(plain) and not any(amount is not None for amount in amounts.values()):
            return Split(reason="refused")
        return Split(reason="truncated" if cut_off else "unparsable")
    return _within([amount for name in names if (amount := amounts[name]) is not None], budget)


def _amounts(text: str, names: Sequence[str]) -> dict[str, float | None]:
    """The amount of the last line that states one for each group; None where it is not plain."""
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    parts = re.split(rf"[;\n{{}}]|, (?=\W*(?:{either})\b)", text, flags=re.IGNORECASE)
    found: dict[str, float | None] = {}
    last = -1
    for name in names:
        line = re.compile(_LINE.replace("NAME", re.escape(name)), re.IGNORECASE)
        for k in reversed(range(len(parts))):
            said = read_amount(match["rest"]) if (match := line.match(parts[k])) else Said(reason="no answer")
            if said.value is not None or said.reason not in ("no answer", "empty", "refused"):
                found[name] = said.value
                last = max(last, k)
                break
    return {} if withdrawn("\n".join(parts[last + 1 :])) else found


def _within(dollars: Sequence[float], budget: float) -> Split:
    if min(dollars) < 0:
        return Split(reason="negative")
    total = sum(dollars)
    tolerance = max(ROUNDING * budget, 1.0 * len(dollars))
    if total > budget + tolerance:
        return Split(reason="over budget")
    if total <= 0:
        return Split(reason="nothing spent")
    scale = budget / total if total >= budget - tolerance else 1.0
    return Split(tuple(amount * scale for amount in dollars))
