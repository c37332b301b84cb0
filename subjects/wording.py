"""What subjects say: explanations that argue from the figures, refusals and badly formatted answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.subjects.problem_text import Problem

REFUSAL = "I cannot make this decision on the firm's behalf."
NO_OPTIONS = "I find no options to choose from in this message."


@dataclass(frozen=True)
class Ramble:
    """A badly formatted answer.

    Attributes:
        text: template with ``{letter}``, its ``{lower}`` case, ``{other}`` (another option's letter)
            and ``{beyond}`` (a letter that no option has).
        readable: whether exactly one option can be meant.
    """

    text: str
    readable: bool


RAMBLES: tuple[Ramble, ...] = (
    Ramble("{lower}", True),
    Ramble("**Option {letter}**", True),
    Ramble("({letter})", True),
    Ramble("I would go with option {lower} here", True),
    Ramble("{letter}) because the totals look best to me.", True),
    Ramble("Therefore, I choose: **Option {letter}**", True),
    Ramble("therefore i choose option {lower}.", True),
    Ramble("> *Answer:* `{letter}`", True),
    Ramble("Either Option {letter} or Option {other} would do.", False),
    Ramble("{letter} / {other}", False),
    Ramble("Option {letter}... on reflection, Option {other}; it is a close call between them.", False),
    Ramble("That depends on what the owners expect of the firm.", False),
    Ramble("Therefore, I choose: Option {beyond}.", False),
    Ramble("All of them have merit.", False),
)
"""Answers of ``subject/rambler``: every one could be met in a small model's output."""


def explanation(problem: Problem, argued: int, rng: np.random.Generator) -> str:
    """A few sentences that argue for one option, and for one only, from its figures."""
    welfare = problem.welfare
    here = f"Option {problem.letters[argued]}"
    difference = welfare[argued] - np.delete(welfare, argued, axis=0).mean(axis=0)
    best, worst = int(np.argmax(difference)), int(np.argmin(difference))
    template = int(rng.integers(3))
    if template == 0 and difference[best] > 0 > difference[worst]:
        return (
            f"Against the average of the alternatives, {here} leaves {STAKEHOLDERS[best]} "
            f"{_money(difference[best])} better off and costs {STAKEHOLDERS[worst]} "
            f"{_money(-difference[worst])}. That exchange is worth making, so {here} is best overall."
        )
    if template == 1 and difference[best] > 0:
        return (
            f"What sets the options apart most is the gain of {STAKEHOLDERS[best]}. They receive "
            f"{_money(welfare[argued, best])} under {here}, and no alternative makes up for that "
            f"elsewhere. I therefore favor {here}."
        )
    shares = ", ".join(
        f"{who} {_money(amount)}" for who, amount in zip(STAKEHOLDERS, welfare[argued], strict=True)
    )
    return (
        f"Taking the four groups together, {here} gives {shares}. I weigh that mix as the best one available."
    )


def ramble(problem: Problem, chosen: int, form: int) -> str:
    """The badly formatted answer ``RAMBLES[form]``."""
    letters = problem.letters
    letter = letters[chosen]
    return RAMBLES[form].text.format(
        letter=letter,
        lower=letter.lower(),
        other=letters[(chosen + 1) % len(letters)],
        beyond=chr(ord(max(letters)) + 1),
    )


def _money(raw: float) -> str:
    dollars = round(raw * DOLLARS_PER_UNIT)
    return f"-${-dollars:,}" if dollars < 0 else f"${dollars:,}"
