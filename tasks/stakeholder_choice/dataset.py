"""The samples of a run: a design laid out problem by problem, with all that scoring needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.economics.designs import Asked, Criterion, Stream
from fiduciary.economics.designs.prior import prior_criterion as before_answers
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
        how: one of ``economics.designs.sample_size.DESIGNS``.
        stop_at: standard error of θ at which an adaptive run ends; 0 for none.
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
    how: str = "random"
    stop_at: float = 0.0

    @classmethod
    def efficient(
        cls,
        n: int,
        seed: int,
        trade_offs: str | tuple[str, ...],
        wording: str,
        elicitation: str,
        temperature: float,
        explained: int = 0,
    ) -> Design:
        """Problems that tell most about any preference, in one wording and at one temperature."""
        return cls(
            n=n,
            seed=seed,
            trade_offs=trade_offs,
            framing="neutral",
            context=False,
            wordings=(wording,),
            elicitation=elicitation,
            plan=TemperaturePlan((temperature,)),
            order="shuffle",
            explained=explained,
            reordered=elicitation == "choose",
            how="efficient",
        )

    @property
    def temperatures(self) -> tuple[float, ...]:
        """Temperatures at which what counts is answered."""
        return (LABEL_TEMPERATURE,) if self.elicitation in ("choose", "both") else self.plan.values


def build(design: Design) -> Dataset:
    """The samples of a design that no answer changes. The same design gives the same samples.

    A smaller n gives their beginning.
    """
    stream = Stream(design.seed, design.trade_offs)
    stream.take(design.n, None if design.how == "random" else prior_criterion(design))
    return MemoryDataset(lay_out(design, stream.asked), name="stakeholder_choice")


def prior_criterion(design: Design) -> Criterion:
    """What tells most before anything was answered.

    Raises:
        Untold: trade-offs that cannot tell θ.
    """
    return before_answers(design.temperatures, design.trade_offs)


def lay_out(design: Design, asked: Sequence[Asked], done: int = 0) -> list[Sample]:
    """The samples of problems, but for those of the first ``done``.

    Only what is asked in two orders tells content from place, and only letters out of order tell a letter
    from its place: hence the problems that are asked again. What a problem's samples are does not depend on
    the problems after it.
    """
    problems = [one.problem for one in asked]
    counts = [problem.n_options for problem in problems]
    orders = presentation_orders(counts, design.order, design.seed)
    temperatures = assign(design.plan, [(p.trade_off, p.n_options) for p in problems], design.seed)
    contexts = _contexts(design, len(problems))
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
        if i < done:
            continue
        for order, labels, how, suffix in shown:
            for temperature in at if how != "choose" else (LABEL_TEMPERATURE,):
                name = problem.id + suffix + (f"-t{temperature:g}" if how != "choose" and len(at) > 1 else "")
                samples.append(
                    _sample(design, asked[i], name, wording, order, labels, temperature, contexts[i], how)
                )
    return samples


def _contexts(design: Design, n: int) -> list[tuple[str, str] | None]:
    kind = firm_type(design.framing)
    if not design.context or kind is None:
        return [None] * n
    industries, objectives = CONTEXTS[kind]
    rng = np.random.default_rng([design.seed, _CONTEXT_STREAM])
    drawn = rng.integers([len(industries), len(objectives)], size=(n, 2))
    return [(industries[i], objectives[j]) for i, j in drawn]


def _sample(
    design: Design,
    asked: Asked,
    name: str,
    wording: str,
    order: Order,
    labels: tuple[str, ...],
    temperature: float,
    context: tuple[str, str] | None,
    elicitation: str,
) -> Sample:
    problem, decimals = asked.problem, WORDINGS[wording].decimals
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
    if design.how != "random":
        metadata |= {"design": design.how, "weight": asked.weight, "batch": asked.batch, "drawn": asked.drawn}
    if context is not None:
        metadata["industry"], metadata["objective"] = context
    return Sample(input=render(problem, wording, order, context, labels), id=name, metadata=metadata)
