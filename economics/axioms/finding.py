"""What is found about an axiom, and when it is kept, violated, or neither is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from fiduciary.economics.inference import Interval

Verdict = Literal["kept", "violated", "not shown", "not measured"]

LEVEL = 0.05
"""Of each test, whichever way it points."""

TOLERATED = 0.2
"""Share in which an axiom may fail for it to be called kept: that it fails in fewer is shown at ``LEVEL``."""


@dataclass(frozen=True)
class Finding:
    """One row of a card.

    Attributes:
        axiom: its name.
        share: in which it is kept, in [0, 1].
        beside: the same of a consistent chooser with the noise of the same answers; by probabilities, of the
            fitted utility with its misfit. None where nothing could be fitted.
        verdict: ``kept``, ``violated``, ``not shown`` or ``not measured``.
        p_value: of the hypothesis that ``violated`` rejects; NaN where it is a bound that decides.
        n: questions or sets behind the share.
        note: what the verdict rests on, or why there is none.
    """

    axiom: str
    share: Interval
    beside: float | None
    verdict: Verdict
    p_value: float
    n: int
    note: str = ""

    def withheld(self, why: str) -> Finding:
        """The same where the answers are no ground for it."""
        return replace(
            self, share=Interval(), beside=None, verdict="not measured", p_value=math.nan, note=why
        )


def nothing(axiom: str, why: str = "nothing was answered") -> Finding:
    """An axiom of which there are no answers."""
    return Finding(axiom, Interval(), None, "not measured", math.nan, 0, why)


def judged(violated: bool, kept: bool) -> Verdict:
    """The verdict of two tests, each of size ``LEVEL``: a violation that is shown comes first."""
    if violated:
        return "violated"
    return "kept" if kept else "not shown"
