"""Whether an instrument reaches the outcome by another road than the treatment: an equivalence test.

The direct route is nil where the 1 − 2α interval of its effect, α = .05, lies within ±margin: two one-sided
tests at level α reject that the effect is as large as the margin, in either direction. Not rejecting that it
is 0 would not do: few data never reject.

The margin is a share of what is at stake: ``MARGIN`` times the mean distance between the options that are
best and worst for the group.

Sources: Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987); Conley, Hansen & Rossi,
Review of Economics and Statistics 94 (2012): a direct effect of size δ moves the two-stage effect by δ/π.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.inference.intervals import Interval
from fiduciary.economics.inference.means import mean

ALPHA = 0.05
MARGIN = 0.05


@dataclass(frozen=True)
class DirectRoute:
    """The effect of the instrument where the treatment cannot carry it.

    Attributes:
        effect: δ, units of the outcome, with its 1 − 2α interval.
        margin: below which it counts as nil, same units.
    """

    effect: Interval
    margin: float

    @property
    def bound(self) -> float:
        """The largest |δ| that the interval leaves; NaN where nothing tells the spread."""
        if self.effect.alike:
            return abs(self.effect.value)
        return max(abs(self.effect.low), abs(self.effect.high))

    @property
    def nil(self) -> bool:
        """Whether δ is shown to be smaller than the margin."""
        return math.isfinite(self.bound) and self.bound <= self.margin


def direct_route(
    differences: npt.ArrayLike, groups: npt.ArrayLike, stakes: npt.ArrayLike, share: float = MARGIN
) -> DirectRoute:
    """The test.

    Differences that are the same in every unit are taken as exact: so they are where probabilities are read
    and the instrument does not enter them.

    Args:
        differences: outcome with the instrument less the outcome without it, (n,).
        groups: cluster of each, (n,).
        stakes: what each could have been at most, (n,), same units.
        share: of the mean stake that counts as nil.
    """
    at_stake = np.asarray(stakes, float)
    margin = share * float(at_stake.mean()) if len(at_stake) else math.nan
    return DirectRoute(mean(differences, groups, 1 - 2 * ALPHA), margin)
