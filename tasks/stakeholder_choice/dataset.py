"""The samples of a run: a design laid out problem by problem, with all that scoring needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.economics.problems import ChoiceProblem, generate
from fiduciary.solvers.counterbalancing import Order, presentation_orders
from fiduciary.solvers.elicitation import LOGPROBS_TEMPERATURE
from fiduciary.solvers.temperature import TemperaturePlan, assign
from fiduciary.tasks.stakeholder_choice.contexts import CONTEXTS
from fiduciary.tasks.stakeholder_choice.framings import firm_type
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS, render

VERSION = "1-A"

_CONTEXT_STREAM = 3  # keeps these draws apart from others that start from the same seed


@dataclass(frozen=True)
class Design:
    """What a run asks, checked; the task's arguments after they were read.

    Attributes:
        n: number of problems (rotations and crossed temperatures repeat each of them).
        seed: seed of every draw.
        trade_offs: a key of ``economics.problems.DESIGNS``, or some of ``TRADE_OFFS``.
        framing: a key of ``framings.FRAMINGS``.
        context: whether each problem gets an industry and an objective of the framing's firm type.
        wordings: keys of ``prompts.WORDINGS``, taken in turn.
        elicitation: one of ``solvers.elicitation.ELICITATIONS``.
        plan: temperatures of text answers.
        order: one of ``solvers.counterbalancing.ORDERS``.
    """

    n: int
    seed: int
    trade_offs: str | tuple[str, ...]
    framing: str
    context: bool
    wordings: tuple[str, ...]
    elicitation: str
    plan: TemperaturePlan
    order: str


def build(design: Design) -> Dataset:
    """The samples of a design. The same design gives the same samples, and a smaller n their beginning."""
    problems = generate(design.n, design.seed, trade_offs=design.trade_offs)
    counts = [problem.n_options for problem in problems]
    orders = presentation_orders(counts, design.order, design.seed)
    temperatures = _temperatures(design, problems)
    contexts = _contexts(design)
    samples = []
    for i, problem in enumerate(problems):
        for r, order in enumerate(orders[i]):
            for temperature in temperatures[i]:
                suffix = f"-r{r}" if len(orders[i]) > 1 else ""
                suffix += f"-t{temperature:g}" if len(temperatures[i]) > 1 else ""
                wording = design.wordings[i % len(design.wordings)]
                samples.append(
                    _sample(design, problem, problem.id + suffix, wording, order, temperature, contexts[i])
                )
    return MemoryDataset(samples, name="stakeholder_choice")


def _temperatures(design: Design, problems: Sequence[ChoiceProblem]) -> list[tuple[float, ...]]:
    if design.elicitation == "logprobs":
        return [(LOGPROBS_TEMPERATURE,)] * len(problems)
    return assign(design.plan, [(p.trade_off, p.n_options) for p in problems], design.seed)


def _contexts(design: Design) -> list[tuple[str, str] | None]:
    kind = firm_type(design.framing)
    if not design.context or kind is None:
        return [None] * design.n
    industries, objectives = CONTEXTS[kind]
    rng = np.random.default_rng([design.seed, _CONTEXT_STREAM])
    drawn = rng.integers([len(industries), len(objectives)], size=(design.n, 2))
    return [(industries[i], objectives[j]) for i, j in drawn]


def _sample(
    design: Design,
    problem: ChoiceProblem,
    name: str,
    wording: str,
    order: Order,
    temperature: float,
    context: tuple[str, str] | None,
) -> Sample:
    decimals = WORDINGS[wording].decimals
    metadata = {
        "task": "stakeholder_choice",
        "version": VERSION,
        "problem": problem.id,
        "group": problem.id,
        "trade_off": problem.trade_off,
        "n_options": problem.n_options,
        "welfare": problem.displayed(decimals).tolist(),
        "levels": problem.levels.tolist(),
        "dominated": problem.dominated(decimals).tolist(),
        "order": list(order),
        "temperature": temperature,
        "shift": problem.shift,
        "decimals": decimals,
        "wording": wording,
        "framing": design.framing,
        "elicitation": design.elicitation,
        "trade_offs": design.trade_offs if isinstance(design.trade_offs, str) else list(design.trade_offs),
        "seed": design.seed,
    }
    if context is not None:
        metadata["industry"], metadata["objective"] = context
    return Sample(input=render(problem, wording, order, context), id=name, metadata=metadata)
