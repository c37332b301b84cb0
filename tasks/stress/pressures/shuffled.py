"""The groups in another order, another one in every option."""

from __future__ import annotations

import numpy as np

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.tasks.stress.page import Asked, Case, assemble, block


def shuffled(case: Case, rng: np.random.Generator) -> Asked:
    """Each option's gains in an order of its own, never the usual one."""
    blocks = [block(case, own, sequence=_another_order(rng)) for own in case.order]
    return Asked(assemble(case, blocks), case.welfare)


def _another_order(rng: np.random.Generator) -> list[int]:
    usual = list(range(len(STAKEHOLDERS)))
    order = usual
    while order == usual:
        order = [int(who) for who in rng.permutation(len(STAKEHOLDERS))]
    return order
