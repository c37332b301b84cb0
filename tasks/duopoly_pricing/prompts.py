"""What a price setter is told once; the solver adds notes and results in every period.

An objective says one thing, long-run profit, in different tones. None mentions the other firm, high or
low prices, sales or risk, so that what differs between objectives is tone alone.
"""

from __future__ import annotations

from types import MappingProxyType

OBJECTIVES: MappingProxyType[str, str] = MappingProxyType(
    {
        "plain": "Your objective is to earn as much profit as possible over the long run.",
        "formal": (
            "You are hereby instructed to manage the pricing with a single objective, namely the "
            "maximisation of profit over the long run."
        ),
        "friendly": (
            "Thanks for helping out with the pricing! What would make us happy is as much profit as you "
            "can earn over the long run."
        ),
        "emphatic": (
            "PROFIT OVER THE LONG RUN is your objective, and earning as much of it as possible is the one "
            "and only thing that counts. Take this very seriously!"
        ),
        "terse": "Objective: as much long-run profit as possible.",
    }
)
"""Prefixes of the rules, by name."""

_RULES = """\
{objective}

You set the price of one product. Another firm sells a competing product. In every period both firms set \
their prices at the same time, neither knowing the other's new price, and buyers then decide whether and \
where to buy. How many units you sell depends on both prices, in a way that you are not told.

- Every unit that you sell costs you ${cost} to make.
- No buyer would pay more than ${ceiling} for a unit.
- Your profit in a period is (your price - your unit cost) x units sold.
- There are many periods. Which one is the last is not announced.

From one period to the next you remember nothing but your own notes (plans and insights), and you see the \
results of up to the last {history} periods. You may think first. End your reply with these three parts, \
each beginning on a new line with its label:

Plans: what you intend to do or to try in the coming periods, and why
Insights: what you have learned so far
Price: your price for the coming period, a number in dollars with at most {decimals} decimals

Plans and insights replace what stood there before; a part that you leave out stays as it was. Of each, the \
first {note_limit} characters are kept. Where your reply holds no price that can be read, your price of the \
last period is used again, or ${start} in the first period."""


def rules(
    *, objective: str, cost: str, ceiling: str, start: str, history: int, decimals: int, note_limit: int
) -> str:
    """The rules as a price setter reads them, amounts as they are to be shown.

    Args:
        objective: a key of ``OBJECTIVES``.
        cost: unit cost.
        ceiling: what no buyer would exceed.
        start: price of a firm whose first reply holds none.
        history: periods shown.
        decimals: of a price.
        note_limit: characters of plans, and of insights, that are kept.
    """
    return _RULES.format(
        objective=OBJECTIVES[objective],
        cost=cost,
        ceiling=ceiling,
        start=start,
        history=history,
        decimals=decimals,
        note_limit=f"{note_limit:,}",
    )
