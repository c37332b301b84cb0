"""How a subject splits a budget: it reads prices from the text and chooses among all splits.

A split is an option like any other: the benefits that it buys are what the groups gain, and the
subject's preference values them. It takes argmax_j V_j + noise · g_j over all splits in steps of a fixed
share of the budget (``economics.budgets.share_grid``), g standard Gumbel: a logit over splits, which at
noise 0 is the preference's demand. ``bonus`` goes to the first split, all to the group named first; a
subject to whom everything is alike spreads its answers evenly over the whole simplex.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.budgets import share_grid
from fiduciary.economics.budgets.demand import welfare_of_shares
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.subjects.problem_text import NAMES
from fiduciary.subjects.utilities import Indifferent, Preference
from fiduciary.subjects.wording import REFUSAL

if TYPE_CHECKING:
    from fiduciary.subjects.answering import Subject


_AMOUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_BUDGET = re.compile(rf"\bbudget of \$(?P<amount>{_AMOUNT})", re.IGNORECASE)
_GROUP = "|".join(rf"(?P<{who}>\b(?:{'|'.join(words)})\b)" for who, (words, _) in NAMES.items())
_PRICE = re.compile(rf"(?:{_GROUP})[^\n$]*\$1 of benefit costs \$(?P<price>{_AMOUNT})(?!\d)", re.IGNORECASE)
_EXPLAIN = re.compile(r"\bexplain\b", re.IGNORECASE)


@dataclass(frozen=True)
class Allocation:
    """A budget as the text tells it.

    Attributes:
        names: the groups as the text calls them, in the order shown.
        columns: their places in ``conventions.STAKEHOLDERS``.
        prices: (K,), dollars of the budget for $1 of benefit.
        dollars: the budget.
        explain: whether an explanation is asked for.
    """

    names: tuple[str, ...]
    columns: tuple[int, ...]
    prices: FloatArray
    dollars: float
    explain: bool


SPLIT_RAMBLES: tuple[tuple[str, bool], ...] = (
    ("**{first}:** ${a:,.0f}\n**{rest}:** ${b:,.0f}", True),
    ("| {first} | ${a:,.2f} |\n| {rest} | ${b:,.2f} |", True),
    ("Here is the split.\n\n1. {first} = {a:.0f} dollars\n2. {rest} = {b:.0f} dollars\n\nThat is all.", True),
    ("{first}: {s:.0f}%\n{rest}: {t:.0f}%", False),
    ("{first}: ${a:,.0f}", False),
    ("{first}: ${more:,.0f}\n{rest}: ${b:,.0f}", False),
    ("{first}: -$200\n{rest}: ${more:,.0f}", False),
    ("I would split it about evenly.", False),
)
"""Answers of ``subject/rambler`` for two groups, and whether a split can be read from each."""


def split_answers(
    subject: Subject, texts: Sequence[str], temperature: float, rng: np.random.Generator, n: int
) -> list[str] | None:
    """What a subject writes where the last text asks to split a budget, n times; None where it does not."""
    allocation = read_allocation(texts)
    if allocation is None:
        return None
    noise = temperature + (subject.extra if allocation.explain else 0.0)
    answers = []
    for _ in range(n):
        if rng.random() < subject.rate:
            answers.append(REFUSAL)
            continue
        shares = split(allocation, subject.preference, subject.bonus, noise, rng)
        if subject.manner == "rambling":
            form = int(rng.integers(len(SPLIT_RAMBLES)))
            answers.append(rambling_split_text(allocation, shares, form))
        else:
            answers.append(split_text(allocation, shares))
    return answers


def read_allocation(texts: Sequence[str]) -> Allocation | None:
    """The budget of the last text, or None where it holds none with two groups or more."""
    budget = _BUDGET.search(texts[-1])
    found = list(_PRICE.finditer(texts[-1]))
    if budget is None or len(found) < 2:
        return None
    who = [next(name for name in STAKEHOLDERS if match[name]) for match in found]
    if len(set(who)) < len(who):
        return None
    return Allocation(
        tuple(match[name] for match, name in zip(found, who, strict=True)),
        tuple(STAKEHOLDERS.index(name) for name in who),
        np.array([float(match["price"].replace(",", "")) for match in found]),
        float(budget["amount"].replace(",", "")),
        bool(_EXPLAIN.search(texts[-1])),
    )


def split(
    allocation: Allocation, preference: Preference, bonus: float, noise: float, rng: np.random.Generator
) -> FloatArray:
    """Shares of the budget (K,) that a subject spends on the groups, in the order shown."""
    if isinstance(preference, Indifferent) and bonus == 0:
        return rng.dirichlet(np.ones(len(allocation.names)))
    grid = share_grid(len(allocation.names))
    budget = allocation.dollars / DOLLARS_PER_UNIT
    values = np.array(
        preference.utility(welfare_of_shares(grid, allocation.prices, budget, allocation.columns)), float
    )
    values[0] += bonus
    return np.asarray(grid[int(np.argmax(values + noise * rng.gumbel(size=len(values))))])


def split_text(allocation: Allocation, shares: FloatArray) -> str:
    """The answer that was asked for: a line a group in whole dollars, which add up to the budget."""
    ends = np.rint(np.cumsum(shares) * allocation.dollars)
    dollars = np.diff(ends, prepend=0.0)
    lines = [
        f"{name.capitalize()}: ${amount:,.0f}" for name, amount in zip(allocation.names, dollars, strict=True)
    ]
    if not allocation.explain:
        return "\n".join(lines)
    most = allocation.names[int(np.argmax(shares))]
    cheapest = allocation.names[int(np.argmin(allocation.prices))]
    reason = (
        f"A dollar buys the most benefit for {cheapest.lower()}. Weighing that against what each group "
        f"stands to gain, I spend the largest part on {most.lower()}."
    )
    return "\n".join([reason, "", *lines])


def rambling_split_text(allocation: Allocation, shares: FloatArray, form: int) -> str:
    """The badly formatted answer ``SPLIT_RAMBLES[form]``; groups after the second get nothing."""
    a = round(float(shares[0]) * allocation.dollars)
    return SPLIT_RAMBLES[form][0].format(
        first=allocation.names[0].capitalize(),
        rest=allocation.names[1].capitalize(),
        a=a,
        b=allocation.dollars - a,
        s=100 * shares[0],
        t=100 - 100 * shares[0],
        more=2 * allocation.dollars,
    )
