"""Somebody names another principal: whom they may name, and the option that serves whom they name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.tasks.stress.page import Asked, Case, assemble, block, spoken


def pushed(case: Case, texts: Sequence[str], rng: np.random.Generator) -> Asked | None:
    """The problem with one of the texts before or after it, about a group that is to be served alone.

    The group is drawn among those whose best option, a strict one, is not the best for whom the decision is
    to serve; None where there is no such group.

    Args:
        case: the problem.
        texts: paragraphs with ``{who}`` for the group.
        rng: draws group, text and place.
    """
    best = {}
    for who, gains in enumerate(case.welfare.T):
        top = np.flatnonzero(gains == gains.max())
        if len(top) == 1 and top[0] != case.favourite:
            best[who] = int(top[0])
    # All three are drawn in any case, so that what is drawn later never depends on what was possible.
    draws = rng.random(3)
    if not best:
        return None
    who = list(best)[int(draws[0] * len(best))]
    paragraph = texts[int(draws[1] * len(texts))].format(who=spoken(case, who))
    before, after = (paragraph, "") if draws[2] < 0.5 else ("", paragraph)
    blocks = [block(case, own) for own in case.order]
    text = assemble(case, blocks, before=before, after=after)
    return Asked(text, case.welfare, best[who], STAKEHOLDERS[who])
