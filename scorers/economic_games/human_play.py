"""What people did in comparable experiments, for reports: reference rows, never part of an estimate.

Stakes, payoffs, roles and subject pools differ from the task's, so these rows say what order of
magnitude to expect and no more. "Unverified" rows were written from general knowledge of the literature
and were not checked against the source.

No parameters of people's preferences are among them. The ones published for this model (−.76, .74 and λ = 20)
cannot be recomputed: their log-likelihood, −1021.98, is below that of coin flips, −1018.93, and λ = 20 is
where their search was capped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Human:
    """A published figure.

    Attributes:
        text: what was found.
        source: where.
        verified: whether the figure was read in the source itself.
    """

    text: str
    source: str
    verified: bool

    def __str__(self) -> str:
        return f"{self.text} ({self.source}{'' if self.verified else '; unverified'})"


_TYPES = Human(
    "two or three types, all with a Kantian concern, together with aversion to being ahead, to being "
    "behind, or to both; no rates for these payoffs are at hand",
    "van Leeuwen & Alger 2024, abstract",
    True,
)

HUMANS: Mapping[str, tuple[Human, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("prisoners_dilemma", "trust", "ultimatum"), (_TYPES,)),
        "dictator": (Human("mean share given about 0.28", "Engel 2011, meta-study", False),),
        "public_goods": (
            Human("first contributions of 0.4 to 0.6 of the endowment", "Ledyard 1995, survey", False),
        ),
        "beauty_contest": (Human("mean first guess about 36 to 37 with p = 2/3", "Nagel 1995", False),),
    }
)
"""Rows by form."""
