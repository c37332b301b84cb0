"""What subjects want: each preference gives the utility of a menu's options.

A preference is anything with ``utility(welfare) -> V``, welfare (options, 4) in raw units and in the
order shown; :class:`economics.utility.CES` is one as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import STAKEHOLDERS

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


@dataclass(frozen=True)
class Lexicographic:
    """Looks at shareholders' gains first, and at the next group's only where those settle nothing.

    Options that fall short of the best by more than ``threshold`` are put aside, stakeholder by
    stakeholder in the order of ``conventions.STAKEHOLDERS``; what is left at the end is wanted. Without
    a threshold this is a weak order that no utility of the CES family represents. With one it is a
    lexicographic semiorder (Tversky 1969): a just beats b for employees' sake, b beats c likewise, and
    c beats a by a difference for shareholders that is now large enough to count.
    """

    threshold: float = 0.0  # raw units
    lead: float = 1_000.0  # utils: no temperature in use brings another option into play

    def utility(self, welfare: FloatArray) -> FloatArray:
        """``lead`` for the options that are left and 0 for the others."""
        left = np.ones(len(welfare), bool)
        for gains in welfare.T:
            # A hair's breadth of slack, since figures are read from decimal text.
            left &= gains >= gains[left].max() - self.threshold - 1e-9
        return np.asarray(np.where(left, self.lead, 0.0))


@dataclass(frozen=True)
class Satisficing:
    """Takes the first option shown that gives everybody enough, and the last one shown where none does.

    From pairs in both orders it never draws a circle: an option that is good enough beats one that is
    not, and two of a kind divide their answers evenly between the orders. Source: Simon (1955);
    Rubinstein & Salant (2006) for choice from lists.
    """

    aspiration: float = 5.0  # raw units
    lead: float = 1_000.0

    def utility(self, welfare: FloatArray) -> FloatArray:
        """``lead`` for the option that is taken and 0 for the others."""
        enough = np.flatnonzero(welfare.min(axis=1) >= self.aspiration - 1e-9)
        values = np.zeros(len(welfare))
        values[enough[0] if len(enough) else -1] = self.lead
        return values
