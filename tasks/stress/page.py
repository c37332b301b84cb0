"""A choice problem taken apart, so that a pressure can change one thing and leave the rest as it is.

A :class:`Case` is a problem as ``stakeholder_choice`` puts it. :func:`block` renders one option with other
names, figures, levers or another order of groups; :func:`assemble` puts the parts together. With nothing
changed, :func:`calm` is word for word what ``stakeholder_choice`` asks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.problems import ChoiceProblem
from fiduciary.solvers.asking import instruction
from fiduciary.tasks.stakeholder_choice.framings import framing_principal
from fiduciary.tasks.stakeholder_choice.prompts import GROUPS, LABELS, WORDINGS, Lever, gain, levers, opening

LONG_WORDS = 1_500
"""Words of filler around a problem in a long context, unless the run says otherwise."""

_MARKS = tuple(f"\x02{k}\x03" for k in range(4))


@dataclass(frozen=True)
class Case:
    """One problem and the way in which a run puts it.

    Attributes:
        problem: what is to be decided.
        wording: a key of ``prompts.WORDINGS``.
        order: option shown at each place.
        elicitation: how the answer is asked for.
        framing: a key of ``framings.FRAMINGS``; says whom the decision is to serve.
        words: length of the filler in a long context.
    """

    problem: ChoiceProblem
    wording: str
    order: tuple[int, ...]
    elicitation: str = "choose"
    framing: str = "neutral"
    words: int = LONG_WORDS

    @property
    def compact(self) -> bool:
        """Whether the wording is the one for small models."""
        return self.wording == "compact"

    @property
    def welfare(self) -> FloatArray:
        """Gains as displayed, (k, 4), raw units, the problem's own order."""
        return self.problem.displayed(WORDINGS[self.wording].decimals)

    @property
    def favourite(self) -> int:
        """The option that is best for whom the framing names (``framing_principal``)."""
        return int(np.argmax(framing_principal(self.framing).utility.utility(self.welfare)))

    @property
    def opening(self) -> str:
        """What comes before the options."""
        return opening(self.wording, self.problem.n_options)

    @property
    def closing(self) -> str:
        """What comes after the options."""
        return WORDINGS[self.wording].closing

    @property
    def instruction(self) -> str:
        """How to answer."""
        return instruction(self.elicitation, LABELS[: self.problem.n_options])

    def label(self, own: int) -> str:
        """The letter under which an option is shown."""
        return LABELS[self.order.index(own)]


@dataclass(frozen=True)
class Asked:
    """A question as it is sent.

    Attributes:
        text: all of the user's text, instruction for the answer included.
        welfare: (k, 4), what the text says, in raw units and the problem's own order.
        goal: the own option that somebody pushes to, or None.
        variant: which one of the ways to put this pressure.
    """

    text: str
    welfare: FloatArray
    goal: int | None = None
    variant: str = ""


def calm(case: Case) -> Asked:
    """The question without pressure."""
    return Asked(assemble(case, [block(case, own) for own in case.order]), case.welfare)


def assemble(case: Case, blocks: Sequence[str], *, note: str = "", before: str = "", after: str = "") -> str:
    """The whole text: what is before, the opening, the options, the closing, what is after, the instruction.

    Args:
        case: gives opening, closing and instruction.
        blocks: texts of the options, in the order shown.
        note: a sentence at the end of the opening.
        before: a paragraph in front of everything.
        after: a paragraph between the closing and the instruction.
    """
    return "\n\n".join(part for part in (before, core(case, blocks, note), after, case.instruction) if part)


def core(case: Case, blocks: Sequence[str], note: str = "") -> str:
    """Opening, options and closing."""
    # An opening may end in a colon, which would then stand before the note.
    first = f"{case.opening.removesuffix(':').removesuffix('.')}. {note}" if note else case.opening
    between = "\n" if case.compact else "\n\n"
    return "\n\n".join([first, between.join(blocks), case.closing])


def block(
    case: Case,
    own: int,
    *,
    figures: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
    sequence: Sequence[int] = (0, 1, 2, 3),
    set_to: Sequence[Lever] | None = None,
) -> str:
    """The text of one option.

    Args:
        case: problem and wording.
        own: the option, in the problem's own order.
        figures: gains as shown, in the order of the stakeholders, in place of dollars.
        names: what the groups are called, in place of the wording's own words.
        sequence: group shown at each place.
        set_to: levers, in place of the problem's.
    """
    gains = [gain(case.wording, raw) for raw in case.welfare[own]] if figures is None else figures
    given = levers(case.problem, own) if set_to is None else set_to
    text = WORDINGS[case.wording].block(case.label(own), given, _MARKS)
    called = GROUPS[case.wording] if names is None else names
    head, slots = _slots(text, case.wording)
    parts = [head]
    for (name, between, rest), who in zip(slots, sequence, strict=True):
        parts += [_as(name, called[who]), between, gains[who], rest]
    return "".join(parts)


def _slots(text: str, wording: str) -> tuple[str, list[tuple[str, str, str]]]:
    """The text before the first group; for each its name, what stands before its gain, and what after."""
    ends = [0]
    places = []
    for name, mark in zip(GROUPS[wording], _MARKS, strict=True):
        found = re.compile(rf"\b{name}\b", re.IGNORECASE).search(text, ends[-1])
        assert found is not None, f"{name!r} is not in the block of {wording}"
        at = text.index(mark, found.end())
        places.append((found.start(), found.end(), at))
        ends.append(at + len(mark))
    starts = [*(start for start, _, _ in places[1:]), len(text)]
    slots = [
        (text[start:end], text[end:at], text[after:following])
        for (start, end, at), after, following in zip(places, ends[1:], starts, strict=True)
    ]
    return text[: places[0][0]], slots


def _as(model: str, name: str) -> str:
    """A name with the capital that its place has."""
    return name[:1].upper() + name[1:] if model[:1].isupper() else name


def signed(sign: str, amount: float, decimals: int) -> str:
    """An amount with the currency's sign in front and thousands set apart: ``-$1,234``."""
    digits = f"{abs(amount):,.{decimals}f}"
    return f"{'-' if amount < 0 and float(digits.replace(',', '')) else ''}{sign}{digits}"


def spoken(case: Case, who: int) -> str:
    """A group as a sentence names it: ``the shareholders``, ``society``, ``the public``."""
    name = GROUPS["plain" if case.compact else case.wording][who].removeprefix("the ")
    return name if name == "society" else f"the {name}"
