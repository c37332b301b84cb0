"""What subjects want: each preference gives the utility of a menu's options.

A preference is anything with ``utility(welfare) -> V``, welfare (options, 4) in raw units and in the
order shown; :class:`economics.utility.CES` is one as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from economics.conventions import STAKEHOLDERS

FloatArray = npt.NDArray[np.float64]

CENTRE: dict[str, float] = {"employees": 11.39, "consumers": 10.98, "society": 11.68}
"""Mean welfare of the published design, raw units: the point around which ``Cyclic`` turns.

Source: Foster & Rawski.
"""


class Preference(Protocol):
    """Utility over the options of one menu."""

    def utility(self, welfare: FloatArray) -> FloatArray:
        """V (options,) in utils, at noise scale 1."""
        ...


@dataclass(frozen=True)
class Indifferent:
    """Values every option alike, so that noise alone decides."""

    def utility(self, welfare: FloatArray) -> FloatArray:
        """Zeros."""
        return np.zeros(len(welfare))


@dataclass(frozen=True)
class FirstShown:
    """Wants what is shown first, whatever it is."""

    lead: float = 1_000.0  # utils: no temperature in use brings another option into play

    def utility(self, welfare: FloatArray) -> FloatArray:
        """``lead`` for the first option and 0 for the others."""
        values = np.zeros(len(welfare))
        values[0] = self.lead
        return values


@dataclass(frozen=True)
class Cyclic:
    """Turns in a circle: employees' gains beat consumers', consumers' society's, society's employees'.

    Each option is a direction a in the plane of relative gains of these three, and a beats b by
    ``strength · sin(a − b)``: three options spread around the circle beat one another in turn, so no
    utility function represents the choices from pairs. In a larger menu an option's value is its
    mean advantage over the others. A skew-symmetric bilinear preference (Fishburn 1982).
    """

    strength: float = 5.0

    def advantage(self, welfare: FloatArray) -> FloatArray:
        """By how much the row's option beats the column's, (options, options), skew-symmetric."""
        columns = [STAKEHOLDERS.index(who) for who in CENTRE]
        first, second, third = (welfare[:, columns] - np.array(list(CENTRE.values()))).T
        angle = np.arctan2((third - second) * np.sqrt(3) / 2, first - (second + third) / 2)
        return np.asarray(self.strength * np.sin(angle[:, None] - angle[None, :]))

    def utility(self, welfare: FloatArray) -> FloatArray:
        """Mean advantage of each option over the other ones of the menu."""
        return np.asarray(self.advantage(welfare).sum(axis=1) / (len(welfare) - 1))
