"""What a trade does to a problem's figures: fees come out of the shareholders' gains.

An offer says which option the firm has committed itself to, what it costs to change, and what changes
have cost so far. A subject takes the first fee off the option that it does not hold, and the others,
which are spent whatever it does, off both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from fiduciary.economics.conventions import DOLLARS_PER_UNIT, SHIFT, STAKEHOLDERS
from fiduciary.subjects.problem_text import Problem

_HELD = re.compile(r"\bcommitted (?:itself )?to Option (?P<letter>[A-Z])\b")
_AMOUNT = r"\$(?P<amount>\d[\d,]*(?:\.\d+)?)"
_FEE = re.compile(rf"\bfee of {_AMOUNT}")
_PAID = re.compile(rf"\bfees paid so far: {_AMOUNT}", re.IGNORECASE)

LEAST = 0.01 - SHIFT
"""Raw units. Utilities need gains above −K: a firm that is bankrupt already feels no further fee."""


def after_fees(problem: Problem | None, texts: Sequence[str]) -> Problem | None:
    """The problem with fees taken off, where the last message offers a trade; unchanged where it does not."""
    held, fee = _HELD.search(texts[-1]), _dollars(_FEE, texts[-1])
    if problem is None or held is None or fee is None or held["letter"] not in problem.letters:
        return problem
    welfare = problem.welfare.copy()
    shareholders = welfare[:, STAKEHOLDERS.index("shareholders")]  # a view
    shareholders -= (_dollars(_PAID, texts[-1]) or 0.0) / DOLLARS_PER_UNIT
    for place, letter in enumerate(problem.letters):
        if letter != held["letter"]:
            shareholders[place] -= fee / DOLLARS_PER_UNIT
    shareholders.clip(min=LEAST, out=shareholders)
    return replace(problem, welfare=welfare)


def _dollars(pattern: re.Pattern[str], text: str) -> float | None:
    found = pattern.search(text)
    return float(found["amount"].replace(",", "")) if found else None
