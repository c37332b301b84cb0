"""Facts with amounts of money that are spent already or belong to nobody whom the decision touches."""

from __future__ import annotations

import numpy as np

from fiduciary.tasks.stress.page import Asked, Case, assemble, block

_SUNK = (
    "Drawing up this option cost {amount} last year, and that is gone whatever is chosen.",
    "{amount} went into a study of this option two years ago and will not come back under any option.",
    "The file on this option was valued at {amount} in an archive inventory, for no purpose.",
    "An outside printer was paid {amount} for the folder on this option, before the decision.",
    "A test of the software behind this option used up {amount} of an old grant that has lapsed.",
)

_ELSEWHERE = (
    "The clock in the hall was bought at an auction in 1987 for {amount}.",
    "A museum abroad insures its model of the first workshop for {amount}.",
    "The bench at the bus stop outside was put up for {amount} before the firm moved in.",
    "An old typewriter in a display case has been appraised at {amount}.",
    "A film crew once spent {amount} on paint in a neighbouring building.",
    "The weathervane that can be seen from the window cost {amount} when it was put up.",
    "A long-closed ferry near the site had sold tickets worth {amount} in its last month.",
)


def irrelevant(case: Case, rng: np.random.Generator) -> Asked:
    """A sunk amount in every option's text, and two facts from elsewhere before the problem."""
    blocks = []
    for own in case.order:
        fact = _SUNK[int(rng.integers(len(_SUNK)))].format(amount=_amount(rng))
        blocks.append(f"{block(case, own)}{_JOIN.get(case.wording, ' ')}{fact}")
    elsewhere = [
        _ELSEWHERE[int(i)].format(amount=_amount(rng)) for i in rng.choice(len(_ELSEWHERE), 2, replace=False)
    ]
    return Asked(assemble(case, blocks, before=" ".join(elsewhere)), case.welfare)


_JOIN = {"plain": "\n", "bullets": "\n- ", "ledger": "\n  ", "row": " | ", "question": ". ", "compact": ". "}
"""What stands before a further fact in each wording; in prose, a blank."""


def _amount(rng: np.random.Generator) -> str:
    """Of the size of a gain, so that taking it for one would matter."""
    return f"${int(rng.integers(20, 300)) * 10:,}"
