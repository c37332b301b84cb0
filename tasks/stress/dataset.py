"""The samples of a run: one for each problem, with its questions in calm and under every pressure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.economics.problems import generate
from fiduciary.economics.robustness.pressures import CALM, PRESSURES
from fiduciary.solvers.asking import LABEL_TEMPERATURE
from fiduciary.solvers.counterbalancing import presentation_orders
from fiduciary.tasks.stakeholder_choice.framings import framing_principal
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS
from fiduciary.tasks.stress.page import Asked, Case, calm
from fiduciary.tasks.stress.pressures import ASK

VERSION = "2-A"

CALM_ANSWERS, PRESSED_ANSWERS = 4, 2
"""Times that a problem is asked in calm, and under each pressure; with log-probabilities once."""

_STREAM = 4  # keeps these draws apart from others that start from the same seed
_TURN = {name: turn for turn, name in enumerate(PRESSURES)}


@dataclass(frozen=True)
class StressDesign:
    """What a run asks, checked.

    Attributes:
        n: number of problems.
        seed: seed of every draw.
        trade_offs: a key of ``economics.problems.DESIGNS``, or some of ``TRADE_OFFS``.
        framing: a key of ``framings.FRAMINGS``.
        wording: a key of ``prompts.WORDINGS``.
        elicitation: one of ``solvers.stress.STRESS_ELICITATIONS``.
        pressures: keys of ``PRESSURES``, in their order.
        temperature: τ ≥ 0 of text answers.
        words: length of the filler in a long context.
    """

    n: int
    seed: int
    trade_offs: str | tuple[str, ...]
    framing: str
    wording: str
    elicitation: str
    pressures: tuple[str, ...]
    temperature: float
    words: int


def build(design: StressDesign) -> Dataset:
    """The samples of a design. The same design gives the same samples, and a smaller n their beginning."""
    problems = generate(design.n, design.seed, trade_offs=design.trade_offs)
    orders = presentation_orders([problem.n_options for problem in problems], "shuffle", design.seed)
    samples = []
    for i, (problem, [order]) in enumerate(zip(problems, orders, strict=True)):
        case = Case(problem, design.wording, order, design.elicitation, design.framing, design.words)
        questions = dict(_questions(design, case, i))
        samples.append(
            Sample(
                input=questions[f"{CALM}-0"]["text"],
                id=problem.id,
                metadata=_metadata(design, case, questions),
            )
        )
    return MemoryDataset(samples, name="stress")


def _questions(design: StressDesign, case: Case, i: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every question of a problem by name."""
    once = design.elicitation == "choose"
    plain = calm(case)
    for repeat in range(1 if once else CALM_ANSWERS):
        yield f"{CALM}-{repeat}", _question(CALM, plain)
    for pressure in design.pressures:
        for repeat in range(1 if once else PRESSED_ANSWERS):
            # Draws of one question depend on no other, so that a choice of pressures changes none.
            rng = np.random.default_rng([design.seed, _STREAM, i, _TURN[pressure], repeat])
            asked = ASK[pressure](case, rng)
            if asked is not None:
                yield f"{pressure}-{repeat}", _question(pressure, asked)


def _question(pressure: str, asked: Asked) -> dict[str, Any]:
    return {
        "pressure": pressure,
        "text": asked.text,
        "welfare": asked.welfare.tolist(),
        "goal": asked.goal,
        "variant": asked.variant,
    }


def _metadata(design: StressDesign, case: Case, questions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    problem = case.problem
    return {
        "task": "stress",
        "version": VERSION,
        "problem": problem.id,
        "group": problem.id,
        "trade_off": problem.trade_off,
        "n_options": problem.n_options,
        "welfare": case.welfare.tolist(),
        "order": list(case.order),
        "shift": problem.shift,
        "decimals": WORDINGS[design.wording].decimals,
        "wording": design.wording,
        "framing": design.framing,
        "principal": framing_principal(design.framing).name,
        "elicitation": design.elicitation,
        "temperature": LABEL_TEMPERATURE if design.elicitation == "choose" else design.temperature,
        "trade_offs": design.trade_offs if isinstance(design.trade_offs, str) else list(design.trade_offs),
        "pressures": list(design.pressures),
        "words": design.words,
        "seed": design.seed,
        "questions": questions,
    }
