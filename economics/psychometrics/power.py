"""What a comparison of two models can find, and what it finds where there is nothing: by simulation.

A simulated model answers item i in block b with μ_i + ν_b + ε, where ν_b is the block's own effect, which
both models share, and ε is normal with the within-block standard deviation. Such answers are means of a
distribution, as log-probabilities give. ``whole`` answers are 1 … 5, as sampled ones are: the number
below or above, at random so that the mean is kept, which alone gives a variance of f(1 − f), f being the
fraction, 1/6 on average; ε has what remains of the variance asked for. The tuned model is moved by
``shift`` on the first ``shifted`` items, away from the nearer end of the scale. The test is the one of
:func:`economics.psychometrics.comparison.compare`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.psychometrics.false_discovery import ALPHA, false_discovery_control
from fiduciary.economics.psychometrics.scoring import HIGHEST, LOWEST, MIDDLE
from fiduciary.economics.psychometrics.sign_flip import sign_flip_test

BLOCK_SD = 0.2
"""Standard deviation of a block's effect ν, which cancels in matched differences."""

ROUNDING_VARIANCE = 1 / 6
"""Mean of f(1 − f) over fractions f: the least variance of whole answers whose means lie anywhere."""


@dataclass(frozen=True)
class Power:
    """Rates over simulated comparisons.

    Attributes:
        blocks: matched blocks.
        sd: within-block standard deviation of an answer, each model.
        replications: simulated comparisons.
        found: share of moved items that are significant after correction; NaN without any.
        found_before: the same before correction.
        false_before: share of unmoved items that are significant before correction.
        any_false: share of comparisons with at least one unmoved item significant after correction; the
            correction holds it at α where nothing moved, and the share of false findings elsewhere.
    """

    blocks: int
    sd: float
    replications: int
    found: float
    found_before: float
    false_before: float
    any_false: float

    def se(self, rate: float, of: int) -> float:
        """Binomial standard error of a rate of ``of`` draws."""
        return float(np.sqrt(rate * (1 - rate) / of))


def simulate(
    rng: np.random.Generator,
    blocks: int,
    sd: float,
    *,
    items: int = 100,
    shifted: int = 0,
    shift: float = 0.0,
    whole: bool = False,
) -> tuple[FloatArray, FloatArray]:
    """Answers (blocks, items) of a base and of a tuned model.

    Raises:
        ValueError: more moved items than items, or a negative standard deviation.
    """
    if not 0 <= shifted <= items:
        raise ValueError(f"shifted must lie between 0 and the number of items, {items}, got {shifted}")
    if sd < 0:
        raise ValueError(f"sd must not be negative, got {sd}")
    mean = rng.uniform(2.0, 4.0, items)
    moved = np.where(np.arange(items) < shifted, np.where(mean > MIDDLE, -shift, shift), 0.0)
    effect = BLOCK_SD * rng.standard_normal((blocks, 1))
    own = np.sqrt(max(0.0, sd**2 - ROUNDING_VARIANCE)) if whole else sd
    answers = [m + effect + own * rng.standard_normal((blocks, items)) for m in (mean, mean + moved)]
    if whole:
        answers = [np.clip(np.floor(a + rng.random(a.shape)), LOWEST, HIGHEST) for a in answers]
    return answers[0], answers[1]


def power(
    blocks: int,
    sd: float,
    *,
    shift: float = 0.5,
    shifted: int = 10,
    items: int = 100,
    whole: bool = False,
    replications: int = 200,
    seed: int = 0,
) -> Power:
    """Simulate comparisons of items and count.

    Args:
        blocks: matched blocks.
        sd: within-block standard deviation of an answer, points of the scale.
        shift: by which the moved items differ, points of the scale.
        shifted: how many items are moved.
        items: of the inventory.
        whole: whether answers are whole numbers.
        replications: comparisons to simulate.
        seed: of all draws.
    """
    rng = np.random.default_rng([seed, blocks])
    before, after = np.zeros((replications, items), bool), np.zeros((replications, items), bool)
    for r in range(replications):
        base, tuned = simulate(rng, blocks, sd, items=items, shifted=shifted, shift=shift, whole=whole)
        differences = tuned - base
        p = sign_flip_test(differences, seed=r)
        before[r] = p <= ALPHA
        after[r] = false_discovery_control(differences, p) <= ALPHA
    moved = np.arange(items) < shifted
    return Power(
        blocks,
        sd,
        replications,
        float(after[:, moved].mean()) if shifted else float("nan"),
        float(before[:, moved].mean()) if shifted else float("nan"),
        float(before[:, ~moved].mean()) if shifted < items else float("nan"),
        float(after[:, ~moved].any(axis=1).mean()),
    )
