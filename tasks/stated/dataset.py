"""The samples of a run: in each block choice problems, statements in three forms, and pairs of principles."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from inspect_ai.dataset import Dataset, MemoryDataset, Sample
from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser

from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.designs import Stream
from fiduciary.economics.principals import Principal
from fiduciary.economics.stated.principles import PRINCIPLE_PAIRS
from fiduciary.economics.stated.rates import PAIRS
from fiduciary.scorers.stated.table import BLOCKS, POINTS, PRINCIPLE, PROBLEM, UNTOLD
from fiduciary.tasks.stakeholder_choice.dataset import Design, lay_out, prior_criterion
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.stated.prompts import (
    AMOUNTS_ASKED,
    PRINCIPLE_WORDINGS,
    WORDINGS,
    amount_question,
    points_question,
    principle_question,
)

VERSION = "1-A"

EXPLAINED = 24
"""Problems of a block that are also explained where log-probabilities are the answer."""

LITTLE, SOME, MORE, MUCH = 5.0, 10.0, 16.0, 20.0
"""Gains at which rates are stated, raw units."""

AMOUNTS = (0.5, 1.0, 2.0, 3.0)
"""Amounts lost or gained, raw units: whoever reads answers in proportion to them."""

POINTS_ORDERS = 4
"""Orders of the groups in which points are asked for at each bundle."""


@dataclass(frozen=True)
class StatedDesign:
    """What a run asks, checked.

    Attributes:
        n: choice problems of a block.
        seed: seed of problems, orders and requests.
        trade_offs: a key of ``economics.problems.DESIGNS``, or some of ``TRADE_OFFS``.
        wording: of problems, a key of ``prompts.WORDINGS`` of ``stakeholder_choice``.
        elicitation: ``choose``, ``explain`` or ``text``, of problems and principles.
        temperature: τ > 0 of texts, statements too.
        principal: whose utility the second block tells.
    """

    n: int
    seed: int
    trade_offs: str | tuple[str, ...]
    wording: str
    elicitation: str
    temperature: float
    principal: Principal

    @property
    def problems(self) -> Design:
        """The problems as a design of ``stakeholder_choice``."""
        return Design.efficient(
            self.n,
            self.seed,
            self.trade_offs,
            self.wording,
            self.elicitation,
            self.temperature,
            EXPLAINED if self.elicitation == "choose" else 0,
        )


def build(design: StatedDesign) -> Dataset:
    """The samples of a design, block by block, with the same questions in both.

    Raises:
        Untold: trade-offs that cannot tell θ.
    """
    stream = Stream(design.seed, design.trade_offs)
    stream.take(design.n, prior_criterion(design.problems))
    problems = lay_out(design.problems, stream.asked)
    statements = [*statement_samples(design.seed), *_principles(design)]
    samples = []
    for block in BLOCKS:
        system = FRAMINGS["neutral"]
        if block != UNTOLD:
            system = f"You manage a firm for its principal. {design.principal.words()}"
        samples += [_in_block(one, block, system, design, PROBLEM) for one in problems]
        samples += [_in_block(one, block, system, design, None) for one in statements]
    return MemoryDataset(samples, name="stated")


def statement_samples(seed: int) -> list[Sample]:
    """Statements in the three forms, without what a block adds."""
    rng = np.random.default_rng([seed, zlib.crc32(b"stated")])
    samples = [one for form in AMOUNTS_ASKED for one in _amounts(form, rng)]
    return [*samples, *_points(rng)]


def _amounts(form: str, rng: np.random.Generator) -> Iterator[Sample]:
    for i, j in PAIRS:
        for loser, gainer in ((i, j), (j, i)):
            # Drawn within an ordered pair: whether answers depend on it is then tested without a model.
            amounts = rng.permutation(AMOUNTS)
            for k, bundle in enumerate(_bundles(i, j)):
                amount = float(amounts[k])
                wording = (k + (loser > gainer)) % WORDINGS
                yield Sample(
                    input=amount_question(form, bundle, loser, gainer, amount, wording),
                    id=f"{form}-{loser}{gainer}-{k}",
                    metadata={
                        "kind": form,
                        "bundle": bundle,
                        "loser": loser,
                        "gainer": gainer,
                        "amount": amount,
                    },
                )


def _bundles(i: int, j: int) -> list[list[float]]:
    """Two at which all gain alike, and two in which one of the pair has little and the other much."""
    poor, rich = [SOME] * 4, [SOME] * 4
    poor[i], poor[j] = LITTLE, MUCH
    rich[i], rich[j] = MUCH, LITTLE
    return [[SOME] * 4, [MORE] * 4, poor, rich]


def _points(rng: np.random.Generator) -> Iterator[Sample]:
    bundles = [[SOME] * 4, [MORE] * 4]
    for k in range(4):
        poor = [MUCH] * 4
        poor[k] = LITTLE
        bundles.append(poor)
    for number, bundle in enumerate(bundles):
        for turn in range(POINTS_ORDERS):
            order = [int(k) for k in rng.permutation(4)]
            yield Sample(
                input=points_question(bundle, order, turn % WORDINGS),
                id=f"points-{number}-{turn}",
                metadata={"kind": POINTS, "bundle": bundle, "order": order},
            )


def _principles(design: StatedDesign) -> Iterator[Sample]:
    for a, b in PRINCIPLE_PAIRS:
        for wording in range(PRINCIPLE_WORDINGS):
            for turn, shown in enumerate(((a, b), (b, a))):
                yield Sample(
                    input=principle_question(shown, wording),
                    id=f"principle-{a}-{b}-{wording}-{turn}".replace(" ", "_"),
                    metadata={
                        "kind": PRINCIPLE,
                        "principles": [a, b],
                        "order": [0, 1] if turn == 0 else [1, 0],
                        "wording": wording,
                        "n_options": 2,
                        "elicitation": design.elicitation,
                    },
                )


def _in_block(sample: Sample, block: str, system: str, design: StatedDesign, kind: str | None) -> Sample:
    about: dict[str, Any] = dict(sample.metadata or {})
    about |= {
        "task": "stated",
        "kind": kind or about["kind"],
        "framing": block,
        "principal": design.principal.facts(),
        "shift": SHIFT,
        "seed": design.seed,
    }
    about.setdefault("temperature", design.temperature)
    messages: list[ChatMessage] = [
        ChatMessageSystem(content=system),
        ChatMessageUser(content=str(sample.input)),
    ]
    return Sample(input=messages, id=f"{block}/{sample.id}", metadata=about)
