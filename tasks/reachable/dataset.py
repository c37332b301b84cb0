"""The samples of a run: the same problems under every framing."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import Any

from inspect_ai.dataset import Dataset, MemoryDataset, Sample
from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser

from fiduciary.economics.designs import Stream
from fiduciary.economics.principals import Principal
from fiduciary.scorers.reachable.table import PLAIN
from fiduciary.tasks.reachable.framings import FRAMINGS, Framing, stated_utility
from fiduciary.tasks.stakeholder_choice.dataset import REORDERED, Design, lay_out, prior_criterion

VERSION = "1-A"

HALVES = ("A", "B")
"""On one the best framing is chosen, on the other it is judged; problems take turns."""


@dataclass(frozen=True)
class ReachDesign:
    """What a run asks, checked.

    Attributes:
        n: number of problems.
        seed: seed of problems, orders and requests.
        trade_offs: a key of ``economics.problems.DESIGNS``, or some of ``TRADE_OFFS``.
        kinds: kinds of framings that are asked beside the plain one and the stated utility.
        wording: a key of ``prompts.WORDINGS``.
        elicitation: ``choose``, ``explain`` or ``text``.
        temperature: τ > 0 of texts.
        principal: whose utility one framing states.
    """

    n: int
    seed: int
    trade_offs: str | tuple[str, ...]
    kinds: tuple[str, ...]
    wording: str
    elicitation: str
    temperature: float
    principal: Principal

    @property
    def framings(self) -> tuple[Framing, ...]:
        """The plain one, those of the kinds, and the stated utility."""
        chosen = [one for one in FRAMINGS.values() if one.name == PLAIN or one.kind in self.kinds]
        return (*chosen, stated_utility(self.principal))

    @property
    def problems(self) -> Design:
        """The same as a design of ``stakeholder_choice``."""
        return Design.efficient(
            self.n, self.seed, self.trade_offs, self.wording, self.elicitation, self.temperature
        )


def build(design: ReachDesign) -> Dataset:
    """The samples of a design, framing by framing. The same design gives the same samples.

    Raises:
        Untold: trade-offs that cannot tell θ.
    """
    stream = Stream(design.seed, design.trade_offs)
    stream.take(design.n, prior_criterion(design.problems))
    half = {one.problem.id: halves(i) for i, one in enumerate(stream.asked)}
    whom = design.principal.facts()
    samples = []
    for framing in design.framings:
        # Orders of their own for each framing: only then does its every answer tell content from place.
        drawn = zlib.crc32(f"{design.seed} {framing.name}".encode())
        for one in lay_out(replace(design.problems, seed=drawn), stream.asked):
            samples.append(_framed(one, framing, half, {"seed": design.seed, "principal": whom}))
    return MemoryDataset(samples, name="reachable")


def halves(i: int) -> str:
    """The half of the i-th problem: they take turns, and so do the turns, since a design has a cycle too."""
    return HALVES[(i + i // REORDERED) % 2]


def _framed(sample: Sample, framing: Framing, half: dict[str, str], run: dict[str, Any]) -> Sample:
    about: dict[str, Any] = dict(sample.metadata or {})
    about |= run | {
        "task": "reachable",
        "framing": framing.name,
        "kind": framing.kind,
        "half": half[about["problem"]],
    }
    messages: list[ChatMessage] = [
        ChatMessageSystem(content=framing.system),
        ChatMessageUser(content=framing.before(str(sample.input))),
    ]
    return Sample(input=messages, id=f"{framing.name}/{sample.id}", metadata=about)
