"""The samples of a run: a design laid out problem by problem, with all that scoring needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.economics.problems import ChoiceProblem, generate
from fiduciary.solvers.asking import LABEL_TEMPERATURE
from fiduciary.solvers.choosing import LABELS
from fiduciary.solvers.counterbalancing import Order, presentation_orders, reordered
from fiduciary.solvers.temperature import TemperaturePlan, assign
from fiduciary.tasks.stakeholder_choice.contexts import CONTEXTS
from fiduciary.tasks.stakeholder_choice.framings import firm_type
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS, render

VERSION = "2-A"

REORDERED = 10
"""Of so many problems one is asked again in another order."""

AGAIN = "-again"
"""Ends the id of a sample that asks a problem again in another order."""

_CONTEXT_STREAM, _REORDER_STREAM, _LABEL_STREAM = 3, 4, 5
"""Keep these draws apart from others that start from the same seed."""


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
        elicitation: one of ``solvers.asking.ELICITATIONS``.
        explained: how many problems, the first ones, are asked in both ways although ``elicitation`` is
            ``choose``.
        plan: temperatures of text answers.
        order: one of ``solvers.counterbalancing.ORDERS``.
        reordered: whether every tenth problem is asked once more, in another order; on every second of
            these the letters are out of their own order too.
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
    explained: int = 0
    reordered: bool = False


def build(design: Design) -> Dataset:
    """The samples of a design. The same design gives the same samples, and a smaller n their beginning.

    Only what is asked in two orders tells content from place, and only letters out of order tell a letter
    from its place: hence the problems that are asked again.
    """
    problems = generate(design.n, design.seed, trade_offs=design.trade_offs)
    counts = [problem.n_options for problem in problems]
    orders = presentation_orders(counts, design.order, design.seed)
    temperatures = assign(design.plan, [(p.trade_off, p.n_options) for p in problems], design.seed)
    contexts = _contexts(design)
    rng = np.random.default_rng([design.seed, _REORDER_STREAM])
    letters = np.random.default_rng([design.seed, _LABEL_STREAM])
    samples = []
    for i, problem in enumerate(problems):
        way = "both" if i < design.explained else design.elicitation
        at = (LABEL_TEMPERATURE,) if way == "choose" else temperatures[i]
        wording = design.wordings[i % len(design.wordings)]
        own = tuple(LABELS[: problem.n_options])
        shown = [
            (order, own, way, f"-r{r}" if len(orders[i]) > 1 else "") for r, order in enumerate(orders[i])
        ]
        # The place within ten moves on, so that every wording of eight is among those asked again; so does
        # the turn of the letters, for the same reason.
        if i % REORDERED == (i // (4 * REORDERED)) % 2:
            other = reordered(orders[i][0], rng)  # drawn in every design, so that draws stay aligned
            moved = tuple(own[i] for i in reordered(tuple(range(problem.n_options)), letters))
            if design.reordered:
                turn = (i // REORDERED + i // (8 * REORDERED)) % 2
                shown.append((other, moved if turn else own, "choose", AGAIN))
        for order, labels, how, suffix in shown:
            for temperature in at if how != "choose" else (LABEL_TEMPERATURE,):
                name = problem.id + suffix + (f"-t{temperature:g}" if how != "choose" and len(at) > 1 else "")
                samples.append(
                    _sample(design, problem, name, wording, order, labels, temperature, contexts[i], how)
                )
    return MemoryDataset(samples, name="stakeholder_choice")


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
    labels: tuple[str, ...],
    temperature: float,
    context: tuple[str, str] | None,
    elicitation: str,
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
        "labels": "".join(labels),
        "temperature": temperature,
        "shift": problem.shift,
        "decimals": decimals,
        "wording": wording,
        "framing": design.framing,
        "elicitation": elicitation,
        "trade_offs": design.trade_offs if isinstance(design.trade_offs, str) else list(design.trade_offs),
        "seed": design.seed,
    }
    if context is not None:
        metadata["industry"], metadata["objective"] = context
    return Sample(input=render(problem, wording, order, context, labels), id=name, metadata=metadata)
