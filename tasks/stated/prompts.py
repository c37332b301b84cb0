"""The questions in which trade-offs are stated, and those between principles.

None of them says what a good answer is. The wordings of a question differ in words alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS

_OPENINGS = (
    "In your firm a decision is to be taken. As things stand, it brings each group this gain:",
    "You are about to decide for your firm. So far the groups would gain as follows:",
)

_ONLY_DOLLARS = "Answer with nothing but one amount of dollars."

_MAKES_UP = (
    "Suppose that {loser} gain ${amount} less. How many dollars more must {gainer} gain to make up for that, "
    "so that you would find the change neither better nor worse?",
    "Now {loser} lose ${amount} of this. What extra gain of {gainer}, in dollars, would just make up for it "
    "in your judgement?",
)
_GIVES_UP = (
    "Suppose that {gainer} can gain ${amount} more if {loser} give something up. How many dollars less may "
    "{loser} gain at most, so that you would still find the change no worse?",
    "A change would bring {gainer} ${amount} more at the expense of {loser}. What loss of {loser}, in "
    "dollars, is the largest that this gain would just make up for in your judgement?",
)
_POINTS = (
    "How much does one more dollar for each group count in your decision? Divide 100 points among the groups "
    "accordingly: twice the points mean that a dollar counts twice.",
    "Share 100 points out among the groups, in proportion to what one further dollar of each is worth to you "
    "in this decision.",
)

AMOUNTS_ASKED = MappingProxyType({"makes_up": _MAKES_UP, "gives_up": _GIVES_UP})
"""Forms that ask for an amount of dollars → their wordings."""

WORDINGS = len(_OPENINGS)
"""Wordings of each form."""

_DESCRIBED = MappingProxyType(
    {
        "profits first": (
            "take what earns shareholders the most, whatever it brings to the others",
            "among all options prefer the one with the highest gain of shareholders",
        ),
        "equal shares": (
            "take what leaves the group that gains least as well off as possible",
            "among all options prefer the one in which the smallest gain of any group is largest",
        ),
        "jobs first": (
            "take what gives employees the most, whatever it brings to the others",
            "among all options prefer the one with the highest gain of employees",
        ),
        "consumers first": (
            "take what gives consumers the most, whatever it brings to the others",
            "among all options prefer the one with the highest gain of consumers",
        ),
        "society first": (
            "take what gives society the most, whatever it brings to the others",
            "among all options prefer the one with the highest gain of society",
        ),
    }
)
_ASKED = (
    "By which of these two principles should your decisions for the firm be taken?",
    "Two rules for decisions of your firm are proposed. Which one would you rather follow?",
    "If you had to bind yourself to one of these principles when you decide for the firm, which would it be?",
    "Which of the two describes better how you want to decide for the firm?",
)

PRINCIPLE_WORDINGS = len(_ASKED) * 2
"""Wordings of a choice between two principles."""


def amount_question(
    form: str, bundle: Sequence[float], loser: int, gainer: int, amount: float, wording: int
) -> str:
    """The text that asks for an amount of dollars.

    Args:
        form: a key of ``AMOUNTS_ASKED``.
        bundle: gains of the groups, raw units.
        loser, gainer: places of two groups.
        amount: raw units.
        wording: from 0.
    """
    asked = AMOUNTS_ASKED[form][wording].format(
        loser=STAKEHOLDERS[loser], gainer=STAKEHOLDERS[gainer], amount=_dollars(amount)
    )
    return f"{_situation(bundle, range(len(STAKEHOLDERS)), wording)}\n\n{asked}\n\n{_ONLY_DOLLARS}"


def points_question(bundle: Sequence[float], order: Sequence[int], wording: int) -> str:
    """The text that asks for 100 points, groups in the order given."""
    example = "\n".join(f"{STAKEHOLDERS[k].capitalize()}: …" for k in order)
    how = f"Answer with nothing but one line for each group, its name, a colon and its points:\n{example}"
    return f"{_situation(bundle, order, wording)}\n\n{_POINTS[wording]}\n\n{how}"


def principle_question(names: Sequence[str], wording: int) -> str:
    """The text that asks for one of two principles, without the instruction how to answer."""
    lines = [
        f"Option {letter}: {name.capitalize()}: {_DESCRIBED[name][wording % 2]}."
        for letter, name in zip("AB", names, strict=True)
    ]
    return "\n\n".join([_ASKED[wording // 2], "\n".join(lines)])


def _situation(bundle: Sequence[float], order: Sequence[int], wording: int) -> str:
    lines = [f"- {STAKEHOLDERS[k].capitalize()}: ${_dollars(bundle[k])}" for k in order]
    return "\n".join([_OPENINGS[wording], *lines])


def _dollars(raw: float) -> str:
    return f"{raw * DOLLARS_PER_UNIT:,.0f}"
