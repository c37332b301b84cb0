"""The questions: problems, and the encouragements that are drawn for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.problems import generate
from fiduciary.solvers.counterbalancing import presentation_orders
from fiduciary.solvers.instruments import UNASKED
from fiduciary.tasks.instruments.prompts import ENCOURAGEMENTS
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS, groups_in_sentences, render

VERSION = "1-A"

NAMED = 2
"""Groups that a problem's explanations are asked to weigh, one each; a further one is asked for nothing."""

_STREAM = 9  # keeps these draws apart from others that start from the same seed


@dataclass(frozen=True)
class Design:
    """What a run asks, checked."""

    n: int
    seed: int
    trade_offs: str | tuple[str, ...]
    framing: str
    wording: str
    temperature: float


def build(design: Design) -> Dataset:
    """The samples: one for each problem, with the encouragements that were drawn for it."""
    problems = generate(design.n, design.seed, trade_offs=design.trade_offs)
    orders = presentation_orders([problem.n_options for problem in problems], "shuffle", design.seed)
    rng = np.random.default_rng([design.seed, _STREAM])
    names, decimals = groups_in_sentences(design.wording), WORDINGS[design.wording].decimals
    samples = []
    for problem, [order] in zip(problems, orders, strict=True):
        named = [int(group) for group in rng.permutation(len(STAKEHOLDERS))[:NAMED]]
        forms = [int(form) for form in rng.integers(len(ENCOURAGEMENTS), size=NAMED)]
        sentences = {
            STAKEHOLDERS[group]: ENCOURAGEMENTS[form].format(group=names[group])
            for group, form in zip(named, forms, strict=True)
        }
        metadata = {
            "task": "instruments",
            "version": VERSION,
            "problem": problem.id,
            "group": problem.id,
            "trade_off": problem.trade_off,
            "n_options": problem.n_options,
            "welfare": problem.displayed(decimals).tolist(),
            "order": list(order),
            "temperature": design.temperature,
            "shift": problem.shift,
            "wording": design.wording,
            "framing": design.framing,
            "seed": design.seed,
            "encouragements": {UNASKED: "", **sentences},
            "forms": dict(zip(sentences, forms, strict=True)),
        }
        samples.append(Sample(input=render(problem, design.wording, order), id=problem.id, metadata=metadata))
    return MemoryDataset(samples, name="instruments")
