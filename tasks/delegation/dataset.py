"""The samples of a run: one firm each, with every decision at every standing that its chain can come to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.delegation.chain import Chain, draw_chains
from fiduciary.economics.delegation.plan import Foresight, Repair, plan_of, shown_gains
from fiduciary.economics.principals import Principal
from fiduciary.solvers.counterbalancing import reordered
from fiduciary.tasks.delegation.prompts import render

VERSION = "1-A"

AGAIN = "-again"
"""Ends the name of a question that is asked again in another order."""

_STREAM = 11  # keeps these draws apart from others that start from the same seed


@dataclass(frozen=True)
class Design:
    """What a run asks, checked.

    Attributes:
        n: number of firms.
        links: decisions of each.
        seed: seed of every draw.
        framing: a key of ``FRAMINGS``.
        principal: whose plan is the first-best one.
        foresight, repair: as in ``economics.delegation.plan``.
        elicitation: ``choose``, ``explain`` or ``text``.
        temperature: of texts.
    """

    n: int
    links: int
    seed: int
    framing: str
    principal: Principal
    foresight: Foresight
    repair: Repair
    elicitation: str
    temperature: float


def build(design: Design) -> Dataset:
    """The samples of a design. The same design gives the same samples, a smaller n their beginning."""
    chains = draw_chains(design.n, design.links, design.seed)
    return MemoryDataset([_sample(design, i, chain) for i, chain in enumerate(chains)], name="delegation")


def _sample(design: Design, firm: int, chain: Chain) -> Sample:
    plan = plan_of(chain, design.principal)
    shown = shown_gains(chain, plan, design.foresight, design.repair)
    rng = np.random.default_rng([design.seed, _STREAM, firm])
    questions, orders = {}, {}
    for t, s in chain.reachable:
        order = tuple(int(own) for own in rng.permutation(chain.following.shape[2]))
        other = reordered(order, rng)  # drawn whatever is asked, so that draws stay aligned
        # One node a decision, another one for every firm: only two orders tell content from place.
        twice = [node for node in chain.reachable if node[0] == t]
        again = design.elicitation == "choose" and twice[firm % len(twice)] == (t, s)
        for name, shuffled in ((f"{t + 1}-{s + 1}", order), (f"{t + 1}-{s + 1}{AGAIN}", other))[: 1 + again]:
            orders[name] = list(shuffled)
            questions[name] = render(chain, t, s, shown[t, s], shuffled, design.foresight, design.repair)
    metadata = {
        "task": "delegation",
        "version": VERSION,
        "group": chain.id,
        "chain": chain.facts(),
        "principal": design.principal.facts(),
        "foresight": design.foresight,
        "repair": design.repair,
        "questions": questions,
        "orders": orders,
        "elicitation": design.elicitation,
        "temperature": design.temperature,
        "shift": SHIFT,
        "framing": design.framing,
        "seed": design.seed,
    }
    return Sample(input=next(iter(questions.values())), id=chain.id, metadata=metadata)
