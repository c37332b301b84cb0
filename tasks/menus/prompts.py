"""The text of a menu: each option shows what every group gains, and nothing else.

Levers are left out, since a decoy is made from figures and no wage or price would produce it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from fiduciary.economics.conventions import DOLLARS_PER_UNIT
from fiduciary.tasks.stakeholder_choice.prompts import COMPACT_DECIMALS, LABELS, WORDINGS

MENU_WORDINGS = ("plain", "bullets", "row", "ledger", "question", "compact")
"""Wordings whose options can do without levers."""

_COUNTS = {2: "two", 3: "three", 4: "four", 5: "five"}


def render(welfare: npt.ArrayLike, wording: str, order: Sequence[int]) -> str:
    """The user's text, without the instruction how to answer.

    Args:
        welfare: (options, 4), raw units, rounded as the wording shows them.
        wording: one of ``MENU_WORDINGS``.
        order: ``order[place]`` is the option shown at that place; the others are not in the menu.
    """
    style, figures = WORDINGS[wording], np.asarray(welfare, float)
    compact = style.decimals == COMPACT_DECIMALS
    blocks = [
        style.block(label, [], [_hundreds(gain) if compact else _dollars(gain) for gain in figures[own]])
        for label, own in zip(LABELS, order, strict=False)
    ]
    opening = style.opening.format(count=_COUNTS[len(order)])
    return "\n\n".join(
        [opening[:1].upper() + opening[1:], ("\n" if compact else "\n\n").join(blocks), style.closing]
    )


def _dollars(raw: float) -> str:
    amount = round(float(raw) * DOLLARS_PER_UNIT)
    return f"-${-amount:,}" if amount < 0 else f"${amount:,}"


def _hundreds(raw: float) -> str:
    return f"{raw * DOLLARS_PER_UNIT / 100:.1f}"
