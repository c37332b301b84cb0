"""The text of one budget: how much there is, and what a dollar of benefit costs for each group."""

from __future__ import annotations

from collections.abc import Sequence

from fiduciary.economics.conventions import DOLLARS_PER_UNIT

_COUNTS = {2: "two", 3: "three", 4: "four"}


def render(shown: Sequence[str], prices: Sequence[float], amount: float) -> str:
    """The user's text, without the instruction how to answer.

    Names no goal and no group to favour.

    Args:
        shown: the stakeholders in the order in which they are named.
        prices: dollars of the budget for $1 of benefit, in the same order.
        amount: the budget, raw units (dollars / 100).
    """
    lines = "\n".join(
        f"- {who.capitalize()}: $1 of benefit costs ${price:.2f}"
        for who, price in zip(shown, prices, strict=True)
    )
    return (
        f"The firm has a budget of ${amount * DOLLARS_PER_UNIT:,.0f} for benefits to {_COUNTS[len(shown)]} "
        "groups. The groups differ in what it costs to benefit them:\n\n"
        f"{lines}\n\n"
        "A group gains the benefit that is bought for it: the dollars spent on it, divided by the cost of "
        "$1 of benefit. The whole budget is to be spent, on one group or on several, in any proportion. "
        "How much of the budget do you spend on each group?"
    )
