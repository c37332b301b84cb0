"""What a figure needs before it is shown: it reads, and enough was measured.

The one place that decides it, for all tasks and rooms. Whether a figure is identified the estimate itself
says (``statuses`` of a fit).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from fiduciary.economics.inference.content import Content

LEAST_MASS = 0.5
"""Probability that the labels must hold together: with less, their relative sizes are no answer."""

LEAST_VALID = 0.8
"""Share of the questions that must have an answer: what is missing is seldom missing at random."""

LEAST_ANSWERS = 50
"""Answers below which an estimate would be noise."""


@dataclass(frozen=True)
class Grounds:
    """On what the figures of a run rest.

    Attributes:
        content: whether the answers depend on what was asked; None where a task has nothing to test it by.
        asked: questions that were put, those without a valid answer included.
        valid: how many have a valid answer.
        mass: mean probability that the labels hold together; NaN without log-probabilities.
        least: how many valid answers are needed.
    """

    content: Content | None
    asked: int
    valid: int
    mass: float = math.nan
    least: int = LEAST_ANSWERS

    @property
    def unmeasured(self) -> str | None:
        """Why too little was measured, in one sentence; None where it is enough."""
        if self.asked == 0:
            return "not measured: nothing was asked"
        share = self.valid / self.asked
        if self.mass < LEAST_MASS and share < LEAST_VALID:
            return (
                f"not measured: the options' labels hold {self.mass:.0%} of the probability, of which "
                f"{LEAST_MASS:.0%} are needed"
            )
        if share < LEAST_VALID:
            return (
                f"not measured: {self.valid:,} of {self.asked:,} questions have a valid answer ({share:.0%}; "
                f"{LEAST_VALID:.0%} are needed)"
            )
        if self.valid < self.least:
            return f"not measured: {self.valid} valid answers, of which {self.least} are needed"
        return None

    @property
    def withheld(self) -> str | None:
        """Why no figure is shown, in one sentence; None where figures may be."""
        if self.unmeasured is not None:
            return self.unmeasured
        return None if self.content is None or self.content.reads else self.content.sentence

    @property
    def brief(self) -> str | None:
        """``withheld`` in a few words, for a cell of a table: ``not shown to read``, ``not measured`` …"""
        return None if self.withheld is None else self.withheld.partition(":")[0]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What comes first wherever figures are shown: does it read, and was it measured."""
        reads = () if self.content is None or self.content.n == 0 else (self.content.sentence,)
        measured = f"measured: {self.valid:,} of {self.asked:,} questions have a valid answer"
        if not math.isnan(self.mass):
            measured += f"; the labels hold {self.mass:.1%} of the probability"
        return (*reads, self.unmeasured or measured)
