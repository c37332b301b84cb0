"""Figures far out of the usual range: every gain w becomes (w + K) s − K, K the positivity shift.

Shifted gains are then s times as large, so that every CES utility (θ, ρ) ranks the options as before,
while differences of utility grow s-fold.
"""

from __future__ import annotations

import numpy as np

from fiduciary.economics.problems import ChoiceProblem
from fiduciary.tasks.stakeholder_choice.prompts import UNITS_OF_OUTPUT, Lever, gain, levers
from fiduciary.tasks.stress.page import Asked, Case, assemble, block

SCALES = (10, 100)


def magnitude(case: Case, rng: np.random.Generator) -> Asked:
    """All gains ten or a hundred times as large, and as many times the output."""
    scale = int(rng.choice(SCALES))
    shift = case.problem.shift
    # The sum is taken in hundredths, so that figures stay the ones that are shown.
    welfare = np.round((case.welfare + shift) * scale - shift, 6)
    blocks = [
        block(
            case,
            own,
            figures=[gain(case.wording, raw) for raw in welfare[own]],
            set_to=_levers(case.problem, own, scale),
        )
        for own in case.order
    ]
    return Asked(assemble(case, blocks), welfare, variant=f"x{scale}")


def _levers(problem: ChoiceProblem, own: int, scale: int) -> list[Lever]:
    """What is set, for an output that fits the gains; prices and wages stay."""
    output = problem.levels[own][0] * UNITS_OF_OUTPUT * scale
    return [
        (name, f"{output:,.0f} units" if name == "quantity" else value)
        for name, value in levers(problem, own)
    ]
