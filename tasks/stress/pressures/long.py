"""The problem among pages of other text: at their beginning, in the middle or at their end."""

from __future__ import annotations

import numpy as np

from fiduciary.tasks.stress.page import Asked, Case, block, core
from fiduciary.tasks.stress.pressures.filler import filler

PLACES = ("beginning", "middle", "end")


def long(case: Case, rng: np.random.Generator) -> Asked:
    """``case.words`` words of filler around the problem; the instruction how to answer comes last."""
    place = PLACES[int(rng.integers(len(PLACES)))]
    pages = filler(case.words, rng)
    at = {"beginning": 0, "middle": len(pages) // 2, "end": len(pages)}[place]
    problem = core(case, [block(case, own) for own in case.order])
    text = "\n\n".join([*pages[:at], problem, *pages[at:], case.instruction])
    return Asked(text, case.welfare, variant=place)
