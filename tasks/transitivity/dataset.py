"""The samples of a run: one for each choice set, with the questions about all its pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.economics.choice_sets import ChoiceSet, dominations, draw_sets
from fiduciary.solvers.asking import LABEL_TEMPERATURE
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS, render

VERSION = "2-A"


@dataclass(frozen=True)
class PairDesign:
    """What a run asks, checked.

    Attributes:
        n: number of choice sets.
        m: options of a set.
        repeats: times that each pair is asked in each order (in every epoch).
        seed: seed of every draw.
        framing: a key of ``framings.FRAMINGS``.
        wording: a key of ``prompts.WORDINGS``.
        elicitation: one of ``solvers.pairs.PAIR_ELICITATIONS``.
        temperature: τ ≥ 0 of text answers.
        dominance: put one pair with a dominated option into every set.
    """

    n: int
    m: int
    repeats: int
    seed: int
    framing: str
    wording: str
    elicitation: str
    temperature: float
    dominance: bool = False


def build(design: PairDesign) -> Dataset:
    """The samples of a design. The same design gives the same samples, and a smaller n their beginning."""
    sets = draw_sets(design.n, design.seed, m=design.m, dominance=design.dominance)
    samples = []
    for choice_set in sets:
        metadata = {
            "task": "transitivity",
            "version": VERSION,
            **pair_metadata(design, choice_set),
        }
        first_question = next(iter(metadata["questions"].values()))
        samples.append(Sample(input=first_question, id=choice_set.id, metadata=metadata))
    return MemoryDataset(samples, name="transitivity")


def pair_metadata(design: PairDesign, choice_set: ChoiceSet) -> dict[str, Any]:
    """What asking and scoring the pairs of a set need."""
    welfare = choice_set.options.displayed(WORDINGS[design.wording].decimals)
    return {
        "group": choice_set.id,
        "m": choice_set.m,
        "stratum": choice_set.stratum,
        "spread": round(choice_set.spread, 4),
        "welfare": welfare.tolist(),
        "levels": choice_set.options.levels.tolist(),
        "dominations": np.argwhere(dominations(welfare)).tolist(),
        "questions": dict(questions(choice_set, design.wording)),
        "repeats": design.repeats,
        "temperature": LABEL_TEMPERATURE if design.elicitation == "choose" else design.temperature,
        "shift": choice_set.options.shift,
        "wording": design.wording,
        "framing": design.framing,
        "elicitation": design.elicitation,
        "dominance": design.dominance,
        "seed": design.seed,
    }


def questions(choice_set: ChoiceSet, wording: str) -> Mapping[str, str]:
    """The text of every ordered pair, under ``"first-second"``: the option shown first is labelled A."""
    return {
        f"{i}-{j}": render(choice_set.pair(i, j), wording, (0, 1))
        for i, j in permutations(range(choice_set.m), 2)
    }
