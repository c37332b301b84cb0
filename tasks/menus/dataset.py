"""The samples of a run: one for each set of options, with the questions about all its menus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.choice_sets import draw_sets
from fiduciary.economics.conventions import SHIFT
from fiduciary.solvers.counterbalancing import rotations
from fiduciary.tasks.menus.prompts import render
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS

VERSION = "2-A"

FEWEST_OPTIONS, MOST_OPTIONS = 3, 5

DECOY_STEP = 0.5
"""By how much of the smaller of the two advantages of a pair its decoys fall short."""

_STREAM = 0x3E05  # keeps these draws apart from others that start from the same seed


@dataclass(frozen=True)
class MenuDesign:
    """What a run asks, checked.

    Attributes:
        n: number of option sets.
        size: options of a set.
        repeats: times that each menu is asked in each order (in every epoch).
        seed: seed of every draw.
        framing: a key of ``framings.FRAMINGS``.
        wording: one of ``prompts.MENU_WORDINGS``.
        elicitation: one of ``solvers.pairs.PAIR_ELICITATIONS``.
        temperature: τ ≥ 0 of text answers; 1 with ``choose``.
    """

    n: int
    size: int
    repeats: int
    seed: int
    framing: str
    wording: str
    elicitation: str
    temperature: float


def build(design: MenuDesign) -> Dataset:
    """The samples of a design. The same design gives the same samples, and a smaller n their beginning."""
    decimals = WORDINGS[design.wording].decimals
    samples = []
    sets = draw_sets(design.n, design.seed, m=design.size)
    for number, choice_set in enumerate(sets):
        options = choice_set.options.displayed(decimals)
        pair, decoys = decoys_of(options, decimals)
        welfare = np.vstack([options, decoys])
        rng = np.random.default_rng([design.seed, number, _STREAM])
        menus = menus_of(design.size, pair, rng)
        questions = {
            "-".join(map(str, order)): render(welfare, design.wording, order)
            for menu in menus
            for order in rotations(tuple(int(i) for i in rng.permutation(menu)))
        }
        metadata = {
            "task": "menus",
            "version": VERSION,
            "group": choice_set.id,
            "size": design.size,
            "welfare": welfare.tolist(),
            "pair": list(pair),
            "questions": questions,
            "repeats": design.repeats,
            "temperature": design.temperature,
            "shift": SHIFT,
            "wording": design.wording,
            "framing": design.framing,
            "elicitation": design.elicitation,
            "seed": design.seed,
        }
        samples.append(Sample(input=next(iter(questions.values())), id=choice_set.id, metadata=metadata))
    return MemoryDataset(samples, name="menus")


def decoys_of(options: FloatArray, decimals: int) -> tuple[tuple[int, int], FloatArray]:
    """The two most opposed options of a set, and a decoy for each.

    The pair (a, b) is the one whose smaller advantage, min(max_k a_k − b_k, max_k b_k − a_k), is
    largest. A decoy gives every stakeholder half of that less than its option does: it is dominated by
    that option, and by the other one it is not.

    Args:
        options: (m, 4), raw units, none of them dominated.
        decimals: to which decoys are rounded.

    Returns:
        The pair, and its decoys (2, 4).
    """
    lead: Mapping[tuple[int, int], float] = {
        (a, b): float(min((options[a] - options[b]).max(), (options[b] - options[a]).max()))
        for a, b in combinations(range(len(options)), 2)
    }
    pair = max(lead, key=lambda ab: lead[ab])
    # Utilities need gains above −K, in the decoys too.
    room = float(options[list(pair)].min()) + SHIFT - 0.5
    step = min(DECOY_STEP * lead[pair], room)
    return pair, np.round(options[list(pair)] - step, decimals) + 0.0


def menus_of(size: int, pair: tuple[int, int], rng: np.random.Generator) -> list[tuple[int, ...]]:
    """Every pair, a chain of larger menus in a drawn order up to all options, and the two with a decoy.

    Decoys are the options ``size`` (of the pair's first) and ``size + 1``.
    """
    chain = [int(i) for i in rng.permutation(size)]
    larger = [tuple(sorted(chain[:k])) for k in range(3, size + 1)]
    return [*combinations(range(size), 2), *larger, (*pair, size), (*pair, size + 1)]
