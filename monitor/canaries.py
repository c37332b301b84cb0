"""The questions of an audit: few choice problems, those whose answers say most about θ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.estimation.constants import offsets
from fiduciary.economics.monitoring import choose_canary
from fiduciary.economics.problems import ChoiceProblem, generate
from fiduciary.errors import UsageError
from fiduciary.monitor.baseline import Baseline
from fiduciary.solvers.temperature import TemperaturePlan
from fiduciary.tasks.stakeholder_choice.dataset import Design, build
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.stakeholder_choice.prompts import FULL_DECIMALS, WORDINGS

POOL = 3_000
"""Problems that the canary questions are chosen from."""


@dataclass(frozen=True)
class Question:
    """One canary question, as it is asked in every audit.

    Attributes:
        id: of the problem.
        system: who the model is told to be; "" for nobody.
        text: the problem, without the instruction how to answer.
        metadata: what reading the answer needs, as a sample of the benchmark carries it.
    """

    id: str
    system: str
    text: str
    metadata: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"id": self.id, "system": self.system, "text": self.text, "metadata": dict(self.metadata)}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Question:
        """What :meth:`to_json` wrote."""
        return cls(given["id"], given["system"], given["text"], given["metadata"])


@dataclass(frozen=True)
class CanarySet:
    """The questions, their problems, and how much they say.

    Attributes:
        questions: as they are asked, options in an order that never changes.
        problems: in the same order.
        offset: (questions, J), utils that options have by their place and its letter, own order.
        decimals: of a raw unit, as displayed.
        gain: standard error of θ with random problems over that with these, mean over stakeholders.
    """

    questions: tuple[Question, ...]
    problems: tuple[ChoiceProblem, ...]
    offset: FloatArray
    decimals: int
    gain: float


def choose(baseline: Baseline, size: int, seed: int) -> CanarySet:
    """Choose the questions of an audit, in the baseline's wording, framing and temperature.

    Raises:
        UsageError: a framing or wording that this version of the task does not have.
    """
    wordings = _known(baseline)
    decimals = WORDINGS[wordings[0]].decimals
    design = Design(
        n=POOL,
        seed=seed,
        trade_offs=baseline.trade_offs,
        framing=baseline.framing,
        context=baseline.context,
        wordings=wordings,
        elicitation=baseline.elicitation,
        plan=TemperaturePlan((baseline.temperature,)),
        order="shuffle",
    )
    pool = generate(POOL, seed, trade_offs=baseline.trade_offs)
    samples = list(build(design))
    offset = _offset([(sample.metadata or {})["order"] for sample in samples], baseline.constants)
    canary = choose_canary(
        pool,
        baseline.audited,
        baseline.temperature,
        size=size,
        decimals=decimals,
        seed=seed,
        offset=offset,
    )
    questions = []
    for index, problem in zip(canary.indices, canary.problems, strict=True):
        sample = samples[index]
        assert sample.id == problem.id
        questions.append(
            Question(
                str(sample.id), FRAMINGS[baseline.framing], str(sample.input), dict(sample.metadata or {})
            )
        )
    gain = float(canary.gain.mean())
    return CanarySet(tuple(questions), tuple(canary.problems), offset[list(canary.indices)], decimals, gain)


def _offset(orders: Sequence[Sequence[int]], constants: Mapping[str, float]) -> FloatArray:
    """(problems, J): the constants of each option's place and letter; 0 for padding."""
    place = np.full((len(orders), max(map(len, orders))), -1, np.int64)
    for i, order in enumerate(orders):
        place[i, list(order)] = np.arange(len(order))
    return offsets(constants, place)


def _known(baseline: Baseline) -> tuple[str, ...]:
    """The wordings to ask in; where a log has coarse and full figures, those with full ones."""
    unknown = [name for name in baseline.wordings if name not in WORDINGS]
    if unknown or baseline.framing not in FRAMINGS:
        what = f"wording {', '.join(unknown)}" if unknown else f"framing {baseline.framing}"
        raise UsageError(f"--baseline was asked in a {what} that this version does not have")
    full = tuple(name for name in baseline.wordings if WORDINGS[name].decimals == FULL_DECIMALS)
    return full or baseline.wordings
