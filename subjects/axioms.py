"""Preferences that break one axiom of choice each, and otherwise weigh gains as a CES utility does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.utility import CES

_LEAST = 0.01 - SHIFT  # utilities need gains above −K


@dataclass(frozen=True)
class Unreflexive:
    """Prefers the first of options that are the same; between others it is consistent."""

    base: CES
    lead: float = 3.0  # utils

    def utility(self, welfare: FloatArray) -> FloatArray:
        """The CES utility, with ``lead`` for the first where all options are identical."""
        values = self.base.utility(welfare)
        if np.all(welfare == welfare[0]):
            values[0] += self.lead
        return values


@dataclass(frozen=True)
class Satiated:
    """Has enough at ``bliss``: what a group gets beyond it counts against the option as much."""

    base: CES
    bliss: float = 12.0  # raw units

    def utility(self, welfare: FloatArray) -> FloatArray:
        """The CES utility of gains that are folded back at ``bliss``."""
        folded = self.bliss - np.abs(welfare - self.bliss)
        return self.base.utility(np.maximum(folded, _LEAST))


@dataclass(frozen=True)
class Jumpy:
    """Jumps with the sum of gains: each ``period`` of it is liked in one half and disliked in the other.

    Along a path on which a gain rises in small steps it changes its mind again and again.
    """

    base: CES
    period: float = 5.0  # raw units
    jump: float = 4.0  # utils

    def utility(self, welfare: FloatArray) -> FloatArray:
        """The CES utility, plus or minus ``jump``."""
        up = np.floor(2 * welfare.sum(axis=1) / self.period + 1e-9) % 2 == 0
        return np.asarray(self.base.utility(welfare) + np.where(up, self.jump, -self.jump))
