"""The task: does what a model argues cause what it chooses?"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from inspect_ai import Task, task
from inspect_ai.dataset import Dataset, MemoryDataset, Sample
from inspect_ai.model import GenerateConfig

from fiduciary._inspect import active_model
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.problems import generate
from fiduciary.scorers.instruments.scorer import argued_choices
from fiduciary.scorers.reading.groups import without_options
from fiduciary.solvers import framing as frame
from fiduciary.solvers.asking import MAX_TOKENS, continues_turns
from fiduciary.solvers.counterbalancing import presentation_orders
from fiduciary.solvers.instruments import UNASKED, ask_with_encouragements
from fiduciary.tasks._arguments import ArgumentError, known_names, number, one_of, whole_number
from fiduciary.tasks._server import check_server
from fiduciary.tasks._trade_offs import read_trade_offs
from fiduciary.tasks.instruments.prompts import ENCOURAGEMENTS
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
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


@task
@known_names
def instruments(
    n: int = 300,
    seed: int = 0,
    trade_offs: str | list[str] = "default",
    framing: str = "neutral",
    wording: str = "plain",
    temperature: float = 1.0,
) -> Task:
    """Encourage explanations at random to weigh a group; see whether the choice follows what is argued.

    Args:
        n: number of problems, each explained three times.
        seed: seed of problems, orders, encouragements and requests.
        trade_offs: ``default`` (half joint), ``published``, or some of ``wage``, ``price_quantity``,
            ``provision``, ``joint``.
        framing: ``neutral``, ``for_profit``, ``symmetric``, ``nonprofit``, or one of the last three with
            ``_justify``.
        wording: name of a wording; ``compact`` is for small models.
        temperature: of explanations, ≥ 0; letters are read at 1.
    """
    check_server()
    if not continues_turns():
        allowed = (
            "one whose provider continues a begun turn (vllm/, sglang/): letters are read behind explanations"
        )
        raise ArgumentError("model", str(active_model()), allowed)
    tau = number("temperature", temperature, "a finite number >= 0")
    if not (math.isfinite(tau) and tau >= 0):
        raise ArgumentError("temperature", temperature, "a finite number >= 0")
    design = Design(
        n=whole_number("n", n, at_least=1),
        seed=whole_number("seed", seed, at_least=0),
        trade_offs=read_trade_offs(trade_offs),
        framing=one_of("framing", framing, list(FRAMINGS)),
        wording=one_of("wording", wording, list(WORDINGS)),
        temperature=tau,
    )
    return Task(
        dataset=build(design),
        solver=[frame(FRAMINGS[design.framing]), ask_with_encouragements(without_options, design.seed)],
        scorer=argued_choices(),
        config=GenerateConfig(max_tokens=MAX_TOKENS["explain"]),
        version=VERSION,
    )


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
